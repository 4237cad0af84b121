/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/crypto/evp.h" /* first: OpenSSL has a parameter `rand`, which base/attr.h poisons */

#include <openssl/param_build.h>
#include <openssl/x509.h>

#include "base/fault.h"
#include "plat/crypto/crypto.h"

enum { RSA_EXPONENT_MIN = 65537, RSA_EXPONENT_BITS = 32 };

struct rsa_numbers {
    BIGNUM *n;
    BIGNUM *e;
};

static void rsa_numbers_free(struct rsa_numbers *r)
{
    BN_free(r->n);
    BN_free(r->e);
}

/* What is taken as a key (NIST SP 800-131A, FIPS 186-5 section A.1.1). */
static bool rsa_is_good(const struct rsa_numbers *r)
{
    int bits = BN_num_bits(r->n);
    return bits >= 8 * RSA_BYTES_MIN && bits <= 8 * RSA_BYTES_MAX && BN_is_odd(r->n) &&
           BN_is_odd(r->e) && BN_num_bits(r->e) <= RSA_EXPONENT_BITS &&
           BN_get_word(r->e) >= RSA_EXPONENT_MIN;
}

static err_t rsa_to_evp(const struct rsa_numbers *r, EVP_PKEY **ret)
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    if (build != NULL && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, r->n) == 1 &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, r->e) == 1)
        params = OSSL_PARAM_BLD_to_param(build);
    CLEANUP(evp_pkey_ctx_freep) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    if (params != NULL && ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1)
        (void)EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params); /* key says how it went */
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    if (key == NULL)
        return E_NO_MEMORY;
    *ret = key;
    return E_OK;
}

err_t pubkey_from_rsa(str_t n, str_t e, struct pubkey *ret)
{
    if (n.n < RSA_BYTES_MIN || n.n > RSA_BYTES_MAX || e.n == 0 || e.n > RSA_EXPONENT_BITS / 8 ||
        n.p[0] == 0 || e.p[0] == 0)
        return E_BAD_FIELD;
    CLEANUP(rsa_numbers_free)
    struct rsa_numbers r = { .n = fault_here() ? NULL
                                               : BN_bin2bn((const uint8_t *)n.p, (int)n.n, NULL),
                             .e = BN_bin2bn((const uint8_t *)e.p, (int)e.n, NULL) };
    CLEANUP(evp_pkey_freep) EVP_PKEY *key = NULL;
    if (r.n == NULL || r.e == NULL)
        return E_NO_MEMORY;
    if (!rsa_is_good(&r))
        return E_BAD_FIELD;
    TRY(rsa_to_evp(&r, &key));
    return rsa_from_evp(key, ret);
}

static err_t rsa_numbers_of(const EVP_PKEY *key, struct rsa_numbers *ret)
{
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &ret->n) != 1 ||
        EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &ret->e) != 1)
        return E_BAD_FIELD;
    return E_OK;
}

err_t rsa_from_evp(EVP_PKEY *key, struct pubkey *ret)
{
    CLEANUP(rsa_numbers_free) struct rsa_numbers r = { 0 };
    struct pubkey k = { .kind = PUBKEY_RSA };
    unsigned char *at = k.spki;
    if (EVP_PKEY_is_a(key, "RSA") != 1)
        return E_BAD_FIELD;
    TRY(rsa_numbers_of(key, &r));
    if (!rsa_is_good(&r))
        return E_BAD_FIELD;
    int n = i2d_PUBKEY(key, NULL);
    if (n <= 0 || (size_t)n > sizeof k.spki)
        return n <= 0 ? E_NO_MEMORY : E_BAD_FIELD;
    if (i2d_PUBKEY(key, &at) != n)
        return E_NO_MEMORY;
    k.spki_n = (size_t)n;
    *ret = k;
    return E_OK;
}

static err_t rsa_open(str_t spki, EVP_PKEY **ret)
{
    const unsigned char *at = (const unsigned char *)spki.p;
    if (spki.n == 0 || spki.n > PUBKEY_SPKI_MAX)
        return E_BAD_FIELD;
    if (fault_here())
        return E_NO_MEMORY;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)spki.n);
    if (key == NULL)
        return E_BAD_FIELD;
    *ret = key;
    return E_OK;
}

err_t rsa_from_spki(str_t der, struct pubkey *ret)
{
    CLEANUP(evp_pkey_freep) EVP_PKEY *key = NULL;
    struct pubkey k;
    TRY(rsa_open(der, &key));
    TRY(rsa_from_evp(key, &k));
    if (!str_eq(der, str_of(k.spki, k.spki_n))) /* another spelling of it, or bytes behind */
        return E_BAD_FIELD;
    *ret = k;
    return E_OK;
}

err_t pubkey_rsa(const struct pubkey *k, struct pubkey_rsa *ret)
{
    CLEANUP(rsa_numbers_free) struct rsa_numbers r = { 0 };
    CLEANUP(evp_pkey_freep) EVP_PKEY *key = NULL;
    struct pubkey_rsa raw;
    if (k->kind != PUBKEY_RSA)
        return E_BAD_FIELD;
    TRY(rsa_open(str_of(k->spki, k->spki_n), &key));
    TRY(rsa_numbers_of(key, &r));
    if (!rsa_is_good(&r))
        return E_BAD_FIELD;
    raw.n_n = (size_t)BN_bn2bin(r.n, raw.n);
    raw.e_n = (size_t)BN_bn2bin(r.e, raw.e);
    *ret = raw;
    return E_OK;
}

err_t rsa_verify(const struct pubkey *k, str_t message, str_t signature)
{
    CLEANUP(evp_pkey_freep) EVP_PKEY *key = NULL;
    TRY(rsa_open(str_of(k->spki, k->spki_n), &key));
    if (signature.n != (size_t)EVP_PKEY_get_size(key)) /* RFC 8017 section 8.2.2 step 1 */
        return E_FORBIDDEN;
    digest_t hash = sha256_of(message);
    CLEANUP(evp_pkey_ctx_freep) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    if (ctx == NULL || EVP_PKEY_verify_init(ctx) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) != 1 ||
        EVP_PKEY_CTX_set_signature_md(ctx, crypto_algorithms.sha256) != 1)
        return E_NO_MEMORY;
    int ok = EVP_PKEY_verify(ctx, (const unsigned char *)signature.p, signature.n, hash.b,
                             sizeof hash.b);
    return ok == 1 ? E_OK : E_FORBIDDEN;
}
