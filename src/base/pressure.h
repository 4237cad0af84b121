/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When shall those come back who were refused? In so many seconds as it takes to serve them all at
 * the pace of the last second, each at a moment of its own: who came together does not come back
 * together (RFC 9110 section 10.2.3 knows whole seconds only).
 *
 * Not safe between threads; time comes from the caller.
 */
#ifndef BASE_PRESSURE_H
#define BASE_PRESSURE_H

#include "base/clock.h"

enum {
    RETRY_SPREAD_MIN_S = 2, /* the spread without pressure */
    RETRY_SPREAD_MAX_S = 30,
    RETRY_PACE_LEAST =
        64, /* served in a second, as far as is assumed of a server that has just begun */
};

struct pressure {
    int64_t second;                      /* of CLOCK_MONOTONIC */
    uint64_t served, shed;               /* in this second */
    uint64_t served_before, shed_before; /* in the one before */
};

void pressure_served(struct pressure *p, dur_t now);
void pressure_shed(struct pressure *p, dur_t now);
/* Retry-After for one: 1..1+spread, evenly, by a random number. */
int64_t pressure_retry_s(struct pressure *p, dur_t now, uint64_t random);

#endif
