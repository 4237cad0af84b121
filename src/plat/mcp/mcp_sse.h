/* SPDX-License-Identifier: Apache-2.0 */
/* Server-sent events (WHATWG HTML, section 9.2): an incremental reader, and a writer. */
#ifndef PLAT_MCP_MCP_SSE_H
#define PLAT_MCP_MCP_SSE_H

#include "base/buf.h"
#include "base/clock.h"

struct mcp_sse_event {
    str_t type; /* absent or empty: "message" */
    str_t id;   /* absent: says nothing about the last one */
    str_t data;
};

/* What a stream tells; each may be NULL. The slices live until the call returns. */
struct mcp_sse_sink {
    /* An event; `id` is the last one that was seen, also in an earlier event. */
    void (*event)(void *arg, const struct mcp_sse_event *event);
    void (*id)(void *arg, str_t id); /* at each `id:` line's event, with data or without */
    void (*retry)(void *arg, dur_t in);
    void (*comment)(void *arg); /* the peer is alive */
    void *arg;
};

struct mcp_sse {
    struct mcp_sse_sink sink;
    struct buf line; /* what has come of it */
    struct buf data;
    struct buf type;
    struct buf id;
    bool id_set;   /* an id has been seen */
    bool id_fresh; /* since the last blank line */
    bool after_cr; /* an LF now belongs to the end of a line */
    bool started;  /* a byte order mark can come no more */
    err_t err;     /* sticky */
};

enum { MCP_SSE_ID_MAX = 1024, MCP_SSE_RETRY_S_MAX = 3600 };

/* `event_max`: bytes of a line, and of the data of an event. */
void mcp_sse_init(struct mcp_sse *s, size_t event_max, const struct mcp_sse_sink *sink);
void mcp_sse_fini(struct mcp_sse *s);
/* The next bytes, cut anywhere. E_TOO_BIG: a line or an event over the cap. E_NO_MEMORY. Both
 * stick: the stream is of no more use. */
err_t mcp_sse_feed(struct mcp_sse *s, str_t bytes) MUST_USE;

/* One event. Its data may have lines of any ending: they come out with LF. `type` and `id` may hold
 * no CR or LF, and an id no NUL: what does is left out. */
void mcp_sse_put(struct buf *b, const struct mcp_sse_event *event);
void mcp_sse_put_retry(struct buf *b, dur_t in);
void mcp_sse_put_comment(struct buf *b); /* keeps a stream alive */

#endif
