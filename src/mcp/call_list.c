/* SPDX-License-Identifier: Apache-2.0 */
/* tools/list and its neighbours: what several upstreams list, merged, without what the principal
 * may not have. */
#include "mcp/call_in.h"
#include "mcp/hub_in.h"
#include "mcp/names.h"
#include "plat/mcp/mcp_edit.h"

/* What clients of 2026-07-28 may keep a list for; a change is told to who listens. */
#define LIST_HINT_MS 0

static const enum mcp_method_id methods[NODE_LISTS] = {
    [LIST_TOOLS] = MCP_M_TOOLS_LIST,
    [LIST_PROMPTS] = MCP_M_PROMPTS_LIST,
    [LIST_RESOURCES] = MCP_M_RESOURCES_LIST,
    [LIST_TEMPLATES] = MCP_M_RESOURCE_TEMPLATES,
};

static enum node_list_kind kind_of(const struct call *c)
{
    unsigned i = 0;
    while (methods[i] != c->method->id)
        i++;
    return (enum node_list_kind)i;
}

/* Is it listed for this principal? */
static bool may_see(const struct call *c, enum node_list_kind kind, const struct gate_server *s,
                    str_t name)
{
    struct gate_decision d;
    struct gate_ask ask = { .access = c->access, .server = s, .tool = name, .class = GATE_READ };
    if (kind == LIST_TOOLS) {
        const struct gate_tool *tool = gate_tool_find(s, name);
        if (tool == NULL || tool->state != GATE_TOOL_ACTIVE)
            return false;
        ask.class = tool->class;
    } else {
        const char *what = kind == LIST_PROMPTS ? GATE_PROMPT : GATE_RESOURCE;
        if (str_format(c->arena, &ask.tool, "%s%.*s", what, STR_ARG(name)) != E_OK)
            return false;
    }
    gate_decide(&ask, &d);
    return d.listed;
}

struct merge {
    struct call *c;
    struct listing *l;
    struct view view;
    struct mcp_named *names; /* of /mcp; NULL: as they are */
    size_t names_n;
    struct buf *b;
    size_t n;
};

static err_t put_item(struct merge *m, const struct gate_server *s, const struct list_item *item)
{
    str_t raw;
    buf_add(m->b, m->n++ == 0 ? STR("") : STR(","));
    if (m->names == NULL) {
        buf_add(m->b, item->raw);
        return m->b->err;
    }
    str_t joined = names_joined(m->c->arena, m->names, m->names_n, s->prefix, item->name);
    TRY(mcp_raw_text(m->c->arena, joined, &raw));
    const struct mcp_edit edit = { .name = STR("name"), .value = raw };
    return mcp_edit(m->c->arena, item->raw, &edit, 1, m->b);
}

static err_t put_row(struct merge *m, size_t i)
{
    const struct gate_server *s = gate_server_by_id(m->c->catalogue, m->l->rows[i].server);
    const struct list_items *items = m->l->rows[i].items;
    if (s == NULL || items == NULL || !s->active)
        return E_OK;
    for (size_t j = 0; j < items->n; j++) {
        const struct list_item *item = &items->v[j];
        bool named =
            m->names == NULL ||
            names_joined(m->c->arena, m->names, m->names_n, s->prefix, item->name).p != NULL;
        if (named && may_see(m->c, m->l->kind, s, item->name))
            TRY(put_item(m, s, item));
    }
    return E_OK;
}

static err_t merge_names(struct merge *m)
{
    struct call *c = m->c;
    if (c->in->face == FACE_ONE)
        return E_OK;
    if (m->l->kind == LIST_TOOLS)
        return names_of_tools(c->arena, &m->view, &m->names, &m->names_n);
    if (m->l->kind == LIST_PROMPTS)
        return names_of_items(c->arena, &m->view, m->l, &m->names, &m->names_n);
    return E_OK; /* what has a URI is known by it */
}

static err_t merge_run(struct merge *m)
{
    TRY(view_make(m->c, &m->view));
    TRY(merge_names(m));
    buf_addf(m->b, "{\"%s\":[", list_words[m->l->kind].member);
    for (size_t i = 0; i < m->l->n; i++)
        TRY(put_row(m, i));
    BUF_ADD(m->b, "]}");
    return m->b->err;
}

static void list_ready(struct call *c, struct listing *l)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, 4 * hub_settings(c->hub)->message_max);
    struct merge m = { .c = c, .l = l, .b = &b };
    if (listing_refused(c, l, STR("")))
        return;
    err_t e = merge_run(&m);
    if (e == E_OK)
        call_result(c, buf_str(&b), &(struct call_hint){ .list = true, .ttl_ms = LIST_HINT_MS });
    else
        call_try(c, e);
}

err_t call_list(struct call *c)
{
    struct view view;
    c->state = CALL_LISTING;
    TRY(view_make(c, &view));
    return listing_start(c, kind_of(c), &view, list_ready);
}
