/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passkeys (WebAuthn level 2) by libfido2: what an authenticator says when a key is made, and when
 * it proves itself. Attestation is not asked for and not looked at. What the browser says (type,
 * challenge, origin) is the caller's to check; its hash comes in here. Of the server alone.
 */
#ifndef PLAT_CRYPTO_PASSKEY_H
#define PLAT_CRYPTO_PASSKEY_H

#include "plat/crypto/crypto.h"

enum {
    PASSKEY_ID_MAX = 1023,   /* WebAuthn section 4, credential id */
    PASSKEY_DATA_MAX = 4096, /* of authenticator data that is read */
    PASSKEY_SIG_MAX = 1024,
    PASSKEY_KEY_MAX = 512
};
/* COSE algorithms (RFC 9053), in the order in which they are offered. */
enum passkey_alg { PASSKEY_ES256 = -7, PASSKEY_EDDSA = -8, PASSKEY_RS256 = -257 };

struct passkey {
    str_t id;
    enum passkey_alg alg;
    str_t key;     /* public, as libfido2 has it */
    int64_t count; /* signatures so far; stays 0 where the authenticator does not count */
    bool verified; /* the authenticator asked for a PIN or a finger */
};

/* A new key for `rp_id`. E_BAD_FIELD, and `why`. Texts are in the arena. */
err_t passkey_read(struct arena *a, str_t rp_id, str_t authenticator_data, struct diag *why,
                   struct passkey *ret) MUST_USE;

struct passkey_proof {
    str_t rp_id;
    digest_t client_data; /* SHA-256 of clientDataJSON */
    str_t authenticator_data;
    str_t signature;
    bool verify; /* who holds it must have been verified, not only be present */
};
/* E_FORBIDDEN: not signed by this key, for another server, or nobody was there. ret_count: to be
 * remembered; the caller refuses one that did not grow (a copied authenticator). */
err_t passkey_check(const struct passkey *known, const struct passkey_proof *proof,
                    int64_t *ret_count) MUST_USE;

#endif
