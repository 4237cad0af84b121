/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clients that act for nobody but a service account or device (RFC 6749 section 4.4, RFC 7523
 * section 2.1): the account itself, proven by its key, is a client whose client_id is its id; an
 * application with a secret acts as the one service account that is bound to it.
 */
#ifndef DOMAIN_OAUTH_OWN_CLIENT_H
#define DOMAIN_OAUTH_OWN_CLIENT_H

#include "domain/access/application.h"
#include "domain/oauth/resource.h"

/* A key can always get another token: this one is short. */
#define OWN_TOKEN_LIFE DUR_HOURS(1)

struct own_principal {
    enum actor_kind kind;
    oid_t id;
    str_t name;
};

/* The service account that this application acts as. E_UNAUTHORIZED_CLIENT: it is bound to none, or
 * to several, or that one may not use it. `ip` absent: not known. */
err_t own_principal_of(struct act *act, const struct row_application *app, str_t ip, str_t scope,
                       struct own_principal *ret) MUST_USE;

/* What a principal without an application may ask tokens for: this server, and resources of
 * applications of its organisation that it may use. E_INVALID_TARGET. */
err_t own_resources_check(struct act *act, const struct own_principal *who,
                          const struct resource_ask *ask, str_t ip, str_t *ret) MUST_USE;

/* E_UNAUTHORIZED_CLIENT: may this principal use that application now? */
err_t own_access(struct act *act, const struct row_application *app,
                 const struct own_principal *who, str_t ip, str_t scope) MUST_USE;

#endif
