/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What moves rollouts: a slice of a few milliseconds on the writer, each second. All that it knows
 * is in the store, so that a slice that is lost is made again, and none is made twice.
 */
#ifndef DOMAIN_POLICY_ROLLOUT_TICK_H
#define DOMAIN_POLICY_ROLLOUT_TICK_H

#include "domain/audit/audit.h"
#include "domain/live/act.h"

/* When was this device seen last, as far as memory knows? Absent: it does not. */
typedef ts_t rollout_seen_f(void *arg, oid_t device);

struct rollout_tick {
    struct audit *audit;
    ts_t up_since; /* a server that was not there cannot miss anybody */
    rollout_seen_f *seen;
    void *seen_arg;
    dur_t budget; /* how long finding and judging may take in all */
    bool more;    /* out: members of a new ring are still to be found; come back at once */
    bool open;    /* out: there are rollouts that want another tick */
};

/* The organisation of `act` is changed. */
err_t rollout_tick(struct act *act, struct rollout_tick *t) MUST_USE;

#endif
