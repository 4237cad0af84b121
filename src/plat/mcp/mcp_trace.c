/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/mcp/mcp_trace.h"

#include "base/enc.h"

/* version "-" trace-id "-" parent-id "-" flags */
enum { AT_ID = 3, AT_SPAN = 36, AT_FLAGS = 53, FLAGS_KNOWN = 3 /* sampled, random */ };

static bool is_lower(str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] >= 'A' && s.p[i] <= 'F')
            return false;
    }
    return true;
}

static bool is_zero(const uint8_t *bytes, size_t n)
{
    uint8_t any = 0;
    for (size_t i = 0; i < n; i++)
        any |= bytes[i];
    return any == 0;
}

err_t mcp_trace_parse(str_t text, struct mcp_trace *ret)
{
    struct mcp_trace t;
    uint8_t version;
    if (text.n < MCP_TRACEPARENT || !is_lower(str_sub(text, 0, MCP_TRACEPARENT)) ||
        text.p[AT_ID - 1] != '-' || text.p[AT_SPAN - 1] != '-' || text.p[AT_FLAGS - 1] != '-')
        return E_BAD_FIELD;
    TRY(hex_decode(str_sub(text, 0, 2), &version, sizeof version));
    TRY(hex_decode(str_sub(text, AT_ID, (size_t)2 * MCP_TRACE_ID), t.id, sizeof t.id));
    TRY(hex_decode(str_sub(text, AT_SPAN, (size_t)2 * MCP_SPAN_ID), t.span, sizeof t.span));
    TRY(hex_decode(str_sub(text, AT_FLAGS, 2), &t.flags, sizeof t.flags));
    bool longer = text.n > MCP_TRACEPARENT;
    if (version == 0xff || (longer && (version == 0 || text.p[MCP_TRACEPARENT] != '-')) ||
        is_zero(t.id, sizeof t.id) || is_zero(t.span, sizeof t.span))
        return E_BAD_FIELD;
    t.flags &= FLAGS_KNOWN;
    *ret = t;
    return E_OK;
}

void mcp_trace_write(const struct mcp_trace *t, char out[static MCP_TRACEPARENT])
{
    memcpy(out, "00-", AT_ID);
    hex_encode(t->id, sizeof t->id, out + AT_ID);
    out[AT_SPAN - 1] = '-';
    hex_encode(t->span, sizeof t->span, out + AT_SPAN);
    out[AT_FLAGS - 1] = '-';
    hex_encode(&t->flags, sizeof t->flags, out + AT_FLAGS);
}

bool mcp_tracestate_is(str_t text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < 0x20 || text.p[i] > 0x7e)
            return false;
    }
    return text.n > 0 && text.n <= MCP_TRACESTATE_MAX;
}
