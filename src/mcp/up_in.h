/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the up half: up.c has the face and the rides, up_connect.c the way to UP_READY, up_out.c
 * makes what is sent, up_take.c takes what comes, up_listen.c keeps us told of changes. A ride is
 * one request on its way: a call of somebody, or one of our own.
 */
#ifndef MCP_UP_IN_H
#define MCP_UP_IN_H

#include "mcp/up.h"
#include "mcp/up_wire.h"
#include "plat/mcp/mcp_edit.h"
#include "plat/mcp/mcp_era.h"
#include "plat/mcp/mcp_headers.h"
#include "plat/mcp/mcp_peek.h"

enum {
    UP_ASKS_MAX = 16,          /* open questions of one call */
    UP_HEADERS_MAX = 48,       /* lines that one message adds */
    UP_TEXT_MAX = 256,         /* a sentence about a failure */
    UP_CHANGED_EVERY_MS = 500, /* an upstream that tells of changes more often is told once */
    UP_PROBE_PIPE_S = 5, /* how long a pipe may say nothing to a probe: it is of the older era */
};

enum up_step {
    UP_OFF,
    UP_OPENING,      /* the wire */
    UP_PROBING,      /* server/discover */
    UP_INITIALIZING, /* initialize */
    UP_ON,
};

struct up_ask {
    uint64_t n; /* 0: free */
    str_t id;   /* raw, the upstream's; in the ride's arena */
};

/* How a ride ended: one of result, error and failure is set. */
struct up_outcome {
    str_t result;
    str_t error;
    const struct up_failure *failure;
};

struct up_ride {
    struct up *up;
    struct up_ride *prev;
    struct up_ride *next;
    struct arena *a;      /* the ride itself is in it */
    struct up_call *call; /* whose; NULL: ours, or nobody's any more */
    void (*ended)(struct up *up, const struct up_outcome *how); /* of ours */
    struct up_in in;                                            /* copied where it had to wait */
    uint64_t id;
    struct buf body; /* as it was sent */
    const char *headers[UP_HEADERS_MAX];
    size_t headers_n;
    bool sent;        /* the wire has it */
    bool resent;      /* it went to a session that was forgotten, and goes once more */
    bool over;        /* freed as soon as nobody looks at it */
    uint32_t session; /* which one it was sent in */
    struct up_ask asks[UP_ASKS_MAX];
    bool paused;
    bool held; /* the wire was told to pause */
    struct loop_timer quiet;
    struct loop_timer total;
};

struct up {
    struct arena *a; /* it is in it, and what cfg says */
    struct up_cfg cfg;
    const char *name;
    struct up_wire *wire;
    const struct up_wire_kind *kind;
    enum up_step step;
    bool modern;
    bool fell_back;          /* from Streamable HTTP to HTTP+SSE */
    struct up_failure first; /* why, told where the other fails too */
    char first_text[UP_TEXT_MAX];
    const struct mcp_version *version;
    char version_header[64];
    struct arena *facts; /* of the upstream: what up_info gives */
    struct up_info info;
    uint64_t ids;
    uint64_t ask_n;
    uint32_t session; /* counts agreements */
    struct up_ride *rides;
    uint32_t calls_n;
    struct arena *scratch;     /* of the message that is looked at */
    struct up_ride *listening; /* subscriptions/listen */
    struct loop_timer listen_again;
    dur_t listen_pause;
    struct buf *watched; /* uris; empty: free */
    size_t watched_n;    /* highest that was used */
    struct loop_timer changed_soon;
    dur_t changed_at[UP_LISTS];
    bool changed[UP_LISTS]; /* to be told */
    dur_t changed_wait;     /* until the next may be; 0: none waits */
    struct loop_timer step_late;
    struct loop_msg kick; /* connects, off everybody's stack */
    bool kicked;
    unsigned inside; /* nothing is freed meanwhile */
    bool closed;
    unsigned wires; /* that are not gone yet */
};

/* up.c */
void up_enter(struct up *up);
void up_leave(struct up *up); /* the upstream may be gone after it */
/* "NAME: what happened". */
void up_text(const struct up *up, const char *what, char out[static UP_TEXT_MAX]);
/* One of ours: params raw, headers made as for a call. E_NO_MEMORY, E_TOO_BIG, E_OVERLOADED. */
err_t up_own(struct up *up, const struct up_in *in,
             void (*ended)(struct up *up, const struct up_outcome *how),
             struct up_ride **ret) MUST_USE;
void up_ride_end(struct up_ride *r, const struct up_outcome *how);
void up_ride_fail(struct up_ride *r, const struct up_failure *why);
void up_ride_drop(struct up_ride *r);  /* without a word */
void up_ride_alive(struct up_ride *r); /* it is heard of: its silence begins again */
err_t up_ride_send(struct up_ride *r);
/* Those that wait fail, as not run. */
void up_fail_waiting(struct up *up, const struct up_failure *why);
void up_send_waiting(struct up *up);
struct up_ride *up_ride_of(struct up *up, str_t id); /* raw; NULL */

/* up_connect.c */
void up_connect(struct up *up);
void up_reconnect(struct up *up);                           /* the session was forgotten */
void up_break(struct up *up, const struct up_failure *why); /* back to UP_IDLE */
extern const struct up_wire_events up_wire_events;

/* up_out.c: the bytes and headers of a ride, by the era of the upstream. */
err_t up_compose(struct up_ride *r, const struct up_in *in) MUST_USE;
/* A message that nobody waits for. */
void up_tell(struct up *up, str_t bytes);
void up_tell_cancelled(struct up_ride *r, str_t reason);
void up_tell_answer(struct up *up, str_t id, str_t result, str_t error);

/* up_take.c */
void up_take(struct up *up, struct up_ride *tag, str_t bytes);
void up_taken(struct up *up, struct up_ride *r, const struct up_sent *how);
/* What an end without an answer means. */
void up_failure_of(const struct up *up, const struct up_sent *how, char text[static UP_TEXT_MAX],
                   struct up_failure *ret);

/* up_listen.c */
void up_listen(struct up *up); /* READY: ask for what we want to be told */
void up_listen_stop(struct up *up);
void up_list_changed(struct up *up, enum up_list list);

#endif
