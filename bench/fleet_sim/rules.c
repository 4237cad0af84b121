/* SPDX-License-Identifier: Apache-2.0 */
#include "rules.h"

#include "seed.h"

#include <assert.h>

enum { FAILURES_MAX = 200 };

static const char *const state_names[SIM_STATES] = {
    [SIM_ASLEEP] = "asleep",     [SIM_UNENROLLED] = "unenrolled",   [SIM_PENDING] = "pending",
    [SIM_ENROLLED] = "enrolled", [SIM_TURNED_AWAY] = "turned-away", [SIM_BLOCKED] = "blocked",
    [SIM_REVOKED] = "revoked",   [SIM_VANISHED] = "vanished",
};

/* What an answer means is the agent's business (agent/wire.h); what follows is ours. What cannot
 * happen to a device without a clock of its own, or that verifies nothing (a fleet of them would
 * cost more than the server it is to load), keeps everything as it is. */
/* clang-format off */
static const struct rule {
    enum sim_state to;
    enum sim_wait wait;
    bool stays; /* in whatever state it is */
} rules[AGENT_EVENTS] = {
    [AGENT_INITED]          = { SIM_PENDING, SIM_NOW, false },
    [AGENT_WAITING]         = { SIM_PENDING, SIM_ASKED, false },
    [AGENT_ENROLLED]        = { SIM_ENROLLED, SIM_GO, false },
    [AGENT_CHALLENGED]      = { SIM_PENDING, SIM_RETRY, false },
    [AGENT_CLAIM_USED]      = { SIM_UNENROLLED, SIM_RETRY, false },
    [AGENT_CLAIM_WRONG]     = { SIM_TURNED_AWAY, SIM_LONG, false },
    [AGENT_TURNED_AWAY]     = { SIM_TURNED_AWAY, SIM_LONG, false },
    [AGENT_CONFIGURED]      = { SIM_ENROLLED, SIM_GO, false },
    [AGENT_CONFIRMED]       = { SIM_ENROLLED, SIM_PACE, false },
    [AGENT_UNCHANGED]       = { SIM_ENROLLED, SIM_PACE, false },
    [AGENT_REJECTED]        = { SIM_ASLEEP, SIM_BACK_OFF, true },
    [AGENT_PINNED]          = { SIM_ASLEEP, SIM_NOW, true },
    [AGENT_REVOKED]         = { SIM_REVOKED, SIM_END, false },
    [AGENT_WIPED]           = { SIM_REVOKED, SIM_END, false },
    [AGENT_BLOCKED]         = { SIM_BLOCKED, SIM_LONG, false },
    [AGENT_UNAUTHENTICATED] = { SIM_ASLEEP, SIM_BACK_OFF, true },
    [AGENT_UNREACHED]       = { SIM_ASLEEP, SIM_ASKED, true },
    [AGENT_LEASE_OVER]      = { SIM_ASLEEP, SIM_NOW, true },
    [AGENT_GRACE_OVER]      = { SIM_ASLEEP, SIM_NOW, true },
};
/* clang-format on */

struct sim_move sim_step(enum sim_state from, enum agent_event event)
{
    assert(from < SIM_STATES);
    assert(event < AGENT_EVENTS);
    const struct rule *rule = &rules[event];
    return (struct sim_move){ rule->stays ? from : rule->to, rule->wait };
}

const char *sim_state_name(enum sim_state s)
{
    assert(s < SIM_STATES);
    return state_names[s];
}

static dur_t around(dur_t middle, int64_t part, uint64_t *random)
{
    return (dur_t){ middle.us - part + random_upto(random, 2 * part) };
}

static dur_t back_off(const struct sim_pace *pace, uint8_t *failures, uint64_t *random)
{
    if (*failures < FAILURES_MAX)
        ++*failures;
    return agent_backoff(&pace->law, *failures, random_next(random));
}

dur_t sim_delay(const struct sim_pace *pace, enum sim_wait wait, int64_t retry_after_s,
                uint8_t *failures, uint64_t *random)
{
    dur_t told = DUR_S(retry_after_s);
    dur_t out = { 0 };
    switch (wait) {
    case SIM_GO:
        *failures = 0;
        return out;
    case SIM_NOW:
    case SIM_END:
        return out;
    case SIM_RETRY:
        if (*failures > 0)
            return back_off(pace, failures, random);
        *failures = 1;
        return out;
    case SIM_ASKED:
        if (retry_after_s == 0)
            return back_off(pace, failures, random);
        /* Never sooner, and not all at the same moment. */
        return (dur_t){ told.us + agent_backoff(&pace->law, 1, random_next(random)).us };
    case SIM_BACK_OFF:
        return back_off(pace, failures, random);
    case SIM_LONG:
        out = around(pace->long_wait, pace->long_wait.us / 5, random);
        return out.us > told.us ? out : told;
    case SIM_PACE:
        *failures = 0;
        return around(pace->interval, pace->interval.us / 10, random);
    }
    return out;
}
