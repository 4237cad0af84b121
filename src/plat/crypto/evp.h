/* SPDX-License-Identifier: Apache-2.0 */
/* Inside plat/crypto: the algorithms that crypto_init() fetched (an implicit fetch doubles the cost
 * of a small hash). */
#ifndef PLAT_CRYPTO_EVP_H
#define PLAT_CRYPTO_EVP_H

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/params.h>

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
static inline void evp_pkey_freep(EVP_PKEY **k)
{
    EVP_PKEY_free(*k);
}

#endif
