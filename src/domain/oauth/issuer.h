/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this server signs tokens with, in memory: for each algorithm the key that signs, and the
 * public halves of older ones until what they signed has run out. Filled from the store
 * (issuer_keys.h); any thread may ask.
 */
#ifndef DOMAIN_OAUTH_ISSUER_H
#define DOMAIN_OAUTH_ISSUER_H

#include "base/clock.h"
#include "plat/jose/jws.h"

/* The numbers are those of the columns issuer_key.alg and application.id_token_alg. */
enum issuer_alg { ISSUER_NONE, ISSUER_ES256, ISSUER_RS256, ISSUER_ALGS };

enum { ISSUER_KEYS_MAX = 16 }; /* of both algorithms together, in the key set */

struct issuer;

err_t issuer_new(struct issuer **ret) MUST_USE;
void issuer_free(struct issuer *is); /* NULL is fine */

enum pubkey_kind issuer_kind(enum issuer_alg alg);
/* Is there a key of this algorithm that signs? */
bool issuer_has(struct issuer *is, enum issuer_alg alg);

/* One at a time makes keys: whoever waited looks again whether there is one now. */
void issuer_making_begin(struct issuer *is);
void issuer_making_end(struct issuer *is);

struct issuer_entry {
    enum issuer_alg alg;
    struct sign_key *key;
    ts_t retires_at; /* absent: it signs */
};
/* After COMMIT, or at start: takes the key over, on failure too. Older ones of its algorithm leave
 * at `older_retire` at the latest; absent: they stay as they are. E_TOO_BIG: more than
 * ISSUER_KEYS_MAX. E_NO_MEMORY. */
err_t issuer_put(struct issuer *is, const struct issuer_entry *e, ts_t older_retire) MUST_USE;

/* HEADER.PAYLOAD.SIGNATURE behind what the buffer has; `typ` needs no escaping. E_NOT_FOUND: there
 * is no key of this algorithm yet (issuer_has). */
err_t issuer_sign(struct issuer *is, enum issuer_alg alg, str_t typ, str_t payload,
                  struct buf *b) MUST_USE;
/* The key of a token of ours, by the kid of its header; retired ones are not found. E_NOT_FOUND. */
err_t issuer_find(struct issuer *is, str_t kid, ts_t now, struct pubkey *ret) MUST_USE;
/* The key set (RFC 7517 section 5), without the private halves. */
void issuer_put_jwks(struct issuer *is, ts_t now, struct buf *b);

#endif
