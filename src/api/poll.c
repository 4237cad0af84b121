/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /iassistants/config and /version: answered from memory, on the loop. A conditional GET is the
 * base; `?wait=` parks the request until its device's configuration or status changes (FLEET
 * "Transport"). One parked poll a device, the newest wins.
 */
#include "api/passage.h"

#include "api/accept.h"
#include "api/lease.h"
#include "api/refused.h"
#include "api/reply.h"
#include "api/shapes_config.h"
#include "base/enc.h"
#include "base/ref.h"

void etag_text(const digest_t *etag, char out[static ETAG_TEXT])
{
    out[0] = '"';
    hex_encode(etag->b, SHA256_SIZE, out + 1);
    out[ETAG_TEXT - 1] = '"';
}

/* What an answer says besides the configuration. */
struct poll_extra {
    bool cors;
    bool by_seq; /* the client knows a number: it is told the one of now */
    bool lease;  /* of a 304: the client wants one */
    oid_t org;
    oid_t device;
    int64_t seq;
};

/* A 304 carries no more than this (API "Limits"). */
static void add_validators(struct buf *head, str_t etag, const struct poll_extra *extra)
{
    BUF_ADD(head, "ETag: ");
    buf_add(head, etag);
    BUF_ADD(head, "\r\nCache-Control: private, no-cache\r\n");
    if (extra->by_seq)
        buf_addf(head, "Seneschal-Seq: %lld\r\n", (long long)extra->seq);
    edge_put_cors(head, extra->cors);
}

static err_t add_lease(struct api *api, struct buf *head, const digest_t *etag,
                       const struct poll_extra *extra)
{
    const struct lease l = { .org = extra->org,
                             .device = extra->device,
                             .etag = etag,
                             .seq = extra->seq,
                             .status = "ENROLLED" };
    return lease_put(api->services, head, &l);
}

/* A plain one costs no signature, and does not fail. E_NOT_FOUND, E_CLOCK_BEHIND: there is no
 * lease now, and nothing was answered. */
static err_t answer_304(struct api *api, struct http_xchg *x, const digest_t *etag,
                        const struct poll_extra *extra)
{
    struct buf *head = &edge_loop(api, x)->head;
    char text[ETAG_TEXT];
    etag_text(etag, text);
    buf_clear(head);
    add_validators(head, str_of(text, sizeof text), extra);
    if (extra->lease)
        TRY(add_lease(api, head, etag, extra));
    edge_reply(api, x, 304, buf_str(head), STR(""));
    return E_OK;
}

/* The head of a 200; nothing is sent yet. The same errors. */
static err_t head_200(struct api *api, struct http_xchg *x, const struct live_hit *hit,
                      const struct poll_extra *extra)
{
    struct buf *head = &edge_loop(api, x)->head;
    char text[ETAG_TEXT];
    etag_text(&hit->etag, text);
    buf_clear(head);
    reply_head_common(head, STR("application/json"), edge_id(x), false);
    add_validators(head, str_of(text, sizeof text), extra);
    BUF_ADD(head, "Seneschal-Signature: ");
    buf_add(head, str_of(hit->effective->signature, hit->effective->signature_n));
    BUF_ADD(head, "\r\n");
    return add_lease(api, head, &hit->etag, extra);
}

static void send_200(struct api *api, struct http_xchg *x, const struct live_hit *hit)
{
    edge_reply(api, x, 200, buf_str(&edge_loop(api, x)->head),
               str_of(hit->effective->body, hit->effective->n));
}

/* The effective configuration itself: looked up again with its body, which a 304 does not need.
 * The caller drops it. Whoever gets it was there: a device that dies of it is not away. */
static bool find_config(struct live *live, const digest_t *token, struct live_hit *ret)
{
    dur_t wait;
    struct live_ask look = {
        .token = *token, .now = clock_now(), .mono = clock_mono(), .seen = true, .body = true
    };
    return live_find(live, &look, ret, &wait) == LIVE_HIT && ret->fresh;
}

static bool asks_cors(const struct hot_ask *ask)
{
    return edge_has_cors(ask->api, ask->x, ask->route);
}

static struct poll_extra asked_extra(const struct hot_ask *ask, bool by_seq, int64_t seq)
{
    const struct actor *device = &ask->who->who.actor;
    return (struct poll_extra){ .cors = asks_cors(ask),
                                .by_seq = by_seq,
                                .org = device->org,
                                .device = device->id,
                                .seq = seq };
}

static struct poll_extra parked_extra(const struct nudge *n)
{
    return (struct poll_extra){ .cors = n->cors,
                                .by_seq = n->by_seq,
                                .lease = n->lease,
                                .org = n->org,
                                .device = n->device,
                                .seq = n->seq };
}

/* What was tried on the loop: the key that signs may have to be loaded first. */
static enum hot_answer answered(const struct hot_ask *ask, err_t e)
{
    if (e == E_NOT_FOUND)
        return HOT_LOAD;
    if (e != E_OK)
        edge_refuse(ask->api, ask->x, e, NULL, edge_id(ask->x));
    return HOT_DONE;
}

static enum hot_answer answer_config(const struct hot_ask *ask, bool by_seq)
{
    struct live_hit hit;
    if (!find_config(ask->api->services->live, ask->token, &hit))
        return HOT_LOAD;
    const struct poll_extra extra = asked_extra(ask, by_seq, hit.seq);
    err_t e = head_200(ask->api, ask->x, &hit, &extra);
    if (e == E_OK)
        send_200(ask->api, ask->x, &hit);
    ref_drop(hit.effective);
    return answered(ask, e);
}

static enum hot_answer answer_same(const struct hot_ask *ask, bool by_seq)
{
    struct poll_extra extra = asked_extra(ask, by_seq, ask->who->seq);
    extra.lease = lease_preferred(ask->x);
    return answered(ask, answer_304(ask->api, ask->x, &ask->who->etag, &extra));
}

/* Its time is over, a newer poll of its device came, its peer left, or the server stops. A peer
 * that closed only its half may still listen: the reply is tried. A lease that cannot be had now is
 * left out: it was a preference, and the next poll brings it. */
static void poll_unchanged(struct nudge *n)
{
    struct api *api = n->loop->api;
    digest_t etag = n->etag;
    struct poll_extra extra = parked_extra(n);
    struct http_xchg *x = nudge_end(n);
    if (answer_304(api, x, &etag, &extra) == E_OK)
        return;
    extra.lease = false;
    err_ignore(answer_304(api, x, &etag, &extra)); /* a plain one does not fail */
}

static void poll_changed(struct nudge *n, const struct live_hit *asked)
{
    struct api *api = n->loop->api;
    struct poll_extra extra = parked_extra(n);
    struct live_hit hit;
    (void)asked;
    if (!find_config(api->services->live, &n->token, &hit)) {
        nudge_due(n, false); /* it has moved again */
        return;
    }
    extra.seq = hit.seq;
    err_t e = head_200(api, n->x, &hit, &extra);
    if (e == E_NOT_FOUND) {
        nudge_due(n, false); /* the key that signs was replaced just now */
    } else if (e != E_OK) {
        edge_refuse_parked(api, nudge_end(n), e, STR(""), extra.cors);
    } else {
        (void)atomic_fetch_add_explicit(&n->loop->metrics.nudges, 1, memory_order_relaxed);
        send_200(api, nudge_end(n), &hit);
    }
    ref_drop(hit.effective);
}

static void poll_same(struct nudge *n, const struct live_hit *hit)
{
    bool moved = n->by_seq && hit->seq > n->seq;
    if (moved) {
        n->seq = hit->seq;
        (void)atomic_fetch_add_explicit(&n->loop->metrics.nudges, 1, memory_order_relaxed);
    }
    if (moved || n->late || services_stop(n->loop->api->services))
        poll_unchanged(n);
}

static void poll_refused(struct nudge *n, err_t e, const char *status)
{
    struct api *api = n->loop->api;
    const struct actor device = { .kind = ACTOR_DEVICE, .id = n->device, .org = n->org };
    bool cors = n->cors;
    CLEANUP(buf_fini) struct buf lease = { 0 };
    (void)status;
    buf_init(&lease, LEASE_LINE_MAX);
    err_ignore(lease_put_refusal(api->services, &lease, &device, e)); /* then it has none */
    edge_refuse_parked(api, nudge_end(n), e, buf_str(&lease), cors);
}

const struct nudge_kind poll_kind = {
    .changed = poll_changed,
    .same = poll_same,
    .refused = poll_refused,
    .replaced = poll_unchanged,
    .gone = poll_unchanged,
    .released = poll_unchanged,
};

static void poll_expire(struct loop_timer *t)
{
    struct nudge *n = CONTAINER_OF(t, struct nudge, timer);
    if (n->state == NUDGE_PARKED)
        poll_unchanged(n);
    else
        n->late = true; /* a worker knows more in a moment */
}

static enum hot_answer poll_park(const struct hot_ask *ask, dur_t wait, bool by_seq)
{
    struct api *api = ask->api;
    struct http_xchg *x = ask->x;
    struct nudge *n;
    dur_t left = { (int64_t)x->started_us + wait.us - clock_mono().us };
    if (left.us <= 0 || services_stop(api->services))
        return answer_same(ask, by_seq); /* a successor may answer the next */
    enum hot_answer answer = nudge_start(ask, LIVE_POLL, &n);
    if (n != NULL) {
        n->by_seq = by_seq;
        n->lease = lease_preferred(x);
        http_park(x);
        loop_timer_start(http_loop(x), &n->timer, left, poll_expire);
    }
    return answer;
}

/* The query of a poll, decoded without memory of its own: ?device_id= must be the device's own;
 * others pass on to the handler. */
struct poll_query {
    oid_t device;
    int64_t wait_s;
    opt_i64_t seq;
};

enum { QUERY_ARENA_MAX = 4096 };

static err_t poll_query(const struct hot_ask *ask, struct diag *why, struct poll_query *ret)
{
    *ret = (struct poll_query){ 0 };
    if (ask->x->query.n == 0)
        return E_OK;
    struct arena *a = http_arena(ask->x);
    void *in;
    if (a == NULL)
        return E_NO_MEMORY;
    TRY(shape_decode_query(a, ask->route->query, ask->x->query, why, &in));
    const struct config_query *q = in;
    ret->device = q->device_id;
    ret->wait_s = q->wait;
    ret->seq = q->seq;
    if (q->wait > 0 && http_field(ask->x, STR("If-None-Match")).p == NULL)
        return diag_set_field(why, E_BAD_FIELD, "wait",
                              "want If-None-Match with it: first fetch, then wait for a change");
    return E_OK;
}

/* Checks that both rows share. E_AGAIN: go on; E_OK: answered; else pass or load as *ret says. */
static err_t poll_check(const struct hot_ask *ask, struct poll_query *query, enum hot_answer *ret)
{
    struct diag why = { 0 };
    *ret = HOT_DONE;
    if (ask->who == NULL || ask->who->who.actor.kind != ACTOR_DEVICE) {
        *ret = HOT_PASS;
        return E_OK;
    }
    err_t e = poll_query(ask, &why, query);
    if (e == E_OK && oid_is_set(query->device) && !oid_eq(query->device, ask->who->who.actor.id))
        e = FAIL(&why, E_FORBIDDEN, "a device reads its own configuration");
    if (e != E_OK) {
        refused_count_known(ask->api, ask->x, ask->route, &ask->who->who.actor, e);
        edge_refuse(ask->api, ask->x, e, &why, edge_id(ask->x));
        return E_OK;
    }
    if (!ask->who->fresh) {
        *ret = HOT_LOAD;
        return E_OK;
    }
    return E_AGAIN;
}

enum hot_answer config_hot(const struct hot_ask *ask)
{
    struct poll_query query;
    enum hot_answer answer;
    char text[ETAG_TEXT];
    if (poll_check(ask, &query, &answer) == E_OK)
        return answer;
    etag_text(&ask->who->etag, text);
    if (!accept_has(ask->x, str_of(text, sizeof text)))
        return answer_config(ask, query.seq.set);
    bool moved = query.seq.set && ask->who->seq > query.seq.v;
    if (query.wait_s > 0 && !moved)
        return poll_park(ask, DUR_S(query.wait_s), query.seq.set);
    return answer_same(ask, query.seq.set);
}

enum hot_answer config_version_hot(const struct hot_ask *ask)
{
    struct poll_query query;
    enum hot_answer answer;
    struct live_hit hit;
    if (poll_check(ask, &query, &answer) == E_OK)
        return answer;
    if (!find_config(ask->api->services->live, ask->token, &hit))
        return HOT_LOAD;
    struct api_loop *loop = edge_loop(ask->api, ask->x);
    char text[ETAG_TEXT];
    etag_text(&hit.etag, text);
    struct config_version_out out = {
        .version = hit.effective->version_n > 0
                       ? str_of(hit.effective->version, hit.effective->version_n)
                       : STR_NONE,
        .etag = str_of(text, sizeof text),
        .seq = hit.seq,
    };
    buf_clear(&loop->head);
    buf_clear(&loop->body);
    struct json_out o = json_out_to(&loop->body);
    shape_encode(&o, &config_version_out_shape, &out);
    reply_head_common(&loop->head, STR("application/json"), edge_id(ask->x), false);
    BUF_ADD(&loop->head, "Cache-Control: private, no-cache\r\n");
    edge_put_cors(&loop->head, asks_cors(ask));
    edge_reply(ask->api, ask->x, 200, buf_str(&loop->head), buf_str(&loop->body));
    ref_drop(hit.effective);
    return HOT_DONE;
}
