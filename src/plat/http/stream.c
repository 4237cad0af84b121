/* SPDX-License-Identifier: Apache-2.0 */
/* Replies of unknown length: chunked (RFC 9112 section 7.1), for HTTP/1.0 until the connection
 * closes. */
#include "plat/http/reply.h"
#include "plat/os/net.h"

#include <assert.h>
#include <sys/socket.h>

enum { CHUNK_SIZE_ROOM = 24 }; /* 16 digits and CRLF */

void http_stream_begin(struct http_xchg *x, int status, str_t head)
{
    struct xchg *own = xchg_of(x);
    struct conn *c = own->conn;
    assert(own->lent);
    own->bodiless = x->method == HTTP_HEAD;
    own->chunks = own->minor;
    own->close |= !own->chunks;
    own->status = status;
    if (c->state != CONN_CLOSED) {
        struct scribe s = reply_begin(c, status);
        assert(head.n <= REPLY_HEAD_MAX);
        if (own->chunks)
            scribe_put(&s, STR("Transfer-Encoding: chunked\r\n"));
        if (head.n > 0)
            scribe_put(&s, head);
        scribe_put(&s, STR("\r\n"));
        conn_enter(c, CONN_STREAM);
        str_t part = str_of(s.p, s.n);
        own->sent = s.n;
        conn_send(c, &part, 1);
    }
    xchg_forget_request(own);
    if (!c->turning)
        conn_settle(c);
}

void http_stream_trickle(struct http_xchg *x)
{
    struct xchg *own = xchg_of(x);
    struct conn *c = own->conn;
    own->parked = true;
    xchg_unawait(own);
    if (c->state == CONN_STREAM)
        net_trickle(c->fd, TRICKLE_SEND, DUR_S(STALL_S));
}

bool http_stream_is_empty(struct http_xchg *x)
{
    struct xchg *own = xchg_of(x);
    if (conn_queued(own->conn) == 0)
        return true;
    own->choked = true;
    own->to_last = true;
    return false;
}

static void stream_send(struct conn *c, str_t bytes)
{
    struct scribe s = { .p = c->lane->scratch };
    str_t parts[3] = { { NULL, 0 }, bytes, STR("\r\n") };
    if (!c->x->chunks) {
        conn_send(c, &bytes, 1);
        return;
    }
    scribe_put_hex(&s, bytes.n);
    scribe_put(&s, STR("\r\n"));
    bool fits = bytes.n <= SCRATCH_BYTES - CHUNK_SIZE_ROOM;
    if (fits) {
        scribe_put(&s, bytes);
        scribe_put(&s, STR("\r\n"));
    }
    parts[0] = str_of(s.p, s.n);
    conn_send(c, parts, fits ? 1 : 3);
}

bool http_stream_write(struct http_xchg *x, str_t bytes)
{
    struct xchg *own = xchg_of(x);
    struct conn *c = own->conn;
    assert(own->lent);
    if (c->state != CONN_STREAM || c->broken)
        return false;
    if (bytes.n == 0 || own->bodiless)
        return true;
    if (conn_queued(c) + bytes.n > STREAM_MAX)
        c->broken = true; /* it was told to wait, and did not */
    else
        stream_send(c, bytes);
    own->sent += bytes.n;
    own->choked |= conn_queued(c) > STREAM_HIGH;
    if (c->broken) /* this wakes the loop, which then tells on_gone: not from in here */
        (void)shutdown(c->fd, SHUT_RDWR);
    if (!c->turning)
        conn_settle(c);
    return !own->choked && !c->broken;
}

void http_stream_end(struct http_xchg *x)
{
    struct xchg *own = xchg_of(x);
    struct conn *c = own->conn;
    assert(own->lent);
    own->lent = false;
    if (c->state == CONN_CLOSED) {
        xchg_end(c);
        conn_release(c);
        return;
    }
    str_t last = STR("0\r\n\r\n");
    if (own->chunks && !own->bodiless)
        conn_send(c, &last, 1);
    conn_enter(c, CONN_SEND);
    reply_go_on(c);
}
