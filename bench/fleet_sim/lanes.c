/* SPDX-License-Identifier: Apache-2.0 */
#include "sim.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS = 256 };

static void lane_ready(struct sim *s, struct endpoint *e);

static void idle_put(struct lanes *l, struct lane *lane)
{
    lane->next = NULL;
    if (l->idle_last != NULL)
        l->idle_last->next = lane;
    else
        l->idle_first = lane;
    l->idle_last = lane;
}

static struct lane *idle_take(struct lanes *l)
{
    struct lane *lane = l->idle_first;
    if (lane == NULL)
        return NULL;
    l->idle_first = lane->next;
    if (l->idle_first == NULL)
        l->idle_last = NULL;
    return lane;
}

static void queue_put(struct lanes *l, struct device *d)
{
    d->next = NULL;
    d->queued = true;
    if (l->queue_last != NULL)
        l->queue_last->next = d;
    else
        l->queue_first = d;
    l->queue_last = d;
}

static struct device *queue_take(struct lanes *l)
{
    struct device *d = l->queue_first;
    if (d == NULL)
        return NULL;
    l->queue_first = d->next;
    if (l->queue_first == NULL)
        l->queue_last = NULL;
    d->queued = false;
    return d;
}

bool lanes_init(struct sim *s, size_t n, bool shared)
{
    struct lanes *l = &s->lanes;
    *l = (struct lanes){ .n = n, .shared = shared, .epoll = epoll_create1(EPOLL_CLOEXEC) };
    l->all = calloc(n, sizeof *l->all);
    l->scratch = malloc(CONN_SCRATCH);
    if (l->epoll < 0 || l->all == NULL || l->scratch == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        l->all[i].conn.fd = -1;
        l->all[i].end.ready = lane_ready;
        if (shared)
            idle_put(l, &l->all[i]);
    }
    return true;
}

void lanes_fini(struct lanes *l)
{
    for (size_t i = 0; l->all != NULL && i < l->n; i++)
        conn_close(&l->all[i].conn);
    free(l->all);
    free(l->scratch);
    if (l->epoll >= 0)
        (void)close(l->epoll);
}

static void lane_close(struct lanes *l, struct lane *lane)
{
    if (lane->phase != LANE_CLOSED)
        l->open--;
    conn_close(&lane->conn); /* leaves the epoll set with it */
    lane->phase = LANE_CLOSED;
    lane->used = false;
}

static void lane_start(struct sim *s, struct lane *lane, struct device *d);

static void lane_detach(struct lane *lane)
{
    lane->device->lane = NULL;
    lane->device = NULL;
}

/* The lane has done its work: who waits longest gets it. */
static void lane_release(struct sim *s, struct lane *lane)
{
    if (!s->lanes.shared)
        return;
    struct device *d = queue_take(&s->lanes);
    if (d != NULL)
        lane_start(s, lane, d);
    else
        idle_put(&s->lanes, lane);
}

static void lane_failed(struct sim *s, struct lane *lane, bool refused)
{
    struct device *d = lane->device;
    lane_close(&s->lanes, lane);
    lane_detach(lane);
    device_unanswered(s, d, refused);
    lane_release(s, lane);
}

static void lane_write(struct sim *s, struct lane *lane)
{
    str_t text;
    arena_reset(s->arena);
    if (ask_write(s, lane->device, &text) != E_OK) {
        s->fatal = ENOMEM;
        return;
    }
    lane->sent_us = s->now_us;
    if (!conn_send(&lane->conn, text))
        lane_failed(s, lane, false);
}

/* Where the system has no more descriptors or ports, or nobody ever answered, going on would
 * measure nothing. */
static void open_failed(struct sim *s, int why)
{
    bool ours = why == EMFILE || why == ENFILE || why == EADDRNOTAVAIL || why == ENOBUFS;
    if (ours || !s->reached)
        s->fatal = why;
}

bool lanes_connect(struct sim *s, struct conn *c, struct endpoint *end)
{
    struct epoll_event ev = { .events = EPOLLOUT, .data.ptr = end };
    if (conn_open(c, &s->opt.to, false) &&
        epoll_ctl(s->lanes.epoll, EPOLL_CTL_ADD, c->fd, &ev) == 0)
        return true;
    open_failed(s, errno);
    conn_close(c);
    return false;
}

int lanes_connected(struct sim *s, struct conn *c, struct endpoint *end)
{
    struct epoll_event ev = { .events = EPOLLIN, .data.ptr = end };
    int why = conn_connected(c);
    if (why == 0 && epoll_ctl(s->lanes.epoll, EPOLL_CTL_MOD, c->fd, &ev) != 0)
        why = errno;
    if (why != 0)
        open_failed(s, why);
    else
        storm_connected(s);
    return why;
}

static void lane_open(struct sim *s, struct lane *lane)
{
    if (!lanes_connect(s, &lane->conn, &lane->end)) {
        lane_failed(s, lane, true);
        return;
    }
    lane->phase = LANE_CONNECTING;
    lane->sent_us = s->now_us;
    s->lanes.open++;
}

static void lane_start(struct sim *s, struct lane *lane, struct device *d)
{
    lane->device = d;
    d->lane = lane;
    if (lane->phase == LANE_CLOSED)
        lane_open(s, lane);
    else
        lane_write(s, lane);
}

void lanes_ask(struct sim *s, struct device *d)
{
    struct lanes *l = &s->lanes;
    struct lane *lane = l->shared ? idle_take(l) : &l->all[device_instance(s, d)];
    if (lane == NULL)
        queue_put(l, d);
    else
        lane_start(s, lane, d);
}

void lanes_drop(struct sim *s, struct device *d)
{
    struct lane *lane = d->lane;
    if (lane == NULL && !s->lanes.shared)
        lane = &s->lanes.all[device_instance(s, d)];
    if (lane == NULL)
        return;
    lane_close(&s->lanes, lane);
    if (lane->device == NULL)
        return;
    lane_detach(lane);
    lane_release(s, lane);
}

static void lane_connected(struct sim *s, struct lane *lane)
{
    if (lanes_connected(s, &lane->conn, &lane->end) != 0) {
        lane_failed(s, lane, true);
        return;
    }
    lane->phase = LANE_OPEN;
    lane_write(s, lane);
}

static void lane_gone(struct sim *s, struct lane *lane)
{
    struct device *d = lane->device;
    bool old = lane->used && !conn_began(&lane->conn);
    lane_close(&s->lanes, lane);
    if (d == NULL) {
        if (!s->lanes.shared)
            (void)storm_lost(s, &s->devices[lane - s->lanes.all]);
        return;
    }
    if (old && !d->retried &&
        !s->opt.storms) { /* our questions may be repeated (RFC 9112, 9.3.1) */
        d->retried = true;
        s->counts.reopened++;
        lane_open(s, lane);
        return;
    }
    lane_detach(lane);
    device_unanswered(s, d, false);
    lane_release(s, lane);
}

static void lane_read(struct sim *s, struct lane *lane)
{
    struct conn_reply reply;
    struct device *d = lane->device;
    enum conn_state state = conn_read(&lane->conn, s->lanes.scratch, &reply);
    if (state == CONN_WAIT)
        return;
    if (state == CONN_GONE || d == NULL) {
        lane_gone(s, lane);
        return;
    }
    s->now_us = clock_mono().us;
    lane->used = true;
    lane_detach(lane);
    bool again = device_answer(s, d, &reply);
    if (reply.close) { /* not before: the reply points into the connection */
        lane_close(&s->lanes, lane);
        again = !(s->lanes.shared ? false : storm_lost(s, d)) && again;
    }
    lane_release(s, lane);
    if (again)
        device_turn(s, d);
}

static void lane_ready(struct sim *s, struct endpoint *e)
{
    struct lane *lane = CONTAINER_OF(e, struct lane, end);
    if (lane->phase == LANE_CONNECTING)
        lane_connected(s, lane);
    else if (lane->phase == LANE_OPEN)
        lane_read(s, lane);
}

void lanes_give_up(struct sim *s, dur_t patience)
{
    for (size_t i = 0; i < s->lanes.n; i++) {
        struct lane *lane = &s->lanes.all[i];
        if (lane->device != NULL && s->now_us - lane->sent_us > patience.us)
            lane_failed(s, lane, false);
    }
}

void lanes_serve(struct sim *s, int ms)
{
    struct epoll_event ev[EVENTS];
    int n = epoll_wait(s->lanes.epoll, ev, EVENTS, ms);
    s->now_us = clock_mono().us;
    for (int i = 0; i < n && s->fatal == 0; i++) {
        struct endpoint *end = ev[i].data.ptr;
        end->ready(s, end);
    }
}
