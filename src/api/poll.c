/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /iassistants/config and /version: answered from memory, on the loop. A conditional GET is the
 * base; `?wait=` parks the request until its device's configuration or status changes (FLEET
 * "Transport"). One parked poll a device, the newest wins.
 */
#include "api/passage.h"

#include "api/reply.h"
#include "api/shapes_config.h"
#include "base/enc.h"
#include "base/ref.h"

enum { PARKED_MAX = 100000, ETAG_TEXT = 2 + 2 * SHA256_SIZE };

struct poll {
    struct loop_timer timer;
    struct poll *prev;
    struct poll *next;
    struct passage *passage;
    oid_t device;
    uint64_t stamp; /* of its row in memory, when it was parked */
    digest_t etag;  /* what was current then */
    uint64_t park;
    dur_t until; /* CLOCK_MONOTONIC */
    bool parked;
};

static void etag_text(const digest_t *etag, char out[static ETAG_TEXT])
{
    out[0] = '"';
    hex_encode(etag->b, SHA256_SIZE, out + 1);
    out[ETAG_TEXT - 1] = '"';
}

/* If-None-Match compares weakly and takes lists and "*" (RFC 9110 section 13.1.2). */
static bool etag_matches(str_t field, str_t etag)
{
    str_t tag;
    if (str_eq(field, etag))
        return true;
    while (str_split(&field, ',', &tag)) {
        tag = str_trim(tag);
        if (str_starts(tag, STR("W/")))
            tag = str_sub(tag, 2, tag.n);
        if (str_eq(tag, etag) || str_eq(tag, STR("*")))
            return true;
    }
    return false;
}

/* A 304 carries no more than this (API "Limits"). */
static void add_validators(const struct hot_ask *ask, struct buf *head, str_t etag)
{
    BUF_ADD(head, "ETag: ");
    buf_add(head, etag);
    BUF_ADD(head, "\r\nCache-Control: private, no-cache\r\n");
    edge_add_cors(ask->api, ask->x, ask->route, head);
}

static void answer_304(const struct hot_ask *ask, const digest_t *etag)
{
    struct buf *head = &edge_loop(ask->api, ask->x)->head;
    char text[ETAG_TEXT];
    etag_text(etag, text);
    buf_clear(head);
    add_validators(ask, head, str_of(text, sizeof text));
    edge_reply(ask->api, ask->x, 304, buf_str(head), STR(""));
}

static void answer_200(const struct hot_ask *ask, const digest_t *etag, str_t body)
{
    struct buf *head = &edge_loop(ask->api, ask->x)->head;
    char text[ETAG_TEXT];
    etag_text(etag, text);
    buf_clear(head);
    reply_head_common(head, STR("application/json"), oid_make(), false);
    add_validators(ask, head, str_of(text, sizeof text));
    edge_reply(ask->api, ask->x, 200, buf_str(head), body);
}

/* The effective configuration itself: looked up again with its body, which a 304 does not need. */
static enum hot_answer answer_config(const struct hot_ask *ask)
{
    struct live_hit hit;
    dur_t wait;
    struct live_ask look = {
        .token = *ask->token, .now = clock_now(), .mono = clock_mono(), .body = true
    };
    if (live_find(ask->api->services->live, &look, &hit, &wait) != LIVE_HIT || !hit.fresh)
        return HOT_LOAD;
    answer_200(ask, &hit.etag, str_of(hit.effective->body, hit.effective->n));
    ref_drop(hit.effective);
    return HOT_DONE;
}

static void poll_unlink(struct poll *poll)
{
    struct api_loop *loop = edge_loop(poll->passage->api, poll->passage->rq.xchg);
    if (poll->prev != NULL)
        poll->prev->next = poll->next;
    else
        loop->polls = poll->next;
    if (poll->next != NULL)
        poll->next->prev = poll->prev;
    loop_timer_stop(poll->passage->loop, &poll->timer);
    poll->parked = false;
    (void)atomic_fetch_sub_explicit(&poll->passage->api->parked, 1, memory_order_relaxed);
}

static void poll_link(struct poll *poll)
{
    struct api_loop *loop = edge_loop(poll->passage->api, poll->passage->rq.xchg);
    poll->prev = NULL;
    poll->next = loop->polls;
    if (loop->polls != NULL)
        loop->polls->prev = poll;
    loop->polls = poll;
    poll->parked = true;
    (void)atomic_fetch_add_explicit(&poll->passage->api->parked, 1, memory_order_relaxed);
}

static struct hot_ask poll_ask(const struct poll *poll)
{
    struct passage *p = poll->passage;
    return (struct hot_ask){
        .api = p->api,
        .x = p->rq.xchg,
        .route = p->rq.route,
        .token = &p->token,
        .passage = p,
    };
}

static void poll_unpark(struct poll *poll)
{
    live_unpark(poll->passage->api->services->live, poll->device, poll->stamp);
}

/* Its time is over, or a newer poll of its device came. */
static void poll_unchanged(struct poll *poll)
{
    struct hot_ask ask = poll_ask(poll);
    poll_unlink(poll);
    poll_unpark(poll);
    answer_304(&ask, &poll->etag);
}

static void poll_expire(struct loop_timer *t)
{
    poll_unchanged(CONTAINER_OF(t, struct poll, timer));
}

/* A peer that closed only its half may still listen: the reply is tried. */
void poll_gone(struct poll *poll)
{
    if (poll->parked)
        poll_unchanged(poll); /* else a worker has it */
}

/* True while it may stay parked. */
static bool poll_holds(const struct poll *poll)
{
    struct live *live = poll->passage->api->services->live;
    struct live_hit hit;
    dur_t wait;
    struct live_ask look = { .token = poll->passage->token,
                             .now = clock_now(),
                             .mono = clock_mono() };
    if (live_find(live, &look, &hit, &wait) != LIVE_HIT)
        return false;
    return hit.fresh && hit.stamp == poll->stamp && hit.park == poll->park &&
           hit.who.refuse == E_OK;
}

/* Something changed: answer what it can be answered, load what memory lacks, or park it again. */
static void poll_again(struct poll *poll)
{
    struct passage *p = poll->passage;
    struct live_hit hit;
    dur_t wait;
    struct live_ask look = { .token = p->token, .now = clock_now(), .mono = clock_mono() };
    struct hot_ask ask = poll_ask(poll);
    enum live_found found = live_find(p->api->services->live, &look, &hit, &wait);
    bool newer = found == LIVE_HIT && hit.stamp == poll->stamp && hit.park != poll->park;
    if (newer) {
        poll_unchanged(poll);
        return;
    }
    poll_unlink(poll);
    poll_unpark(poll);
    p->loads = 0;
    p->known = false;
    p->deadline = (dur_t){ clock_mono().us + DUR_S(10).us };
    if (found == LIVE_HIT && hit.who.refuse != E_OK) {
        edge_refuse(p->api, p->rq.xchg, hit.who.refuse, NULL, p->rq.id);
        return;
    }
    ask.who = found == LIVE_HIT ? &hit : NULL;
    if (found == LIVE_HIT)
        edge_ask(&ask);
    else
        passage_start(&ask, NULL);
}

void poll_wake(struct loop_msg *msg)
{
    struct api_loop *loop = CONTAINER_OF(msg, struct api_loop, wake);
    atomic_store(&loop->wake_posted, false);
    struct poll *next;
    for (struct poll *poll = loop->polls; poll != NULL; poll = next) {
        next = poll->next; /* those parked again stand in front */
        if (!poll_holds(poll))
            poll_again(poll);
    }
}

void api_wake(void *arg)
{
    struct api *api = arg;
    for (unsigned i = 0; i < api->loops_n; i++) {
        struct api_loop *loop = &api->loops[i];
        if (!atomic_exchange(&loop->wake_posted, true))
            loop_post(http_server_loop(api->services->http, i), &loop->wake);
    }
}

static err_t poll_make(const struct hot_ask *ask, dur_t wait, struct poll **ret)
{
    struct passage *p = ask->passage;
    if (p == NULL)
        TRY(passage_new(ask, &p));
    if (p->poll == NULL) {
        p->poll = ARENA_NEW(p->rq.act.arena, struct poll);
        if (p->poll == NULL)
            return E_NO_MEMORY;
        p->poll->passage = p;
        p->poll->until = (dur_t){ clock_mono().us + wait.us };
    }
    ask->x->user = p;
    *ret = p->poll;
    return E_OK;
}

static enum hot_answer poll_park(const struct hot_ask *ask, dur_t wait)
{
    struct api *api = ask->api;
    struct poll *poll;
    bool other = false;
    if (api->services->draining || api->services->leaving) {
        answer_304(ask, &ask->who->etag); /* it asks again, and the successor answers */
        return HOT_DONE;
    }
    if (atomic_load_explicit(&api->parked, memory_order_relaxed) >= PARKED_MAX ||
        poll_make(ask, wait, &poll) != E_OK) {
        edge_refuse(api, ask->x, E_OVERLOADED, NULL, oid_make());
        return HOT_DONE;
    }
    dur_t left = { poll->until.us - clock_mono().us };
    if (left.us <= 0) {
        answer_304(ask, &ask->who->etag);
        return HOT_DONE;
    }
    poll->device = ask->who->who.actor.id;
    poll->stamp = ask->who->stamp;
    poll->etag = ask->who->etag;
    if (!live_park(api->services->live, ask->token, ask->who, &poll->park, &other))
        return HOT_LOAD;
    poll_link(poll);
    loop_timer_start(poll->passage->loop, &poll->timer, left, poll_expire);
    if (other)
        api_wake(api);
    return HOT_DONE;
}

static void release_all(struct loop_msg *msg)
{
    struct api_loop *loop = CONTAINER_OF(msg, struct api_loop, release);
    while (loop->polls != NULL)
        poll_unchanged(loop->polls);
}

void api_release_polls(struct api *api)
{
    for (unsigned i = 0; i < api->loops_n; i++) {
        api->loops[i].release.run = release_all;
        loop_post(http_server_loop(api->services->http, i), &api->loops[i].release);
    }
}

/* The query of a poll, decoded without memory of its own: ?device_id= must be the device's own;
 * others pass on to the handler. */
struct poll_query {
    oid_t device;
    int64_t wait_s;
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
        edge_refuse(ask->api, ask->x, e, &why, oid_make());
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
    str_t tag = http_field(ask->x, STR("If-None-Match"));
    etag_text(&ask->who->etag, text);
    if (tag.p == NULL || !etag_matches(tag, str_of(text, sizeof text)))
        return answer_config(ask);
    if (query.wait_s > 0)
        return poll_park(ask, DUR_S(query.wait_s));
    answer_304(ask, &ask->who->etag);
    return HOT_DONE;
}

enum hot_answer config_version_hot(const struct hot_ask *ask)
{
    struct poll_query query;
    enum hot_answer answer;
    struct live_hit hit;
    dur_t wait;
    if (poll_check(ask, &query, &answer) == E_OK)
        return answer;
    struct live_ask look = {
        .token = *ask->token, .now = clock_now(), .mono = clock_mono(), .body = true
    };
    if (live_find(ask->api->services->live, &look, &hit, &wait) != LIVE_HIT || !hit.fresh)
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
    reply_head_common(&loop->head, STR("application/json"), oid_make(), false);
    BUF_ADD(&loop->head, "Cache-Control: private, no-cache\r\n");
    edge_add_cors(ask->api, ask->x, ask->route, &loop->head);
    edge_reply(ask->api, ask->x, 200, buf_str(&loop->head), buf_str(&loop->body));
    ref_drop(hit.effective);
    return HOT_DONE;
}
