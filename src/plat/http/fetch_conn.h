/* SPDX-License-Identifier: Apache-2.0 */
/* Inside plat/http: connections of fetches without TLS. fetch_conn.c has their life, fetch_hear.c
 * what comes on them. */
#ifndef PLAT_HTTP_FETCH_CONN_H
#define PLAT_HTTP_FETCH_CONN_H

#include "base/buf.h"
#include "plat/http/answer.h"
#include "plat/http/fetch_in.h"

enum {
    FETCH_HEAD_MAX = 64 * 1024,  /* of a request */
    FETCH_READ_BYTES = 8 * 1024, /* at once */
};

enum plain_state { PLAIN_CONNECTS, PLAIN_WORKS, PLAIN_RESTS, PLAIN_CLOSED };

struct plain_conn {
    struct loop_watch watch;
    struct fetcher *owner;
    struct plain_conn *prev; /* among those that rest, or the others */
    struct plain_conn *next;
    struct fetch *x; /* NULL: it rests, or is closed */
    enum plain_state state;
    int fd;
    size_t at;              /* which of the origin's addresses */
    struct loop_timer late; /* connecting */
    dur_t rested;           /* since */
    bool used;              /* has served an exchange before this one */
    struct buf in;          /* a head that is not whole; what came for a fetch that is paused */
    size_t seen;            /* of it: where to look on for its end */
    size_t heads_n;         /* bytes of the heads of this exchange */
    bool in_body;
    bool whole; /* the answer has ended */
    bool to_close;
    bool keep_alive;
    struct body body;
};

/* To address number `at` of the origin's, or the next ones that can be tried. E_IO, E_NO_MEMORY.
 * The fetch runs then. */
err_t fetch_conn_new(struct fetch *x, size_t at, struct diag *why) MUST_USE;
/* One that rests. False: it is dead, and closed; not a byte has left. */
bool fetch_conn_use(struct plain_conn *c, struct fetch *x) MUST_USE;
/* Its fetch, if it has one, is without connection from now on. */
void fetch_conn_close(struct plain_conn *c);
void fetch_conns_close_resting(struct fetcher *f);
/* Watch for what is wanted now. True: it holds bytes that nobody has read. */
bool fetch_conn_arm(struct plain_conn *c);
/* Hand over what it holds; between enter and leave. */
void fetch_conn_go_on(struct plain_conn *c);
bool fetch_conn_sends(const struct plain_conn *c); /* not all of the request has left */
/* What has come for its fetch, between enter and leave; what that does not want yet is kept. */
void fetch_conn_take(struct plain_conn *c, str_t fresh);
/* The answer is whole; `clean`: and nothing has come behind it. The fetch ends. */
void fetch_conn_done(struct plain_conn *c, bool clean);
/* It is closed, and its fetch ends so. */
void fetch_conn_fail(struct plain_conn *c, err_t e, const char *text);
/* Without its fetch, until the next. */
void fetch_conn_rest(struct plain_conn *c);

#endif
