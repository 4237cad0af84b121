/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/loop/loop.h"
#include "base/fault.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <uv.h>

enum { DELIVERIES_MAX = 8 }; /* one after the other, before sockets have their turn */

struct loop {
    uv_loop_t uv;
    uv_poll_t bell; /* not uv_async: that rings for every message, and who hears it spins while the
                     * sender is off its core */
    int bell_fd;
    uv_timer_t step;   /* runs only while the wheel holds a timer */
    uv_prepare_t turn; /* just before the loop waits */
    uv_check_t woken;  /* just after */
    dur_t now;         /* 0: not read in this iteration */
    bool stepping;
    _Atomic(struct loop_msg *) mailbox; /* newest first */
    atomic_bool sleeps; /* it waits, or is about to: who posts rings; cleared by who does */
    atomic_bool stop;
    struct wheel wheel;
};

static_assert(sizeof(uv_poll_t) <= sizeof(((struct loop_watch *)NULL)->handle), "room for libuv");

static void loop_on_bell(uv_poll_t *bell, int status, int events);
static void loop_on_turn(uv_prepare_t *turn);
static void loop_on_woken(uv_check_t *woken);

static int bell_open(struct loop *l)
{
    l->bell_fd = fault_here() ? -1 : eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (l->bell_fd < 0)
        return UV_EMFILE;
    int rc = uv_poll_init(&l->uv, &l->bell, l->bell_fd);
    if (rc != 0)
        (void)close(l->bell_fd);
    return rc;
}

static err_t loop_setup(struct loop *l, struct diag *why)
{
    int rc = uv_loop_init(&l->uv);
    if (rc != 0)
        return FAIL(why, E_IO, "event loop: %s", uv_strerror(rc));
    rc = bell_open(l);
    if (rc != 0) {
        (void)uv_loop_close(&l->uv); /* it has no handle yet */
        return FAIL(why, E_IO, "event loop: %s", uv_strerror(rc));
    }
    (void)uv_poll_start(&l->bell, UV_READABLE, loop_on_bell);
    (void)uv_timer_init(&l->uv, &l->step); /* these cannot fail */
    (void)uv_prepare_init(&l->uv, &l->turn);
    (void)uv_prepare_start(&l->turn, loop_on_turn);
    (void)uv_check_init(&l->uv, &l->woken);
    (void)uv_check_start(&l->woken, loop_on_woken);
    return E_OK;
}

static uint64_t tick_of(dur_t at)
{
    return (uint64_t)(at.us / DUR_MS(LOOP_TICK_MS).us);
}

static uint64_t loop_tick(struct loop *l)
{
    return tick_of(loop_now(l));
}

err_t loop_new(struct diag *why, struct loop **ret)
{
    struct loop *l = fault_here() ? NULL : calloc(1, sizeof *l);
    if (l == NULL)
        return FAIL(why, E_NO_MEMORY, "event loop: no memory");
    err_t e = loop_setup(l, why);
    if (e != E_OK) {
        free(l);
        return e;
    }
    wheel_init(&l->wheel, loop_tick(l));
    *ret = l;
    return E_OK;
}

void loop_run(struct loop *l)
{
    (void)uv_run(&l->uv, UV_RUN_DEFAULT); /* tells only whether handles are left */
    atomic_store(&l->stop, false);
}

static void loop_ring(struct loop *l)
{
    const uint64_t one = 1;
    ssize_t n;
    do {
        n = write(l->bell_fd, &one, sizeof one);
    } while (n < 0 && errno == EINTR); /* EAGAIN: it rings already, 2^64 times */
}

void loop_stop(struct loop *l)
{
    atomic_store(&l->stop, true);
    loop_ring(l);
}

static void loop_deliver(struct loop *l)
{
    struct loop_msg *newest = atomic_exchange(&l->mailbox, NULL);
    struct loop_msg *oldest = NULL;
    while (newest != NULL) {
        struct loop_msg *next = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    while (oldest != NULL) {
        struct loop_msg *msg = oldest;
        oldest = msg->next; /* `run` may free or post it again */
        msg->run(msg);
    }
}

/* Nobody needs to ring any more: what is posted from here on is looked for before it waits. */
static void loop_wake(struct loop *l)
{
    if (atomic_load_explicit(&l->sleeps, memory_order_relaxed))
        atomic_store(&l->sleeps, false);
}

static struct loop *loop_of(const uv_handle_t *handle)
{
    return CONTAINER_OF(handle->loop, struct loop, uv);
}

static void loop_on_bell(uv_poll_t *bell, int status, int events)
{
    struct loop *l = loop_of((uv_handle_t *)bell);
    uint64_t rung;
    (void)status;
    (void)events;
    loop_wake(l);
    ssize_t n = read(l->bell_fd, &rung, sizeof rung);
    (void)n; /* silent already; what it rang for is looked at in any case */
}

static void loop_on_woken(uv_check_t *woken)
{
    struct loop *l = CONTAINER_OF(woken, struct loop, woken);
    loop_wake(l);
    if (atomic_load(&l->stop))
        uv_stop(&l->uv);
}

/* Messages may post messages. Who posts looks at `sleeps` after it has filled the mailbox, and we
 * at the mailbox after we have said that we sleep: one of us sees the other. */
static void loop_on_turn(uv_prepare_t *turn)
{
    struct loop *l = CONTAINER_OF(turn, struct loop, turn);
    for (int i = 0; i < DELIVERIES_MAX && atomic_load(&l->mailbox) != NULL; i++)
        loop_deliver(l);
    l->now = (dur_t){ 0 };
    atomic_store(&l->sleeps, true);
    if (atomic_load(&l->mailbox) != NULL && atomic_exchange(&l->sleeps, false))
        loop_ring(l);
}

void loop_free(struct loop *l)
{
    if (l == NULL)
        return;
    while (atomic_load(&l->mailbox) != NULL)
        loop_deliver(l); /* who gets a message may post another */
    uv_close((uv_handle_t *)&l->bell, NULL);
    uv_close((uv_handle_t *)&l->step, NULL);
    uv_close((uv_handle_t *)&l->turn, NULL);
    uv_close((uv_handle_t *)&l->woken, NULL);
    (void)uv_run(&l->uv, UV_RUN_DEFAULT); /* ends when the last handle is closed */
    int rc = uv_loop_close(&l->uv);
    assert(rc == 0);
    (void)close(l->bell_fd);
    free(l);
}

void loop_post(struct loop *l, struct loop_msg *msg)
{
    struct loop_msg *newest = atomic_load_explicit(&l->mailbox, memory_order_relaxed);
    do {
        msg->next = newest;
    } while (!atomic_compare_exchange_weak(&l->mailbox, &newest, msg));
    if (atomic_load(&l->sleeps) && atomic_exchange(&l->sleeps, false))
        loop_ring(l);
}

dur_t loop_now(struct loop *l)
{
    if (l->now.us == 0)
        l->now = clock_mono();
    return l->now;
}

static void loop_on_step(uv_timer_t *step)
{
    struct loop *l = CONTAINER_OF(step, struct loop, step);
    l->now = clock_mono();
    wheel_advance(&l->wheel, loop_tick(l));
    if (l->wheel.started == 0) {
        (void)uv_timer_stop(&l->step);
        l->stepping = false;
    }
}

void loop_timer_start(struct loop *l, struct loop_timer *t, dur_t in,
                      void (*fire)(struct loop_timer *t))
{
    int64_t due_us = loop_now(l).us + (in.us < 0 ? 0 : in.us);
    t->fire = fire;
    if (!l->stepping) {
        l->wheel.tick = loop_tick(l); /* the wheel stood still while it was empty */
        (void)uv_timer_start(&l->step, loop_on_step, LOOP_TICK_MS, LOOP_TICK_MS);
        l->stepping = true;
    }
    wheel_start(&l->wheel, t, tick_of((dur_t){ due_us }) + 1);
}

void loop_timer_stop(struct loop *l, struct loop_timer *t)
{
    wheel_stop(&l->wheel, t);
}

static uv_poll_t *watch_handle(struct loop_watch *w)
{
    return (uv_poll_t *)(void *)w->handle;
}

static void watch_on_poll(uv_poll_t *handle, int status, int events)
{
    struct loop_watch *w = handle->data;
    unsigned told = 0;
    loop_wake(loop_of((uv_handle_t *)handle));
    if (status < 0) { /* libuv has stopped the handle: an RST arrives as UV_EBADF */
        w->armed = 0;
        told = LOOP_GONE;
    }
    if ((events & UV_READABLE) != 0)
        told |= LOOP_READ;
    if ((events & UV_WRITABLE) != 0)
        told |= LOOP_WRITE;
    if ((events & UV_DISCONNECT) != 0)
        told |= LOOP_LEFT;
    w->ready(w, told);
}

static void count_watch(uv_handle_t *handle, void *n)
{
    *(size_t *)n += handle->type == UV_POLL;
}

size_t loop_watches(struct loop *l)
{
    size_t n = 0;
    uv_walk(&l->uv, count_watch, &n);
    return n - 1; /* the bell */
}

err_t loop_watch_open(struct loop *l, struct loop_watch *w, int fd,
                      void (*ready)(struct loop_watch *w, unsigned events))
{
    if (fault_here() || uv_poll_init(&l->uv, watch_handle(w), fd) != 0)
        return E_IO;
    watch_handle(w)->data = w;
    w->ready = ready;
    w->armed = 0;
    return E_OK;
}

void loop_watch_arm(struct loop_watch *w, unsigned events)
{
    if (w->armed == events)
        return;
    int wanted = 0;
    if ((events & LOOP_READ) != 0)
        wanted |= UV_READABLE;
    if ((events & LOOP_WRITE) != 0)
        wanted |= UV_WRITABLE;
    if ((events & LOOP_LEFT) != 0)
        wanted |= UV_DISCONNECT;
    int rc = uv_poll_start(watch_handle(w), wanted, watch_on_poll); /* 0 stops it */
    assert(rc == 0);
    w->armed = events;
}

static void watch_on_closed(uv_handle_t *handle)
{
    struct loop_watch *w = handle->data;
    w->closed(w);
}

void loop_watch_close(struct loop_watch *w, void (*closed)(struct loop_watch *w))
{
    w->closed = closed;
    uv_close((uv_handle_t *)watch_handle(w), watch_on_closed);
}
