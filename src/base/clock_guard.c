/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock_guard.h"

void clock_guard_init(struct clock_guard *g, ts_t seen)
{
    atomic_store(&g->seen_us, seen.us);
    atomic_store(&g->behind, false);
    (void)clock_guard_look(g);
}

bool clock_guard_look(struct clock_guard *g)
{
    int64_t seen = atomic_load(&g->seen_us);
    ts_t wall = clock_wall();
    if (wall.us > seen)
        (void)atomic_compare_exchange_strong(&g->seen_us, &seen, wall.us); /* or confirmed anew */
    bool behind = seen - wall.us > CLOCK_BACK_MAX.us;
    return atomic_exchange(&g->behind, behind) != behind;
}

void clock_guard_confirm(struct clock_guard *g)
{
    atomic_store(&g->seen_us, clock_wall().us);
    atomic_store(&g->behind, false);
}
