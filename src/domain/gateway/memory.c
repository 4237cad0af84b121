/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every effect gets the next number, and leaves it in the slot of what it concerns. A snapshot
 * holds as long as no slot of its ids has a greater number than the stamp that was taken before it
 * was read. Ids share slots: then somebody is read once more for nothing.
 */
#include "domain/gateway/memory.h"

#include "base/map.h"
#include "base/ref.h"
#include "base/slab.h"

#include <pthread.h>
#include <stdatomic.h>

enum { SLOTS = 1 << 15 };

struct slot {
    _Atomic uint64_t touched; /* number of the newest effect */
    _Atomic uint32_t watched; /* snapshots in memory that hang on it */
};

enum kept_kind { KEPT_ACCESS, KEPT_CATALOGUE };
enum { IDS_MAX = 4 };
struct kept { /* one snapshot */
    enum kept_kind kind;
    bool used;
    bool asked; /* since the hand came by */
    oid_t id;   /* principal, or organisation */
    oid_t device;
    uint64_t stamp;
    void *snapshot;
    oid_t ids[IDS_MAX]; /* what it hangs on */
    size_t ids_n;
};

struct table {
    struct map map;
    struct slab rows;
    uint32_t hand;
};

struct gate_memory {
    struct slot slots[SLOTS];
    _Atomic uint64_t number;
    gate_gone_f *gone;
    void *gone_arg;
    pthread_mutex_t lock; /* of both tables */
    struct table tables[2];
};

static struct slot *slot_of(struct gate_memory *m, oid_t id)
{
    return &m->slots[map_hash(id.b, sizeof id.b) % SLOTS];
}

static uint64_t key_hash(oid_t id, oid_t device)
{
    uint8_t both[sizeof id.b * 2];
    memcpy(both, id.b, sizeof id.b);
    memcpy(both + sizeof id.b, device.b, sizeof device.b);
    return map_hash(both, sizeof both);
}

static bool kept_is(const void *rows, uint32_t row, const void *key)
{
    const struct kept *k = slab_row(rows, row);
    const struct kept *want = key;
    return oid_eq(k->id, want->id) && oid_eq(k->device, want->device);
}

static uint32_t kept_find(const struct table *t, oid_t id, oid_t device)
{
    struct kept key = { .id = id, .device = device };
    return map_get(&t->map, key_hash(id, device), kept_is, &t->rows, &key);
}

static void kept_drop(struct gate_memory *m, struct table *t, uint32_t row)
{
    struct kept *k = slab_row(&t->rows, row);
    (void)map_drop(&t->map, key_hash(k->id, k->device), row); /* it is in */
    for (size_t i = 0; i < k->ids_n; i++)
        (void)atomic_fetch_sub_explicit(&slot_of(m, k->ids[i])->watched, 1, memory_order_relaxed);
    ref_drop(k->snapshot);
    k->snapshot = NULL;
    k->used = false;
    slab_give(&t->rows, row);
}

static bool still_holds(struct gate_memory *m, const struct kept *k)
{
    for (size_t i = 0; i < k->ids_n; i++) {
        if (atomic_load_explicit(&slot_of(m, k->ids[i])->touched, memory_order_acquire) > k->stamp)
            return false;
    }
    return true;
}

static void table_fini(struct gate_memory *m, struct table *t)
{
    for (uint32_t row = 0; row < t->rows.used; row++) {
        const struct kept *k = slab_row(&t->rows, row);
        if (k->used)
            kept_drop(m, t, row);
    }
    map_fini(&t->map);
    slab_fini(&t->rows);
}

err_t gate_memory_new(const struct gate_memory_cfg *cfg, struct gate_memory **ret)
{
    struct gate_memory *m = ref_new(sizeof *m);
    if (m == NULL)
        return E_NO_MEMORY;
    if (pthread_mutex_init(&m->lock, NULL) != 0) {
        ref_drop(m);
        return E_NO_MEMORY;
    }
    err_t e = slab_init(&m->tables[KEPT_ACCESS].rows, sizeof(struct kept), cfg->accesses_max);
    if (e == E_OK)
        e = slab_init(&m->tables[KEPT_CATALOGUE].rows, sizeof(struct kept), cfg->catalogues_max);
    if (e != E_OK) {
        gate_memory_free(m);
        return e;
    }
    *ret = m;
    return E_OK;
}

void gate_memory_free(struct gate_memory *m)
{
    if (m == NULL)
        return;
    table_fini(m, &m->tables[KEPT_ACCESS]);
    table_fini(m, &m->tables[KEPT_CATALOGUE]);
    (void)pthread_mutex_destroy(&m->lock); /* nobody holds it any more */
    ref_drop(m);
}

void gate_memory_listen(struct gate_memory *m, gate_gone_f *gone, void *arg)
{
    m->gone = gone;
    m->gone_arg = arg;
}

uint64_t gate_memory_stamp(struct gate_memory *m)
{
    return atomic_load_explicit(&m->number, memory_order_acquire);
}

static void *find(struct gate_memory *m, enum kept_kind kind, oid_t id, oid_t device)
{
    struct table *t = &m->tables[kind];
    void *snapshot = NULL;
    (void)pthread_mutex_lock(&m->lock);
    uint32_t row = kept_find(t, id, device);
    if (row != MAP_NONE) {
        struct kept *k = slab_row(&t->rows, row);
        k->asked = true;
        if (still_holds(m, k))
            snapshot = ref_take(k->snapshot);
        else
            kept_drop(m, t, row);
    }
    (void)pthread_mutex_unlock(&m->lock);
    return snapshot;
}

struct gate_access *gate_access_find(struct gate_memory *m, const struct gate_who *who)
{
    return find(m, KEPT_ACCESS, who->id, who->device);
}

struct gate_catalogue *gate_catalogue_find(struct gate_memory *m, oid_t org)
{
    return find(m, KEPT_CATALOGUE, org, (oid_t){ 0 });
}

/* The first from the hand on that nobody asked for since the last round. Two rounds at most. */
static void evict(struct gate_memory *m, struct table *t)
{
    for (size_t step = 0; step < 2 * t->rows.used; step++) {
        uint32_t row = t->hand;
        struct kept *k = slab_row(&t->rows, row);
        t->hand = (row + 1) % (uint32_t)t->rows.used;
        if (k->used && !k->asked) {
            kept_drop(m, t, row);
            return;
        }
        k->asked = false;
    }
}

static err_t row_take(struct gate_memory *m, struct table *t, const struct kept *k, uint32_t *ret)
{
    uint32_t row = kept_find(t, k->id, k->device);
    if (row != MAP_NONE)
        kept_drop(m, t, row);
    if (slab_count(&t->rows) == t->rows.max)
        evict(m, t);
    TRY(slab_take(&t->rows, &row));
    err_t e = map_put(&t->map, key_hash(k->id, k->device), row);
    if (e != E_OK) {
        slab_give(&t->rows, row);
        return e;
    }
    *ret = row;
    return E_OK;
}

static void id_add(struct kept *k, oid_t id)
{
    for (size_t i = 0; i < k->ids_n; i++) {
        if (oid_eq(k->ids[i], id))
            return;
    }
    if (oid_is_set(id))
        k->ids[k->ids_n++] = id;
}

/* Watched first, then looked at: an effect that comes now tells, or is seen here. */
static err_t fill(struct gate_memory *m, struct kept *k)
{
    struct table *t = &m->tables[k->kind];
    uint32_t row = 0;
    k->used = true;
    (void)pthread_mutex_lock(&m->lock);
    err_t e = row_take(m, t, k, &row);
    if (e == E_OK) {
        (void)ref_take(k->snapshot);
        *(struct kept *)slab_row(&t->rows, row) = *k;
        for (size_t i = 0; i < k->ids_n; i++)
            (void)atomic_fetch_add_explicit(&slot_of(m, k->ids[i])->watched, 1,
                                            memory_order_seq_cst);
    }
    bool holds = still_holds(m, k);
    if (e == E_OK && !holds)
        kept_drop(m, t, row);
    (void)pthread_mutex_unlock(&m->lock);
    return holds ? e : E_AGAIN;
}

err_t gate_access_fill(struct gate_memory *m, uint64_t stamp, const struct gate_who *who,
                       struct gate_access *a)
{
    struct kept k = {
        .kind = KEPT_ACCESS, .id = who->id, .device = who->device, .stamp = stamp, .snapshot = a
    };
    id_add(&k, a->org);
    id_add(&k, a->id);
    id_add(&k, a->device.id);
    id_add(&k, a->person);
    return fill(m, &k);
}

err_t gate_catalogue_fill(struct gate_memory *m, uint64_t stamp, struct gate_catalogue *c)
{
    struct kept k = { .kind = KEPT_CATALOGUE, .id = c->org, .stamp = stamp, .snapshot = c };
    id_add(&k, c->org);
    return fill(m, &k);
}

/* Zero: it concerns nothing here. */
static oid_t concerned(const struct effect *e)
{
    switch (e->kind) {
    case EFFECT_DEVICE:
    case EFFECT_PRINCIPAL:
        return e->id;
    case EFFECT_ORG:
        return e->org;
    case EFFECT_GATEWAY:
        return oid_is_set(e->id) ? e->id : e->org;
    case EFFECT_SCOPE: /* labels and groups of a device are moved so */
        return e->scope == SCOPE_DEVICE ? e->id : (oid_t){ 0 };
    case EFFECT_NONE:
    case EFFECT_NOTICE:
    case EFFECT_DISOWNED:
    case EFFECT_SIGNER:
    case EFFECT_TOKENS:
        break;
    }
    return (oid_t){ 0 };
}

static void touch(struct gate_memory *m, oid_t id)
{
    struct slot *s = slot_of(m, id);
    uint64_t n = atomic_fetch_add_explicit(&m->number, 1, memory_order_acq_rel) + 1;
    uint64_t before = atomic_load_explicit(&s->touched, memory_order_relaxed);
    while (before < n && !atomic_compare_exchange_weak_explicit(
                             &s->touched, &before, n, memory_order_seq_cst, memory_order_relaxed))
        ;
    if (m->gone != NULL && atomic_load_explicit(&s->watched, memory_order_seq_cst) > 0)
        m->gone(m->gone_arg, id);
}

void gate_memory_apply(struct gate_memory *m, const struct effects *effects)
{
    for (const struct effect *e = effects->first; e != NULL; e = e->next) {
        oid_t id = concerned(e);
        if (oid_is_set(id))
            touch(m, id);
    }
}
