/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private keys that sign as JOSE wants it (RFC 7518): P-256 as ES256 (r||s), RSA as RS256, Ed25519
 * as EdDSA. Parsed once, and from then on only read: any thread may sign with it.
 */
#ifndef PLAT_CRYPTO_SIGN_KEY_H
#define PLAT_CRYPTO_SIGN_KEY_H

#include "plat/crypto/crypto.h"

enum {
    SIGN_KEY_RSA_BITS = 2048, /* of a key that is made here: what every relying party takes */
    SIGN_KEY_DER_MAX = 4096,  /* RSA of 4096 bits takes 2,375 bytes */
    SIGNATURE_MAX = RSA_BYTES_MAX
};

struct sign_key; /* wiped and freed by sign_key_free */

/* A new one. RSA takes tens to hundreds of milliseconds: never on a loop or on the writer.
 * E_NO_MEMORY. */
err_t sign_key_make(enum pubkey_kind kind, struct sign_key **ret) MUST_USE;
void sign_key_free(struct sign_key *k); /* NULL is fine */
static inline void sign_key_freep(struct sign_key **k)
{
    sign_key_free(*k);
}

/* PKCS#8 (RFC 5208) in DER: to be sealed, or to be handed out once. In the arena: the caller wipes
 * it. */
err_t sign_key_write(const struct sign_key *k, struct arena *a, str_t *ret) MUST_USE;
/* E_BAD_FIELD: not one private key of these kinds (RSA: 2048 to 4096 bits), or bytes behind it. */
err_t sign_key_read(str_t der, struct sign_key **ret) MUST_USE;

const struct pubkey *sign_key_public(const struct sign_key *k); /* dies with the key */
/* 64 bytes, or as many as the modulus has. E_NO_MEMORY. */
err_t sign_key_sign(const struct sign_key *k, str_t message, uint8_t ret[static SIGNATURE_MAX],
                    size_t *ret_n) MUST_USE;

#endif
