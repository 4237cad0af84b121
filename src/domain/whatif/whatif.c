/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/whatif/whatif.h"

#include "base/ref.h"
#include "domain/access/facts.h"
#include "domain/whatif/gathering.h"

enum { SCRATCH_MAX = 32 * 1024 * 1024 };

/* Somebody by himself, as the lists have him. */
static err_t who_load(struct gathering *g, enum actor_kind kind, oid_t id, struct whatif_who *ret)
{
    struct access_facts facts = { 0 };
    TRY(facts_load(g->act, g->act->org, kind, id, &facts));
    *ret = (struct whatif_who){ kind, id, facts.username };
    return E_OK;
}

/* He, and the devices that act for him. */
static err_t look_at_one(struct gathering *g, enum actor_kind kind, oid_t id,
                         const struct whatif_looker *look)
{
    struct whatif_scope his = { .owner = id, .devices_only = true };
    struct whatif_who who;
    TRY(who_load(g, kind, id, &who));
    TRY(gathering_one(g, &who, look));
    return kind == ACTOR_USER ? gathering_walk(g, &his, look) : E_OK;
}

static struct gate_who gate_who_of(const struct gathering *g, const struct whatif_who *who)
{
    return (struct gate_who){ .kind = who->kind, .id = who->id, .org = g->act->org };
}

struct permissions {
    const struct gate_trial *trial;
    const struct gate_catalogue *all;
};

static err_t look_at_permissions(struct gathering *g, const void *arg, const struct whatif_who *who)
{
    const struct permissions *p = arg;
    CLEANUP(ref_dropp) struct gate_access *now = NULL;
    struct gate_who asks = gate_who_of(g, who);
    struct gate_access then;
    TRY(gate_access_load(&g->now, &asks, &now));
    TRY(gate_access_with(g->now.arena, now, p->trial, &then));
    return note_tools(g, p->all, now, &then);
}

static err_t permissions(struct gathering *g, const struct permission_of *of,
                         const struct whatif_looker *look)
{
    struct whatif_scope many = { .everybody = of->kind == GATE_SUBJECT_DEFAULT, .group = of->id };
    if (of->kind == GATE_SUBJECT_GROUP || of->kind == GATE_SUBJECT_DEFAULT)
        return gathering_walk(g, &many, look);
    return look_at_one(g, (enum actor_kind)of->kind, of->id, look);
}

err_t whatif_permissions(struct act *act, const struct permission_of *of,
                         const struct gate_trial *trial, struct whatif *ret)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(SCRATCH_MAX);
    CLEANUP(ref_dropp) struct gate_catalogue *all = NULL;
    struct whatif w = { .looked_n = 0 };
    struct gathering g;
    TRY(gathering_open(&g, act, scratch, &w));
    TRY(gate_catalogue_load(act, act->org, &all));
    struct permissions p = { trial, all };
    struct whatif_looker look = { look_at_permissions, &p };
    TRY(gathering_close(&g, permissions(&g, of, &look)));
    *ret = w;
    return E_OK;
}

static err_t look_at_binding(struct gathering *g, const void *arg, const struct whatif_who *who)
{
    const struct whatif_binding *b = arg;
    struct access_ask now = {
        .app = b->app, .kind = who->kind, .principal = who->id, .org = g->act->org
    };
    struct access_ask then = now;
    then.binds = !oid_is_set(b->without);
    then.without = b->without;
    return note_application(g, &now, &then);
}

static err_t binding(struct gathering *g, const struct whatif_binding *b)
{
    struct whatif_looker look = { look_at_binding, b };
    struct whatif_scope members = { .group = b->target, .people_only = true };
    struct whatif_who who;
    if (b->kind == BINDING_GROUP)
        return gathering_walk(g, &members, &look);
    TRY(who_load(g, b->kind == BINDING_USER ? ACTOR_USER : ACTOR_SERVICE, b->target, &who));
    return gathering_one(g, &who, &look);
}

err_t whatif_binding(struct act *act, const struct whatif_binding *what, struct whatif *ret)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(SCRATCH_MAX);
    struct whatif w = { .looked_n = 0 };
    struct gathering g;
    TRY(gathering_open(&g, act, scratch, &w));
    TRY(gathering_close(&g, binding(&g, what)));
    *ret = w;
    return E_OK;
}

struct rule_look {
    const struct rule_draft *draft;
    struct row_application apps[2]; /* that it is about, and was */
    size_t apps_n;                  /* 0: all that somebody is bound to */
};

static err_t look_at_rule(struct gathering *g, const void *arg, const struct whatif_who *who)
{
    const struct rule_look *look = arg;
    struct row_application *bound = NULL;
    const struct row_application *apps = look->apps;
    size_t n = look->apps_n;
    if (n == 0) {
        TRY(access_of(&g->now, who->kind, who->id, &bound, &n));
        apps = bound;
    }
    for (size_t i = 0; i < n; i++) {
        struct access_ask now = {
            .app = &apps[i], .kind = who->kind, .principal = who->id, .org = g->act->org
        };
        struct access_ask then = now;
        then.rule = look->draft;
        TRY(note_application(g, &now, &then));
    }
    return E_OK;
}

/* A rule that is about another application then concerns both. */
static err_t rule_apps(struct act *act, struct rule_look *look)
{
    const struct row_access_rule *then = &look->draft->row;
    struct row_access_rule now;
    err_t e = rule_get(act, then->id, &now);
    if (e == E_NOT_FOUND)
        now = *then;
    else
        TRY(e);
    if (!oid_is_set(then->application_id) || !oid_is_set(now.application_id))
        return E_OK;
    TRY(application_get(act, then->application_id, &look->apps[look->apps_n++]));
    if (oid_eq(then->application_id, now.application_id))
        return E_OK;
    return application_get(act, now.application_id, &look->apps[look->apps_n++]);
}

err_t whatif_rule(struct act *act, const struct rule_draft *what, struct whatif *ret)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(SCRATCH_MAX);
    struct whatif_scope scope = { .everybody = true, .people_only = true };
    struct rule_look look = { .draft = what };
    struct whatif_looker looker = { look_at_rule, &look };
    struct whatif w = { .looked_n = 0 };
    struct gathering g;
    TRY(gathering_open(&g, act, scratch, &w));
    TRY(rule_apps(act, &look));
    TRY(gathering_close(&g, gathering_walk(&g, &scope, &looker)));
    *ret = w;
    return E_OK;
}

static err_t look_at_member(struct gathering *g, const void *arg, const struct whatif_who *who)
{
    const struct gate_catalogue *all = arg;
    CLEANUP(ref_dropp) struct gate_access *now = NULL;
    CLEANUP(ref_dropp) struct gate_access *then = NULL;
    struct gate_who asks = gate_who_of(g, who);
    if (who->kind != ACTOR_DEVICE) {
        TRY(note_roles(g, who));
        TRY(note_applications(g, who));
    }
    TRY(gate_access_load(&g->now, &asks, &now));
    TRY(gate_access_load(&g->then, &asks, &then));
    TRY(note_tools(g, all, now, then));
    return who->kind == ACTOR_DEVICE ? note_configuration(g, who->id) : E_OK;
}

err_t whatif_membership(struct act *act, const struct whatif_membership *what, struct whatif *ret)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(SCRATCH_MAX);
    CLEANUP(ref_dropp) struct gate_catalogue *all = NULL;
    struct whatif w = { .looked_n = 0 };
    struct gathering g;
    TRY(gathering_open(&g, act, scratch, &w));
    TRY(gate_catalogue_load(act, act->org, &all));
    g.then.trial = (struct act_trial){ .member = what->member };
    if (what->leaves)
        g.then.trial.leaves = what->group;
    else
        g.then.trial.joins = what->group;
    struct whatif_looker look = { look_at_member, all };
    TRY(gathering_close(&g, look_at_one(&g, what->kind, what->member, &look)));
    *ret = w;
    return E_OK;
}
