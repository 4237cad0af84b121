/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May a rollout go on? A pure function of what was counted and of the time (docs/ROLLOUTS.md has it
 * as a table). What is counted is what was executed: a device that said nothing in time has failed.
 */
#ifndef DOMAIN_POLICY_ROLLOUT_GATE_H
#define DOMAIN_POLICY_ROLLOUT_GATE_H

#include "base/clock.h"
#include "domain/policy/rollout_state.h"

/* In the order in which they are asked; the first that holds is the answer. */
enum rollout_verdict {
    GATE_ABORT,    /* too many of those that executed failed */
    GATE_COUNTING, /* its members are not all found yet */
    GATE_PENDING,  /* members that are there have not said what they did */
    GATE_FEW,      /* fewer executed than must: the rest is away */
    GATE_MET,      /* all of that holds since now: soaking begins */
    GATE_SOAKING,
    GATE_APPROVAL, /* a person must promote it */
    GATE_PAUSE,    /* it wants to be looked at: the rollout pauses */
    GATE_OVER,     /* the next ring may begin */
};

struct rollout_gate {
    struct rollout_counts ring; /* the current one */
    struct rollout_counts all;  /* of all rings so far, the current one included */
    int64_t min_executed;       /* of the current ring */
    int64_t min_executed_all;
    int64_t max_failed; /* thousandths of a percent of those that executed */
    dur_t soak;
    bool approval;
    bool pause;
    bool counted;  /* its members were all found once */
    bool promoted; /* by a person */
    bool forced;   /* the same: go on, whoever is missing */
    bool looked;   /* it has paused already */
    ts_t met_at;   /* absent: its gate was never met */
    ts_t now;
};

enum rollout_verdict rollout_gate(const struct rollout_gate *g);

/* How many must have executed: min, or all that can where they are fewer. */
int64_t rollout_needs(const struct rollout_counts *c, int64_t min);
/* Did `needs` execute, and too many of those that did fail? */
bool rollout_fails(const struct rollout_counts *c, int64_t needs, int64_t max_failed);

#endif
