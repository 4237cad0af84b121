/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/consent.h"

#include "domain/oauth/scope.h"
#include "sql/oauth.h"

/* Scopes that a person allowed this client before; empty: none. */
static err_t allowed(struct act *act, oid_t app, oid_t user, str_t *ret)
{
    struct sql_oauth_consent_get in = { .application_id = app, .user_id = user };
    struct sql_oauth_consent_get_row row;
    err_t e = sql_oauth_consent_get(act->db, act->arena, &in, &row);
    if (e == E_NOT_FOUND) {
        *ret = STR("");
        return E_OK;
    }
    TRY(e);
    *ret = row.scope;
    return E_OK;
}

err_t consent_is_due(struct act *act, const struct row_application *app, oid_t user, str_t scope,
                     bool *ret)
{
    bool vouched = app->origin == APP_BY_ADMIN || app->origin == APP_BY_FILE;
    str_t before = STR_NONE;
    if (vouched && app->consent == 0) {
        *ret = false;
        return E_OK;
    }
    TRY(allowed(act, app->id, user, &before));
    *ret = (!vouched && app->native != 0) || before.n == 0 || !words_cover(before, scope);
    return E_OK;
}

err_t consent_give(struct act *act, const struct row_application *app, oid_t user, str_t scope)
{
    str_t before = STR_NONE;
    struct sql_oauth_consent_put row = { .application_id = app->id,
                                         .user_id = user,
                                         .now = act->now };
    TRY(allowed(act, app->id, user, &before));
    TRY(words_join(act->arena, before, scope, &row.scope));
    return sql_oauth_consent_put(act->db, &row);
}
