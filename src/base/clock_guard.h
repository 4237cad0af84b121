/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A wall clock that was set back (SAFETY rule 15): what is good for a time must not be given out by
 * it. The greatest time that was ever seen is kept, by the caller over a restart too; while the
 * clock stands more than CLOCK_BACK_MAX before it, it is behind.
 */
#ifndef BASE_CLOCK_GUARD_H
#define BASE_CLOCK_GUARD_H

#include "base/clock.h"

#include <stdatomic.h>

#define CLOCK_BACK_MAX DUR_S(300)

struct clock_guard {
    _Atomic int64_t seen_us; /* 0: nothing yet */
    _Atomic bool behind;
};

/* `seen`: kept by the process before; absent: none was. */
void clock_guard_init(struct clock_guard *g, ts_t seen);
/* Look at the clock; one thread, every second. True: the answer changed. */
bool clock_guard_look(struct clock_guard *g);
/* The clock is right as it stands. From any thread. */
void clock_guard_confirm(struct clock_guard *g);

static inline bool clock_guard_behind(const struct clock_guard *g)
{
    return atomic_load_explicit(&g->behind, memory_order_relaxed);
}
static inline ts_t clock_guard_seen(const struct clock_guard *g)
{
    return (ts_t){ atomic_load_explicit(&g->seen_us, memory_order_relaxed) };
}

#endif
