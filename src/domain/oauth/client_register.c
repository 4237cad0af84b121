/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/client_register.h"

#include "sql/machine.h"

err_t client_quota_check(struct act *act, enum app_origin origin)
{
    struct sql_registered_count_row count;
    TRY(sql_registered_count(act->db, act->arena,
                             &(struct sql_registered_count){ .org = act->org, .origin = origin },
                             &count));
    if (count.n >= REGISTERED_CLIENTS_MAX)
        return FAIL(&act->why, E_CONFLICT,
                    "%d clients came by themselves already: an administrator has to delete some",
                    REGISTERED_CLIENTS_MAX);
    return E_OK;
}

err_t client_register(struct act *act, const struct client_metadata *m, const struct names *groups,
                      struct registered_client *ret)
{
    struct application_in in;
    struct registered_client made = { .secret.n = 0 };
    TRY(client_quota_check(act, APP_REGISTERED));
    TRY(client_metadata_words(act, m, &in));
    token_make(STR("sen_g_"), &made.token);
    digest_t hash = sha256_of(str_of(made.token.p, made.token.n));
    in.origin = APP_REGISTERED;
    in.registration_hash = str_of(hash.b, sizeof hash.b);
    in.groups = *groups;
    err_t e = application_create(act, &in, &made.app, &made.secret);
    if (e == E_OK)
        *ret = made;
    explicit_bzero(&made, sizeof made);
    return client_metadata_error(act, e);
}

err_t client_registration_find(struct act *act, str_t client_id, str_t token,
                               struct row_application *ret)
{
    struct row_application app;
    digest_t hash = sha256_of(token);
    err_t e = application_by_client(act, client_id, &app);
    bool good = e == E_OK && app.origin == APP_REGISTERED && app.status == APP_ACTIVE &&
                app.registration_hash.n == sizeof hash.b &&
                bytes_eq_ct(app.registration_hash.p, hash.b, sizeof hash.b);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    if (!good) {
        act_clear_why(act);
        return FAIL(&act->why, E_UNAUTHENTICATED, "this is not the token of that client");
    }
    act->org = app.org;
    *ret = app;
    return E_OK;
}

err_t client_registration_change(struct act *act, const struct row_application *app,
                                 const struct client_metadata *m, struct registered_client *ret)
{
    struct application_in in;
    struct registered_client made = { .secret.n = 0 };
    TRY(client_metadata_words(act, m, &in));
    in.kind = STR_NONE;
    if (m->jwks.p == NULL)
        in.jwks = STR("");
    if (m->jwks_uri.p == NULL)
        in.jwks_uri = STR("");
    TRY(client_metadata_error(act, application_change(act, app->id, &in, &made.app)));
    if (made.app.auth_method.v == CLIENT_AUTH_SECRET && app->auth_method.v != CLIENT_AUTH_SECRET)
        TRY(application_renew_secret(act, app->id, &made.app, &made.secret));
    *ret = made;
    return E_OK;
}
