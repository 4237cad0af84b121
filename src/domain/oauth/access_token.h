/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access tokens of this issuer: JWTs (RFC 9068, `at+jwt`, ES256). What they say is looked at twice:
 * the token itself (access_token_verify, no store), and what it stands on (access_token_load): a
 * session, grant, key, application or account that has ended is the end of its tokens, whatever
 * they say.
 */
#ifndef DOMAIN_OAUTH_ACCESS_TOKEN_H
#define DOMAIN_OAUTH_ACCESS_TOKEN_H

#include "domain/authz/actor.h"
#include "domain/oauth/issuer.h"
#include "plat/jose/jwt.h"

#define ACCESS_TOKEN_LIFE DUR_HOURS(24) /* where the application says nothing else */
#define ACCESS_TOKEN_TYP  "at+jwt"

/* Audiences of this server, below its issuer. A row of the route table may name another. */
#define AUDIENCE_API      "/api/v1"
#define AUDIENCE_USERINFO "/oauth2/userinfo" /* of tokens with the scope openid */
#define AUDIENCE_MCP      "/mcp"

struct access_claims {
    enum actor_kind kind; /* user, service or device */
    oid_t principal;      /* `sub` */
    oid_t org;
    str_t client_id;
    str_t scope;
    const str_t *aud;
    size_t aud_n;
    oid_t session; /* `sid`; zero: none */
    oid_t grant;   /* zero: none */
    oid_t key;     /* of a service account, that signed for it; zero: none did */
    oid_t jti;
    ts_t auth_at; /* `auth_time`; absent: it is not said */
    ts_t iat;
    ts_t exp;
    str_t dpop_jkt; /* `cnf.jkt`; absent: not bound */
    str_t act;      /* `act` of RFC 8693 section 4.1, as JSON; absent: none */
};

/* Append the token. On a worker, without a store. E_NOT_FOUND: issuer_has(ES256) is false. */
err_t access_token_mint(struct issuer *is, str_t issuer, const struct access_claims *c,
                        struct buf *b) MUST_USE;

struct access_token_ask {
    str_t text;
    str_t issuer;   /* ours */
    str_t audience; /* whole: issuer and path; absent: any */
    ts_t now;
};
/* A token of ours, for this audience, at this time. Texts are in the arena; exp is exact to the
 * second. E_UNAUTHENTICATED, and `why`. It says nothing about what it stands on. */
err_t access_token_verify(struct issuer *is, struct arena *a, const struct access_token_ask *ask,
                          struct diag *why, struct access_claims *ret) MUST_USE;

/* What a scope gives at our own API: `api` all that the principal may, the name of a role what that
 * role may. None of them: nothing. */
perms_t scope_perms(str_t scope);

#endif
