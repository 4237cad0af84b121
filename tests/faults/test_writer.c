/* SPDX-License-Identifier: Apache-2.0 */
/* The store with its first, second, third … step failing: all or nothing of a job, and its
 * neighbours untouched. */
#include "check.h"

#include "base/fault.h"
#include "plat/db/writer.h"
#include "sql/store.h"

#include <dirent.h>
#include <semaphore.h>
#include <unistd.h>

enum { STEPS_MAX = 1000, NAME_SIZE = 24 };

struct fixture {
    char dir[64];
    struct writer *w;
    struct db *reader;
    struct arena *a;
    sem_t started;
    sem_t go;
    sem_t done;
};

struct job {
    struct write_job job;
    struct fixture *f;
    bool holds;       /* waits in the writer until the others are queued */
    bool armed;       /* its first run has the fault */
    bool armed_again; /* its second too */
    long fault_at;
    char name[NAME_SIZE];
    int runs;
    bool fired;
    err_t result;
};

static err_t set(struct db *db, const struct job *j, str_t value)
{
    struct sql_setting_set in = { .name = str_from_cz(j->name), .value = value, .now = { 1 } };
    return sql_setting_set(db, &in);
}

/* Reads and writes, and notes what it did in another table. */
static err_t job_run(struct write_job *job, struct db *db)
{
    struct job *j = CONTAINER_OF(job, struct job, job);
    j->runs++;
    if (j->holds && j->runs == 1) {
        assert_int_equal(sem_post(&j->f->started), 0);
        assert_int_equal(sem_wait(&j->f->go), 0);
    }
    if (j->armed && (j->runs == 1 || j->armed_again))
        fault_arm(j->fault_at);
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    if (a == NULL)
        return E_NO_MEMORY;
    TRY(set(db, j, STR("first")));
    TRY(set(db, j, STR("second")));
    struct row_setting row;
    TRY(sql_setting_get(db, a, &(struct sql_setting_get){ .name = str_from_cz(j->name) }, &row));
    struct sql_generation_next_row next;
    TRY(sql_generation_next(db, a, &next));
    return sql_change_add(db,
                          &(struct sql_change_add){ .n = next.n, .part = j->name[0], .kind = 1 });
}

static void job_done(struct write_job *job, err_t e)
{
    struct job *j = CONTAINER_OF(job, struct job, job);
    j->fired = j->armed && fault_used();
    j->result = e;
    if (j->armed)
        fault_disarm();
    assert_int_equal(sem_post(&j->f->done), 0);
}

static struct job make_job(struct fixture *f, const char *name)
{
    struct job j = { .job = { .run = job_run, .done = job_done }, .f = f, .result = E_COUNT };
    (void)snprintf(j.name, sizeof j.name, "%s", name);
    return j;
}

static int setup(void **state)
{
    static const char template[] = "/tmp/seneschal-test-XXXXXX";
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    memcpy(f->dir, template, sizeof template);
    assert_non_null(mkdtemp(f->dir));
    assert_int_equal(sem_init(&f->started, 0, 0), 0);
    assert_int_equal(sem_init(&f->go, 0, 0), 0);
    assert_int_equal(sem_init(&f->done, 0, 0), 0);
    f->a = arena_new(MIB(1));
    assert_non_null(f->a);
    *state = f;
    return 0;
}

static void open_store(struct fixture *f)
{
    struct diag why = { 0 };
    assert_int_equal(db_migrate(f->dir, &why), E_OK);
    assert_int_equal(db_open(f->dir, DB_READER, &why, &f->reader), E_OK);
    assert_int_equal(writer_new(&(struct writer_cfg){ .dir = f->dir, .queue_max = 8 }, &why, &f->w),
                     E_OK);
}

static void empty_dir(const struct fixture *f)
{
    DIR *dir = opendir(f->dir);
    assert_non_null(dir);
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (e->d_name[0] != '.')
            assert_int_equal(unlinkat(dirfd(dir), e->d_name, 0), 0);
    }
    (void)closedir(dir);
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    writer_free(f->w);
    db_close(f->reader);
    arena_free(f->a);
    (void)sem_destroy(&f->started);
    (void)sem_destroy(&f->go);
    (void)sem_destroy(&f->done);
    empty_dir(f);
    assert_int_equal(rmdir(f->dir), 0);
    free(f);
    return 0;
}

static bool has_setting(struct fixture *f, const char *name)
{
    struct row_setting row;
    err_t e = sql_setting_get(f->reader, f->a,
                              &(struct sql_setting_get){ .name = str_from_cz(name) }, &row);
    assert_true(e == E_OK || e == E_NOT_FOUND);
    assert_true(e == E_NOT_FOUND || str_eq(row.value, STR("second")));
    return e == E_OK;
}

static int64_t changes(struct fixture *f)
{
    struct row_change *rows;
    size_t n;
    struct sql_generation_get_row now;
    assert_int_equal(
        sql_change_after(f->reader, f->a, &(struct sql_change_after){ 0, 100000 }, &rows, &n),
        E_OK);
    assert_int_equal(sql_generation_get(f->reader, f->a, &now), E_OK);
    assert_int_equal(now.n, n); /* the counter has no gap */
    arena_reset(f->a);
    return (int64_t)n;
}

/* One group: two neighbours, and last the one with the fault, so that what follows its steps is
 * COMMIT. */
static void run_group(struct fixture *f, struct job *before, struct job *between,
                      struct job *victim)
{
    before->holds = true;
    clock_freeze((ts_t){ 1 }, DUR_S(1)); /* the 2 ms of a group do not pass */
    assert_int_equal(writer_submit(f->w, &before->job), E_OK);
    assert_int_equal(sem_wait(&f->started), 0);
    assert_int_equal(writer_submit(f->w, &between->job), E_OK);
    assert_int_equal(writer_submit(f->w, &victim->job), E_OK);
    assert_int_equal(sem_post(&f->go), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(sem_wait(&f->done), 0);
    clock_release();
}

static void test_each_step_of_a_job(void **state)
{
    struct fixture *f = *state;
    open_store(f);
    int failed = 0;
    int rerun = 0;
    for (long n = 0;; n++) {
        char name[3][NAME_SIZE];
        for (int i = 0; i < 3; i++)
            (void)snprintf(name[i], sizeof name[i], "%c%ld", "abv"[i], n);
        struct job before = make_job(f, name[0]);
        struct job between = make_job(f, name[1]);
        struct job victim = make_job(f, name[2]);
        victim.armed = true;
        victim.fault_at = n;
        int64_t had = changes(f);
        run_group(f, &before, &between, &victim);
        assert_int_equal(before.result, E_OK);
        assert_int_equal(between.result, E_OK);
        assert_true(has_setting(f, name[0]) && has_setting(f, name[1]));
        assert_int_equal(has_setting(f, name[2]), victim.result == E_OK);
        assert_int_equal(changes(f) - had, victim.result == E_OK ? 3 : 2);
        if (!victim.fired) {
            assert_int_equal(victim.result, E_OK);
            break;
        }
        assert_true(victim.result == E_OK || victim.result == E_STORE_UNREACHABLE ||
                    victim.result == E_NO_MEMORY);
        failed += victim.result != E_OK;
        rerun += victim.runs == 2 && victim.result == E_OK;
        assert_true(n < STEPS_MAX);
    }
    assert_true(failed >= 5); /* its five statements at least */
    assert_true(rerun >= 1);  /* COMMIT: the whole group was run again */
}

static void test_a_commit_that_fails_twice(void **state)
{
    struct fixture *f = *state;
    open_store(f);
    int unreachable = 0;
    for (long n = 0;; n++) {
        char name[NAME_SIZE];
        (void)snprintf(name, sizeof name, "v%ld", n);
        struct job victim = make_job(f, name);
        victim.armed = true;
        victim.armed_again = true;
        victim.fault_at = n;
        int64_t had = changes(f);
        assert_int_equal(writer_submit(f->w, &victim.job), E_OK);
        assert_int_equal(sem_wait(&f->done), 0);
        assert_int_equal(has_setting(f, name), victim.result == E_OK);
        assert_int_equal(changes(f) - had, victim.result == E_OK ? 1 : 0);
        if (!victim.fired)
            break;
        assert_int_not_equal(victim.result, E_OK);
        unreachable += victim.runs == 2;
        assert_true(n < STEPS_MAX);
    }
    assert_true(unreachable >= 1);
    struct writer_stats stats;
    writer_stats(f->w, &stats);
    assert_false(stats.failed || stats.disk_full);
}

static void test_each_step_of_the_start(void **state)
{
    struct fixture *f = *state;
    for (long n = 0;; n++) {
        struct writer *w = NULL;
        struct db *db = NULL;
        struct diag why = { 0 };
        fault_arm(n);
        err_t e = db_migrate(f->dir, &why);
        if (e == E_OK)
            e = db_open(f->dir, DB_READER, &why, &db);
        if (e == E_OK)
            e = writer_new(&(struct writer_cfg){ .dir = f->dir, .queue_max = 8 }, &why, &w);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(fired, e != E_OK);
        assert_int_equal(w != NULL, e == E_OK);
        writer_free(w);
        db_close(db);
        assert_int_equal(db_migrate(f->dir, &why), E_OK); /* what it left can be gone on with */
        if (n % 2 == 0)
            empty_dir(f);
        if (!fired)
            break;
        assert_true(n < STEPS_MAX);
    }
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_each_step_of_a_job),
        CASE(test_a_commit_that_fails_twice),
        CASE(test_each_step_of_the_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
