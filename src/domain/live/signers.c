/* SPDX-License-Identifier: Apache-2.0 */
/* Organisation -> the key that signs for it. */
#include "domain/live/signer.h"

#include "domain/live/tables.h"

struct signer_row {
    oid_t org;
    struct jws_key key;
};

err_t signer_table_init(struct signer_table *t, size_t max)
{
    if (pthread_rwlock_init(&t->lock, NULL) != 0)
        return E_NO_MEMORY;
    map_init(&t->by_org);
    return slab_init(&t->rows, sizeof(struct signer_row), max);
}

void signer_table_fini(struct signer_table *t)
{
    for (uint32_t i = 0; i < t->rows.used; i++) {
        struct signer_row *r = slab_row(&t->rows, i);
        jws_key_fini(&r->key);
    }
    map_fini(&t->by_org);
    slab_fini(&t->rows);
    (void)pthread_rwlock_destroy(&t->lock); /* nobody holds it any more */
}

static bool signer_is(const void *rows, uint32_t row, const void *org)
{
    const struct signer_row *r = slab_row(rows, row);
    return oid_eq(r->org, *(const oid_t *)org);
}

static uint32_t signer_find(const struct signer_table *t, oid_t org)
{
    return map_get(&t->by_org, map_hash(org.b, sizeof org.b), signer_is, &t->rows, &org);
}

/* Under the write lock. */
static void signer_drop(struct signer_table *t, uint32_t row)
{
    struct signer_row *r = slab_row(&t->rows, row);
    (void)map_drop(&t->by_org, map_hash(r->org.b, sizeof r->org.b), row); /* it is in */
    jws_key_fini(&r->key);
    slab_give(&t->rows, row);
}

bool live_signer_find(struct live *l, oid_t org, struct jws_key *ret)
{
    struct signer_table *t = &l->signers;
    (void)pthread_rwlock_rdlock(&t->lock);
    uint32_t row = signer_find(t, org);
    if (row != MAP_NONE)
        *ret = ((const struct signer_row *)slab_row(&t->rows, row))->key;
    (void)pthread_rwlock_unlock(&t->lock);
    return row != MAP_NONE;
}

/* Under the write lock. The table is full: the row under the hand makes room. */
static err_t signer_add(struct signer_table *t, oid_t org, struct signer_row **ret)
{
    uint32_t row;
    if (slab_count(&t->rows) == t->rows.max) {
        t->hand = (t->hand + 1) % (uint32_t)t->rows.max;
        signer_drop(t, t->hand);
    }
    TRY(slab_take(&t->rows, &row));
    err_t e = map_put(&t->by_org, map_hash(org.b, sizeof org.b), row);
    if (e != E_OK) {
        slab_give(&t->rows, row);
        return e;
    }
    *ret = slab_row(&t->rows, row);
    (*ret)->org = org;
    return E_OK;
}

err_t live_fill_signer(struct live *l, const struct live_guard *g, oid_t org,
                       const struct jws_key *key)
{
    struct signer_table *t = &l->signers;
    err_t e = E_AGAIN;
    (void)pthread_rwlock_wrlock(&t->lock);
    if (atomic_load_explicit(&t->changes, memory_order_acquire) == g->signers) {
        struct signer_row *r = NULL;
        uint32_t row = signer_find(t, org);
        e = E_OK;
        if (row != MAP_NONE)
            r = slab_row(&t->rows, row);
        else
            e = signer_add(t, org, &r);
        if (e == E_OK)
            r->key = *key;
    }
    (void)pthread_rwlock_unlock(&t->lock);
    return e;
}

void signer_forget(struct signer_table *t, oid_t org)
{
    (void)pthread_rwlock_wrlock(&t->lock);
    (void)atomic_fetch_add_explicit(&t->changes, 1, memory_order_release);
    uint32_t row = signer_find(t, org);
    if (row != MAP_NONE)
        signer_drop(t, row);
    (void)pthread_rwlock_unlock(&t->lock);
}
