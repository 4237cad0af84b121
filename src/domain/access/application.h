/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applications: what people sign in to, an OIDC client or a host behind forward-auth. All in
 * act->org but where it is said. Results live in act->arena.
 */
#ifndef DOMAIN_ACCESS_APPLICATION_H
#define DOMAIN_ACCESS_APPLICATION_H

#include "domain/identity/account.h"
#include "plat/crypto/crypto.h"
#include "sql/access.h"

/* Numbers of the table `application`. */
enum app_kind { APP_OIDC = 1, APP_FORWARD_AUTH };
enum app_origin {
    APP_BY_ADMIN = 1,
    APP_BY_FILE,
    APP_REGISTERED, /* RFC 7591 */
    APP_METADATA,   /* its client_id is the URL of its metadata document */
    APP_BUILT_IN    /* serves every organisation */
};
enum app_status { APP_ACTIVE = 1, APP_DISABLED };
enum client_type { CLIENT_PUBLIC = 1, CLIENT_CONFIDENTIAL };
enum client_auth { CLIENT_AUTH_NONE = 1, CLIENT_AUTH_SECRET, CLIENT_AUTH_KEY };
enum id_token_alg { ID_TOKEN_ES256 = 1, ID_TOKEN_RS256 };
enum app_grant { /* bits */
                 APP_GRANT_CODE = 1,
                 APP_GRANT_REFRESH = 2,
                 APP_GRANT_CLIENT_CREDENTIALS = 4,
                 APP_GRANT_DEVICE_CODE = 8,
                 APP_GRANT_JWT_BEARER = 16,
                 APP_GRANT_TOKEN_EXCHANGE = 32
};
enum app_uri_kind {
    APP_URI_REDIRECT = 1,
    APP_URI_LOGOUT,   /* post_logout_redirect_uri */
    APP_URI_RESOURCE, /* RFC 8707: what its tokens may be for */
    APP_URI_ORIGIN,   /* of its pages */
    APP_URI_KINDS
};

/* The client of `seneschal login`, in the organisation `default`. */
#define CLI_CLIENT_ID "seneschal-cli"

/* Words, as they come from outside. In a change: absent leaves it as it is, empty text clears. */
struct application_in {
    str_t name;
    str_t kind;      /* only of a new one: "oidc" "forward_auth" */
    str_t client_id; /* only of a new one; absent: an id */
    str_t status;    /* only in a change: "active" "disabled" */
    str_t description;
    str_t icon;
    str_t launch_url;
    str_t host;
    str_t client_type; /* "public" "confidential" */
    str_t auth_method; /* "none" "client_secret" "private_key_jwt" */
    str_t id_token_alg;
    str_t jwks; /* a JSON object as text */
    str_t jwks_uri;
    str_t backchannel_logout_uri;
    struct names uris[APP_URI_KINDS]; /* by enum app_uri_kind; [0] is unused */
    struct names grants;              /* "authorization_code" ... */
    struct names scopes;
    struct names groups; /* only of a new one: ids or names that are bound to it */
    opt_bool_t admin;
    opt_bool_t native;
    opt_bool_t pkce;
    opt_bool_t par;
    opt_bool_t dpop;
    opt_bool_t consent;
    opt_i64_t access_life; /* seconds; 0: the server's own */
    opt_i64_t refresh_life;
    opt_i64_t refresh_grace;
    enum app_origin origin;  /* only of a new one; 0: an administrator */
    str_t registration_hash; /* of APP_REGISTERED its token's, of APP_METADATA its document's */
};

/* E_CONFLICT: name, host or client_id is taken. E_BAD_FIELD. *ret_secret is set (n > 0) where the
 * client has one: its text is given this once; wipe it. */
err_t application_create(struct act *act, const struct application_in *in,
                         struct row_application *ret, struct token_text *ret_secret) MUST_USE;
/* E_NOT_FOUND, for one of administrators too where the actor may not write applications. */
err_t application_get(struct act *act, oid_t id, struct row_application *ret) MUST_USE;
/* E_CONFLICT: it is built in, beside what a new one is refused for. Whoever is signed in to it
 * stays so, unless it is disabled. */
err_t application_change(struct act *act, oid_t id, const struct application_in *in,
                         struct row_application *ret) MUST_USE;
/* With its bindings, rules and all that was granted at it. E_CONFLICT: it is built in. */
err_t application_delete(struct act *act, oid_t id) MUST_USE;
/* A new secret; the old one ends at once. E_CONFLICT: the client has none. */
err_t application_renew_secret(struct act *act, oid_t id, struct row_application *ret,
                               struct token_text *ret_secret) MUST_USE;

struct application_filter {
    str_t search; /* how the name begins, in any case */
    oid_t target; /* a group, person or service account: those that a binding of it opens */
};
/* In the order of their making, after the id `after`. */
err_t application_page(struct act *act, const struct application_filter *f, oid_t after, int64_t n,
                       struct row_application **ret, size_t *ret_n) MUST_USE;
/* Of how many that is a page; exact up to NAMES_COUNT_MAX. */
err_t application_count(struct act *act, const struct application_filter *f, int64_t *ret) MUST_USE;

/* Of any organisation, whatever its status. E_NOT_FOUND. */
err_t application_by_client(struct act *act, str_t client_id, struct row_application *ret) MUST_USE;
err_t application_by_id(struct act *act, oid_t id, struct row_application *ret) MUST_USE;
/* `host`: canonical (app_uri.h). */
err_t application_by_host(struct act *act, str_t host, struct row_application *ret) MUST_USE;

/* By bytes: RFC 9700 section 4.1.3 wants exact comparison. */
err_t application_uri_has(struct act *act, oid_t id, enum app_uri_kind kind, str_t uri,
                          bool *ret) MUST_USE;
/* By kind, in byte order. */
err_t application_uris(struct act *act, oid_t id, struct sql_application_uris_row **ret,
                       size_t *ret_n) MUST_USE;

/* The built-in clients, where they are missing; at each start, in the organisation `default`. */
err_t applications_complete(struct act *act, oid_t default_org) MUST_USE;

#endif
