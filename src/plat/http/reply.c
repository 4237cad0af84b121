/* SPDX-License-Identifier: Apache-2.0 */
/* Replies: a head and a body, in one piece where they are small (RFC 9112 section 4, RFC 9110
 * sections 6.6 and 8.6). */
#include "plat/http/reply.h"

#include <assert.h>

#define STATUS(code, text) [code] = { "HTTP/1.1 " #code " " text "\r\n", sizeof(#code text) + 11 }

/* clang-format off */
static const str_t status_lines[] = {
    STATUS(200, "OK"),
    STATUS(201, "Created"),
    STATUS(202, "Accepted"),
    STATUS(204, "No Content"),
    STATUS(301, "Moved Permanently"),
    STATUS(302, "Found"),
    STATUS(303, "See Other"),
    STATUS(304, "Not Modified"),
    STATUS(307, "Temporary Redirect"),
    STATUS(308, "Permanent Redirect"),
    STATUS(400, "Bad Request"),
    STATUS(401, "Unauthorized"),
    STATUS(403, "Forbidden"),
    STATUS(404, "Not Found"),
    STATUS(405, "Method Not Allowed"),
    STATUS(406, "Not Acceptable"),
    STATUS(408, "Request Timeout"),
    STATUS(409, "Conflict"),
    STATUS(410, "Gone"),
    STATUS(412, "Precondition Failed"),
    STATUS(413, "Content Too Large"),
    STATUS(414, "URI Too Long"),
    STATUS(415, "Unsupported Media Type"),
    STATUS(417, "Expectation Failed"),
    STATUS(421, "Misdirected Request"),
    STATUS(422, "Unprocessable Content"),
    STATUS(428, "Precondition Required"),
    STATUS(429, "Too Many Requests"),
    STATUS(431, "Request Header Fields Too Large"),
    STATUS(500, "Internal Server Error"),
    STATUS(501, "Not Implemented"),
    STATUS(502, "Bad Gateway"),
    STATUS(503, "Service Unavailable"),
    STATUS(504, "Gateway Timeout"),
    STATUS(505, "HTTP Version Not Supported"),
};
/* clang-format on */

void scribe_put(struct scribe *s, str_t text)
{
    assert(text.n <= SCRATCH_BYTES - s->n);
    memcpy(s->p + s->n, text.p, text.n);
    s->n += text.n;
}

static void scribe_put_digits(struct scribe *s, size_t n, size_t base)
{
    char digits[24];
    size_t at = sizeof digits;
    do {
        digits[--at] = "0123456789abcdef"[n % base];
        n /= base;
    } while (n > 0);
    scribe_put(s, str_of(digits + at, sizeof digits - at));
}

void scribe_put_number(struct scribe *s, size_t n)
{
    scribe_put_digits(s, n, 10);
}

void scribe_put_hex(struct scribe *s, size_t n)
{
    scribe_put_digits(s, n, 16);
}

/* The end of the server has begun: a plain connection goes on with the successor, a session of TLS
 * cannot (RFC 9112 section 9.6: the client is told in the last answer). */
static bool reply_is_last(const struct conn *c)
{
    enum phase phase = server_phase(c->lane->server);
    return phase == PHASE_DRAINING || (phase != PHASE_SERVING && c->tls != NULL);
}

struct scribe reply_begin(struct conn *c, int status)
{
    struct xchg *x = c->x;
    struct scribe s = { .p = c->lane->scratch };
    size_t i = (size_t)status;
    assert(i < ARRAY_LEN(status_lines));
    assert(status_lines[i].p != NULL); /* a status that the product does not use: give it a row */
    x->status = status;
    x->close |= !x->keep_alive || (c->ended && conn_pending(c).n == 0) || reply_is_last(c);
    scribe_put(&s, status_lines[i]);
    scribe_put(&s, lane_date(c->lane));
    if (x->close)
        scribe_put(&s, STR("Connection: close\r\n"));
    else if (!x->minor)
        scribe_put(&s, STR("Connection: keep-alive\r\n"));
    return s;
}

/* RFC 9110 sections 8.6 and 15.4.5: none in a 204; a 304 says only what it must. */
static bool status_has_body(int status)
{
    return status != 204 && status != 304;
}

static void reply_send(struct conn *c, const struct http_reply *r)
{
    bool has_body = status_has_body(r->status);
    struct scribe s = reply_begin(c, r->status);
    assert(r->head.n <= REPLY_HEAD_MAX);
    assert(has_body || r->body.n == 0);
    if (has_body) {
        scribe_put(&s, STR("Content-Length: "));
        scribe_put_number(&s, r->body.n);
        scribe_put(&s, STR("\r\n"));
    }
    if (r->head.n > 0)
        scribe_put(&s, r->head);
    scribe_put(&s, STR("\r\n"));
    str_t parts[2] = { { NULL, 0 }, c->x->pub.method == HTTP_HEAD ? STR("") : r->body };
    if (parts[1].n > 0 && parts[1].n <= SCRATCH_BYTES - s.n) {
        scribe_put(&s, parts[1]);
        parts[1].n = 0;
    }
    parts[0] = str_of(s.p, s.n);
    c->x->sent = parts[0].n + parts[1].n;
    conn_send(c, parts, parts[1].n > 0 ? 2 : 1);
    if (c->x->pub.secret)
        explicit_bzero(s.p, s.n);
}

void reply_go_on(struct conn *c)
{
    if (!c->turning)
        conn_turn(c);
}

void http_reply(struct http_xchg *x, const struct http_reply *r)
{
    struct xchg *own = xchg_of(x);
    struct conn *c = own->conn;
    assert(own->lent);
    assert(c->state != CONN_STREAM);
    own->lent = false;
    if (c->state == CONN_CLOSED) { /* the peer did not wait */
        own->status = r->status;
        xchg_end(c);
        conn_release(c);
        return;
    }
    reply_send(c, r);
    conn_enter(c, CONN_SEND);
    reply_go_on(c);
}

void http_drop(struct http_xchg *x)
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
    conn_close(c);
}

void reply_refuse(struct conn *c, err_t e)
{
    struct xchg *x = c->x;
    struct diag why = c->lane->why;
    diag_clear(&c->lane->why);
    x->known = true;
    x->lent = true;
    conn_enter(c, CONN_LENT);
    lane_cfg(c->lane)->calls->on_refuse(lane_cfg(c->lane)->app, &x->pub, e, &why);
}
