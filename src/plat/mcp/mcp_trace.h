/* SPDX-License-Identifier: Apache-2.0 */
/* Where a request stands in a trace: `traceparent` (W3C Trace Context section 3.2), as a field of
 * HTTP and in params._meta. */
#ifndef PLAT_MCP_MCP_TRACE_H
#define PLAT_MCP_MCP_TRACE_H

#include "base/str.h"

enum {
    MCP_TRACE_ID = 16,
    MCP_SPAN_ID = 8,
    MCP_TRACEPARENT = 55,
    MCP_TRACESTATE_MAX = 512,
    MCP_TRACE_SAMPLED = 1,
};

struct mcp_trace {
    uint8_t id[MCP_TRACE_ID];
    uint8_t span[MCP_SPAN_ID];
    uint8_t flags;
};

/* A later version than 00 counts as far as 00 goes; of its flags those that are known. E_BAD_FIELD.
 */
err_t mcp_trace_parse(str_t text, struct mcp_trace *ret) MUST_USE;
/* Version 00, without a NUL. */
void mcp_trace_write(const struct mcp_trace *t, char out[static MCP_TRACEPARENT]);
/* May this `tracestate` be passed on? Printable ASCII, at most MCP_TRACESTATE_MAX of it. */
bool mcp_tracestate_is(str_t text);

#endif
