/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/rollout_gate.h"

#include "domain/policy/rollout_hash.h"

int64_t rollout_needs(const struct rollout_counts *c, int64_t min)
{
    int64_t can = rollout_members(c) - c->n[MEMBER_UNCHANGED];
    return min < can ? min : can;
}

bool rollout_fails(const struct rollout_counts *c, int64_t needs, int64_t max_failed)
{
    int64_t executed = rollout_executed(c);
    if (executed == 0 || executed < needs)
        return false;
    return rollout_failures(c) * ROLLOUT_WHOLE > executed * max_failed;
}

/* While members are still being found, the few found so far are not "all that can". */
static bool fails(const struct rollout_gate *g, const struct rollout_counts *c, int64_t min)
{
    return rollout_fails(c, g->counted ? rollout_needs(c, min) : min, g->max_failed);
}

static bool has_soaked(const struct rollout_gate *g)
{
    /* Nobody executed, nobody can: there is nothing to watch. */
    bool empty = rollout_members(&g->ring) == g->ring.n[MEMBER_UNCHANGED];
    return empty || ts_diff(g->now, g->met_at).us >= g->soak.us;
}

enum rollout_verdict rollout_gate(const struct rollout_gate *g)
{
    if (fails(g, &g->ring, g->min_executed) || fails(g, &g->all, g->min_executed_all))
        return GATE_ABORT;
    if (!g->counted)
        return GATE_COUNTING;
    if (!g->forced && g->ring.n[MEMBER_PENDING] > 0)
        return GATE_PENDING;
    if (!g->forced && rollout_executed(&g->ring) < rollout_needs(&g->ring, g->min_executed))
        return GATE_FEW;
    if (!ts_is_set(g->met_at))
        return GATE_MET;
    if (!g->forced && !has_soaked(g))
        return GATE_SOAKING;
    if (g->approval && !g->promoted)
        return GATE_APPROVAL;
    if (g->pause && !g->looked)
        return GATE_PAUSE;
    return GATE_OVER;
}
