/* SPDX-License-Identifier: Apache-2.0 */
/* Filling: what a worker loaded goes in only if no effect touched it since he began to read. */
#include "domain/live/tables.h"

#include "base/ref.h"

void live_guard_take(struct live *l, struct live_guard *ret)
{
    for (size_t i = 0; i < LIVE_SHARDS; i++)
        ret->shards[i] = atomic_load_explicit(&l->principals[i].touched, memory_order_acquire);
    ret->scopes = atomic_load_explicit(&l->scopes.changes, memory_order_acquire);
    ret->signers = atomic_load_explicit(&l->signers.changes, memory_order_acquire);
}

static bool guard_holds(const struct live_guard *g, const struct principal_shard *s, oid_t id)
{
    return g->shards[id.b[15] % LIVE_SHARDS] ==
           atomic_load_explicit(&s->touched, memory_order_acquire);
}

/* Clock eviction under the write lock: the first row from the hand on that nobody asked for since
 * the last round, and nothing is parked on. Two rounds at most. */
static bool principal_evict(struct live *l, struct principal_shard *s)
{
    for (size_t step = 0; step < 2 * s->rows.used; step++) {
        uint32_t row = s->hand;
        struct principal_row *r = slab_row(&s->rows, row);
        s->hand = (row + 1) % (uint32_t)s->rows.used;
        if (r->stamp == 0 || principal_is_parked(r))
            continue;
        if (!atomic_exchange_explicit(&r->asked, false, memory_order_relaxed)) {
            principal_drop(l, s, row);
            return true;
        }
    }
    return false;
}

static err_t principal_add(struct live *l, struct principal_shard *s, const struct actor *actor,
                           uint32_t *ret)
{
    uint32_t row;
    if (slab_count(&s->rows) == s->rows.max && !principal_evict(l, s))
        return E_NO_MEMORY;
    TRY(slab_take(&s->rows, &row));
    err_t e = map_put(&s->by_id, map_hash(actor->id.b, sizeof actor->id.b), row);
    if (e != E_OK) {
        slab_give(&s->rows, row);
        return e;
    }
    struct principal_row *r = slab_row(&s->rows, row);
    r->id = actor->id;
    r->org = actor->org;
    r->kind = actor->kind;
    r->stamp = atomic_fetch_add_explicit(&l->stamps, 1, memory_order_relaxed) + 1;
    *ret = row;
    return E_OK;
}

static err_t principal_name(struct principal_row *r, str_t name)
{
    if (r->name != NULL || name.n == 0 || name.n >= LIVE_NAME_MAX)
        return E_OK; /* it was filled already, or the store must be asked for it */
    r->name = ref_new(name.n + 1);
    if (r->name == NULL)
        return E_NO_MEMORY;
    memcpy(r->name, name.p, name.n);
    return E_OK;
}

static err_t principal_fill(struct live *l, const struct live_guard *g,
                            const struct live_principal *who, uint64_t *ret_stamp)
{
    struct principal_shard *s = principal_shard_of(l, who->actor.id);
    if (!guard_holds(g, s, who->actor.id))
        return E_AGAIN;
    uint32_t row;
    struct principal_row *r = principal_find(s, who->actor.id, &row);
    if (r == NULL) {
        TRY(principal_add(l, s, &who->actor, &row));
        r = slab_row(&s->rows, row);
    }
    TRY(principal_name(r, who->name));
    r->perms = who->actor.perms;
    r->refuse = who->refuse;
    *ret_stamp = r->stamp;
    return E_OK;
}

void token_drop(struct token_shard *s, uint32_t row)
{
    struct token_row *t = slab_row(&s->rows, row);
    (void)map_drop(&s->by_hash, digest_hash(&t->hash), row); /* it is in */
    ref_drop(t->bounds);
    t->bounds = NULL;
    t->used = false;
    slab_give(&s->rows, row);
}

/* A row to write into when the shard is full: whatever stands under the hand. */
static void token_evict(struct token_shard *s)
{
    uint32_t row = s->hand % (uint32_t)s->rows.used;
    const struct token_row *t = slab_row(&s->rows, row);
    s->hand = row + 1;
    if (t->used)
        token_drop(s, row);
}

static err_t token_add(struct token_shard *s, const digest_t *token, struct token_row **ret)
{
    uint32_t row;
    if (slab_count(&s->rows) == s->rows.max)
        token_evict(s);
    TRY(slab_take(&s->rows, &row));
    err_t e = map_put(&s->by_hash, digest_hash(token), row);
    if (e != E_OK) {
        slab_give(&s->rows, row);
        return e;
    }
    struct token_row *t = slab_row(&s->rows, row);
    t->hash = *token;
    t->used = true;
    *ret = t;
    return E_OK;
}

/* NULL in *ret: it has none. */
static err_t token_bounds_new(const struct live_principal *who, struct token_bound **ret)
{
    const struct actor *actor = &who->actor;
    *ret = NULL;
    if (!who->bounded && !oid_is_set(actor->session) && !oid_is_set(actor->grant))
        return E_OK;
    struct token_bound *b = ref_new(sizeof *b);
    if (b == NULL)
        return E_NO_MEMORY;
    b->says = (struct token_bounds){ .session = actor->session,
                                     .grant = actor->grant,
                                     .client = actor->client,
                                     .mask = who->bounded ? who->mask : perms_all(),
                                     .half = actor->half };
    atomic_store_explicit(&b->seen_us, clock_now().us, memory_order_relaxed); /* it is being used */
    *ret = b;
    return E_OK;
}

err_t live_fill_token(struct live *l, const struct live_guard *g, const digest_t *token,
                      const struct live_principal *who)
{
    struct principal_shard *ps = principal_shard_of(l, who->actor.id);
    struct token_bound *bounds;
    uint64_t stamp;
    TRY(token_bounds_new(who, &bounds));
    (void)pthread_rwlock_wrlock(&ps->lock);
    err_t e = principal_fill(l, g, who, &stamp);
    (void)pthread_rwlock_unlock(&ps->lock);
    if (e != E_OK) {
        ref_drop(bounds);
        return e;
    }
    /* If the principal is dropped from here on, the stamp below is of no row and the token is a
     * miss. */
    struct token_shard *ts = token_shard_of(l, token);
    (void)pthread_rwlock_wrlock(&ts->lock);
    struct token_row *t = token_find(ts, token);
    if (bounds != NULL && !guard_holds(g, ps, who->actor.id))
        e = E_AGAIN; /* forget_tokens has begun, and may have passed by here */
    else if (t == NULL)
        e = token_add(ts, token, &t);
    if (e == E_OK) {
        t->principal = who->actor.id;
        t->stamp = stamp;
        t->join_seq = who->actor.join_seq;
        t->expires_us = who->expires_at.us;
        ref_drop(t->bounds);
        t->bounds = bounds;
    } else {
        ref_drop(bounds);
    }
    (void)pthread_rwlock_unlock(&ts->lock);
    return e;
}

/* Under the write lock. */
static err_t config_fill(struct live *l, const struct live_guard *g, struct principal_row *r,
                         const struct live_config *config)
{
    struct scope_set *set = scope_set_new(&l->scopes, config->scopes, config->scopes_n);
    if (set == NULL)
        return E_NO_MEMORY;
    /* The rows exist now: a change from here on raises them. One since the guard may have found
     * none to raise. */
    if (atomic_load_explicit(&l->scopes.changes, memory_order_acquire) != g->scopes) {
        scope_set_drop(&l->scopes, set);
        return E_AGAIN;
    }
    ref_drop(r->effective);
    scope_set_drop(&l->scopes, r->scopes);
    r->effective = ref_take(config->effective);
    r->scopes = set;
    r->seq = config->seq;
    atomic_store_explicit(&r->checked, g->scopes, memory_order_relaxed);
    return E_OK;
}

err_t live_fill_config(struct live *l, const struct live_guard *g, oid_t device,
                       const struct live_config *config)
{
    struct principal_shard *s = principal_shard_of(l, device);
    err_t e = E_AGAIN;
    uint32_t row;
    (void)pthread_rwlock_wrlock(&s->lock);
    struct principal_row *r = principal_find(s, device, &row);
    if (r != NULL && guard_holds(g, s, device))
        e = config_fill(l, g, r, config);
    (void)pthread_rwlock_unlock(&s->lock);
    return e;
}
