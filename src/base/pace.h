/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many may wait for a server that works in batches: as many as it does within a given wait, at
 * the pace at which it does full batches now (Little's law, L = lambda W). A disk that slows down
 * shortens its own queue; a queue that was never full says nothing about the pace, and opens the
 * limit again step by step.
 *
 * Not safe between threads; time comes from the caller.
 */
#ifndef BASE_PACE_H
#define BASE_PACE_H

#include "base/clock.h"

struct pace {
    dur_t wait;   /* the longest that one shall wait */
    size_t least; /* bounds of the limit */
    size_t most;
    size_t limit;
};

void pace_init(struct pace *p, dur_t wait, size_t least, size_t most);
/* A batch of `n` is done and took `took`. `more`: others were left behind, so it was full. */
void pace_note(struct pace *p, size_t n, dur_t took, bool more);

#endif
