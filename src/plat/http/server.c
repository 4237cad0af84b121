/* SPDX-License-Identifier: Apache-2.0 */
/* The server as a whole: loops, threads, and the order in which they come; drain.c has how they go.
 */
#include "plat/http/server.h"
#include "base/fault.h"
#include "plat/http/lane.h"
#include "plat/http/leave.h"
#include "plat/os/net.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <unistd.h>

static err_t server_setup(struct http_server *s, struct diag *why)
{
    s->lanes = fault_here() ? NULL : calloc(s->lanes_n, sizeof *s->lanes);
    if (s->lanes == NULL) {
        s->lanes_n = 0;
        return FAIL(why, E_NO_MEMORY, "server: no memory");
    }
    for (unsigned i = 0; i < s->lanes_n; i++)
        s->lanes[i].server = s;
    for (unsigned i = 0; i < s->lanes_n; i++)
        TRY(lane_init(&s->lanes[i], i, why));
    return door_init(s, why);
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
    (void)pthread_cond_init(&s->fewer, &attr);
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
    return s->listeners[i].port;
}

int http_server_listener(const struct http_server *s, size_t i)
{
    assert(i < s->cfg.listen_n);
    return s->listeners[i].fd;
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

/* Every lane takes its share of the connections that a predecessor had. */
static void lane_take_over(struct lane *lane)
{
    const struct http_server *s = lane->server;
    for (size_t i = lane->index; i < s->cfg.conns_n; i += s->lanes_n) {
        struct http_peer peer;
        bool lingers = s->cfg.conns[i] < 0;
        int fd = lingers ? ~s->cfg.conns[i] : s->cfg.conns[i];
        if ((s->cfg.tls != NULL && !lingers) || net_peer(fd, peer.ip, &peer.port) != E_OK ||
            atomic_load(&s->conns) >= s->cfg.conns_max) {
            (void)close(fd); /* it has left meanwhile, or there is no room */
            continue;
        }
        lane_count(lane, true);
        conn_open(lane, fd, &peer, lingers ? CONN_LINGER : CONN_IDLE);
    }
}

static void *lane_main(void *arg)
{
    struct lane *lane = arg;
    lane_take_over(lane);
    loop_run(lane->loop);
    return NULL;
}

err_t http_server_start(struct http_server *s, struct diag *why)
{
    sigset_t all;
    sigset_t before;
    int rc = 0;
    TRY(door_open(s, why));
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

void http_server_free(struct http_server *s)
{
    if (s == NULL)
        return;
    http_server_drain(s, (dur_t){ 0 });
    if (s->lanes_n > 0 && !s->lanes[0].running)
        door_shut(s); /* nobody else does; its loop closes the watches when it is freed */
    for (unsigned i = 0; i < s->lanes_n; i++) {
        if (s->lanes[i].running) {
            loop_stop(s->lanes[i].loop);
            (void)pthread_join(s->lanes[i].thread, NULL);
        }
        lane_fini(&s->lanes[i]);
    }
    door_fini(s);
    free(s->lanes);
    (void)pthread_cond_destroy(&s->fewer);
    (void)pthread_mutex_destroy(&s->lock);
    free(s);
}
