/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/crypto/evp.h" /* first: OpenSSL has a parameter `rand`, which base/attr.h poisons */

#include "base/fault.h"
#include "base/rng.h"
#include "plat/crypto/crypto.h"

#include <assert.h>
#include <limits.h>

enum { SEAL_KEY = 32 };

/* EVP counts in int; a sealed value is a key or a small secret, never near this. */
static bool seal_fits(size_t n)
{
    return n <= INT_MAX - SEAL_NONCE - SEAL_TAG;
}

static EVP_CIPHER_CTX *seal_begin(const secret_t *key, const uint8_t *nonce, bool encrypt)
{
    assert(key->n == SEAL_KEY);
    if (fault_here())
        return NULL;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    /* The default length of GCM's nonce is SEAL_NONCE: 96 bits (SP 800-38D section 8.2). */
    if (ctx != NULL && EVP_CipherInit_ex2(ctx, crypto_algorithms.aes_256_gcm, key->b, nonce,
                                          encrypt ? 1 : 0, NULL) != 1) {
        EVP_CIPHER_CTX_free(ctx);
        return NULL;
    }
    return ctx;
}

static bool seal_add_aad(EVP_CIPHER_CTX *ctx, str_t aad)
{
    int n = 0;
    return aad.n == 0 ||
           EVP_CipherUpdate(ctx, NULL, &n, (const unsigned char *)aad.p, (int)aad.n) == 1;
}

static bool seal_crypt(EVP_CIPHER_CTX *ctx, uint8_t *out, const uint8_t *in, size_t size)
{
    int n = 0;
    if (size == 0)
        return true;
    return EVP_CipherUpdate(ctx, out, &n, in, (int)size) == 1 && (size_t)n == size;
}

err_t seal(struct arena *a, const secret_t *key, str_t aad, str_t plain, str_t *ret)
{
    if (!seal_fits(plain.n) || !seal_fits(aad.n))
        return E_TOO_BIG;
    size_t size = SEAL_NONCE + plain.n + SEAL_TAG;
    uint8_t *out = arena_alloc(a, size);
    if (out == NULL)
        return E_NO_MEMORY;
    rng_bytes(out, SEAL_NONCE);
    CLEANUP(evp_cipher_ctx_freep) EVP_CIPHER_CTX *ctx = seal_begin(key, out, true);
    if (ctx == NULL)
        return E_NO_MEMORY;
    int n = 0;
    uint8_t *body = out + SEAL_NONCE;
    uint8_t *tag = body + plain.n;
    if (!seal_add_aad(ctx, aad) || !seal_crypt(ctx, body, (const uint8_t *)plain.p, plain.n) ||
        EVP_CipherFinal_ex(ctx, tag, &n) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, SEAL_TAG, tag) != 1)
        return E_INTERNAL;
    *ret = str_of(out, size);
    return E_OK;
}

err_t unseal(struct arena *a, const secret_t *key, str_t aad, str_t sealed, str_t *ret)
{
    if (sealed.n < SEAL_NONCE + SEAL_TAG || !seal_fits(sealed.n) || !seal_fits(aad.n))
        return E_CORRUPT;
    const uint8_t *in = (const uint8_t *)sealed.p;
    size_t size = sealed.n - SEAL_NONCE - SEAL_TAG;
    uint8_t *out = arena_alloc(a, size + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    CLEANUP(evp_cipher_ctx_freep) EVP_CIPHER_CTX *ctx = seal_begin(key, in, false);
    if (ctx == NULL)
        return E_NO_MEMORY;
    uint8_t tag[SEAL_TAG]; /* EVP wants it writable */
    memcpy(tag, in + SEAL_NONCE + size, sizeof tag);
    int n = 0;
    if (!seal_add_aad(ctx, aad) || !seal_crypt(ctx, out, in + SEAL_NONCE, size) ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, SEAL_TAG, tag) != 1 ||
        EVP_CipherFinal_ex(ctx, out + size, &n) != 1) {
        explicit_bzero(out, size); /* nobody may see what was not authenticated */
        return E_CORRUPT;
    }
    *ret = str_of(out, size);
    return E_OK;
}
