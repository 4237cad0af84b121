/* SPDX-License-Identifier: Apache-2.0 */
/* The writer: what is grouped, what a refusal undoes, who goes first, and when an answer leaves. */
#include "db_writer.h"

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
    /* It had written without a savepoint: what stood before it in the group was done again. */
    assert_int_equal(h.j.runs, 2);
    assert_int_equal(refused.runs, 2);
    assert_int_equal(after.runs, 1);
    hold_fini(&h);
}

/* Whoever makes jobs fail after their first write does not make every group run twice. */
static void test_after_a_late_refusal_jobs_are_guarded(void **state)
{
    struct fixture *f = *state;
    for (int64_t n = 1; n <= 3; n++) {
        struct add_job late = add_job(f, n, WRITE_NORMAL);
        late.answer = E_FORBIDDEN;
        submit(f, &late);
        await(f, 1);
        assert_int_equal(late.result, E_FORBIDDEN);
        assert_int_equal(late.runs, n == 1 ? 2 : 1);
        assert_true(!has_row(f, n) && has_row(f, -n));
    }
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
    assert_string_equal(f->log.text,
                        "mark0 mark0 abort0 mark0 mark0 rewind0 mark0 commit0 a1 d1 d2 ");
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

int main(void)
{
#define CASE(f)          cmocka_unit_test_setup_teardown(f, setup, teardown)
#define CASE_FOLLOWER(f) cmocka_unit_test_setup_teardown(f, setup_follower, teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_a_group_is_one_commit),
        CASE(test_a_refusal_keeps_the_others),
        CASE(test_after_a_late_refusal_jobs_are_guarded),
        CASE(test_a_refusal_before_any_write),
        CASE(test_a_record_that_fails_is_undone),
        CASE(test_the_urgent_go_first_and_the_bulk_last),
        CASE(test_a_full_queue_refuses),
        CASE_FOLLOWER(test_the_follower_shares_the_fate),
        CASE(test_what_is_queued_is_written_before_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
