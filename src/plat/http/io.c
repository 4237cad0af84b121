/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes in and out of one connection's socket, plain or TLS: write first, wait only after EAGAIN.
 */
#include "plat/http/lane.h"

#include <assert.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum { PARTS_MAX = 3 };

static err_t socket_read(struct conn *c, char *p, size_t room, size_t *ret_n)
{
    ssize_t n;
    do {
        n = recv(c->fd, p, room, 0);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno == EAGAIN ? E_AGAIN : E_IO;
    *ret_n = (size_t)n;
    return n == 0 ? E_CLOSED : E_OK;
}

static err_t conn_read(struct conn *c, char *p, size_t room, size_t *ret_n)
{
    err_t e;
    if (c->tls != NULL) {
        e = tls_conn_read(c->tls, p, room, ret_n);
        c->read_crossed = e == E_AGAIN && tls_conn_wants_write(c->tls);
    } else {
        e = socket_read(c, p, room, ret_n);
    }
    /* A short read of a socket means that it is empty; of TLS it means one record. */
    c->dry = e == E_AGAIN || (e == E_OK && c->tls == NULL && *ret_n < room);
    c->ended = e == E_CLOSED;
    return e;
}

/* Nothing more to read now: the socket is empty, or others have waited long enough. It will be
 * reported readable again; but bytes inside the TLS layer would not be. */
static bool conn_rests(struct conn *c)
{
    if (c->dry)
        return true;
    if (c->reads < READS_MAX) {
        c->reads++;
        return false;
    }
    return c->tls == NULL || !tls_conn_holds_bytes(c->tls);
}

err_t conn_fill(struct conn *c)
{
    if (c->ended)
        return E_CLOSED;
    if (c->in_n == INPUT_BYTES || conn_rests(c))
        return E_AGAIN;
    if (c->in == NULL)
        c->in = pool_take(&c->lane->inputs);
    if (c->in == NULL)
        return E_NO_MEMORY;
    size_t n = 0;
    TRY(conn_read(c, c->in->bytes + c->in_n, INPUT_BYTES - c->in_n, &n));
    c->in_n += (unsigned)n;
    return E_OK;
}

err_t conn_discard(struct conn *c)
{
    size_t n = 0;
    if (c->ended)
        return E_CLOSED;
    if (conn_rests(c))
        return E_AGAIN;
    err_t e = socket_read(c, c->lane->scratch, sizeof c->lane->scratch, &n); /* sealed bytes too */
    c->dry = e == E_AGAIN;
    c->lingered += (unsigned)n;
    return e;
}

str_t conn_pending(const struct conn *c)
{
    return c->in == NULL ? STR("") : str_of(c->in->bytes + c->in_at, c->in_n - c->in_at);
}

void conn_drop_input(struct conn *c)
{
    str_t rest = conn_pending(c);
    if (rest.n > 0 && c->in_at > 0)
        memmove(c->in->bytes, rest.p, rest.n);
    c->in_at = 0;
    c->in_n = (unsigned)rest.n;
    if (rest.n == 0 && c->in != NULL) {
        pool_give(&c->lane->inputs, c->in);
        c->in = NULL;
    }
}

static err_t socket_write(struct conn *c, const str_t *parts, size_t n, size_t *ret_n)
{
    struct iovec pieces[PARTS_MAX];
    assert(n <= PARTS_MAX);
    for (size_t i = 0; i < n; i++)
        pieces[i] =
            (struct iovec){ .iov_base = (void *)(uintptr_t)parts[i].p, .iov_len = parts[i].n };
    struct msghdr msg = { .msg_iov = pieces, .msg_iovlen = n };
    ssize_t sent;
    do {
        sent = n == 1 ? send(c->fd, parts[0].p, parts[0].n, MSG_NOSIGNAL)
                      : sendmsg(c->fd, &msg, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0)
        return errno == EAGAIN ? E_AGAIN : E_IO;
    *ret_n = (size_t)sent;
    return E_OK;
}

/* Writes until the part is out, or the socket takes no more. */
static err_t sealed_write(struct conn *c, str_t part, size_t *ret_n)
{
    while (*ret_n < part.n) {
        size_t n = 0;
        err_t e = tls_conn_write(c->tls, str_sub(part, *ret_n, part.n), &n);
        c->write_crossed = e == E_AGAIN && !tls_conn_wants_write(c->tls);
        TRY(e);
        *ret_n += n;
    }
    return E_OK;
}

/* *ret_n counts what has left, also when not all of it did. */
static err_t conn_write(struct conn *c, const str_t *parts, size_t n, size_t *ret_n)
{
    err_t e = E_OK;
    size_t total = 0;
    size_t sent = 0;
    for (size_t i = 0; i < n; i++)
        total += parts[i].n;
    if (c->tls == NULL) {
        e = socket_write(c, parts, n, &sent);
    } else {
        for (size_t i = 0; e == E_OK && i < n; i++) {
            size_t part = 0;
            e = sealed_write(c, parts[i], &part);
            sent += part;
        }
    }
    *ret_n = sent;
    if (e == E_OK && sent < total)
        e = E_AGAIN;
    c->blocked = e == E_AGAIN;
    c->broken |= e != E_OK && e != E_AGAIN;
    return e;
}

size_t conn_queued(const struct conn *c)
{
    return c->x == NULL ? 0 : c->x->out.n - c->x->out_at;
}

static void conn_extend_patience(struct conn *c)
{
    c->due_us = loop_now(c->lane->loop).us + DUR_S(STALL_S).us;
}

static void conn_enqueue(struct conn *c, const str_t *parts, size_t n, size_t skip)
{
    struct xchg *x = c->x;
    if (x->out.n == 0)
        conn_extend_patience(c);
    if (x->out_at > 0) {
        memmove(x->out.p, x->out.p + x->out_at, x->out.n - x->out_at);
        x->out.n -= x->out_at;
        x->out_at = 0;
    }
    for (size_t i = 0; i < n; i++) {
        str_t rest = str_sub(parts[i], skip, parts[i].n);
        skip -= parts[i].n - rest.n;
        buf_add(&x->out, rest);
    }
    c->broken |= x->out.err != E_OK;
}

void conn_send(struct conn *c, const str_t *parts, size_t n)
{
    size_t sent = 0;
    if (c->broken)
        return;
    if (conn_queued(c) == 0 && conn_write(c, parts, n, &sent) == E_OK)
        return;
    if (!c->broken)
        conn_enqueue(c, parts, n, sent);
}

err_t conn_flush(struct conn *c)
{
    if (c->broken)
        return E_IO;
    if (conn_queued(c) == 0)
        return E_OK;
    if (c->blocked)
        return E_AGAIN;
    struct xchg *x = c->x;
    size_t sent = 0;
    str_t rest = str_of(x->out.p + x->out_at, x->out.n - x->out_at);
    err_t e = conn_write(c, &rest, 1, &sent);
    x->out_at += sent;
    if (sent > 0)
        conn_extend_patience(c);
    if (e == E_OK) {
        buf_fini(&x->out); /* a stream may rest for long: it keeps nothing */
        x->out_at = 0;
        if (c->state == CONN_STREAM || c->state == CONN_LENT)
            c->due_us = 0;
    }
    return e;
}

unsigned conn_wanted(const struct conn *c)
{
    unsigned events = 0;
    bool reads = c->state != CONN_SEND && !c->hello.waits && !c->ended && c->in_n < INPUT_BYTES;
    if (reads)
        events |= c->read_crossed ? LOOP_WRITE : LOOP_READ;
    if (conn_queued(c) > 0)
        events |= c->write_crossed ? LOOP_READ : LOOP_WRITE;
    bool waits = c->state == CONN_LENT || c->state == CONN_STREAM;
    if (waits && !reads && !c->ended && !c->left)
        events |= LOOP_LEFT; /* libuv reports it again and again: for once only */
    return events;
}
