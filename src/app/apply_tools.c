/* SPDX-License-Identifier: Apache-2.0 */
/* Who may call which tools before and after a plan. What is said of everybody stands for all to
 * whom nothing else applies. */
#include "app/apply.h"

#include "app/cli_say.h"
#include "app/tool_side.h"
#include "base/grow.h"
#include "files/name_set.h"

/* The rows that are compared: what permissions name, on either side. */
struct comparing {
    struct arena *a;
    const struct apply *p;
    struct tool_side before;
    struct tool_side after;
    struct json_pair *places;
    size_t places_n;
    enum tool_turn *all; /* of nobody in particular: place by place, class by class */
    enum tool_turn *his;
    struct tool_reach reach;
    size_t room;
};

/* ---- the world after the plan ---- */

static err_t merge(struct json *section, const struct step *s)
{
    struct json *object = json_member_mut(section, s->name);
    if (object == NULL || s->to == NULL)
        return s->to == NULL ? E_OK : json_set(section, s->name, json_clone(s->to));
    for (size_t i = 0; i < s->kind->members_n; i++) {
        str_t member = str_from_cz(s->kind->members[i].name);
        const struct json *v = json_member(s->to, member);
        if (v != NULL)
            TRY(json_set(object, member, json_clone(v)));
    }
    return E_OK;
}

static err_t world_after(const struct apply *p, struct json **ret)
{
    CLEANUP(json_freep) struct json *world = json_clone(p->had);
    if (world == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < p->plan.n; i++) {
        const struct step *s = &p->plan.steps[i];
        struct json *section = world_section(world, s->kind);
        if (section == NULL)
            return E_NO_MEMORY;
        if (s->verb == STEP_DELETE)
            json_remove(section, s->name);
        else
            TRY(merge(section, s));
    }
    *ret = world;
    world = NULL;
    return E_OK;
}

/* ---- the difference ---- */

static bool is_said(const struct json *row, const char *member)
{
    const struct json *v = row == NULL ? NULL : json_member(row, str_from_cz(member));
    bool lists = v != NULL && (json_type(v) == JSON_ARRAY || json_type(v) == JSON_OBJECT);
    return lists && json_count(v) > 0;
}

/* Still a yes, but under conditions that did not hold before. */
static bool is_narrower(const struct json *before, const struct json *after)
{
    static const char *const conditions[] = { "arguments", "device" };
    bool other = false;
    for (size_t i = 0; i < ARRAY_LEN(conditions); i++) {
        str_t member = str_from_cz(conditions[i]);
        if (!is_said(after, conditions[i]))
            continue;
        other = other || !is_said(before, conditions[i]) ||
                !json_equal(json_member(before, member), json_member(after, member));
    }
    return other;
}

static enum tool_turn turn_of(const struct tool_verdict *before, const struct tool_verdict *after,
                              int class)
{
    if (before->yes[class] != after->yes[class])
        return after->yes[class] ? TOOL_GAINS : TOOL_LOSES;
    bool narrower = after->yes[class] && ((after->waits && !before->waits) ||
                                          is_narrower(before->by[class], after->by[class]));
    return narrower ? TOOL_NARROWS : TOOL_SAME;
}

static err_t add(struct comparing *c, struct tool_change change)
{
    struct tool_change *v = grow_list(c->a, c->reach.v, c->reach.n, sizeof *v, &c->room);
    if (v == NULL)
        return E_NO_MEMORY;
    c->reach.v = v;
    TRY(str_copy(c->a, change.who, &change.who));
    TRY(str_copy(c->a, change.tool, &change.tool));
    c->reach.v[c->reach.n++] = change;
    return E_OK;
}

static void turns(const struct comparing *c, const struct tool_principal *who, enum tool_turn *ret)
{
    struct gate_access had = tool_side_access(&c->before, who);
    struct gate_access has = tool_side_access(&c->after, who);
    for (size_t i = 0; i < c->places_n; i++) {
        str_t tool = c->places[i].name;
        struct tool_verdict before = tool_side_verdict(&c->before, &had, tool);
        struct tool_verdict after = tool_side_verdict(&c->after, &has, tool);
        for (int k = GATE_READ; k < GATE_CLASSES; k++)
            ret[i * GATE_CLASSES + (size_t)k] = turn_of(&before, &after, k);
    }
}

/* What happens to nobody in particular is said once. */
static err_t compare(struct comparing *c, const struct tool_principal *who)
{
    bool everybody = who->kind == GATE_SUBJECT_DEFAULT;
    turns(c, who, c->his);
    for (size_t i = 0; i < c->places_n * GATE_CLASSES; i++) {
        int class = (int)(i % GATE_CLASSES);
        bool same = class == GATE_CLASS_NONE || c->his[i] == TOOL_SAME;
        if (same || (!everybody && c->his[i] == c->all[i]))
            continue;
        TRY(add(c, (struct tool_change){ who->name, who->kind, c->places[i / GATE_CLASSES].name,
                                         (enum gate_class) class, c->his[i] }));
    }
    return E_OK;
}

/* ---- whom and what it is about ---- */

static err_t note_rows(struct comparing *c, const struct tool_side *s, enum gate_subject kind,
                       struct json *set)
{
    const struct json *rows = json_member(s->world, STR("permissions"));
    struct json_pair *pairs = NULL;
    size_t n = 0;
    if (rows != NULL)
        TRY(json_members(c->a, rows, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        struct tool_principal of = tool_row_principal(pairs[i].value);
        if (kind == GATE_SUBJECTS)
            TRY(name_set_add(set, say_member(pairs[i].value, "tool")));
        else if (of.kind == kind)
            TRY(name_set_add(set, of.name));
    }
    return E_OK;
}

/* A server that comes or goes takes everybody's tools along. */
static err_t note_servers(struct comparing *c, struct json *set)
{
    for (size_t i = 0; i < c->p->plan.n; i++) {
        const struct step *s = &c->p->plan.steps[i];
        str_t tool;
        if (!str_eq(str_from_cz(s->kind->section), STR("upstreams")))
            continue;
        TRY(str_format(c->a, &tool, "%.*s/*", STR_ARG(s->name)));
        TRY(name_set_add(set, tool));
    }
    return E_OK;
}

static err_t compare_kind(struct comparing *c, enum gate_subject kind, struct json *names)
{
    struct json_pair *pairs;
    size_t n;
    TRY(note_rows(c, &c->before, kind, names));
    TRY(note_rows(c, &c->after, kind, names));
    TRY(json_members(c->a, names, &pairs, &n));
    for (size_t i = 0; i < n; i++)
        TRY(compare(c, &(struct tool_principal){ kind, pairs[i].name }));
    return E_OK;
}

static err_t compare_all(struct comparing *c)
{
    CLEANUP(json_freep) struct json *people = json_new_object();
    CLEANUP(json_freep) struct json *services = json_new_object();
    CLEANUP(json_freep) struct json *machines = json_new_object();
    const struct tool_principal nobody = { .kind = GATE_SUBJECT_DEFAULT };
    if (people == NULL || services == NULL || machines == NULL)
        return E_NO_MEMORY;
    turns(c, &nobody, c->all);
    TRY(compare(c, &nobody));
    TRY(name_set_add_lists(c->a, people, c->p->members));
    TRY(name_set_add_lists(c->a, machines, c->p->machines));
    TRY(name_set_add_section(c->a, services, c->before.world, "service_accounts"));
    TRY(name_set_add_section(c->a, services, c->after.world, "service_accounts"));
    TRY(compare_kind(c, GATE_SUBJECT_USER, people));
    TRY(compare_kind(c, GATE_SUBJECT_SERVICE, services));
    return compare_kind(c, GATE_SUBJECT_DEVICE, machines);
}

static err_t number_servers(struct comparing *c, struct json *numbers)
{
    struct json_pair *pairs;
    size_t n;
    TRY(name_set_add_section(c->a, numbers, c->before.world, "upstreams"));
    TRY(name_set_add_section(c->a, numbers, c->after.world, "upstreams"));
    TRY(name_set_add(numbers, STR(FILE_OWN_HOMEASSISTANT)));
    TRY(json_members(c->a, numbers, &pairs, &n));
    for (size_t i = 0; i < n; i++)
        TRY(json_set(numbers, pairs[i].name, json_new_int((int64_t)i + 1)));
    return E_OK;
}

static err_t places_make(struct comparing *c, struct json *places)
{
    TRY(note_rows(c, &c->before, GATE_SUBJECTS, places));
    TRY(note_rows(c, &c->after, GATE_SUBJECTS, places));
    TRY(note_servers(c, places));
    TRY(json_members(c->a, places, &c->places, &c->places_n));
    size_t n = c->places_n * GATE_CLASSES + 1;
    c->all = ARENA_ARRAY(c->a, enum tool_turn, n);
    c->his = ARENA_ARRAY(c->a, enum tool_turn, n);
    return c->all == NULL || c->his == NULL ? E_NO_MEMORY : E_OK;
}

static bool concerns_tools(const struct plan *plan)
{
    static const char *const sections[] = { "groups", "service_accounts", "upstreams",
                                            "permissions" };
    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < ARRAY_LEN(sections); k++) {
            if (str_eq(str_from_cz(plan->steps[i].kind->section), str_from_cz(sections[k])))
                return true;
        }
    }
    return false;
}

err_t apply_tools(struct apply *p)
{
    CLEANUP(json_freep) struct json *after = NULL;
    CLEANUP(json_freep) struct json *numbers = json_new_object();
    CLEANUP(json_freep) struct json *places = json_new_object();
    if (!concerns_tools(&p->plan))
        return E_OK;
    TRY(world_after(p, &after));
    if (numbers == NULL || places == NULL)
        return E_NO_MEMORY;
    const struct tool_side side = { .people = p->members,
                                    .machines = p->machines,
                                    .numbers = numbers };
    struct comparing c = { .a = p->cli->arena, .p = p, .before = side, .after = side };
    c.before.world = p->had;
    c.after.world = after;
    TRY(number_servers(&c, numbers));
    TRY(tool_side_make(c.a, &c.before));
    TRY(tool_side_make(c.a, &c.after));
    TRY(places_make(&c, places));
    TRY(compare_all(&c));
    p->tools = c.reach;
    return E_OK;
}
