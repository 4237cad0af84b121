/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/resource.h"

#include "domain/oauth/access_token.h"
#include "domain/oauth/scope.h"

/* What is this server's own: ISSUER and one of these. */
static const char *const own_resources[] = { AUDIENCE_API, AUDIENCE_MCP };

static bool is_own(str_t issuer, str_t resource)
{
    str_t rest = str_sub(resource, issuer.n, resource.n);
    if (!str_starts(resource, issuer))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(own_resources); i++) {
        if (str_eq(rest, str_from_cz(own_resources[i])))
            return true;
    }
    return false;
}

static err_t resource_check(struct act *act, const struct row_application *app, str_t issuer,
                            str_t resource)
{
    bool his = false;
    if (is_own(issuer, resource))
        return E_OK;
    TRY(application_uri_has(act, app->id, APP_URI_RESOURCE, resource, &his));
    return his ? E_OK
               : FAIL(&act->why, E_INVALID_TARGET,
                      "resource is not one that this application is registered with");
}

err_t resources_check(struct act *act, const struct row_application *app,
                      const struct resource_ask *ask, str_t *ret)
{
    str_t list = STR("");
    if (ask->n > RESOURCES_MAX)
        return FAIL(&act->why, E_INVALID_TARGET, "resource: at most %d at once", RESOURCES_MAX);
    for (size_t i = 0; i < ask->n; i++) {
        TRY(resource_check(act, app, ask->issuer, ask->v[i]));
        TRY(words_join(act->arena, list, ask->v[i], &list));
    }
    *ret = list;
    return E_OK;
}

bool scope_is_for_api(str_t scope)
{
    str_t word;
    enum role role;
    while (words_next(&scope, &word)) {
        if (str_eq(word, STR("api")) || role_parse(word, &role) == E_OK)
            return true;
    }
    return false;
}

static err_t add_own(struct arena *a, str_t issuer, const char *path, str_t *list)
{
    str_t one;
    TRY(str_format(a, &one, "%.*s%s", STR_ARG(issuer), path));
    return words_join(a, *list, one, list);
}

err_t resources_audience(struct arena *a, str_t issuer, str_t client_id, str_t scope,
                         str_t resource, str_t *ret)
{
    str_t list = resource;
    if (list.n == 0 && scope_is_for_api(scope))
        TRY(add_own(a, issuer, AUDIENCE_API, &list));
    if (resource.n == 0 && words_have(scope, STR("mcp")))
        TRY(add_own(a, issuer, AUDIENCE_MCP, &list));
    if (words_have(scope, STR("openid")))
        TRY(add_own(a, issuer, AUDIENCE_USERINFO, &list));
    if (list.n == 0)
        list = client_id;
    *ret = list;
    return E_OK;
}
