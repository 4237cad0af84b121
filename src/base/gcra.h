/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rate limits by the generic cell rate algorithm (ITU-T I.371): one number a bucket, the
 * theoretical arrival time. A bucket that was never used is zero. Safe between threads. The rate
 * may change between two takes.
 */
#ifndef BASE_GCRA_H
#define BASE_GCRA_H

#include "base/clock.h"

#include <stdatomic.h>

struct gcra_rate {
    int64_t interval_us; /* between two requests at the steady rate; 0: no limit */
    int64_t burst_us;    /* how far ahead of it a burst may run: burst * interval */
};

static inline struct gcra_rate gcra_per_minute(int64_t n, int64_t burst)
{
    int64_t interval = n > 0 ? INT64_C(60000000) / n : 0;
    return (struct gcra_rate){ .interval_us = interval, .burst_us = interval * burst };
}

/* Takes one; false when it is too early, with the time until it is not. */
bool gcra_take(_Atomic int64_t *bucket, struct gcra_rate rate, dur_t now, dur_t *ret_wait);

#endif
