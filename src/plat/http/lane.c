/* SPDX-License-Identifier: Apache-2.0 */
/* One loop with its listening sockets: accepting, and what the connections of a loop share. */
#include "plat/http/lane.h"
#include "base/fault.h"
#include "plat/os/net.h"

#include <unistd.h>

enum {
    CONNS_KEEP = 1024,
    INPUTS_KEEP = 64,
    ACCEPT_BURST = 64, /* then the connections that are there have their turn */
    PAUSE_MS = 100,    /* without a free descriptor */
};

err_t lane_init(struct lane *lane, unsigned index, struct diag *why)
{
    struct http_server *s = lane->server;
    lane->index = index;
    lane->date_s = -1;
    pool_init(&lane->conns, sizeof(struct conn), CONNS_KEEP);
    pool_init(&lane->inputs, sizeof(struct input), INPUTS_KEEP);
    lane->listeners = fault_here() ? NULL : calloc(s->cfg.listen_n, sizeof *lane->listeners);
    if (lane->listeners == NULL)
        return FAIL(why, E_NO_MEMORY, "listening sockets: no memory");
    for (size_t i = 0; i < s->cfg.listen_n; i++)
        lane->listeners[i] = (struct listener){ .lane = lane, .fd = -1 };
    return loop_new(why, &lane->loop);
}

void lane_fini(struct lane *lane)
{
    loop_free(lane->loop); /* first: it may still have to close handles in what follows */
    for (size_t i = 0; lane->listeners != NULL && i < lane->server->cfg.listen_n; i++) {
        if (lane->listeners[i].fd >= 0)
            (void)close(lane->listeners[i].fd);
    }
    free(lane->listeners);
    while (lane->idle_xchg != NULL) {
        struct xchg *x = lane->idle_xchg;
        lane->idle_xchg = x->next;
        xchg_fini(x);
    }
    pool_fini(&lane->conns);
    pool_fini(&lane->inputs);
}

static void listener_resume(struct loop_timer *t)
{
    struct listener *l = CONTAINER_OF(t, struct listener, pause);
    loop_watch_arm(&l->watch, LOOP_READ);
}

/* Descriptors are short: the waiting connection stays queued in the kernel, and would wake us again
 * and again. */
static void listener_pause(struct listener *l)
{
    loop_watch_arm(&l->watch, 0);
    loop_timer_start(l->lane->loop, &l->pause, DUR_MS(PAUSE_MS), listener_resume);
}

static void listener_on_event(struct loop_watch *w, unsigned events)
{
    (void)events;
    struct listener *l = CONTAINER_OF(w, struct listener, watch);
    struct http_server *s = l->lane->server;
    for (int i = 0; i < ACCEPT_BURST; i++) {
        struct http_peer peer;
        int fd;
        err_t e = net_accept(l->fd, peer.ip, &peer.port, &fd);
        if (e == E_AGAIN)
            return;
        if (e == E_IO) {
            listener_pause(l);
            return;
        }
        if (e != E_OK)
            continue;
        if (atomic_load(&s->conns) >= s->cfg.conns_max)
            (void)close(fd); /* the newest is refused; an answer would cost what we do not have */
        else
            conn_open(l->lane, fd, &peer);
    }
}

void lane_listen(struct lane *lane)
{
    for (size_t i = 0; i < lane->server->cfg.listen_n; i++) {
        struct listener *l = &lane->listeners[i];
        if (loop_watch_open(lane->loop, &l->watch, l->fd, listener_on_event) != E_OK)
            continue; /* http_server_start has tried all of them */
        loop_watch_arm(&l->watch, LOOP_READ);
        lane->listening++;
    }
}

static void listener_on_fd_free(struct loop_watch *w)
{
    struct listener *l = CONTAINER_OF(w, struct listener, watch);
    (void)close(l->fd);
    l->fd = -1;
}

void lane_deafen(struct lane *lane)
{
    for (; lane->listening > 0; lane->listening--) {
        struct listener *l = &lane->listeners[lane->listening - 1];
        loop_timer_stop(lane->loop, &l->pause);
        loop_watch_close(&l->watch, listener_on_fd_free);
    }
}

str_t lane_date(struct lane *lane)
{
    int64_t now_s = loop_now(lane->loop).us / 1000000;
    if (now_s != lane->date_s) {
        lane->date_s = now_s;
        memcpy(lane->date, "Date: ", 6);
        ts_format_http(clock_now(), lane->date + 6);
        memcpy(lane->date + 6 + TS_HTTP_TEXT, "\r\n", 2);
    }
    return str_of(lane->date, 6 + TS_HTTP_TEXT + 2);
}
