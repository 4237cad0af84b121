/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/crypto/evp.h" /* first: OpenSSL has a parameter `rand`, which base/attr.h poisons */

#include "base/fault.h"
#include "plat/crypto/crypto.h"

#include <assert.h>
#include <sodium.h>

enum { P256_COORDINATE = 32, P256_POINT = 1 + 2 * P256_COORDINATE, P256_SIG = 64 };

/*
 * The one DER form of each kind up to the bytes of the key (RFC 8410 section 4; RFC 5480 section 2,
 * named curve, uncompressed point). One form only: the hash of the SPKI is the key's identity, so
 * that two spellings of a key must not exist.
 */
static const uint8_t ed25519_head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                        0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };
static const uint8_t p256_head[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                     0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                     0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04 };

enum {
    ED25519_SPKI = sizeof ed25519_head + ED25519_PUBLIC,
    P256_SPKI = sizeof p256_head + (size_t)2 * P256_COORDINATE
};
static_assert((int)P256_SPKI <= (int)PUBKEY_SPKI_MAX, "an RSA key is longer");

static err_t pubkey_p256_open(const struct pubkey *k, EVP_PKEY **ret) MUST_USE;

static void pubkey_put(struct pubkey *k, const void *bytes, size_t n)
{
    assert(k->spki_n + n <= sizeof k->spki);
    memcpy(k->spki + k->spki_n, bytes, n);
    k->spki_n += n;
}

static err_t pubkey_ed25519(str_t x, struct pubkey *ret)
{
    /* On the curve, in its canonical form, in the main subgroup: what libsodium's own verification
     * expects of a key. */
    if (x.n != ED25519_PUBLIC || crypto_core_ed25519_is_valid_point((const uint8_t *)x.p) != 1)
        return E_BAD_FIELD;
    struct pubkey k = { .kind = PUBKEY_ED25519 };
    pubkey_put(&k, ed25519_head, sizeof ed25519_head);
    pubkey_put(&k, x.p, x.n);
    *ret = k;
    return E_OK;
}

static err_t pubkey_p256(str_t x, str_t y, struct pubkey *ret)
{
    if (x.n != P256_COORDINATE || y.n != P256_COORDINATE)
        return E_BAD_FIELD;
    struct pubkey k = { .kind = PUBKEY_P256 };
    pubkey_put(&k, p256_head, sizeof p256_head);
    pubkey_put(&k, x.p, x.n);
    pubkey_put(&k, y.p, y.n);
    CLEANUP(evp_pkey_freep) EVP_PKEY *checked = NULL;
    TRY(pubkey_p256_open(&k, &checked));
    *ret = k;
    return E_OK;
}

err_t pubkey_from_raw(enum pubkey_kind kind, str_t x, str_t y, struct pubkey *ret)
{
    switch (kind) {
    case PUBKEY_ED25519:
        return y.n == 0 ? pubkey_ed25519(x, ret) : E_BAD_FIELD;
    case PUBKEY_P256:
        return pubkey_p256(x, y, ret);
    case PUBKEY_RSA: /* pubkey_from_rsa */
    case PUBKEY_NONE:
        break;
    }
    return E_BAD_FIELD;
}

static bool der_starts(str_t der, const uint8_t *head, size_t n)
{
    return str_starts(der, str_of(head, n));
}

err_t pubkey_from_spki(str_t der, struct pubkey *ret)
{
    if (der.n == ED25519_SPKI && der_starts(der, ed25519_head, sizeof ed25519_head))
        return pubkey_ed25519(str_sub(der, sizeof ed25519_head, ED25519_PUBLIC), ret);
    if (der.n == P256_SPKI && der_starts(der, p256_head, sizeof p256_head))
        return pubkey_p256(str_sub(der, sizeof p256_head, P256_COORDINATE),
                           str_sub(der, sizeof p256_head + P256_COORDINATE, P256_COORDINATE), ret);
    return rsa_from_spki(der, ret);
}

digest_t pubkey_hash(const struct pubkey *k)
{
    return sha256_of(str_of(k->spki, k->spki_n));
}

/* E_BAD_FIELD: not a point of the curve (OpenSSL checks that when it reads the point; P-256 has no
 * small subgroup). */
static err_t pubkey_p256_open(const struct pubkey *k, EVP_PKEY **ret)
{
    if (fault_here())
        return E_NO_MEMORY;
    CLEANUP(evp_pkey_ctx_freep) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1)
        return E_NO_MEMORY;
    char group[] = "prime256v1";
    uint8_t point[P256_POINT]; /* OSSL_PARAM wants it writable */
    memcpy(point, k->spki + k->spki_n - sizeof point, sizeof point);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY *key = NULL;
    if (EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        return E_BAD_FIELD;
    *ret = key;
    return E_OK;
}

/* r||s as the DER that EVP verifies (RFC 3279 section 2.2.3). r and s out of range fail at the
 * verification. */
static err_t p256_sig_to_der(str_t signature, unsigned char **ret, size_t *ret_n)
{
    const unsigned char *p = (const unsigned char *)signature.p;
    ECDSA_SIG *sig = fault_here() ? NULL : ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(p, P256_COORDINATE, NULL);
    BIGNUM *s = BN_bin2bn(p + P256_COORDINATE, P256_COORDINATE, NULL);
    if (sig == NULL || r == NULL || s == NULL || ECDSA_SIG_set0(sig, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        ECDSA_SIG_free(sig);
        return E_NO_MEMORY;
    }
    unsigned char *der = NULL;
    int n = i2d_ECDSA_SIG(sig, &der);
    ECDSA_SIG_free(sig);
    if (n <= 0)
        return E_NO_MEMORY;
    *ret = der;
    *ret_n = (size_t)n;
    return E_OK;
}

static err_t p256_verify(const struct pubkey *k, str_t message, str_t signature)
{
    CLEANUP(evp_pkey_freep) EVP_PKEY *key = NULL;
    TRY(pubkey_p256_open(k, &key));
    CLEANUP(evp_md_ctx_freep) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx == NULL || EVP_DigestVerifyInit_ex(ctx, NULL, "SHA256", NULL, NULL, key, NULL) != 1)
        return E_NO_MEMORY;
    unsigned char *der = NULL;
    size_t der_n = 0;
    TRY(p256_sig_to_der(signature, &der, &der_n));
    int ok = EVP_DigestVerify(ctx, der, der_n, (const unsigned char *)message.p, message.n);
    OPENSSL_free(der);
    return ok == 1 ? E_OK : E_FORBIDDEN;
}

err_t pubkey_verify(const struct pubkey *k, str_t message, str_t signature)
{
    switch (k->kind) {
    case PUBKEY_ED25519:
        if (signature.n == ED25519_SIG &&
            crypto_sign_verify_detached((const unsigned char *)signature.p,
                                        (const unsigned char *)message.p, message.n,
                                        k->spki + sizeof ed25519_head) == 0)
            return E_OK;
        return E_FORBIDDEN;
    case PUBKEY_P256:
        return signature.n == P256_SIG ? p256_verify(k, message, signature) : E_FORBIDDEN;
    case PUBKEY_RSA:
        return rsa_verify(k, message, signature);
    case PUBKEY_NONE:
        break;
    }
    return E_FORBIDDEN;
}
