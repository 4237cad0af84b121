/* SPDX-License-Identifier: Apache-2.0 */
/* tools/call: from the name that the client knows to a tool of a server, and whether it may be
 * called. */
#include "mcp/call_in.h"
#include "mcp/hub_in.h"
#include "mcp/names.h"
#include "mcp/raw.h"
#include "plat/mcp/mcp_headers.h"

static err_t find(struct call *c, const struct gate_tool **ret)
{
    struct view view;
    struct mcp_named *names;
    size_t n;
    TRY(view_make(c, &view));
    *ret = NULL;
    c->server = NULL;
    if (c->in->face == FACE_ONE) {
        c->server = view.n > 0 ? view.v[0] : NULL;
        c->target = c->peek.name;
    } else {
        TRY(names_of_tools(c->arena, &view, &names, &n));
        const struct mcp_named *row = mcp_names_find(names, n, c->peek.name);
        if (row != NULL) {
            c->server = view.v[row->of];
            c->target = row->name;
        }
    }
    if (c->server != NULL)
        *ret = gate_tool_find(c->server, c->target);
    return E_OK;
}

/* What was listed of the server just now: without it nobody knows whether the tool has changed. */
static const struct list_item *item_of(const struct call *c)
{
    const struct listing *l = c->listing;
    for (size_t i = 0; l != NULL && i < l->n; i++) {
        if (oid_eq(l->rows[i].server, c->server->id))
            return list_items_find(l->rows[i].items, c->target);
    }
    return NULL;
}

static str_t field_of(void *call, str_t name)
{
    const struct call *c = call;
    return mcp_in_field(c->in, name);
}

/* Arguments that the head of a request repeats (x-mcp-header of the schema) are said alike there.
 * False: it was refused. */
static bool heads_agree(struct call *c)
{
    static const char mark[] = "\"x-mcp-header\"";
    CLEANUP(json_freep) struct json *schema = NULL;
    CLEANUP(json_freep) struct json *arguments = NULL;
    struct diag why = { 0 };
    struct mcp_params params;
    str_t d = c->definition;
    bool marked = d.n > 0 && memmem(d.p, d.n, mark, sizeof mark - 1) != NULL;
    if (c->talk == NULL || c->talk->era != MCP_MODERN || !marked)
        return true;
    err_t e = json_parse(raw_member(c->arena, d, STR("inputSchema")), &why, &schema);
    if (e == E_OK)
        e = json_parse(c->peek.arguments.n > 0 ? c->peek.arguments : STR("{}"), &why, &arguments);
    if (e == E_OK)
        e = mcp_params_read(c->arena, schema, &why, &params);
    if (e == E_OK)
        e = mcp_params_check(c->arena, &params, arguments, field_of, c, &why);
    if (e == E_OK)
        return true;
    call_refuse(
        c, &(struct mcp_refusal){ .err = MCP_E_HEADER_MISMATCH, .message = str_from_cz(why.text) });
    return false;
}

static err_t tool_decide(struct call *c)
{
    const struct gate_tool *tool;
    TRY(find(c, &tool));
    if (tool == NULL && c->listing != NULL && listing_refused(c, c->listing, c->peek.name))
        return E_OK;
    if (tool == NULL || tool->state != GATE_TOOL_ACTIVE) {
        call_refuse_as(c, MCP_E_UNKNOWN_TOOL);
        return E_OK;
    }
    c->tool = tool;
    const struct list_item *item = item_of(c);
    if (item != NULL) /* of a tool with Mcp-Param-* the upstream wants them */
        c->definition = item->raw;
    TRY(call_may(c, tool->class, tool->name));
    if (!heads_agree(c))
        return E_OK;
    return c->decision.needs_approval ? call_wait(c) : call_run(c, tool->class);
}

static void tool_listed(struct call *c, struct listing *l)
{
    (void)l;
    call_try(c, tool_decide(c));
}

/* The server whose tool it is, or all of those that it could be of. */
err_t call_tool(struct call *c)
{
    const struct gate_tool *tool;
    struct view view;
    if (c->peek.name.n == 0)
        return E_BAD_FIELD;
    c->state = CALL_LISTING;
    TRY(find(c, &tool));
    if (tool != NULL) {
        view = (struct view){ &c->server, 1 };
        return listing_start(c, LIST_TOOLS, &view, tool_listed);
    }
    TRY(view_make(c, &view));
    return listing_start(c, LIST_TOOLS, &view, tool_listed);
}
