/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside mcp: a call in the trace of its client. Where traces are exported each call is a span of
 * ours (SERVER), what its upstream is asked another below it (CLIENT), and the upstream is told of
 * that one. Where they are not, what the client says of its trace is passed on as it is.
 */
#ifndef MCP_TRACE_H
#define MCP_TRACE_H

#include "base/clock.h"
#include "plat/mcp/mcp_trace.h"

struct call;
struct mcp_refusal;
struct up_failure;

struct call_trace {
    bool known;    /* `own` has an id: the client's, or one that we have begun */
    bool remote;   /* the client's: `parent` is a span of it */
    bool exported; /* its spans are written */
    struct mcp_trace own;
    uint8_t parent[MCP_SPAN_ID];
    str_t state; /* tracestate; absent: none */
    bool asked;  /* a span of the upstream is open */
    uint8_t up[MCP_SPAN_ID];
};

/* By the fields of the request, and its _meta, which goes first. */
void trace_begin(struct call *c);
/* Its trace's id as text, for the record; absent: it has none. */
str_t trace_id(const struct call *c, char out[static 2 * MCP_TRACE_ID]);

/* What its upstream is told: traceparent, in the call's arena; absent: nothing. A span is open
 * from now on. */
str_t trace_ask(struct call *c);
/* The upstream has answered (absent: without an error), or not. */
void trace_answered(struct call *c, str_t error);
void trace_failed(struct call *c, const struct up_failure *why);
void trace_dropped(struct call *c); /* nobody wants its answer any more, if it is open */

/* The end of the call, whatever it is: exactly one of these. */
void trace_done(struct call *c);
void trace_error(struct call *c, str_t error); /* raw */
void trace_refused(struct call *c, const struct mcp_refusal *r);
void trace_cancelled(struct call *c);

#endif
