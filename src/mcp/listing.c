/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/listing.h"

#include "base/ref.h"
#include "mcp/call_in.h"
#include "mcp/hub_in.h"

/* For all of them together: a client waits for it. */
#define LISTING_MAX DUR_S(10)

static bool is_his(const struct call *c, const struct gate_server *s)
{
    bool his = !oid_is_set(s->owner) || oid_eq(s->owner, c->access->person);
    return s->active && his;
}

err_t view_make(const struct call *c, struct view *ret)
{
    const struct gate_catalogue *all = c->catalogue;
    const struct gate_server **v =
        ARENA_ARRAY(c->arena, const struct gate_server *, all->servers_n + 1);
    size_t n = 0;
    if (v == NULL)
        return E_NO_MEMORY;
    if (c->in->face == FACE_ONE) {
        v[0] = gate_server_find(all, c->access->person, c->in->server);
        n = v[0] != NULL && is_his(c, v[0]);
    }
    for (size_t i = 0; c->in->face != FACE_ONE && i < all->servers_n; i++) {
        if (is_his(c, &all->servers[i]))
            v[n++] = &all->servers[i];
    }
    *ret = (struct view){ v, n };
    return E_OK;
}

static void rows_drop(struct listing *l)
{
    for (size_t i = 0; i < l->n; i++) {
        node_list_forget(&l->rows[i].wait);
        list_items_drop(l->rows[i].items);
        l->rows[i].items = NULL;
    }
    l->open = 0;
}

static void listing_finish(struct listing *l)
{
    loop_timer_stop(l->call->hub->loop, &l->timer);
    l->done(l->call, l);
}

static void listing_looked(struct loop_msg *msg)
{
    struct mcp_look *job = CONTAINER_OF(msg, struct mcp_look, msg);
    struct listing *l = job->owner;
    if (l != NULL) {
        l->look = NULL;
        if (job->e == E_OK)
            call_take_snapshots(l->call, job);
        listing_finish(l);
    }
    mcp_look_free(job);
}

/* What was read is written down by now: with new snapshots it is there to be decided by. */
static void listing_whole(struct listing *l)
{
    struct call *c = l->call;
    struct mcp_look *job = NULL;
    for (size_t i = 0; i < l->n; i++) /* who is late is left out */
        node_list_forget(&l->rows[i].wait);
    loop_timer_stop(c->hub->loop, &l->timer);
    if (l->saw && l->kind == LIST_TOOLS)
        job = mcp_look_new(c->hub, &c->in->who.actor);
    if (job == NULL) {
        listing_finish(l);
        return;
    }
    job->msg.run = listing_looked;
    job->owner = l;
    l->look = job;
    c->hub->ports.look(c->hub->ports.arg, job);
}

static void listing_over(struct loop_timer *timer)
{
    listing_whole(CONTAINER_OF(timer, struct listing, timer));
}

static void row_fill(struct listing_row *row, const struct node_list *list)
{
    row->e = list->e;
    if (list->items != NULL && list->e == E_OK)
        row->items = list_items_hold(list->items);
}

static void row_told(struct list_wait *w)
{
    struct listing_row *row = CONTAINER_OF(w, struct listing_row, wait);
    struct listing *l = row->of;
    row_fill(row, w->from);
    l->saw = true;
    l->open--;
    if (l->open == 0 && l->begun)
        listing_whole(l);
}

static void row_start(struct listing_row *row, const struct gate_server *s)
{
    struct listing *l = row->of;
    struct call *c = l->call;
    struct node *n = node_get(c->hub, c->catalogue, s, c->access->person);
    row->server = s->id;
    row->wait.told = row_told;
    if (n == NULL) {
        row->e = E_NO_MEMORY;
        return;
    }
    l->open++;
    if (!node_list_await(n, l->kind, &row->wait))
        return;
    l->open--;
    row_fill(row, &n->lists[l->kind]);
}

err_t listing_start(struct call *c, enum node_list_kind kind, const struct view *view,
                    void (*done)(struct call *c, struct listing *l))
{
    struct listing *l = ARENA_NEW(c->arena, struct listing);
    struct listing_row *rows = ARENA_ARRAY(c->arena, struct listing_row, view->n + 1);
    if (l == NULL || rows == NULL)
        return E_NO_MEMORY;
    *l = (struct listing){ .call = c, .kind = kind, .rows = rows, .n = view->n, .done = done };
    c->listing = l;
    for (size_t i = 0; i < view->n; i++) {
        rows[i].of = l;
        row_start(&rows[i], view->v[i]);
    }
    l->begun = true;
    if (l->open == 0)
        listing_whole(l);
    else
        loop_timer_start(c->hub->loop, &l->timer, LISTING_MAX, listing_over);
    return E_OK;
}

/* Who may not even read there learns nothing of the server. */
static bool may_know(const struct call *c, const struct gate_server *s, str_t name)
{
    const struct gate_ask ask = {
        .access = c->access, .server = s, .tool = name, .class = GATE_READ
    };
    struct gate_decision d;
    gate_decide(&ask, &d);
    return d.listed;
}

/* Its own name, as it stands before the names of its tools in /mcp. */
static bool is_prefixed(str_t name, str_t prefix)
{
    return name.n > prefix.n + 2 && str_starts(name, prefix) && name.p[prefix.n] == '_' &&
           name.p[prefix.n + 1] == '_';
}

bool listing_refused(struct call *c, const struct listing *l, str_t name)
{
    bool one = c->in->face == FACE_ONE;
    for (size_t i = 0; i < l->n; i++) {
        const struct gate_server *s = gate_server_by_id(c->catalogue, l->rows[i].server);
        bool failed = l->rows[i].items == NULL && s != NULL && s->active;
        if (!failed || (!one && !is_prefixed(name, s->prefix)) || !may_know(c, s, name))
            continue;
        err_t e = l->rows[i].e;
        bool itself = e == E_UNAUTHENTICATED || e == E_NOT_FOUND || e == E_OVERLOADED;
        call_fail(c, itself ? e : E_IO, s->name, NULL); /* nothing was called yet */
        return true;
    }
    return false;
}

void listing_end(struct listing *l)
{
    if (l == NULL)
        return;
    loop_timer_stop(l->call->hub->loop, &l->timer);
    if (l->look != NULL)
        l->look->owner = NULL;
    l->look = NULL;
    rows_drop(l);
}
