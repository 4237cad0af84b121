/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hist.h"

const struct hist_bound hist_bounds[HIST_BUCKETS] = {
    { 100, "0.0001" },  { 250, "0.00025" }, { 500, "0.0005" },  { 1000, "0.001" },
    { 2500, "0.0025" }, { 5000, "0.005" },  { 10000, "0.01" },  { 25000, "0.025" },
    { 50000, "0.05" },  { 100000, "0.1" },  { 250000, "0.25" }, { 500000, "0.5" },
    { 1000000, "1" },   { 2500000, "2.5" }, { 10000000, "10" }, { 60000000, "60" },
};

uint64_t hist_quantile(const struct hist *h, unsigned permille)
{
    uint64_t all = 0;
    uint64_t before = 0;
    for (size_t i = 0; i <= HIST_BUCKETS; i++)
        all += h->n[i];
    uint64_t want = (all * permille + 999) / 1000;
    for (size_t i = 0; i < HIST_BUCKETS && all > 0; i++) {
        uint64_t low = i == 0 ? 0 : hist_bounds[i - 1].us;
        if (before + h->n[i] >= want && h->n[i] > 0)
            return low + (hist_bounds[i].us - low) * (want - before) / h->n[i];
        before += h->n[i];
    }
    return all == 0 ? 0 : hist_bounds[HIST_BUCKETS - 1].us;
}

size_t hist_bucket(uint64_t us)
{
    size_t i = 0;
    while (i < HIST_BUCKETS && us > hist_bounds[i].us)
        i++;
    return i;
}
