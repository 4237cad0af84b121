/* SPDX-License-Identifier: Apache-2.0 */
/* Reading one request: its head, then its body to the end, then it is the application's. */
#include "plat/http/lane.h"
#include "plat/http/reply.h"

#include <assert.h>

static err_t request_read_head(struct conn *c);
static err_t request_accept(struct conn *c, struct xchg *x);
static err_t request_read_body(struct conn *c);
static bool request_more(struct conn *c);

bool request_step_head(struct conn *c)
{
    if (conn_pending(c).n > 0) {
        err_t e = request_read_head(c);
        if (e == E_OK || c->state == CONN_CLOSED)
            return true;
        if (e != E_AGAIN) {
            request_refuse(c, e);
            return true;
        }
    }
    return request_more(c);
}

/* More bytes, or the end of them. */
static bool request_more(struct conn *c)
{
    unsigned before = c->in_n;
    err_t e = conn_fill(c);
    if (e == E_AGAIN)
        return false;
    if (e == E_OK) {
        if (c->state == CONN_IDLE)
            conn_enter(c, CONN_HEAD);
        if (c->state == CONN_BODY) {
            int64_t pace_us = (int64_t)(c->in_n - before) * (1000000 / BODY_PACE);
            int64_t most_us = loop_now(c->lane->loop).us + DUR_S(BODY_PATIENCE_S).us;
            c->due_us = c->due_us + pace_us < most_us ? c->due_us + pace_us : most_us;
        }
        return true;
    }
    if (e == E_CLOSED && c->x != NULL) {
        (void)FAIL(&c->lane->why, E_BAD_REQUEST, "the message ends early"); /* RFC 9112 section 8 */
        request_refuse(c, E_BAD_REQUEST);
        return true;
    }
    conn_close(c);
    return true;
}

/* E_OK: the head is complete, and the state is another. */
static err_t request_read_head(struct conn *c)
{
    if (c->x == NULL && xchg_begin(c) != E_OK) {
        conn_close(c);
        return E_NO_MEMORY;
    }
    struct xchg *x = c->x;
    TRY(head_parse(&c->in->head, conn_pending(c), &c->lane->why));
    assert(c->in_at == 0);
    c->in_at = (unsigned)c->in->head.line;
    x->pub.started_us = (uint64_t)loop_now(c->lane->loop).us;
    TRY(request_accept(c, x));
    return E_OK;
}

/* Fill in what the application sees. An error here leaves the connection without a future. */
static err_t request_describe(struct conn *c, struct xchg *x)
{
    struct diag *why = &c->lane->why;
    struct http_xchg *pub = &x->pub;
    struct uri u;
    const struct head *head = &c->in->head;
    struct frame *frame = &c->in->frame;
    pub->method = head->method;
    pub->fields = head->fields;
    pub->fields_n = head->fields_n;
    x->minor = head->minor == 1;
    TRY(uri_split(head->target, head->method == HTTP_OPTIONS, why, &u));
    TRY(frame_read(head, &u, why, frame));
    x->keep_alive = frame->keep_alive;
    char *room = NULL;
    if (str_find(u.path, '%') < u.path.n) {
        struct arena *a = http_arena(pub);
        room = a == NULL ? NULL : arena_alloc(a, u.path.n);
        if (room == NULL)
            return FAIL(why, E_NO_MEMORY, "no memory for the path");
    }
    TRY(uri_decode_path(u.path, room, why, &pub->path));
    pub->target = u.target;
    pub->query = u.query;
    pub->host = c->in->frame.host;
    return E_OK;
}

/* What the engine, then the application, has against a request whose framing is sound. */
static err_t request_judge(struct conn *c, struct xchg *x)
{
    struct diag *why = &c->lane->why;
    if (x->pub.method == HTTP_NONE)
        return FAIL(why, E_NOT_IMPLEMENTED, "the method is not implemented");
    if (c->in->frame.expects_other)
        return FAIL(why, E_EXPECTATION_FAILED, "only Expect: 100-continue is understood");
    x->known = true;
    struct http_take take = lane_cfg(c->lane)->calls->on_head(lane_cfg(c->lane)->app, &x->pub);
    x->drop = take.drop;
    x->body_max = take.drop ? DROP_MAX : take.body_max;
    x->body.max = x->body_max; /* its memory is that of an earlier one */
    x->body.secret = x->pub.secret;
    x->out.secret = x->pub.secret;
    if (take.refuse != E_OK)
        return take.refuse;
    if (c->in->frame.has_length && c->in->frame.body.left > x->body_max)
        return FAIL(why, E_TOO_BIG, "the body may have %zu bytes", x->body_max);
    return E_OK;
}

/* The body that is already here, read to its end. E_AGAIN: it is not all here. */
static err_t request_skip_body(struct conn *c)
{
    str_t rest = conn_pending(c);
    size_t had = rest.n;
    while (!body_has_ended(&c->in->frame.body)) {
        str_t data;
        TRY(body_next(&c->in->frame.body, &rest, NULL, &data));
    }
    c->in_at += (unsigned)(had - rest.n);
    return E_OK;
}

static err_t request_accept(struct conn *c, struct xchg *x)
{
    TRY(request_describe(c, x));
    err_t e = request_judge(c, x);
    if (e != E_OK) {
        /* A refusal need not end the connection where the message has come to its end. */
        err_t end = request_skip_body(c);
        if (end != E_OK)
            return end == E_AGAIN ? e : end;
        reply_refuse(c, e);
        return E_OK;
    }
    conn_enter(c, CONN_BODY);
    if (c->in->frame.wants_100 && !body_has_ended(&c->in->frame.body) && conn_pending(c).n == 0) {
        str_t go_on = STR("HTTP/1.1 100 Continue\r\n\r\n"); /* RFC 9110 section 10.1.1 */
        conn_send(c, &go_on, 1);
    }
    return E_OK;
}

bool request_step_body(struct conn *c)
{
    struct xchg *x = c->x;
    err_t e = request_read_body(c);
    if (e == E_OK) {
        x->pub.body = buf_str(&x->body);
        x->lent = true;
        conn_enter(c, CONN_LENT);
        lane_cfg(c->lane)->calls->on_message(lane_cfg(c->lane)->app, &x->pub);
        return true;
    }
    if (e != E_AGAIN) {
        request_refuse(c, e);
        return true;
    }
    unsigned had = c->in_n;
    c->in_at =
        (unsigned)c->in->head.line; /* all behind the head is used up: read the next piece there */
    c->in_n = c->in_at;
    if (x->pub.secret)
        explicit_bzero(c->in->bytes + c->in_n, had - c->in_n);
    return request_more(c);
}

static err_t request_keep(struct conn *c, struct xchg *x, str_t data)
{
    struct diag *why = &c->lane->why;
    if (x->drop)
        x->dropped += data.n;
    else
        buf_add(&x->body, data);
    if (x->dropped > x->body_max || x->body.err == E_TOO_BIG)
        return FAIL(why, E_TOO_BIG, "the body may have %zu bytes", x->body_max);
    return x->body.err;
}

/* E_OK: the body is whole. E_AGAIN: all that has come is read. */
static err_t request_read_body(struct conn *c)
{
    struct xchg *x = c->x;
    str_t rest = conn_pending(c);
    while (!body_has_ended(&c->in->frame.body)) {
        str_t data;
        TRY(body_next(&c->in->frame.body, &rest, &c->lane->why, &data));
        TRY(request_keep(c, x, data));
    }
    c->in_at = c->in_n - (unsigned)rest.n;
    return E_OK;
}

void request_refuse(struct conn *c, err_t e)
{
    c->x->close = true;
    reply_refuse(c, e);
}
