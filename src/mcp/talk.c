/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/talk.h"

#include "mcp/hub_in.h"
#include "mcp/replay.h"
#include "mcp/resume.h"
#include "plat/mcp/mcp_sse.h"

#include <assert.h>

enum { HEAD_MAX = 1024 };
#define KEEP_EVERY DUR_S(15)

static void talk_tick(struct loop_timer *timer);
static void say_event(struct talk *t, str_t message);

static void hatch_is_gone(void *owner)
{
    struct talk *t = owner;
    t->kind->gone(t);
}

static void hatch_has_drained(void *owner)
{
    struct talk *t = owner;
    talk_choke(t, false);
    resume_drained(t);
}

static const struct hatch_calls hatch_calls = { .gone = hatch_is_gone,
                                                .drained = hatch_has_drained };

struct talk *talk_new(struct mcp_hub *h, struct mcp_in *in)
{
    struct talk *t = ARENA_NEW(in->arena, struct talk);
    if (t == NULL)
        return NULL;
    t->hub = h;
    t->in = in;
    t->hatch = in->hatch;
    t->holds = 1; /* of the exchange */
    buf_init(&t->parts, hub_settings(h)->message_max);
    t->next = h->talks;
    if (t->next != NULL)
        t->next->prev = t;
    h->talks = t;
    hatch_own(t->hatch, &hatch_calls, t);
    loop_timer_start(h->loop, &t->keep, KEEP_EVERY, talk_tick);
    return t;
}

void talk_hold(struct talk *t)
{
    t->holds++;
}

void talk_drop(struct talk *t)
{
    assert(t->holds > 0);
    if (--t->holds > 0)
        return;
    assert(t->reel == NULL);
    if (t->prev != NULL)
        t->prev->next = t->next;
    else
        t->hub->talks = t->next;
    if (t->next != NULL)
        t->next->prev = t->prev;
    buf_fini(&t->parts);
    mcp_in_free(t->in);
}

void talk_host(struct talk *t, struct call *guest)
{
    talk_hold(t); /* for it: it still looks here after its answer */
    t->guest = guest;
}

void talk_part(struct talk *t, const struct call *guest)
{
    if (t == NULL || t->guest != guest)
        return;
    t->guest = NULL;
    talk_drop(t);
}

/* The exchange has its answer; calls may go on. */
static void talk_over(struct talk *t)
{
    t->mode = TALK_OVER;
    t->hatch = NULL;
    loop_timer_stop(t->hub->loop, &t->keep);
    talk_drop(t);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): the buffer writes there */
static str_t head_with(const struct talk *t, char room[static HEAD_MAX], str_t content_type)
{
    struct buf head = { .p = room, .room = HEAD_MAX, .max = HEAD_MAX };
    if (content_type.p != NULL)
        buf_addf(&head, "Content-Type: %.*s\r\n", STR_ARG(content_type));
    buf_add(&head, t->head);
    assert(head.err == E_OK);
    return buf_str(&head);
}

void talk_reply(struct talk *t, int status, str_t content_type, str_t body)
{
    char room[HEAD_MAX];
    assert(t->mode == TALK_OPEN);
    hatch_reply(t->hatch, status, head_with(t, room, content_type), body);
    talk_over(t);
}

void talk_reply_empty(struct talk *t, int status)
{
    talk_reply(t, status, STR_NONE, STR(""));
}

void talk_refuse(struct talk *t, str_t id, const struct mcp_refusal *r)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, hub_settings(t->hub)->message_max);
    mcp_err_put(&b, r, t->era, id);
    talk_reply(t, mcp_err_status(r->err, t->era), STR("application/json"), buf_str(&b));
}

void talk_refuse_as(struct talk *t, str_t id, enum mcp_err e)
{
    talk_refuse(t, id, &(struct mcp_refusal){ .err = e });
}

/* ---- streams ---- */

void talk_write(struct talk *t, str_t bytes)
{
    if (!hatch_write(t->hatch, bytes))
        talk_choke(t, true);
}

void talk_stream(struct talk *t)
{
    char room[HEAD_MAX];
    static const char type[] = "text/event-stream\r\nX-Accel-Buffering: no";
    assert(t->mode == TALK_OPEN);
    t->mode = TALK_STREAM;
    hatch_begin(t->hatch, 200, head_with(t, room, str_of(type, sizeof type - 1)), t->rests);
    if (t->rests)
        HUB_COUNT(t->hub, streams, 1);
    resume_begin(t);
    if (t->parts.n == 0)
        return;
    BUF_ADD(&t->parts, "]"); /* what of a batch is answered already */
    say_event(t, buf_str(&t->parts));
    buf_clear(&t->parts);
}

static void say_event(struct talk *t, str_t message)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    if (t->reel != NULL) {
        resume_say(t->reel, message);
        return;
    }
    buf_init(&b, message.n + KIB(64) + message.n / 8);
    mcp_sse_put(&b, &(struct mcp_sse_event){ .type = STR("message"), .data = message });
    if (b.err == E_OK)
        talk_write(t, buf_str(&b));
    else
        talk_end(t); /* a stream with a hole is none */
}

void talk_say(struct talk *t, str_t message)
{
    if (t->mode == TALK_VIA && t->session != NULL && t->session->stream != NULL) {
        talk_say(t->session->stream, message);
        return;
    }
    if (t->mode == TALK_OPEN && t->events)
        talk_stream(t);
    if (t->mode == TALK_STREAM || t->mode == TALK_AWAY)
        say_event(t, message);
}

void talk_end(struct talk *t)
{
    if (t->mode == TALK_OVER)
        return;
    if (t->mode == TALK_AWAY) {
        t->mode = TALK_OVER;
        resume_end(t);
        return;
    }
    if (t->mode != TALK_STREAM) {
        talk_reply_empty(t, 202);
        return;
    }
    resume_end(t);
    if (t->rests)
        HUB_COUNT(t->hub, streams, (size_t)-1);
    hatch_end(t->hatch);
    talk_over(t);
}

void talk_away(struct talk *t)
{
    assert(t->mode == TALK_STREAM);
    hatch_end(t->hatch);
    t->hatch = NULL;
    t->mode = TALK_AWAY;
    t->choked = false;
    loop_timer_stop(t->hub->loop, &t->keep);
    talk_drop(t); /* of the exchange; its calls hold it */
}

void talk_accept(struct talk *t)
{
    if (t->mode == TALK_OPEN)
        talk_reply_empty(t, 202);
}

void talk_via(struct talk *t)
{
    talk_hold(t); /* for the exchange, which is over now */
    talk_reply_empty(t, 202);
    t->mode = TALK_VIA;
    talk_drop(t);
}

/* ---- answers ---- */

static void add_part(struct talk *t, str_t message)
{
    buf_add(&t->parts, t->parts.n == 0 ? STR("[") : STR(","));
    buf_add(&t->parts, message);
}

static void answer_last(struct talk *t, int status, str_t message)
{
    if (t->streams && !t->batch) {
        resume_reply(t, message);
        return;
    }
    if (!t->batch) {
        talk_reply(t, status, STR("application/json"), message);
        return;
    }
    add_part(t, message);
    BUF_ADD(&t->parts, "]");
    talk_reply(t, 200, STR("application/json"), buf_str(&t->parts));
}

void talk_answer(struct talk *t, int status, str_t message)
{
    assert(t->open > 0);
    t->open--;
    switch (t->mode) {
    case TALK_OPEN:
        if (t->open == 0)
            answer_last(t, status, message);
        else
            add_part(t, message);
        return;
    case TALK_STREAM:
    case TALK_AWAY:
        say_event(t, message);
        if (t->open == 0)
            talk_end(t);
        return;
    case TALK_VIA:
        talk_say(t, message);
        return;
    case TALK_OVER:
        return;
    }
}

/* What was answered already of a batch leaves now. */
static void silence_last(struct talk *t)
{
    if (t->mode == TALK_STREAM || t->mode == TALK_AWAY) {
        talk_end(t);
    } else if (t->mode == TALK_OPEN && t->parts.n > 0) {
        BUF_ADD(&t->parts, "]");
        talk_reply(t, 200, STR("application/json"), buf_str(&t->parts));
    } else if (t->mode == TALK_OPEN) {
        talk_reply_empty(t, 202);
    }
}

void talk_silence(struct talk *t)
{
    assert(t->open > 0);
    if (--t->open == 0)
        silence_last(t);
}

/* ---- time and room ---- */

static void talk_tick(struct loop_timer *timer)
{
    struct talk *t = CONTAINER_OF(timer, struct talk, keep);
    loop_timer_start(t->hub->loop, &t->keep, KEEP_EVERY, talk_tick);
    if (t->kind != NULL && t->kind->tick != NULL && !t->kind->tick(t))
        return;
    if (t->mode == TALK_OPEN && t->events && t->open > 0)
        talk_stream(t);
    if (t->mode == TALK_STREAM && !t->choked)
        talk_write(t, STR(": \n\n"));
}

void talk_pause(struct talk *t, bool paused)
{
    for (struct call *c = t->calls; c != NULL; c = c->next)
        call_pause(c, paused);
    if (t->guest != NULL)
        call_pause(t->guest, paused);
}

void talk_soon(struct talk *t, dur_t in)
{
    loop_timer_start(t->hub->loop, &t->keep, in, talk_tick);
}

void talk_choke(struct talk *t, bool choked)
{
    bool for_another = t->reel != NULL && t->reel->source != NULL;
    t->choked = choked;
    talk_pause(for_another ? t->reel->source : t, choked);
}
