/* SPDX-License-Identifier: Apache-2.0 */
#include "api/mcp_job.h"

#include "api/passage.h"
#include "base/ref.h"

enum { TASK_TIMES = 3 };

struct mcp_task {
    struct work work;
    struct services *services;
    const struct mcp_task_kind *kind;
    void *job;
};

static void task_done(struct mcp_task *t, err_t e)
{
    t->kind->done(t->job, e);
    ref_drop(t);
}

/* The stamp first, then the transaction: see struct mcp_gates. */
static err_t task_read(struct mcp_task *t, struct act *act)
{
    struct gate_memory *memory = t->services->gate;
    const struct mcp_gates gates = { memory, gate_memory_stamp(memory) };
    TRY(db_read_begin(act->db));
    err_t e = t->kind->read(t->services, act, &gates, t->job);
    db_read_end(act->db);
    return e;
}

static void task_work(struct work *work, void *worker)
{
    struct mcp_task *t = CONTAINER_OF(work, struct mcp_task, work);
    struct services *sv = t->services;
    CLEANUP(arena_freep) struct arena *a = arena_new(REQUEST_ARENA_MAX);
    struct act act = {
        .arena = a, .db = api_worker_db(worker), .now = clock_now(), .keys = &sv->keys
    };
    effects_init(&act.effects);
    err_t e = a == NULL ? E_NO_MEMORY : E_AGAIN;
    for (int i = 0; e == E_AGAIN && i < TASK_TIMES; i++)
        e = task_read(t, &act);
    if (a != NULL && t->kind->wipes)
        arena_wipe(a);
    task_done(t, e);
}

void mcp_task_start(struct services *sv, const struct mcp_task_kind *kind, void *job)
{
    struct mcp_task *t = ref_new(sizeof *t);
    if (t == NULL) {
        kind->done(job, E_NO_MEMORY);
        return;
    }
    *t = (struct mcp_task){
        .work = { .run = task_work, .class = LOAD_TOKEN, .known = true },
        .services = sv,
        .kind = kind,
        .job = job,
    };
    err_t e = workers_submit(sv->workers, &t->work);
    if (e != E_OK)
        task_done(t, e);
}
