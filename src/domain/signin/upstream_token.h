/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of other issuers: what is proven by one. Pure; the keys are those that the issuer
 * publishes. */
#ifndef DOMAIN_SIGNIN_UPSTREAM_TOKEN_H
#define DOMAIN_SIGNIN_UPSTREAM_TOKEN_H

#include "base/clock.h"
#include "plat/jose/jwt.h"

enum { UPSTREAM_GROUPS_MAX = 500 };

struct upstream_expect {
    str_t issuer;
    str_t audience;     /* client_id of id and logout tokens, audience of access tokens */
    str_t nonce;        /* of an id_token */
    str_t groups_claim; /* absent: none */
    ts_t now;
};

struct upstream_identity { /* absent: the token does not say; all in the arena */
    str_t sub;
    str_t sid;
    str_t username; /* preferred_username */
    str_t name;
    str_t email;
    bool email_verified;
    const str_t *groups; /* NULL: it does not say */
    size_t groups_n;
    ts_t exp;
};

struct upstream_gone { /* at least one of sub and sid */
    str_t sub;
    str_t sid;
    str_t jti;
    ts_t exp;
};

/* `jwks`: the issuer's key set, as text. E_NOT_FOUND: it has no key of this kid (it may have been
 * replaced). E_FORBIDDEN: not proven, and `why` says what is wrong. */
err_t upstream_id_token(struct arena *a, str_t text, str_t jwks, const struct upstream_expect *want,
                        struct diag *why, struct upstream_identity *ret) MUST_USE;
err_t upstream_access_token(struct arena *a, str_t text, str_t jwks,
                            const struct upstream_expect *want, struct diag *why,
                            struct upstream_identity *ret) MUST_USE;
/* Of tokens that are checked elsewhere (domain/oauth/id_jag.h), the same two steps: read, and
 * signed by a key of the set; and who it is about. Errors as above. */
err_t upstream_jwt_open(struct arena *a, str_t text, str_t jwks, struct diag *why,
                        struct jwt *ret) MUST_USE;
err_t upstream_identity_of(struct arena *a, const struct jwt_claims *c, str_t groups_claim,
                           struct upstream_identity *ret) MUST_USE;
/* OpenID Connect Back-Channel Logout 1.0 section 2.6. */
err_t upstream_logout_token(struct arena *a, str_t text, str_t jwks,
                            const struct upstream_expect *want, struct diag *why,
                            struct upstream_gone *ret) MUST_USE;

#endif
