/* SPDX-License-Identifier: Apache-2.0 */
/* A rollout in words: what holds it, and what comes next. */
#include "domain/policy/rollout_decide.h"

static int64_t ring_min(const struct rollout *ro, const struct row_rollout_ring *ring)
{
    return ring->min_executed.set ? ring->min_executed.v : ro->r.min_executed;
}

struct rollout_gate rollout_gate_of(const struct rollout *ro, ts_t now)
{
    const struct row_rollout_ring *ring = rollout_ring_now(ro);
    struct rollout_gate g = {
        .ring = rollout_ring_counts(ring),
        .min_executed = ring_min(ro, ring),
        .min_executed_all = ro->r.min_executed,
        .max_failed = ro->r.max_failed,
        .soak = DUR_S(ring->soak_s),
        .approval = ring->approval,
        .pause = ring->pause,
        .counted = ro->r.walked,
        .promoted = ts_is_set(ring->promoted_at),
        .forced = ring->forced,
        .looked = ring->looked,
        .met_at = ring->met_at,
        .now = now,
    };
    for (int64_t i = 0; i < ro->r.ring; i++) {
        struct rollout_counts c = rollout_ring_counts(&ro->rings[i]);
        rollout_counts_add(&g.all, &c);
    }
    return g;
}

/* "ring 2 of 3 (10 %) begins", or that everybody gets it. */
static err_t what_follows(struct act *act, const struct rollout *ro, str_t *ret)
{
    if (ro->r.ring == ro->r.rings)
        return str_format(act->arena, ret, "version %lld becomes the policy's newest",
                          (long long)ro->r.to_number);
    return str_format(act->arena, ret, "ring %lld of %lld (%.*s) begins", (long long)ro->r.ring + 1,
                      (long long)ro->r.rings, STR_ARG(ro->rings[ro->r.ring].name));
}

static err_t say_running(struct act *act, const struct rollout *ro, str_t *ret)
{
    struct rollout_gate g = rollout_gate_of(ro, act->now);
    const struct rollout_counts *c = &g.ring;
    int64_t left_s = 1 + (g.soak.us - ts_diff(g.now, g.met_at).us) / 1000000;
    str_t then;
    TRY(what_follows(act, ro, &then));
    switch (rollout_gate(&g)) {
    case GATE_ABORT:
        return str_format(act->arena, ret, "too many failed: it is aborted within a second");
    case GATE_COUNTING:
        return str_format(act->arena, ret, "the members of ring %lld are being found",
                          (long long)ro->r.ring);
    case GATE_PENDING:
        return str_format(act->arena, ret, "%.*s once %lld devices that are there have answered",
                          STR_ARG(then), (long long)c->n[MEMBER_PENDING]);
    case GATE_FEW:
        return str_format(act->arena, ret,
                          "%.*s once %lld devices have executed: %lld did, %lld are away "
                          "(`promote` with force goes on without them)",
                          STR_ARG(then), (long long)rollout_needs(c, g.min_executed),
                          (long long)rollout_executed(c), (long long)c->n[MEMBER_AWAY]);
    case GATE_SOAKING:
        return str_format(act->arena, ret, "%.*s after %lld more seconds of soaking", STR_ARG(then),
                          (long long)left_s);
    case GATE_APPROVAL:
        return str_format(act->arena, ret, "%.*s once a person promotes ring %lld", STR_ARG(then),
                          (long long)ro->r.ring);
    case GATE_PAUSE:
        return str_format(act->arena, ret, "it pauses within a second, to be looked at");
    case GATE_MET:
    case GATE_OVER:
        break;
    }
    return str_format(act->arena, ret, "%.*s within a second", STR_ARG(then));
}

err_t rollout_next(struct act *act, const struct rollout *ro, str_t *ret)
{
    switch ((enum rollout_state)ro->r.state) {
    case ROLLOUT_DRAFT:
        *ret = STR("nothing until it is started");
        return E_OK;
    case ROLLOUT_RUNNING:
        return say_running(act, ro, ret);
    case ROLLOUT_PAUSED:
        *ret = STR("nothing until it is resumed or aborted; members of its rings keep the version");
        return E_OK;
    case ROLLOUT_ABORTED:
        *ret =
            ro->r.arms == ARMS_HELD
                ? STR("nothing: devices that have the version keep it until it is aborted again")
                : STR("it is rolled back once every device that had the version has another one");
        return E_OK;
    case ROLLOUT_COMPLETED:
    case ROLLOUT_ROLLED_BACK:
    case ROLLOUT_STATES:
        break;
    }
    *ret = STR("nothing: it is over");
    return E_OK;
}
