/* SPDX-License-Identifier: Apache-2.0 */
/* The server as a whole: sockets, loops, threads, and the order in which they come and go. */
#include "plat/http/server.h"
#include "base/fault.h"
#include "plat/http/lane.h"
#include "plat/os/net.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <unistd.h>

/* Each loop has a socket of its own for an address; one that was handed over is shared by all of
 * them. */
static err_t server_bind(struct http_server *s, size_t entry, unsigned lane, struct diag *why)
{
    const struct http_listen *l = &s->cfg.listen[entry];
    int *fd = &s->lanes[lane].listeners[entry].fd;
    if (l->fd >= 0) {
        *fd = dup(l->fd);
        if (*fd < 0)
            return FAIL(why, E_IO, "%s: %s", l->address, strerrordesc_np(errno));
        TRY(net_adopt(*fd, why));
    } else {
        TRY(net_listen(l->address, s->ports[entry], why, fd));
    }
    s->ports[entry] = net_port(*fd);
    return E_OK;
}

static err_t server_setup(struct http_server *s, struct diag *why)
{
    s->ports = fault_here() ? NULL : calloc(s->cfg.listen_n, sizeof *s->ports);
    s->lanes = fault_here() ? NULL : calloc(s->lanes_n, sizeof *s->lanes);
    if (s->ports == NULL || s->lanes == NULL) {
        s->lanes_n = 0;
        return FAIL(why, E_NO_MEMORY, "server: no memory");
    }
    for (unsigned i = 0; i < s->lanes_n; i++)
        s->lanes[i].server = s;
    for (unsigned i = 0; i < s->lanes_n; i++)
        TRY(lane_init(&s->lanes[i], i, why));
    for (size_t entry = 0; entry < s->cfg.listen_n; entry++) {
        for (unsigned i = 0; i < s->lanes_n; i++)
            TRY(server_bind(s, entry, i, why));
    }
    return E_OK;
}

err_t http_server_new(const struct http_server_cfg *cfg, struct diag *why, struct http_server **ret)
{
    struct http_server *s = fault_here() ? NULL : calloc(1, sizeof *s);
    if (s == NULL)
        return FAIL(why, E_NO_MEMORY, "server: no memory");
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    s->cfg = *cfg;
    s->lanes_n = cfg->loops > 0 ? cfg->loops : cores > 0 ? (unsigned)cores : 1;
    (void)pthread_mutex_init(&s->lock, NULL); /* with default attributes these cannot fail here */
    pthread_condattr_t attr;
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&s->emptied, &attr);
    (void)pthread_condattr_destroy(&attr);
    err_t e = server_setup(s, why);
    if (e != E_OK) {
        http_server_free(s);
        return e;
    }
    (void)signal(SIGPIPE, SIG_IGN); /* OpenSSL writes to sockets without MSG_NOSIGNAL */
    *ret = s;
    return E_OK;
}

uint16_t http_server_port(const struct http_server *s, size_t i)
{
    assert(i < s->cfg.listen_n);
    return s->ports[i];
}

unsigned http_server_loops(const struct http_server *s)
{
    return s->lanes_n;
}

struct loop *http_server_loop(const struct http_server *s, unsigned i)
{
    assert(i < s->lanes_n);
    return s->lanes[i].loop;
}

size_t http_server_conns(const struct http_server *s)
{
    return atomic_load(&s->conns);
}

static void *lane_main(void *arg)
{
    struct lane *lane = arg;
    lane_listen(lane);
    loop_run(lane->loop);
    return NULL;
}

err_t http_server_start(struct http_server *s, struct diag *why)
{
    sigset_t all;
    sigset_t before;
    int rc = 0;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for the main thread */
    for (unsigned i = 0; rc == 0 && i < s->lanes_n; i++) {
        rc = fault_here() ? EAGAIN
                          : pthread_create(&s->lanes[i].thread, NULL, lane_main, &s->lanes[i]);
        s->lanes[i].running = rc == 0;
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc == 0 ? E_OK : FAIL(why, E_IO, "threads: %s", strerrordesc_np(rc));
}

static void lane_visit(struct lane *lane, void (*visit)(struct conn *c))
{
    struct conn *next;
    for (struct conn *c = lane->first; c != NULL; c = next) {
        next = c->next;
        visit(c);
    }
}

static void lane_on_retire(struct loop_msg *msg)
{
    struct lane *lane = CONTAINER_OF(msg, struct lane, retire);
    lane_deafen(lane);
    lane_visit(lane, conn_retire);
}

static void lane_on_close(struct loop_msg *msg)
{
    lane_visit(CONTAINER_OF(msg, struct lane, close), conn_close);
}

static bool server_await_empty(struct http_server *s, dur_t in)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t us = until.tv_nsec / 1000 + in.us;
    until.tv_sec += us / 1000000;
    until.tv_nsec = us % 1000000 * 1000;
    int rc = 0;
    (void)pthread_mutex_lock(&s->lock);
    while (rc == 0 && atomic_load(&s->conns) > 0)
        rc = pthread_cond_timedwait(&s->emptied, &s->lock, &until);
    (void)pthread_mutex_unlock(&s->lock);
    return rc == 0;
}

void http_server_drain(struct http_server *s, dur_t in)
{
    enum { CLOSING_S = 5 };
    if (atomic_exchange(&s->draining, true))
        return;
    for (unsigned i = 0; i < s->lanes_n; i++) {
        struct lane *lane = &s->lanes[i];
        lane->retire.run = lane_on_retire;
        if (lane->running)
            loop_post(lane->loop, &lane->retire);
    }
    (void)server_await_empty(s, in); /* what is still there is ended now, empty or not */
    for (unsigned i = 0; i < s->lanes_n; i++) {
        struct lane *lane = &s->lanes[i];
        lane->close.run = lane_on_close;
        if (lane->running)
            loop_post(lane->loop, &lane->close);
    }
    (void)server_await_empty(s, DUR_S(CLOSING_S)); /* closing takes an iteration of each loop */
}

void http_server_free(struct http_server *s)
{
    if (s == NULL)
        return;
    http_server_drain(s, (dur_t){ 0 });
    for (unsigned i = 0; i < s->lanes_n; i++) {
        if (s->lanes[i].running) {
            loop_stop(s->lanes[i].loop);
            (void)pthread_join(s->lanes[i].thread, NULL);
        }
        lane_fini(&s->lanes[i]);
    }
    free(s->lanes);
    free(s->ports);
    (void)pthread_cond_destroy(&s->emptied);
    (void)pthread_mutex_destroy(&s->lock);
    free(s);
}
