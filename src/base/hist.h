/* SPDX-License-Identifier: Apache-2.0 */
/* How long things took, in the buckets that all histograms of the house share. */
#ifndef BASE_HIST_H
#define BASE_HIST_H

#include <stddef.h>
#include <stdint.h>

enum { HIST_BUCKETS = 16 };

/* What was counted, taken at one moment; the last bucket is for what is above all bounds. */
struct hist {
    uint64_t n[HIST_BUCKETS + 1];
    uint64_t us; /* summed */
};

/* Upper bounds in microseconds, and as Prometheus writes them. */
struct hist_bound {
    uint64_t us;
    const char *text;
};
extern const struct hist_bound hist_bounds[HIST_BUCKETS];

size_t hist_bucket(uint64_t us);
/* What `permille` of a thousand did not exceed, evenly spread inside its bucket; of what is above
 * all bounds the last bound. 0: nothing was counted. */
uint64_t hist_quantile(const struct hist *h, unsigned permille);

#endif
