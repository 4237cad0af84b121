/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identity Assertion JWT Authorization Grants, "ID-JAG"
 * (draft-ietf-oauth-identity-assertion-authz-grant; MCP's enterprise-managed authorization): an
 * issuer of identity says to another authorization server that one of its people may use one of its
 * clients there. Made for the id_token of a client (RFC 8693), good once for an access token (RFC
 * 7523). This server is at either end, or at both.
 */
#ifndef DOMAIN_OAUTH_ID_JAG_H
#define DOMAIN_OAUTH_ID_JAG_H

#include "domain/oauth/assertion.h"
#include "domain/oauth/issuer.h"
#include "domain/oauth/profile.h"
#include "domain/oauth/resource.h"
#include "domain/signin/upstream.h"

#define ID_JAG_TYP           "oauth-id-jag+jwt"
#define ID_JAG_LIFE          DUR_S(300) /* of those that are made here */
#define ID_JAG_PROFILE       "urn:ietf:params:oauth:grant-profile:id-jag"
#define TOKEN_TYPE_ID_JAG    "urn:ietf:params:oauth:token-type:id-jag"
#define TOKEN_TYPE_ID        "urn:ietf:params:oauth:token-type:id_token"
#define TOKEN_TYPE_NO_BEARER "N_A" /* RFC 8693 section 2.2.1: it opens nothing by itself */

struct id_jag_in {
    str_t issuer;
    str_t audience; /* issuer of the authorization server that it is for */
    str_t client_id;
    str_t resource; /* by blanks */
    str_t scope;    /* empty: none */
    oid_t session;
    ts_t auth_at;
    bool second; /* he has shown a second factor */
    ts_t now;
    const struct profile *profile; /* `sub`, and what the client may know of him */
};
/* Append the token. On a worker, without a store. */
err_t id_jag_mint(struct issuer *is, const struct id_jag_in *in, struct buf *b) MUST_USE;

/* What one says of itself, before anything of it is proven: whose keys are to be asked for. */
struct id_jag_look {
    bool is; /* by the `typ` of its header */
    str_t iss;
    str_t client_id;
};
/* E_NO_MEMORY; what cannot be read is none. */
err_t id_jag_look(struct arena *a, str_t text, struct id_jag_look *ret) MUST_USE;

struct id_jag_ask {
    str_t text;
    str_t issuer;                        /* of this server: what `aud` must be */
    const struct row_provider *provider; /* who made it; NULL: this server */
    str_t jwks;                          /* of the provider */
};
struct id_jag {
    const struct row_provider *provider; /* NULL: this server; then the next two are set */
    oid_t user;
    oid_t session;
    struct upstream_identity who; /* else this */
    str_t client_id;
    const str_t *resource;
    size_t resource_n;
    str_t scope;    /* absent: not said */
    str_t dpop_jkt; /* absent: not bound */
    struct assertion spent;
};
/* E_INVALID_GRANT. E_NOT_FOUND: the provider's set has no key of this kid (it may be newer). */
err_t id_jag_read(struct act *act, struct issuer *is, const struct id_jag_ask *ask,
                  struct id_jag *ret) MUST_USE;

#endif
