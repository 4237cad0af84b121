/* SPDX-License-Identifier: Apache-2.0 */
/* Clients of 2026-07-28: each request stands for itself. */
#include "mcp/down.h"
#include "mcp/hub_in.h"
#include "mcp/modern_in.h"

static void refuse(struct talk *t, str_t id, enum mcp_err e, const char *reason)
{
    struct mcp_refusal r = { .err = e };
    if (reason != NULL)
        err_ignore(str_format(t->in->arena, &r.data, "{\"reason\":\"%s\"}", reason)); /* or none */
    talk_refuse(t, id, &r);
}

static struct call *call_make(struct talk *t, const struct mcp_route *r, const struct mcp_peek *p)
{
    struct call *c = ARENA_NEW(t->in->arena, struct call);
    if (c == NULL)
        return NULL;
    c->talk = t;
    c->peek = *p;
    c->method = r->method;
    c->down = &modern_down;
    c->capabilities = p->client_capabilities;
    c->client_info = p->client_info;
    c->log_level = p->log_level;
    return c;
}

/* The next round of a call that keeps nothing: what its upstream wants back is in the state. */
static err_t next_round(struct call *c, str_t payload)
{
    c->responses = c->peek.input_responses;
    c->state_up = payload.n > 0 ? payload : STR_NONE;
    return E_OK;
}

static void take_state(struct talk *t, const struct mcp_route *r, const struct mcp_peek *p)
{
    struct modern_state s;
    err_t e = modern_state_open(t, r, p, &s);
    if (e != E_OK) {
        refuse(t, p->id, MCP_E_STATE, "invalid_request_state");
        return;
    }
    if (s.parked) {
        modern_resume(t, p, &s);
        return;
    }
    struct call *c = call_make(t, r, p);
    if (c == NULL || next_round(c, s.payload) != E_OK) {
        refuse(t, p->id, MCP_E_INTERNAL, NULL);
        return;
    }
    t->open = 1;
    call_init(c);
    call_start(c);
}

static void take_request(struct talk *t, const struct mcp_route *r, const struct mcp_peek *p)
{
    if (r->method->id == MCP_M_LISTEN) {
        listen_open(t, p);
        return;
    }
    bool rounds = (r->method->flags & MCP_METHOD_ROUNDS) != 0;
    if (rounds && p->request_state.p != NULL) {
        take_state(t, r, p);
        return;
    }
    struct call *c = call_make(t, r, p);
    if (c == NULL) {
        refuse(t, p->id, MCP_E_INTERNAL, NULL);
        return;
    }
    if (rounds) /* of an upstream that gave no state */
        c->responses = p->input_responses;
    t->open = 1;
    call_init(c);
    call_start(c);
}

void modern_post(struct talk *t, const struct mcp_route *r, const struct mcp_peek *p)
{
    t->kind = &modern_kind;
    if (p->kind == MCP_REQUEST)
        take_request(t, r, p);
    else
        talk_reply_empty(t, 202);
}
