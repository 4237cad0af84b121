/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/gateway/homeassistant.h"

#include "plat/mcp/mcp_name.h"

static err_t person(struct act *act)
{
    return act->actor.kind == ACTOR_USER
               ? E_OK
               : FAIL(&act->why, E_FORBIDDEN, "only a person has a Home Assistant of his own");
}

static struct server_rules rules_of(const struct act *act)
{
    return (struct server_rules){ .owner = act->actor.id, .kind = GATE_KIND_HOMEASSISTANT };
}

err_t ha_url_read(struct act *act, str_t url, str_t *ret)
{
    if (str_find(url, '?') < url.n)
        return diag_set_field(&act->why, E_BAD_FIELD, "url", "want an address without a query");
    while (url.n > 0 && url.p[url.n - 1] == '/')
        url.n--;
    *ret = url;
    return E_OK;
}

err_t ha_url_make(struct arena *a, str_t url, str_t path, str_t *ret)
{
    return str_format(a, ret, "%.*s%.*s", STR_ARG(url), STR_ARG(path));
}

/* What the person sees beside his own: one of the organisation's must not be called the same. */
static err_t name_free(struct act *act, str_t name)
{
    const struct row_server *v = NULL;
    struct row_server *rows = NULL;
    size_t n = 0;
    str_t prefix = str_sub(name, 0, MCP_PREFIX_MAX);
    TRY(server_list(act, (oid_t){ 0 }, (oid_t){ 0 }, SERVERS_MAX, &rows, &n));
    for (v = rows; v < rows + n; v++) {
        if (str_eq(v->name, name) || str_eq(v->prefix, prefix))
            return FAIL(&act->why, E_CONFLICT,
                        "an MCP server of the organisation has this name already: want another");
    }
    return E_OK;
}

static err_t token_put(struct act *act, const struct row_server *row, str_t token)
{
    const struct server_rules rules = rules_of(act);
    const struct credential_in in = { .kind = STR("bearer"), .value = token };
    err_t e = credential_put(act, &rules, row, act->actor.id, &in);
    return e == E_BAD_FIELD ? diag_set_field(&act->why, e, "token", "want printable ASCII") : e;
}

static struct server_in input_of(const struct ha_in *in, str_t url)
{
    return (struct server_in){ .name = in->name,
                               .prefix = str_sub(in->name, 0, MCP_PREFIX_MAX),
                               .url = url,
                               .domains = { in->domains.v, in->domains.n, true } };
}

err_t ha_create(struct act *act, const struct ha_in *in, struct row_server *ret)
{
    const struct server_rules rules = rules_of(act);
    struct row_server row;
    str_t url = STR_NONE;
    TRY(person(act));
    TRY(ha_url_read(act, in->url, &url));
    TRY(name_free(act, in->name));
    struct server_in s = input_of(in, url);
    s.transport = STR("http");
    s.per_user = (opt_bool_t){ true, true };
    s.pinning = STR("off"); /* nobody but him could approve, and its tools are classed by name */
    TRY(server_create(act, &rules, &s, &row));
    TRY(token_put(act, &row, in->token));
    *ret = row;
    return E_OK;
}

err_t ha_change(struct act *act, const struct row_server *old, const struct ha_in *in,
                struct row_server *ret)
{
    const struct server_rules rules = rules_of(act);
    struct row_server row;
    str_t url = STR_NONE;
    TRY(ha_url_read(act, in->url, &url));
    /* Who may write here must not have the stored token sent to a place of his choice. */
    if (in->token.n == 0 && !str_eq(url, old->url))
        return diag_set_field(&act->why, E_BAD_FIELD, "token",
                              "want it anew: the address is another one");
    if (!str_eq(in->name, old->name))
        TRY(name_free(act, in->name));
    const struct server_in s = input_of(in, url);
    TRY(server_change(act, &rules, old, &s, &row));
    if (in->token.n > 0)
        TRY(token_put(act, &row, in->token));
    *ret = row;
    return E_OK;
}

err_t ha_delete(struct act *act, const struct row_server *row)
{
    return server_delete(act, row->id);
}

err_t ha_get(struct act *act, oid_t id, struct row_server *ret)
{
    struct row_server row;
    TRY(person(act));
    err_t e = server_get(act, id, &row);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    if (e != E_OK || !oid_eq(row.owner, act->actor.id) || row.kind != GATE_KIND_HOMEASSISTANT) {
        act_clear_why(act);
        return FAIL(&act->why, E_NOT_FOUND, "you have no such Home Assistant");
    }
    *ret = row;
    return E_OK;
}

err_t ha_list(struct act *act, oid_t after, int64_t limit, struct row_server **ret, size_t *ret_n)
{
    TRY(person(act));
    return server_list(act, act->actor.id, after, limit, ret, ret_n);
}
