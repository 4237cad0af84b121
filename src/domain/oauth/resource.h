/* SPDX-License-Identifier: Apache-2.0 */
/* What tokens are for (RFC 8707): resources of this server, and those that an application is
 * registered with. */
#ifndef DOMAIN_OAUTH_RESOURCE_H
#define DOMAIN_OAUTH_RESOURCE_H

#include "domain/access/application.h"

enum { RESOURCES_MAX = 8 };

struct resource_ask {
    str_t issuer; /* of this server */
    const str_t *v;
    size_t n; /* 0: it names none */
};

/* One of this server's own: its API, /mcp, or /s/SERVER/mcp. Whether there is an MCP server of that
 * name is not said here: a token for one that is not there opens nothing. */
bool resource_is_own(str_t issuer, str_t resource);
/* Are these, by blanks, MCP endpoints of this server and nothing else? Of none: no. */
bool resources_are_mcp(str_t issuer, str_t resources);

/* The list as it is stored, by blanks; empty: none was asked for. E_INVALID_TARGET. */
err_t resources_check(struct act *act, const struct row_application *app,
                      const struct resource_ask *ask, str_t *ret) MUST_USE;

/*
 * The audience of an access token, by blanks: what was granted; where that names nothing, what the
 * scopes are for; and /oauth2/userinfo with the scope `openid`. Never empty: a token for nobody
 * else is for the client alone.
 */
err_t resources_audience(struct arena *a, str_t issuer, str_t client_id, str_t scope,
                         str_t resource, str_t *ret) MUST_USE;
/* Is one of these scopes for this server's API? */
bool scope_is_for_api(str_t scope);

#endif
