/* SPDX-License-Identifier: Apache-2.0 */
#include "hist.h"

static size_t bucket_of(uint64_t us)
{
    if (us < HIST_STEPS)
        return (size_t)us;
    unsigned top = 63U - (unsigned)__builtin_clzll(us); /* >= 5 */
    unsigned shift = top - 5U;
    size_t b = ((size_t)shift + 1U) * HIST_STEPS + ((us >> shift) - HIST_STEPS);
    return b < HIST_BUCKETS ? b : HIST_BUCKETS - 1U;
}

/* The smallest value that falls into a bucket. */
static uint64_t value_of(size_t bucket)
{
    if (bucket < HIST_STEPS)
        return bucket;
    size_t shift = bucket / HIST_STEPS - 1U;
    return ((uint64_t)(bucket % HIST_STEPS) + HIST_STEPS) << shift;
}

void hist_add(struct hist *h, uint64_t us)
{
    h->bucket[bucket_of(us)]++;
    h->n++;
}

void hist_merge(struct hist *into, const struct hist *from)
{
    for (size_t i = 0; i < HIST_BUCKETS; i++)
        into->bucket[i] += from->bucket[i];
    into->n += from->n;
}

uint64_t hist_at(const struct hist *h, unsigned permille)
{
    uint64_t below = 0;
    for (size_t i = 0; i < HIST_BUCKETS; i++) {
        below += h->bucket[i];
        if (h->n > 0 && below * 1000U >= h->n * permille)
            return value_of(i);
    }
    return 0;
}
