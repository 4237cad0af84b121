/* SPDX-License-Identifier: Apache-2.0 */
/* What a principal may now, and what there is, for the hub; on a worker. */
#include "api/mcp_edge.h"
#include "api/mcp_port.h"
#include "api/passage.h"
#include "base/ref.h"
#include "domain/identity/actor_load.h"
#include "plat/loop/workers.h"

enum { LOOK_TIMES = 3 };

struct look_work {
    struct work work;
    struct services *services;
    struct mcp_look *job;
};

static void look_done(struct look_work *w, err_t e)
{
    struct mcp_look *job = w->job;
    job->e = e;
    ref_drop(w);
    loop_post(job->hub, &job->msg);
}

/* Is the token that a stream was opened with still good? One that is verified by its signature is
 * known to memory, or its client comes back with it. */
static err_t look_token(struct services *sv, struct act *act, const struct mcp_look *job)
{
    struct actor_loaded loaded;
    struct live_hit hit;
    dur_t wait;
    const struct live_ask ask = { .token = job->token, .now = act->now, .mono = clock_mono() };
    if (!job->has_token)
        return E_OK;
    if (live_find(sv->live, &ask, &hit, &wait) == LIVE_HIT)
        return hit.who.refuse;
    TRY(actor_load(act, &job->token, &loaded));
    return loaded.who.refuse;
}

static err_t look(struct services *sv, struct act *act, struct mcp_look *job)
{
    struct actor_loaded loaded;
    err_t e = E_AGAIN;
    TRY(look_token(sv, act, job));
    TRY(actor_load_principal(act, job->who.org, job->who.kind, job->who.id, &loaded));
    TRY(loaded.who.refuse);
    for (int i = 0; e == E_AGAIN && i < LOOK_TIMES; i++)
        e = mcp_load_both(act, sv->gate, &job->who, &job->access, &job->catalogue);
    return e;
}

static void look_work(struct work *work, void *worker)
{
    struct look_work *w = CONTAINER_OF(work, struct look_work, work);
    struct services *sv = w->services;
    CLEANUP(arena_freep) struct arena *a = arena_new(REQUEST_ARENA_MAX);
    struct act act = { .arena = a,
                       .db = api_worker_db(worker),
                       .now = clock_now(),
                       .keys = &sv->keys,
                       .org = w->job->who.org };
    effects_init(&act.effects);
    err_t e = a == NULL ? E_NO_MEMORY : db_read_begin(act.db);
    if (e == E_OK) {
        e = look(sv, &act, w->job);
        db_read_end(act.db);
    }
    look_done(w, e);
}

void mcp_port_look(void *arg, struct mcp_look *job)
{
    struct services *sv = arg;
    struct look_work *w = ref_new(sizeof *w);
    if (w == NULL) {
        job->e = E_NO_MEMORY;
        loop_post(job->hub, &job->msg);
        return;
    }
    *w = (struct look_work){
        .work = { .run = look_work, .class = LOAD_TOKEN, .known = true },
        .services = sv,
        .job = job,
    };
    err_t e = workers_submit(sv->workers, &w->work);
    if (e != E_OK)
        look_done(w, e);
}
