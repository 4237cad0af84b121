/* SPDX-License-Identifier: Apache-2.0 */
#include "base/gcra.h"

enum { SLACK_US = 50000 };

bool gcra_take(_Atomic int64_t *bucket, struct gcra_rate rate, dur_t now, dur_t *ret_wait)
{
    if (rate.interval_us == 0)
        return true;
    int64_t arrival = atomic_load_explicit(bucket, memory_order_relaxed);
    int64_t next;
    do {
        int64_t from = arrival > now.us ? arrival : now.us;
        /* Further ahead than this rate can bring it: the rate was raised since, and a debt of the
         * old one is not to be waited for. The slack is for clocks of threads. */
        if (from > now.us + rate.interval_us + rate.burst_us + SLACK_US)
            from = now.us + rate.burst_us;
        next = from + rate.interval_us;
        if (next - now.us > rate.interval_us + rate.burst_us) {
            *ret_wait = (dur_t){ next - now.us - rate.interval_us - rate.burst_us };
            return false;
        }
    } while (!atomic_compare_exchange_weak_explicit(bucket, &arrival, next, memory_order_relaxed,
                                                    memory_order_relaxed));
    return true;
}
