/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that are part of the server. Everybody of every organisation may use them. */
#include "domain/access/app_draft.h"

/* RFC 8252 section 7.3: the port of a loopback redirect is any. */
static const str_t cli_redirects[] = {
    { "http://127.0.0.1/callback", 25 },
    { "http://[::1]/callback", 21 },
};

static err_t cli_make(struct act *act, oid_t org)
{
    struct row_application row;
    draft_defaults(APP_OIDC, &row);
    struct sql_application_add add = {
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
        .grants = APP_GRANT_CODE | APP_GRANT_REFRESH | APP_GRANT_DEVICE_CODE,
        .scopes =
            STR("openid profile email groups offline_access api administrator operator auditor "
                "enroller user"), /* a role's name: what the person may, cut to that role */
        .id_token_alg = row.id_token_alg,
        .native = 1,
        .pkce = row.pkce,
        .now = act->now,
    };
    TRY(sql_application_add(act->db, &add));
    for (size_t i = 0; i < ARRAY_LEN(cli_redirects); i++) {
        struct sql_application_uri_add uri = { .application_id = add.id,
                                               .kind = APP_URI_REDIRECT,
                                               .uri = cli_redirects[i] };
        TRY(sql_application_uri_add(act->db, &uri));
    }
    return E_OK;
}

err_t applications_complete(struct act *act, oid_t default_org)
{
    struct sql_application_by_client in = { .client_id = STR(CLI_CLIENT_ID) };
    struct row_application row;
    err_t e = sql_application_by_client(act->db, act->arena, &in, &row);
    return e == E_NOT_FOUND ? cli_make(act, default_org) : e;
}
