/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pace.h"

enum { SMOOTH = 4 }; /* one batch moves the limit by a quarter of the difference */

void pace_init(struct pace *p, dur_t wait, size_t least, size_t most)
{
    *p = (struct pace){
        .wait = wait, .least = least < most ? least : most, .most = most, .limit = most
    };
}

/* What fits into the wait at this pace. */
static size_t pace_fits(const struct pace *p, size_t n, dur_t took)
{
    uint64_t us = took.us > 0 ? (uint64_t)took.us : 1;
    uint64_t fits = (uint64_t)n * (uint64_t)p->wait.us / us;
    return fits < p->most ? (size_t)fits : p->most;
}

void pace_note(struct pace *p, size_t n, dur_t took, bool more)
{
    bool slow = took.us > p->wait.us;
    size_t fits = more || slow ? pace_fits(p, n, took) : p->most;
    if (fits < p->limit)
        p->limit -= (p->limit - fits + SMOOTH - 1) / SMOOTH;
    else
        p->limit += (fits - p->limit + SMOOTH - 1) / SMOOTH;
    if (p->limit < p->least)
        p->limit = p->least;
}
