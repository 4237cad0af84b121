/* SPDX-License-Identifier: Apache-2.0 */
/* GET /mcp/status: what of the gateway concerns whoever asks, and nobody else. */
#include "mcp/breaker.h"
#include "mcp/hub_in.h"
#include "mcp/node.h"
#include "mcp/rest_in.h"
#include "plat/json/out.h"

struct figures {
    size_t waiting;
    size_t running;
};

static size_t sessions_of(struct mcp_hub *h, const struct actor *who)
{
    size_t n = 0;
    for (const struct session *s = h->sessions.ends.next; s != &h->sessions.ends; s = s->next)
        n += s->kind == who->kind && oid_eq(s->principal, who->id) && oid_eq(s->org, who->org);
    return n;
}

/* NULL: nobody has called it yet with the credential that this caller's calls show. */
static const struct node *node_of(const struct call *c, const struct gate_server *s)
{
    oid_t user = s->per_user ? c->access->person : (oid_t){ 0 };
    const struct node *n = c->in->hub->nodes;
    while (n != NULL && !(oid_eq(n->id, s->id) && oid_eq(n->user, user)))
        n = n->next;
    return n;
}

static const char *state_of(const struct node *n)
{
    static const char *const names[] = {
        [UP_IDLE] = "idle", [UP_CONNECTING] = "connecting", [UP_READY] = "ready"
    };
    if (n == NULL)
        return "idle";
    return n->breaker.state == BREAKER_OPEN || n->failed != E_OK ? "failed" : names[n->info.state];
}

static void put_servers(const struct call *c, const struct view *view, struct json_out *o,
                        struct figures *sum)
{
    json_out_name(o, STR("servers"));
    json_out_open(o, '[');
    for (size_t i = 0; i < view->n; i++) {
        const struct node *n = node_of(c, view->v[i]);
        const struct figures f = { n != NULL ? n->queued : 0, n != NULL ? n->running : 0 };
        json_out_open(o, '{');
        JSON_OUT(o, "name", str, view->v[i]->name);
        JSON_OUT(o, "state", str, str_from_cz(state_of(n)));
        JSON_OUT(o, "waiting", i64, (int64_t)f.waiting);
        JSON_OUT(o, "running", i64, (int64_t)f.running);
        json_out_close(o, '}');
        sum->waiting += f.waiting;
        sum->running += f.running;
    }
    json_out_close(o, ']');
}

static err_t status_put(const struct call *c, struct buf *b)
{
    struct json_out o = json_out_to(b);
    struct mcp_hub *h = c->in->hub;
    struct figures sum = { 0 };
    struct view view;
    TRY(view_make(c, &view));
    json_out_open(&o, '{');
    JSON_OUT(&o, "status", str, hub_is_ending(h) ? STR("stopping") : STR("ok"));
    JSON_OUT(&o, "sessions", i64, (int64_t)sessions_of(h, &c->in->who.actor));
    put_servers(c, &view, &o, &sum);
    json_out_name(&o, STR("queue"));
    json_out_open(&o, '{');
    JSON_OUT(&o, "waiting", i64, (int64_t)sum.waiting);
    JSON_OUT(&o, "running", i64, (int64_t)sum.running);
    json_out_close(&o, '}');
    json_out_close(&o, '}');
    return b->err;
}

void rest_status(struct talk *t)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct call *c = ARENA_NEW(t->in->arena, struct call); /* of which only the view is wanted */
    buf_init(&b, hub_settings(t->hub)->message_max);
    err_t e = c == NULL ? E_NO_MEMORY : E_OK;
    if (e == E_OK) {
        c->in = t->in;
        c->arena = t->in->arena;
        c->access = t->in->access;
        c->catalogue = t->in->catalogue;
        e = status_put(c, &b);
    }
    if (e == E_OK)
        talk_reply(t, 200, STR("application/json"), buf_str(&b));
    else
        rest_refuse(t, e, NULL, NULL);
}
