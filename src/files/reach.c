/* SPDX-License-Identifier: Apache-2.0 */
#include "files/reach.h"

#include "base/grow.h"
#include "files/name_set.h"

/* One side of the comparison: the world before, or after. */
struct side {
    const struct reach_in *in;
    bool after;
};

/* The step of this plan that concerns an object; NULL: none does. */
static const struct step *step_of(const struct reach_in *in, const struct file_kind *k, str_t name)
{
    for (size_t i = 0; i < in->plan->n; i++) {
        if (in->plan->steps[i].kind == k && str_eq(in->plan->steps[i].name, name))
            return &in->plan->steps[i];
    }
    return NULL;
}

/* A member of an object as it is on this side; NULL: the object, or the member, is not there. */
static const struct json *member_at(const struct side *s, const char *section, str_t name,
                                    const char *member)
{
    const struct file_kind *k = file_kind_find(str_from_cz(section));
    const struct step *step = s->after ? step_of(s->in, k, name) : NULL;
    const struct json *had = world_object(s->in->had, k, name);
    if (step != NULL && step->verb == STEP_DELETE)
        return NULL;
    const struct json *said =
        step != NULL && step->to != NULL ? json_member(step->to, str_from_cz(member)) : NULL;
    if (said != NULL)
        return said;
    return had == NULL ? NULL : json_member(had, str_from_cz(member));
}

static bool group_is_there(const struct side *s, str_t group)
{
    const struct file_kind *k = file_kind_find(STR("groups"));
    const struct step *step = s->after ? step_of(s->in, k, group) : NULL;
    if (step != NULL)
        return step->verb != STEP_DELETE;
    return world_object(s->in->had, k, group) != NULL;
}

static bool person_reaches(const struct side *s, str_t application, str_t person)
{
    const struct json *groups = member_at(s, "applications", application, "groups");
    for (size_t i = 0; groups != NULL && i < json_count(groups); i++) {
        str_t group = json_string(json_at(groups, i));
        if (group_is_there(s, group) && list_has(json_member(s->in->members, group), person))
            return true;
    }
    return false;
}

static bool service_is_there(const struct side *s, str_t service)
{
    const struct file_kind *k = file_kind_find(STR("service_accounts"));
    const struct step *step = s->after ? step_of(s->in, k, service) : NULL;
    if (step != NULL)
        return step->verb != STEP_DELETE;
    return world_object(s->in->had, k, service) != NULL;
}

static bool service_reaches(const struct side *s, str_t application, str_t service)
{
    const struct json *groups = member_at(s, "applications", application, "groups");
    const struct json *own = member_at(s, "service_accounts", service, "groups");
    if (!service_is_there(s, service))
        return false;
    if (list_has(member_at(s, "applications", application, "service_accounts"), service))
        return true;
    for (size_t i = 0; groups != NULL && i < json_count(groups); i++) {
        str_t group = json_string(json_at(groups, i));
        if (group_is_there(s, group) && list_has(own, group))
            return true;
    }
    return false;
}

typedef bool reaches_f(const struct side *s, str_t application, str_t who);

static err_t both_sections(struct arena *a, const struct reach_in *in, const char *section,
                           struct json *set)
{
    TRY(name_set_add_section(a, set, in->had, section));
    return name_set_add_section(a, set, in->wanted, section);
}

struct found {
    struct arena *a;
    struct reach reach;
    size_t room;
};

static err_t found_add(struct found *f, struct reach_change c)
{
    struct reach_change *v = grow_list(f->a, f->reach.v, f->reach.n, sizeof *v, &f->room);
    if (v == NULL)
        return E_NO_MEMORY;
    f->reach.v = v;
    TRY(str_copy(f->a, c.who, &c.who));
    TRY(str_copy(f->a, c.application, &c.application));
    f->reach.v[f->reach.n++] = c;
    return E_OK;
}

static err_t compare(struct found *f, const struct reach_in *in, str_t application,
                     const struct json *names, bool person)
{
    const struct side before = { in, false };
    const struct side after = { in, true };
    reaches_f *reaches = person ? person_reaches : service_reaches;
    struct json_pair *who;
    size_t n;
    TRY(json_members(f->a, names, &who, &n));
    for (size_t i = 0; i < n; i++) {
        bool had = reaches(&before, application, who[i].name);
        bool has = reaches(&after, application, who[i].name);
        if (had != has)
            TRY(found_add(f, (struct reach_change){ application, who[i].name, person, has }));
    }
    return E_OK;
}

err_t reach_make(struct arena *a, const struct reach_in *in, struct reach *ret)
{
    CLEANUP(json_freep) struct json *people = json_new_object();
    CLEANUP(json_freep) struct json *services = json_new_object();
    CLEANUP(json_freep) struct json *applications = json_new_object();
    struct found f = { .a = a };
    struct json_pair *apps;
    size_t n;
    if (people == NULL || services == NULL || applications == NULL)
        return E_NO_MEMORY;
    TRY(name_set_add_lists(a, people, in->members));
    TRY(both_sections(a, in, "service_accounts", services));
    TRY(both_sections(a, in, "applications", applications));
    TRY(json_members(a, applications, &apps, &n));
    for (size_t i = 0; i < n; i++) {
        TRY(compare(&f, in, apps[i].name, people, true));
        TRY(compare(&f, in, apps[i].name, services, false));
    }
    *ret = f.reach;
    return E_OK;
}
