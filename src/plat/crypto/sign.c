/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/crypto/crypto.h"

#include <assert.h>
#include <sodium.h>

static_assert(ED25519_SEED == crypto_sign_SEEDBYTES, "RFC 8032 section 5.1.5");
static_assert(ED25519_PAIR == crypto_sign_SECRETKEYBYTES, "seed and public key");
static_assert((int)ED25519_PAIR <= (int)SECRET_MAX, "a pair is a secret_t");
static_assert(ED25519_PUBLIC == crypto_sign_PUBLICKEYBYTES, "RFC 8032 section 5.1.5");
static_assert(ED25519_SIG == crypto_sign_BYTES, "RFC 8032 section 5.1.6");

/* libsodium's secret key is seed and public key; it is made from the seed, which is all that is
 * ever stored. */
static void sign_keypair(const secret_t *seed, uint8_t public_key[static ED25519_PUBLIC],
                         uint8_t secret_key[static crypto_sign_SECRETKEYBYTES])
{
    assert(seed->n == ED25519_SEED);
    if (crypto_sign_seed_keypair(public_key, secret_key, seed->b) != 0)
        abort(); /* it has no way to fail */
}

void ed25519_public(const secret_t *seed, uint8_t ret[static ED25519_PUBLIC])
{
    uint8_t secret_key[crypto_sign_SECRETKEYBYTES];
    sign_keypair(seed, ret, secret_key);
    explicit_bzero(secret_key, sizeof secret_key);
}

void ed25519_pair(const secret_t *seed, secret_t *ret)
{
    uint8_t public_key[ED25519_PUBLIC];
    sign_keypair(seed, public_key, ret->b);
    ret->n = ED25519_PAIR;
}

void ed25519_sign(const secret_t *key, str_t message, uint8_t ret[static ED25519_SIG])
{
    secret_t pair = *key;
    if (key->n == ED25519_SEED)
        ed25519_pair(key, &pair);
    assert(pair.n == ED25519_PAIR);
    if (crypto_sign_detached(ret, NULL, (const unsigned char *)message.p, message.n, pair.b) != 0)
        abort(); /* it has no way to fail */
    secret_wipe(&pair);
}
