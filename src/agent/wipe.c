/* SPDX-License-Identifier: Apache-2.0 */
/* A revocation that the server has signed. The file holds the disabled form already. */
#include "agent/agent.h"
#include "agent/journal.h"

/* What stays: which machine and which device it was, and that it may not come back by itself. */
static void wipe_store(struct agent_store *s)
{
    const struct agent_store was = *s;
    agent_store_wipe(s);
    s->generation = was.generation;
    s->state = AGENT_DISABLED;
    s->wiped = 1;
    s->seen_seq = was.seen_seq;
    s->seen_iat_s = was.seen_iat_s;
    memcpy(s->reason, was.reason, sizeof s->reason);
    memcpy(s->machine_id, was.machine_id, sizeof s->machine_id);
    memcpy(s->device_id, was.device_id, sizeof s->device_id);
    memcpy(s->seen_device, was.seen_device, sizeof s->seen_device);
    explicit_bzero((void *)(uintptr_t)&was, sizeof was);
}

static err_t wipe_files(struct seneschal_agent *g)
{
    TRY(agent_force_forget(g));
    return journal_forget(g->dir, &g->why);
}

/* Both generations of the state first: from then on it is wiped, whatever a crash leaves to do. */
err_t agent_wipe(struct seneschal_agent *g)
{
    wipe_store(&g->store);
    TRY(agent_text_set(g->store.reason, str_from_cz(agent_event_name(AGENT_REVOKED))));
    secret_wipe(&g->seed);
    g->trust = (struct agent_trust){ 0 };
    TRY(agent_store_save_both(g->dir, &g->store, &g->why));
    return wipe_files(g);
}

err_t agent_wipe_again(struct seneschal_agent *g)
{
    TRY(wipe_files(g));
    return agent_force_off(g, g->store.reason, false);
}
