/* SPDX-License-Identifier: Apache-2.0 */
/* Back on the loop: encode and reply (HOUSE "One request" 13), part by part where the reply
 * streams. */
#include "api/passage.h"

#include "api/lease.h"
#include "api/mcp_edge.h"
#include "api/page_html.h"
#include "api/refuse.h"
#include "api/refused.h"
#include "api/reply.h"
#include "api/services.h"
#include "base/log.h"
#include "mcp/in.h"
#include "plat/loop/workers.h"

static str_t content_type(const struct reply *r)
{
    if (r->shape != NULL)
        return STR("application/json");
    return r->raw.n > 0 ? str_from_cz(r->content_type) : STR_NONE;
}

static void answer_head(const struct passage *p, struct buf *head, str_t type)
{
    const struct refusing about = {
        .route = p->rq.route, .x = p->rq.xchg, .services = p->rq.services, .id = p->rq.id
    };
    buf_clear(head);
    if (p->rq.reply.console)
        page_head(head, &(struct page_head){ .type = type,
                                             .id = p->rq.id,
                                             .https = services_settings(p->rq.services)->https,
                                             .console = true,
                                             .cache = STR("no-cache") });
    else
        answer_head_begin(&about, head, type, p->rq.html);
    edge_add_cors(p->api, p->rq.xchg, p->rq.route, head);
    buf_add(head, p->rq.reply.head);
}

/*
 * The passage lives in the arena of its exchange, which goes with the last byte of the reply: so it
 * lets go before the reply is handed over, and is not touched afterwards.
 */
static struct http_xchg *passage_end(struct passage *p)
{
    struct http_xchg *x = p->rq.xchg;
    x->user = NULL;
    edge_note_actor(x, &p->rq.act.actor);
    passage_free(p);
    return x;
}

static void answer_send(struct passage *p, int status, const struct buf *head)
{
    struct api *api = p->api;
    CLEANUP(buf_fini) struct buf body = p->body;
    buf_init(&p->body, 0); /* its bytes have gone to `body` */
    edge_reply(api, passage_end(p), status, buf_str(head), buf_str(&body));
}

/* Our own fault: the answer says nothing of it, the log does. */
static void log_failure(const struct passage *p, err_t e)
{
    char id[OID_TEXT];
    oid_format(p->rq.id, id);
    LOG(LOG_ERROR, "request-failed", LOG_F("request_id", str_of(id, sizeof id)),
        LOG_F("route", p->rq.route->path), LOG_F("error", err_info(e)->slug),
        LOG_F("why", str_from_cz(p->rq.act.why.text)));
}

static void answer_refusal(struct passage *p, err_t e)
{
    struct http_xchg *x = p->rq.xchg;
    struct api *api = p->api;
    struct buf *head = &edge_loop(api, x)->head;
    const struct refusing about = { .route = p->rq.route,
                                    .x = x,
                                    .services = p->rq.services,
                                    .e = e,
                                    .why = &p->rq.act.why,
                                    .act = &p->rq.act,
                                    .oauth = p->rq.oauth,
                                    .id = p->rq.id };
    x->note.err = (uint8_t)e;
    if (problem_public(e) == E_INTERNAL)
        log_failure(p, e);
    if (e == E_OVERLOADED)
        admission_shed(&api->admission, route_class(p->rq.route), p->shed);
    if (p->rq.act.actor.kind == ACTOR_NONE)
        refused_count(api, x, p->rq.route, e);
    else if (!p->recorded)
        refused_count_known(api, x, p->rq.route, &p->rq.act.actor, e);
    int status = refusal_encode(&about, head, &p->body);
    edge_add_cors(api, x, p->rq.route, head);
    buf_add(head, p->rq.reply.head);
    if (err_info(problem_public(e))->retry && p->rq.reply.head.p == NULL)
        admission_add_retry(&api->admission, head);
    if (p->rq.route->cors) /* the rows that devices call */
        err_ignore(
            lease_put_refusal(p->rq.services, head, &p->rq.act.actor, e)); /* else unsigned */
    answer_send(p, status, head);
}

static void answer_whole(struct passage *p)
{
    struct buf *head = &edge_loop(p->api, p->rq.xchg)->head;
    reply_encode(&p->body, &p->rq.reply);
    answer_head(p, head, content_type(&p->rq.reply));
    if (p->body.err != E_OK || head->err != E_OK) {
        answer_refusal(p, E_NO_MEMORY);
        return;
    }
    answer_send(p, p->rq.reply.status, head);
}

static void ask_next_part(struct passage *p)
{
    p->work.run = passage_work;
    p->work.refused = NULL; /* what was begun is not given up for having waited */
    p->work.class = LOAD_BULK;
    p->work.known = true;
    if (workers_submit(p->api->services->workers, &p->work) == E_OK)
        return;
    http_drop(passage_end(p)); /* a cut stream says that it is cut */
}

static void answer_part(struct passage *p)
{
    struct http_xchg *x = p->rq.xchg;
    if (x->gone) {
        http_drop(passage_end(p));
        return;
    }
    if (!p->streaming) {
        struct buf *head = &edge_loop(p->api, x)->head;
        answer_head(p, head, str_from_cz(p->rq.reply.content_type));
        /* The engine lets the request's memory go here, but the passage lives in it until the last
         * part is out. */
        struct arena *held = x->arena;
        x->arena = NULL;
        http_stream_begin(x, p->rq.reply.status, buf_str(head));
        x->arena = held;
        p->streaming = true;
    }
    bool room = http_stream_write(x, p->rq.reply.raw);
    reply_part_free(&p->rq); /* a slow reader holds what the connection queues, and no more */
    if (p->rq.reply.more == NULL) {
        http_stream_end(passage_end(p));
        return;
    }
    p->paused = !room;
    if (room)
        ask_next_part(p);
}

void passage_drain(struct passage *p)
{
    if (!p->paused)
        return;
    p->paused = false;
    if (p->rq.xchg->gone) {
        http_drop(passage_end(p));
        return;
    }
    ask_next_part(p);
}

/* What was missing is in memory now: the row is asked again. */
static void answer_again(struct passage *p)
{
    struct live_hit hit;
    dur_t wait;
    struct live_ask look = { .token = p->token, .now = clock_now(), .mono = clock_mono() };
    p->asked_again = false;
    if (p->rq.xchg->gone) {
        http_drop(passage_end(p));
        return;
    }
    struct hot_ask ask = {
        .api = p->api, .x = p->rq.xchg, .route = p->rq.route, .token = &p->token, .passage = p
    };
    bool found = live_find(p->api->services->live, &look, &hit, &wait) == LIVE_HIT;
    if (!found && p->known && p->rq.route->gateway) { /* one that memory may not keep */
        hit = (struct live_hit){ .who.actor = p->rq.act.actor };
        found = true;
    }
    if (found)
        edge_note_actor(p->rq.xchg, &hit.who.actor);
    if (found && hit.who.refuse != E_OK) {
        answer_refusal(p, hit.who.refuse);
        return;
    }
    p->known = false;
    ask.who = found ? &hit : NULL;
    if (found)
        edge_ask(&ask);
    else
        passage_start(&ask, NULL);
}

/* The hub answers. */
static void answer_onward(struct passage *p)
{
    struct api *api = p->api;
    struct mcp_in *in = p->rq.onward;
    p->rq.onward = NULL;
    if (p->rq.xchg->gone) {
        mcp_in_free(in);
        http_drop(passage_end(p));
        return;
    }
    mcp_edge_pass_on(api, passage_end(p), in);
}

/* The log or the record as it comes. */
static void answer_tail(struct passage *p)
{
    struct api *api = p->api;
    struct tail *tail = p->rq.tail;
    digest_t token = p->token;
    bool kept = p->has_token && !p->proves_each;
    p->rq.tail = NULL;
    struct http_xchg *x = passage_end(p);
    if (x->gone) {
        tail_free(tail);
        http_drop(x);
        return;
    }
    tail_begin(api, x, tail, &token, kept);
}

void passage_answer(struct loop_msg *msg)
{
    struct passage *p = CONTAINER_OF(msg, struct passage, msg);
    if (p->result != E_OVERLOADED && !p->streaming)
        admission_served(&p->api->admission);
    if (p->streaming && p->result != E_OK) {
        http_drop(passage_end(p)); /* too late for a refusal: a cut stream says that it is cut */
    } else if (p->result != E_OK) {
        answer_refusal(p, p->result);
    } else if (p->rq.reply.refusal != E_OK) {
        answer_refusal(p, p->rq.reply.refusal);
    } else if (p->asked_again) {
        answer_again(p);
    } else if (p->rq.onward != NULL) {
        answer_onward(p);
    } else if (p->rq.tail != NULL) {
        answer_tail(p);
    } else if (p->rq.reply.more != NULL || p->streaming) {
        answer_part(p);
    } else {
        answer_whole(p);
    }
}
