/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clients without MCP: POST /mcp/initialize, /mcp/tools/list, /mcp/tools/call, GET /mcp/status. A
 * request is one call by the same way that those of MCP go: it has a session where it names one,
 * and whoever closes the connection wants the answer no more.
 */
#include "mcp/hub_in.h"
#include "mcp/modern_in.h"
#include "mcp/rest_in.h"
#include "plat/mcp/mcp_peek.h"

/* False: it was refused. */
static bool find_session(struct talk *t)
{
    struct sessions *all = &t->hub->sessions;
    str_t name = t->in->rest->session;
    if (name.p == NULL)
        return true;
    t->session = session_find(all, t->in, name);
    if (t->session == NULL) {
        rest_refuse(t, E_NOT_FOUND, "session_id",
                    N_("you have no such session, or no more: POST /mcp/initialize begins one"));
        return false;
    }
    session_touch(all, t->session, clock_mono());
    return true;
}

static err_t session_begin(struct talk *t, const struct mcp_peek *p)
{
    struct mcp_hub *h = t->hub;
    struct session *s;
    TRY(session_new(&h->sessions, t->in, hub_settings(h)->sessions_max, &s));
    t->session = s;
    s->seen = clock_mono();
    s->version = mcp_version_newest(MCP_LEGACY);
    return session_agree(s, STR(""), STR_NONE, p->init_info);
}

static void call_begin(struct talk *t, const struct mcp_method *m, const struct mcp_peek *p)
{
    const struct mcp_rest *rest = t->in->rest;
    struct call *c = ARENA_NEW(t->in->arena, struct call);
    if (c == NULL) {
        rest_refuse(t, E_NO_MEMORY, NULL, NULL);
        return;
    }
    c->talk = t;
    c->peek = *p;
    c->method = m;
    c->down = &rest_down;
    c->client_info = t->session != NULL ? t->session->client_info : STR_NONE;
    c->priority = rest->priority;
    c->timeout_max = rest->timeout;
    call_init(c);
    call_start(c);
}

void rest_take(struct talk *t)
{
    struct mcp_peek p;
    t->kind = &modern_kind;
    if (t->in->body.n == 0) {
        rest_status(t);
        return;
    }
    err_t e = mcp_peek(t->in->arena, t->in->body, &p);
    const struct mcp_method *m = e == E_OK ? mcp_method_find(p.method) : NULL;
    bool begins = m != NULL && m->id == MCP_M_INITIALIZE;
    if (begins)
        e = session_begin(t, &p);
    if (e == E_OVERLOADED)
        rest_refuse(t, e, NULL, N_("there are as many sessions as there may be: come back later"));
    else if (e != E_OK)
        rest_refuse(t, e, NULL, NULL);
    else if (begins || find_session(t))
        call_begin(t, m, &p);
}
