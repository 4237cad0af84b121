/* SPDX-License-Identifier: Apache-2.0 */
/* The lease that stands (FLEET.md, Signing and leases). It runs by two clocks and ends by the first
 * of them: its own length by the monotonic one from when it came, its `exp` by the wall clock. */
#include "agent/agent.h"
#include "plat/os/file.h"

#define SECOND_US INT64_C(1000000)

enum { BOOT_TEXT = 64 };

/* How long a machine may stay without its first lease before it is switched off: an agent of an
 * earlier version has a configuration in force, and none. */
static const dur_t first = { 3600 * SECOND_US };

static dur_t lease_length(const struct agent_store *s)
{
    return s->lease_exp_s == 0 ? first : (dur_t){ (s->lease_exp_s - s->lease_iat_s) * SECOND_US };
}

dur_t lease_left(const struct seneschal_agent *g, bool with_grace)
{
    const struct agent_store *s = &g->store;
    int64_t grace_us = with_grace ? s->lease_grace_s * SECOND_US : 0;
    int64_t left = g->confirmed.us + lease_length(s).us - clock_mono().us;
    int64_t by_wall =
        (s->lease_exp_s + VERIFY_LEEWAY_S) * SECOND_US - clock_wall().us; /* a suspended machine */
    if (s->lease_exp_s != 0 && by_wall < left)
        left = by_wall;
    left += grace_us;
    return (dur_t){ left > 0 ? left : 0 };
}

dur_t agent_lease_left(const struct seneschal_agent *g)
{
    if (g->store.state != AGENT_ACTIVE && g->store.state != AGENT_STALE)
        return (dur_t){ 0 };
    return lease_left(g, g->store.state == AGENT_STALE);
}

bool lease_wanted(const struct seneschal_agent *g)
{
    return g->store.lease_exp_s == 0 || 2 * lease_left(g, false).us <= lease_length(&g->store).us;
}

unsigned lease_poll_s(const struct seneschal_agent *g, unsigned poll_max_s)
{
    int64_t half = lease_length(&g->store).us / 2;
    int64_t left = lease_left(g, false).us;
    if (g->store.lease_exp_s == 0)
        return 0;
    /* Until half is gone; from then on what asks for a lease may wait a quarter of its length. */
    int64_t s =
        left > half ? (left - half + SECOND_US - 1) / SECOND_US : (left - half / 2) / SECOND_US;
    if (s <= 0)
        return 0;
    return s < (int64_t)poll_max_s ? (unsigned)s : poll_max_s;
}

/* Names the boot; empty where there is no /proc. */
static err_t lease_boot(struct arena *a, str_t *ret)
{
    err_t e = file_read(a, "/proc/sys/kernel/random/boot_id", BOOT_TEXT, NULL, ret);
    if (e == E_NO_MEMORY)
        return e;
    *ret = e == E_OK ? str_sub(*ret, 0, str_find(*ret, '\n')) : STR("");
    return E_OK;
}

void lease_take(struct seneschal_agent *g, const struct verify_lease *lease)
{
    struct agent_store *s = &g->store;
    if (lease->iat_s <= s->lease_iat_s)
        return; /* one that is not newer prolongs nothing */
    g->confirmed = clock_mono();
    s->confirmed_us = clock_wall().us;
    s->lease_iat_s = lease->iat_s;
    s->lease_exp_s = lease->exp_s;
    s->lease_grace_s = lease->grace_s;
    s->lease_mono_us = g->confirmed.us;
    memcpy(s->lease_boot, g->boot, sizeof s->lease_boot);
}

/*
 * What is left goes on through a restart: within one boot by the monotonic clock. Across boots only
 * the wall clock knows; where that stands before the last confirmation it was set back, nothing is
 * known about the time in between, and the lease begins at the start of the process.
 */
err_t lease_resume(struct seneschal_agent *g)
{
    struct agent_store *s = &g->store;
    str_t boot;
    TRY(lease_boot(g->arena, &boot));
    TRY(agent_text_set(g->boot, boot));
    dur_t now = clock_mono();
    bool same = boot.n > 0 && strcmp(s->lease_boot, g->boot) == 0 && s->lease_mono_us <= now.us;
    int64_t age = clock_wall().us - s->confirmed_us;
    if (age < 0) {
        agent_tell(g, "agent-clock", "the clock stands before the last confirmation");
        age = 0;
    }
    g->confirmed.us = same ? s->lease_mono_us : now.us - age;
    return E_OK;
}
