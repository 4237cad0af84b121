/* SPDX-License-Identifier: Apache-2.0 */
#include "app/held.h"

enum { HELD_GROWTH_MAX = 6 };
#define HELD_FIRST DUR_S(1)

static struct held_one *held_find(struct held *h, oid_t id)
{
    for (size_t i = 0; i < h->n; i++) {
        if (oid_eq(h->v[i].id, id))
            return &h->v[i];
    }
    return NULL;
}

/* A row of one that works, or else of one that was left alone long enough. NULL: there is none. */
static struct held_one *held_make(struct held *h, oid_t id, dur_t now)
{
    struct held_one *spare = h->n < HELD_MAX ? &h->v[h->n] : NULL;
    for (size_t i = 0; i < h->n; i++) {
        struct held_one *one = &h->v[i];
        if (!one->busy && one->until.us <= now.us && (spare == NULL || one->failures == 0))
            spare = one;
    }
    if (spare == NULL)
        return NULL;
    if (spare == &h->v[h->n])
        h->n++;
    *spare = (struct held_one){ .id = id };
    return spare;
}

bool held_take(struct held *h, oid_t id)
{
    dur_t now = clock_mono();
    struct held_one *one = held_find(h, id);
    if (one == NULL)
        one = held_make(h, id, now);
    if (one == NULL || one->busy || now.us < one->until.us)
        return false;
    one->busy = true;
    return true;
}

void held_give(struct held *h, oid_t id, bool ok)
{
    struct held_one *one = held_find(h, id);
    if (one == NULL)
        return;
    int64_t growth = one->failures < HELD_GROWTH_MAX ? one->failures : HELD_GROWTH_MAX;
    one->busy = false;
    one->failures = ok ? 0 : one->failures + 1;
    one->until = ok ? (dur_t){ 0 } : (dur_t){ clock_mono().us + (HELD_FIRST.us << growth) };
}
