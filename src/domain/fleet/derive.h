/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets that can be given again because they are derived: HMAC-SHA-256 under the server's token
 * key over a context and what the secret belongs to. Only their SHA-256 is stored. The caller wipes
 * the texts.
 */
#ifndef DOMAIN_FLEET_DERIVE_H
#define DOMAIN_FLEET_DERIVE_H

#include "base/id.h"
#include "plat/crypto/crypto.h"

struct keys; /* domain/identity */

/* The claim of a request: "sen_c_". */
void derive_claim(const struct keys *keys, oid_t request, struct token_text *ret);
/* The token that a claim gives: "sen_d_". The same claim and join_seq: the same token. */
void derive_claim_token(const struct keys *keys, oid_t device, const digest_t *claim,
                        int64_t join_seq, struct token_text *ret);
/* The token that a rotation gives. */
void derive_rotated_token(const struct keys *keys, oid_t device, int64_t join_seq, str_t nonce,
                          struct token_text *ret);

static inline str_t token_str(const struct token_text *t)
{
    return str_of(t->p, t->n);
}
static inline str_t digest_str(const digest_t *d)
{
    return str_of(d->b, sizeof d->b);
}

#endif
