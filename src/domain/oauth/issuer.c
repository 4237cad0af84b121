/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/issuer.h"

#include "base/ref.h"
#include "plat/jose/jwk.h"

#include <assert.h>
#include <pthread.h>

enum { KID_ARENA = 4096 };

struct issuer_slot {
    struct issuer_entry e; /* key NULL: free */
    char kid[JWS_KID];
};

struct issuer {
    pthread_rwlock_t lock;  /* held while signing: who changes keys waits a millisecond */
    pthread_mutex_t making; /* held while a key is made and stored */
    struct issuer_slot slots[ISSUER_KEYS_MAX];
};

/* clang-format off */
static const enum pubkey_kind kinds[ISSUER_ALGS] = {
    [ISSUER_NONE]  = PUBKEY_NONE,
    [ISSUER_ES256] = PUBKEY_P256,
    [ISSUER_RS256] = PUBKEY_RSA,
};
/* clang-format on */

enum pubkey_kind issuer_kind(enum issuer_alg alg)
{
    assert(alg < ISSUER_ALGS);
    return kinds[alg];
}

err_t issuer_new(struct issuer **ret)
{
    struct issuer *is = ref_new(sizeof *is);
    if (is == NULL)
        return E_NO_MEMORY;
    (void)pthread_mutex_init(&is->making, NULL); /* a default one cannot fail with glibc */
    if (pthread_rwlock_init(&is->lock, NULL) != 0) {
        ref_drop(is);
        return E_NO_MEMORY;
    }
    *ret = is;
    return E_OK;
}

void issuer_free(struct issuer *is)
{
    if (is == NULL)
        return;
    for (size_t i = 0; i < ISSUER_KEYS_MAX; i++)
        sign_key_free(is->slots[i].e.key);
    (void)pthread_rwlock_destroy(&is->lock); /* nobody holds them any more */
    (void)pthread_mutex_destroy(&is->making);
    ref_drop(is);
}

static bool slot_is_over(const struct issuer_slot *s, ts_t now)
{
    return ts_is_set(s->e.retires_at) && s->e.retires_at.us <= now.us;
}

/* Under the lock; NULL: none. */
static struct issuer_slot *slot_signs(struct issuer *is, enum issuer_alg alg)
{
    for (size_t i = 0; i < ISSUER_KEYS_MAX; i++) {
        struct issuer_slot *s = &is->slots[i];
        if (s->e.key != NULL && s->e.alg == alg && !ts_is_set(s->e.retires_at))
            return s;
    }
    return NULL;
}

bool issuer_has(struct issuer *is, enum issuer_alg alg)
{
    (void)pthread_rwlock_rdlock(&is->lock);
    bool has = slot_signs(is, alg) != NULL;
    (void)pthread_rwlock_unlock(&is->lock);
    return has;
}

void issuer_making_begin(struct issuer *is)
{
    (void)pthread_mutex_lock(&is->making);
}

void issuer_making_end(struct issuer *is)
{
    (void)pthread_mutex_unlock(&is->making);
}

static err_t kid_make(const struct sign_key *key, char ret[static JWS_KID])
{
    CLEANUP(arena_freep) struct arena *a = arena_new(KID_ARENA);
    str_t kid = STR_NONE;
    if (a == NULL)
        return E_NO_MEMORY;
    TRY(jwk_thumbprint(a, sign_key_public(key), &kid));
    assert(kid.n == JWS_KID);
    memcpy(ret, kid.p, JWS_KID);
    return E_OK;
}

/* Under the write lock. Those whose time is over make room. */
static err_t slot_put(struct issuer *is, const struct issuer_slot *fresh, ts_t older_retire)
{
    struct issuer_slot *room = NULL;
    ts_t now = clock_now();
    for (size_t i = 0; i < ISSUER_KEYS_MAX; i++) {
        struct issuer_slot *s = &is->slots[i];
        bool older = s->e.key != NULL && s->e.alg == fresh->e.alg && ts_is_set(older_retire);
        if (older && (!ts_is_set(s->e.retires_at) || s->e.retires_at.us > older_retire.us))
            s->e.retires_at = older_retire;
        if (s->e.key != NULL && slot_is_over(s, now)) {
            sign_key_free(s->e.key);
            s->e.key = NULL;
        }
        if (room == NULL && s->e.key == NULL)
            room = s;
    }
    if (room == NULL)
        return E_TOO_BIG;
    *room = *fresh;
    return E_OK;
}

err_t issuer_put(struct issuer *is, const struct issuer_entry *e, ts_t older_retire)
{
    struct issuer_slot fresh = { .e = *e };
    err_t err = kid_make(e->key, fresh.kid);
    if (err == E_OK) {
        (void)pthread_rwlock_wrlock(&is->lock);
        err = slot_put(is, &fresh, older_retire);
        (void)pthread_rwlock_unlock(&is->lock);
    }
    if (err != E_OK)
        sign_key_free(e->key);
    return err;
}

err_t issuer_sign(struct issuer *is, enum issuer_alg alg, str_t typ, str_t payload, struct buf *b)
{
    (void)pthread_rwlock_rdlock(&is->lock);
    const struct issuer_slot *s = slot_signs(is, alg);
    if (s != NULL)
        jws_sign_with(b, s->e.key, str_of(s->kid, JWS_KID), typ, payload);
    (void)pthread_rwlock_unlock(&is->lock);
    return s == NULL ? E_NOT_FOUND : b->err;
}

err_t issuer_find(struct issuer *is, str_t kid, ts_t now, struct pubkey *ret)
{
    err_t e = E_NOT_FOUND;
    (void)pthread_rwlock_rdlock(&is->lock);
    for (size_t i = 0; i < ISSUER_KEYS_MAX && e != E_OK; i++) {
        const struct issuer_slot *s = &is->slots[i];
        if (s->e.key == NULL || slot_is_over(s, now) || !str_eq(kid, str_of(s->kid, JWS_KID)))
            continue;
        *ret = *sign_key_public(s->e.key);
        e = E_OK;
    }
    (void)pthread_rwlock_unlock(&is->lock);
    return e;
}

void issuer_put_jwks(struct issuer *is, ts_t now, struct buf *b)
{
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    json_out_name(&o, STR("keys"));
    json_out_open(&o, '[');
    (void)pthread_rwlock_rdlock(&is->lock);
    for (size_t i = 0; i < ISSUER_KEYS_MAX; i++) {
        const struct issuer_slot *s = &is->slots[i];
        if (s->e.key != NULL && !slot_is_over(s, now))
            jwk_write_any(&o, sign_key_public(s->e.key), str_of(s->kid, JWS_KID));
    }
    (void)pthread_rwlock_unlock(&is->lock);
    json_out_close(&o, ']');
    json_out_close(&o, '}');
}
