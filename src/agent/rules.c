/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/rules.h"

#include <assert.h>

#define DISABLE AGENT_DO_DISABLE
#define DROP    AGENT_DO_DROP_REQUEST
#define DEGRADE AGENT_DO_DEGRADE
#define WIPE    AGENT_DO_WIPE

static const char *const state_names[AGENT_STATES] = {
    [AGENT_UNENROLLED] = "UNENROLLED", [AGENT_PENDING] = "PENDING",   [AGENT_ACTIVE] = "ACTIVE",
    [AGENT_STALE] = "STALE",           [AGENT_DISABLED] = "DISABLED",
};

static const char *const event_names[AGENT_EVENTS] = {
    [AGENT_INITED] = "request-made",     [AGENT_WAITING] = "device-pending",
    [AGENT_ENROLLED] = "enrolled",       [AGENT_CHALLENGED] = "challenge-expired",
    [AGENT_CLAIM_USED] = "claim-used",   [AGENT_CLAIM_WRONG] = "claim-wrong",
    [AGENT_TURNED_AWAY] = "turned-away", [AGENT_CONFIGURED] = "configured",
    [AGENT_CONFIRMED] = "confirmed",     [AGENT_UNCHANGED] = "unchanged",
    [AGENT_REJECTED] = "rejected",       [AGENT_PINNED] = "pinned",
    [AGENT_REVOKED] = "device-revoked",  [AGENT_WIPED] = "device-wiped",
    [AGENT_BLOCKED] = "device-blocked",  [AGENT_UNAUTHENTICATED] = "unauthenticated",
    [AGENT_UNREACHED] = "unreached",     [AGENT_LEASE_OVER] = "lease-over",
    [AGENT_GRACE_OVER] = "grace-over",
};

/*
 * One row per event, one column per state it may happen in. What leads out of DISABLED is only a
 * configuration, or a request that waits. A device that asks anew because its token is refused
 * keeps its state: its lease decides.
 */
/* clang-format off */
#define ROW(unenrolled, pending, active, stale, disabled, wait, does) \
    { { AGENT_##unenrolled, AGENT_##pending, AGENT_##active, AGENT_##stale, AGENT_##disabled }, \
      AGENT_##wait, does }
static const struct agent_rule {
    enum agent_state to[AGENT_STATES];
    enum agent_wait wait;
    unsigned does;
} rules[AGENT_EVENTS] = {
    /*                       from UNENROLLED, PENDING,    ACTIVE,   STALE,    DISABLED */
    [AGENT_INITED]          = ROW(PENDING,    PENDING,    ACTIVE,   STALE,    DISABLED, NOW,      0),
    [AGENT_WAITING]         = ROW(PENDING,    PENDING,    ACTIVE,   STALE,    PENDING,  ASKED,    0),
    [AGENT_ENROLLED]        = ROW(ACTIVE,     ACTIVE,     ACTIVE,   STALE,    DISABLED, GO,       DROP),
    [AGENT_CHALLENGED]      = ROW(PENDING,    PENDING,    ACTIVE,   STALE,    DISABLED, RETRY,    0),
    [AGENT_CLAIM_USED]      = ROW(UNENROLLED, UNENROLLED, ACTIVE,   STALE,    DISABLED, RETRY,    DROP),
    [AGENT_CLAIM_WRONG]     = ROW(UNENROLLED, UNENROLLED, ACTIVE,   STALE,    DISABLED, LONG,     DROP),
    [AGENT_TURNED_AWAY]     = ROW(UNENROLLED, PENDING,    ACTIVE,   STALE,    DISABLED, LONG,     0),
    [AGENT_CONFIGURED]      = ROW(ACTIVE,     ACTIVE,     ACTIVE,   ACTIVE,   ACTIVE,   GO,       0),
    [AGENT_CONFIRMED]       = ROW(ACTIVE,     ACTIVE,     ACTIVE,   ACTIVE,   DISABLED, GO,       0),
    [AGENT_UNCHANGED]       = ROW(UNENROLLED, PENDING,    ACTIVE,   STALE,    DISABLED, GO,       0),
    [AGENT_REJECTED]        = ROW(UNENROLLED, PENDING,    ACTIVE,   STALE,    DISABLED, BACK_OFF, 0),
    [AGENT_PINNED]          = ROW(UNENROLLED, PENDING,    ACTIVE,   STALE,    DISABLED, NOW,      0),
    [AGENT_REVOKED]         = ROW(DISABLED,   DISABLED,   DISABLED, DISABLED, DISABLED, LONG,     DISABLE),
    [AGENT_WIPED]           = ROW(DISABLED,   DISABLED,   DISABLED, DISABLED, DISABLED, LONG,
                                  DISABLE | WIPE | DROP),
    [AGENT_BLOCKED]         = ROW(DISABLED,   DISABLED,   DISABLED, DISABLED, DISABLED, LONG,
                                  DISABLE | DEGRADE),
    [AGENT_UNAUTHENTICATED] = ROW(UNENROLLED, PENDING,    ACTIVE,   STALE,    DISABLED, BACK_OFF, 0),
    [AGENT_UNREACHED]       = ROW(UNENROLLED, PENDING,    ACTIVE,   STALE,    DISABLED, ASKED,    0),
    [AGENT_LEASE_OVER]      = ROW(UNENROLLED, PENDING,    STALE,    STALE,    DISABLED, GO,       DEGRADE),
    [AGENT_GRACE_OVER]      = ROW(UNENROLLED, PENDING,    DISABLED, DISABLED, DISABLED, GO,       DISABLE),
};
/* clang-format on */

struct agent_move agent_step(enum agent_state from, enum agent_event event)
{
    assert(from < AGENT_STATES);
    assert(event < AGENT_EVENTS);
    const struct agent_rule *rule = &rules[event];
    return (struct agent_move){ rule->to[from], rule->wait, rule->does };
}

const char *agent_state_name(enum agent_state s)
{
    assert(s < AGENT_STATES);
    return state_names[s];
}

const char *agent_event_name(enum agent_event e)
{
    assert(e < AGENT_EVENTS);
    return event_names[e];
}

enum agent_ask agent_next(const struct agent_view *v)
{
    bool enrol = !v->has_token || v->token_refused;
    if (enrol)
        return v->has_claim ? AGENT_CONFIRM : AGENT_INIT;
    if (v->pin)
        return AGENT_PIN;
    if (v->reject)
        return AGENT_REJECT;
    if (v->state != AGENT_ACTIVE)
        return AGENT_FETCH; /* what is not in force has nothing to tell and no token to renew */
    if (v->rotate)
        return AGENT_ROTATE;
    if (v->ack)
        return AGENT_ACK;
    return v->heartbeat ? AGENT_HEARTBEAT : AGENT_FETCH;
}

/* U(0, below], from one random number: the bias of 2^-44 for a minute harms nobody. */
static int64_t agent_uniform(int64_t below, uint64_t random)
{
    return below <= 0 ? 0 : (int64_t)(random % ((uint64_t)below + 1));
}

dur_t agent_backoff(const struct agent_law *law, unsigned failures, uint64_t random)
{
    if (failures <= 1)
        return (dur_t){ agent_uniform(law->spread.us, random) };
    int64_t c = law->first.us;
    for (unsigned i = 2; i < failures && c < law->cap.us; i++)
        c *= 2;
    if (c > law->cap.us)
        c = law->cap.us;
    return (dur_t){ c + agent_uniform(c, random) };
}

dur_t agent_long_wait(uint64_t random)
{
    dur_t fifth = DUR_S(60);
    return (dur_t){ DUR_S(300).us - fifth.us + agent_uniform(2 * fifth.us, random) };
}
