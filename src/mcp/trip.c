/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/trip.h"

#include "base/rng.h"
#include "mcp/hub_in.h"
#include "mcp/node.h"

#include <assert.h>

#define REST_FIRST DUR_MS(200)
#define REST_MAX   DUR_S(10)

static void trip_try(struct trip *t);
static void trip_rest(struct trip *t, dur_t wait);

/* ---- the queue of a node ---- */

static void queue_add(struct node *n, struct trip *t)
{
    struct trip_queue *q = &n->queues[t->priority];
    t->next = NULL;
    if (q->first == NULL)
        q->last = &q->first;
    *q->last = t;
    q->last = &t->next;
    n->queued++;
    HUB_COUNT(n->hub, waiting, 1);
}

/* What was given back goes first: it has waited already. */
static void queue_add_first(struct node *n, struct trip *t)
{
    struct trip_queue *q = &n->queues[t->priority];
    t->next = q->first;
    if (q->first == NULL)
        q->last = &t->next;
    q->first = t;
    n->queued++;
    HUB_COUNT(n->hub, waiting, 1);
}

static void queue_drop(struct node *n, struct trip *t)
{
    struct trip_queue *q = &n->queues[t->priority];
    struct trip **at = &q->first;
    while (*at != t)
        at = &(*at)->next;
    *at = t->next;
    if (t->next == NULL)
        q->last = at;
    n->queued--;
    HUB_COUNT(n->hub, waiting, (size_t)-1);
}

static struct trip *queue_first(const struct node *n)
{
    for (size_t i = TRIP_PRIORITIES; i > 0; i--) {
        if (n->queues[i - 1].first != NULL)
            return n->queues[i - 1].first;
    }
    return NULL;
}

static size_t parallel_max(const struct node *n)
{
    int64_t own = n->server->parallel_max;
    return own > 0 ? (size_t)own : hub_settings(n->hub)->parallel_max;
}

static size_t queue_max(const struct node *n)
{
    int64_t own = n->server->queue_max;
    return own > 0 ? (size_t)own : hub_settings(n->hub)->queue_max;
}

void node_serve(struct node *n)
{
    struct trip *t;
    while (n->state == NODE_OPEN && n->running < parallel_max(n) && (t = queue_first(n)) != NULL) {
        queue_drop(n, t);
        trip_try(t);
    }
}

/* ---- what an upstream tells ---- */

static struct trip *trip_of(struct up_call *c)
{
    return CONTAINER_OF(c, struct trip, up);
}

static void trip_over(struct trip *t)
{
    loop_timer_stop(t->node->hub->loop, &t->timer);
    t->state = TRIP_IDLE;
    assert(t->node->running > 0);
    t->node->running--;
}

static void on_note(struct up_call *c, str_t notification)
{
    trip_of(c)->on->note(trip_of(c), notification);
}

static void on_ask(struct up_call *c, uint64_t ask, str_t method, str_t params)
{
    trip_of(c)->on->ask(trip_of(c), ask, method, params);
}

static void on_poll(struct up_call *c, dur_t in)
{
    struct trip *t = trip_of(c);
    if (t->on->poll != NULL)
        t->on->poll(t, in);
}

static void on_input(struct up_call *c, str_t input_requests, str_t state)
{
    struct trip *t = trip_of(c);
    struct node *n = t->node;
    trip_over(t);
    node_breaker_well(n);
    t->on->input(t, input_requests, state);
    node_serve(n);
}

static void on_done(struct up_call *c, str_t result, str_t error)
{
    struct trip *t = trip_of(c);
    struct node *n = t->node;
    trip_over(t);
    node_breaker_well(n);
    t->on->done(t, result, error);
    node_serve(n);
}

/* It is for the upstream to say whether it ran; and some causes stay what they are. */
static bool may_retry(const struct trip *t, const struct up_failure *why)
{
    bool lasting = why->e == E_UNAUTHENTICATED || why->e == E_FORBIDDEN || why->e == E_TOO_BIG ||
                   why->e == E_BAD_JSON || why->e == E_NO_MEMORY;
    /* An answer of HTTP that is not about load will be the same next time. */
    lasting = lasting || (why->status != 0 && why->status != 429 && why->status != 503);
    return why->not_run && !lasting && t->tries < TRIP_TRIES_MAX &&
           t->node->breaker.state == BREAKER_CLOSED && t->node->hub->phase == HUB_SERVES;
}

/* Twice as long each time, and not all at once. */
static dur_t rest_of(const struct trip *t, dur_t asked)
{
    int64_t us = REST_FIRST.us << (t->tries - 1);
    us += (int64_t)rng_below((uint64_t)us / 2 + 1);
    if (asked.us > us)
        us = asked.us;
    return (dur_t){ us > REST_MAX.us ? REST_MAX.us : us };
}

static void on_fail(struct up_call *c, const struct up_failure *why)
{
    struct trip *t = trip_of(c);
    struct node *n = t->node;
    trip_over(t);
    node_breaker_failed(n, why);
    if (may_retry(t, why)) {
        HUB_COUNT(n->hub, retried_total, 1);
        trip_rest(t, rest_of(t, why->retry_after));
    } else {
        t->on->fail(t, why);
    }
    node_serve(n);
}

static const struct up_call_events up_events = {
    .note = on_note,
    .ask = on_ask,
    .poll = on_poll,
    .input = on_input,
    .done = on_done,
    .fail = on_fail,
};

/* ---- a try ---- */

static void trip_fail(struct trip *t, err_t e, const char *text)
{
    const struct up_failure why = { .e = e, .not_run = true, .text = text };
    t->state = TRIP_IDLE;
    loop_timer_stop(t->node->hub->loop, &t->timer);
    t->on->fail(t, &why);
}

static void trip_try(struct trip *t)
{
    struct node *n = t->node;
    if (!breaker_may(&n->breaker, clock_mono())) {
        trip_fail(t, E_UPSTREAM_RESTS,
                  "the server has failed often, and is left alone for a while");
        return;
    }
    loop_timer_stop(n->hub->loop, &t->timer);
    t->tried = clock_mono();
    if (t->tries++ == 0)
        t->begun = t->tried;
    t->up = (struct up_call){ .on = &up_events };
    t->state = TRIP_RUNNING;
    n->running++;
    err_t e = up_start(n->up, &t->up, &t->in);
    if (e != E_OK) {
        n->running--;
        breaker_nothing(&n->breaker);
        trip_fail(t, e,
                  e == E_TOO_BIG ? "the call is larger than the server takes"
                                 : "the server takes no more calls for now");
        return;
    }
    if (t->paused)
        up_pause(&t->up, true);
}

static void queue_late(struct loop_timer *timer)
{
    struct trip *t = CONTAINER_OF(timer, struct trip, timer);
    queue_drop(t->node, t);
    trip_fail(t, E_OVERLOADED, "the call waited too long for its turn");
}

static void rest_over(struct loop_timer *timer)
{
    struct trip *t = CONTAINER_OF(timer, struct trip, timer);
    int64_t left = t->deadline.us - clock_mono().us;
    t->node->resting--;
    queue_add_first(t->node, t);
    t->state = TRIP_QUEUED;
    loop_timer_start(t->node->hub->loop, &t->timer, (dur_t){ left > 0 ? left : 0 }, queue_late);
    node_open(t->node);
    node_serve(t->node);
}

static void trip_rest(struct trip *t, dur_t wait)
{
    t->state = TRIP_RESTING;
    t->node->resting++;
    loop_timer_start(t->node->hub->loop, &t->timer, wait, rest_over);
}

err_t trip_start(struct trip *t, struct node *n, struct diag *why)
{
    if (node_failed(n) != E_OK)
        return FAIL(why, n->failed, "%s", n->why.text);
    if (n->breaker.state == BREAKER_OPEN && clock_mono().us < n->breaker.until.us)
        return FAIL(why, E_UPSTREAM_RESTS,
                    "the server has failed often, and is left alone for a while");
    if (n->queued >= queue_max(n))
        return FAIL(why, E_OVERLOADED, "%zu calls wait for this server already", n->queued);
    t->node = n;
    t->tries = 0;
    t->state = TRIP_QUEUED;
    n->used = clock_mono();
    t->deadline = (dur_t){ n->used.us + t->in.timeout.us };
    queue_add(n, t);
    loop_timer_start(n->hub->loop, &t->timer, t->in.timeout, queue_late);
    node_open(n);
    node_serve(n);
    return E_OK;
}

void trip_cancel(struct trip *t, str_t reason)
{
    struct node *n = t->node;
    switch (t->state) {
    case TRIP_IDLE:
        return;
    case TRIP_QUEUED:
        queue_drop(n, t);
        break;
    case TRIP_RUNNING:
        up_cancel(&t->up, reason);
        n->running--;
        breaker_nothing(&n->breaker);
        break;
    case TRIP_RESTING:
        n->resting--;
        break;
    }
    loop_timer_stop(n->hub->loop, &t->timer);
    t->state = TRIP_IDLE;
    node_serve(n);
}

void trip_pause(struct trip *t, bool paused)
{
    t->paused = paused;
    if (t->state == TRIP_RUNNING)
        up_pause(&t->up, paused);
}

void node_fail_all(struct node *n, err_t e, const char *text)
{
    struct trip *t;
    while ((t = queue_first(n)) != NULL) {
        queue_drop(n, t);
        trip_fail(t, e, text);
    }
}
