/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/resource.h"

#include "domain/oauth/access_token.h"
#include "domain/oauth/scope.h"

enum { SERVER_NAME_MAX = 64 }; /* as the table `mcp_server` has them */

/* A name that needs no escaping in a path, so that there is one way to write the resource (RFC 9728
 * section 3.3 compares it byte by byte). */
static bool is_server_name(str_t name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && strchr("-_.", c) == NULL)
            return false;
    }
    return name.n > 0 && name.n <= SERVER_NAME_MAX;
}

/* What stands behind the issuer; absent: it is somebody else's. */
static str_t path_of(str_t issuer, str_t resource)
{
    return str_starts(resource, issuer) ? str_sub(resource, issuer.n, resource.n) : STR_NONE;
}

static bool path_is_mcp(str_t path)
{
    const str_t before = STR("/s/");
    const str_t behind = STR(AUDIENCE_MCP);
    if (str_eq(path, behind))
        return true;
    return path.n > before.n + behind.n && str_starts(path, before) && str_ends(path, behind) &&
           is_server_name(str_sub(path, before.n, path.n - before.n - behind.n));
}

bool resource_is_own(str_t issuer, str_t resource)
{
    str_t path = path_of(issuer, resource);
    return path.p != NULL && (str_eq(path, STR(AUDIENCE_API)) || path_is_mcp(path));
}

bool resources_are_mcp(str_t issuer, str_t resources)
{
    str_t one;
    bool mcp = false;
    while (words_next(&resources, &one)) {
        mcp = path_is_mcp(path_of(issuer, one));
        if (!mcp)
            return false;
    }
    return mcp;
}

static err_t resource_check(struct act *act, const struct row_application *app, str_t issuer,
                            str_t resource)
{
    bool his = false;
    if (resource_is_own(issuer, resource))
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
