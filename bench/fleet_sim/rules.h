/* SPDX-License-Identifier: Apache-2.0 */
/* What a simulated device does next, without clock and network: its states, one table of moves, and
 * the agent's own law of waiting (agent/rules.h). */
#ifndef FLEET_SIM_RULES_H
#define FLEET_SIM_RULES_H

#include "agent/rules.h"

enum sim_state {
    SIM_ASLEEP,     /* has not begun yet, or is the copy of a machine that is not enrolled yet */
    SIM_UNENROLLED, /* no request stands */
    SIM_PENDING,    /* a request waits in the lobby, or for its proof */
    SIM_ENROLLED,
    SIM_TURNED_AWAY, /* refused, or no request is taken: asks again, rarely */
    SIM_BLOCKED,     /* asks again, rarely */
    SIM_REVOKED,     /* the end */
    SIM_VANISHED,    /* the end: it was told something and never heard of again */
    SIM_STATES
};

enum sim_wait {
    SIM_GO,       /* on at once: all is well */
    SIM_NOW,      /* on at once, failures stay counted */
    SIM_RETRY,    /* at once the first time, then by backoff */
    SIM_BACK_OFF, /* by backoff */
    SIM_ASKED,    /* as long as the server said, else by backoff */
    SIM_LONG,
    SIM_PACE, /* until the next poll is due */
    SIM_END,  /* it asks nothing any more */
};

struct sim_move {
    enum sim_state to;
    enum sim_wait wait;
};

struct sim_move sim_step(enum sim_state from, enum agent_event event);
const char *sim_state_name(enum sim_state s); /* "turned-away" */

struct sim_pace {
    struct agent_law law;
    dur_t interval;  /* between two polls, give or take a tenth; 0: long polls, at once */
    dur_t long_wait; /* give or take a fifth */
};

/* How long to wait; counts failures. SIM_END is not a wait. */
dur_t sim_delay(const struct sim_pace *pace, enum sim_wait wait, int64_t retry_after_s,
                uint8_t *failures, uint64_t *random);

#endif
