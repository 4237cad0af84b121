/* SPDX-License-Identifier: Apache-2.0 */
/* kill -9 at any moment: what was acknowledged is there, and the file is sound. */
#include "db_dir.h"

#include "plat/db/writer.h"
#include "sql/types.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>

enum { ROUNDS = 12, IN_FLIGHT = 8, ACKED_MAX = 20000 };

struct crash_job {
    struct write_job job;
    struct writer *w;
    int out; /* acknowledgements: the number of each row */
    int64_t n;
};

static err_t crash_run(struct write_job *job, struct db *db)
{
    struct crash_job *j = CONTAINER_OF(job, struct crash_job, job);
    char name[24];
    int len = snprintf(name, sizeof name, "%ld", (long)j->n);
    struct sql_thing_add in = { .n = j->n,
                                .name = str_of(name, (size_t)len),
                                .raw = str_of(name, (size_t)len) };
    memcpy(in.id.b, &j->n, sizeof j->n);
    return sql_thing_add(db, &in);
}

/* Tells the parent, and goes on with the next row for ever. */
static void crash_done(struct write_job *job, err_t e)
{
    struct crash_job *j = CONTAINER_OF(job, struct crash_job, job);
    if (e != E_OK || write(j->out, &j->n, sizeof j->n) != (ssize_t)sizeof j->n)
        _exit(2);
    j->n += IN_FLIGHT;
    if (writer_submit(j->w, job) != E_OK)
        _exit(3);
}

static void child_main(const char *dir, int out, int64_t first)
{
    static struct crash_job jobs[IN_FLIGHT];
    struct writer *w = NULL;
    if (writer_new(&(struct writer_cfg){ .dir = dir, .queue_max = IN_FLIGHT }, NULL, &w) != E_OK)
        _exit(4);
    for (int i = 0; i < IN_FLIGHT; i++) {
        jobs[i] = (struct crash_job){
            .job = { .load = LOAD_ADMIN, .run = crash_run, .done = crash_done },
            .w = w,
            .out = out,
            .n = first + i,
        };
        if (writer_submit(w, &jobs[i].job) != E_OK)
            _exit(5);
    }
    for (;;)
        (void)pause();
}

/* Rows acknowledged before the kill, at least `least`. */
static size_t crash_once(const char *dir, int64_t first, size_t least, int64_t *ret)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)close(ends[0]);
        child_main(dir, ends[1], first);
    }
    (void)close(ends[1]);
    size_t n = 0;
    while (n < ACKED_MAX && read(ends[0], &ret[n], sizeof ret[n]) == (ssize_t)sizeof ret[n]) {
        if (++n == least)
            assert_int_equal(kill(child, SIGKILL), 0); /* what is in the pipe still counts */
    }
    (void)close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return n;
}

static int expect_ok(void *arg, int n, char **values, char **names)
{
    (void)names;
    *(bool *)arg = n == 1 && strcmp(values[0], "ok") == 0;
    return 0;
}

static void check_sound(const char *dir)
{
    char path[128];
    sqlite3 *sqlite = NULL;
    bool sound = false;
    (void)snprintf(path, sizeof path, "%s/seneschal.db", dir);
    assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
    assert_int_equal(sqlite3_exec(sqlite, "PRAGMA integrity_check", expect_ok, &sound, NULL),
                     SQLITE_OK);
    assert_true(sound);
    assert_int_equal(sqlite3_close(sqlite), SQLITE_OK);
}

static void test_nothing_acknowledged_is_lost(void **state)
{
    (void)state;
    static int64_t acked[ACKED_MAX];
    struct db_dir dir;
    struct diag why = { 0 };
    db_dir_make(&dir);
    assert_int_equal(db_migrate(dir.path, &why), E_OK);
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
    for (int round = 0; round < ROUNDS; round++) {
        size_t n =
            crash_once(dir.path, 1000000 * (round + 1), (size_t)(round * round * 10 + 1), acked);
        assert_in_range(n, round * round * 10 + 1, ACKED_MAX - 1);
        struct db *db = NULL;
        assert_int_equal(db_open(dir.path, DB_READER, &why, &db), E_OK);
        for (size_t i = 0; i < n; i++) {
            struct sql_thing_by_id in = { 0 };
            struct row_thing row;
            memcpy(in.id.b, &acked[i], sizeof acked[i]);
            assert_int_equal(sql_thing_by_id(db, a, &in, &row), E_OK);
            assert_int_equal(row.n, acked[i]);
            arena_reset(a);
        }
        db_close(db);
    }
    check_sound(dir.path);
    db_dir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_nothing_acknowledged_is_lost) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
