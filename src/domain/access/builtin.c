/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that are part of the server. Everybody of every organisation may use them. */
#include "domain/access/app_draft.h"

/* RFC 8252 section 7.3: the port of a loopback redirect is any. */
static const str_t cli_redirects[] = {
    { "http://127.0.0.1/callback", 25 },
    { "http://[::1]/callback", 21 },
};

/* The name of a role: what the person may, cut to that role. */
#define CLI_SCOPES                                                                                 \
    STR("openid profile email groups offline_access api mcp administrator operator auditor "       \
        "enroller user")
enum { CLI_GRANTS = APP_GRANT_CODE | APP_GRANT_REFRESH | APP_GRANT_DEVICE_CODE };

/* What is there already stays. */
static err_t cli_uris(struct act *act, oid_t id)
{
    for (size_t i = 0; i < ARRAY_LEN(cli_redirects); i++) {
        bool there = false;
        struct sql_application_uri_add uri = { .application_id = id,
                                               .kind = APP_URI_REDIRECT,
                                               .uri = cli_redirects[i] };
        TRY(application_uri_has(act, id, APP_URI_REDIRECT, uri.uri, &there));
        if (!there)
            TRY(sql_application_uri_add(act->db, &uri));
    }
    return E_OK;
}

static err_t cli_make(struct act *act, oid_t org)
{
    struct row_application row;
    draft_defaults(APP_OIDC, &row);
    struct sql_application_save add = {
        .id = oid_make(),
        .org = org,
        .name = STR("Seneschal command line"),
        .name_key = STR("seneschal command line"),
        .kind = row.kind,
        .origin = APP_BUILT_IN,
        .status = row.status,
        .client_id = STR(CLI_CLIENT_ID),
        .client_type = { true, CLIENT_PUBLIC },
        .auth_method = { true, CLIENT_AUTH_NONE },
        .grants = CLI_GRANTS,
        .scopes = CLI_SCOPES,
        .id_token_alg = row.id_token_alg,
        .native = 1,
        .pkce = row.pkce,
        .now = act->now,
    };
    TRY(sql_application_save(act->db, &add));
    return cli_uris(act, add.id);
}

/* A store that an older program made: nobody else changes what is built in. */
static err_t cli_renew(struct act *act, const struct row_application *row)
{
    const struct sql_application_renew renew = {
        .id = row->id, .grants = CLI_GRANTS, .scopes = CLI_SCOPES, .now = act->now
    };
    if (row->grants != renew.grants || !str_eq(row->scopes, renew.scopes))
        TRY(sql_application_renew(act->db, &renew));
    return cli_uris(act, row->id);
}

err_t applications_complete(struct act *act, oid_t default_org)
{
    struct sql_application_by_client in = { .client_id = STR(CLI_CLIENT_ID) };
    struct row_application row;
    err_t e = sql_application_by_client(act->db, act->arena, &in, &row);
    if (e == E_NOT_FOUND)
        return cli_make(act, default_org);
    return e == E_OK ? cli_renew(act, &row) : e;
}
