/* SPDX-License-Identifier: Apache-2.0 */
/* initialize: a session begins. */
#include "mcp/hub_in.h"
#include "mcp/legacy_in.h"

static err_t session_begin(struct talk *t, const struct mcp_peek *p)
{
    struct mcp_hub *h = t->hub;
    struct session *s = t->session; /* of HTTP+SSE: it is there already */
    if (s == NULL)
        TRY(session_new(&h->sessions, t->in, hub_settings(h)->sessions_max, &s));
    t->session = s;
    s->seen = clock_mono();
    s->version = mcp_version_offer(p->init_version);
    return session_agree(s, t->in->server, p->init_capabilities, p->init_info);
}

static void begin_refused(struct talk *t, str_t id, err_t e)
{
    enum mcp_err err = e == E_OVERLOADED ? MCP_E_BUSY : MCP_E_INTERNAL;
    if (t->session != NULL && !t->session->sse)
        session_free(&t->hub->sessions, t->session);
    bool sse = t->session != NULL && t->session->sse;
    if (!sse) {
        t->session = NULL;
        talk_refuse_as(t, id, err);
        return;
    }
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, KIB(4));
    mcp_err_put(&b, &(struct mcp_refusal){ .err = err }, MCP_LEGACY, id);
    talk_answer(t, 200, buf_str(&b));
}

void legacy_initialize(struct talk *t, const struct mcp_peek *p)
{
    struct call *c = ARENA_NEW(t->in->arena, struct call);
    t->open = 1;
    err_t e = c == NULL ? E_NO_MEMORY : session_begin(t, p);
    if (e == E_OK && !t->session->sse)
        e = str_format(t->in->arena, &t->head, "Mcp-Session-Id: %.*s\r\n", SESSION_ID,
                       t->session->id);
    if (e != E_OK) {
        begin_refused(t, p->id, e);
        return;
    }
    c->talk = t;
    c->peek = *p;
    c->method = mcp_method_of(MCP_M_INITIALIZE);
    c->down = &legacy_down;
    call_init(c);
    call_start(c);
}
