/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a connection: a table of states, each with its step and its patience (SAFETY's
 * timeouts). */
#include "plat/http/lane.h"
#include "plat/http/reply.h"

#include <assert.h>
#include <sys/socket.h>
#include <unistd.h>

static bool step_nothing(struct conn *c);
static bool step_hello(struct conn *c);
static bool step_ahead(struct conn *c);
static bool step_send(struct conn *c);
static bool step_linger(struct conn *c);
static void late_request(struct conn *c);

struct state_row {
    bool (*step)(struct conn *c); /* true: something moved, look again */
    int patience_s;               /* 0: the application has it */
    void (*late)(struct conn *c);
};

/* clang-format off */
static const struct state_row rows[] = {
    [CONN_CLOSED] = { step_nothing,       0, conn_close },
    [CONN_HELLO]  = { step_hello,         5, conn_close },
    [CONN_IDLE]   = { request_step_head, 60, conn_close },
    [CONN_HEAD]   = { request_step_head, 10, late_request },
    [CONN_BODY]   = { request_step_body, BODY_PATIENCE_S, late_request }, /* each byte adds a millisecond */
    [CONN_LENT]   = { step_ahead,         0, conn_close },
    [CONN_STREAM] = { step_ahead,         0, conn_close },   /* STALL_S while its queue stands still */
    [CONN_SEND]   = { step_send,    STALL_S, conn_close },   /* begins again whenever bytes leave */
    [CONN_LINGER] = { step_linger,        2, conn_close },
};
/* clang-format on */

static void conn_on_event(struct loop_watch *w, unsigned events);

void conn_open(struct lane *lane, int fd, const struct http_peer *peer, enum conn_state first)
{
    struct http_server *s = lane->server;
    struct conn *c = pool_take(&lane->conns);
    if (c == NULL) {
        (void)close(fd); /* the peer sees that we have no memory for it */
        lane_count(lane, false);
        return;
    }
    *c = (struct conn){ .lane = lane, .fd = fd, .peer = *peer };
    c->spare = atomic_load(&s->conns) > s->cfg.conns_max;
    bool plain = s->cfg.tls == NULL || first == CONN_LINGER;
    bool ok = plain || tls_conn_new(s->cfg.tls, fd, &c->tls) == E_OK;
    if (!ok || loop_watch_open(lane->loop, &c->watch, fd, conn_on_event) != E_OK) {
        tls_conn_free(c->tls);
        pool_give(&lane->conns, c);
        (void)close(fd);
        lane_count(lane, false);
        return;
    }
    c->next = lane->first;
    if (c->next != NULL)
        c->next->prev = c;
    lane->first = c;
    conn_enter(c, c->tls != NULL ? CONN_HELLO : first);
    conn_turn(c); /* the first bytes are often there already */
    if (server_phase(s) >= PHASE_LEAVING && lane->first == c)
        conn_retire(c); /* it came in just before the door was shut */
}

void conn_enter(struct conn *c, enum conn_state state)
{
    enum { SPARE_PATIENCE_S = 2 }; /* others wait for its place */
    int patience_s = rows[state].patience_s;
    if (c->spare && patience_s > SPARE_PATIENCE_S)
        patience_s = SPARE_PATIENCE_S;
    c->state = (unsigned char)state;
    c->due_us = patience_s == 0 ? 0 : loop_now(c->lane->loop).us + DUR_S(patience_s).us;
}

static void conn_tell_drained(struct conn *c)
{
    struct xchg *x = c->x;
    if (c->state != CONN_STREAM || !x->choked || conn_queued(c) >= (x->to_last ? 1 : STREAM_LOW))
        return;
    x->choked = false;
    x->to_last = false;
    lane_cfg(c->lane)->calls->on_drain(lane_cfg(c->lane)->app, &x->pub);
}

void conn_turn(struct conn *c)
{
    assert(!c->turning);
    c->turning = true;
    c->reads = 0;
    if (conn_flush(c) == E_IO)
        conn_close(c);
    else
        conn_tell_drained(c);
    while (rows[c->state].step(c))
        continue;
    c->turning = false;
    conn_settle(c);
}

static void conn_on_late(struct loop_timer *t)
{
    struct conn *c = CONTAINER_OF(t, struct conn, timer);
    if (c->due_us > loop_now(c->lane->loop).us) { /* its patience was renewed */
        conn_settle(c);
        return;
    }
    c->turning = true;
    rows[c->state].late(c);
    c->turning = false;
    if (c->state != CONN_CLOSED)
        conn_turn(c);
    else
        conn_release(c);
}

void conn_settle(struct conn *c)
{
    struct loop *loop = c->lane->loop;
    if (c->state == CONN_CLOSED) {
        conn_release(c);
        return;
    }
    if (c->x == NULL || c->x->forgotten)
        conn_drop_input(c);
    loop_watch_arm(&c->watch, conn_wanted(c));
    if (c->due_us == 0)
        loop_timer_stop(loop, &c->timer);
    else
        loop_timer_start(loop, &c->timer, (dur_t){ c->due_us - loop_now(loop).us }, conn_on_late);
}

static void conn_tell_gone(struct conn *c)
{
    struct http_xchg *pub = &c->x->pub;
    if (!pub->gone) {
        pub->gone = true;
        lane_cfg(c->lane)->calls->on_gone(lane_cfg(c->lane)->app, pub);
    }
}

static void conn_on_event(struct loop_watch *w, unsigned events)
{
    struct conn *c = CONTAINER_OF(w, struct conn, watch);
    if ((events & LOOP_GONE) != 0)
        c->broken = true;
    if ((events & (c->read_crossed ? LOOP_WRITE : LOOP_READ)) != 0)
        c->dry = false;
    if ((events & (c->write_crossed ? LOOP_READ : LOOP_WRITE)) != 0)
        c->blocked = false;
    c->left |= (events & LOOP_LEFT) != 0;
    conn_turn(c);
}

static void conn_on_fd_free(struct loop_watch *w)
{
    struct conn *c = CONTAINER_OF(w, struct conn, watch);
    struct buf *kept = &c->lane->kept;
    int told = c->lingers ? ~c->fd : c->fd;
    if (c->kept)
        buf_add(kept, str_of((const char *)&told, sizeof told));
    if (!c->kept || kept->err != E_OK)
        (void)close(c->fd); /* nothing can be done about an error here */
    c->fd_closed = true;
    lane_count(c->lane, false);
    conn_release(c);
}

void conn_close(struct conn *c)
{
    struct lane *lane = c->lane;
    if (c->state == CONN_CLOSED)
        return;
    conn_enter(c, CONN_CLOSED);
    hello_forget(c);
    loop_timer_stop(lane->loop, &c->timer);
    *(c->prev == NULL ? &lane->first : &c->prev->next) = c->next;
    if (c->next != NULL)
        c->next->prev = c->prev;
    tls_conn_free(c->tls);
    c->tls = NULL;
    loop_watch_close(&c->watch,
                     conn_on_fd_free); /* in a later iteration: c lives through this one */
    if (c->x != NULL && c->x->lent) {  /* it keeps what its text stands in */
        conn_tell_gone(c);
        return;
    }
    if (c->x != NULL)
        xchg_end(c);
    c->in_at = c->in_n;
    conn_drop_input(c);
}

void conn_release(struct conn *c)
{
    if (!c->fd_closed || c->x != NULL || c->turning)
        return;
    c->in_at = c->in_n;
    conn_drop_input(c);
    pool_give(&c->lane->conns, c);
}

/* What a successor can take over: a plain connection between two requests, none of whose bytes are
 * in here: the next request, or its beginning, waits in the kernel. And one that is over, but whose
 * last answer would be lost if it were closed now. */
static bool conn_keep(struct conn *c)
{
    bool lingers = c->state == CONN_LINGER;
    bool whole = lingers || (c->tls == NULL && conn_pending(c).n == 0);
    if (!whole || c->ended || c->left || c->broken ||
        server_phase(c->lane->server) != PHASE_LEAVING)
        return false;
    c->kept = true;
    c->lingers = lingers;
    conn_close(c);
    return true;
}

/* About to send its first request. */
static bool conn_is_fresh(const struct conn *c)
{
    return c->state == CONN_HELLO || (c->state == CONN_HEAD && c->x == NULL);
}

/* Who has just come has his answer; who had one and rests knows how to dial again. */
void conn_retire(struct conn *c)
{
    if (c->state == CONN_LINGER)
        (void)conn_keep(c); /* else it has its two seconds here */
    else if ((c->state == CONN_IDLE || conn_is_fresh(c)) && !conn_keep(c) && !conn_is_fresh(c))
        conn_close(c);
}

/* While a successor waits, who has not sent his request yet may send it again. */
void conn_hurry(struct conn *c)
{
    bool leaving = server_phase(c->lane->server) == PHASE_LEAVING;
    bool due = c->state == CONN_LENT || c->state == CONN_STREAM || c->state == CONN_SEND;
    if (conn_is_fresh(c) || (leaving && !due))
        conn_close(c);
}

void conn_finish(struct conn *c)
{
    enum phase phase = server_phase(c->lane->server);
    bool close = c->x->close || phase == PHASE_DRAINING;
    xchg_end(c);
    conn_drop_input(c);
    if (c->ended && c->in_n == 0) {
        conn_close(c);
    } else if (!close) {
        conn_enter(c, c->in_n > 0 ? CONN_HEAD : CONN_IDLE);
        if (phase == PHASE_LEAVING && c->in_n == 0 && !conn_keep(c))
            conn_close(c);
    } else {
        c->in_n = 0;
        conn_drop_input(c);
        if (c->tls != NULL)
            tls_conn_end(c->tls);
        (void)shutdown(c->fd,
                       SHUT_WR); /* fails where the peer has gone, which reading then shows */
        conn_enter(c, CONN_LINGER);
        (void)conn_keep(c);
    }
}

static void late_request(struct conn *c)
{
    if (c->x == NULL) { /* not a byte came: nobody waits for an answer */
        conn_close(c);
        return;
    }
    (void)FAIL(&c->lane->why, E_TIMEOUT, "the request came too slowly");
    request_refuse(c, E_TIMEOUT);
}

static bool step_nothing(struct conn *c)
{
    (void)c;
    return false;
}

static bool step_hello(struct conn *c)
{
    if (c->dry || !hello_may(c))
        return false;
    err_t e = tls_conn_handshake(c->tls);
    hello_done(c);
    if (e == E_OK)
        conn_enter(c, CONN_HEAD);
    else if (e != E_AGAIN)
        conn_close(c);
    c->dry = e == E_AGAIN;
    c->read_crossed = e == E_AGAIN && tls_conn_wants_write(c->tls);
    return e == E_OK;
}

/* While a reply is awaited: read ahead what fits, above all to see at once that the peer has left.
 */
static bool step_ahead(struct conn *c)
{
    unsigned char state = c->state;
    err_t e = conn_fill(c);
    if (c->broken || (e != E_OK && e != E_AGAIN && e != E_CLOSED))
        conn_close(c);
    else if (e == E_CLOSED || c->left)
        conn_tell_gone(c); /* perhaps it only closed its half: a reply is still tried */
    return e == E_OK || c->state != state; /* on_gone may have replied */
}

static bool step_send(struct conn *c)
{
    err_t e = conn_flush(c);
    if (e == E_OK)
        conn_finish(c);
    else if (e != E_AGAIN)
        conn_close(c);
    return e != E_AGAIN;
}

static bool step_linger(struct conn *c)
{
    err_t e = conn_discard(c);
    if (e == E_AGAIN)
        return false;
    if (e != E_OK || c->lingered >= LINGER_MAX)
        conn_close(c);
    return e == E_OK;
}
