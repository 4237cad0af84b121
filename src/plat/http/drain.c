/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a server ends, so that nobody who is being served notices more than he must: phase by phase
 * (enum phase), each told to every lane in its own thread.
 */
#include "plat/http/lane.h"
#include "plat/http/leave.h"

enum { CLOSING_S = 5 };
#define HURRY DUR_MS(500) /* for requests that are on their way (conn_hurry) */

/* False: the time is over and there are still some. */
static bool server_await_none(struct http_server *s, const _Atomic size_t *count, dur_t in)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t us = until.tv_nsec / 1000 + in.us;
    until.tv_sec += us / 1000000;
    until.tv_nsec = us % 1000000 * 1000;
    int rc = 0;
    (void)pthread_mutex_lock(&s->lock);
    while (rc == 0 && atomic_load(count) > 0)
        rc = pthread_cond_timedwait(&s->fewer, &s->lock, &until);
    (void)pthread_mutex_unlock(&s->lock);
    return rc == 0;
}

static void conn_await(struct conn *c)
{
    if (c->x == NULL || c->x->parked)
        return;
    c->x->awaited = true;
    atomic_fetch_add(&c->lane->server->awaited, 1);
}

static void (*const visits[ROUND_COUNT])(struct conn *c) = {
    [ROUND_SETTLE] = conn_await,
    [ROUND_RETIRE] = conn_retire,
    [ROUND_HURRY] = conn_hurry,
    [ROUND_CLOSE] = conn_close,
};

static void lane_on_round(struct loop_msg *msg)
{
    struct round *round = CONTAINER_OF(msg, struct round, msg);
    struct lane *lane = round->lane;
    struct conn *next;
    if (round->kind == ROUND_RETIRE && lane->index == 0)
        door_shut(lane->server);
    for (struct conn *c = lane->first; c != NULL; c = next) {
        next = c->next;
        visits[round->kind](c);
    }
    server_less(lane->server, &lane->server->untold);
}

/* One round through the connections of all lanes; it is over when this returns. */
static void server_go_round(struct http_server *s, enum round_kind kind)
{
    for (unsigned i = 0; i < s->lanes_n; i++) {
        struct lane *lane = &s->lanes[i];
        struct round *round = &lane->rounds[kind];
        *round = (struct round){ .msg.run = lane_on_round, .lane = lane, .kind = kind };
        if (!lane->running)
            continue;
        atomic_fetch_add(&s->untold, 1);
        loop_post(lane->loop, &round->msg);
    }
    (void)server_await_none(s, &s->untold, DUR_S(CLOSING_S)); /* loops never block */
}

void http_server_settle(struct http_server *s, dur_t grace, dur_t in)
{
    dur_t since = clock_mono();
    atomic_store(&s->phase, PHASE_SETTLING);
    server_go_round(s, ROUND_SETTLE);
    (void)server_await_none(s, &s->awaited, in); /* what takes longer has its time in the drain */
    dur_t rest = { grace.us - (clock_mono().us - since.us) };
    if (s->cfg.tls != NULL && rest.us > 0)
        (void)server_await_none(s, &s->conns, rest);
}

static void server_end(struct http_server *s, enum phase phase, dur_t in)
{
    if (server_phase(s) >= PHASE_LEAVING)
        return;
    atomic_store(&s->phase, phase);
    server_go_round(s, ROUND_RETIRE);
    bool hurries = in.us > HURRY.us;
    if (hurries && !server_await_none(s, &s->conns, HURRY))
        server_go_round(s, ROUND_HURRY);
    (void)server_await_none(s, &s->conns, (dur_t){ in.us - (hurries ? HURRY.us : 0) });
    atomic_store(&s->closing, true);
    server_go_round(s, ROUND_CLOSE);
    (void)server_await_none(s, &s->conns, DUR_S(CLOSING_S)); /* takes an iteration of each loop */
}

void http_server_leave(struct http_server *s, dur_t in)
{
    server_end(s, PHASE_LEAVING, in);
}

void http_server_drain(struct http_server *s, dur_t in)
{
    server_end(s, PHASE_DRAINING, in);
}

int http_server_take_listener(struct http_server *s, size_t i)
{
    int fd = s->listeners[i].fd;
    s->listeners[i].fd = -1;
    return fd;
}

size_t http_server_take_conns(struct http_server *s, int *fds, size_t max)
{
    size_t n = 0;
    for (unsigned i = 0; i < s->lanes_n; i++) {
        struct buf *kept = &s->lanes[i].kept;
        size_t here = kept->n / sizeof *fds;
        here = here < max - n ? here : max - n;
        size_t bytes = here * sizeof *fds;
        if (kept->p == NULL)
            continue;
        memcpy(fds + n, kept->p, bytes);
        memmove(kept->p, kept->p + bytes, kept->n - bytes);
        kept->n -= bytes;
        n += here;
    }
    return n;
}
