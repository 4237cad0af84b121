/* SPDX-License-Identifier: Apache-2.0 */
#include "app/deliver_write.h"

#include <pthread.h>

struct waiting_write {
    struct write_job job;
    struct services *services;
    struct arena *arena;
    oid_t org;
    err_t (*run)(struct act *act, struct services *services, void *arg);
    void *arg;
    struct act act;
    pthread_mutex_t lock;
    pthread_cond_t done_cond;
    bool done;
    err_t result;
};

struct act deliver_act(const struct services *services, struct arena *a, struct db *db, oid_t org)
{
    struct act act = {
        .arena = a,
        .db = db,
        .now = clock_now(),
        .org = org,
        .actor = { .kind = ACTOR_SYSTEM, .perms = perms_all() },
        .keys = &services->keys,
    };
    effects_init(&act.effects);
    return act;
}

static err_t write_run(struct write_job *job, struct db *db)
{
    struct waiting_write *w = CONTAINER_OF(job, struct waiting_write, job);
    w->act = deliver_act(w->services, w->arena, db, w->org);
    effects_init(&w->act.effects); /* it points into itself */
    return w->run(&w->act, w->services, w->arg);
}

static void write_applied(struct write_job *job)
{
    struct waiting_write *w = CONTAINER_OF(job, struct waiting_write, job);
    services_apply(w->services, &w->act.effects);
}

static void write_done(struct write_job *job, err_t e)
{
    struct waiting_write *w = CONTAINER_OF(job, struct waiting_write, job);
    (void)pthread_mutex_lock(&w->lock);
    w->result = e;
    w->done = true;
    (void)pthread_cond_signal(&w->done_cond);
    (void)pthread_mutex_unlock(&w->lock);
}

err_t deliver_write(struct services *services, struct arena *a, oid_t org,
                    err_t (*run)(struct act *act, struct services *services, void *arg), void *arg)
{
    struct waiting_write w = {
        .job = { .class = WRITE_NORMAL,
                 .load = LOAD_BULK,
                 .run = write_run,
                 .applied = write_applied,
                 .done = write_done },
        .services = services,
        .arena = a,
        .org = org,
        .run = run,
        .arg = arg,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .done_cond = PTHREAD_COND_INITIALIZER,
    };
    TRY(writer_submit(services->writer, &w.job));
    (void)pthread_mutex_lock(&w.lock);
    while (!w.done)
        (void)pthread_cond_wait(&w.done_cond, &w.lock);
    (void)pthread_mutex_unlock(&w.lock);
    return w.result;
}
