/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the engine: a connection, its exchange, and the lane that they run on. Everything
 * here belongs to one loop's thread. A connection lives until its descriptor is closed and its
 * exchange has ended, whichever is later.
 */
#ifndef PLAT_HTTP_CONN_H
#define PLAT_HTTP_CONN_H

#include "plat/http/hello.h"
#include "plat/http/xchg.h"
#include "plat/tls/tls.h"

enum {
    SCRATCH_BYTES = 16 * 1024, /* a reply up to this size leaves in one piece; also a TLS record */
    REPLY_HEAD_MAX = 8 * 1024, /* header lines that the application may give */
    DROP_MAX = 64 * 1024,      /* a body that nobody wants */
    STREAM_LOW = 64 * 1024,
    STREAM_HIGH = 256 * 1024,
    STREAM_MAX = 1024 * 1024,
    LINGER_MAX = 16 * 1024 * 1024,
    ARENA_MAX = 16 * 1024 * 1024,
    REPLY_MAX = 64 * 1024 * 1024,
    READS_MAX = 16,      /* in one turn: the other connections of the loop wait */
    BODY_PACE = 1000,    /* bytes a second */
    BODY_PATIENCE_S = 5, /* before the pace counts */
    STALL_S = 15,        /* without a byte leaving */
    TRICKLE_SEND = 4096, /* bytes that the kernel keeps for a slow reader of a stream of events */
};

enum conn_state {
    CONN_CLOSED, /* the descriptor is being closed, or is */
    CONN_HELLO,  /* TLS handshake */
    CONN_IDLE,   /* between two requests: no byte of the next has come */
    CONN_HEAD,
    CONN_BODY,
    CONN_LENT,   /* the application has the exchange */
    CONN_STREAM, /* the application writes a reply piece by piece */
    CONN_SEND,   /* the end of a reply is on its way */
    CONN_LINGER, /* RFC 9112 section 9.6: what still comes is discarded, so that the reply survives
                  */
};

struct conn {
    struct loop_watch watch;
    struct loop_timer timer;
    struct conn *prev, *next; /* of the lane */
    struct lane *lane;        /* borrowed: outlives us */
    struct tls_conn *tls;     /* NULL: plain */
    struct input *in;
    struct xchg *x;
    int64_t due_us; /* when the state's patience ends, on the loop's clock; 0: never */
    int fd;
    unsigned in_at, in_n; /* bytes of the input that are used up; in all */
    unsigned lingered;    /* bytes discarded */
    struct hello_link hello;
    struct http_peer peer;
    unsigned char state; /* enum conn_state */
    unsigned char reads; /* in this turn */
    bool turning;        /* the state machine runs: callbacks only leave it something to do */
    bool dry;            /* the socket had no more to read */
    bool blocked;        /* the socket took no more */
    bool ended, left;    /* the peer sends no more; it is known before all is read */
    bool broken;         /* to be closed at the next turn */
    bool read_crossed, write_crossed; /* TLS: it waits for the socket's other direction */
    bool kept, lingers;               /* the descriptor is for a successor; only to await its end */
    bool spare;                       /* over conns_max: one request, and little patience */
    bool fd_closed;
};

/* conn.c: life and states */
/* Counted already; `first`: CONN_HEAD, or of one taken over CONN_IDLE or CONN_LINGER. */
void conn_open(struct lane *lane, int fd, const struct http_peer *peer, enum conn_state first);
void conn_enter(struct conn *c, enum conn_state state);
/* Run the state machine as far as it goes, then wait for what it needs. */
void conn_turn(struct conn *c);
void conn_settle(struct conn *c);
void conn_close(struct conn *c);
/* The exchange is over and its reply has left: the next request, or the end. */
void conn_finish(struct conn *c);
/* Before it is freed, it must be closed and without an exchange. */
void conn_release(struct conn *c);
/* No request shall follow: if it is between two, it is put aside for a successor or closed. */
void conn_retire(struct conn *c);
void conn_hurry(struct conn *c); /* close it while its request is not whole */

/* io.c: the socket */
/* Read more. E_AGAIN, E_CLOSED: the peer sends no more; E_IO: broken; E_NO_MEMORY. */
err_t conn_fill(struct conn *c) MUST_USE;
/* Send; what the socket does not take is queued in the exchange. Failures show at the next turn. */
void conn_send(struct conn *c, const str_t *parts, size_t n);
/* Go on with what is queued. E_OK: all has left. E_AGAIN, E_IO. */
err_t conn_flush(struct conn *c) MUST_USE;
err_t conn_discard(struct conn *c) MUST_USE;
size_t conn_queued(const struct conn *c);
unsigned conn_wanted(const struct conn *c); /* events to watch for */
str_t conn_pending(const struct conn *c);   /* bytes that nobody has read yet */
void conn_drop_input(struct conn *c);       /* all that is used up */

/* request.c: the steps that read a request; true: look again, the state may be another */
bool request_step_head(struct conn *c);
bool request_step_body(struct conn *c);
void request_refuse(struct conn *c, err_t e); /* and the connection with it */

#endif
