/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/crypto/evp.h" /* first: OpenSSL has a parameter `rand`, which base/attr.h poisons */

#include "base/num.h"
#include "plat/crypto/crypto.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <unistd.h>

enum { HMAC_BLOCK = 64 }; /* RFC 2104: the block of SHA-256 */

static_assert((int)SECRET_MAX <= (int)HMAC_BLOCK, "a key never has to be hashed first");

struct crypto_algorithms crypto_algorithms;
static pthread_key_t hash_key;
static _Thread_local EVP_MD_CTX
    *hash_ctx; /* owned by hash_key, whose destructor runs when the thread ends */

static void hash_ctx_end(void *ctx)
{
    EVP_MD_CTX_free(ctx);
}

err_t crypto_init(void)
{
    if (crypto_algorithms.sha256 != NULL)
        return E_OK;
    if (sodium_init() < 0 || pthread_key_create(&hash_key, hash_ctx_end) != 0)
        return E_INTERNAL;
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (cipher == NULL || md == NULL) {
        EVP_CIPHER_free(cipher);
        EVP_MD_free(md);
        return E_INTERNAL;
    }
    crypto_algorithms.aes_256_gcm = cipher;
    crypto_algorithms.sha256 = md;
    return E_OK;
}

/* A thread keeps one context: making it anew costs half a small hash. Nobody can go on without a
 * hash: no memory ends us. */
static EVP_MD_CTX *hash_begin(void)
{
    assert(crypto_algorithms.sha256 != NULL);
    if (hash_ctx == NULL) {
        hash_ctx = EVP_MD_CTX_new();
        if (hash_ctx == NULL || pthread_setspecific(hash_key, hash_ctx) != 0)
            abort();
    }
    if (EVP_DigestInit_ex2(hash_ctx, crypto_algorithms.sha256, NULL) != 1)
        abort();
    return hash_ctx;
}

static void hash_add(EVP_MD_CTX *ctx, const void *bytes, size_t n)
{
    if (n > 0 && EVP_DigestUpdate(ctx, bytes, n) != 1)
        abort();
}

static digest_t hash_end(EVP_MD_CTX *ctx)
{
    digest_t d;
    unsigned size = 0;
    if (EVP_DigestFinal_ex(ctx, d.b, &size) != 1 || size != sizeof d.b)
        abort();
    return d;
}

digest_t sha256_of(str_t bytes)
{
    return sha256_of_parts(&bytes, 1);
}

digest_t sha256_of_parts(const str_t *parts, size_t n)
{
    EVP_MD_CTX *ctx = hash_begin();
    for (size_t i = 0; i < n; i++)
        hash_add(ctx, parts[i].p, parts[i].n);
    return hash_end(ctx);
}

err_t sha256_of_file(int fd, digest_t *ret)
{
    char piece[8192];
    EVP_MD_CTX *ctx = hash_begin();
    for (;;) {
        ssize_t n = read(fd, piece, sizeof piece);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return E_IO;
        if (n == 0)
            break;
        hash_add(ctx, piece, (size_t)n);
    }
    *ret = hash_end(ctx);
    return E_OK;
}

/* The key, filled up with zeros and mixed with RFC 2104's ipad or opad. */
static void hmac_add_pad(EVP_MD_CTX *ctx, const secret_t *key, uint8_t with)
{
    uint8_t pad[HMAC_BLOCK];
    for (size_t i = 0; i < sizeof pad; i++)
        pad[i] = (uint8_t)((i < key->n ? key->b[i] : 0) ^ with);
    hash_add(ctx, pad, sizeof pad);
    explicit_bzero(pad, sizeof pad);
}

static digest_t hmac(const secret_t *key, const str_t *parts, size_t n, bool sized)
{
    assert(key->n <= sizeof key->b);
    EVP_MD_CTX *ctx = hash_begin();
    hmac_add_pad(ctx, key, 0x36);
    for (size_t i = 0; i < n; i++) {
        uint8_t size[8];
        num_put_be64(size, parts[i].n); /* so that ("ab", "c") and ("a", "bc") differ */
        if (sized)
            hash_add(ctx, size, sizeof size);
        hash_add(ctx, parts[i].p, parts[i].n);
    }
    digest_t inner = hash_end(ctx);

    ctx = hash_begin();
    hmac_add_pad(ctx, key, 0x5c);
    hash_add(ctx, inner.b, sizeof inner.b);
    return hash_end(ctx);
}

digest_t hmac_of_parts(const secret_t *key, const str_t *parts, size_t n)
{
    return hmac(key, parts, n, true);
}

digest_t hmac_of_bytes(const secret_t *key, const str_t *parts, size_t n)
{
    return hmac(key, parts, n, false);
}
