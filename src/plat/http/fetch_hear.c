/* SPDX-License-Identifier: Apache-2.0 */
/* Connections: what comes on them, as the answer to their fetch. */
#include "plat/http/fetch_conn.h"

void fetch_conn_done(struct plain_conn *c, bool clean)
{
    struct fetch *x = c->x;
    if (c->keep_alive && clean && !fetch_conn_sends(c) && !c->owner->freed)
        fetch_conn_rest(c);
    else
        fetch_conn_close(c);
    fetch_end(x, E_OK, NULL);
}

/* x->why says what was wrong with what it heard; a fetch that is over has said it. */
static void conn_refuse(struct plain_conn *c, struct fetch *x)
{
    if (c->x == x)
        fetch_conn_fail(c, x->why.err != E_OK ? x->why.err : E_CLOSED, x->why.text);
}

/* E_AGAIN: it is not whole. Other errors stand in x->why. */
static err_t take_head(struct plain_conn *c, str_t *in)
{
    struct fetch *x = c->x;
    struct answer a;
    size_t n = answer_end(*in, &c->seen);
    if (!answer_may_begin(*in))
        return FAIL(&x->why, E_IO, "it does not answer HTTP/1");
    if ((n == 0 ? in->n : n) + c->heads_n > ANSWER_HEAD_MAX)
        return FAIL(&x->why, E_TOO_BIG, "the head of the answer is too large");
    if (n == 0)
        return E_AGAIN;
    TRY(answer_read(str_sub(*in, 0, n), &x->why, &a));
    *in = str_sub(*in, n, in->n);
    c->heads_n += n;
    c->seen = 0;
    if (a.status == 101)
        return FAIL(&x->why, E_IO, "it wants to speak another protocol");
    if (a.status < 200)
        return E_OK; /* an interim one */
    c->in_body = true;
    c->body = a.body;
    c->to_close = a.to_close;
    c->keep_alive = a.keep_alive;
    c->whole = !a.to_close && body_has_ended(&a.body);
    const struct http_answer head = { .status = a.status,
                                      .fields = a.fields,
                                      .fields_n = a.fields_n };
    return fetch_hear_head(x, &head) ? E_OK : E_CLOSED;
}

static err_t take_body(struct plain_conn *c, str_t *in)
{
    struct fetch *x = c->x;
    struct diag why = { 0 };
    str_t part = *in;
    err_t e = E_OK;
    if (c->to_close)
        *in = STR("");
    else
        e = body_next(&c->body, in, &why, &part);
    if (e == E_BAD_REQUEST)
        return FAIL(&x->why, E_CLOSED, "its answer is broken: %s", why.text);
    c->whole = !c->to_close && body_has_ended(&c->body);
    if (e != E_OK || part.n == 0)
        return e;
    return fetch_hear_body(x, part) ? E_OK : E_CLOSED;
}

static void conn_feed(struct plain_conn *c, str_t *in)
{
    struct fetch *x = c->x;
    err_t e = E_OK;
    while (e == E_OK && c->x == x && !x->paused && !c->whole && in->n > 0)
        e = c->in_body ? take_body(c, in) : take_head(c, in);
    if (e != E_OK && e != E_AGAIN)
        conn_refuse(c, x);
    else if (c->x == x && c->whole)
        fetch_conn_done(c, in->n == 0);
}

void fetch_conn_take(struct plain_conn *c, str_t fresh)
{
    bool kept = c->in.n > 0;
    if (kept)
        buf_add(&c->in, fresh);
    str_t in = kept ? buf_str(&c->in) : fresh;
    struct fetch *x = c->x;
    conn_feed(c, &in);
    if (c->x != x)
        return; /* it has ended, and nothing is left of it */
    if (in.n == 0) {
        buf_fini(&c->in);
    } else if (kept) {
        memmove(c->in.p, in.p, in.n);
        c->in.n = in.n;
    } else {
        buf_add(&c->in, in);
    }
    if (c->in.err != E_OK)
        fetch_conn_fail(c, c->in.err, "no memory for the answer");
}

void fetch_conn_go_on(struct plain_conn *c)
{
    if (c != NULL && c->in.n > 0)
        fetch_conn_take(c, STR(""));
}
