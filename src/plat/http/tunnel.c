/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/tunnel.h"

#include "base/fault.h"
#include "plat/http/tunnel_in.h"
#include "plat/os/net.h"

#include <unistd.h>

/* Who comes is heard, unless there are as many as may be, or were too many of late. */
static void tunnel_listen(struct tunnel *t)
{
    bool hears = t->ones_n < TUNNEL_CONNS_MAX && !t->paused;
    if (!t->closing)
        loop_watch_arm(&t->watch, hears ? LOOP_READ : 0);
}

static void tunnel_on_rested(struct loop_timer *timer)
{
    struct tunnel *t = CONTAINER_OF(timer, struct tunnel, rest);
    t->taken = 0;
    t->paused = false;
    tunnel_listen(t);
}

static void tunnel_pause(struct tunnel *t)
{
    t->paused = true;
    tunnel_listen(t);
    loop_timer_start(t->cfg.loop, &t->rest, DUR_S(1), tunnel_on_rested);
}

/* One a turn: others live on this loop too. */
static void tunnel_on_ready(struct loop_watch *watch, unsigned events)
{
    struct tunnel *t = CONTAINER_OF(watch, struct tunnel, watch);
    uint8_t ip[16];
    uint16_t port;
    int fd;
    dur_t now = loop_now(t->cfg.loop);
    if (t->closing || (events & LOOP_READ) == 0)
        return;
    if (now.us - t->second.us >= DUR_S(1).us) {
        t->second = now;
        t->taken = 0;
    }
    err_t e = t->taken++ >= TUNNEL_CONNS_PER_S ? E_IO : net_accept(t->cfg.listener, ip, &port, &fd);
    if (e == E_IO) {
        tunnel_pause(t); /* too many of late, or no descriptor is left */
        return;
    }
    if (e != E_OK)
        return;
    tunnel_one_new(t, fd);
    tunnel_listen(t);
}

err_t tunnel_new(const struct tunnel_cfg *cfg, struct tunnel **ret)
{
    struct tunnel *t = fault_here() ? NULL : calloc(1, sizeof *t);
    err_t e = t == NULL ? E_NO_MEMORY : E_OK;
    if (e == E_OK)
        e = loop_watch_open(cfg->loop, &t->watch, cfg->listener, tunnel_on_ready);
    if (e != E_OK) {
        (void)close(cfg->listener);
        free(t);
        return e;
    }
    t->cfg = *cfg;
    t->listening = true;
    tunnel_listen(t);
    *ret = t;
    return E_OK;
}

static void tunnel_free(struct tunnel *t)
{
    const struct tunnel_cfg cfg = t->cfg;
    if (!t->closing || t->listening || t->ones_n > 0)
        return;
    loop_timer_stop(cfg.loop, &t->rest);
    free(t);
    cfg.on->closed(cfg.arg);
}

static void tunnel_on_closed(struct loop_watch *watch)
{
    struct tunnel *t = CONTAINER_OF(watch, struct tunnel, watch);
    (void)close(t->cfg.listener);
    t->listening = false;
    tunnel_free(t);
}

void tunnel_close(struct tunnel *t)
{
    struct tunnel_one *next;
    if (t == NULL || t->closing)
        return;
    t->closing = true;
    loop_watch_close(&t->watch, tunnel_on_closed);
    for (struct tunnel_one *o = t->ones; o != NULL; o = next) {
        next = o->next;
        tunnel_one_close(o);
    }
}

void tunnel_one_gone(struct tunnel_one *o)
{
    struct tunnel *t = o->owner;
    struct tunnel_one **at = &t->ones;
    while (*at != o)
        at = &(*at)->next;
    *at = o->next;
    t->ones_n--;
    free(o);
    tunnel_listen(t);
    tunnel_free(t);
}
