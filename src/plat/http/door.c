/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door: one listening socket per address, watched by the first lane, which gives each new
 * connection to the lane that has the fewest. One socket can be handed to a successor whole, with
 * the connections that still wait in it; of a group that shares a port (SO_REUSEPORT) each socket
 * has a queue of its own, which dies with it.
 */
#include "base/fault.h"
#include "plat/http/lane.h"
#include "plat/os/net.h"

#include <unistd.h>

enum {
    ACCEPT_BURST = 64, /* then the connections that are there have their turn */
    PAUSE_MS = 100,    /* without a free descriptor or place */
    EMPTY_MAX = 65536, /* more than any queue of the kernel holds */
};

/* A connection on its way to another lane. */
struct guest {
    struct loop_msg msg;
    struct lane *lane;
    struct http_peer peer;
    int fd;
};

err_t door_init(struct http_server *s, struct diag *why)
{
    s->listeners = fault_here() ? NULL : calloc(s->cfg.listen_n, sizeof *s->listeners);
    if (s->listeners == NULL)
        return FAIL(why, E_NO_MEMORY, "listening sockets: no memory");
    for (size_t i = 0; i < s->cfg.listen_n; i++)
        s->listeners[i] = (struct listener){ .lane = &s->lanes[0], .fd = s->cfg.listen[i].fd };
    for (size_t i = 0; i < s->cfg.listen_n; i++) {
        struct listener *l = &s->listeners[i];
        if (l->fd >= 0)
            TRY(net_adopt(l->fd, why));
        else
            TRY(net_listen(s->cfg.listen[i].address, why, &l->fd));
        l->port = net_port(l->fd);
    }
    return E_OK;
}

void door_fini(struct http_server *s)
{
    for (size_t i = 0; s->listeners != NULL && i < s->cfg.listen_n; i++) {
        if (s->listeners[i].fd >= 0)
            (void)close(s->listeners[i].fd);
    }
    free(s->listeners);
}

static struct lane *door_choose(struct http_server *s)
{
    struct lane *best = &s->lanes[0];
    size_t least = atomic_load_explicit(&best->load, memory_order_relaxed);
    for (unsigned i = 1; i < s->lanes_n; i++) {
        size_t load = atomic_load_explicit(&s->lanes[i].load, memory_order_relaxed);
        if (load < least) {
            best = &s->lanes[i];
            least = load;
        }
    }
    return best;
}

static void guest_arrive(struct loop_msg *msg)
{
    struct guest *g = CONTAINER_OF(msg, struct guest, msg);
    struct lane *lane = g->lane;
    if (atomic_load(&lane->server->closing)) {
        (void)close(g->fd);
        lane_count(lane, false);
    } else {
        conn_open(lane, g->fd, &g->peer, CONN_HEAD);
    }
    free(g);
}

static void door_let_in(struct http_server *s, struct lane *here, int fd,
                        const struct http_peer *peer)
{
    struct lane *lane = door_choose(s);
    struct guest *g = lane == here || fault_here() ? NULL : malloc(sizeof *g);
    if (g == NULL) { /* for want of memory it stays here */
        lane_count(here, true);
        conn_open(here, fd, peer, CONN_HEAD);
        return;
    }
    *g = (struct guest){ .msg.run = guest_arrive, .lane = lane, .peer = *peer, .fd = fd };
    lane_count(lane, true);
    loop_post(lane->loop, &g->msg);
}

static void listener_resume(struct loop_timer *t)
{
    struct listener *l = CONTAINER_OF(t, struct listener, pause);
    loop_watch_arm(&l->watch, LOOP_READ);
}

/* Descriptors or places are short: the waiting connection stays queued in the kernel, and would
 * wake us again and again. */
static void listener_pause(struct listener *l)
{
    loop_watch_arm(&l->watch, 0);
    loop_timer_start(l->lane->loop, &l->pause, DUR_MS(PAUSE_MS), listener_resume);
}

/* The next that waits. E_AGAIN: nobody does. E_IO: no descriptor is free, or no place. */
static err_t listener_accept(struct listener *l)
{
    struct http_server *s = l->lane->server;
    struct http_peer peer;
    int fd;
    if (atomic_load(&s->conns) >= s->cfg.conns_max + s->cfg.conns_spare)
        return E_IO; /* until one has gone, who comes waits in the kernel's queue */
    err_t e = net_accept(l->fd, peer.ip, &peer.port, &fd);
    if (e == E_CLOSED)
        return E_OK; /* it did not wait */
    TRY(e);
    door_let_in(s, l->lane, fd, &peer);
    return E_OK;
}

static void listener_on_event(struct loop_watch *w, unsigned events)
{
    (void)events;
    struct listener *l = CONTAINER_OF(w, struct listener, watch);
    err_t e = E_OK;
    for (int i = 0; e == E_OK && i < ACCEPT_BURST; i++)
        e = listener_accept(l);
    if (e == E_IO)
        listener_pause(l);
}

static void listener_on_empty(struct loop_msg *msg)
{
    struct listener *l = CONTAINER_OF(msg, struct listener, empty);
    bool closing = atomic_load(&l->lane->server->closing);
    for (int i = 0; !closing && i < EMPTY_MAX && listener_accept(l) == E_OK; i++)
        continue;
    (void)close(l->fd);
    l->fd = -1;
}

err_t door_open(struct http_server *s, struct diag *why)
{
    for (size_t i = 0; i < s->cfg.listen_n; i++) {
        struct listener *l = &s->listeners[i];
        if (s->cfg.listen[i].last) {
            l->empty.run = listener_on_empty;
            loop_post(l->lane->loop, &l->empty);
            continue;
        }
        if (loop_watch_open(l->lane->loop, &l->watch, l->fd, listener_on_event) != E_OK)
            return FAIL(why, E_IO, "%s: cannot be watched", s->cfg.listen[i].address);
        l->watched = true;
        loop_watch_arm(&l->watch, LOOP_READ);
    }
    return E_OK;
}

static void listener_on_fd_free(struct loop_watch *w)
{
    struct listener *l = CONTAINER_OF(w, struct listener, watch);
    if (server_phase(l->lane->server) == PHASE_LEAVING)
        return; /* it goes on to the successor, with what waits in it */
    (void)close(l->fd);
    l->fd = -1;
}

void door_shut(struct http_server *s)
{
    for (size_t i = 0; s->listeners != NULL && i < s->cfg.listen_n; i++) {
        struct listener *l = &s->listeners[i];
        if (!l->watched)
            continue;
        l->watched = false;
        loop_timer_stop(l->lane->loop, &l->pause);
        loop_watch_close(&l->watch, listener_on_fd_free);
    }
}
