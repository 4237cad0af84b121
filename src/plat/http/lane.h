/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the engine: a lane is one loop and what its connections share; the server is all
 * lanes, and the door that gives them connections. A lane belongs to its loop's thread once it
 * runs, the door to that of the first lane; of the server the other threads use only what is
 * atomic.
 */
#ifndef PLAT_HTTP_LANE_H
#define PLAT_HTTP_LANE_H

#include "plat/http/conn.h"
#include "plat/http/pool.h"

#include <pthread.h>
#include <stdatomic.h>

/* How the server ends; it never goes back. */
enum phase {
    PHASE_SERVING,
    PHASE_SETTLING, /* what is under way comes to its end; connections of TLS begin to be ended */
    PHASE_LEAVING,  /* nothing is accepted; plain connections between requests are put aside */
    PHASE_DRAINING, /* nothing is accepted; every answer is its connection's last */
};

/* What is told to every lane, for each of its connections. */
enum round_kind { ROUND_SETTLE, ROUND_RETIRE, ROUND_HURRY, ROUND_CLOSE, ROUND_COUNT };

struct round {
    struct loop_msg msg;
    struct lane *lane;
    enum round_kind kind;
};

struct listener {
    struct loop_watch watch;
    struct loop_timer pause;
    struct loop_msg empty; /* once, for one that is served no more */
    struct lane *lane;     /* borrowed: the first */
    int fd;
    uint16_t port;
    bool watched;
};

struct lane {
    struct loop *loop;
    struct http_server *server; /* borrowed */
    unsigned index;
    bool running;
    pthread_t thread;
    struct round rounds[ROUND_COUNT];
    _Atomic size_t load; /* connections, also those on their way here */
    struct conn *first;
    struct buf kept; /* descriptors that were put aside for a successor */
    struct pool conns;
    struct pool inputs;
    struct hellos hellos;
    struct xchg *idle_xchg; /* a chain of those to take first: they have memory */
    size_t idle_xchgs;
    struct diag why; /* of the refusal at hand */
    int64_t date_s;
    char date[sizeof "Date: " - 1 + TS_HTTP_TEXT + 2];
    char scratch[SCRATCH_BYTES];
};

struct http_server {
    struct http_server_cfg cfg; /* borrows calls, app and tls */
    struct lane *lanes;
    unsigned lanes_n;
    struct listener *listeners; /* cfg.listen_n */
    _Atomic size_t conns;
    _Atomic size_t awaited; /* what was under way when settling began */
    _Atomic size_t untold;  /* lanes that this round has not been to */
    _Atomic int phase;      /* enum phase */
    _Atomic bool closing;   /* every connection is closed */
    pthread_mutex_t lock;
    pthread_cond_t fewer; /* one of the three counts has become 0 */
};

/* lane->server is set. What fails is undone by lane_fini. */
err_t lane_init(struct lane *lane, unsigned index, struct diag *why) MUST_USE;
void lane_fini(struct lane *lane);
str_t lane_date(struct lane *lane); /* "Date: ...\r\n", made once a second */
/* One connection more, or less. */
void lane_count(struct lane *lane, bool more);
/* One less of a count that is waited for. */
void server_less(struct http_server *s, _Atomic size_t *count);

/* door.c: listening sockets; what fails is undone by door_fini */
err_t door_init(struct http_server *s, struct diag *why) MUST_USE;
void door_fini(struct http_server *s);
err_t door_open(struct http_server *s, struct diag *why) MUST_USE; /* begin to accept */
void door_shut(struct http_server *s);                             /* accept no more */

static inline enum phase server_phase(const struct http_server *s)
{
    return (enum phase)atomic_load_explicit(&s->phase, memory_order_relaxed);
}

/* Everything that a lane has from outside is its server's. */
static inline const struct http_server_cfg *lane_cfg(const struct lane *lane)
{
    return &lane->server->cfg;
}

#endif
