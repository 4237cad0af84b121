/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes are those of the semantic conventions for MCP (OpenTelemetry, gen-ai/mcp). Neither
 * arguments nor results are in them, nor what an error of an upstream says. */
#include "mcp/trace.h"

#include "base/enc.h"
#include "base/num.h"
#include "base/rng.h"
#include "mcp/call_in.h"
#include "mcp/hub_in.h"
#include "mcp/raw.h"
#include "mcp/span.h"

enum { CODE_TEXT = 24, TEXTS_MAX = 16 };

/* ---- its beginning ---- */

static void trace_new(struct call_trace *t)
{
    t->known = true;
    t->own.flags = MCP_TRACE_SAMPLED;
    rng_bytes(t->own.id, sizeof t->own.id);
}

/* The state belongs to where the parent was found. */
static void trace_join(struct call *c, bool meta)
{
    struct call_trace *t = &c->trace;
    str_t state = meta ? raw_text(c->arena, c->peek.meta, STR("tracestate"))
                       : mcp_in_field(c->in, STR("tracestate"));
    t->known = true;
    t->remote = true;
    memcpy(t->parent, t->own.span, sizeof t->parent);
    t->state = mcp_tracestate_is(state) ? state : STR_NONE;
}

void trace_begin(struct call *c)
{
    struct call_trace *t = &c->trace;
    bool exports = hub_settings(c->hub)->traces;
    if (mcp_trace_parse(c->peek.traceparent, &t->own) == E_OK)
        trace_join(c, true);
    else if (mcp_trace_parse(mcp_in_field(c->in, STR("traceparent")), &t->own) == E_OK)
        trace_join(c, false);
    else if (exports)
        trace_new(t);
    if (exports)
        rng_bytes(t->own.span, sizeof t->own.span);
    t->exported = exports && (t->own.flags & MCP_TRACE_SAMPLED) != 0;
}

str_t trace_id(const struct call *c, char out[static 2 * MCP_TRACE_ID])
{
    if (!c->trace.known)
        return STR_NONE;
    hex_encode(c->trace.own.id, sizeof c->trace.own.id, out);
    return str_of(out, (size_t)2 * MCP_TRACE_ID);
}

/* ---- a span ---- */

struct texts {
    struct span_text row[TEXTS_MAX];
    size_t n;
};

static void text_add(struct texts *t, const char *key, str_t value)
{
    t->row[t->n++] = (struct span_text){ key, value };
}

/* What both ends of a call say of it. `name`: the tool or prompt, as that end calls it. */
static void texts_common(const struct call *c, str_t name, struct texts *t)
{
    bool tool = c->method->id == MCP_M_TOOLS_CALL;
    bool found = c->server != NULL && c->target.n > 0; /* what a client makes up names nothing */
    bool prompt = c->method->id == MCP_M_PROMPTS_GET;
    bool uri = c->method->source == MCP_NAME_OF_URI;
    text_add(t, "mcp.method.name", c->method->name);
    text_add(t, "gen_ai.operation.name", tool ? STR("execute_tool") : STR_NONE);
    text_add(t, "gen_ai.tool.name", tool && found ? name : STR_NONE);
    text_add(t, "gen_ai.prompt.name", prompt && found ? name : STR_NONE);
    text_add(t, "mcp.resource.uri",
             uri && found ? str_sub(c->target, 0, str_find(c->target, '?')) : STR_NONE);
    text_add(t, "seneschal.mcp.server", c->server != NULL ? c->server->name : STR_NONE);
}

static str_t target_of(const struct call *c, str_t name)
{
    bool named = c->method->id == MCP_M_TOOLS_CALL || c->method->id == MCP_M_PROMPTS_GET;
    return named && c->server != NULL && c->target.n > 0 ? name : STR_NONE;
}

/* Since then, by the clock on the wall. */
static ts_t wall(dur_t since, ts_t now)
{
    return (ts_t){ now.us - (clock_mono().us - since.us) };
}

static void span_out(struct call *c, struct span *s, struct texts *t)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, SPAN_MAX);
    s->state = c->trace.state;
    s->method = c->method->name;
    s->texts = t->row;
    s->texts_n = t->n;
    span_put(&b, s);
    if (b.err == E_OK) /* else one span less: nothing hangs on it */
        c->hub->ports.span(c->hub->ports.arg, buf_str(&b));
}

/* ---- of us ---- */

static str_t version_of(const struct call *c)
{
    if (c->session != NULL && c->session->version != NULL)
        return c->session->version->text;
    return c->peek.protocol;
}

/* The raw id as text: a string without its quotes. */
static str_t id_of(const struct call *c)
{
    bool quoted = c->id.n >= 2 && c->id.p[0] == '"';
    return quoted ? str_sub(c->id, 1, c->id.n - 2) : c->id;
}

static void own_end(struct call *c, str_t error, str_t code, str_t message)
{
    struct texts t = { .n = 0 };
    ts_t now = clock_now();
    if (!c->trace.exported)
        return;
    texts_common(c, c->peek.name, &t);
    text_add(&t, "jsonrpc.request.id", id_of(c));
    text_add(&t, "mcp.protocol.version", version_of(c));
    text_add(&t, "mcp.session.id",
             c->session != NULL ? str_of(c->session->id, SESSION_ID) : STR_NONE);
    text_add(&t, "network.transport", STR("tcp"));
    text_add(&t, "network.protocol.name", STR("http"));
    text_add(&t, "rpc.response.status_code", code);
    struct span s = { .trace = c->trace.own,
                      .remote = c->trace.remote,
                      .target = target_of(c, c->peek.name),
                      .kind = SPAN_SERVER,
                      .begin = wall(c->since, now),
                      .end = now,
                      .error = error,
                      .message = message };
    memcpy(s.parent, c->trace.parent, sizeof s.parent);
    span_out(c, &s, &t);
}

void trace_done(struct call *c)
{
    own_end(c, c->tool_error ? STR("tool_error") : STR_NONE, STR_NONE, STR_NONE);
}

void trace_error(struct call *c, str_t error)
{
    if (!c->trace.exported)
        return;
    str_t code = raw_member(c->arena, error, STR("code"));
    own_end(c, code.n > 0 ? code : STR("_OTHER"), code, STR_NONE);
}

void trace_refused(struct call *c, const struct mcp_refusal *r)
{
    char text[CODE_TEXT];
    enum mcp_era era = c->talk != NULL ? c->talk->era : MCP_MODERN;
    int n = snprintf(text, sizeof text, "%d", mcp_err_code(r->err, era));
    str_t code = str_of(text, (size_t)n);
    own_end(c, code, code, str_from_cz(mcp_err_text(r->err)));
}

void trace_cancelled(struct call *c)
{
    own_end(c, STR("cancelled"), STR_NONE, STR_NONE);
}

/* ---- of its upstream ---- */

str_t trace_ask(struct call *c)
{
    struct call_trace *t = &c->trace;
    char text[MCP_TRACEPARENT];
    struct mcp_trace told = t->own;
    str_t ret;
    if (!t->known)
        return STR_NONE;
    if (t->exported) {
        rng_bytes(t->up, sizeof t->up);
        memcpy(told.span, t->up, sizeof told.span);
        t->asked = true;
    }
    mcp_trace_write(&told, text);
    return str_copy(c->arena, str_of(text, sizeof text), &ret) == E_OK ? ret : STR_NONE;
}

/* Host and port of what was looked at when it was stored: http://HOST[:PORT]/... */
static str_t host_of(str_t url, int64_t *ret_port)
{
    bool tls = str_starts(url, STR("https://"));
    str_t place = str_sub(url, tls ? sizeof "https://" - 1 : sizeof "http://" - 1, url.n);
    place = str_sub(place, 0, str_find(place, '/'));
    place = str_sub(place, 0, str_find(place, '?'));
    size_t at = place.n;
    while (at > 0 && place.p[at - 1] != ':' && place.p[at - 1] != ']')
        at--;
    *ret_port = tls ? 443 : 80;
    if (at > 0 && place.p[at - 1] == ':' &&
        num_parse_i64(str_sub(place, at, place.n), ret_port) == E_OK)
        place.n = at - 1;
    return place;
}

static void transport_add(const struct gate_server *server, struct texts *t, struct span *s)
{
    bool http = server->transport == GATE_HTTP || server->transport == GATE_SSE;
    bool pipe = server->transport == GATE_STDIO;
    text_add(t, "network.transport", http ? STR("tcp") : pipe ? STR("pipe") : STR_NONE);
    text_add(t, "network.protocol.name", http ? STR("http") : STR_NONE);
    text_add(t, "server.address", http ? host_of(server->url, &s->port) : STR_NONE);
}

/* Nothing is told of one that has never left its queue. */
static void up_end(struct call *c, str_t error, str_t code)
{
    struct texts t = { .n = 0 };
    ts_t now = clock_now();
    bool asked = c->trace.asked && c->trip.begun.us > 0;
    c->trace.asked = false;
    if (!asked || c->server == NULL)
        return;
    const struct up_info *up = &c->trip.node->info;
    struct span s = { .trace = c->trace.own,
                      .target = target_of(c, c->target),
                      .kind = SPAN_CLIENT,
                      .begin = wall(c->trip.begun, now),
                      .end = now,
                      .error = error };
    memcpy(s.parent, c->trace.own.span, sizeof s.parent);
    memcpy(s.trace.span, c->trace.up, sizeof s.trace.span);
    texts_common(c, c->target, &t);
    text_add(&t, "mcp.protocol.version",
             up->state == UP_READY && up->version.n > 0 ? up->version : STR_NONE);
    transport_add(c->server, &t, &s);
    text_add(&t, "rpc.response.status_code", code);
    span_out(c, &s, &t);
}

void trace_answered(struct call *c, str_t error)
{
    if (!c->trace.asked)
        return;
    if (error.p != NULL) {
        str_t code = raw_member(c->arena, error, STR("code"));
        up_end(c, code.n > 0 ? code : STR("_OTHER"), code);
        return;
    }
    up_end(c, c->tool_error ? STR("tool_error") : STR_NONE, STR_NONE);
}

void trace_dropped(struct call *c)
{
    up_end(c, STR("cancelled"), STR_NONE);
}

void trace_failed(struct call *c, const struct up_failure *why)
{
    char text[CODE_TEXT];
    int n = snprintf(text, sizeof text, "%d", why->status);
    str_t slug = why->e == E_TIMEOUT ? STR("timeout") : str_from_cz(err_info(why->e)->slug);
    up_end(c, why->status >= 400 ? str_of(text, (size_t)n) : slug, STR_NONE);
}
