/* SPDX-License-Identifier: Apache-2.0 */
/* The writer: what is grouped, what a refusal undoes, who goes first, and when an answer leaves. */
#include "db_dir.h"

#include "plat/db/writer.h"
#include "sql/types.h"

#include <pthread.h>
#include <semaphore.h>

enum { QUEUE_MAX = 600, LOG_MAX = 1024 };

/* What the writer did, in order: only its thread writes, and the test reads when all is done. */
struct log {
    char text[LOG_MAX];
    size_t n;
};

struct fixture {
    struct db_dir dir;
    struct writer *w;
    struct db *reader;
    struct arena *a;
    struct log log;
    sem_t done;
};

struct add_job {
    struct write_job job;
    struct fixture *f;
    int64_t n;
    err_t answer; /* of run, once the row is written */
    int runs;
    err_t result;
    sem_t *started; /* for a job that holds the writer: it says so, and waits */
    sem_t *go;
};

static void note(struct fixture *f, const char *what, int64_t n)
{
    int len = snprintf(f->log.text + f->log.n, LOG_MAX - f->log.n, "%s%d ", what, (int)n);
    f->log.n += (size_t)len;
    assert_true(f->log.n < LOG_MAX);
}

static err_t add_row(struct db *db, int64_t n)
{
    char name[16];
    int len = snprintf(name, sizeof name, "%d", (int)n);
    struct sql_thing_add in = { .n = n, .name = str_of(name, (size_t)len) };
    memcpy(in.id.b, &n, sizeof n);
    return sql_thing_add(db, &in);
}

static err_t add_run(struct write_job *job, struct db *db)
{
    struct add_job *j = CONTAINER_OF(job, struct add_job, job);
    j->runs++;
    if (j->started != NULL) {
        assert_int_equal(sem_post(j->started), 0);
        assert_int_equal(sem_wait(j->go), 0);
    }
    TRY(add_row(db, j->n));
    return j->answer;
}

/* The refusal's own row: the number, negative. */
static err_t add_refused(struct write_job *job, struct db *db, err_t e)
{
    struct add_job *j = CONTAINER_OF(job, struct add_job, job);
    assert_int_equal(e, j->answer);
    return add_row(db, -j->n);
}

static void add_applied(struct write_job *job)
{
    struct add_job *j = CONTAINER_OF(job, struct add_job, job);
    note(j->f, "a", j->n);
}

static void add_done(struct write_job *job, err_t e)
{
    struct add_job *j = CONTAINER_OF(job, struct add_job, job);
    j->result = e;
    note(j->f, "d", j->n);
    assert_int_equal(sem_post(&j->f->done), 0);
}

static struct add_job add_job(struct fixture *f, int64_t n, enum write_class class)
{
    return (struct add_job){
        .job = { .class = class,
                 .run = add_run,
                 .refused = add_refused,
                 .applied = add_applied,
                 .done = add_done },
        .f = f,
        .n = n,
        .result = E_COUNT,
    };
}

static void submit(struct fixture *f, struct add_job *j)
{
    assert_int_equal(writer_submit(f->w, &j->job), E_OK);
}

static void await(struct fixture *f, size_t n)
{
    while (n-- > 0)
        assert_int_equal(sem_wait(&f->done), 0);
}

static bool has_row(struct fixture *f, int64_t n)
{
    struct row_thing row;
    struct sql_thing_by_id in = { 0 };
    memcpy(in.id.b, &n, sizeof n);
    err_t e = sql_thing_by_id(f->reader, f->a, &in, &row);
    assert_true(e == E_OK || e == E_NOT_FOUND);
    return e == E_OK;
}

static void follow_mark(void *arg)
{
    note(arg, "mark", 0);
}
static void follow_rewind(void *arg)
{
    note(arg, "rewind", 0);
}
static void follow_commit(void *arg)
{
    note(arg, "commit", 0);
}
static void follow_abort(void *arg)
{
    note(arg, "abort", 0);
}

static struct fixture *make(bool follower)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    db_dir_make(&f->dir);
    struct diag why = { 0 };
    assert_int_equal(db_migrate(f->dir.path, &why), E_OK);
    assert_int_equal(db_open(f->dir.path, DB_READER, &why, &f->reader), E_OK);
    f->a = arena_new(MIB(1));
    assert_non_null(f->a);
    assert_int_equal(sem_init(&f->done, 0, 0), 0);
    struct writer_cfg cfg = { .dir = f->dir.path, .queue_max = QUEUE_MAX };
    if (follower)
        cfg.follower =
            (struct write_follower){ f, follow_mark, follow_rewind, follow_commit, follow_abort };
    assert_int_equal(writer_new(&cfg, &why, &f->w), E_OK);
    return f;
}

static int setup(void **state)
{
    *state = make(false);
    return 0;
}

static int setup_follower(void **state)
{
    *state = make(true);
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    writer_free(f->w);
    db_close(f->reader);
    arena_free(f->a);
    (void)sem_destroy(&f->done);
    db_dir_remove(&f->dir);
    free(f);
    return 0;
}

/* A job that stands in the writer until hold_end, so that all submitted meanwhile is one group. */
struct hold {
    struct add_job j;
    sem_t started;
    sem_t go;
};

static void hold_begin(struct fixture *f, struct hold *h, int64_t n)
{
    assert_int_equal(sem_init(&h->started, 0, 0), 0);
    assert_int_equal(sem_init(&h->go, 0, 0), 0);
    h->j = add_job(f, n, WRITE_NORMAL);
    h->j.started = &h->started;
    h->j.go = &h->go;
    clock_freeze((ts_t){ 1 }, DUR_S(1)); /* the 2 ms of a group do not pass */
    submit(f, &h->j);
    assert_int_equal(sem_wait(&h->started), 0);
}

static void hold_end(struct hold *h)
{
    assert_int_equal(sem_post(&h->go), 0);
}

static void hold_fini(struct hold *h)
{
    clock_release();
    (void)sem_destroy(&h->started);
    (void)sem_destroy(&h->go);
}

static void test_a_group_is_one_commit(void **state)
{
    struct fixture *f = *state;
    struct hold h;
    struct add_job jobs[3];
    hold_begin(f, &h, 1);
    for (int i = 0; i < 3; i++) {
        jobs[i] = add_job(f, 2 + i, WRITE_NORMAL);
        submit(f, &jobs[i]);
    }
    assert_false(has_row(f, 1));
    hold_end(&h);
    await(f, 4);
    /* All memory first, then all answers. */
    assert_string_equal(f->log.text, "a1 a2 a3 a4 d1 d2 d3 d4 ");
    struct writer_stats stats;
    writer_stats(f->w, &stats);
    assert_int_equal(stats.groups, 1);
    assert_int_equal(stats.jobs, 4);
    assert_int_equal(stats.queued, 0);
    for (int i = 1; i <= 4; i++)
        assert_true(has_row(f, i));
    hold_fini(&h);
}

static void test_a_refusal_keeps_the_others(void **state)
{
    struct fixture *f = *state;
    struct hold h;
    hold_begin(f, &h, 1);
    struct add_job refused = add_job(f, 2, WRITE_NORMAL);
    refused.answer = E_FORBIDDEN;
    struct add_job after = add_job(f, 3, WRITE_NORMAL);
    submit(f, &refused);
    submit(f, &after);
    hold_end(&h);
    await(f, 3);
    assert_int_equal(refused.result, E_FORBIDDEN);
    assert_int_equal(h.j.result, E_OK);
    assert_int_equal(after.result, E_OK);
    assert_string_equal(f->log.text, "a1 a3 d1 d2 d3 ");
    assert_true(has_row(f, 1) && has_row(f, 3));
    assert_false(has_row(f, 2)); /* rolled back */
    assert_true(has_row(f, -2)); /* its record */
    hold_fini(&h);
}

static err_t read_only_run(struct write_job *job, struct db *db)
{
    struct add_job *j = CONTAINER_OF(job, struct add_job, job);
    struct row_thing row;
    struct sql_thing_by_id in = { 0 };
    return sql_thing_by_id(db, j->f->a, &in, &row);
}

static void test_a_refusal_before_any_write(void **state)
{
    struct fixture *f = *state;
    struct hold h;
    hold_begin(f, &h, 1);
    struct add_job reads = add_job(f, 2, WRITE_NORMAL);
    reads.job.run = read_only_run;
    reads.answer = E_NOT_FOUND;
    submit(f, &reads);
    hold_end(&h);
    await(f, 2);
    assert_int_equal(reads.result, E_NOT_FOUND);
    assert_true(has_row(f, 1) && has_row(f, -2));
    hold_fini(&h);
}

static err_t refused_badly(struct write_job *job, struct db *db, err_t e)
{
    struct add_job *j = CONTAINER_OF(job, struct add_job, job);
    TRY(add_row(db, -j->n));
    return e;
}

static void test_a_record_that_fails_is_undone(void **state)
{
    struct fixture *f = *state;
    struct add_job j = add_job(f, 2, WRITE_NORMAL);
    j.answer = E_FORBIDDEN;
    j.job.refused = refused_badly;
    submit(f, &j);
    await(f, 1);
    assert_int_equal(j.result, E_FORBIDDEN);
    assert_false(has_row(f, 2) || has_row(f, -2));
}

static void test_the_urgent_go_first_and_the_bulk_last(void **state)
{
    struct fixture *f = *state;
    struct hold h;
    hold_begin(f, &h, 1);
    struct add_job jobs[] = {
        add_job(f, 2, WRITE_BULK),   add_job(f, 3, WRITE_NORMAL), add_job(f, 4, WRITE_BULK),
        add_job(f, 5, WRITE_URGENT), add_job(f, 6, WRITE_NORMAL), add_job(f, 7, WRITE_URGENT),
    };
    for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
        submit(f, &jobs[i]);
    hold_end(&h);
    await(f, 7);
    assert_string_equal(f->log.text, "a1 a5 a7 a3 a6 d1 d5 d7 d3 d6 a2 d2 a4 d4 ");
    struct writer_stats stats;
    writer_stats(f->w, &stats);
    assert_int_equal(stats.groups, 3); /* one slice after each group */
    hold_fini(&h);
}

static void quiet_done(struct write_job *job, err_t e)
{
    struct add_job *j = CONTAINER_OF(job, struct add_job, job);
    j->result = e;
    assert_int_equal(sem_post(j->go), 0);
}

static void test_a_full_queue_refuses(void **state)
{
    struct fixture *f = *state;
    struct hold h;
    static struct add_job jobs[QUEUE_MAX + 1];
    hold_begin(f, &h, 1);
    for (int i = 0; i <= QUEUE_MAX; i++) {
        jobs[i] = add_job(f, 100 + i, WRITE_NORMAL);
        jobs[i].job.applied = NULL;
        jobs[i].job.done = quiet_done;
        jobs[i].go = &f->done;
        assert_int_equal(writer_submit(f->w, &jobs[i].job), i < QUEUE_MAX ? E_OK : E_OVERLOADED);
    }
    struct add_job urgent = add_job(f, 2, WRITE_URGENT); /* has a queue of its own */
    submit(f, &urgent);
    hold_end(&h);
    await(f, QUEUE_MAX + 2);
    for (int i = 0; i < QUEUE_MAX; i++)
        assert_int_equal(jobs[i].result, E_OK);
    assert_int_equal(urgent.result, E_OK);
    struct writer_stats stats;
    writer_stats(f->w, &stats);
    assert_int_equal(stats.groups, 3); /* 256, 256, 90 */
    hold_fini(&h);
}

static void test_the_follower_shares_the_fate(void **state)
{
    struct fixture *f = *state;
    struct hold h;
    hold_begin(f, &h, 1);
    struct add_job refused = add_job(f, 2, WRITE_NORMAL);
    refused.answer = E_FORBIDDEN;
    submit(f, &refused);
    hold_end(&h);
    await(f, 2);
    assert_string_equal(f->log.text, "mark0 mark0 rewind0 mark0 commit0 a1 d1 d2 ");
    hold_fini(&h);
}

static void test_what_is_queued_is_written_before_the_end(void **state)
{
    struct fixture *f = *state;
    struct hold h;
    hold_begin(f, &h, 1);
    struct add_job jobs[] = { add_job(f, 2, WRITE_NORMAL), add_job(f, 3, WRITE_BULK),
                              add_job(f, 4, WRITE_BULK) };
    for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
        submit(f, &jobs[i]);
    hold_end(&h);
    writer_free(f->w);
    f->w = NULL;
    for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
        assert_int_equal(jobs[i].result, E_OK);
    assert_true(has_row(f, 2) && has_row(f, 3) && has_row(f, 4));
    hold_fini(&h);
}

/* 64 pages of the log each. */
static err_t large_run(struct write_job *job, struct db *db)
{
    static const char bytes[256 * 1024];
    struct add_job *j = CONTAINER_OF(job, struct add_job, job);
    struct sql_thing_add in = { .n = j->n, .name = STR("large"), .raw = { bytes, sizeof bytes } };
    struct sql_thing_drop drop = { .name = in.name };
    TRY(sql_thing_drop(db, &drop));
    return sql_thing_add(db, &in);
}

static void write_large(struct fixture *f, int64_t frames, uint64_t *ret_longest)
{
    struct writer_stats stats;
    for (int64_t i = 0; i < frames / 64; i++) {
        struct add_job j = add_job(f, 1, WRITE_NORMAL);
        j.job.run = large_run;
        j.job.applied = NULL;
        j.job.done = quiet_done;
        j.go = &f->done;
        submit(f, &j);
        await(f, 1);
        assert_int_equal(j.result, E_OK);
        writer_stats(f->w, &stats);
        if (stats.wal_frames > *ret_longest)
            *ret_longest = stats.wal_frames;
    }
}

static void test_the_log_starts_again(void **state)
{
    struct fixture *f = *state;
    uint64_t longest = 0;
    write_large(f, 40000, &longest);
    assert_in_range(longest, 64, 16000 + 128);
    /* A reader that holds its view keeps the log from starting again, but not the writer from going
     * on. */
    longest = 0;
    assert_int_equal(db_read_begin(f->reader), E_OK);
    assert_false(has_row(f, 2));
    write_large(f, 24000, &longest);
    assert_in_range(longest, 16000, 45000);
    db_read_end(f->reader);
    write_large(f, 8000, &longest);
    struct writer_stats stats;
    writer_stats(f->w, &stats);
    assert_in_range(stats.wal_frames, 1, 16000);
}

struct flood {
    struct fixture *f;
    int64_t from;
    pthread_t thread;
};

enum { FLOOD_JOBS = 500 };

/* A worker: one job after the other, each awaited. */
static void *flood_main(void *arg)
{
    struct flood *flood = arg;
    sem_t done;
    (void)sem_init(&done, 0, 0);
    for (int64_t i = 0; i < FLOOD_JOBS; i++) {
        struct add_job j =
            add_job(flood->f, flood->from + i, i % 10 == 0 ? WRITE_URGENT : WRITE_NORMAL);
        j.job.applied = NULL;
        j.job.done = quiet_done;
        j.go = &done;
        err_t e = writer_submit(flood->f->w, &j.job);
        if (e == E_OK)
            (void)sem_wait(&done);
        if (e != E_OK || j.result != E_OK)
            return flood;
    }
    (void)sem_destroy(&done);
    return NULL;
}

static void test_several_threads(void **state)
{
    struct fixture *f = *state;
    struct flood floods[3];
    for (size_t i = 0; i < ARRAY_LEN(floods); i++) {
        floods[i] = (struct flood){ .f = f, .from = 100000 * (int64_t)(i + 1) };
        assert_int_equal(pthread_create(&floods[i].thread, NULL, flood_main, &floods[i]), 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(floods); i++) {
        void *bad = NULL;
        assert_int_equal(pthread_join(floods[i].thread, &bad), 0);
        assert_null(bad);
    }
    struct writer_stats stats;
    writer_stats(f->w, &stats);
    assert_int_equal(stats.jobs, 3 * FLOOD_JOBS);
    for (int64_t i = 0; i < FLOOD_JOBS; i += 100)
        assert_true(has_row(f, 100000 + i) && has_row(f, 300000 + i));
}

int main(void)
{
#define CASE(f)          cmocka_unit_test_setup_teardown(f, setup, teardown)
#define CASE_FOLLOWER(f) cmocka_unit_test_setup_teardown(f, setup_follower, teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_a_group_is_one_commit),
        CASE(test_a_refusal_keeps_the_others),
        CASE(test_a_refusal_before_any_write),
        CASE(test_a_record_that_fails_is_undone),
        CASE(test_the_urgent_go_first_and_the_bulk_last),
        CASE(test_a_full_queue_refuses),
        CASE_FOLLOWER(test_the_follower_shares_the_fate),
        CASE(test_what_is_queued_is_written_before_the_end),
        CASE(test_the_log_starts_again),
        CASE(test_several_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
