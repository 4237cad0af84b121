/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /iassistants/config/stream: nudges as server-sent events (WHATWG HTML section 9.2). They say
 * "ask again", never what: the configuration itself is fetched by a conditional GET. One stream a
 * device, the newest wins. A slow reader costs one flag: when it has read on it gets the newest
 * state, not a queue of older ones.
 */
#include "api/handlers_config.h"
#include "api/passage.h"

#include "api/reply.h"
#include "api/shapes_config.h"
#include "base/enc.h"
#include "base/num.h"

#define COMMENT_EVERY DUR_S(15)

static void stream_tick(struct loop_timer *t);

static void tick_start(struct nudge *n)
{
    loop_timer_start(http_loop(n->x), &n->timer, COMMENT_EVERY, stream_tick);
}

static struct buf *body_clear(const struct nudge *n)
{
    struct buf *b = &n->loop->body;
    buf_clear(b);
    return b;
}

/* How long a client that was cut off waits at most before it comes back. */
static void add_retry(struct buf *b, const struct api *api)
{
    int64_t spread_s = services_settings(api->services)->spread_s;
    buf_addf(b, "retry: %lld\n", (long long)spread_s * 1000);
}

static void add_config(struct buf *b, const struct nudge *n)
{
    char etag[ETAG_TEXT];
    etag_text(&n->etag, etag);
    struct config_nudge out = { .etag = str_of(etag, sizeof etag), .seq = n->seq };
    buf_addf(b, "event: config\nid: %lld\ndata: ", (long long)n->seq);
    struct json_out o = json_out_to(b);
    shape_encode(&o, &config_nudge_shape, &out);
    BUF_ADD(b, "\n\n");
}

static void stream_write(struct nudge *n, const struct buf *b)
{
    (void)http_stream_write(n->x, buf_str(b)); /* a broken one tells on_gone */
}

/* The newest state, now or when its reader has room. */
static void stream_tell(struct nudge *n)
{
    if (!http_stream_is_empty(n->x)) {
        n->pending = true;
        return;
    }
    struct buf *b = body_clear(n);
    n->pending = false;
    add_config(b, n);
    stream_write(n, b);
    (void)atomic_fetch_add_explicit(&n->loop->metrics.nudges, 1, memory_order_relaxed);
    tick_start(n);
}

static void stream_end(struct nudge *n, const struct buf *last)
{
    struct http_xchg *x = nudge_end(n);
    (void)http_stream_write(x, buf_str(last));
    http_stream_end(x);
}

/* Come back, but not all at once. */
static void stream_release(struct nudge *n)
{
    struct buf *b = body_clear(n);
    add_retry(b, n->loop->api);
    BUF_ADD(b, "\n");
    stream_end(n, b);
}

static bool server_stops(const struct nudge *n)
{
    return services_stop(n->loop->api->services);
}

static void stream_changed(struct nudge *n, const struct live_hit *hit)
{
    n->etag = hit->etag;
    if (hit->seq > n->seq)
        n->seq = hit->seq;
    stream_tell(n);
    if (server_stops(n))
        stream_release(n);
}

/* Its reader may have caught up while memory was asked, and was passed over then: what waits for it
 * is told now, or when it has room. */
static void stream_same(struct nudge *n, const struct live_hit *hit)
{
    if (n->pending)
        stream_changed(n, hit);
    else if (server_stops(n))
        stream_release(n);
}

/* The device or its token is not good any more: the client is told which it is, and should ask once
 * more, because this event is not signed. What we cannot tell only ends the stream. */
static void stream_refused(struct nudge *n, err_t e, const char *status)
{
    int code = err_info(e)->status;
    if (code != 401 && code != 403) {
        stream_release(n);
        return;
    }
    struct config_status out = {
        .status = status == NULL ? STR_NONE : str_from_cz(status),
        .code = str_from_cz(err_info(e)->slug),
    };
    struct buf *b = body_clear(n);
    BUF_ADD(b, "event: status\ndata: ");
    struct json_out o = json_out_to(b);
    shape_encode(&o, &config_status_shape, &out);
    BUF_ADD(b, "\n\n");
    (void)atomic_fetch_add_explicit(&n->loop->metrics.nudges, 1, memory_order_relaxed);
    stream_end(n, b);
}

static void stream_cut(struct nudge *n)
{
    http_stream_end(nudge_end(n));
}

const struct nudge_kind stream_kind = {
    .changed = stream_changed,
    .same = stream_same,
    .refused = stream_refused,
    .replaced = stream_cut,
    .gone = stream_cut,
    .released = stream_release,
};

/* Whether the token has expired is seen here; every other end comes as a message. */
static void stream_tick(struct loop_timer *t)
{
    struct nudge *n = CONTAINER_OF(t, struct nudge, timer);
    static const char comment[] = ":\n\n";
    struct live_hit hit;
    dur_t wait;
    struct live_ask look = { .token = n->token, .now = clock_now(), .mono = clock_mono() };
    tick_start(n);
    if (http_stream_is_empty(n->x))
        (void)http_stream_write(n->x, str_of(comment, sizeof comment - 1));
    if (n->state == NUDGE_PARKED &&
        live_find(n->loop->api->services->live, &look, &hit, &wait) != LIVE_HIT)
        nudge_ask(n);
}

void stream_drained(struct nudge *n)
{
    if (n->pending && n->state == NUDGE_PARKED)
        stream_tell(n);
}

static void stream_head(struct http_xchg *x, struct buf *head, bool cors)
{
    buf_clear(head);
    reply_head_common(head, STR("text/event-stream"), edge_id(x), true);
    BUF_ADD(head, "X-Accel-Buffering: no\r\n"); /* a proxy in front is to pass each event on */
    edge_put_cors(head, cors);
}

/* What the client says that it saw last; 0: nothing, or nothing of ours. */
static int64_t last_event_id(const struct http_xchg *x)
{
    uint64_t seq = 0;
    str_t text = http_field(x, STR("Last-Event-ID"));
    if (text.p == NULL || num_parse_u64(text, &seq) != E_OK || seq > INT64_MAX)
        return 0;
    return (int64_t)seq;
}

static void stream_open(struct nudge *n, int64_t last)
{
    struct api_loop *loop = n->loop;
    stream_head(n->x, &loop->head, n->cors);
    http_stream_begin(n->x, 200, buf_str(&loop->head));
    http_stream_trickle(n->x);
    struct buf *b = body_clear(n);
    add_retry(b, loop->api);
    if (last == n->seq && last > 0)
        BUF_ADD(b, ": current\n\n");
    else
        add_config(b, n);
    stream_write(n, b);
    tick_start(n);
}

/* HEAD takes no place; a server that stops says when to come back. */
static void stream_only_begin(const struct hot_ask *ask)
{
    struct api_loop *loop = edge_loop(ask->api, ask->x);
    bool head = ask->x->method == HTTP_HEAD;
    stream_head(ask->x, &loop->head, edge_has_cors(ask->api, ask->x, ask->route));
    if (ask->passage != NULL)
        passage_free(ask->passage);
    ask->x->user = NULL;
    http_stream_begin(ask->x, 200, buf_str(&loop->head));
    buf_clear(&loop->body);
    add_retry(&loop->body, ask->api);
    BUF_ADD(&loop->body, "\n");
    if (!head)
        (void)http_stream_write(ask->x, buf_str(&loop->body));
    http_stream_end(ask->x);
}

/* No parameter is known here: a device has its own stream only. */
static err_t stream_check(const struct hot_ask *ask, struct diag *why)
{
    static const struct field none[1];
    static const struct shape no_query = { .name = "none", .size = 1, .fields = none };
    struct arena *a;
    void *in;
    if (ask->x->query.n == 0)
        return E_OK;
    a = http_arena(ask->x);
    return a == NULL ? E_NO_MEMORY : shape_decode_query(a, &no_query, ask->x->query, why, &in);
}

enum hot_answer config_stream_hot(const struct hot_ask *ask)
{
    struct diag why = { 0 };
    struct nudge *n;
    if (ask->who == NULL || ask->who->who.actor.kind != ACTOR_DEVICE)
        return HOT_PASS;
    err_t e = stream_check(ask, &why);
    if (e != E_OK) {
        edge_refuse(ask->api, ask->x, e, &why, edge_id(ask->x));
        return HOT_DONE;
    }
    if (ask->x->method == HTTP_HEAD || services_stop(ask->api->services)) {
        stream_only_begin(ask);
        return HOT_DONE;
    }
    if (!ask->who->fresh)
        return HOT_LOAD;
    int64_t last = last_event_id(ask->x);
    enum hot_answer answer = nudge_start(ask, LIVE_STREAM, &n);
    if (n != NULL)
        stream_open(n, last);
    return answer;
}

/* Only for who is no device: the row is a device's own. */
err_t config_stream_get(struct request *rq)
{
    return FAIL(&rq->act.why, E_FORBIDDEN, "this is for a device's own token");
}
