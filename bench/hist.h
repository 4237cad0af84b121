/* SPDX-License-Identifier: Apache-2.0 */
/* A histogram of latencies: 32 steps to each power of two, so that a percentile is within 3 %. */
#ifndef BENCH_HIST_H
#define BENCH_HIST_H

#include <stddef.h>
#include <stdint.h>

enum { HIST_STEPS = 32, HIST_BUCKETS = HIST_STEPS * 40 };

struct hist {
    uint64_t n;
    uint64_t bucket[HIST_BUCKETS];
};

void hist_add(struct hist *h, uint64_t us);
void hist_merge(struct hist *into, const struct hist *from);
/* The value below which `permille` of 1000 lie; 0 when empty. */
uint64_t hist_at(const struct hist *h, unsigned permille);

#endif
