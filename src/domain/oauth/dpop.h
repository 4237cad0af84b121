/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proofs of possession (RFC 9449, DPoP): with each request the client signs its method and URL by a
 * key that its tokens are bound to. A proof is good once. What was seen is remembered in memory,
 * for as long as a proof is young enough; after a start, when memory is empty, proofs that may be
 * older than it must hold a nonce of this process (section 8), so that a restart opens nothing.
 */
#ifndef DOMAIN_OAUTH_DPOP_H
#define DOMAIN_OAUTH_DPOP_H

#include "base/clock.h"
#include "plat/jose/jwt.h"

enum {
    DPOP_JKT = JWS_KID, /* base64url of an RFC 7638 thumbprint */
    DPOP_NONCE_TEXT = 43,
    DPOP_SEEN_MAX = 196608 /* in DPOP_WINDOW */
};
#define DPOP_WINDOW DUR_S(120) /* how long a proof can be good: JWT_LEEWAY either way */

struct dpop_guard;
/* E_NO_MEMORY. */
err_t dpop_guard_new(ts_t now, struct dpop_guard **ret) MUST_USE;
void dpop_guard_free(struct dpop_guard *g); /* NULL is fine */

struct dpop_ask {
    str_t proof;        /* the field DPoP */
    str_t method;       /* "POST" */
    str_t url;          /* scheme, host and path, as the client called it */
    str_t access_token; /* that comes with it; absent: at the token endpoint */
    ts_t now;
};
/*
 * Any thread. *ret_jkt: the thumbprint of the key, in the arena. E_DPOP_PROOF, with `why`: not well
 * made, for another request, too old, seen before. E_DPOP_NONCE: answer with dpop_nonce().
 * E_OVERLOADED: too many in this time.
 */
err_t dpop_check(struct dpop_guard *g, struct arena *a, const struct dpop_ask *ask,
                 struct diag *why, str_t *ret_jkt) MUST_USE;
/* What a proof may hold now, and for five minutes at least. */
void dpop_nonce(struct dpop_guard *g, ts_t now, char ret[static DPOP_NONCE_TEXT]);

#endif
