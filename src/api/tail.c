/* SPDX-License-Identifier: Apache-2.0 */
#include "api/tail.h"

#include "api/passage.h"
#include "api/reply.h"
#include "base/ref.h"

enum { RETRY_MS = 3000, LIFE_S = 600 };
#define LOOK_EVERY    DUR_MS(250)
#define COMMENT_EVERY DUR_S(15)
#define LIFE_UNKNOWN  DUR_S(60) /* of a credential that memory does not keep */

static void tail_tick(struct loop_timer *timer);

/* ---- on a worker ---- */

static bool place_take(_Atomic size_t *taken, size_t max)
{
    size_t n = atomic_fetch_add_explicit(taken, 1, memory_order_relaxed);
    if (n < max)
        return true;
    (void)atomic_fetch_sub_explicit(taken, 1, memory_order_relaxed);
    return false;
}

static void tail_end(void *block)
{
    struct tail *t = block;
    (void)atomic_fetch_sub_explicit(&t->api->tails[t->kind->of], 1, memory_order_relaxed);
    if (t->kind->fini != NULL)
        t->kind->fini(t);
    buf_fini(&t->out);
}

void tail_free(struct tail *t)
{
    ref_drop(t);
}

err_t tail_new(struct request *rq, const struct tail_kind *kind, size_t size, size_t out_max,
               struct tail **ret)
{
    struct api *api = rq->services->api;
    _Atomic size_t *taken = &api->tails[kind->of];
    size_t max = kind->max == NULL ? TAILS_MAX : kind->max(rq->services);
    if (!place_take(taken, max))
        return FAIL(&rq->act.why, E_OVERLOADED, "%s", kind->full);
    struct tail *t = ref_new_owner(size, tail_end);
    if (t == NULL) {
        (void)atomic_fetch_sub_explicit(taken, 1, memory_order_relaxed);
        return E_NO_MEMORY;
    }
    t->lent = LENT_TAIL;
    t->kind = kind;
    t->api = api;
    buf_init(&t->out, out_max);
    *ret = t;
    return E_OK;
}

/* ---- on its loop ---- */

static void tail_close(struct tail *t)
{
    struct http_xchg *x = t->x;
    loop_timer_stop(t->loop, &t->timer);
    t->over = true;
    if (t->busy)
        return;
    tail_free(t);
    x->user = NULL;
    http_stream_end(x);
}

/* Come back: at once is soon enough, for few follow. */
static void tail_release(struct tail *t, const char *last)
{
    buf_clear(&t->out);
    buf_addf(&t->out, "retry: %d\n\n%s", RETRY_MS, last == NULL ? "" : last);
    (void)http_stream_write(t->x, buf_str(&t->out)); /* a broken one tells on_gone */
    tail_close(t);
}

/* What is new, if its reader has room. True: there may be more. */
static bool tail_tell(struct tail *t)
{
    if (!http_stream_is_empty(t->x))
        return false;
    buf_clear(&t->out);
    bool more = t->kind->tell(t);
    dur_t now = clock_mono();
    if (t->out.n == 0 && now.us - t->spoken.us < COMMENT_EVERY.us)
        return more;
    t->kind->add_mark(t);
    t->spoken = now;
    if (t->out.err == E_OK)
        (void)http_stream_write(t->x, buf_str(&t->out)); /* a broken one tells on_gone */
    return more;
}

static bool tail_may(struct tail *t)
{
    struct services *sv = t->api->services;
    struct live_hit hit;
    dur_t wait;
    struct live_ask look = { .token = t->token, .now = clock_now(), .mono = clock_mono() };
    if (!t->kept || admin_tokens_hold(&sv->admin_tokens, &t->token, look.now))
        return true;
    if (live_find(sv->live, &look, &hit, &wait) != LIVE_HIT || hit.who.refuse != E_OK)
        return false;
    struct actor actor = live_actor(&hit.who);
    return t->kind->may(t, &actor);
}

static void tail_tick(struct loop_timer *timer)
{
    struct tail *t = CONTAINER_OF(timer, struct tail, timer);
    if (services_stop(t->api->services) || clock_mono().us >= t->until.us) {
        tail_release(t, NULL);
        return;
    }
    if (!tail_may(t)) {
        tail_release(t, t->kind->last);
        return;
    }
    bool more = tail_tell(t);
    loop_timer_start(t->loop, &t->timer, more ? DUR_MS(LOOP_TICK_MS) : LOOK_EVERY, tail_tick);
}

static void tick_soon(struct tail *t)
{
    loop_timer_start(t->loop, &t->timer, DUR_MS(LOOP_TICK_MS), tail_tick);
}

void tail_begin(struct api *api, struct http_xchg *x, struct tail *t, const digest_t *token,
                bool kept)
{
    struct buf *head = &edge_loop(api, x)->head;
    bool only_head = x->method == HTTP_HEAD;
    int64_t life_s = t->kind->life_s > 0 ? t->kind->life_s : LIFE_S;
    dur_t now = clock_mono();
    buf_clear(head);
    reply_head_common(head, STR("text/event-stream"), edge_id(x), true);
    BUF_ADD(head, "X-Accel-Buffering: no\r\n"); /* a proxy in front is to pass each event on */
    t->x = x;
    t->loop = http_loop(x);
    t->token = *token;
    t->kept = kept;
    t->until = (dur_t){ now.us + (kept ? DUR_S(life_s).us : LIFE_UNKNOWN.us) };
    x->user = t;
    http_stream_begin(x, 200, buf_str(head));
    if (only_head) {
        tail_close(t);
        return;
    }
    http_stream_trickle(x);
    buf_addf(&t->out, "retry: %d\n", RETRY_MS);
    t->kind->add_mark(t);
    t->spoken = now;
    (void)http_stream_write(x, buf_str(&t->out)); /* a broken one tells on_gone */
    tick_soon(t);
}

void tail_back(struct tail *t)
{
    t->busy = false;
    if (t->over)
        tail_close(t);
    else
        tick_soon(t);
}

void tail_drained(struct tail *t)
{
    if (!t->over)
        tick_soon(t);
}

void tail_gone(struct tail *t)
{
    tail_close(t);
}
