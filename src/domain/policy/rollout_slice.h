/* SPDX-License-Identifier: Apache-2.0 */
/* Inside domain/policy: the parts of a tick. */
#ifndef DOMAIN_POLICY_ROLLOUT_SLICE_H
#define DOMAIN_POLICY_ROLLOUT_SLICE_H

#include "domain/policy/rollout_decide.h"
#include "domain/policy/rollout_member.h"
#include "domain/policy/rollout_tick.h"

enum { ROLLOUT_SLICE = 500 }; /* rows read at once */

struct rollout_slice {
    struct act *act;
    struct arena *rows; /* of one page; what is decided lives in act->arena */
    struct rollout_tick *tick;
    struct rollout *ro;
    struct rollout_known *known;
    struct rollout_tally tally;
    dur_t until; /* CLOCK_MONOTONIC: begin nothing more after it */
};

/* Find members: those of the current ring, and later those who came late. */
err_t rollout_walk(struct rollout_slice *s) MUST_USE;
/* Judge by the clock: who is there again, who is silent, who is lost, who is gone. */
err_t rollout_judge(struct rollout_slice *s) MUST_USE;
/* After an abort: until every device that had the target is back, or not waited for. */
err_t rollout_take_back(struct rollout_slice *s) MUST_USE;

static inline bool slice_is_over(const struct rollout_slice *s)
{
    return clock_mono().us > s->until.us;
}

static inline ts_t ts_later(ts_t a, ts_t b)
{
    return a.us > b.us ? a : b;
}

/* The newest sign of life, of the store or of memory. */
static inline ts_t slice_seen(const struct rollout_slice *s, oid_t device, ts_t stored)
{
    return ts_later(stored, s->tick->seen(s->tick->seen_arg, device));
}

/* Has this long passed since `from`, in which the server was there? */
static inline bool slice_passed(const struct rollout_slice *s, ts_t from, int64_t seconds)
{
    ts_t start = ts_later(from, s->tick->up_since);
    return ts_diff(s->act->now, start).us > DUR_S(seconds).us;
}

#endif
