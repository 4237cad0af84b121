/* SPDX-License-Identifier: Apache-2.0 */
/* One span as OTLP has it in JSON (OTLP 1.x, "JSON Protobuf Encoding": ids in hex, 64-bit numbers
 * as text). */
#ifndef MCP_SPAN_H
#define MCP_SPAN_H

#include "base/buf.h"
#include "base/clock.h"
#include "plat/mcp/mcp_trace.h"

/* opentelemetry.proto.trace.v1.Span.SpanKind */
enum span_kind { SPAN_SERVER = 2, SPAN_CLIENT = 3 };

/* An attribute; one whose text is absent is left out. */
struct span_text {
    const char *key;
    str_t value;
};

enum { SPAN_MAX = 16 * 1024, SPAN_TEXT_MAX = 256 };

struct span {
    struct mcp_trace trace;      /* its own id in it */
    uint8_t parent[MCP_SPAN_ID]; /* zero: it is the first of its trace */
    bool remote;                 /* the parent is another program's */
    str_t state;                 /* tracestate; absent: none */
    str_t method;                /* its name begins with it */
    str_t target;                /* and ends with this; absent: it does not */
    enum span_kind kind;
    ts_t begin;
    ts_t end;
    const struct span_text *texts;
    size_t texts_n;
    int64_t port;  /* server.port; 0: none */
    str_t error;   /* error.type; absent: it ended well */
    str_t message; /* of its status; absent: none */
};

/* Texts are cut at SPAN_TEXT_MAX. */
void span_put(struct buf *b, const struct span *s);

#endif
