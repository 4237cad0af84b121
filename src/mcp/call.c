/* SPDX-License-Identifier: Apache-2.0 */
/* A call's life: from its method to its end. */
#include "mcp/call.h"

#include "base/ref.h"
#include "mcp/call_in.h"
#include "mcp/hub_in.h"
#include "mcp/listing.h"
#include "mcp/modern_in.h"
#include "mcp/node.h"
#include "mcp/tally.h"

#include <assert.h>

/* ---- its end ---- */

static void session_take_out(struct call *c)
{
    struct session *s = c->session;
    if (s == NULL)
        return;
    struct call **at = &s->calls;
    while (*at != NULL && *at != c)
        at = &(*at)->session_next;
    if (*at == c)
        *at = c->session_next;
    session_forget(s, c);
    c->session = NULL;
}

/* Nothing of it is under way any more; its memory goes with the talk that it came with. */
static void call_over(struct call *c)
{
    assert(c->state != CALL_OVER);
    c->state = CALL_OVER;
    listing_end(c->listing);
    if (c->record != NULL)
        c->record->owner = NULL;
    c->record = NULL;
    if (c->look != NULL)
        c->look->owner = NULL;
    c->look = NULL;
    call_wait_end(c);
    trace_dropped(c);
    trip_cancel(&c->trip, STR("the call is over"));
    unpark(c);
    loop_timer_stop(c->hub->loop, &c->park);
    node_forget(&c->wait);
    session_take_out(c);
    ref_drop(c->access);
    ref_drop(c->catalogue);
    c->access = NULL;
    c->catalogue = NULL;
    HUB_COUNT(c->hub, calls, (size_t)-1);
}

/* The client was told: what lies in the talk's arena may go now. */
static void call_let_go(struct call *c)
{
    struct talk *home = c->home;
    struct call **at = &home->calls;
    talk_part(c->talk, c);
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    talk_drop(home);
}

void call_result(struct call *c, str_t result, const struct call_hint *hint)
{
    call_record_end(c, STR_NONE);
    tally_end(c, c->tool_error ? MCP_END_ERROR : MCP_END_OK);
    trace_done(c);
    call_over(c);
    c->down->result(c, result, hint);
    call_let_go(c);
}

void call_error(struct call *c, str_t error)
{
    call_record_end(c, STR("error"));
    tally_end(c, MCP_END_ERROR);
    trace_error(c, error);
    call_over(c);
    c->down->error(c, error);
    call_let_go(c);
}

void call_refuse(struct call *c, const struct mcp_refusal *r)
{
    call_record_end(c, str_from_cz(mcp_err_text(r->err)));
    tally_refused(c, r->err);
    trace_refused(c, r);
    call_over(c);
    c->down->refuse(c, r);
    call_let_go(c);
}

void call_refuse_as(struct call *c, enum mcp_err e)
{
    call_refuse(c, &(struct mcp_refusal){ .err = e });
}

void call_input(struct call *c, str_t requests, str_t state)
{
    call_record_end(c, STR("input-required"));
    trace_done(c);
    call_over(c);
    c->down->input(c, requests, state);
    call_let_go(c);
}

void call_cancel(struct call *c, str_t reason)
{
    trip_cancel(&c->trip, reason);
    call_record_end(c, STR("cancelled"));
    tally_end(c, MCP_END_CANCELLED);
    trace_cancelled(c);
    call_over(c);
    call_let_go(c);
}

void call_withdraw(struct call *c, str_t reason)
{
    struct talk *t = c->talk;
    if (t == NULL) {
        call_cancel(c, reason);
        return;
    }
    talk_hold(t);
    call_cancel(c, reason);
    if (t->mode != TALK_OVER)
        talk_silence(t);
    talk_drop(t);
}

/* ---- its beginning ---- */

static const struct {
    enum mcp_method_id method;
    call_start_f *start;
} starts[] = {
    { MCP_M_INITIALIZE, call_greet },
    { MCP_M_DISCOVER, call_greet },
    { MCP_M_TOOLS_LIST, call_list },
    { MCP_M_PROMPTS_LIST, call_list },
    { MCP_M_RESOURCES_LIST, call_list },
    { MCP_M_RESOURCE_TEMPLATES, call_list },
    { MCP_M_TOOLS_CALL, call_tool },
    { MCP_M_PROMPTS_GET, call_prompt },
    { MCP_M_RESOURCES_READ, call_resource },
    { MCP_M_RESOURCES_SUBSCRIBE, call_resource },
    { MCP_M_RESOURCES_UNSUBSCRIBE, call_resource },
    { MCP_M_COMPLETE, call_complete },
};

static call_start_f *start_of(const struct call *c)
{
    for (size_t i = 0; c->method != NULL && i < ARRAY_LEN(starts); i++) {
        if (starts[i].method == c->method->id)
            return starts[i].start;
    }
    return NULL;
}

void call_init(struct call *c)
{
    struct talk *t = c->talk;
    c->hub = t->hub;
    c->home = t;
    c->in = t->in;
    c->arena = t->in->arena;
    c->since = clock_mono();
    c->id = c->peek.id;
    ref_take(t->in->access);
    ref_take(t->in->catalogue);
    c->access = t->in->access;
    c->catalogue = t->in->catalogue;
    trace_begin(c);
    c->next = t->calls;
    t->calls = c;
    talk_hold(t);
    HUB_COUNT(c->hub, calls, 1);
    HUB_COUNT(c->hub, calls_total, 1);
    c->session = t->session;
    if (c->session == NULL)
        return;
    c->session_next = c->session->calls;
    c->session->calls = c;
}

void call_start(struct call *c)
{
    call_start_f *start = start_of(c);
    if (c->hub->phase != HUB_SERVES)
        call_refuse_as(c, MCP_E_STOPPING);
    else if (start == NULL)
        call_refuse_as(c, MCP_E_METHOD_NOT_FOUND);
    else
        call_try(c, start(c));
}

/* What could not be begun. */
void call_try(struct call *c, err_t e)
{
    static const struct {
        err_t e;
        enum mcp_err err;
    } rows[] = {
        { E_NOT_FOUND, MCP_E_UNKNOWN_TOOL },
        { E_BAD_FIELD, MCP_E_INVALID_PARAMS },
        { E_BAD_JSON, MCP_E_INVALID_PARAMS },
        { E_OVERLOADED, MCP_E_BUSY },
        { E_IO, MCP_E_UPSTREAM_DOWN },
        { E_UPSTREAM_RESTS, MCP_E_BREAKER_OPEN },
        { E_UNAUTHENTICATED, MCP_E_CREDENTIAL_WANTED },
        { E_TIMEOUT, MCP_E_UPSTREAM_TIMEOUT },
        { E_CLOSED, MCP_E_UPSTREAM_BROKE },
        { E_TOO_BIG, MCP_E_UPSTREAM_TOO_LARGE },
    };
    if (e == E_OK)
        return;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].e == e) {
            call_refuse_as(c, rows[i].err);
            return;
        }
    }
    call_refuse_as(c, MCP_E_INTERNAL);
}

void call_take_snapshots(struct call *c, struct mcp_look *job)
{
    ref_drop(c->access);
    ref_drop(c->catalogue);
    c->access = job->access;
    c->catalogue = job->catalogue;
    job->access = NULL;
    job->catalogue = NULL;
    c->server = NULL;
    c->tool = NULL;
    c->what = STR_NONE;
}

void call_pause(struct call *c, bool paused)
{
    trip_pause(&c->trip, paused);
}

void call_stop(struct call *c)
{
    if (c->talk != NULL)
        call_refuse_as(c, MCP_E_STOPPING);
    else
        call_cancel(c, STR("the gateway stops"));
}

/* Without its arguments: they have passed once. */
static bool may_still(const struct call *c, const struct mcp_look *job)
{
    const struct gate_server *s = gate_server_by_id(job->catalogue, c->server->id);
    struct gate_decision d;
    if (s == NULL || !s->active)
        return false;
    struct gate_ask ask = { .access = job->access,
                            .server = s,
                            .tool = c->what,
                            .class = c->class };
    if (c->tool != NULL) {
        const struct gate_tool *tool = gate_tool_find(s, c->target);
        if (tool == NULL || tool->state != GATE_TOOL_ACTIVE)
            return false;
        ask.class = tool->class;
    }
    gate_decide(&ask, &d);
    return d.listed;
}

/* Revoked, or not allowed any more: the call ends now, wherever it is. */
void call_look(struct call *c, struct mcp_look *job)
{
    bool decided = c->what.p != NULL && c->server != NULL && c->state >= CALL_DECIDING;
    bool out = job->e != E_OK || job->access->shut;
    if (!out && (!decided || may_still(c, job)))
        return;
    trip_cancel(&c->trip, out ? STR("the caller may not call any more")
                              : STR("the caller may not call this any more"));
    call_refuse_as(c, MCP_E_UNKNOWN_TOOL);
}
