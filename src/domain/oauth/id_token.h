/* SPDX-License-Identifier: Apache-2.0 */
/* Id tokens (OpenID Connect Core 2): who has signed in, said to one client. Never a bearer's token:
 * its `typ` is JWT and its audience the client. */
#ifndef DOMAIN_OAUTH_ID_TOKEN_H
#define DOMAIN_OAUTH_ID_TOKEN_H

#include "domain/live/act.h"
#include "domain/oauth/issuer.h"
#include "domain/oauth/profile.h"

/* What a client needs to see who came; for what lasts it has a session of its own. */
#define ID_TOKEN_LIFE DUR_HOURS(1)

struct id_token_in {
    str_t issuer;
    str_t client_id;
    str_t nonce;        /* absent: none was sent */
    str_t access_token; /* given together with it */
    oid_t session;
    ts_t auth_at;
    int64_t amr; /* enum amr */
    ts_t now;
    enum issuer_alg alg;
    const struct profile *profile; /* `sub`, and what the scopes say */
};
/* Append the token. On a worker, without a store. */
err_t id_token_mint(struct issuer *is, const struct id_token_in *in, struct buf *b) MUST_USE;

struct id_token_claims {
    oid_t sub;
    oid_t sid;
    str_t client_id;
    ts_t exp;
};
/* One that this server has made, of whatever age (a hint says who it was). E_INVALID_REQUEST. */
err_t id_token_read(struct act *act, struct issuer *is, str_t issuer, str_t text,
                    struct id_token_claims *ret) MUST_USE;

#endif
