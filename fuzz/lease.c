/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the agent believes. The input stands for each thing that comes from outside: a signature, a
 * lease, a key set; nothing that the fuzzer makes is ever genuine. Then, signed as it is, for
 * claims and for the body of a key set: what is accepted keeps its bounds.
 */
#include "agent/verify.h"

#include <assert.h>

enum { ARENA_MAX = 1 << 22, TEXT_MAX = 16 * 1024, NOW_S = 1800000000 };

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const struct verify_pin *pin_of(const struct jws_key *key)
{
    static struct verify_pin pin;
    pin = (struct verify_pin){ key->public, STR("019d7c30-5b1e-7abc-8def-0123456789ab") };
    return &pin;
}

static struct verify_trust trust_of(const struct verify_keys *keys)
{
    return (struct verify_trust){ .keys = keys,
                                  .device = STR("d"),
                                  .seq = 5,
                                  .iat_s = NOW_S - 10,
                                  .now = { (int64_t)NOW_S * 1000000 } };
}

/* As it came: never good. */
static void check_forged(struct arena *a, const struct jws_key *key, const struct verify_keys *keys,
                         str_t text)
{
    const struct verify_trust t = trust_of(keys);
    const struct verify_answer in = { text, STR("\"\""), text, text };
    struct verify_result r;
    struct verify_keys set;
    enum verify_refusal refusal;
    err_t e = verify_config(a, &t, &in, &r);
    assert(e == E_OK && r.refusal != VERIFY_GOOD && r.refusal < VERIFY_REFUSALS);
    e = verify_lease(a, &t, text, VERIFY_REVOKED, STR_NONE, &r);
    assert(e == E_OK && r.refusal != VERIFY_GOOD && r.refusal < VERIFY_REFUSALS);
    e = verify_key_set(a, pin_of(key), 1, &(struct verify_set){ text, text }, &refusal, &set);
    assert(e == E_OK && refusal == VERIFY_KEY_SET_INVALID);
}

/* As claims of a lease that our key has signed. */
static void check_claims(struct arena *a, const struct jws_key *key, const struct verify_keys *keys,
                         str_t text)
{
    const struct verify_trust t = trust_of(keys);
    struct verify_result r;
    struct buf b;
    buf_init(&b, (size_t)2 * TEXT_MAX);
    jws_sign(&b, key, STR("seneschal-lease+jwt"), text);
    assert(b.err == E_OK);
    for (int status = 0; status < VERIFY_STATUSES; status++) {
        err_t e = verify_lease(a, &t, buf_str(&b), (enum verify_status)status, STR_NONE, &r);
        assert(e == E_OK && r.refusal != VERIFY_KEY_UNKNOWN && r.refusal != VERIFY_LEASE_MISSING);
        if (r.refusal != VERIFY_GOOD)
            continue;
        assert((int)r.lease.status == status && r.lease.seq >= t.seq);
        assert(r.lease.iat_s >= 0 && r.lease.iat_s < r.lease.exp_s && r.lease.grace_s >= 0);
        assert(r.lease.exp_s + VERIFY_LEEWAY_S >= NOW_S);
        assert(r.lease.iat_s <= NOW_S + VERIFY_LEEWAY_S);
    }
    buf_fini(&b);
}

/* As a key set that the root has signed: what is accepted reads back from the store the same. */
static void check_set(struct arena *a, const struct jws_key *key, str_t text)
{
    struct verify_keys set;
    struct verify_keys back;
    enum verify_refusal refusal;
    struct buf b;
    buf_init(&b, TEXT_MAX);
    jws_sign_detached(&b, key, text);
    assert(b.err == E_OK);
    const struct verify_set in = { text, buf_str(&b) };
    err_t e = verify_key_set(a, pin_of(key), 3, &in, &refusal, &set);
    assert(e == E_OK && (refusal == VERIFY_GOOD || refusal == VERIFY_KEY_SET_INVALID));
    if (refusal == VERIFY_GOOD) {
        assert(set.n >= 3 && set.count >= 1 && set.count <= VERIFY_KEYS_MAX);
        buf_clear(&b);
        verify_keys_write(&b, &set);
        assert(b.err == E_OK && b.n < 512);
        e = verify_keys_read(a, set.n, buf_str(&b), &back);
        assert(e == E_OK && back.count == set.count);
        for (size_t i = 0; i < set.count; i++)
            assert(memcmp(back.key[i].kid, set.key[i].kid, JWS_KID) == 0);
    }
    buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    const secret_t seed = { .n = ED25519_SEED, .b = { 42 } };
    struct jws_key key;
    struct verify_keys keys = { .n = 1, .count = 1 };
    if (n > TEXT_MAX)
        return 0;
    if (crypto_init() != E_OK || jws_key_make(&seed, &key) != E_OK)
        abort();
    keys.key[0].key = key.public;
    memcpy(keys.key[0].kid, key.kid, JWS_KID);
    struct arena *a = arena_new(ARENA_MAX);
    assert(a != NULL);
    str_t text = str_of(p, n);
    check_forged(a, &key, &keys, text);
    check_claims(a, &key, &keys, text);
    check_set(a, &key, text);
    arena_free(a);
    jws_key_fini(&key);
    return 0;
}
