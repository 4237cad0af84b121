/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prompts/get, resources and completion/complete: which server is meant. Behind /s/{server}/mcp
 * that is said; behind /mcp a prompt has its prefix, and a resource belongs to whoever lists its
 * URI, or a template that it fits. For permissions they are what only reads, under the names
 * "prompt:NAME" and "resource:URI", which no tool can have.
 */
#include "mcp/call_in.h"
#include "mcp/hub_in.h"
#include "mcp/names.h"
#include "mcp/watch.h"
#include "plat/json/out.h"
#include "plat/mcp/mcp_edit.h"

/* The gateway subscribes once for all of its sessions. */
static err_t subscribe(struct call *c)
{
    struct node *n = node_get(c->hub, c->catalogue, c->server, c->access->person);
    err_t e = E_OK;
    if (n == NULL || c->session == NULL)
        return E_NO_MEMORY;
    if (!c->hub->ports.may_record(c->hub->ports.arg)) {
        call_refuse_as(c, MCP_E_RECORD);
        return E_OK;
    }
    if (c->method->id == MCP_M_RESOURCES_SUBSCRIBE)
        e = watch_resource(c->session, n, c->target);
    else
        watch_resource_end(c->session, n, c->target);
    if (e != E_OK)
        return e;
    c->state = CALL_RUNNING; /* what was done stands on the record */
    call_result(c, STR("{}"), &(struct call_hint){ 0 });
    return E_OK;
}

static err_t run_if_may(struct call *c, const char *kind)
{
    str_t what;
    if (c->server == NULL)
        return E_NOT_FOUND;
    TRY(str_format(c->arena, &what, "%s%.*s", kind, STR_ARG(c->target)));
    TRY(call_may(c, GATE_READ, what));
    bool watches =
        c->method->id == MCP_M_RESOURCES_SUBSCRIBE || c->method->id == MCP_M_RESOURCES_UNSUBSCRIBE;
    return watches ? subscribe(c) : call_run(c, GATE_READ);
}

/* Of /s/{server}/mcp. */
static err_t run_here(struct call *c, const struct view *view, str_t target, const char *kind)
{
    c->server = view->n > 0 ? view->v[0] : NULL;
    c->target = target;
    return run_if_may(c, kind);
}

/* ---- prompts ---- */

static err_t prompt_find(struct call *c, const struct listing *l, str_t name)
{
    struct view view;
    struct mcp_named *names;
    size_t n;
    TRY(view_make(c, &view));
    TRY(names_of_items(c->arena, &view, l, &names, &n));
    const struct mcp_named *row = mcp_names_find(names, n, name);
    if (row == NULL)
        return E_NOT_FOUND;
    c->server = view.v[row->of];
    return str_copy(c->arena, row->name, &c->target);
}

static err_t prompt_run(struct call *c, const struct listing *l)
{
    TRY(prompt_find(c, l, c->peek.name));
    return run_if_may(c, GATE_PROMPT);
}

static void no_such(struct call *c, err_t e, str_t message)
{
    if (e == E_NOT_FOUND)
        call_refuse(c, &(struct mcp_refusal){ .err = MCP_E_INVALID_PARAMS, .message = message });
    else
        call_try(c, e);
}

static void prompt_listed(struct call *c, struct listing *l)
{
    no_such(c, prompt_run(c, l), STR("Unknown prompt"));
}

err_t call_prompt(struct call *c)
{
    struct view view;
    if (c->peek.name.n == 0)
        return E_BAD_FIELD;
    TRY(view_make(c, &view));
    if (c->in->face == FACE_ONE) {
        no_such(c, run_here(c, &view, c->peek.name, GATE_PROMPT), STR("Unknown prompt"));
        return E_OK;
    }
    c->state = CALL_LISTING;
    return listing_start(c, LIST_PROMPTS, &view, prompt_listed);
}

/* ---- resources ---- */

/* Does the URI begin as the template does before its first expression (RFC 6570), and end so? */
static bool fits(str_t template, str_t uri)
{
    size_t from = str_find(template, '{');
    size_t to = template.n;
    while (to > from && template.p[to - 1] != '}')
        to--;
    return uri.n + to >= from + template.n && str_starts(uri, str_sub(template, 0, from)) &&
           str_ends(uri, str_sub(template, to, template.n));
}

static bool row_has(const struct listing *l, size_t i, str_t uri)
{
    const struct list_items *items = l->rows[i].items;
    if (l->kind == LIST_RESOURCES)
        return list_items_find(items, uri) != NULL;
    for (size_t j = 0; items != NULL && j < items->n; j++) {
        if (fits(items->v[j].name, uri))
            return true;
    }
    return false;
}

static const struct gate_server *owner_of(const struct call *c, const struct listing *l, str_t uri)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct gate_server *s = gate_server_by_id(c->catalogue, l->rows[i].server);
        if (s != NULL && row_has(l, i, uri))
            return s;
    }
    return NULL;
}

static void resource_unknown(struct call *c)
{
    str_t uri;
    struct mcp_refusal r = { .err = MCP_E_RESOURCE_NOT_FOUND };
    if (mcp_raw_text(c->arena, c->target, &uri) == E_OK)
        err_ignore(str_format(c->arena, &r.data, "{\"uri\":%.*s}", STR_ARG(uri))); /* or without */
    call_refuse(c, &r);
}

static void resource_run(struct call *c)
{
    err_t e = run_if_may(c, GATE_RESOURCE);
    if (e == E_NOT_FOUND)
        resource_unknown(c);
    else
        call_try(c, e);
}

static void templates_listed(struct call *c, struct listing *l)
{
    c->server = owner_of(c, l, c->target);
    resource_run(c);
}

static void resources_listed(struct call *c, struct listing *l)
{
    struct view view;
    c->server = owner_of(c, l, c->target);
    if (c->server != NULL) {
        resource_run(c);
        return;
    }
    listing_end(l);
    err_t e = view_make(c, &view);
    if (e == E_OK)
        e = listing_start(c, LIST_TEMPLATES, &view, templates_listed);
    call_try(c, e);
}

static err_t resource_start(struct call *c)
{
    struct view view;
    TRY(view_make(c, &view));
    if (c->in->face == FACE_ONE) {
        c->server = view.n > 0 ? view.v[0] : NULL;
        resource_run(c);
        return E_OK;
    }
    c->state = CALL_LISTING;
    return listing_start(c, LIST_RESOURCES, &view, resources_listed);
}

err_t call_resource(struct call *c)
{
    if (c->peek.uri.n == 0)
        return E_BAD_FIELD;
    c->target = c->peek.uri;
    return resource_start(c);
}

/* ---- completion ---- */

static str_t text_of(const struct json *o, str_t name)
{
    const struct json *v = json_member(o, name);
    return v != NULL && json_type(v) == JSON_STRING ? json_string(v) : STR_NONE;
}

/* What is completed: {"type":"ref/prompt","name":...} or {"type":"ref/resource","uri":...}. */
static err_t reference(struct call *c, bool *ret_prompt, str_t *ret)
{
    CLEANUP(json_freep) struct json *params = NULL;
    TRY(json_parse(c->peek.params, NULL, &params));
    const struct json *ref =
        json_type(params) == JSON_OBJECT ? json_member(params, STR("ref")) : NULL;
    if (ref == NULL || json_type(ref) != JSON_OBJECT)
        return E_BAD_FIELD;
    *ret_prompt = str_eq(text_of(ref, STR("type")), STR("ref/prompt"));
    str_t what = text_of(ref, *ret_prompt ? STR("name") : STR("uri"));
    if (what.n == 0)
        return E_BAD_FIELD;
    return str_copy(c->arena, what, ret);
}

static err_t complete_run(struct call *c, const struct listing *l)
{
    str_t raw;
    TRY(prompt_find(c, l, c->target));
    TRY(mcp_raw_text(c->arena, c->target, &raw));
    TRY(str_format(c->arena, &c->reference, "{\"type\":\"ref/prompt\",\"name\":%.*s}",
                   STR_ARG(raw)));
    return run_if_may(c, GATE_PROMPT);
}

static void complete_listed(struct call *c, struct listing *l)
{
    no_such(c, complete_run(c, l), STR("Unknown prompt"));
}

err_t call_complete(struct call *c)
{
    struct view view;
    bool prompt;
    if (c->peek.params.p == NULL)
        return E_BAD_FIELD;
    TRY(reference(c, &prompt, &c->target));
    if (!prompt)
        return resource_start(c);
    TRY(view_make(c, &view));
    if (c->in->face == FACE_ONE) {
        no_such(c, run_here(c, &view, c->target, GATE_PROMPT), STR("Unknown prompt"));
        return E_OK;
    }
    c->state = CALL_LISTING;
    return listing_start(c, LIST_PROMPTS, &view, complete_listed);
}
