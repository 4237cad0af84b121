/* SPDX-License-Identifier: Apache-2.0 */
/* Inside domain/policy: how a rollout moves. */
#ifndef DOMAIN_POLICY_ROLLOUT_DECIDE_H
#define DOMAIN_POLICY_ROLLOUT_DECIDE_H

#include "domain/audit/audit.h"
#include "domain/policy/rollout.h"

#include <assert.h>

/* What a decision was: its name in rollout_event, and of its event of the record. */
enum rollout_kind {
    KIND_STARTED,
    KIND_PAUSED,
    KIND_RESUMED,
    KIND_PROMOTED,
    KIND_ABORTED,
    KIND_RING_STARTED,
    KIND_RING_MET,
    KIND_COMPLETED,
    KIND_ROLLED_BACK,
    ROLLOUT_KINDS
};

struct rollout_decision {
    enum rollout_kind kind;
    enum rollout_state state; /* from now on */
    enum rollout_arms arms;
    int64_t ring;
    str_t reason; /* a sentence */
};

/*
 * Decide: E_CONFLICT where it stands elsewhere by now. Where the arms or the ring move, every scope
 * that follows the policy has changed. `audit`: where nobody else writes the event of the record
 * (the api does, for its own rows). `ro->r` is as it stands now afterwards.
 */
err_t rollout_decide(struct act *act, struct audit *audit, struct rollout *ro,
                     const struct rollout_decision *d) MUST_USE;

/* Too many failed, or a person wants it: arms are taken away where `rollback`, else held. */
err_t rollout_decide_abort(struct act *act, struct audit *audit, struct rollout *ro, bool rollback,
                           str_t reason) MUST_USE;
/* The next ring, or the end of it. */
err_t rollout_decide_next(struct act *act, struct audit *audit, struct rollout *ro) MUST_USE;

/* Of one that has started. */
static inline struct row_rollout_ring *rollout_ring_now(const struct rollout *ro)
{
    assert(ro->r.ring > 0);
    return &ro->rings[ro->r.ring - 1];
}

#endif
