/* SPDX-License-Identifier: Apache-2.0 */
#include "db_writer.h"

static void note(struct fixture *f, const char *what, int64_t n)
{
    int len = snprintf(f->log.text + f->log.n, LOG_MAX - f->log.n, "%s%d ", what, (int)n);
    f->log.n += (size_t)len;
    assert_true(f->log.n < LOG_MAX);
}

err_t add_row(struct db *db, int64_t n)
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
    if (j->started != NULL && j->runs == 1) {
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

struct add_job add_job(struct fixture *f, int64_t n, enum write_class class)
{
    return (struct add_job){
        .job = { .class = class,
                 .load = LOAD_ADMIN, /* which may fill the queue */
                 .run = add_run,
                 .refused = add_refused,
                 .applied = add_applied,
                 .done = add_done },
        .f = f,
        .n = n,
        .result = E_COUNT,
    };
}

void submit(struct fixture *f, struct add_job *j)
{
    assert_int_equal(writer_submit(f->w, &j->job), E_OK);
}

void await(struct fixture *f, size_t n)
{
    while (n-- > 0)
        assert_int_equal(sem_wait(&f->done), 0);
}

bool has_row(struct fixture *f, int64_t n)
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

int setup(void **state)
{
    *state = make(false);
    return 0;
}

int setup_follower(void **state)
{
    *state = make(true);
    return 0;
}

int teardown(void **state)
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

void quiet_done(struct write_job *job, err_t e)
{
    struct add_job *j = CONTAINER_OF(job, struct add_job, job);
    j->result = e;
    assert_int_equal(sem_post(j->go), 0);
}
