/* SPDX-License-Identifier: Apache-2.0 */
/* Clients of 2024-11-05 to 2025-11-25: POST. Sessions, notifications, batches, answers. */
#include "mcp/call_in.h"
#include "mcp/down.h"
#include "mcp/hub_in.h"
#include "mcp/legacy_in.h"
#include "mcp/raw.h"
#include "mcp/resume.h"

#include "base/num.h"

/* ---- whose session ---- */

/* In the header; 2024-11-05: in the query of the URL that the stream has told. */
static str_t session_name(const struct mcp_in *in, bool *ret_via)
{
    str_t name = mcp_in_field(in, STR("Mcp-Session-Id"));
    str_t rest = in->query;
    str_t part;
    *ret_via = false;
    while (name.p == NULL && str_split(&rest, '&', &part)) {
        if (str_starts(part, LEGACY_QUERY)) {
            name = str_sub(part, LEGACY_QUERY.n, part.n);
            *ret_via = true;
        }
    }
    return name;
}

bool legacy_find_session(struct talk *t, str_t id)
{
    struct mcp_hub *h = t->hub;
    bool via;
    str_t name = session_name(t->in, &via);
    if (name.p == NULL) {
        talk_refuse_as(t, id, MCP_E_SESSION_WANTED);
        return false;
    }
    t->session = session_find(&h->sessions, t->in, name);
    if (t->session == NULL || t->session->sse != via) {
        t->session = NULL;
        talk_refuse_as(t, id, MCP_E_SESSION_UNKNOWN);
        return false;
    }
    session_touch(&h->sessions, t->session, clock_mono());
    return true;
}

/* ---- what it may send that is no request ---- */

static void take_answer(struct session *s, const struct mcp_peek *p)
{
    struct call *c;
    uint64_t id;
    uint64_t ask;
    str_t text = p->id;
    if (text.n < 2 || text.p[0] != '"' || !str_starts(text, STR("\"" LEGACY_ASK)))
        return;
    text = str_sub(text, sizeof LEGACY_ASK, text.n - sizeof LEGACY_ASK - 1);
    if (num_parse_u64(text, &id) == E_OK && session_answered(s, id, &c, &ask))
        call_answer(c, ask, p->result, p->error);
}

static void take_cancelled(struct session *s, const struct mcp_peek *p)
{
    for (struct call *c = s->calls; c != NULL; c = c->session_next) {
        if (str_eq(c->id, p->request_id)) {
            call_withdraw(c, STR("the client has cancelled it"));
            return;
        }
    }
}

static void take_note(struct session *s, const struct mcp_peek *p)
{
    const struct mcp_method *m = mcp_method_find(p->method);
    if (m != NULL && m->id == MCP_M_CANCELLED)
        take_cancelled(s, p);
    /* Of the others nothing follows: what our clients' roots are is asked when somebody asks. */
}

/* ---- requests ---- */

static void answer(struct talk *t, str_t id, str_t result)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, hub_settings(t->hub)->message_max);
    rpc_put_result(&b, id, result);
    talk_answer(t, 200, buf_str(&b));
}

static void refuse(struct talk *t, str_t id, enum mcp_err e)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, KIB(64));
    mcp_err_put(&b, &(struct mcp_refusal){ .err = e }, MCP_LEGACY, id);
    talk_answer(t, 200, buf_str(&b));
}

static void set_level(struct talk *t, const struct mcp_peek *p)
{
    static const char *const levels[] = { "debug", "info",     "notice", "warning",
                                          "error", "critical", "alert",  "emergency" };
    str_t level = raw_text(t->in->arena, p->params, STR("level"));
    for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
        if (str_eq(level, str_from_cz(levels[i]))) {
            t->session->log_level = levels[i];
            answer(t, p->id, STR("{}"));
            return;
        }
    }
    refuse(t, p->id, MCP_E_INVALID_PARAMS);
}

static void start_call(struct talk *t, const struct mcp_method *m, const struct mcp_peek *p)
{
    struct call *c = ARENA_NEW(t->in->arena, struct call);
    if (c == NULL) {
        refuse(t, p->id, MCP_E_INTERNAL);
        return;
    }
    c->talk = t;
    c->peek = *p;
    c->method = m;
    c->down = &legacy_down;
    c->capabilities = t->session->capabilities;
    c->client_info = t->session->client_info;
    c->log_level = str_from_cz(t->session->log_level);
    call_init(c);
    call_start(c);
}

/* t->open counts it already. */
static void take_request(struct talk *t, const struct mcp_peek *p)
{
    const struct mcp_method *m = mcp_method_find(p->method);
    bool known = m != NULL && m->in[MCP_LEGACY] && (m->flags & MCP_METHOD_NOTE) == 0;
    if (!known)
        refuse(t, p->id, MCP_E_METHOD_NOT_FOUND);
    else if (m->id == MCP_M_PING)
        answer(t, p->id, STR("{}"));
    else if (m->id == MCP_M_SET_LEVEL)
        set_level(t, p);
    else if (m->id == MCP_M_INITIALIZE) /* a session begins once */
        refuse(t, p->id, MCP_E_INVALID_REQUEST);
    else
        start_call(t, m, p);
}

/* ---- messages ---- */

/* How many requests are in it. E_BAD_FIELD: this version has no batches; E_BAD_JSON: one of its
 * messages is none. */
static err_t batch_count(struct talk *t, size_t *ret)
{
    str_t rest = t->in->body;
    str_t message;
    struct mcp_peek p;
    size_t n = 0;
    if (!t->session->version->batch)
        return E_BAD_FIELD;
    while (mcp_array_next(&rest, &message)) {
        TRY(mcp_peek(t->in->arena, message, &p));
        n += p.kind == MCP_REQUEST;
    }
    *ret = n;
    return E_OK;
}

static void take_one(struct talk *t, const struct mcp_peek *p)
{
    switch (p->kind) {
    case MCP_ANSWER:
        take_answer(t->session, p);
        return;
    case MCP_NOTIFICATION:
        take_note(t->session, p);
        return;
    case MCP_REQUEST:
        take_request(t, p);
        return;
    case MCP_BATCH:
        return; /* there is none in another */
    }
}

static void take_batch(struct talk *t)
{
    str_t rest = t->in->body;
    str_t message;
    struct mcp_peek p;
    t->batch = true;
    if (t->open == 0)
        talk_accept(t);
    while (mcp_array_next(&rest, &message)) {
        if (mcp_peek(t->in->arena, message, &p) == E_OK)
            take_one(t, &p);
    }
}

void legacy_post(struct talk *t, const struct mcp_route *r, const struct mcp_peek *p)
{
    bool initialize = r->method != NULL && r->method->id == MCP_M_INITIALIZE;
    bool via;
    t->kind = &legacy_kind;
    (void)session_name(t->in, &via);
    if (initialize && p->kind == MCP_REQUEST && !via) {
        legacy_initialize(t, p);
        return;
    }
    if (!legacy_find_session(t, p->id))
        return;
    t->open = p->kind == MCP_REQUEST;
    if (p->kind == MCP_BATCH && batch_count(t, &t->open) != E_OK) {
        talk_refuse_as(t, STR_NONE, MCP_E_BATCH);
        return;
    }
    talk_hold(t);
    t->streams = t->events && t->session->version->polling;
    if (t->streams)
        talk_soon(t, RESUME_FROM);
    if (t->session->sse)
        talk_via(t); /* it is told that it was taken; answers go by the stream */
    if (p->kind == MCP_BATCH) {
        take_batch(t);
    } else if (initialize && t->session->sse) {
        legacy_initialize(t, p);
    } else {
        if (t->open == 0)
            talk_accept(t);
        take_one(t, p);
    }
    talk_drop(t);
}
