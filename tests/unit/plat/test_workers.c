/* SPDX-License-Identifier: Apache-2.0 */
/* One worker that a test holds, so that what waits behind is known; the clock stands still. */
#include "check.h"
#include "plat/loop/workers.h"

#include <semaphore.h>

enum { ROOM = 32, JOBS = 80, LOG_MAX = 512, CROWD = 8 };

struct fixture {
    struct workers *w;
    sem_t started, go, done;
    char log[LOG_MAX]; /* the worker's, until `done` */
    size_t log_n;
};

struct job {
    struct work work;
    struct fixture *f;
    char name;
    bool holds;
};

static err_t make_none(void *arg, struct diag *why, void **ret)
{
    (void)why;
    *ret = arg;
    return E_OK;
}

static void end_none(void *arg, void *worker)
{
    (void)arg;
    (void)worker;
}

static void note(struct job *j, const char *what)
{
    struct fixture *f = j->f;
    f->log_n += (size_t)snprintf(f->log + f->log_n, LOG_MAX - f->log_n, "%s%c ", what, j->name);
    assert_int_equal(sem_post(&f->done), 0);
}

static void job_run(struct work *w, void *worker)
{
    struct job *j = CONTAINER_OF(w, struct job, work);
    assert_ptr_equal(worker, j->f);
    if (j->holds) {
        assert_int_equal(sem_post(&j->f->started), 0);
        assert_int_equal(sem_wait(&j->f->go), 0);
    }
    note(j, "");
}

static void job_refused(struct work *w)
{
    note(CONTAINER_OF(w, struct job, work), "-");
}

static struct job job(struct fixture *f, char name, enum load_class class, bool known)
{
    return (struct job){
        .work = { .class = class, .known = known, .run = job_run, .refused = job_refused },
        .f = f,
        .name = name,
    };
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct workers_cfg cfg = {
        .threads = 1, .queue_max = ROOM, .make = make_none, .end = end_none, .arg = f
    };
    assert_non_null(f);
    clock_freeze((ts_t){ 1 }, DUR_S(1));
    assert_int_equal(sem_init(&f->started, 0, 0), 0);
    assert_int_equal(sem_init(&f->go, 0, 0), 0);
    assert_int_equal(sem_init(&f->done, 0, 0), 0);
    assert_int_equal(workers_new(&cfg, NULL, &f->w), E_OK);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    workers_free(f->w);
    clock_release();
    free(f);
    return 0;
}

static void submit(struct fixture *f, struct job *j)
{
    assert_int_equal(workers_submit(f->w, &j->work), E_OK);
}

/* The worker is busy with `j` until sem_post(&f->go). */
static void hold(struct fixture *f, struct job *j)
{
    *j = job(f, 'h', LOAD_URGENT, true);
    j->holds = true;
    submit(f, j);
    assert_int_equal(sem_wait(&f->started), 0);
}

static void await(struct fixture *f, size_t n)
{
    while (n-- > 0)
        assert_int_equal(sem_wait(&f->done), 0);
}

static void the_higher_class_goes_first(void **state)
{
    struct fixture *f = *state;
    struct job h;
    struct job jobs[] = {
        job(f, 'b', LOAD_BULK, true),      job(f, 'e', LOAD_ENROL, false),
        job(f, 'c', LOAD_CHECK_IN, false), job(f, 'C', LOAD_CHECK_IN, true),
        job(f, 't', LOAD_TOKEN, true),     job(f, 'D', LOAD_CHECK_IN, true),
        job(f, 'a', LOAD_ADMIN, true),     job(f, 'u', LOAD_URGENT, false),
    };
    hold(f, &h);
    for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
        submit(f, &jobs[i]);
    struct workers_stats stats;
    workers_stats(f->w, &stats);
    assert_int_equal(stats.queued[LOAD_CHECK_IN], 3);
    assert_int_equal(stats.queued[LOAD_URGENT], 1);
    assert_int_equal(sem_post(&f->go), 0);
    await(f, 1 + ARRAY_LEN(jobs));
    assert_string_equal(f->log, "h u a t C D c e b ");
}

/* How many of a class are taken, on top of what waits already. */
static size_t fill(struct fixture *f, struct job *jobs, size_t *n, enum load_class class,
                   bool known)
{
    size_t before = *n;
    bool room = workers_have_room(f->w, class, known);
    for (;; ++*n) {
        assert_true(*n < JOBS);
        jobs[*n] = job(f, '.', class, known);
        err_t e = workers_submit(f->w, &jobs[*n].work);
        assert_int_equal(room, e == E_OK); /* asking before says the same */
        if (e != E_OK)
            break;
        room = workers_have_room(f->w, class, known);
    }
    return *n - before;
}

static void each_class_is_refused_at_its_share_and_the_urgent_never(void **state)
{
    struct fixture *f = *state;
    struct job h;
    struct job jobs[JOBS];
    size_t n = 0;
    hold(f, &h);
    assert_int_equal(fill(f, jobs, &n, LOAD_BULK, false), 14);
    assert_int_equal(fill(f, jobs, &n, LOAD_BULK, true), 2);
    assert_int_equal(fill(f, jobs, &n, LOAD_BULK, true), 0);
    assert_int_equal(fill(f, jobs, &n, LOAD_ENROL, false), 2);
    assert_int_equal(fill(f, jobs, &n, LOAD_CHECK_IN, false), 4);
    assert_int_equal(fill(f, jobs, &n, LOAD_CHECK_IN, true), 2);
    assert_int_equal(fill(f, jobs, &n, LOAD_TOKEN, true), 4);
    assert_int_equal(fill(f, jobs, &n, LOAD_ADMIN, true), 4);
    assert_int_equal(n, ROOM);
    assert_int_equal(fill(f, jobs, &n, LOAD_URGENT, true), ROOM); /* a room of its own */
    assert_int_equal(sem_post(&f->go), 0);
    await(f, 1 + n);
    assert_null(strchr(f->log, '-')); /* no time went by: nobody waited */
}

static void pass(int64_t ms)
{
    clock_freeze((ts_t){ 1 }, (dur_t){ clock_mono().us + DUR_MS(ms).us });
}

static void go_on(struct fixture *f)
{
    assert_int_equal(sem_post(&f->go), 0);
    await(f, 1);
}

/* Each is taken by the worker 20 ms after the one before. */
static void who_waits_in_a_standing_queue_is_refused(void **state)
{
    struct fixture *f = *state;
    struct job jobs[14];
    struct job last[] = { job(f, 'z', LOAD_BULK, true), job(f, 'u', LOAD_URGENT, true) };
    for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
        jobs[i] = job(f, (char)('a' + i), LOAD_ENROL, true);
        jobs[i].holds = true;
        submit(f, &jobs[i]);
        if (i == 0)
            assert_int_equal(sem_wait(&f->started), 0);
    }
    for (size_t i = 0; i < 9;
         i++) { /* a burst is served for the rest of its interval, and one more */
        pass(20);
        go_on(f);
        assert_int_equal(sem_wait(&f->started), 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(last); i++)
        submit(f, &last[i]);
    pass(20);
    go_on(f);
    await(f, 4); /* the urgent one is run; of the others, all but the last, whom nobody follows */
    assert_int_equal(sem_wait(&f->started), 0);
    struct workers_stats stats;
    workers_stats(f->w, &stats);
    assert_false(stats.stands);
    go_on(f);
    await(f, 1);
    assert_string_equal(f->log, "a b c d e f g h i j u -k -l -m n z ");
    workers_stats(f->w, &stats);
    assert_int_equal(stats.taken, 16);
    assert_true(stats.waited.us > DUR_MS(20 * 9).us);
}

/* Devices keep the worker busy: newcomers and lists are told so, each after an interval of its
 * class, instead of waiting until it is their turn. */
static void who_is_never_served_is_refused(void **state)
{
    struct fixture *f = *state;
    struct job jobs[] = { job(f, 'a', LOAD_CHECK_IN, true), job(f, 'b', LOAD_CHECK_IN, true),
                          job(f, 'c', LOAD_CHECK_IN, true), job(f, 'd', LOAD_CHECK_IN, true),
                          job(f, 'e', LOAD_ENROL, false),   job(f, 'l', LOAD_BULK, true) };
    for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
        jobs[i].holds = i < 3;
        submit(f, &jobs[i]);
        if (i == 0)
            assert_int_equal(sem_wait(&f->started), 0);
    }
    pass(100);
    go_on(f);
    assert_int_equal(sem_wait(&f->started), 0); /* nobody has waited for longer than 100 ms */
    pass(1);
    go_on(f);
    assert_int_equal(sem_wait(&f->started), 0);
    pass(900);
    go_on(f);
    await(f, 3);
    assert_string_equal(f->log, "a b -e c -l d ");
}

/* The writer still finishes what it has when the workers have gone (serve_unmake). */
static void who_has_stopped_runs_what_waits_and_refuses_the_rest(void **state)
{
    struct fixture *f = *state;
    struct job h;
    struct job jobs[] = { job(f, 'a', LOAD_ADMIN, true), job(f, 'u', LOAD_URGENT, true) };
    struct job late = job(f, 'l', LOAD_URGENT, true);
    hold(f, &h);
    for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
        submit(f, &jobs[i]);
    assert_int_equal(sem_post(&f->go), 0);
    workers_stop(f->w);
    assert_string_equal(f->log, "h u a ");
    assert_int_equal(workers_submit(f->w, &late.work), E_STOPPING);
    workers_stop(f->w); /* once more changes nothing */
    assert_string_equal(f->log, "h u a ");
}

static void job_meet(struct work *w, void *worker)
{
    struct job *j = CONTAINER_OF(w, struct job, work);
    (void)worker;
    assert_int_equal(sem_post(&j->f->started), 0);
    assert_int_equal(sem_wait(&j->f->go), 0);
    assert_int_equal(sem_post(&j->f->done), 0);
}

/* One thread at a time is woken: it wakes the next. Each job of a burst waits for all the others to
 * have begun, so that one thread which sleeps on would end the test by its deadline. */
static void a_burst_wakes_every_thread(void **state)
{
    struct fixture *f = *state;
    struct workers *crowd = NULL;
    struct workers_cfg cfg = {
        .threads = CROWD, .queue_max = ROOM, .make = make_none, .end = end_none, .arg = f
    };
    struct job jobs[CROWD];
    assert_int_equal(workers_new(&cfg, NULL, &crowd), E_OK);
    for (size_t round = 0; round < 200; round++) {
        for (size_t i = 0; i < CROWD; i++) {
            jobs[i] = job(f, 'm', LOAD_ADMIN, true);
            jobs[i].work.run = job_meet;
            assert_int_equal(workers_submit(crowd, &jobs[i].work), E_OK);
        }
        for (size_t i = 0; i < CROWD; i++)
            assert_int_equal(sem_wait(&f->started), 0);
        for (size_t i = 0; i < CROWD; i++)
            assert_int_equal(sem_post(&f->go), 0);
        await(f, CROWD);
    }
    workers_free(crowd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_higher_class_goes_first, setup, teardown),
        cmocka_unit_test_setup_teardown(each_class_is_refused_at_its_share_and_the_urgent_never,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(who_is_never_served_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(who_has_stopped_runs_what_waits_and_refuses_the_rest, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_burst_wakes_every_thread, setup, teardown),
        cmocka_unit_test_setup_teardown(who_waits_in_a_standing_queue_is_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
