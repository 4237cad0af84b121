/* SPDX-License-Identifier: Apache-2.0 */
/* May a call be made, and which permission says so; what somebody may call. */
#include "api/handlers_gateway.h"
#include "api/page.h"
#include "api/permission_draft.h"
#include "base/ref.h"
#include "plat/mcp/mcp_name.h"

enum { DESCRIPTION_SHOWN = 300 };

/* Both snapshots are read here and now: an answer is as new as the transaction. */
struct gate {
    struct gate_access *access; /* one reference each */
    struct gate_catalogue *catalogue;
    struct gate_access tried; /* `access` with a draft; of the arena */
    bool has_draft;
};

static void gate_fini(struct gate *g)
{
    ref_drop(g->access);
    ref_drop(g->catalogue);
}

static bool calls_tools(const struct actor *a)
{
    return a->kind == ACTOR_USER || a->kind == ACTOR_SERVICE || a->kind == ACTOR_DEVICE;
}

static err_t nobody(struct request *rq)
{
    return FAIL(
        &rq->act.why, E_BAD_FIELD,
        "only people, service accounts and devices call tools: name one, since you are none");
}

static err_t gate_open(struct request *rq, const struct gate_who *who, struct gate *ret)
{
    struct permission_of group;
    if (oid_is_set(who->group))
        TRY(permission_of(&rq->act, GATE_SUBJECT_GROUP, who->group, &group));
    err_t e = gate_access_load(&rq->act, who, &ret->access);
    if (e == E_NOT_FOUND) {
        act_clear_why(&rq->act);
        return FAIL(&rq->act.why, e, "there is no such person, service account or device");
    }
    TRY(e);
    return ret->catalogue != NULL ? E_OK
                                  : gate_catalogue_load(&rq->act, rq->act.org, &ret->catalogue);
}

/* Whose question it is; about others only with a permission. */
static err_t who_of(struct request *rq, const struct permission_check *b, struct gate_who *ret)
{
    const struct actor *actor = &rq->act.actor;
    bool user = oid_is_set(b->user_id);
    bool service = oid_is_set(b->service_account_id);
    bool device = oid_is_set(b->device_id);
    bool nobody_else = oid_is_set(b->group_id) || b->everybody.v;
    struct gate_who who = { .kind = actor->kind, .id = actor->id, .org = rq->act.org };
    if (user + service + oid_is_set(b->group_id) + b->everybody.v > 1 || (nobody_else && device))
        return FAIL(
            &rq->act.why, E_BAD_FIELD,
            "want one of user_id, service_account_id, group_id and everybody, and device_id "
            "with neither of the last two");
    if (nobody_else) {
        who = (struct gate_who){ .group = b->group_id, .org = rq->act.org };
    } else if (user || service) {
        who.kind = user ? ACTOR_USER : ACTOR_SERVICE;
        who.id = user ? b->user_id : b->service_account_id;
        who.device = b->device_id;
    } else if (device) {
        who.kind = ACTOR_DEVICE;
        who.id = b->device_id;
    } else if (!calls_tools(actor)) {
        return nobody(rq);
    }
    bool himself = oid_eq(who.id, actor->id) && !oid_is_set(who.device);
    if (!himself)
        TRY(request_may(rq, PERM_TOOL_READ));
    *ret = who;
    return E_OK;
}

/* By what the asker sees: his own servers too. `tool` absent: nothing is called so. */
struct found {
    const struct gate_server *server;
    const struct gate_tool *tool; /* NULL: it was never seen */
    str_t name;
};

static const struct gate_tool *seen_as(struct arena *a, const struct gate_server *s, str_t text)
{
    for (size_t i = 0; i < s->tools_n; i++) {
        str_t joined = STR_NONE;
        if (mcp_name_join(a, s->prefix, s->tools[i].name, &joined) == E_OK && str_eq(joined, text))
            return &s->tools[i];
    }
    return NULL;
}

static bool visible(const struct gate_server *s, oid_t person)
{
    return !oid_is_set(s->owner) || oid_eq(s->owner, person);
}

static struct found find(struct arena *a, const struct gate *g, str_t text)
{
    size_t slash = str_find(text, '/');
    struct found f = { .server = NULL };
    if (slash < text.n) {
        f.server = gate_server_find(g->catalogue, g->access->person, str_sub(text, 0, slash));
        f.name = str_sub(text, slash + 1, text.n);
        f.tool = f.server != NULL ? gate_tool_find(f.server, f.name) : NULL;
        return f;
    }
    for (size_t i = 0; i < g->catalogue->servers_n; i++) {
        const struct gate_server *s = &g->catalogue->servers[i];
        bool begins = str_starts(text, s->prefix) &&
                      str_starts(str_sub(text, s->prefix.n, text.n), STR("__"));
        const struct gate_tool *tool =
            begins && visible(s, g->access->person) ? seen_as(a, s, text) : NULL;
        if (tool != NULL)
            return (struct found){ s, tool, tool->name };
        if (begins && visible(s, g->access->person) && f.server == NULL)
            f = (struct found){ s, NULL, str_sub(text, s->prefix.n + 2, text.n) };
    }
    return f;
}

static err_t verdict(struct request *rq, const struct gate *g, const struct permission_check *b,
                     struct permission_verdict *ret)
{
    CLEANUP(json_freep) struct json *arguments = NULL;
    struct found f = find(rq->act.arena, g, b->tool);
    struct gate_decision d = { .source = "server", .reason = N_("there is no such server") };
    enum gate_class class = GATE_CLASS_NONE;
    TRY(gate_class_parse(b->access, &class));
    if (b->arguments.text.p != NULL)
        TRY(json_parse(b->arguments.text, &rq->act.why, &arguments));
    if (f.server != NULL)
        gate_decide(&(struct gate_ask){ .access = g->has_draft ? &g->tried : g->access,
                                        .server = f.server,
                                        .tool = f.name,
                                        .class = class,
                                        .arguments = arguments },
                    &d);
    *ret = (struct permission_verdict){
        .allowed = d.allowed,
        .listed = d.listed,
        .rule = d.rule,
        .reason = str_from_cz(message_in(rq->act.why.messages, d.reason)),
        .class = f.tool != NULL ? str_from_cz(gate_class_name(f.tool->class)) : STR_NONE,
        .needs_approval = d.needs_approval,
        .approval_rule = d.approval_rule
    };
    return str_copy(rq->act.arena, str_from_cz(d.source), &ret->source);
}

err_t permissions_validate(struct request *rq)
{
    const struct permission_check *b = rq->in;
    CLEANUP(gate_fini) struct gate g = { .access = NULL };
    struct permission_verdict *out = ARENA_NEW(rq->act.arena, struct permission_verdict);
    struct gate_who who;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(who_of(rq, b, &who));
    TRY(gate_open(rq, &who, &g));
    TRY(verdict(rq, &g, b, out));
    return reply_obj(rq, 200, &permission_verdict_shape, out);
}

static bool same(const struct gate_who *a, const struct gate_who *b)
{
    return a->kind == b->kind && oid_eq(a->id, b->id) && oid_eq(a->device, b->device) &&
           oid_eq(a->group, b->group);
}

/* As if the draft were said for whom the question is about. */
static err_t draft_try(struct request *rq, const struct gate_who *who,
                       const struct permission_draft *draft, struct gate *g)
{
    enum gate_subject kind = who->kind != ACTOR_NONE  ? (enum gate_subject)who->kind
                             : oid_is_set(who->group) ? GATE_SUBJECT_GROUP
                                                      : GATE_SUBJECT_DEFAULT;
    oid_t id = kind == GATE_SUBJECT_GROUP ? who->group : who->id;
    struct permission_of of;
    struct gate_trial trial;
    g->has_draft = draft != NULL;
    if (draft == NULL)
        return E_OK;
    TRY(request_may(rq, PERM_TOOL_READ));
    TRY(permission_of(&rq->act, kind, id, &of));
    TRY(permission_trial(rq, &of, draft, &trial));
    return gate_access_with(rq->act.arena, g->access, &trial, &g->tried);
}

err_t permissions_validate_bulk(struct request *rq)
{
    const struct permission_checks *b = rq->in;
    const struct permission_check *checks = b->checks.v;
    CLEANUP(gate_fini) struct gate g = { .access = NULL };
    struct permission_verdicts *out = ARENA_NEW(rq->act.arena, struct permission_verdicts);
    struct permission_verdict *results =
        ARENA_ARRAY(rq->act.arena, struct permission_verdict, b->checks.n);
    struct gate_who before = { .kind = ACTOR_NONE };
    if (out == NULL || results == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < b->checks.n; i++) {
        struct gate_who who = { .kind = ACTOR_NONE };
        TRY(who_of(rq, &checks[i], &who));
        if (g.access == NULL || !same(&who, &before)) {
            ref_drop(g.access);
            g.access = NULL;
            TRY(gate_open(rq, &who, &g));
            TRY(draft_try(rq, &who, b->draft.v, &g));
            before = who;
        }
        TRY(verdict(rq, &g, &checks[i], &results[i]));
    }
    out->results = (struct rows){ results, b->checks.n };
    return reply_obj(rq, 200, &permission_verdicts_shape, out);
}

struct mine {
    const struct gate_server *server;
    const struct gate_tool *tool;
};

static int by_id(const void *x, const void *y)
{
    const struct mine *a = x;
    const struct mine *b = y;
    return memcmp(a->tool->id.b, b->tool->id.b, sizeof a->tool->id.b);
}

static struct gate_decision ask(const struct gate *g, const struct mine *m, bool list)
{
    struct gate_decision d;
    gate_decide(&(struct gate_ask){ .access = g->access,
                                    .server = m->server,
                                    .tool = m->tool->name,
                                    .class = m->tool->class,
                                    .list = list },
                &d);
    return d;
}

/* For those who may ask for it, too. */
static bool may_be_given(const struct gate *g, const struct mine *m)
{
    return gate_may_be_given(&(struct gate_ask){ .access = g->access,
                                                 .server = m->server,
                                                 .tool = m->tool->name,
                                                 .class = m->tool->class,
                                                 .list = true });
}

/* What may be called at all, in the order of the tools' ids, behind the page before. */
static err_t mine_collect(struct request *rq, const struct gate *g, oid_t after, struct mine **ret,
                          size_t *ret_n)
{
    const struct mine_query *q = rq->query;
    const struct gate_catalogue *c = g->catalogue;
    size_t all = 0;
    size_t n = 0;
    for (size_t i = 0; i < c->servers_n; i++)
        all += c->servers[i].tools_n;
    struct mine *rows = ARENA_ARRAY(rq->act.arena, struct mine, all + 1);
    if (rows == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < c->servers_n; i++) {
        for (size_t t = 0; t < c->servers[i].tools_n; t++) {
            struct mine m = { &c->servers[i], &c->servers[i].tools[t] };
            if (memcmp(m.tool->id.b, after.b, sizeof after.b) <= 0)
                continue;
            if (ask(g, &m, true).listed || (q->refused && may_be_given(g, &m)))
                rows[n++] = m;
        }
    }
    qsort(rows, n, sizeof *rows, by_id);
    *ret = rows;
    *ret_n = n;
    return E_OK;
}

/* A text of a definition, which comes from outside; absent where there is none. */
static str_t said(const struct json *of, const char *name)
{
    const struct json *v =
        of != NULL && json_type(of) == JSON_OBJECT ? json_member(of, str_from_cz(name)) : NULL;
    return v != NULL && json_type(v) == JSON_STRING ? json_string(v) : STR_NONE;
}

static err_t mine_words(struct request *rq, const struct gate_tool *tool, struct mine_out *ret)
{
    CLEANUP(json_freep) struct json *definition = NULL;
    if (!tool->pinned)
        return E_OK;
    TRY(json_parse(tool->definition, &rq->act.why, &definition));
    str_t title = said(definition, "title");
    if (title.n == 0)
        title = said(json_member(definition, STR("annotations")), "title");
    TRY(str_copy(rq->act.arena, title, &ret->title));
    str_t description = str_clip(said(definition, "description"), DESCRIPTION_SHOWN);
    return str_copy(rq->act.arena, description, &ret->description);
}

static err_t mine_view(struct request *rq, const struct gate *g, const struct mine *m,
                       struct mine_out *ret)
{
    struct gate_decision d = ask(g, m, true);
    *ret = (struct mine_out){ .id = m->tool->id,
                              .class = str_from_cz(gate_class_name(m->tool->class)),
                              .allowed = d.listed,
                              .conditional = d.listed && !ask(g, m, false).allowed,
                              .needs_approval = d.needs_approval,
                              .rule = d.rule };
    TRY(str_copy(rq->act.arena, m->server->title, &ret->server_title));
    TRY(mine_words(rq, m->tool, ret));
    TRY(str_copy(rq->act.arena, str_from_cz(d.source), &ret->source));
    return str_format(rq->act.arena, &ret->tool, "%.*s/%.*s", STR_ARG(m->server->name),
                      STR_ARG(m->tool->name));
}

err_t permissions_mine(struct request *rq)
{
    const struct mine_query *q = rq->query;
    const struct actor *actor = &rq->act.actor;
    CLEANUP(gate_fini) struct gate g = { .access = NULL };
    struct gate_who who = { .kind = actor->kind, .id = actor->id, .org = actor->org };
    struct mine *rows = NULL;
    struct page page;
    size_t n = 0;
    if (!calls_tools(actor))
        return nobody(rq);
    TRY(page_open(rq, &q->page, q->refused ? STR("refused") : STR(""), &page));
    TRY(gate_open(rq, &who, &g));
    TRY(mine_collect(rq, &g, page.after, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct mine_out *out = ARENA_ARRAY(rq->act.arena, struct mine_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        TRY(mine_view(rq, &g, &rows[i], &out[i]));
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].tool->id : page.after));
    return reply_list(rq, &mine_out_shape, out, shown, page.next);
}
