/* SPDX-License-Identifier: Apache-2.0 */
/* Tools as people write them. */
#include "domain/gateway/permission.h"
#include "plat/mcp/mcp_name.h"

#define FIELD_TOOL "tool"
#define ANY        STR("*")

static err_t bad(struct act *act, const char *want)
{
    return diag_set_field(&act->why, E_BAD_FIELD, FIELD_TOOL, "%s", want);
}

err_t server_names_load(struct act *act, struct server_names *ret)
{
    struct sql_server_names in = { .org = act->org, .limit = GATE_SERVERS_MAX };
    struct row_server_name *rows = NULL;
    size_t n = 0;
    TRY(sql_server_names(act->db, act->arena, &in, &rows, &n));
    *ret = (struct server_names){ rows, n };
    return E_OK;
}

static err_t by_name(struct act *act, str_t server, str_t tool, struct gate_place *ret)
{
    struct sql_server_by_name in = { .org = act->org, .name = server };
    struct row_server row;
    if (tool.n == 0)
        return bad(act, N_("want SERVER/TOOL, SERVER/*, PREFIX__TOOL or *"));
    if (str_eq(server, STR(OWN_HOMEASSISTANT))) {
        *ret = (struct gate_place){ gate_own_homeassistant, tool };
        return E_OK;
    }
    err_t e = sql_server_by_name(act->db, act->arena, &in, &row);
    if (e == E_NOT_FOUND)
        return diag_set_field(&act->why, E_BAD_FIELD, FIELD_TOOL, "there is no server %.*s",
                              (int)(server.n < 64 ? server.n : 64), server.p);
    TRY(e);
    *ret = (struct gate_place){ row.id, tool };
    return E_OK;
}

/* What stands behind the prefix; absent: it begins otherwise. */
static str_t behind(str_t text, str_t prefix)
{
    str_t rest = str_sub(text, prefix.n, text.n);
    if (!str_starts(text, prefix) || !str_starts(rest, STR("__")) || rest.n == 2)
        return STR_NONE;
    return str_sub(rest, 2, rest.n);
}

/* The tool of this server that has this name behind the one door; absent: none was seen. */
static err_t seen_as(struct act *act, const struct row_server_name *server, str_t text, str_t *ret)
{
    struct sql_tool_names in = { .server_id = server->id, .limit = GATE_TOOLS_MAX };
    struct sql_tool_names_row *rows = NULL;
    size_t n = 0;
    *ret = STR_NONE;
    TRY(sql_tool_names(act->db, act->arena, &in, &rows, &n));
    for (size_t i = 0; i < n && ret->p == NULL; i++) {
        str_t joined = STR_NONE;
        TRY(mcp_name_join(act->arena, server->prefix, rows[i].name, &joined));
        if (str_eq(joined, text))
            *ret = rows[i].name;
    }
    return E_OK;
}

struct matches {
    struct gate_place seen;
    struct gate_place said;
    size_t seen_n;
    size_t said_n;
};

static err_t by_prefix(struct act *act, str_t text, struct gate_place *ret)
{
    struct server_names names;
    struct matches m = { .seen_n = 0 };
    TRY(server_names_load(act, &names));
    for (size_t i = 0; i < names.n; i++) {
        const struct row_server_name *s = &names.v[i];
        str_t tool = behind(text, s->prefix);
        if (oid_is_set(s->owner) || tool.p == NULL)
            continue;
        m.said = (struct gate_place){ s->id, tool };
        m.said_n++;
        TRY(seen_as(act, s, text, &tool));
        if (tool.p != NULL) {
            m.seen = (struct gate_place){ s->id, tool };
            m.seen_n++;
        }
    }
    if (m.said_n == 0)
        return bad(act,
                   N_("there is no server with this prefix: want SERVER/TOOL, PREFIX__TOOL or *"));
    if (m.seen_n > 1 || (m.seen_n == 0 && m.said_n > 1))
        return bad(act, N_("it may be a tool of several servers: write it as SERVER/TOOL"));
    *ret = m.seen_n == 1 ? m.seen : m.said;
    return E_OK;
}

err_t tool_place(struct act *act, str_t text, struct gate_place *ret)
{
    size_t slash = str_find(text, '/');
    if (str_eq(text, ANY)) {
        *ret = (struct gate_place){ .tool = ANY };
        return E_OK;
    }
    if (slash < text.n)
        return by_name(act, str_sub(text, 0, slash), str_sub(text, slash + 1, text.n), ret);
    return by_prefix(act, text, ret);
}

err_t tool_text(struct arena *a, const struct server_names *names, const struct gate_place *place,
                str_t *ret)
{
    if (!oid_is_set(place->server)) {
        *ret = ANY;
        return E_OK;
    }
    if (oid_eq(place->server, gate_own_homeassistant))
        return str_format(a, ret, OWN_HOMEASSISTANT "/%.*s", STR_ARG(place->tool));
    for (size_t i = 0; i < names->n; i++) {
        if (oid_eq(names->v[i].id, place->server))
            return str_format(a, ret, "%.*s/%.*s", STR_ARG(names->v[i].name), STR_ARG(place->tool));
    }
    return E_CORRUPT; /* its rows went with it */
}
