/* SPDX-License-Identifier: Apache-2.0 */
/* What a principal may now, and what there is, for the hub; on a worker. */
#include "api/mcp_edge.h"
#include "api/mcp_job.h"
#include "api/mcp_port.h"
#include "domain/identity/actor_load.h"

/* Is the token that a stream was opened with still good? One that is verified by its signature is
 * known to memory, or its client comes back with it. */
static err_t look_token(struct live *live, struct act *act, const struct mcp_look *job)
{
    struct actor_loaded loaded;
    struct live_hit hit;
    dur_t wait;
    const struct live_ask ask = { .token = job->token, .now = act->now, .mono = clock_mono() };
    if (!job->has_token)
        return E_OK;
    if (live_find(live, &ask, &hit, &wait) == LIVE_HIT)
        return hit.who.refuse;
    TRY(actor_load(act, &job->token, &loaded));
    return loaded.who.refuse;
}

static err_t look(struct services *sv, struct act *act, const struct mcp_gates *gates, void *arg)
{
    struct mcp_look *job = arg;
    struct actor_loaded loaded;
    act->org = job->who.org;
    TRY(look_token(sv->live, act, job));
    TRY(actor_load_principal(act, job->who.org, job->who.kind, job->who.id, &loaded));
    TRY(loaded.who.refuse);
    return mcp_load_both(act, gates, &job->who, &job->access, &job->catalogue);
}

static void look_done(void *arg, err_t e)
{
    struct mcp_look *job = arg;
    job->e = e;
    loop_post(job->hub, &job->msg);
}

void mcp_port_look(void *arg, struct mcp_look *job)
{
    static const struct mcp_task_kind kind = { .read = look, .done = look_done };
    mcp_task_start(arg, &kind, job);
}
