/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the wire of Streamable HTTP: the wire (up_http.c) and one exchange on it (up_http_one.c):
 * a POST and its answer, which as a stream may be taken up again; or the stream that is listened
 * to. */
#ifndef MCP_UP_HTTP_H
#define MCP_UP_HTTP_H

#include "mcp/up_lines.h"
#include "plat/mcp/mcp_sse.h"

enum { HTTP_SESSION_MAX = 1024 };

struct http_one;

struct http_wire {
    struct arena *a;
    struct up_wire_cfg cfg;
    struct fetcher *fetcher;
    const char *const *lines;                 /* of the configuration */
    const char *version_line;                 /* borrowed; NULL: none */
    char session_line[HTTP_SESSION_MAX + 32]; /* "": none */
    struct http_one *all;
    struct loop_msg hello;
    struct loop_msg bye;
    unsigned inside; /* callbacks run: nothing is freed */
    bool closing;
    bool gone; /* bye is on its way */
};

struct http_one {
    struct http_wire *wire;
    struct http_one *prev;
    struct http_one *next;
    struct arena *a;
    void *tag;    /* NULL: nobody waits any more */
    bool listens; /* it is the GET stream */
    bool over;    /* freed when nobody looks at it */
    bool paused;
    bool stood; /* it was a stream once */
    bool heard; /* something came since it was taken up */
    unsigned resumes;
    struct fetch *fetch;
    enum up_form form;
    int status;
    dur_t retry_after;
    bool json;      /* a refusal with JSON in it */
    struct buf out; /* a copy, where the message is not lent */
    struct buf body;
    struct mcp_sse sse;
    bool sse_on;
    struct buf last_id;
    dur_t retry;
    struct loop_timer timer; /* takes it up again, or ends what lingers */
};

/* up_http.c */
void http_enter(struct http_wire *w);
void http_leave(struct http_wire *w);
err_t http_one_new(struct http_wire *w, struct http_one **ret) MUST_USE;
void http_one_end(struct http_one *x);
void http_session_learn(struct http_wire *w, str_t id);

/* up_http_one.c */
err_t http_one_post(struct http_one *x, const struct up_out *out) MUST_USE;
err_t http_one_get(struct http_one *x) MUST_USE;
err_t http_one_delete(struct http_one *x) MUST_USE;
void http_one_linger(struct http_one *x);

#endif
