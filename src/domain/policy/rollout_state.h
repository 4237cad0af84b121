/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a rollout and of a device in it, as tables. All of it pure. */
#ifndef DOMAIN_POLICY_ROLLOUT_STATE_H
#define DOMAIN_POLICY_ROLLOUT_STATE_H

#include "base/str.h"

enum rollout_state { /* as stored */
                     ROLLOUT_DRAFT,
                     ROLLOUT_RUNNING,
                     ROLLOUT_PAUSED,
                     ROLLOUT_COMPLETED,
                     ROLLOUT_ABORTED,
                     ROLLOUT_ROLLED_BACK,
                     ROLLOUT_STATES
};

/* Who gets the target version from it; as stored. */
enum rollout_arms {
    ARMS_NONE,  /* nobody */
    ARMS_RINGS, /* the members of the rings so far */
    ARMS_HELD,  /* those who have it already: aborted, but not taken back */
};

enum rollout_act {
    ROLLOUT_CHANGE, /* of its words; no move */
    ROLLOUT_START,
    ROLLOUT_PAUSE,
    ROLLOUT_RESUME,
    ROLLOUT_PROMOTE, /* no move */
    ROLLOUT_ABORT,
    ROLLOUT_ADVANCE, /* the next ring; no move */
    ROLLOUT_COMPLETE,
    ROLLOUT_ROLL_BACK, /* every device is back */
    ROLLOUT_DELETE,    /* no move */
    ROLLOUT_ACTS
};

const char *rollout_state_name(int64_t state);
/* E_BAD_FIELD. */
err_t rollout_state_parse(str_t name, enum rollout_state *ret) MUST_USE;
/* Names with commas between them, as a set: 1 << state. E_BAD_FIELD. */
err_t rollout_states_parse(str_t names, int64_t *ret) MUST_USE;
/* Where `act` leads from `from`; false: not allowed there. */
bool rollout_may(enum rollout_state from, enum rollout_act act, enum rollout_state *ret_to);
/* E_CONFLICT: what it is, and what it must be for this act. */
err_t rollout_refuse(struct diag *why, int64_t state, enum rollout_act act);

/* What is known of a member; as stored. Executed: applied, failed, timed out, lost. */
enum rollout_member {
    MEMBER_PENDING,   /* there, and has not said what it did */
    MEMBER_AWAY,      /* not seen since its ring began: judged when it comes back */
    MEMBER_APPLIED,   /* by its acknowledgement of the target's bytes */
    MEMBER_FAILED,    /* the same: it could not, or refused them */
    MEMBER_TIMED_OUT, /* there, and said nothing in time */
    MEMBER_LOST,      /* applied, and was not seen since */
    MEMBER_UNCHANGED, /* its configuration is the same with and without the target */
    MEMBER_GONE,      /* no longer enrolled, or out of the policy's reach: not a member */
    MEMBER_STATES
};

const char *rollout_member_name(int64_t state); /* "pending" "away" ... */
err_t rollout_member_parse(str_t name, enum rollout_member *ret) MUST_USE; /* E_BAD_FIELD */

struct rollout_counts {
    int64_t n[MEMBER_STATES];
};

int64_t rollout_members(const struct rollout_counts *c);  /* all but those gone */
int64_t rollout_executed(const struct rollout_counts *c); /* applied, failed, timed out, lost */
int64_t rollout_failures(const struct rollout_counts *c); /* failed, timed out, lost */
void rollout_counts_add(struct rollout_counts *to, const struct rollout_counts *more);

#endif
