/* SPDX-License-Identifier: Apache-2.0 */
/* Effects: after COMMIT the writer makes memory forget what is no longer true. */
#include "domain/live/seen.h"
#include "domain/live/tables.h"

static void forget_principal(struct live *l, oid_t id)
{
    struct principal_shard *s = principal_shard_of(l, id);
    uint64_t parked[LIVE_PARK_KINDS] = { 0 };
    uint32_t row;
    (void)pthread_rwlock_wrlock(&s->lock);
    (void)atomic_fetch_add_explicit(&s->touched, 1, memory_order_release);
    const struct principal_row *r = principal_find(s, id, &row);
    if (r != NULL) {
        memcpy(parked, r->parked, sizeof parked);
        principal_drop(l, s, row);
    }
    (void)pthread_rwlock_unlock(&s->lock);
    parked_wake(l, id, parked);
}

/* Rights of many changed at once: forget every person and service of the organisation. */
static void forget_org(struct live *l, oid_t org)
{
    for (size_t i = 0; i < LIVE_SHARDS; i++) {
        struct principal_shard *s = &l->principals[i];
        (void)pthread_rwlock_wrlock(&s->lock);
        (void)atomic_fetch_add_explicit(&s->touched, 1, memory_order_release);
        for (uint32_t row = 0; row < s->rows.used; row++) {
            const struct principal_row *r = slab_row(&s->rows, row);
            if (r->stamp != 0 && r->kind != ACTOR_DEVICE && oid_eq(r->org, org))
                principal_drop(l, s, row);
        }
        (void)pthread_rwlock_unlock(&s->lock);
    }
}

static void forget_tokens_of(struct token_shard *s)
{
    (void)pthread_rwlock_wrlock(&s->lock);
    for (uint32_t row = 0; row < s->rows.used; row++) {
        const struct token_row *t = slab_row(&s->rows, row);
        if (t->used && t->bounds != NULL)
            token_drop(s, row);
    }
    (void)pthread_rwlock_unlock(&s->lock);
}

/* First nobody who reads meanwhile may fill, then what was filled goes. */
static void forget_tokens(struct live *l)
{
    for (size_t i = 0; i < LIVE_SHARDS; i++)
        (void)atomic_fetch_add_explicit(&l->principals[i].touched, 1, memory_order_acq_rel);
    for (size_t i = 0; i < LIVE_SHARDS; i++)
        forget_tokens_of(&l->tokens[i]);
}

/* True where it may concern what is parked anywhere. */
static bool apply_one(struct live *l, const struct effect *e)
{
    struct live_scope scope = { e->scope, e->org, e->id };
    switch (e->kind) {
    case EFFECT_DEVICE:
    case EFFECT_PRINCIPAL:
        forget_principal(l, e->id);
        return false;
    case EFFECT_SCOPE:
        scope_raise(&l->scopes, &scope, e->seq);
        live_seq_raise(l, e->seq);
        if (e->scope == SCOPE_DEVICE)
            forget_principal(l, e->id);
        return e->scope != SCOPE_DEVICE;
    case EFFECT_SIGNER:
        signer_forget(&l->signers, e->org);
        return false;
    case EFFECT_TOKENS:
        forget_tokens(l);
        return false;
    case EFFECT_ORG:
        forget_org(l, e->org);
        return false;
    case EFFECT_NOTICE:
    case EFFECT_DISOWNED:
    case EFFECT_GATEWAY: /* domain/gateway/memory.h */
    case EFFECT_NONE:
        return false;
    }
    return false;
}

void live_apply(struct live *l, const struct effects *effects)
{
    bool all = false;
    for (const struct effect *e = effects->first; e != NULL; e = e->next)
        all = apply_one(l, e) || all;
    if (all && l->cfg.wake != NULL)
        l->cfg.wake(l->cfg.wake_arg, NULL, 0);
}

static size_t seen_collect_shard(struct principal_shard *s, dur_t least, struct live_seen *ret,
                                 size_t max)
{
    size_t n = 0;
    (void)pthread_rwlock_wrlock(&s->lock);
    for (uint32_t row = 0; row < s->rows.used && n < max; row++) {
        struct principal_row *r = slab_row(&s->rows, row);
        int64_t seen = atomic_load_explicit(&r->seen_us, memory_order_relaxed);
        if (r->stamp == 0 || r->kind != ACTOR_DEVICE || seen - r->collected_us < least.us)
            continue;
        r->collected_us = seen;
        ret[n++] = (struct live_seen){ r->id, r->org, { seen } };
    }
    (void)pthread_rwlock_unlock(&s->lock);
    return n;
}

static size_t sessions_collect_shard(struct token_shard *s, dur_t least,
                                     struct live_session_seen *ret, size_t max)
{
    size_t n = 0;
    (void)pthread_rwlock_wrlock(&s->lock);
    for (uint32_t row = 0; row < s->rows.used && n < max; row++) {
        const struct token_row *t = slab_row(&s->rows, row);
        struct token_bound *b = t->bounds;
        if (!t->used || b == NULL || !oid_is_set(b->says.session))
            continue;
        int64_t seen = atomic_load_explicit(&b->seen_us, memory_order_relaxed);
        if (seen - b->collected_us < least.us)
            continue;
        b->collected_us = seen;
        ret[n++] = (struct live_session_seen){ b->says.session, { seen } };
    }
    (void)pthread_rwlock_unlock(&s->lock);
    return n;
}

size_t live_sessions_collect(struct live *l, dur_t least, struct live_session_seen *ret, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < LIVE_SHARDS && n < max; i++)
        n += sessions_collect_shard(&l->tokens[i], least, ret + n, max - n);
    return n;
}

size_t live_seen_collect(struct live *l, dur_t least, struct live_seen *ret, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < LIVE_SHARDS && n < max; i++)
        n += seen_collect_shard(&l->principals[i], least, ret + n, max - n);
    return n;
}
