/* SPDX-License-Identifier: Apache-2.0 */
/* GET and DELETE of sessions: the stream that is open for what may come, and the end. The stream of
 * HTTP+SSE (2024-11-05) is the session: it begins and ends with it. */
#include "mcp/down.h"
#include "mcp/hub_in.h"
#include "mcp/legacy_in.h"
#include "mcp/resume.h"
#include "mcp/watch.h"
#include "plat/mcp/mcp_sse.h"

void legacy_end_session(struct mcp_hub *h, struct session *s, str_t reason)
{
    struct talk *stream = s->stream;
    while (s->calls != NULL)
        call_withdraw(s->calls, reason);
    s->stream = NULL;
    watch_end(h, s);
    if (stream != NULL)
        talk_end(stream);
    resume_end_all(s);
    session_free(&h->sessions, s);
}

static void stream_left(struct talk *t)
{
    struct session *s = t->session;
    t->session = NULL;
    if (s == NULL || s->stream != t) {
        talk_end(t);
        return;
    }
    if (s->sse) {
        legacy_end_session(t->hub, s, STR("the client has closed its stream"));
        return;
    }
    s->stream = NULL;
    talk_end(t);
}

/* Its session is used as long as its stream is open; its token may end meanwhile. */
static bool stream_tick(struct talk *t)
{
    ts_t end = t->in->who.expires_at;
    if (ts_is_set(end) && end.us <= clock_now().us) {
        stream_left(t);
        return false;
    }
    if (t->session != NULL)
        session_touch(&t->hub->sessions, t->session, clock_mono());
    return true;
}

/* When the gateway stops, its clients are told when to come back. */
static void stream_ended(struct talk *t)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, KIB(1));
    mcp_sse_put_retry(&b, RESUME_RETRY);
    if (hub_is_ending(t->hub) && b.err == E_OK)
        talk_write(t, buf_str(&b));
    stream_left(t);
}

static const struct talk_kind stream_kind = {
    .gone = stream_left,
    .tick = stream_tick,
    .ended = stream_ended,
};

static void stream_open(struct talk *t, struct session *s)
{
    t->session = s;
    t->rests = true;
    t->kind = &stream_kind;
    s->stream = t;
    talk_stream(t);
}

static void put_endpoint(struct talk *t, const struct session *s)
{
    CLEANUP(buf_fini) struct buf url = { 0 };
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&url, KIB(4));
    buf_init(&b, KIB(8));
    buf_add(&url, t->in->path);
    BUF_ADD(&url, "?");
    buf_add(&url, LEGACY_QUERY);
    buf_add(&url, str_of(s->id, SESSION_ID));
    mcp_sse_put(&b, &(struct mcp_sse_event){ .type = STR("endpoint"), .data = buf_str(&url) });
    talk_write(t, buf_str(&b));
}

/* A GET without a session is how clients of 2024-11-05 begin. */
static void sse_open_session(struct talk *t)
{
    struct mcp_hub *h = t->hub;
    struct session *s;
    err_t e = session_new(&h->sessions, t->in, hub_settings(h)->sessions_max, &s);
    if (e == E_OK && session_agree(s, t->in->server, STR("{}"), STR_NONE) != E_OK) {
        session_free(&h->sessions, s);
        e = E_NO_MEMORY;
    }
    if (e != E_OK) {
        talk_refuse_as(t, STR_NONE, MCP_E_BUSY);
        return;
    }
    s->sse = true;
    s->seen = clock_mono();
    s->version = mcp_version_of(MCP_V_2024_11_05);
    stream_open(t, s);
    put_endpoint(t, s);
}

/* Of a session that is there: the stream for what comes outside of requests, or one that a client
 * takes up again; only the latter while the gateway drains. */
static void get_stream(struct talk *t)
{
    struct session *s = t->session;
    str_t last = mcp_in_field(t->in, STR("Last-Event-ID"));
    if (last.n > 0 && !s->sse && !resume_get(t, s, last))
        return;
    if (s->stream != NULL || hub_is_ending(t->hub)) {
        resume_end(t);
        t->session = NULL;
        talk_refuse_as(t, STR_NONE, s->stream != NULL ? MCP_E_STREAM_TAKEN : MCP_E_STOPPING);
        return;
    }
    stream_open(t, s);
    resume_drained(t);
    if (s->stream == t) {
        watch_look(t, t->in->access, t->in->catalogue);
        watch_owed(s);
    }
}

void legacy_get(struct talk *t)
{
    bool named = mcp_in_field(t->in, STR("Mcp-Session-Id")).p != NULL;
    t->kind = &legacy_kind;
    if (!t->events) {
        talk_refuse_as(t, STR_NONE, MCP_E_NOT_ACCEPTABLE);
    } else if (named || t->in->query.n > 0) {
        if (legacy_find_session(t, STR_NONE))
            get_stream(t);
    } else if (hub_is_ending(t->hub)) {
        talk_refuse_as(t, STR_NONE, MCP_E_STOPPING);
    } else {
        sse_open_session(t);
    }
}

void legacy_delete(struct talk *t)
{
    t->kind = &legacy_kind;
    if (!legacy_find_session(t, STR_NONE))
        return;
    struct session *s = t->session;
    t->session = NULL;
    legacy_end_session(t->hub, s, STR("the client has ended its session"));
    talk_reply_empty(t, 200);
}
