/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pressure.h"

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static void pressure_roll(struct pressure *p, dur_t now)
{
    int64_t second = now.us / DUR_S(1).us;
    if (second == p->second)
        return;
    bool next = second == p->second + 1;
    *p = (struct pressure){
        .second = second,
        .served_before = next ? p->served : 0,
        .shed_before = next ? p->shed : 0,
    };
}

void pressure_served(struct pressure *p, dur_t now)
{
    pressure_roll(p, now);
    p->served++;
}

void pressure_shed(struct pressure *p, dur_t now)
{
    pressure_roll(p, now);
    p->shed++;
}

int64_t pressure_retry_s(struct pressure *p, dur_t now, uint64_t random)
{
    pressure_roll(p, now);
    uint64_t shed = larger(p->shed, p->shed_before);
    uint64_t pace = larger(larger(p->served, p->served_before), RETRY_PACE_LEAST);
    /* Twice the time that they need: half of the capacity stays for others. */
    uint64_t spread = RETRY_SPREAD_MIN_S + 2 * shed / pace;
    if (spread > RETRY_SPREAD_MAX_S)
        spread = RETRY_SPREAD_MAX_S;
    return 1 + (int64_t)(random % (spread + 1));
}
