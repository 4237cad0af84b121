/* SPDX-License-Identifier: Apache-2.0 */
/* Plan -> effective configuration: computed once, shared by all devices with the same plan. */
#include "domain/live/tables.h"

#include "base/ref.h"

struct effective_row {
    struct effective *effective; /* one reference; NULL: a row that was given back */
};

err_t effective_table_init(struct effective_table *t, size_t max)
{
    if (pthread_mutex_init(&t->lock, NULL) != 0)
        return E_NO_MEMORY;
    map_init(&t->by_plan);
    return slab_init(&t->rows, sizeof(struct effective_row), max);
}

void effective_table_fini(struct effective_table *t)
{
    for (uint32_t i = 0; i < t->rows.used; i++) {
        struct effective_row *r = slab_row(&t->rows, i);
        ref_drop(r->effective);
    }
    map_fini(&t->by_plan);
    slab_fini(&t->rows);
    (void)pthread_mutex_destroy(&t->lock); /* nobody holds it any more */
}

static bool effective_is(const void *rows, uint32_t row, const void *plan)
{
    const struct effective_row *r = slab_row(rows, row);
    return memcmp(r->effective->plan.b, ((const digest_t *)plan)->b, SHA256_SIZE) == 0;
}

struct effective *live_effective_find(struct live *l, const digest_t *plan)
{
    struct effective_table *t = &l->effectives;
    struct effective *found = NULL;
    (void)pthread_mutex_lock(&t->lock);
    uint32_t row = map_get(&t->by_plan, digest_hash(plan), effective_is, &t->rows, plan);
    if (row != MAP_NONE) {
        struct effective_row *r = slab_row(&t->rows, row);
        found = ref_take(r->effective);
    }
    (void)pthread_mutex_unlock(&t->lock);
    return found;
}

/* The table is full: the row under the hand goes. Devices that use it keep their own references. */
static void effective_evict(struct effective_table *t)
{
    t->hand = t->hand % (uint32_t)t->rows.used;
    struct effective_row *r = slab_row(&t->rows, t->hand);
    (void)map_drop(&t->by_plan, digest_hash(&r->effective->plan), t->hand); /* it is in */
    ref_drop(r->effective);
    r->effective = NULL;
    slab_give(&t->rows, t->hand);
    t->hand++;
}

static void effective_put(struct effective_table *t, struct effective *e)
{
    uint32_t row;
    if (slab_count(&t->rows) == t->rows.max)
        effective_evict(t);
    if (slab_take(&t->rows, &row) != E_OK)
        return; /* it is only remembered where there is room */
    if (map_put(&t->by_plan, digest_hash(&e->plan), row) != E_OK) {
        slab_give(&t->rows, row);
        return;
    }
    struct effective_row *r = slab_row(&t->rows, row);
    r->effective = ref_take(e);
}

void live_effective_keep(struct live *l, struct effective *e)
{
    struct effective_table *t = &l->effectives;
    (void)pthread_mutex_lock(&t->lock);
    if (map_get(&t->by_plan, digest_hash(&e->plan), effective_is, &t->rows, &e->plan) == MAP_NONE)
        effective_put(t, e);
    (void)pthread_mutex_unlock(&t->lock);
}
