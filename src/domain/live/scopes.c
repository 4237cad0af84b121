/* SPDX-License-Identifier: Apache-2.0 */
/* Scope -> number of its last change. A scope has a row as long as a device in memory depends on
 * it. */
#include "domain/live/tables.h"

#include "base/ref.h"

err_t scope_table_init(struct scope_table *t, size_t max)
{
    if (pthread_mutex_init(&t->lock, NULL) != 0)
        return E_NO_MEMORY;
    map_init(&t->by_key);
    return slab_init(&t->rows, sizeof(struct scope_row), max);
}

void scope_table_fini(struct scope_table *t)
{
    map_fini(&t->by_key);
    slab_fini(&t->rows);
    (void)pthread_mutex_destroy(&t->lock); /* nobody holds it any more */
}

static uint64_t scope_hash(const struct live_scope *key)
{
    uint8_t bytes[33];
    bytes[0] = (uint8_t)key->kind;
    memcpy(bytes + 1, key->org.b, 16);
    memcpy(bytes + 17, key->id.b, 16);
    return map_hash(bytes, sizeof bytes);
}

static bool scope_is(const void *rows, uint32_t row, const void *key)
{
    const struct scope_row *r = slab_row(rows, row);
    const struct live_scope *k = key;
    return r->key.kind == k->kind && oid_eq(r->key.id, k->id) && oid_eq(r->key.org, k->org);
}

/* Under the lock. */
static err_t scope_hold(struct scope_table *t, const struct live_scope *key, uint32_t *ret)
{
    uint64_t hash = scope_hash(key);
    uint32_t row = map_get(&t->by_key, hash, scope_is, &t->rows, key);
    if (row == MAP_NONE) {
        TRY(slab_take(&t->rows, &row));
        struct scope_row *fresh = slab_row(&t->rows, row);
        fresh->key = *key;
        err_t e = map_put(&t->by_key, hash, row);
        if (e != E_OK) {
            slab_give(&t->rows, row);
            return e;
        }
    }
    struct scope_row *r = slab_row(&t->rows, row);
    r->refs++;
    *ret = row;
    return E_OK;
}

static void scope_let_go(struct scope_table *t, uint32_t row)
{
    struct scope_row *r = slab_row(&t->rows, row);
    if (--r->refs > 0)
        return;
    (void)map_drop(&t->by_key, scope_hash(&r->key), row); /* it is in: it had a reference */
    slab_give(&t->rows, row);
}

struct scope_set *scope_set_new(struct scope_table *t, const struct live_scope *scopes, size_t n)
{
    struct scope_set *set = ref_new(sizeof *set + n * sizeof set->rows[0]);
    if (set == NULL)
        return NULL;
    (void)pthread_mutex_lock(&t->lock);
    while (set->n < n && scope_hold(t, &scopes[set->n], &set->rows[set->n]) == E_OK)
        set->n++;
    (void)pthread_mutex_unlock(&t->lock);
    if (set->n == n)
        return set;
    scope_set_drop(t, set);
    return NULL;
}

void scope_set_drop(struct scope_table *t, struct scope_set *set)
{
    if (set == NULL)
        return;
    (void)pthread_mutex_lock(&t->lock);
    for (size_t i = 0; i < set->n; i++)
        scope_let_go(t, set->rows[i]);
    (void)pthread_mutex_unlock(&t->lock);
    ref_drop(set);
}

void scope_raise(struct scope_table *t, const struct live_scope *scope, int64_t seq)
{
    (void)pthread_mutex_lock(&t->lock);
    uint32_t row = map_get(&t->by_key, scope_hash(scope), scope_is, &t->rows, scope);
    if (row != MAP_NONE) {
        struct scope_row *r = slab_row(&t->rows, row);
        if (atomic_load_explicit(&r->seq, memory_order_relaxed) < seq)
            atomic_store_explicit(&r->seq, seq, memory_order_release);
    }
    (void)atomic_fetch_add_explicit(&t->changes, 1, memory_order_release);
    (void)pthread_mutex_unlock(&t->lock);
}

int64_t scope_set_seq(const struct scope_table *t, const struct scope_set *set)
{
    int64_t greatest = 0;
    for (size_t i = 0; i < set->n; i++) {
        const struct scope_row *r = slab_row(&t->rows, set->rows[i]);
        int64_t seq = atomic_load_explicit(&r->seq, memory_order_acquire);
        if (seq > greatest)
            greatest = seq;
    }
    return greatest;
}
