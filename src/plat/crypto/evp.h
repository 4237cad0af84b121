/* SPDX-License-Identifier: Apache-2.0 */
/* Inside plat/crypto: the algorithms that crypto_init() fetched (an implicit fetch doubles the cost
 * of a small hash). */
#ifndef PLAT_CRYPTO_EVP_H
#define PLAT_CRYPTO_EVP_H

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/str.h" /* after OpenSSL: it has a parameter `rand`, which base/attr.h poisons */

struct crypto_algorithms {
    EVP_MD *sha256;
    EVP_CIPHER *aes_256_gcm;
};

/* Written once by crypto_init, before any thread starts; read-only from then on. */
extern struct crypto_algorithms crypto_algorithms;

static inline void evp_cipher_ctx_freep(EVP_CIPHER_CTX **c)
{
    EVP_CIPHER_CTX_free(*c);
}
static inline void evp_md_ctx_freep(EVP_MD_CTX **c)
{
    EVP_MD_CTX_free(*c);
}
static inline void evp_pkey_ctx_freep(EVP_PKEY_CTX **c)
{
    EVP_PKEY_CTX_free(*c);
}
struct pubkey;

/* pubkey_rsa.c. E_FORBIDDEN: does not verify. */
err_t rsa_verify(const struct pubkey *k, str_t message, str_t signature) MUST_USE;
/* The one spelling of an RSA key, of whatever EVP holds. E_BAD_FIELD: no key that is taken. */
err_t rsa_from_evp(EVP_PKEY *key, struct pubkey *ret) MUST_USE;
err_t rsa_from_spki(str_t der, struct pubkey *ret) MUST_USE;

static inline void evp_pkey_freep(EVP_PKEY **k)
{
    EVP_PKEY_free(*k);
}

#endif
