/* SPDX-License-Identifier: Apache-2.0 */
/* What the server has, as the files would say it. */
#include "app/apply.h"
#include "app/cli_say.h"

str_t apply_name_of(const struct apply *p, str_t id)
{
    const struct json *v = json_member(p->names, id);
    return v == NULL ? STR_NONE : json_string(v);
}

static bool is_nothing(const struct json *v)
{
    if (v == NULL || json_type(v) == JSON_NULL)
        return true;
    if (json_type(v) == JSON_STRING)
        return json_string(v).n == 0;
    return json_type(v) == JSON_ARRAY && json_count(v) == 0;
}

static err_t copy_member(struct json *to, const char *name, const struct json *v)
{
    return is_nothing(v) ? E_OK : json_set(to, str_from_cz(name), json_clone(v));
}

err_t apply_project(const struct file_kind *k, const struct json *row, struct json *to)
{
    for (size_t i = 0; i < k->members_n; i++)
        TRY(copy_member(to, k->members[i].name, json_member(row, str_from_cz(k->members[i].name))));
    return E_OK;
}

err_t apply_keep(struct apply *p, const struct file_kind *k, str_t name, str_t id,
                 struct json *object)
{
    struct json *had = world_section(p->had, k);
    struct json *ids = world_section(p->ids, k);
    if (had == NULL || ids == NULL || object == NULL) {
        json_free(object);
        return E_NO_MEMORY;
    }
    TRY(json_set(had, name, object));
    TRY(json_set(ids, name, json_new_string(id)));
    return json_set(p->names, id, json_new_string(name));
}

static err_t plain_row(struct apply *p, const struct file_kind *k, const struct json *row)
{
    CLEANUP(json_freep) struct json *object = json_new_object();
    if (object == NULL)
        return E_NO_MEMORY;
    TRY(apply_project(k, row, object));
    return apply_keep(p, k, say_member(row, k->key), say_member(row, "id"), json_clone(object));
}

/* Who is bound: a list of names of one kind. */
static err_t add_to_list(struct json *object, const char *member, str_t name)
{
    struct json *list = json_member_mut(object, str_from_cz(member));
    if (list == NULL) {
        list = json_new_array();
        if (list == NULL)
            return E_NO_MEMORY;
        TRY(json_set(object, str_from_cz(member), list));
    }
    return json_push(list, json_new_string(name));
}

static err_t add_bindings(struct apply *p, str_t id, struct json *object)
{
    CLEANUP(json_freep) struct json *page = NULL;
    str_t path;
    TRY(str_format(p->cli->arena, &path, "/applications/%.*s/bindings?limit=500", STR_ARG(id)));
    TRY(apply_get(p, path, &page));
    for (size_t i = 0; i < say_count(page, "items"); i++) {
        const struct json *b = say_at(page, "items", i);
        str_t kind = say_member(b, "kind");
        if (str_eq(kind, STR("group")))
            TRY(add_to_list(object, "groups", say_member(b, "name")));
        else if (str_eq(kind, STR("service_account")))
            TRY(add_to_list(object, "service_accounts", say_member(b, "name")));
    }
    return E_OK;
}

/* What registers itself, and what is built in, is none of the files' business. */
static err_t application_row(struct apply *p, const struct file_kind *k, const struct json *row)
{
    str_t origin = say_member(row, "origin");
    if (!str_eq(origin, STR("administrator")) && !str_eq(origin, STR("file")))
        return E_OK;
    CLEANUP(json_freep) struct json *object = json_new_object();
    if (object == NULL)
        return E_NO_MEMORY;
    TRY(apply_project(k, row, object));
    TRY(add_bindings(p, say_member(row, "id"), object));
    return apply_keep(p, k, say_member(row, "name"), say_member(row, "id"), json_clone(object));
}

/* What is for one group or one application. */
static err_t aimed_row(struct apply *p, const struct file_kind *k, const struct json *row)
{
    CLEANUP(json_freep) struct json *object = json_new_object();
    str_t group = apply_name_of(p, say_member(row, "group_id"));
    str_t application = apply_name_of(p, say_member(row, "application_id"));
    if (object == NULL)
        return E_NO_MEMORY;
    TRY(apply_project(k, row, object));
    if (group.p != NULL)
        TRY(json_set(object, STR("group"), json_new_string(group)));
    if (application.p != NULL)
        TRY(json_set(object, STR("application"), json_new_string(application)));
    return apply_keep(p, k, say_member(row, "name"), say_member(row, "id"), json_clone(object));
}

static err_t policy_row(struct apply *p, const struct file_kind *k, const struct json *row)
{
    CLEANUP(json_freep) struct json *object = json_new_object();
    CLEANUP(json_freep) struct json *version = NULL;
    int64_t number = say_int(row, "newest_number");
    if (object == NULL)
        return E_NO_MEMORY;
    TRY(apply_project(k, row, object));
    if (number > 0) {
        str_t path;
        TRY(str_format(p->cli->arena, &path, "/policies/%.*s/versions/%lld",
                       STR_ARG(say_member(row, "id")), (long long)number));
        TRY(apply_get(p, path, &version));
        TRY(apply_project(k, version, object));
    }
    return apply_keep(p, k, say_member(row, "name"), say_member(row, "id"), json_clone(object));
}

/* Assignments to one person or device are no part of a set-up. */
static err_t assignment_row(struct apply *p, const struct file_kind *k, const struct json *row)
{
    str_t scope = say_member(row, "scope");
    str_t group = apply_name_of(p, say_member(row, "target_id"));
    str_t policy = apply_name_of(p, say_member(row, "policy_id"));
    bool to_group = str_eq(scope, STR("group"));
    str_t name;
    if (str_eq(scope, STR("user")) || str_eq(scope, STR("device")) || policy.p == NULL ||
        (to_group && group.p == NULL))
        return E_OK;
    CLEANUP(json_freep) struct json *object = json_new_object();
    if (object == NULL)
        return E_NO_MEMORY;
    TRY(apply_project(k, row, object));
    TRY(json_set(object, STR("policy"), json_new_string(policy)));
    if (to_group)
        TRY(json_set(object, STR("group"), json_new_string(group)));
    TRY(k->row_name(p->cli->arena, object, &name));
    return apply_keep(p, k, name, say_member(row, "id"), json_clone(object));
}

static apply_row_f *row_reader(const struct file_kind *k)
{
    str_t section = str_from_cz(k->section);
    if (str_eq(section, STR("applications")))
        return application_row;
    if (str_eq(section, STR("policies")))
        return policy_row;
    if (str_eq(section, STR("webhooks")) || str_eq(section, STR("access_rules")))
        return aimed_row;
    if (str_eq(section, STR("permissions")))
        return apply_permission_row;
    return k->list ? assignment_row : plain_row;
}

static const struct file_kind *kind_of_target(str_t target)
{
    for (size_t i = 0; i < file_kinds_n; i++) {
        if (str_eq(target, str_from_cz(file_kinds[i].target)))
            return &file_kinds[i];
    }
    return NULL;
}

static err_t owned_row(struct apply *p, const struct file_kind *unused, const struct json *row)
{
    const struct file_kind *k = kind_of_target(say_member(row, "kind"));
    str_t name = apply_name_of(p, say_member(row, "id"));
    (void)unused;
    if (k == NULL || name.p == NULL)
        return E_OK;
    struct json *section = world_section(p->owned, k);
    return section == NULL ? E_NO_MEMORY : json_set(section, name, json_new_object());
}

err_t apply_fetch(struct apply *p)
{
    for (size_t i = 0; i < file_kinds_n; i++) {
        const struct file_kind *k = &file_kinds[i];
        bool named = p->wanted != NULL && json_member(p->wanted, str_from_cz(k->section)) != NULL;
        err_t e = apply_each(p, str_from_cz(k->path), k, row_reader(k));
        if (e == E_FORBIDDEN && k->optional && !named) {
            diag_clear(&p->cli->why);
            p->cli->hint = NULL;
            continue; /* tenants are a matter of system administrators */
        }
        TRY(e);
    }
    return apply_each(p, STR("/managed"), NULL, owned_row);
}

static err_t member_row(struct apply *p, const struct file_kind *unused, const struct json *row)
{
    str_t kind = say_member(row, "kind");
    struct json *lists = str_eq(kind, STR("user"))     ? p->members
                         : str_eq(kind, STR("device")) ? p->machines
                                                       : NULL;
    (void)unused;
    if (lists == NULL)
        return E_OK;
    return json_push(json_member_mut(lists, p->group), json_new_string(say_member(row, "name")));
}

static err_t group_members(struct apply *p, str_t group, str_t id)
{
    struct json *people = json_new_array();
    struct json *machines = json_new_array();
    str_t path;
    err_t e = people == NULL ? E_NO_MEMORY : json_set(p->members, group, people);
    err_t e2 = machines == NULL ? E_NO_MEMORY : json_set(p->machines, group, machines);
    TRY(e);
    TRY(e2);
    p->group = group;
    TRY(str_format(p->cli->arena, &path, "/groups/%.*s/members", STR_ARG(id)));
    return apply_each(p, path, NULL, member_row);
}

err_t apply_fetch_members(struct apply *p)
{
    const struct json *groups = json_member(p->ids, STR("groups"));
    struct json_pair *pairs;
    size_t n;
    if (groups == NULL)
        return E_OK;
    TRY(json_members(p->cli->arena, groups, &pairs, &n));
    for (size_t i = 0; i < n; i++)
        TRY(group_members(p, pairs[i].name, json_string(pairs[i].value)));
    return E_OK;
}
