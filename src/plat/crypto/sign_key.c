/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/crypto/evp.h" /* first: OpenSSL has a parameter `rand`, which base/attr.h poisons */

#include <openssl/x509.h>

#include "base/fault.h"
#include "base/ref.h"
#include "base/rng.h"
#include "plat/crypto/sign_key.h"

#include <assert.h>

enum { P256_HALF = 32, P256_DER_SIG_MAX = 72 };

struct sign_key {
    struct pubkey public;
    EVP_PKEY *evp;       /* NULL of Ed25519, which libsodium signs twice as fast */
    EVP_PKEY_CTX *ready; /* of evp: what each signature begins as a copy of; never changed */
    secret_t pair;       /* of Ed25519 */
};

/* RFC 8410 section 7: version, algorithm, and the seed as an octet string in an octet string. */
static const uint8_t ed25519_pkcs8[] = { 0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                         0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20 };

static void pkcs8_freep(PKCS8_PRIV_KEY_INFO **p)
{
    PKCS8_PRIV_KEY_INFO_free(*p);
}

static err_t key_of_evp(EVP_PKEY *evp, struct sign_key *k)
{
    if (EVP_PKEY_is_a(evp, "RSA") == 1)
        return rsa_from_evp(evp, &k->public);
    char group[32];
    uint8_t point[1 + 2 * P256_HALF];
    size_t n = 0;
    if (EVP_PKEY_is_a(evp, "EC") != 1 ||
        EVP_PKEY_get_group_name(evp, group, sizeof group, &n) != 1 ||
        !str_eq(str_from_cz(group), STR("prime256v1")))
        return E_BAD_FIELD;
    if (EVP_PKEY_get_octet_string_param(evp, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point,
                                        sizeof point, &n) != 1 ||
        n != sizeof point)
        return E_BAD_FIELD;
    return pubkey_from_raw(PUBKEY_P256, str_of(point + 1, P256_HALF),
                           str_of(point + 1 + P256_HALF, P256_HALF), &k->public);
}

/* To find the algorithm and to set it up costs a sixth of a signature: done once for each key. */
static err_t key_make_ready(struct sign_key *k)
{
    k->ready = EVP_PKEY_CTX_new_from_pkey(NULL, k->evp, NULL);
    if (k->ready == NULL || EVP_PKEY_sign_init(k->ready) != 1)
        return E_NO_MEMORY;
    if (k->public.kind == PUBKEY_RSA &&
        (EVP_PKEY_CTX_set_rsa_padding(k->ready, RSA_PKCS1_PADDING) != 1 ||
         EVP_PKEY_CTX_set_signature_md(k->ready, EVP_sha256()) != 1))
        return E_NO_MEMORY;
    return E_OK;
}

/* Takes `evp` over, on failure too. */
static err_t key_from_evp(EVP_PKEY *evp, struct sign_key **ret)
{
    struct sign_key *k = ref_new(sizeof *k);
    if (k == NULL) {
        EVP_PKEY_free(evp);
        return E_NO_MEMORY;
    }
    k->evp = evp;
    err_t e = key_of_evp(evp, k);
    if (e == E_OK)
        e = key_make_ready(k);
    if (e != E_OK) {
        sign_key_free(k);
        return e;
    }
    *ret = k;
    return E_OK;
}

static err_t key_from_seed(const secret_t *seed, struct sign_key **ret)
{
    uint8_t raw[ED25519_PUBLIC];
    struct sign_key *k = ref_new(sizeof *k);
    if (k == NULL)
        return E_NO_MEMORY;
    ed25519_pair(seed, &k->pair);
    ed25519_public(seed, raw);
    err_t e = pubkey_from_raw(PUBKEY_ED25519, str_of(raw, sizeof raw), STR_NONE, &k->public);
    if (e != E_OK) {
        sign_key_free(k);
        return e;
    }
    *ret = k;
    return E_OK;
}

err_t sign_key_make(enum pubkey_kind kind, struct sign_key **ret)
{
    CLEANUP(secret_wipe) secret_t seed = { .n = ED25519_SEED };
    EVP_PKEY *evp = NULL;
    if (fault_here())
        return E_NO_MEMORY;
    switch (kind) {
    case PUBKEY_ED25519:
        rng_bytes(seed.b, seed.n);
        return key_from_seed(&seed, ret);
    case PUBKEY_P256:
        evp = EVP_EC_gen("P-256");
        break;
    case PUBKEY_RSA:
        evp = EVP_RSA_gen(SIGN_KEY_RSA_BITS);
        break;
    case PUBKEY_NONE:
        return E_BAD_FIELD;
    }
    return evp == NULL ? E_NO_MEMORY : key_from_evp(evp, ret);
}

void sign_key_free(struct sign_key *k)
{
    if (k == NULL)
        return;
    EVP_PKEY_CTX_free(k->ready);
    EVP_PKEY_free(k->evp);
    secret_wipe(&k->pair);
    ref_drop(k);
}

const struct pubkey *sign_key_public(const struct sign_key *k)
{
    return &k->public;
}

static err_t write_ed25519(const struct sign_key *k, struct arena *a, str_t *ret)
{
    uint8_t *der = arena_alloc(a, sizeof ed25519_pkcs8 + ED25519_SEED);
    if (der == NULL)
        return E_NO_MEMORY;
    memcpy(der, ed25519_pkcs8, sizeof ed25519_pkcs8);
    memcpy(der + sizeof ed25519_pkcs8, k->pair.b, ED25519_SEED); /* a pair begins with its seed */
    *ret = str_of(der, sizeof ed25519_pkcs8 + ED25519_SEED);
    return E_OK;
}

err_t sign_key_write(const struct sign_key *k, struct arena *a, str_t *ret)
{
    if (k->evp == NULL)
        return write_ed25519(k, a, ret);
    CLEANUP(pkcs8_freep) PKCS8_PRIV_KEY_INFO *info = fault_here() ? NULL : EVP_PKEY2PKCS8(k->evp);
    int n = info == NULL ? 0 : i2d_PKCS8_PRIV_KEY_INFO(info, NULL);
    unsigned char *der = n <= 0 ? NULL : arena_alloc(a, (size_t)n);
    unsigned char *at = der;
    if (der == NULL || i2d_PKCS8_PRIV_KEY_INFO(info, &at) != n)
        return E_NO_MEMORY;
    *ret = str_of(der, (size_t)n);
    return E_OK;
}

/* Two primes that are no primes, or that make another modulus, sign nonsense. */
static bool rsa_private_is_good(EVP_PKEY *evp)
{
    CLEANUP(evp_pkey_ctx_freep) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, evp, NULL);
    return ctx != NULL && EVP_PKEY_pairwise_check(ctx) == 1;
}

err_t sign_key_read(str_t der, struct sign_key **ret)
{
    if (der.n == 0 || der.n > SIGN_KEY_DER_MAX)
        return E_BAD_FIELD;
    if (der.n == sizeof ed25519_pkcs8 + ED25519_SEED &&
        memcmp(der.p, ed25519_pkcs8, sizeof ed25519_pkcs8) == 0) {
        CLEANUP(secret_wipe) secret_t seed = { .n = ED25519_SEED };
        memcpy(seed.b, der.p + sizeof ed25519_pkcs8, ED25519_SEED);
        return key_from_seed(&seed, ret);
    }
    if (fault_here())
        return E_NO_MEMORY;
    const unsigned char *at = (const unsigned char *)der.p;
    CLEANUP(pkcs8_freep)
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)der.n);
    if (info == NULL || at != (const unsigned char *)der.p + der.n)
        return E_BAD_FIELD;
    EVP_PKEY *evp = EVP_PKCS82PKEY(info);
    if (evp == NULL)
        return E_BAD_FIELD;
    if (!rsa_private_is_good(evp)) {
        EVP_PKEY_free(evp);
        return E_BAD_FIELD;
    }
    return key_from_evp(evp, ret);
}

/* What EVP signs, as r||s (RFC 7518 section 3.4). */
static err_t p256_from_der(const uint8_t *der, size_t n, uint8_t *ret)
{
    const unsigned char *at = der;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)n);
    if (sig == NULL)
        return E_NO_MEMORY;
    int r = BN_bn2binpad(ECDSA_SIG_get0_r(sig), ret, P256_HALF);
    int s = BN_bn2binpad(ECDSA_SIG_get0_s(sig), ret + P256_HALF, P256_HALF);
    ECDSA_SIG_free(sig);
    return r == P256_HALF && s == P256_HALF ? E_OK : E_NO_MEMORY;
}

/* The message's hash, which was fetched once: EVP_DigestSign would look for its algorithm each
 * time. */
static err_t evp_sign(const struct sign_key *k, str_t message, uint8_t *out, size_t *n)
{
    digest_t hash = sha256_of(message);
    if (fault_here())
        return E_NO_MEMORY;
    CLEANUP(evp_pkey_ctx_freep) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_dup(k->ready);
    if (ctx == NULL)
        return E_NO_MEMORY;
    return EVP_PKEY_sign(ctx, out, n, hash.b, sizeof hash.b) == 1 ? E_OK : E_NO_MEMORY;
}

err_t sign_key_sign(const struct sign_key *k, str_t message, uint8_t ret[static SIGNATURE_MAX],
                    size_t *ret_n)
{
    uint8_t der[P256_DER_SIG_MAX];
    size_t n = sizeof der;
    switch (k->public.kind) {
    case PUBKEY_ED25519:
        ed25519_sign(&k->pair, message, ret);
        *ret_n = ED25519_SIG;
        return E_OK;
    case PUBKEY_P256:
        TRY(evp_sign(k, message, der, &n));
        TRY(p256_from_der(der, n, ret));
        *ret_n = (size_t)2 * P256_HALF;
        return E_OK;
    case PUBKEY_RSA:
        n = SIGNATURE_MAX;
        TRY(evp_sign(k, message, ret, &n));
        *ret_n = n;
        return E_OK;
    case PUBKEY_NONE:
        break;
    }
    assert(false); /* nothing makes such a key */
    return E_INTERNAL;
}
