/* SPDX-License-Identifier: Apache-2.0 */
#include "files/plan.h"

bool list_has(const struct json *list, str_t name)
{
    if (list == NULL || json_type(list) != JSON_ARRAY)
        return false;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *v = json_at(list, i);
        if (json_type(v) == JSON_STRING && str_eq(json_string(v), name))
            return true;
    }
    return false;
}

/* The API leaves out, or gives null for, what is empty: to a person they are one. */
static bool is_nothing(const struct json *v)
{
    if (v == NULL || json_type(v) == JSON_NULL)
        return true;
    if (json_type(v) == JSON_STRING)
        return json_string(v).n == 0;
    return json_type(v) == JSON_ARRAY && json_count(v) == 0;
}

static bool is_covered(const struct json *list, const struct json *by)
{
    for (size_t i = 0; i < json_count(list); i++) {
        bool found = false;
        for (size_t k = 0; k < json_count(by) && !found; k++)
            found = json_equal(json_at(list, i), json_at(by, k));
        if (!found)
            return false;
    }
    return true;
}

static bool is_empty(enum file_compare compare, const struct json *v)
{
    bool loose = compare == COMPARE_LOOSE && v != NULL && json_type(v) == JSON_OBJECT;
    return is_nothing(v) || (loose && json_count(v) == 0);
}

static bool is_same(enum file_compare compare, const struct json *a, const struct json *b)
{
    if (is_empty(compare, a) || is_empty(compare, b))
        return is_empty(compare, a) && is_empty(compare, b);
    bool lists = json_type(a) == JSON_ARRAY && json_type(b) == JSON_ARRAY;
    if (compare == COMPARE_SET && lists)
        return is_covered(a, b) && is_covered(b, a);
    return json_equal(a, b);
}

bool step_changes(const struct step *s, const struct file_member *m)
{
    str_t name = str_from_cz(m->name);
    const struct json *to = s->to == NULL ? NULL : json_member(s->to, name);
    if (to == NULL)
        return false;
    if (m->compare == COMPARE_SECRET)
        return s->from == NULL || s->secrets;
    return !is_same(m->compare, s->from == NULL ? NULL : json_member(s->from, name), to);
}

static bool step_is_needed(const struct step *s)
{
    for (size_t i = 0; i < s->kind->members_n; i++) {
        if (step_changes(s, &s->kind->members[i]))
            return true;
    }
    return false;
}

static err_t check_fixed(const struct step *s, struct diag *why)
{
    for (size_t i = 0; i < s->kind->members_n; i++) {
        const struct file_member *m = &s->kind->members[i];
        if (m->compare == COMPARE_FIXED && step_changes(s, m))
            return FAIL(why, E_BAD_FIELD, "%s '%.*s': %s cannot be changed; %schoose another name",
                        s->kind->noun, STR_ARG(s->name), m->name,
                        s->kind->stays ? "" : "delete it first, or ");
    }
    return E_OK;
}

static bool is_deleted(const struct plan_in *in, const struct file_kind *k, str_t name)
{
    return in->prune && !k->stays && world_object(in->wanted, k, name) == NULL &&
           world_object(in->owned, k, name) != NULL;
}

static bool name_stands_for_something(const struct plan_in *in, const char *section, str_t name)
{
    const struct file_kind *k = file_kind_find(str_from_cz(section));
    if (world_object(in->wanted, k, name) != NULL)
        return true;
    return world_object(in->had, k, name) != NULL && !is_deleted(in, k, name);
}

static err_t check_text(const struct plan_in *in, const struct step *s, const struct file_member *m,
                        const struct json *v, struct diag *why)
{
    str_t shown = json_type(v) == JSON_STRING ? json_string(v) : STR("what stands there");
    if (m->place)
        shown = file_tool_server(shown);
    bool every = m->place && (shown.p == NULL || str_eq(shown, STR(FILE_OWN_HOMEASSISTANT)));
    if (every || (json_type(v) == JSON_STRING && name_stands_for_something(in, m->names, shown)))
        return E_OK;
    return FAIL(why, E_BAD_FIELD, "%s '%.*s': %s: '%.*s' is in no file, and the server has none",
                s->kind->noun, STR_ARG(s->name), m->name, STR_ARG(shown));
}

static err_t check_names(const struct plan_in *in, const struct step *s, struct diag *why)
{
    for (size_t i = 0; i < s->kind->members_n; i++) {
        const struct file_member *m = &s->kind->members[i];
        const struct json *v = json_member(s->to, str_from_cz(m->name));
        if (m->names == NULL || is_nothing(v))
            continue;
        if (json_type(v) != JSON_ARRAY)
            TRY(check_text(in, s, m, v, why));
        for (size_t k = 0; json_type(v) == JSON_ARRAY && k < json_count(v); k++)
            TRY(check_text(in, s, m, json_at(v, k), why));
    }
    return E_OK;
}

static err_t plan_kind(struct arena *a, const struct plan_in *in, const struct file_kind *k,
                       struct diag *why, struct plan *p)
{
    const struct json *section = json_member(in->wanted, str_from_cz(k->section));
    struct json_pair *pairs;
    size_t n;
    if (section == NULL)
        return E_OK;
    TRY(json_members(a, section, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        struct step s = {
            .kind = k, .name = pairs[i].name, .to = pairs[i].value, .secrets = in->secrets
        };
        s.from = world_object(in->had, k, s.name);
        s.verb = s.from == NULL ? STEP_CREATE : STEP_CHANGE;
        TRY(check_names(in, &s, why));
        if (s.from != NULL)
            TRY(check_fixed(&s, why));
        if (s.from == NULL || step_is_needed(&s))
            p->steps[p->n++] = s;
    }
    return E_OK;
}

static err_t plan_deletions(struct arena *a, const struct plan_in *in, const struct file_kind *k,
                            struct plan *p)
{
    const struct json *section = json_member(in->had, str_from_cz(k->section));
    struct json_pair *pairs;
    size_t n;
    if (section == NULL)
        return E_OK;
    TRY(json_members(a, section, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        if (is_deleted(in, k, pairs[i].name))
            p->steps[p->n++] = (struct step){
                .verb = STEP_DELETE, .kind = k, .name = pairs[i].name, .from = pairs[i].value
            };
    }
    return E_OK;
}

static size_t world_count(const struct json *world)
{
    size_t n = 0;
    for (size_t i = 0; i < file_kinds_n; i++) {
        const struct json *section = json_member(world, str_from_cz(file_kinds[i].section));
        n += section == NULL ? 0 : json_count(section);
    }
    return n;
}

err_t plan_make(struct arena *a, const struct plan_in *in, struct diag *why, struct plan *ret)
{
    struct plan p = { .n = 0 };
    p.steps = ARENA_ARRAY(a, struct step, world_count(in->wanted) + world_count(in->had) + 1);
    if (p.steps == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < file_kinds_n; i++)
        TRY(plan_kind(a, in, &file_kinds[i], why, &p));
    for (size_t i = file_kinds_n; i > 0; i--)
        TRY(plan_deletions(a, in, &file_kinds[i - 1], &p));
    *ret = p;
    return E_OK;
}

static size_t left_of(const struct plan_in *in, const struct file_kind *k, struct arena *a)
{
    const struct json *section = json_member(in->had, str_from_cz(k->section));
    struct json_pair *pairs;
    size_t n;
    size_t left = 0;
    if (section == NULL || k->stays || json_members(a, section, &pairs, &n) != E_OK)
        return 0;
    for (size_t i = 0; i < n; i++) {
        bool owned = world_object(in->owned, k, pairs[i].name) != NULL;
        left += owned && world_object(in->wanted, k, pairs[i].name) == NULL ? 1U : 0U;
    }
    return left;
}

size_t plan_left(struct arena *a, const struct plan_in *in)
{
    size_t left = 0;
    for (size_t i = 0; !in->prune && i < file_kinds_n; i++)
        left += left_of(in, &file_kinds[i], a);
    return left;
}
