/* SPDX-License-Identifier: Apache-2.0 */
/* What is sent to an upstream. */
#include "mcp/up_in.h"

static const char reserved[] = "io.modelcontextprotocol/";

/* Edits of a request's params. */
struct edits {
    struct mcp_edit row[MCP_EDITS_MAX];
    size_t n;
    bool sets;
};

static void edit(struct edits *e, enum mcp_at at, const char *name, str_t value)
{
    e->row[e->n++] = (struct mcp_edit){ .at = at, .name = str_from_cz(name), .value = value };
    e->sets = e->sets || value.p != NULL;
}

/* The claims that make a request of 2026-07-28 stand for itself. */
static err_t edits_claim(struct up_ride *r, const struct up_in *in, struct edits *e)
{
    const struct up *up = r->up;
    str_t version;
    str_t level = STR_NONE;
    TRY(mcp_raw_text(r->a, up->version->text, &version));
    if (in->log_level.p != NULL)
        TRY(mcp_raw_text(r->a, in->log_level, &level));
    edit(e, MCP_AT_META, "io.modelcontextprotocol/protocolVersion", version);
    edit(e, MCP_AT_META, "io.modelcontextprotocol/clientInfo",
         in->client_info.p != NULL ? in->client_info : up->cfg.client_info);
    edit(e, MCP_AT_META, "io.modelcontextprotocol/clientCapabilities",
         in->capabilities.p != NULL ? in->capabilities : STR("{}"));
    edit(e, MCP_AT_META, "io.modelcontextprotocol/logLevel", level);
    return E_OK;
}

/* Where its span stands, for whoever traces MCP; headers_trace() says it to who traces HTTP. */
static err_t edits_trace(struct up_ride *r, const struct up_in *in, struct edits *e)
{
    str_t raw;
    if (in->traceparent.p == NULL)
        return E_OK;
    TRY(mcp_raw_text(r->a, in->traceparent, &raw));
    edit(e, MCP_AT_META, "traceparent", raw);
    if (in->tracestate.p == NULL)
        return E_OK;
    TRY(mcp_raw_text(r->a, in->tracestate, &raw));
    edit(e, MCP_AT_META, "tracestate", raw);
    return E_OK;
}

static err_t edits_make(struct up_ride *r, const struct up_in *in, struct edits *e)
{
    bool modern = r->up->modern;
    str_t token = STR_NONE;
    str_t state = STR_NONE;
    if (modern)
        TRY(edits_claim(r, in, e));
    if (in->progress_token.p != NULL)
        TRY(str_format(r->a, &token, "%llu", (unsigned long long)r->id));
    edit(e, MCP_AT_META, "progressToken", token);
    TRY(edits_trace(r, in, e));
    if (modern && in->state.p != NULL)
        TRY(mcp_raw_text(r->a, in->state, &state));
    edit(e, MCP_AT_SELF, "inputResponses", modern ? in->input_responses : STR_NONE);
    edit(e, MCP_AT_SELF, "requestState", state);
    edit(e, MCP_AT_META, reserved, STR_NONE); /* of two edits of one member the first counts */
    e->row[e->n - 1].prefixed = true;
    return E_OK;
}

static err_t body_make(struct up_ride *r, const struct up_in *in)
{
    struct buf *b = &r->body;
    struct edits edits = { .n = 0 };
    str_t method;
    TRY(mcp_raw_text(r->a, in->method, &method));
    TRY(edits_make(r, in, &edits));
    buf_addf(b, "{\"jsonrpc\":\"2.0\",\"id\":%llu,\"method\":", (unsigned long long)r->id);
    buf_add(b, method);
    if (in->params.p != NULL || edits.sets) {
        BUF_ADD(b, ",\"params\":");
        TRY(mcp_edit(r->a, in->params.p != NULL ? in->params : STR("{}"), edits.row, edits.n, b));
    }
    buf_add_byte(b, '}');
    return b->err;
}

static err_t header_add(struct up_ride *r, str_t name, str_t value)
{
    str_t line;
    if (r->headers_n == UP_HEADERS_MAX)
        return E_TOO_BIG;
    TRY(str_format(r->a, &line, "%.*s: %.*s", STR_ARG(name), STR_ARG(value)));
    const char *cz = str_cz(r->a, line);
    if (cz == NULL)
        return E_NO_MEMORY;
    r->headers[r->headers_n++] = cz;
    return E_OK;
}

/* Mcp-Param-*: from the arguments, by the marks in the schema. What a client sent does not count.
 */
static err_t headers_of_arguments(struct up_ride *r, const struct up_in *in)
{
    CLEANUP(json_freep) struct json *schema = NULL;
    CLEANUP(json_freep) struct json *params = NULL;
    struct mcp_params marks;
    struct mcp_field *fields = NULL;
    size_t n = 0;
    if (in->schema.p == NULL || in->params.p == NULL ||
        memmem(in->schema.p, in->schema.n, "x-mcp-header", 12) == NULL)
        return E_OK;
    TRY(json_parse(in->schema, NULL, &schema));
    TRY(json_parse(in->params, NULL, &params));
    TRY(mcp_params_read(r->a, schema, NULL, &marks));
    const struct json *arguments =
        json_type(params) == JSON_OBJECT ? json_member(params, STR("arguments")) : NULL;
    TRY(mcp_params_fill(r->a, &marks, arguments, &fields, &n));
    for (size_t i = 0; i < n; i++)
        TRY(header_add(r, fields[i].name, fields[i].value));
    return E_OK;
}

static err_t headers_trace(struct up_ride *r, const struct up_in *in)
{
    if (in->traceparent.p == NULL || !r->up->kind->headers)
        return E_OK;
    TRY(header_add(r, STR("traceparent"), in->traceparent));
    return in->tracestate.p != NULL ? header_add(r, STR("tracestate"), in->tracestate) : E_OK;
}

static err_t headers_make(struct up_ride *r, const struct up_in *in)
{
    const struct up *up = r->up;
    str_t name;
    TRY(headers_trace(r, in));
    if (!up->modern || !up->kind->headers)
        return E_OK;
    if (up->step == UP_PROBING) /* later the wire says it by itself */
        TRY(header_add(r, STR("MCP-Protocol-Version"), up->version->text));
    TRY(header_add(r, STR("Mcp-Method"), in->method));
    if (in->name.p != NULL) {
        TRY(mcp_header_encode(r->a, in->name, &name));
        TRY(header_add(r, STR("Mcp-Name"), name));
    }
    return headers_of_arguments(r, in);
}

err_t up_compose(struct up_ride *r, const struct up_in *in)
{
    TRY(body_make(r, in));
    return headers_make(r, in);
}

void up_tell(struct up *up, str_t bytes)
{
    const struct up_out out = { .bytes = bytes, .quick = true };
    if (up->wire != NULL)
        err_ignore(up->kind->send(up->wire, &out)); /* nobody waits for it */
}

/* Of the modern era nothing is said: the end of the stream says it, and a pipe has no stream. */
void up_tell_cancelled(struct up_ride *r, str_t reason)
{
    struct up *up = r->up;
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t text;
    if (!r->sent || r->over || (up->modern && up->kind->apart))
        return;
    if (mcp_raw_text(r->a, reason, &text) != E_OK)
        return;
    buf_init(&b, KIB(4));
    buf_addf(
        &b,
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":"
        "%llu,\"reason\":%.*s}}",
        (unsigned long long)r->id, STR_ARG(text));
    if (b.err == E_OK)
        up_tell(up, buf_str(&b));
}

void up_tell_answer(struct up *up, str_t id, str_t result, str_t error)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    bool failed = error.p != NULL;
    buf_init(&b, up->cfg.message_max + KIB(4));
    BUF_ADD(&b, "{\"jsonrpc\":\"2.0\",\"id\":");
    buf_add(&b, id);
    buf_add(&b, failed ? STR(",\"error\":") : STR(",\"result\":"));
    buf_add(&b, failed ? error : result);
    buf_add_byte(&b, '}');
    if (b.err == E_OK)
        up_tell(up, buf_str(&b));
}
