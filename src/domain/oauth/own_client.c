/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/own_client.h"

#include "domain/access/decide.h"
#include "domain/oauth/scope.h"
#include "sql/machine.h"

enum { OWNERS_MAX = 16 }; /* applications with the same resource that are looked at */

err_t own_access(struct act *act, const struct row_application *app,
                 const struct own_principal *who, str_t ip, str_t scope)
{
    struct access_decision decision;
    const struct access_ask ask = { .app = app,
                                    .kind = who->kind,
                                    .principal = who->id,
                                    .org = act->org,
                                    .ip = ip,
                                    .scope = scope };
    TRY(access_decide(act, &ask, &decision));
    if (decision.effect == ACCESS_ALLOW)
        return E_OK;
    return FAIL(&act->why, E_UNAUTHORIZED_CLIENT, "%s may not use this application now",
                who->kind == ACTOR_DEVICE ? "the device" : "the service account");
}

err_t own_principal_of(struct act *act, const struct row_application *app, str_t ip, str_t scope,
                       struct own_principal *ret)
{
    struct sql_application_services_row *rows = NULL;
    size_t n = 0;
    const struct sql_application_services in = { .application_id = app->id, .n = 2 };
    TRY(sql_application_services(act->db, act->arena, &in, &rows, &n));
    if (n != 1)
        return FAIL(&act->why, E_UNAUTHORIZED_CLIENT,
                    "want exactly one service account bound to this application: that is whom its "
                    "tokens speak for");
    struct own_principal who = { ACTOR_SERVICE, rows[0].id, rows[0].name };
    TRY(own_access(act, app, &who, ip, scope));
    *ret = who;
    return E_OK;
}

/* Several applications may have one resource: one that it may use is enough. */
static err_t foreign_check(struct act *act, const struct own_principal *who, str_t uri, str_t ip)
{
    struct sql_application_of_resource_row *rows = NULL;
    size_t n = 0;
    const struct sql_application_of_resource in = { .org = act->org, .uri = uri, .n = OWNERS_MAX };
    TRY(sql_application_of_resource(act->db, act->arena, &in, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        struct row_application app;
        TRY(application_by_id(act, rows[i].id, &app));
        err_t e = own_access(act, &app, who, ip, STR(""));
        if (e != E_UNAUTHORIZED_CLIENT)
            return e;
    }
    act_clear_why(act);
    return FAIL(&act->why, E_INVALID_TARGET,
                "resource is not one that this account may have tokens for");
}

err_t own_resources_check(struct act *act, const struct own_principal *who,
                          const struct resource_ask *ask, str_t ip, str_t *ret)
{
    str_t list = STR("");
    if (ask->n > RESOURCES_MAX)
        return FAIL(&act->why, E_INVALID_TARGET, "resource: at most %d at once", RESOURCES_MAX);
    for (size_t i = 0; i < ask->n; i++) {
        if (!resource_is_own(ask->issuer, ask->v[i]))
            TRY(foreign_check(act, who, ask->v[i], ip));
        TRY(words_join(act->arena, list, ask->v[i], &list));
    }
    *ret = list;
    return E_OK;
}
