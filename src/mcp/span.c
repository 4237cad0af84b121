/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/span.h"

#include "base/enc.h"
#include "plat/json/out.h"

/* Span.flags: the lower byte is that of the trace; whether the parent is remote is known, and is.
 */
enum { FLAG_REMOTE_KNOWN = 0x100, FLAG_REMOTE = 0x200, STATUS_ERROR = 2 };

static void put_hex(struct json_out *o, const char *name, const uint8_t *bytes, size_t n)
{
    char hex[2 * MCP_TRACE_ID];
    hex_encode(bytes, n, hex);
    json_out_name(o, str_from_cz(name));
    json_out_str(o, str_of(hex, 2 * n));
}

static void put_nano(struct json_out *o, const char *name, ts_t at)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%lld000", (long long)at.us);
    json_out_name(o, str_from_cz(name));
    json_out_str(o, str_of(text, (size_t)n));
}

static void put_text(struct json_out *o, const char *key, str_t value)
{
    if (value.p == NULL)
        return;
    json_out_open(o, '{');
    JSON_OUT(o, "key", str, str_from_cz(key));
    json_out_name(o, STR("value"));
    json_out_open(o, '{');
    JSON_OUT(o, "stringValue", str, str_clip(value, SPAN_TEXT_MAX));
    json_out_close(o, '}');
    json_out_close(o, '}');
}

static void put_port(struct json_out *o, int64_t port)
{
    char text[24];
    if (port == 0)
        return;
    int n = snprintf(text, sizeof text, "%lld", (long long)port);
    json_out_open(o, '{');
    JSON_OUT(o, "key", str, STR("server.port"));
    json_out_name(o, STR("value"));
    json_out_open(o, '{');
    JSON_OUT(o, "intValue", str, str_of(text, (size_t)n));
    json_out_close(o, '}');
    json_out_close(o, '}');
}

static void put_name(struct json_out *o, const struct span *s)
{
    char text[2 * SPAN_TEXT_MAX + 2];
    str_t target = str_clip(s->target, SPAN_TEXT_MAX);
    int n = snprintf(text, sizeof text, "%.*s%s%.*s", STR_ARG(str_clip(s->method, SPAN_TEXT_MAX)),
                     target.n > 0 ? " " : "", STR_ARG(target));
    JSON_OUT(o, "name", str, str_of(text, (size_t)n));
}

static void put_status(struct json_out *o, const struct span *s)
{
    json_out_name(o, STR("status"));
    json_out_open(o, '{');
    if (s->error.p != NULL) {
        JSON_OUT(o, "code", i64, STATUS_ERROR);
        if (s->message.p != NULL)
            JSON_OUT(o, "message", str, str_clip(s->message, SPAN_TEXT_MAX));
    }
    json_out_close(o, '}');
}

void span_put(struct buf *b, const struct span *s)
{
    static const uint8_t none[MCP_SPAN_ID];
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    put_hex(&o, "traceId", s->trace.id, sizeof s->trace.id);
    put_hex(&o, "spanId", s->trace.span, sizeof s->trace.span);
    if (memcmp(s->parent, none, sizeof none) != 0)
        put_hex(&o, "parentSpanId", s->parent, sizeof s->parent);
    if (s->state.p != NULL)
        JSON_OUT(&o, "traceState", str, s->state);
    JSON_OUT(&o, "flags", i64, s->trace.flags | FLAG_REMOTE_KNOWN | (s->remote ? FLAG_REMOTE : 0));
    put_name(&o, s);
    JSON_OUT(&o, "kind", i64, (int64_t)s->kind);
    put_nano(&o, "startTimeUnixNano", s->begin);
    put_nano(&o, "endTimeUnixNano", s->end);
    json_out_name(&o, STR("attributes"));
    json_out_open(&o, '[');
    for (size_t i = 0; i < s->texts_n; i++)
        put_text(&o, s->texts[i].key, s->texts[i].value);
    put_port(&o, s->port);
    put_text(&o, "error.type", s->error);
    json_out_close(&o, ']');
    put_status(&o, s);
    json_out_close(&o, '}');
}
