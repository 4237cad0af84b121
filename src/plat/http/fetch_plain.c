/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fetches without TLS: HTTP/1.1 on connections of our own (docs/adr/0013-plain-fetch.md says why).
 * A connection serves one exchange at a time, is used again when the last one has ended cleanly,
 * and is always watched while it rests, so that one that its peer has closed is not taken.
 */
#include "plat/http/fetch_in.h"

#include "base/buf.h"
#include "plat/http/chars.h"
#include "plat/http/fetch_conn.h"

/* ---- the request ---- */

static bool is_default_port(str_t port)
{
    return str_eq(port, STR("80"));
}

static void put_host(struct buf *b, const struct outbound_url *to)
{
    bool six = str_find(to->host, ':') < to->host.n;
    BUF_ADD(b, "Host: ");
    buf_add(b, six ? STR("[") : STR(""));
    buf_add(b, to->host);
    buf_add(b, six ? STR("]") : STR(""));
    if (!is_default_port(to->port)) {
        BUF_ADD(b, ":");
        buf_add(b, to->port);
    }
    BUF_ADD(b, "\r\n");
}

static err_t put_lines(struct buf *b, const struct fetch_request *req, struct diag *why)
{
    for (size_t i = 0; i < req->headers_n; i++) {
        str_t line = str_from_cz(req->headers[i]);
        if (!chars_are_value(line))
            return FAIL(why, E_BAD_FIELD, "a header has a control character");
        buf_add(b, line);
        BUF_ADD(b, "\r\n");
    }
    return E_OK;
}

static err_t plain_prepare(struct fetch *x, const struct fetch_request *req,
                           const struct outbound_url *to, struct diag *why)
{
    const char *agent = x->owner->rules->user_agent;
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, FETCH_HEAD_MAX);
    if (to->target.n == 0 || !chars_all(to->target, CHAR_TARGET))
        return FAIL(why, E_BAD_FIELD, "the URL has a character that it must encode");
    buf_add(&b, str_from_cz(req->method));
    BUF_ADD(&b, " ");
    buf_add(&b, to->target);
    BUF_ADD(&b, " HTTP/1.1\r\n");
    put_host(&b, to);
    BUF_ADD(&b, "User-Agent: ");
    buf_add(&b, str_from_cz(agent != NULL ? agent : "seneschal"));
    BUF_ADD(&b, "\r\n");
    TRY(put_lines(&b, req, why));
    if (req->body.p != NULL) {
        BUF_ADD(&b, "Content-Length: ");
        buf_add_i64(&b, (int64_t)req->body.n);
        BUF_ADD(&b, "\r\n");
    }
    BUF_ADD(&b, "\r\n");
    TRY(b.err);
    return str_copy(x->a, buf_str(&b), &x->plain.head);
}

/* ---- one fetch ---- */

/* The freshest connection that rests; else a new one, while there may be more. */
static err_t plain_run(struct fetch *x, struct diag *why)
{
    struct fetcher_plain *own = &x->owner->plain;
    if (x->plain.anew)
        fetch_conns_close_resting(x->owner); /* one was dead: these may be too */
    while (own->resting != NULL) {
        if (fetch_conn_use(own->resting, x))
            return E_OK;
    }
    if (own->conns_n >= own->conns_max)
        return E_AGAIN;
    return fetch_conn_new(x, 0, why);
}

static void plain_leave(struct fetch *x)
{
    if (x->plain.conn != NULL)
        fetch_conn_close(x->plain.conn);
}

static bool plain_is_sent(const struct fetch *x)
{
    return x->plain.sent == x->plain.head.n + x->req.body.n;
}

static void plain_paused(struct fetch *x)
{
    if (fetch_conn_arm(x->plain.conn) && !x->paused)
        fetcher_kick(x->owner);
}

/* What had come for those that were paused. */
static void plain_turn(struct fetcher *f)
{
    for (struct fetch *x = f->all; x != NULL; x = x->next) {
        if (x->state == FETCH_RUNS && !x->paused)
            fetch_conn_go_on(x->plain.conn);
    }
}

/* ---- the fetcher's life ---- */

static err_t plain_open(struct fetcher *f, const struct fetcher_cfg *cfg)
{
    f->plain.conns_max = cfg->connections_max;
    return E_OK;
}

static void plain_close(struct fetcher *f)
{
    fetch_conns_close_resting(f); /* the others have ended with their fetches */
    loop_timer_stop(f->loop, &f->plain.old);
}

const struct fetch_kind fetch_by_plain = {
    .open = plain_open,
    .close = plain_close,
    .prepare = plain_prepare,
    .run = plain_run,
    .leave = plain_leave,
    .paused = plain_paused,
    .is_sent = plain_is_sent,
    .turn = plain_turn,
    .prompt = true,
};
