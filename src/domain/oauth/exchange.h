/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Token exchange (RFC 8693): a service that was called with somebody's token gets one of its own
 * for the next service. It says less than the first, never more: fewer scopes, only audiences that
 * the service is registered for, no longer life, and the whole chain of who acted.
 */
#ifndef DOMAIN_OAUTH_EXCHANGE_H
#define DOMAIN_OAUTH_EXCHANGE_H

#include "domain/access/application.h"
#include "domain/oauth/access_token.h"
#include "domain/oauth/resource.h"

enum { EXCHANGE_CHAIN_MAX = 4 };
#define TOKEN_TYPE_ACCESS "urn:ietf:params:oauth:token-type:access_token"
#define TOKEN_TYPE_JWT    "urn:ietf:params:oauth:token-type:jwt"

struct exchange_ask {
    const struct row_application *app; /* who exchanges */
    const struct access_claims *subject;
    const struct access_claims *actor; /* NULL: the client itself acts */
    str_t scope;                       /* absent: all that is left */
    struct resource_ask resource;
    str_t ip;
};
struct exchange_out {
    str_t scope;
    str_t resource;
    str_t act; /* JSON */
    ts_t exp;  /* no later */
};
/* Both tokens were verified; here what they stand on. E_INVALID_GRANT, E_INVALID_SCOPE,
 * E_INVALID_TARGET. */
err_t exchange(struct act *act, const struct exchange_ask *ask, struct exchange_out *ret) MUST_USE;

/* Was a token given to this client, or for it? Who else shows it has stolen it. */
err_t token_concerns(struct act *act, const struct row_application *app,
                     const struct access_claims *c, bool *ret) MUST_USE;

#endif
