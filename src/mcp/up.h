/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One upstream as one credential sees it, whatever its era and transport: calls go in neutral and
 * come out neutral. Everything here belongs to one loop's thread; no function calls back before it
 * has returned, and every callback may call any function here, up_close() of its own upstream too.
 *
 * An upstream may lie, hang, crash and flood: only the calls that it was given are harmed. What
 * it sends is held in memory only while it is one message, at most message_max bytes of it.
 */
#ifndef MCP_UP_H
#define MCP_UP_H

#include "base/clock.h"
#include "plat/http/outbound.h"
#include "plat/loop/loop.h"

struct up;
struct up_call;
struct up_ride;
struct up_wire_kind; /* up_wire.h */

enum up_state {
    UP_IDLE,       /* nothing is open: the next call, or up_open, opens it */
    UP_CONNECTING, /* calls wait for it, on their own time */
    UP_READY,
};

/* What an upstream says has changed. */
enum up_list { UP_TOOLS, UP_PROMPTS, UP_RESOURCES, UP_LISTS };

struct up_events {
    /* E_OK but for a way back to UP_IDLE, which says why. At UP_READY everything may have changed,
     * the lists too. */
    void (*state)(void *arg, enum up_state state, err_t e, const struct diag *why);
    void (*changed)(void *arg, enum up_list list);
    /* A notification that belongs to no call (notifications/resources/updated, a log line): its
     * bytes, until the return. */
    void (*note)(void *arg, str_t notification);
    void (*closed)(void *arg); /* the last one: its good-bye is over, the loop may end */
};

/* Copied by up_new, the texts too; headers are wiped by up_close. */
struct up_cfg {
    str_t name;                      /* how messages about it call it */
    const struct up_wire_kind *wire; /* up_wire.h: up_wire_http, up_wire_sse, ... */
    str_t url;                       /* of HTTP kinds */
    str_t sse_url;                   /* where HTTP+SSE is tried; absent: at url too */
    const void *command;  /* of the stdio kind: its own, borrowed, outlives the upstream */
    const str_t *headers; /* "Name: value", the credential among them */
    size_t headers_n;
    str_t version;     /* this protocol version and no other; absent: the newest that both know */
    str_t client_info; /* raw JSON object: who we say we are */
    struct loop *loop; /* borrowed, as the next two */
    const struct outbound_rules *rules;
    void *life; /* counted, held until it is gone: rules and command lie in it; NULL: nothing */
    struct outbound_lookups *lookups;
    size_t message_max; /* bytes of one message */
    uint32_t calls_max; /* under way and waiting for the connection; more is E_OVERLOADED */
    dur_t connect_max;  /* for each step from nothing to UP_READY */
    struct up_events on;
    void *arg;
};

/* Raw JSON is borrowed until up_start returns; absent texts are left out. */
struct up_in {
    str_t method;          /* "tools/call" */
    str_t name;            /* decoded params.name, uri or taskId where the method has one */
    str_t params;          /* raw object; claims, tokens and answers in it do not count */
    str_t progress_token;  /* raw, the caller's: it stands in the notes again */
    str_t traceparent;     /* text, as W3C Trace Context has it */
    str_t tracestate;      /* text; absent: that of params, if any */
    str_t client_info;     /* raw, of the client behind; absent: ours */
    str_t capabilities;    /* raw, what the client behind can do; absent: {} */
    str_t log_level;       /* text */
    str_t input_responses; /* raw: answers to an earlier `input` */
    str_t state;           /* text: the state that came with it */
    str_t schema;          /* raw inputSchema of the tool, for Mcp-Param-*; absent: none */
    dur_t timeout;         /* silence: each progress of this call begins it again */
    dur_t timeout_max;     /* in all */
};

/* Why a call has failed. */
struct up_failure {
    /* E_TIMEOUT, E_CLOSED (it went away), E_TOO_BIG, E_BAD_JSON (it does not speak MCP),
     * E_UNAUTHENTICATED (401: the credential is bad, do not try again), E_FORBIDDEN (403, or an
     * address that may not be called), E_RATE_LIMITED, E_OVERLOADED, E_NO_MEMORY, E_IO. */
    err_t e;
    bool not_run;      /* for certain: it may be called again */
    int status;        /* of HTTP, 0: none */
    dur_t retry_after; /* what a 429 or 503 asked for; 0: nothing */
    const char *text;  /* one sentence, never NULL, holds no secret */
};

/* Exactly one of input, done and fail ends the call; after it nothing is called, and the memory is
 * the caller's again. Texts live until the return. */
struct up_call_events {
    void (*note)(struct up_call *c, str_t notification);
    /* The upstream asks in the middle (elicitation/create, sampling/createMessage, roots/list) and
     * waits for up_reply. `ask` is never 0. */
    void (*ask)(struct up_call *c, uint64_t ask, str_t method, str_t params);
    void (*poll)(struct up_call *c, dur_t in); /* its stream was closed for so long; may be NULL */
    /* This round ended: start again with the same params, these answers and the state (text). */
    void (*input)(struct up_call *c, str_t input_requests, str_t state);
    void (*done)(struct up_call *c, str_t result, str_t error); /* raw JSON; one is absent */
    void (*fail)(struct up_call *c, const struct up_failure *why);
};

/* Caller's memory, from up_start until the call has ended. */
struct up_call {
    const struct up_call_events *on; /* set by the caller */
    struct up_ride *ride;            /* the upstream's own; NULL: not under way */
};

struct up_info {
    enum up_state state;
    int status;         /* of HTTP, by which it came to UP_IDLE; 0: by none */
    bool unreached;     /* UP_IDLE, and for certain nobody was told anything */
    bool modern;        /* stateless, 2026-07-28 and later */
    str_t version;      /* all of these only while UP_READY, until the next callback */
    str_t capabilities; /* raw object */
    str_t server_info;  /* raw object */
    str_t instructions; /* text; absent: none */
};

/* E_BAD_FIELD: the URL. E_FORBIDDEN: it may not be called. E_NO_MEMORY. */
err_t up_new(const struct up_cfg *cfg, struct diag *why, struct up **ret) MUST_USE;
/* Its calls fail with E_CLOSED before this returns (the one exception to the rule above), then it
 * says good-bye, for at most two seconds, and `closed` is called. NULL is fine. */
void up_close(struct up *up);

/* Connect now. What comes of it is told by `state`; nothing happens unless UP_IDLE. */
void up_open(struct up *up);
struct up_info up_info(const struct up *up);

/* E_OVERLOADED, E_NO_MEMORY, E_TOO_BIG (larger than message_max); then no callback follows. */
err_t up_start(struct up *up, struct up_call *c, const struct up_in *in) MUST_USE;
/* Answer an ask: raw JSON, one of the two absent. An ask that is over is passed over. */
void up_reply(struct up_call *c, uint64_t ask, str_t result, str_t error);
/* The call is over for the caller: no callback follows. The upstream is told. */
void up_cancel(struct up_call *c, str_t reason);
/* Read no more of what it streams, until resumed; its time stands still. Where many share one
 * stream (stdio, HTTP+SSE) all of them wait. */
void up_pause(struct up_call *c, bool paused);

/* Be told of notifications/resources/updated of this resource, or no more. Kept over a new
 * connection. E_NO_MEMORY, E_OVERLOADED (UP_WATCHED_MAX). */
enum { UP_WATCHED_MAX = 256 };
err_t up_watch(struct up *up, str_t uri, bool on) MUST_USE;

#endif
