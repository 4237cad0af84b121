/* SPDX-License-Identifier: Apache-2.0 */
#include "app/jobs.h"

#include "app/job_kinds.h"
#include "base/log.h"
#include "base/ref.h"
#include "sql/store.h"

enum { JOB_ARENA_MAX = 4 * 1024 * 1024 };

struct jobs {
    struct services *services;
    char holder[OID_TEXT]; /* this process, in the rows of `job` */
    struct job_task tasks[JOB_KINDS];
    pthread_mutex_t lock;
    pthread_cond_t idle;
};

static void task_begin(struct job_task *task, struct db *db)
{
    struct act *act = &task->act;
    arena_reset(task->arena);
    *act = (struct act){
        .arena = task->arena,
        .db = db,
        .now = clock_now(),
        .org = task->services->default_org,
        .actor = { .kind = ACTOR_SYSTEM, .perms = perms_all() },
        .keys = &task->services->keys,
    };
    effects_init(&act->effects);
    task->more = false;
    task->line = STR_NONE;
}

/* Whoever takes the row runs the job, and says when it is due again. */
static err_t task_run(struct write_job *write, struct db *db)
{
    struct job_task *task = CONTAINER_OF(write, struct job_task, write);
    struct act *act = &task->act;
    str_t name = str_from_cz(task->kind->name);
    str_t holder = str_of(task->jobs->holder, OID_TEXT);
    struct row_job row;
    task_begin(task, db);
    /* What presses runs before it is due: as if its time had come. */
    ts_t as_of = task->pressed ? ts_add(act->now, DUR_S(task->kind->every_s)) : act->now;
    TRY(sql_job_make(db, &(struct sql_job_make){ .name = name, .due = act->now }));
    TRY(sql_job_take(
        db, act->arena,
        &(struct sql_job_take){
            .name = name, .now = as_of, .holder = holder, .until = ts_add(act->now, DUR_S(60)) },
        &row));
    TRY(task->kind->run(task));
    ts_t due = task->more ? act->now : ts_add(act->now, DUR_S(task->kind->every_s));
    return sql_job_finish(db, act->arena,
                          &(struct sql_job_finish){ .name = name, .holder = holder, .due = due },
                          &row);
}

static void task_applied(struct write_job *write)
{
    struct job_task *task = CONTAINER_OF(write, struct job_task, write);
    services_apply(task->services, &task->act.effects);
    if (task->kind->applied != NULL)
        task->kind->applied(task);
}

static void task_log(const struct job_task *task, err_t e)
{
    bool expected = e == E_NOT_FOUND || e == E_DISK_FULL; /* not due yet; said in /health */
    if (e == E_OK && task->line.p != NULL)
        LOG_EVERY(LOG_INFO, "audit-checkpoint", log_field_whole("checkpoint", task->line));
    if (e != E_OK && !expected)
        LOG(LOG_ERROR, "job-failed", LOG_F("job", task->kind->name),
            LOG_F("error", err_info(e)->slug), LOG_F("why", str_from_cz(task->act.why.text)));
}

static void task_submit(struct job_task *task);

static void task_done(struct write_job *write, err_t e)
{
    struct job_task *task = CONTAINER_OF(write, struct job_task, write);
    struct jobs *j = task->jobs;
    task_log(task, e);
    if (e == E_OK && task->more && task->kind->at_once && !services_stop(task->services)) {
        task->pressed = true;
        task_submit(task);
        return;
    }
    (void)pthread_mutex_lock(&j->lock);
    atomic_store(&task->busy, false);
    (void)pthread_cond_broadcast(&j->idle);
    (void)pthread_mutex_unlock(&j->lock);
}

static void task_submit(struct job_task *task)
{
    task->write = (struct write_job){
        .class = WRITE_BULK,
        .run = task_run,
        .applied = task_applied,
        .done = task_done,
    };
    atomic_store(&task->busy, true);
    if (writer_submit(task->services->writer, &task->write) != E_OK)
        atomic_store(&task->busy, false); /* the next tick asks again */
}

void jobs_tick(struct jobs *j)
{
    dur_t now = clock_mono();
    for (size_t i = 0; i < JOB_KINDS; i++) {
        struct job_task *task = &j->tasks[i];
        if (atomic_load(&task->busy))
            continue;
        task->pressed = task->kind->presses != NULL && task->kind->presses(task);
        if (now.us < task->next.us && !task->more && !task->pressed)
            continue;
        task->next = (dur_t){ now.us + DUR_S(task->kind->every_s).us };
        task_submit(task);
    }
}

void jobs_last(struct jobs *j)
{
    for (size_t i = 0; i < JOB_KINDS; i++) {
        if (atomic_load(&j->tasks[i].busy))
            continue;
        j->tasks[i].pressed = true;
        task_submit(&j->tasks[i]);
    }
    (void)pthread_mutex_lock(&j->lock);
    for (size_t i = 0; i < JOB_KINDS; i++) {
        while (atomic_load(&j->tasks[i].busy))
            (void)pthread_cond_wait(&j->idle, &j->lock);
    }
    (void)pthread_mutex_unlock(&j->lock);
}

err_t jobs_new(struct services *services, struct jobs **ret)
{
    struct jobs *j = ref_new(sizeof *j);
    if (j == NULL)
        return E_NO_MEMORY;
    j->services = services;
    atomic_store(&services->reseal, true); /* a kill may have cut off a rotation */
    oid_format(oid_make(), j->holder);
    (void)pthread_mutex_init(&j->lock, NULL); /* a default mutex and condition cannot fail here */
    (void)pthread_cond_init(&j->idle, NULL);
    for (size_t i = 0; i < JOB_KINDS; i++) {
        struct job_task *task = &j->tasks[i];
        task->kind = &job_kinds[i];
        task->jobs = j;
        task->services = services;
        task->arena = arena_new(JOB_ARENA_MAX);
        if (task->arena == NULL) {
            jobs_free(j);
            return E_NO_MEMORY;
        }
    }
    *ret = j;
    return E_OK;
}

void jobs_free(struct jobs *j)
{
    if (j == NULL)
        return;
    for (size_t i = 0; i < JOB_KINDS; i++)
        arena_free(j->tasks[i].arena);
    (void)pthread_mutex_destroy(&j->lock);
    (void)pthread_cond_destroy(&j->idle);
    ref_drop(j);
}
