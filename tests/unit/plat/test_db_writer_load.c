/* SPDX-License-Identifier: Apache-2.0 */
/* The writer under load: its log stays short, and several threads may ask at once. */
#include "db_writer.h"

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

/* Nobody else comes: they are written all the same, and not one commit each. */
static void test_patient_jobs_share_a_commit(void **state)
{
    enum { N = 3 * WRITE_COMPANY + 7 };
    static struct add_job jobs[N];
    struct fixture *f = *state;
    struct writer_stats stats;
    for (int64_t i = 0; i < N; i++) {
        jobs[i] = add_job(f, 1000 + i, WRITE_NORMAL);
        jobs[i].job.patient = true;
        jobs[i].job.applied = NULL;
        jobs[i].job.done = quiet_done;
        jobs[i].go = &f->done;
        submit(f, &jobs[i]);
    }
    await(f, N);
    writer_stats(f->w, &stats);
    assert_int_equal(stats.jobs, N);
    assert_in_range(stats.groups, 1, N / 4);
    for (int64_t i = 0; i < N; i++)
        assert_int_equal(jobs[i].result, E_OK);
    assert_true(has_row(f, 1000) && has_row(f, 1000 + N - 1));
}

static void test_who_is_waited_for_takes_the_patient_along(void **state)
{
    struct fixture *f = *state;
    struct add_job patient = add_job(f, 1, WRITE_NORMAL);
    struct add_job eager = add_job(f, 2, WRITE_URGENT);
    patient.job.patient = true;
    submit(f, &patient);
    submit(f, &eager);
    await(f, 2);
    assert_true(has_row(f, 1) && has_row(f, 2));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_the_log_starts_again),
        CASE(test_several_threads),
        CASE(test_patient_jobs_share_a_commit),
        CASE(test_who_is_waited_for_takes_the_patient_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
