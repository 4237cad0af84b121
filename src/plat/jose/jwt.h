/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON Web Tokens (RFC 7519), read as RFC 8725 wants it. Every token of this server is read here:
 * access tokens, client assertions, id_token_hint, tokens of other issuers, logout tokens, DPoP
 * proofs. Three steps, none of which may be left out:
 *
 *   jwt_read    text -> header and claims; nothing of it is proven, only `kid`, `alg` and `iss` may
 * be looked at, to find the key jwt_verify  the signature, by that key; the key decides the
 * algorithm jwt_check   the claims that this use wants
 */
#ifndef PLAT_JOSE_JWT_H
#define PLAT_JOSE_JWT_H

#include "base/clock.h"
#include "plat/jose/jws.h"
#include "plat/json/json.h"

enum {
    JWT_TEXT_MAX = JWS_TEXT_MAX,
    JWT_AUD_MAX = 16,
    JWT_NAME_MAX = 1024 /* of iss, sub, jti, aud */
};
#define JWT_LEEWAY DUR_S(60) /* between our clock and theirs, either way */

struct jwt_claims {
    str_t typ; /* of the header; absent: not sent, as with all of these */
    str_t iss;
    str_t sub;
    str_t jti;
    const str_t *aud;
    size_t aud_n;
    ts_t exp;
    ts_t nbf;
    ts_t iat;
    const struct json *all; /* every claim; dies with the token */
};

struct jwt {
    struct jws jws;
    struct jwt_claims claims;
    struct json *json;
};

/* E_BAD_FIELD: no compact JWS whose payload is an object of claims with the types of RFC 7519, or
 * longer than JWT_TEXT_MAX; E_NO_MEMORY. Texts live in the arena. */
err_t jwt_read(struct arena *a, str_t text, struct jwt *ret) MUST_USE;
void jwt_fini(struct jwt *t); /* zeroed is fine */
/* E_FORBIDDEN: not signed by this key. */
err_t jwt_verify(const struct jwt *t, const struct pubkey *k) MUST_USE;

enum { JWT_WANT_AUD = 3 };
struct jwt_want {
    str_t typ;               /* the header's, without "application/"; absent: any */
    bool typ_may_miss;       /* a token without typ will do */
    str_t iss;               /* absent: any, as for the next */
    str_t aud[JWT_WANT_AUD]; /* one of those that are set is among the token's */
    ts_t now;
    bool exp_may_miss;
    bool sub; /* must be there; so the next two */
    bool jti;
    bool iat;
    dur_t age_max;  /* since iat, which must be there then; zero: any */
    dur_t life_max; /* how far exp may lie ahead; zero: any */
};
/* E_FORBIDDEN, and `why` says what is wrong. What both have: exp after iat, nbf and iat not ahead.
 */
err_t jwt_check(const struct jwt_claims *c, const struct jwt_want *want, struct diag *why) MUST_USE;

/* A claim that is text; absent: it is not there, or no text. Borrowed from the token. */
str_t jwt_text(const struct jwt_claims *c, str_t name);

#endif
