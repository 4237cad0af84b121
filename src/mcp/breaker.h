/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether an upstream is called at all. Failures in a row open it; after a pause one call may try,
 * and what becomes of that decides. Pure.
 *
 *   closed --failures--> open --pause--> half open --well--> closed
 *                          ^----------failed---'
 */
#ifndef MCP_BREAKER_H
#define MCP_BREAKER_H

#include "base/clock.h"

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN, BREAKER_STATES };

struct breaker {
    enum breaker_state state;
    size_t failures; /* in a row */
    dur_t until;     /* of open */
    bool trying;     /* of half open: the one is under way */
};

struct breaker_rule {
    size_t failures;
    dur_t pause;
};

/* May a call go? Where it may, one of the next two follows. */
bool breaker_may(struct breaker *b, dur_t now);
void breaker_well(struct breaker *b);
void breaker_failed(struct breaker *b, const struct breaker_rule *rule, dur_t now);
/* It ended in a way that says nothing of the upstream. */
void breaker_nothing(struct breaker *b);
const char *breaker_state_name(enum breaker_state s);

#endif
