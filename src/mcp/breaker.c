/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/breaker.h"

bool breaker_may(struct breaker *b, dur_t now)
{
    if (b->state == BREAKER_OPEN && now.us >= b->until.us)
        *b = (struct breaker){ .state = BREAKER_HALF_OPEN, .failures = b->failures };
    if (b->state == BREAKER_OPEN || (b->state == BREAKER_HALF_OPEN && b->trying))
        return false;
    b->trying = b->state == BREAKER_HALF_OPEN;
    return true;
}

void breaker_well(struct breaker *b)
{
    *b = (struct breaker){ .state = BREAKER_CLOSED };
}

void breaker_failed(struct breaker *b, const struct breaker_rule *rule, dur_t now)
{
    bool opens = b->state == BREAKER_HALF_OPEN || b->failures + 1 >= rule->failures;
    b->failures++;
    b->trying = false;
    if (!opens)
        return;
    b->state = BREAKER_OPEN;
    b->until = (dur_t){ now.us + rule->pause.us };
}

void breaker_nothing(struct breaker *b)
{
    b->trying = false;
}

const char *breaker_state_name(enum breaker_state s)
{
    static const char *const names[BREAKER_STATES] = {
        [BREAKER_CLOSED] = "closed", [BREAKER_OPEN] = "open", [BREAKER_HALF_OPEN] = "half-open"
    };
    return names[s];
}
