/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/resume.h"

#include "mcp/hub_in.h"
#include "mcp/legacy_in.h"
#include "mcp/replay.h"
#include "plat/mcp/mcp_sse.h"

#include <assert.h>

/* An answer of this size fits into what a new connection sends at once (RFC 6928: ten segments): it
 * arrives whole or not at all, and there is nothing to go on with. */
enum { WHOLE_MAX = 14 * 1024, FRAME_MAX = 1024 };
#define RETRY_LEAST DUR_MS(50)
#define RETRY_MOST  DUR_S(60)

static str_t name_of(const struct session *s)
{
    static_assert(sizeof s->id >= REPLAY_NAME, "a session's id is the longer one");
    return str_of(s->id, REPLAY_NAME);
}

static struct session *session_of(const struct reel *reel)
{
    return CONTAINER_OF(reel->of, struct session, replay);
}

/* ---- what is said ---- */

/* Room for every line of the message to become a field. */
static void event_room(struct buf *b, str_t message)
{
    buf_init(b, 8 * message.n + KIB(64));
}

/* Older clients take an event without data for a broken message. */
static void put_beginning(struct buf *b, const struct reel *reel, uint64_t n)
{
    char room[REPLAY_ID_MAX];
    const struct session *s = session_of(reel);
    if (!s->version->polling)
        return;
    mcp_sse_put_retry(b, RESUME_RETRY);
    mcp_sse_put(
        b, &(struct mcp_sse_event){ .id = replay_id(name_of(s), reel, n, room), .data = STR("") });
}

/* What `out` has not got yet, as far as its socket takes it; after the last it ends. */
static void push(struct reel *reel)
{
    while (reel->out != NULL && reel->sent < reel->made) {
        struct talk *out = reel->out;
        const struct replay_event *e = reel_after(reel, reel->sent);
        if (reel->sent < reel->lost || e == NULL) {
            resume_leave(out); /* a stream with a hole is none */
            return;
        }
        reel->sent = e->n;
        talk_write(out, str_of(e->bytes, e->size));
        if (out->choked)
            return;
    }
    if (reel->out != NULL && reel->ended)
        talk_end(reel->out);
}

void resume_say(struct reel *reel, str_t message)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    bool live = reel->out != NULL && reel->sent == reel->made;
    event_room(&b, message);
    reel_add(reel, name_of(session_of(reel)), message, &b);
    if (live && b.err == E_OK) {
        reel->sent = reel->made;
        talk_write(reel->out, buf_str(&b));
    } else if (live) {
        resume_leave(reel->out);
    }
}

void resume_drained(struct talk *t)
{
    if (t->reel != NULL && t->reel->out == t)
        push(t->reel);
}

/* ---- its beginning ---- */

static bool can_resume(const struct talk *t)
{
    const struct session *s = t->session;
    return s != NULL && !s->sse && !t->hatch->left && s->version->id >= MCP_V_2025_03_26;
}

void resume_begin(struct talk *t)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    if (t->reel == NULL) {
        struct reel *reel;
        if (!can_resume(t) || reel_new(&t->session->replay, t->rests, &reel) != E_OK)
            return; /* an ordinary stream, then */
        t->reel = reel;
        reel->source = t->rests ? NULL : t;
        reel->sent = reel->made;
    }
    t->reel->out = t;
    buf_init(&b, FRAME_MAX);
    put_beginning(&b, t->reel, t->reel->sent);
    if (b.n > 0)
        talk_write(t, buf_str(&b));
}

void resume_reply(struct talk *t, str_t message)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct session *s = t->session;
    struct reel *reel = NULL;
    event_room(&b, message);
    if (message.n > WHOLE_MAX && can_resume(t) && reel_new(&s->replay, false, &reel) == E_OK) {
        put_beginning(&b, reel, 0);
        reel_add(reel, name_of(s), message, &b);
        reel_end(reel);
        reel_let_go(reel);
    } else {
        mcp_sse_put(&b, &(struct mcp_sse_event){ .type = STR("message"), .data = message });
    }
    if (b.err == E_OK)
        talk_reply(t, 200, STR("text/event-stream\r\nX-Accel-Buffering: no"), buf_str(&b));
    else
        talk_reply(t, 200, STR("application/json"), message);
}

/* ---- its connections come and go ---- */

/* What a slow reader has paused goes on for the next one, or for nobody. */
static void carry(struct reel *reel, struct talk *out)
{
    if (reel->out != NULL && reel->out->choked && reel->source != NULL)
        talk_pause(reel->source, false);
    reel->out = out;
}

void resume_leave(struct talk *t)
{
    struct reel *reel = t->reel;
    assert(reel->out == t);
    carry(reel, NULL);
    if (reel->source == t)
        talk_away(t);
    else
        t->kind->ended(t);
}

void resume_end(struct talk *t)
{
    struct reel *reel = t->reel;
    if (reel == NULL)
        return;
    t->reel = NULL;
    if (reel->out == t)
        carry(reel, NULL);
    if (reel->source == t)
        reel_end(reel);
    if (reel->ended && reel->out != NULL)
        push(reel); /* ends who carries it, or does so once he has everything */
    else
        reel_let_go(reel);
}

void resume_end_all(struct session *s)
{
    struct reel *reel = s->replay.reels;
    while (reel != NULL) {
        struct reel *next = reel->next;
        if (reel->out != NULL)
            talk_end(reel->out);
        reel = next;
    }
}

void resume_poll(struct talk *t, dur_t in)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    if (!t->streams || t->batch)
        return;
    if (t->mode == TALK_OPEN)
        talk_stream(t);
    struct reel *reel = t->reel;
    if (reel == NULL || reel->out == NULL || reel->sent < reel->made)
        return;
    if (in.us < RETRY_LEAST.us)
        in = RETRY_LEAST;
    buf_init(&b, FRAME_MAX);
    mcp_sse_put_retry(&b, in.us > RETRY_MOST.us ? RETRY_MOST : in);
    talk_write(reel->out, buf_str(&b));
    resume_leave(reel->out);
}

/* ---- who comes back ---- */

static void carrier_gone(struct talk *t)
{
    talk_end(t);
}

/* His token may end meanwhile; his session is in use. */
static bool carrier_tick(struct talk *t)
{
    ts_t end = t->in->who.expires_at;
    if (ts_is_set(end) && end.us <= clock_now().us) {
        talk_end(t);
        return false;
    }
    session_touch(&t->hub->sessions, t->session, clock_mono());
    return true;
}

static const struct talk_kind carrier_kind = {
    .gone = carrier_gone,
    .tick = carrier_tick,
    .ended = carrier_gone,
};

static bool refuse(struct talk *t, enum mcp_err e)
{
    t->session = NULL;
    talk_refuse_as(t, STR_NONE, e);
    return false;
}

/* Whoever carried it until now may not have noticed that his connection is dead: the newest one
 * has it. */
static void take_over(struct talk *t, struct reel *reel, uint64_t n)
{
    if (reel->out != NULL)
        resume_leave(reel->out);
    t->reel = reel;
    carry(reel, t);
    reel->sent = n;
}

bool resume_get(struct talk *t, struct session *s, str_t id)
{
    struct reel *reel;
    uint64_t n;
    if (replay_find(&s->replay, name_of(s), id, &reel, &n) != E_OK)
        return refuse(t, MCP_E_EVENT_UNKNOWN);
    bool standing = reel->number == 0;
    if (n < reel->lost && !standing)
        return refuse(t, MCP_E_EVENT_UNKNOWN);
    if (standing && hub_is_ending(t->hub))
        return refuse(t, MCP_E_STOPPING);
    if (reel->ended && n == reel->made) { /* WHATWG HTML section 9.2.3: come back no more */
        t->session = NULL;
        talk_reply_empty(t, 204);
        return false;
    }
    if (n < reel->lost) { /* the lists are read again, at least */
        s->owed = (1U << UP_LISTS) - 1;
        n = reel->made;
    }
    t->kind = &carrier_kind;
    take_over(t, reel, n);
    if (!standing) {
        talk_stream(t);
        push(reel);
    }
    return standing;
}

bool resume_carries(const struct talk *t)
{
    return t->kind == &carrier_kind;
}

void resume_later(struct session *s, str_t notification)
{
    for (struct reel *reel = s->replay.reels; reel != NULL; reel = reel->next) {
        if (reel->number == 0) {
            resume_say(reel, notification);
            return;
        }
    }
}
