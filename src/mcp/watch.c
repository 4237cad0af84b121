/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/watch.h"

#include "base/ref.h"
#include "mcp/call_in.h"
#include "mcp/hub_in.h"
#include "mcp/legacy_in.h"
#include "mcp/listen.h"
#include "mcp/raw.h"
#include "mcp/resume.h"
#include "plat/json/out.h"
#include "plat/mcp/mcp_edit.h"

static const char *const notes[UP_LISTS] = {
    [UP_TOOLS] = "notifications/tools/list_changed",
    [UP_PROMPTS] = "notifications/prompts/list_changed",
    [UP_RESOURCES] = "notifications/resources/list_changed",
};

/* ---- saying it ---- */

static void say_to_session(struct session *s, enum up_list list)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    if (s->stream == NULL) {
        s->owed |= (unsigned char)(1U << list);
        return;
    }
    buf_init(&b, KIB(1));
    rpc_put_note(&b, str_from_cz(notes[list]), STR_NONE);
    talk_say(s->stream, buf_str(&b));
}

static void say_to_listen(struct talk *t, enum up_list list)
{
    CLEANUP(buf_fini) struct buf params = { 0 };
    CLEANUP(buf_fini) struct buf b = { 0 };
    if (!t->listen->lists[list])
        return;
    buf_init(&params, KIB(4));
    buf_init(&b, KIB(4));
    buf_addf(&params, "{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":%.*s}}",
             STR_ARG(t->listen->id));
    rpc_put_note(&b, str_from_cz(notes[list]), buf_str(&params));
    talk_say(t, buf_str(&b));
}

void watch_owed(struct session *s)
{
    unsigned owed = s->owed;
    s->owed = 0;
    for (unsigned i = 0; i < UP_LISTS; i++) {
        if ((owed >> i & 1U) != 0)
            say_to_session(s, (enum up_list)i);
    }
}

/* ---- lists ---- */

static bool sees(enum mcp_face face, str_t server, oid_t org, const struct node *n)
{
    return oid_eq(org, n->org) && (face != FACE_ONE || str_eq(server, n->server->name));
}

void watch_changed(struct mcp_hub *h, const struct node *n, enum up_list list)
{
    struct session *end = &h->sessions.ends;
    for (struct session *s = end->next; s != end; s = s->next) {
        if (sees(s->face, s->server, s->org, n))
            say_to_session(s, list);
    }
    struct talk *next;
    for (struct talk *t = h->talks; t != NULL; t = next) {
        next = t->next;
        if (t->listen != NULL && t->mode == TALK_STREAM &&
            sees(t->in->face, t->in->server, t->in->who.actor.org, n))
            say_to_listen(t, list);
    }
}

/* ---- resources ---- */

static void say_updated(struct watched *w, str_t notification)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    if (w->session != NULL) {
        if (w->session->stream != NULL)
            talk_say(w->session->stream, notification);
        else
            resume_later(w->session, notification);
        return;
    }
    const struct mcp_edit edit = { .at = MCP_AT_PARAMS_META,
                                   .name = STR("io.modelcontextprotocol/subscriptionId"),
                                   .value = w->talk->listen->id };
    buf_init(&b, notification.n + KIB(4));
    if (mcp_edit(w->talk->in->arena, notification, &edit, 1, &b) == E_OK)
        talk_say(w->talk, buf_str(&b));
}

void watch_note(struct mcp_hub *h, const struct node *n, str_t notification)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    struct watched *next;
    if (a == NULL ||
        !str_eq(raw_text(a, notification, STR("method")), STR("notifications/resources/updated")))
        return;
    str_t uri = raw_text(a, raw_member(a, notification, STR("params")), STR("uri"));
    for (struct watched *w = h->watched; w != NULL; w = next) {
        next = w->next;
        if (oid_eq(w->server, n->id) && oid_eq(w->user, n->user) && str_eq(w->uri, uri))
            say_updated(w, notification);
    }
}

static bool is_watched(const struct mcp_hub *h, const struct node *n, str_t uri)
{
    for (const struct watched *w = h->watched; w != NULL; w = w->next) {
        if (oid_eq(w->server, n->id) && oid_eq(w->user, n->user) && str_eq(w->uri, uri))
            return true;
    }
    return false;
}

static err_t watch_add(struct node *n, str_t uri, struct watched as)
{
    struct mcp_hub *h = n->hub;
    size_t mine = 0;
    for (const struct watched *w = h->watched; w != NULL; w = w->next)
        mine += w->by == as.by;
    if (mine >= SESSION_URIS_MAX)
        return E_OVERLOADED;
    node_open(n);
    if (n->up == NULL)
        return E_AGAIN;
    if (!is_watched(h, n, uri))
        TRY(up_watch(n->up, uri, true));
    struct watched *w = ref_new(sizeof *w + uri.n);
    if (w == NULL)
        return E_NO_MEMORY;
    *w = as;
    memcpy(w + 1, uri.p, uri.n);
    w->server = n->id;
    w->user = n->user;
    w->uri = str_of(w + 1, uri.n);
    w->next = h->watched;
    h->watched = w;
    return E_OK;
}

err_t watch_resource(struct session *s, struct node *n, str_t uri)
{
    return watch_add(n, uri, (struct watched){ .by = s, .session = s });
}

static struct node *node_of(struct mcp_hub *h, const struct watched *w)
{
    struct node *n = h->nodes;
    while (n != NULL && !(oid_eq(n->id, w->server) && oid_eq(n->user, w->user)))
        n = n->next;
    return n;
}

/* The upstream is told when the last has gone. */
static void watch_drop(struct mcp_hub *h, struct watched **at)
{
    struct watched *w = *at;
    struct node *n = node_of(h, w);
    *at = w->next;
    if (n != NULL && n->up != NULL && !is_watched(h, n, w->uri))
        err_ignore(up_watch(n->up, w->uri, false)); /* else it goes on telling, to nobody */
    ref_drop(w);
}

void watch_resource_end(struct session *s, struct node *n, str_t uri)
{
    struct mcp_hub *h = n->hub;
    struct watched **at = &h->watched;
    while (*at != NULL) {
        struct watched *w = *at;
        if (w->by == s && oid_eq(w->server, n->id) && str_eq(w->uri, uri))
            watch_drop(h, at);
        else
            at = &w->next;
    }
}

void watch_end(struct mcp_hub *h, const void *by)
{
    struct watched **at = &h->watched;
    while (*at != NULL) {
        if ((*at)->by == by)
            watch_drop(h, at);
        else
            at = &(*at)->next;
    }
}

/* ---- permissions ---- */

/* A resource is what only reads (decide.h). Short memory is a no. */
static bool may_watch(const struct gate_access *access, const struct gate_server *s, str_t uri)
{
    CLEANUP(buf_fini) struct buf what = { 0 };
    struct gate_decision d;
    buf_init(&what, uri.n + KIB(1));
    BUF_ADD(&what, GATE_RESOURCE);
    buf_add(&what, uri);
    if (s == NULL || !s->active || what.err != E_OK)
        return false;
    gate_decide(
        &(struct gate_ask){
            .access = access, .server = s, .tool = buf_str(&what), .class = GATE_READ },
        &d);
    return d.allowed;
}

static bool is_for(const struct watched *w, const struct talk *t)
{
    return w->talk == t || (w->session != NULL && w->session == t->session);
}

void watch_look(struct talk *t, const struct gate_access *access,
                const struct gate_catalogue *catalogue)
{
    struct watched **at = &t->hub->watched;
    while (*at != NULL) {
        struct watched *w = *at;
        if (is_for(w, t) && !may_watch(access, gate_server_by_id(catalogue, w->server), w->uri))
            watch_drop(t->hub, at);
        else
            at = &w->next;
    }
}

static bool watches(const struct talk *t)
{
    const struct watched *w = t->hub->watched;
    while (w != NULL && !is_for(w, t))
        w = w->next;
    return w != NULL;
}

/* Which server a URI is of is known by what it lists; a lone server has all. */
static const struct gate_server *owner_of(struct talk *t, str_t uri)
{
    const struct gate_catalogue *all = t->in->catalogue;
    if (t->in->face == FACE_ONE)
        return gate_server_find(all, t->in->access->person, t->in->server);
    for (struct node *n = t->hub->nodes; n != NULL; n = n->next) {
        const struct list_items *items = n->lists[LIST_RESOURCES].items;
        const struct gate_server *s = gate_server_by_id(all, n->id);
        if (s != NULL && list_items_find(items, uri) != NULL)
            return s;
    }
    return NULL;
}

void watch_listen(struct talk *t)
{
    const struct listen *l = t->listen;
    for (size_t i = 0; i < l->uris_n; i++) {
        const struct gate_server *s = owner_of(t, l->uris[i]);
        bool may = may_watch(t->in->access, s, l->uris[i]);
        struct node *n = may ? node_get(t->hub, t->in->catalogue, s, t->in->access->person) : NULL;
        if (n != NULL) /* what cannot be watched is never told of */
            err_ignore(watch_add(n, l->uris[i], (struct watched){ .by = t, .talk = t }));
    }
}

/* ---- what has changed ---- */

static void stream_looked(struct loop_msg *msg)
{
    struct mcp_look *job = CONTAINER_OF(msg, struct mcp_look, msg);
    struct talk *t = job->owner;
    bool out = job->e != E_OK || job->access == NULL || job->access->shut;
    if (!out)
        watch_look(t, job->access, job->catalogue);
    mcp_look_free(job);
    if (out && t->mode == TALK_STREAM)
        t->kind->ended(t);
    else if (t->mode == TALK_STREAM && t->listen != NULL)
        say_to_listen(t, UP_TOOLS);
    else if (t->mode == TALK_STREAM && t->session != NULL && t->rests)
        say_to_session(t->session, UP_TOOLS);
    talk_drop(t);
}

static void look(struct talk *t)
{
    struct mcp_hub *h = t->hub;
    struct mcp_look *job = mcp_look_new(h, &t->in->who.actor);
    if (job == NULL) {
        t->stale = true; /* with the next second */
        return;
    }
    job->msg.run = stream_looked;
    job->token = t->in->who.token;
    job->has_token = true;
    job->owner = t;
    talk_hold(t);
    h->ports.look(h->ports.arg, job);
}

/* What concerns one principal is looked at now; what concerns many is told once a second. */
void watch_gone(struct mcp_hub *h, oid_t id)
{
    for (struct talk *t = h->talks; t != NULL; t = t->next) {
        if ((!t->rests && !resume_carries(t)) || t->mode != TALK_STREAM)
            continue;
        if (oid_eq(t->in->who.actor.id, id))
            look(t);
        else if (t->rests && oid_eq(t->in->who.actor.org, id))
            t->stale = true;
    }
}

void watch_tick(struct mcp_hub *h)
{
    struct talk *next;
    for (struct talk *t = h->talks; t != NULL; t = next) {
        next = t->next;
        if (!t->stale || t->mode != TALK_STREAM)
            continue;
        t->stale = false;
        if (watches(t)) /* some of it may be none of his business any more */
            look(t);
        else if (t->listen != NULL)
            say_to_listen(t, UP_TOOLS);
        else if (t->session != NULL)
            say_to_session(t->session, UP_TOOLS);
    }
}
