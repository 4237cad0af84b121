/* SPDX-License-Identifier: Apache-2.0 */
/*
 * initialize and server/discover: what a client is told of us at its first word. Behind
 * /s/{server}/mcp that is what its server says of itself, if it can be reached soon; behind /mcp it
 * is what the gateway can do for any.
 */
#include "mcp/call_in.h"
#include "mcp/hub_in.h"
#include "mcp/node.h"
#include "plat/json/out.h"
#include "plat/mcp/mcp_edit.h"

#define GREET_MAX DUR_S(5)
#define OWN_INFO                                                                                   \
    STR("{\"name\":\"seneschal\",\"title\":\"Seneschal\",\"version\":\"" SENESCHAL_VERSION "\"}")
#define OWN_CAPABILITIES                                                                           \
    STR("{\"tools\":{\"listChanged\":true},\"prompts\":{\"listChanged\":true},"                    \
        "\"resources\":{\"subscribe\":true,\"listChanged\":true},\"logging\":{},"                  \
        "\"completions\":{}}")

/* Is there a tool that is known, and one that the principal may call? */
static void look_round(const struct call *c, const struct view *view, bool *ret_known,
                       bool *ret_any)
{
    for (size_t i = 0; i < view->n && !*ret_any; i++) {
        const struct gate_server *s = view->v[i];
        for (size_t j = 0; j < s->tools_n && !*ret_any; j++) {
            const struct gate_tool *tool = &s->tools[j];
            const struct gate_ask ask = { .access = c->access,
                                          .server = s,
                                          .tool = tool->name,
                                          .class = tool->class };
            struct gate_decision d;
            if (tool->state != GATE_TOOL_ACTIVE)
                continue;
            gate_decide(&ask, &d);
            *ret_known = true;
            *ret_any = d.listed;
        }
    }
}

/* Absent: there is nothing to say. */
static str_t own_instructions(const struct call *c, const struct view *view)
{
    bool known = false;
    bool any = false;
    look_round(c, view, &known, &any);
    if (view->n == 0)
        return STR("No server is open to you here: ask your administrator.");
    if (known && !any)
        return STR("You may call none of the tools here: ask your administrator.");
    return STR_NONE;
}

/* What is not passed on is not promised. */
static err_t server_capabilities(struct call *c, str_t of_server, str_t *ret)
{
    static const struct mcp_edit edits[] = {
        { .name = { "experimental", 12 } },
        { .name = { "tasks", 5 } },
        { .name = { "extensions", 10 } },
    };
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, of_server.n + KIB(1));
    TRY(mcp_edit(c->arena, of_server, edits, ARRAY_LEN(edits), &b));
    return str_copy(c->arena, buf_str(&b), ret);
}

struct greeting {
    str_t capabilities; /* raw, as the next two */
    str_t server_info;
    str_t instructions; /* absent: none */
};

static err_t greeting_make(struct call *c, const struct node *n, const struct view *view,
                           struct greeting *ret)
{
    struct greeting g = { OWN_CAPABILITIES, OWN_INFO, STR_NONE };
    str_t own = own_instructions(c, view);
    if (n != NULL && n->info.state == UP_READY && n->info.capabilities.n > 0) {
        TRY(server_capabilities(c, n->info.capabilities, &g.capabilities));
        if (n->info.server_info.n > 0)
            g.server_info = n->info.server_info;
        if (n->info.instructions.n > 0)
            TRY(mcp_raw_text(c->arena, n->info.instructions, &g.instructions));
    }
    if (own.p != NULL)
        TRY(mcp_raw_text(c->arena, own, &g.instructions));
    *ret = g;
    return E_OK;
}

static void put_greeting(struct json_out *o, const struct call *c, const struct greeting *g)
{
    bool modern = c->method->id == MCP_M_DISCOVER;
    json_out_open(o, '{');
    if (modern)
        JSON_OUT(o, "supportedVersions", raw, mcp_versions_modern());
    else
        JSON_OUT(o, "protocolVersion", str, c->session->version->text);
    JSON_OUT(o, "capabilities", raw, g->capabilities);
    if (!modern)
        JSON_OUT(o, "serverInfo", raw, g->server_info);
    if (g->instructions.p != NULL)
        JSON_OUT(o, "instructions", raw, g->instructions);
    json_out_close(o, '}');
}

static void greet_answer(struct call *c)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct greeting g;
    struct view view;
    struct node *n = NULL;
    buf_init(&b, hub_settings(c->hub)->message_max);
    err_t e = view_make(c, &view);
    if (e == E_OK && c->in->face == FACE_ONE && view.n > 0)
        n = node_get(c->hub, c->catalogue, view.v[0], c->access->person);
    if (e == E_OK)
        e = greeting_make(c, n, &view, &g);
    if (e == E_OK) {
        struct json_out o = json_out_to(&b);
        put_greeting(&o, c, &g);
        e = b.err;
    }
    if (e == E_OK)
        call_result(c, buf_str(&b), &(struct call_hint){ .list = true });
    else
        call_try(c, e);
}

static void greet_told(struct node_wait *w)
{
    greet_answer(CONTAINER_OF(w, struct call, wait));
}

static void greet_late(struct loop_timer *timer)
{
    struct call *c = CONTAINER_OF(timer, struct call, park);
    node_forget(&c->wait);
    greet_answer(c);
}

err_t call_greet(struct call *c)
{
    struct view view;
    TRY(view_make(c, &view));
    struct node *n = NULL;
    if (c->in->face == FACE_ONE && view.n > 0)
        n = node_get(c->hub, c->catalogue, view.v[0], c->access->person);
    if (n == NULL) {
        greet_answer(c);
        return E_OK;
    }
    c->wait.told = greet_told;
    loop_timer_start(c->hub->loop, &c->park, GREET_MAX, greet_late);
    node_await(n, &c->wait);
    return E_OK;
}
