/* SPDX-License-Identifier: Apache-2.0 */
/* A call that may be made: its params as the upstream gets them, the record, the upstream. */
#include "domain/gateway/domains.h"
#include "mcp/call_in.h"
#include "mcp/hub_in.h"
#include "mcp/raw.h"
#include "mcp/tally.h"
#include "plat/mcp/mcp_edit.h"

enum {
    STARTED_TIMES_MAX = 10
}; /* a call takes that many times its timeout, if it makes progress */

/* ---- permission ---- */

err_t call_may(struct call *c, enum gate_class class, str_t what)
{
    CLEANUP(json_freep) struct json *arguments = NULL;
    struct gate_ask ask = { .access = c->access,
                            .server = c->server,
                            .tool = what,
                            .class = class };
    bool looks = c->access->looks_at_arguments || c->server->domains_n > 0;
    if (looks)
        TRY(json_parse(c->peek.arguments.n > 0 ? c->peek.arguments : STR("{}"), NULL, &arguments));
    ask.arguments = arguments;
    gate_decide(&ask, &c->decision);
    c->class = class;
    c->what = what;
    if (c->decision.allowed)
        return E_OK; /* perhaps after a person's yes: call_wait() */
    HUB_COUNT(c->hub, refused_total, 1);
    call_record_refused(c);
    return E_NOT_FOUND;
}

/* ---- params ---- */

/* As its server calls things, and without what is between the client and us. */
static err_t params_make(struct call *c, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct mcp_edit edits[8];
    str_t name = STR_NONE;
    str_t arguments = STR_NONE;
    size_t n = 0;
    str_t params = c->peek.params.p == NULL ? STR("{}") : c->peek.params;
    if (c->in->face != FACE_ONE && c->method->source == MCP_NAME_OF_NAME)
        TRY(mcp_raw_text(c->arena, c->target, &name));
    if (c->tool != NULL && c->tool->domains.held)
        TRY(gate_domains_fill(c->arena, c->tool, c->peek.arguments, &arguments));
    edits[n++] = (struct mcp_edit){ .name = STR("inputResponses") };
    edits[n++] = (struct mcp_edit){ .name = STR("requestState") };
    if (name.p != NULL)
        edits[n++] = (struct mcp_edit){ .name = STR("name"), .value = name };
    if (arguments.p != NULL)
        edits[n++] = (struct mcp_edit){ .name = STR("arguments"), .value = arguments };
    if (c->reference.p != NULL)
        edits[n++] = (struct mcp_edit){ .name = STR("ref"), .value = c->reference };
    if (c->peek.meta.p != NULL) {
        edits[n++] = (struct mcp_edit){ .at = MCP_AT_META, .name = STR("progressToken") };
        edits[n++] = (struct mcp_edit){ .at = MCP_AT_META,
                                        .name = STR("io.modelcontextprotocol/"),
                                        .prefixed = true };
    }
    buf_init(&b, params.n + KIB(64));
    TRY(mcp_edit(c->arena, params, edits, n, &b));
    return str_copy(c->arena, buf_str(&b), ret);
}

static dur_t timeout_of(const struct call *c)
{
    dur_t own = c->server->timeout_ms > 0 ? DUR_MS(c->server->timeout_ms)
                                          : hub_settings(c->hub)->call_timeout;
    return c->timeout_max.us > 0 && c->timeout_max.us < own.us ? c->timeout_max : own;
}

static void trip_fill(struct call *c)
{
    dur_t timeout = timeout_of(c);
    c->trip.in = (struct up_in){
        .method = c->method->name,
        .name = c->target,
        .params = c->params,
        .progress_token = c->peek.progress_token,
        .traceparent = trace_ask(c),
        .tracestate = c->trace.state,
        .client_info = c->client_info,
        .capabilities = c->capabilities,
        .log_level = c->log_level,
        .input_responses = c->responses,
        .state = c->state_up,
        .schema = raw_member(c->arena, c->definition, STR("inputSchema")),
        .timeout = timeout,
        .timeout_max = { timeout.us * STARTED_TIMES_MAX },
    };
}

/* ---- what the upstream says ---- */

static struct call *call_of(struct trip *t)
{
    return CONTAINER_OF(t, struct call, trip);
}

static void on_note(struct trip *t, str_t notification)
{
    struct call *c = call_of(t);
    if (c->talk != NULL)
        c->down->note(c, notification);
}

static void on_poll(struct trip *t, dur_t in)
{
    struct call *c = call_of(t);
    if (c->talk != NULL && c->down->poll != NULL)
        c->down->poll(c, in);
}

static void on_done(struct trip *t, str_t result, str_t error)
{
    struct call *c = call_of(t);
    const struct call_hint hint = { .list = (c->method->flags & MCP_METHOD_CACHED) != 0 };
    tally_answered(c);
    c->tool_error = tally_is_error(c, result);
    trace_answered(c, error);
    if (error.p != NULL) {
        call_error(c, error);
        return;
    }
    call_cache_keep(c, result);
    call_result(c, result, &hint);
}

static const struct {
    err_t e;
    enum mcp_err err;
} failures[] = {
    { E_TIMEOUT, MCP_E_UPSTREAM_TIMEOUT },
    { E_CLOSED, MCP_E_UPSTREAM_BROKE },
    { E_BAD_JSON, MCP_E_UPSTREAM_BROKE },
    { E_TOO_BIG, MCP_E_UPSTREAM_TOO_LARGE },
    { E_UNAUTHENTICATED, MCP_E_CREDENTIAL_WANTED },
    { E_NOT_FOUND, MCP_E_CREDENTIAL_WANTED }, /* of mcp_open: this person has given none */
    { E_OVERLOADED, MCP_E_BUSY },
    { E_RATE_LIMITED, MCP_E_BUSY },
    { E_IO, MCP_E_UPSTREAM_DOWN },
    { E_UPSTREAM_RESTS, MCP_E_BREAKER_OPEN },
    { E_FORBIDDEN, MCP_E_UPSTREAM_DOWN },
    { E_NO_MEMORY, MCP_E_BUSY },
};

void call_fail(struct call *c, err_t e, str_t server, const char *text)
{
    struct mcp_refusal r = { .err = MCP_E_UPSTREAM_DOWN };
    for (size_t i = 0; i < ARRAY_LEN(failures); i++) {
        if (failures[i].e == e)
            r.err = failures[i].err;
    }
    HUB_COUNT(c->hub, failed_total, 1);
    err_ignore(str_format(c->arena, &r.message, "%s: %.*s%s%s", mcp_err_text(r.err),
                          STR_ARG(server), text == NULL ? "" : ": ",
                          text == NULL ? "" : text)); /* or the table's alone */
    call_refuse(c, &r);
}

static void on_fail(struct trip *t, const struct up_failure *why)
{
    struct call *c = call_of(t);
    trace_failed(c, why);
    call_fail(c, why->e, c->server->name, why->text);
}

static const struct trip_events events = {
    .note = on_note,
    .ask = call_on_ask,
    .poll = on_poll,
    .input = call_on_input,
    .done = on_done,
    .fail = on_fail,
};

/* ---- on its way ---- */

void call_go(struct call *c)
{
    struct diag why = { 0 };
    struct node *n = node_get(c->hub, c->catalogue, c->server, c->access->person);
    c->state = CALL_RUNNING;
    c->trip = (struct trip){ .on = &events, .priority = (unsigned)(1 + c->priority) };
    trip_fill(c);
    err_t e = n == NULL ? E_NO_MEMORY : trip_start(&c->trip, n, &why);
    if (e == E_OK)
        return; /* it may be over already */
    const struct up_failure failed = { .e = e, .not_run = true, .text = why.text };
    on_fail(&c->trip, &failed);
}

/* What is only read is written down at its end; everything else before its upstream sees it. */
err_t call_run(struct call *c, enum gate_class class)
{
    struct mcp_hub *h = c->hub;
    struct cached *hit;
    TRY(params_make(c, &c->params));
    if (!h->ports.may_record(h->ports.arg))
        call_refuse_as(c, MCP_E_RECORD);
    else if (class != GATE_READ)
        return call_record_start(c);
    else if ((hit = call_cache_find(c)) != NULL)
        call_cache_give(c, hit);
    else
        call_go(c);
    return E_OK;
}

void call_recorded(struct call *c, err_t e)
{
    if (e != E_OK) {
        call_refuse_as(c, MCP_E_RECORD);
        return;
    }
    call_go(c);
}
