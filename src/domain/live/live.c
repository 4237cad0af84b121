/* SPDX-License-Identifier: Apache-2.0 */
/* Memory in front of the store: its life, and what a token finds there. */
#include "domain/live/seen.h"
#include "domain/live/tables.h"

#include "base/ref.h"

static err_t shards_init(struct live *l)
{
    for (size_t i = 0; i < LIVE_SHARDS; i++) {
        struct token_shard *t = &l->tokens[i];
        struct principal_shard *p = &l->principals[i];
        if (pthread_rwlock_init(&t->lock, NULL) != 0 || pthread_rwlock_init(&p->lock, NULL) != 0)
            return E_NO_MEMORY;
        TRY(slab_init(&t->rows, sizeof(struct token_row), l->cfg.tokens_max / LIVE_SHARDS + 1));
        TRY(slab_init(&p->rows, sizeof(struct principal_row),
                      l->cfg.principals_max / LIVE_SHARDS + 1));
    }
    return E_OK;
}

err_t live_new(const struct live_cfg *cfg, struct live **ret)
{
    struct live *l = ref_new(sizeof *l);
    if (l == NULL)
        return E_NO_MEMORY;
    l->cfg = *cfg;
    for (size_t i = 0; i < ARRAY_LEN(l->rates); i++)
        live_set_rate(l, (enum actor_kind)i, cfg->rates[i]);
    l->seq = cfg->seq;
    err_t e = shards_init(l);
    if (e == E_OK)
        e = scope_table_init(&l->scopes, cfg->scopes_max);
    if (e == E_OK)
        e = effective_table_init(&l->effectives, cfg->effectives_max);
    if (e == E_OK)
        e = signer_table_init(&l->signers, cfg->signers_max);
    if (e != E_OK) {
        live_free(l);
        return e;
    }
    *ret = l;
    return E_OK;
}

void live_free(struct live *l)
{
    if (l == NULL)
        return;
    for (size_t i = 0; i < LIVE_SHARDS; i++) {
        struct principal_shard *p = &l->principals[i];
        for (uint32_t row = 0; row < p->rows.used; row++) {
            const struct principal_row *r = slab_row(&p->rows, row);
            if (r->stamp != 0)
                principal_drop(l, p, row);
        }
        map_fini(&p->by_id);
        slab_fini(&p->rows);
        map_fini(&l->tokens[i].by_hash);
        for (uint32_t row = 0; row < l->tokens[i].rows.used; row++) {
            const struct token_row *t = slab_row(&l->tokens[i].rows, row);
            ref_drop(t->bounds);
        }
        slab_fini(&l->tokens[i].rows);
        (void)pthread_rwlock_destroy(&p->lock);
        (void)pthread_rwlock_destroy(&l->tokens[i].lock);
    }
    if (l->scopes.rows.chunks != NULL)
        scope_table_fini(&l->scopes);
    if (l->effectives.rows.chunks != NULL)
        effective_table_fini(&l->effectives);
    if (l->signers.rows.chunks != NULL)
        signer_table_fini(&l->signers);
    ref_drop(l);
}

static bool principal_is(const void *rows, uint32_t row, const void *id)
{
    const struct principal_row *r = slab_row(rows, row);
    return oid_eq(r->id, *(const oid_t *)id);
}

struct principal_row *principal_find(const struct principal_shard *s, oid_t id, uint32_t *ret_row)
{
    uint64_t hash = map_hash(id.b, sizeof id.b);
    uint32_t row = map_get(&s->by_id, hash, principal_is, &s->rows, &id);
    if (row == MAP_NONE)
        return NULL;
    *ret_row = row;
    return slab_row(&s->rows, row);
}

void principal_drop(struct live *l, struct principal_shard *s, uint32_t row)
{
    struct principal_row *r = slab_row(&s->rows, row);
    (void)map_drop(&s->by_id, map_hash(r->id.b, sizeof r->id.b), row); /* it is in */
    ref_drop(r->name);
    ref_drop(r->effective);
    scope_set_drop(&l->scopes, r->scopes);
    r->stamp = 0;
    slab_give(&s->rows, row);
}

static bool token_is(const void *rows, uint32_t row, const void *hash)
{
    const struct token_row *r = slab_row(rows, row);
    return bytes_eq_ct(r->hash.b, hash, SHA256_SIZE); /* FLEET 3: all bytes, in constant time */
}

struct token_row *token_find(const struct token_shard *s, const digest_t *token)
{
    uint32_t row = map_get(&s->by_hash, digest_hash(token), token_is, &s->rows, token->b);
    return row == MAP_NONE ? NULL : slab_row(&s->rows, row);
}

bool principal_is_fresh(struct live *l, struct principal_row *p)
{
    if (p->effective == NULL)
        return false;
    uint64_t changes = atomic_load_explicit(&l->scopes.changes, memory_order_acquire);
    if (atomic_load_explicit(&p->checked, memory_order_relaxed) == changes)
        return true;
    if (scope_set_seq(&l->scopes, p->scopes) > p->seq)
        return false;
    atomic_store_explicit(&p->checked, changes, memory_order_relaxed);
    return true;
}

static void hit_name(const struct live_ask *ask, const struct principal_row *p,
                     struct live_hit *ret)
{
    struct actor *actor = &ret->who.actor;
    bool wanted = p->kind != ACTOR_DEVICE || ask->name;
    ret->who.name = STR_NONE;
    actor->name[0] = '\0';
    if (p->name == NULL || !wanted)
        return;
    size_t n = strlen(p->name);
    memcpy(ret->name, p->name, n + 1);
    ret->who.name = str_of(ret->name, n);
    size_t cut = n < ACTOR_NAME_MAX ? n : ACTOR_NAME_MAX - 1;
    memcpy(actor->name, p->name, cut);
    actor->name[cut] = '\0';
}

/* Under the principal shard's read lock. */
static void hit_fill(struct live *l, const struct live_ask *ask, struct principal_row *p,
                     struct live_hit *ret)
{
    struct actor *actor = &ret->who.actor;
    actor->kind = p->kind;
    actor->id = p->id;
    actor->org = p->org;
    actor->perms = p->perms;
    hit_name(ask, p, ret);
    ret->who.refuse = p->refuse;
    ret->stamp = p->stamp;
    ret->fresh = p->kind == ACTOR_DEVICE && principal_is_fresh(l, p);
    ret->effective = NULL;
    if (!ret->fresh)
        return;
    ret->etag = p->effective->etag;
    ret->seq = p->seq;
    if (ask->body)
        ret->effective = ref_take(p->effective);
}

void live_set_rate(struct live *l, enum actor_kind kind, struct gcra_rate rate)
{
    struct live_rate *r = &l->rates[kind];
    atomic_store_explicit(&r->interval_us, rate.interval_us, memory_order_relaxed);
    atomic_store_explicit(&r->burst_us, rate.burst_us, memory_order_relaxed);
}

/* Half of a change, for one request, is no harm. */
static struct gcra_rate rate_of(const struct live *l, enum actor_kind kind)
{
    const struct live_rate *r = &l->rates[kind];
    return (struct gcra_rate){
        .interval_us = atomic_load_explicit(&r->interval_us, memory_order_relaxed),
        .burst_us = atomic_load_explicit(&r->burst_us, memory_order_relaxed),
    };
}

/* Step two: the token's principal, if it is still the one that the token was filled with. */
static enum live_found principal_ask(struct live *l, const struct live_ask *ask,
                                     const struct token_row *t, struct live_hit *ret,
                                     dur_t *ret_wait)
{
    struct principal_shard *s = principal_shard_of(l, t->principal);
    enum live_found found = LIVE_MISS;
    uint32_t row;
    (void)pthread_rwlock_rdlock(&s->lock);
    struct principal_row *p = principal_find(s, t->principal, &row);
    if (p != NULL && p->stamp == t->stamp) {
        found = LIVE_HIT;
        if (ask->charge && !gcra_take(&p->bucket, rate_of(l, p->kind), ask->mono, ret_wait))
            found = LIVE_LIMITED;
        atomic_store_explicit(&p->asked, true, memory_order_relaxed);
        if (ask->seen && p->refuse == E_OK)
            atomic_store_explicit(&p->seen_us, ask->now.us, memory_order_relaxed);
        hit_fill(l, ask, p, ret);
    }
    (void)pthread_rwlock_unlock(&s->lock);
    return found;
}

/* The credential gives what its principal has, cut to what it stands for. */
static void hit_bound(const struct token_bounds *bounds, struct live_hit *ret)
{
    struct actor *actor = &ret->who.actor;
    actor->session = bounds->session;
    actor->grant = bounds->grant;
    actor->client = bounds->client;
    actor->half = bounds->half;
    actor->perms.bits &= bounds->mask.bits;
    ret->who.bounded = false; /* done */
}

enum live_found live_find(struct live *l, const struct live_ask *ask, struct live_hit *ret,
                          dur_t *ret_wait)
{
    struct token_shard *s = token_shard_of(l, &ask->token);
    struct token_row token = { 0 };
    struct token_bounds bounds = { .mask = perms_all() };
    (void)pthread_rwlock_rdlock(&s->lock);
    const struct token_row *t = token_find(s, &ask->token);
    if (t != NULL)
        token = *t;
    if (token.bounds != NULL) {
        bounds = token.bounds->says;
        if (ask->seen)
            atomic_store_explicit(&token.bounds->seen_us, ask->now.us, memory_order_relaxed);
    }
    (void)pthread_rwlock_unlock(&s->lock);
    if (token.stamp == 0 || (token.expires_us != 0 && token.expires_us <= ask->now.us))
        return LIVE_MISS;
    enum live_found found = principal_ask(l, ask, &token, ret, ret_wait);
    if (found == LIVE_MISS)
        return LIVE_MISS;
    hit_bound(&bounds, ret);
    ret->who.actor.join_seq = token.join_seq;
    ret->who.expires_at = (ts_t){ token.expires_us };
    return found;
}

ts_t live_seen_at(struct live *l, oid_t device)
{
    struct principal_shard *s = principal_shard_of(l, device);
    ts_t seen = { 0 };
    uint32_t row;
    (void)pthread_rwlock_rdlock(&s->lock);
    const struct principal_row *p = principal_find(s, device, &row);
    if (p != NULL)
        seen.us = atomic_load_explicit(&p->seen_us, memory_order_relaxed);
    (void)pthread_rwlock_unlock(&s->lock);
    return seen;
}

int64_t live_seq(const struct live *l)
{
    return atomic_load_explicit(&l->seq, memory_order_acquire);
}

void live_seq_raise(struct live *l, int64_t seq)
{
    if (live_seq(l) < seq)
        atomic_store_explicit(&l->seq, seq, memory_order_release);
}

uint64_t live_shard_stamp(struct live *l, oid_t principal)
{
    struct principal_shard *s = principal_shard_of(l, principal);
    return atomic_load_explicit(&s->touched, memory_order_acquire);
}

void live_stats(struct live *l, struct live_stats *ret)
{
    struct live_stats sum = { 0 };
    for (size_t i = 0; i < LIVE_SHARDS; i++) {
        (void)pthread_rwlock_rdlock(&l->tokens[i].lock);
        sum.tokens += slab_count(&l->tokens[i].rows);
        (void)pthread_rwlock_unlock(&l->tokens[i].lock);
        (void)pthread_rwlock_rdlock(&l->principals[i].lock);
        sum.principals += slab_count(&l->principals[i].rows);
        (void)pthread_rwlock_unlock(&l->principals[i].lock);
    }
    (void)pthread_mutex_lock(&l->scopes.lock);
    sum.scopes = slab_count(&l->scopes.rows);
    (void)pthread_mutex_unlock(&l->scopes.lock);
    (void)pthread_mutex_lock(&l->effectives.lock);
    sum.effectives = slab_count(&l->effectives.rows);
    (void)pthread_mutex_unlock(&l->effectives.lock);
    *ret = sum;
}
