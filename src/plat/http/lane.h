/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the engine: a lane is one loop with its listening sockets and what its connections
 * share; the server is all lanes. A lane belongs to its loop's thread once it runs; of the server
 * the other threads use only what is atomic.
 */
#ifndef PLAT_HTTP_LANE_H
#define PLAT_HTTP_LANE_H

#include "plat/http/conn.h"
#include "plat/http/pool.h"

#include <pthread.h>
#include <stdatomic.h>

struct listener {
    struct loop_watch watch;
    struct loop_timer pause;
    struct lane *lane;
    int fd;
};

struct lane {
    struct loop *loop;
    struct http_server *server; /* borrowed */
    unsigned index;
    bool running;
    pthread_t thread;
    struct loop_msg retire; /* the two rounds of a drain */
    struct loop_msg close;
    struct listener *listeners; /* cfg.listen_n */
    size_t listening;           /* of them, how many are open */
    struct conn *first;
    struct pool conns;
    struct pool inputs;
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
    uint16_t *ports; /* cfg.listen_n */
    _Atomic size_t conns;
    atomic_bool draining;
    pthread_mutex_t lock;
    pthread_cond_t emptied;
};

/* lane->server is set. What fails is undone by lane_fini. */
err_t lane_init(struct lane *lane, unsigned index, struct diag *why) MUST_USE;
void lane_fini(struct lane *lane);
void lane_listen(struct lane *lane); /* begin to accept */
void lane_deafen(struct lane *lane); /* accept no more */
str_t lane_date(struct lane *lane);  /* "Date: ...\r\n", made once a second */

/* Everything that a lane has from outside is its server's. */
static inline const struct http_server_cfg *lane_cfg(const struct lane *lane)
{
    return &lane->server->cfg;
}

#endif
