/* SPDX-License-Identifier: Apache-2.0 */
/* The hub's life. */
#include "mcp/hub_in.h"

#include "base/ref.h"
#include "base/rng.h"
#include "mcp/call_in.h"
#include "mcp/down.h"
#include "mcp/node.h"
#include "mcp/watch.h"

#include <signal.h>

enum { KEY_BYTES = 32 };
#define TICK_EVERY DUR_S(1)
/* For upstreams to be told good-bye. */
#define LAST_MAX   DUR_S(4)
#define LAST_EVERY DUR_MS(LOOP_TICK_MS)

static void hub_tick(struct loop_timer *timer);

static void *hub_main(void *arg)
{
    struct mcp_hub *h = arg;
    loop_timer_start(h->loop, &h->tick, TICK_EVERY, hub_tick);
    loop_run(h->loop);
    return NULL;
}

static err_t hub_start(struct mcp_hub *h, struct diag *why)
{
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before); /* these cannot fail with valid arguments */
    h->runs = pthread_create(&h->thread, NULL, hub_main, h) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!h->runs)
        return FAIL(why, E_IO, "cannot start a thread");
    (void)pthread_setname_np(h->thread, "mcp"); /* only for those who look */
    return E_OK;
}

static err_t hub_make(struct mcp_hub *h, struct diag *why)
{
    TRY(sessions_init(&h->sessions));
    TRY(cache_init(&h->cache, CACHE_BYTES_MAX));
    TRY(loop_new(why, &h->loop));
    rng_bytes(h->state_key.b, KEY_BYTES);
    h->state_key.n = KEY_BYTES;
    TRY(nodes_init(h));
    return hub_start(h, why);
}

err_t mcp_hub_new(const struct mcp_hub_cfg *cfg, struct diag *why, struct mcp_hub **ret)
{
    struct mcp_hub *h = ref_new(sizeof *h);
    if (h == NULL)
        return E_NO_MEMORY;
    h->ports = cfg->ports;
    err_t e = hub_make(h, why);
    if (e != E_OK) {
        mcp_hub_free(h);
        return e;
    }
    *ret = h;
    return E_OK;
}

struct loop *mcp_hub_loop(const struct mcp_hub *h)
{
    return h->loop;
}

bool hub_is_ending(const struct mcp_hub *h)
{
    return h->phase != HUB_SERVES;
}

/* ---- what others post ---- */

static void hub_on_in(struct loop_msg *msg)
{
    struct mcp_in *in = CONTAINER_OF(msg, struct mcp_in, msg);
    down_take(in->hub, in);
}

void mcp_hub_take(struct mcp_hub *h, struct mcp_in *in)
{
    in->hub = h;
    in->msg.run = hub_on_in;
    loop_post(h->loop, &in->msg);
}

struct gone_msg {
    struct loop_msg msg;
    struct mcp_hub *hub;
    oid_t id;
};

static void hub_on_gone(struct loop_msg *msg)
{
    struct gone_msg *gone = CONTAINER_OF(msg, struct gone_msg, msg);
    down_gone(gone->hub, gone->id);
    ref_drop(gone);
}

void mcp_hub_gone(struct mcp_hub *h, oid_t id)
{
    struct gone_msg *gone = ref_new(sizeof *gone);
    if (gone == NULL)
        return; /* streams learn it at their next look; calls are looked at by the edge anyway */
    *gone = (struct gone_msg){ .msg.run = hub_on_gone, .hub = h, .id = id };
    loop_post(h->loop, &gone->msg);
}

struct decided_msg {
    struct loop_msg msg;
    struct mcp_hub *hub;
    struct mcp_verdict verdict;
};

static void hub_on_decided(struct loop_msg *msg)
{
    struct decided_msg *m = CONTAINER_OF(msg, struct decided_msg, msg);
    calls_decided(m->hub, &m->verdict);
    ref_drop(m);
}

void mcp_hub_decided(struct mcp_hub *h, const struct mcp_verdict *v)
{
    struct decided_msg *m = ref_new(sizeof *m);
    if (m == NULL)
        return; /* the call waits until its time is over */
    *m = (struct decided_msg){ .msg.run = hub_on_decided, .hub = h, .verdict = *v };
    loop_post(h->loop, &m->msg);
}

/* ---- time ---- */

static void hub_tick(struct loop_timer *timer)
{
    struct mcp_hub *h = CONTAINER_OF(timer, struct mcp_hub, tick);
    dur_t now = clock_mono();
    dur_t idle = hub_settings(h)->session_idle;
    struct session *s;
    while ((s = session_oldest(&h->sessions)) != NULL && session_is_idle(s) &&
           now.us - s->seen.us > idle.us)
        session_free(&h->sessions, s);
    replay_expire(&h->sessions.kept, now);
    nodes_tick(h, now);
    watch_tick(h);
    loop_timer_start(h->loop, &h->tick, TICK_EVERY, hub_tick);
}

/* ---- its end ---- */

static void drain_over(struct loop_timer *timer)
{
    down_end(CONTAINER_OF(timer, struct mcp_hub, last));
}

static void hub_on_drain(struct loop_msg *msg)
{
    struct mcp_hub *h = CONTAINER_OF(msg, struct mcp_hub, drain_msg);
    h->phase = HUB_DRAINS;
    down_drain(h);
    loop_timer_start(h->loop, &h->last, h->drain_in, drain_over);
}

void mcp_hub_drain(struct mcp_hub *h, dur_t in)
{
    h->drain_in = in;
    h->drain_msg.run = hub_on_drain;
    loop_post(h->loop, &h->drain_msg);
}

void hub_look_whether_over(struct mcp_hub *h)
{
    if (h->phase != HUB_ENDS)
        return;
    bool gone = h->talks == NULL && nodes_are_gone(h) && loop_watches(h->loop) == 0;
    if (gone || clock_mono().us > h->stopped.us + LAST_MAX.us)
        loop_stop(h->loop);
}

static void hub_last(struct loop_timer *timer)
{
    struct mcp_hub *h = CONTAINER_OF(timer, struct mcp_hub, last);
    loop_timer_start(h->loop, &h->last, LAST_EVERY, hub_last);
    hub_look_whether_over(h);
}

static void hub_on_stop(struct loop_msg *msg)
{
    struct mcp_hub *h = CONTAINER_OF(msg, struct mcp_hub, stop_msg);
    h->phase = HUB_ENDS;
    down_end(h);
    nodes_close(h);
    loop_timer_stop(h->loop, &h->tick);
    h->stopped = clock_mono();
    loop_timer_start(h->loop, &h->last, LAST_EVERY, hub_last);
    hub_look_whether_over(h);
}

void mcp_hub_stop(struct mcp_hub *h)
{
    if (!h->runs)
        return;
    h->stop_msg.run = hub_on_stop;
    loop_post(h->loop, &h->stop_msg);
    (void)pthread_join(h->thread, NULL);
    h->runs = false;
}

void mcp_hub_free(struct mcp_hub *h)
{
    if (h == NULL)
        return;
    mcp_hub_stop(h);
    loop_free(h->loop);
    nodes_fini(h);
    sessions_fini(&h->sessions);
    cache_fini(&h->cache);
    secret_wipe(&h->state_key);
    ref_drop(h);
}

void mcp_hub_figures(const struct mcp_hub *h, struct mcp_figures *ret)
{
    const struct hub_counts *c = &h->counts;
    *ret = (struct mcp_figures){
        .sessions = atomic_load(&h->sessions.n),
        .streams = atomic_load(&c->streams),
        .calls = atomic_load(&c->calls),
        .waiting = atomic_load(&c->waiting),
        .parked = atomic_load(&c->parked),
        .upstreams = atomic_load(&c->upstreams),
        .breakers_open = atomic_load(&c->breakers_open),
        .calls_total = atomic_load(&c->calls_total),
        .refused_total = atomic_load(&c->refused_total),
        .failed_total = atomic_load(&c->failed_total),
        .cached_total = atomic_load(&c->cached_total),
        .uncached_total = atomic_load(&c->uncached_total),
        .cached_bytes = atomic_load(&c->cached_bytes),
        .retried_total = atomic_load(&c->retried_total),
        .net_total = atomic_load(&c->net_total),
        .net_refused_total = atomic_load(&c->net_refused_total),
        .answers.us = atomic_load(&c->answers_us),
    };
    for (size_t i = 0; i < MCP_ENDS; i++)
        ret->tool_calls[i] = atomic_load(&c->tool_calls[i]);
    for (size_t i = 0; i <= HIST_BUCKETS; i++)
        ret->answers.n[i] = atomic_load(&c->answers[i]);
}
