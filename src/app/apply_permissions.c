/* SPDX-License-Identifier: Apache-2.0 */
/* Permissions of `apply`: rows about a tool, for a group, a service account, a person, a machine or
 * everybody. */
#include "app/apply.h"
#include "app/cli_say.h"

#include <assert.h>

/* Who a row is for: in files, in answers, and where it is said. */
static const struct subject {
    const char *member;
    const char *answer; /* subject_kind */
    const char *path;
    const char *section; /* of files, or of what is looked up */
    const char *resolve; /* by cli_resolve; NULL: files have them */
} subjects[] = {
    { "group", "group", "/permissions/group/", "groups", NULL },
    { "service_account", "service-account", "/permissions/service-account/", "service_accounts",
      NULL },
    { "user", "user", "/permissions/user/", "people", "user" },
    { "machine", "device", "/permissions/device/", "machines", "device" },
    { "everybody", "default", "/permissions/defaults", NULL, NULL },
};

static const struct subject *subject_of(const struct json *row)
{
    const char *member = NULL;
    if (file_permission_of(row, &member) != E_OK)
        return NULL;
    for (size_t i = 0; i < ARRAY_LEN(subjects); i++) {
        if (str_eq(str_from_cz(subjects[i].member), str_from_cz(member)))
            return &subjects[i];
    }
    return NULL;
}

static const struct subject *subject_answered(str_t kind)
{
    for (size_t i = 0; i < ARRAY_LEN(subjects); i++) {
        if (str_eq(str_from_cz(subjects[i].answer), kind))
            return &subjects[i];
    }
    return NULL;
}

/* The section of ids; people and machines have one of their own there. NULL: no memory. */
static struct json *ids_of(struct apply *p, const struct subject *s)
{
    str_t section = str_from_cz(s->section);
    struct json *ids = json_member_mut(p->ids, section);
    if (ids != NULL)
        return ids;
    ids = json_new_object();
    if (ids == NULL || json_set(p->ids, section, ids) != E_OK)
        return NULL;
    return ids;
}

err_t apply_permission_row(struct apply *p, const struct file_kind *k, const struct json *row)
{
    const struct subject *s = subject_answered(say_member(row, "subject_kind"));
    str_t who = say_member(row, "subject_name");
    str_t server = say_member(row, "server_id");
    str_t name;
    if (s == NULL || (server.n > 0 && apply_name_of(p, server).p == NULL))
        return E_OK;
    CLEANUP(json_freep) struct json *object = json_new_object();
    if (object == NULL)
        return E_NO_MEMORY;
    TRY(apply_project(k, row, object));
    TRY(json_set(object, str_from_cz(s->member),
                 s->section == NULL ? json_new_bool(true) : json_new_string(who)));
    if (s->resolve != NULL) {
        struct json *ids = ids_of(p, s);
        TRY(ids == NULL ? E_NO_MEMORY
                        : json_set(ids, who, json_new_string(say_member(row, "subject_id"))));
    }
    TRY(k->row_name(p->cli->arena, object, &name));
    return apply_keep(p, k, name, say_member(row, "id"), json_clone(object));
}

/* ---- who is meant ---- */

static err_t look_up(struct apply *p, str_t row, const struct subject *s, str_t who)
{
    struct json *ids = ids_of(p, s);
    str_t id;
    if (ids == NULL)
        return E_NO_MEMORY;
    if (json_member(ids, who) != NULL)
        return E_OK;
    err_t e = cli_resolve(p->cli, &p->client, str_from_cz(s->resolve), who, &id);
    if (e == E_NOT_FOUND) {
        diag_clear(&p->cli->why);
        return FAIL(&p->cli->why, E_BAD_FIELD, "permission '%.*s': the server has no %s '%.*s'",
                    STR_ARG(row), s->member, STR_ARG(who));
    }
    TRY(e);
    return json_set(ids, who, json_new_string(id));
}

err_t apply_permission_subjects(struct apply *p)
{
    const struct json *rows = json_member(p->wanted, STR("permissions"));
    struct json_pair *pairs = NULL;
    size_t n = 0;
    if (rows != NULL)
        TRY(json_members(p->cli->arena, rows, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        const struct subject *s = subject_of(pairs[i].value);
        if (s != NULL && s->resolve != NULL)
            TRY(look_up(p, pairs[i].name, s, say_member(pairs[i].value, s->member)));
    }
    return E_OK;
}

/* ---- the call ---- */

/* A row is said whole: what the file does not say stays, so it is said again. */
static err_t put_member(const struct step *s, const struct file_member *m, struct json *body)
{
    str_t name = str_from_cz(m->name);
    const struct json *v = json_member(s->to, name);
    if (v == NULL && s->from != NULL)
        v = json_member(s->from, name);
    if (v == NULL || json_type(v) == JSON_NULL)
        return E_OK;
    return json_set(body, name, json_clone(v));
}

static err_t body_of(const struct step *s, struct json *body)
{
    for (size_t i = 0; i < s->kind->members_n; i++) {
        const struct file_member *m = &s->kind->members[i];
        bool said = m->compare != COMPARE_FIXED || str_eq(str_from_cz(m->name), STR("tool"));
        if (said)
            TRY(put_member(s, m, body));
    }
    return E_OK;
}

err_t apply_permission_put(struct apply *p, const struct step *s)
{
    CLEANUP(json_freep) struct json *body = json_new_object();
    const struct subject *who = subject_of(s->to);
    str_t id = STR("");
    str_t path;
    assert(who != NULL); /* its name was made of it */
    if (body == NULL)
        return E_NO_MEMORY;
    if (who->section != NULL) {
        const struct json *ids = json_member(p->ids, str_from_cz(who->section));
        const struct json *v =
            ids == NULL ? NULL : json_member(ids, say_member(s->to, who->member));
        assert(v != NULL); /* the plan was refused otherwise */
        id = json_string(v);
    }
    TRY(body_of(s, body));
    TRY(str_format(p->cli->arena, &path, "%s%.*s", who->path, STR_ARG(id)));
    return apply_send(p, "PUT", path, body, NULL);
}

/* ---- export ---- */

err_t apply_permission_export(struct apply *p)
{
    const struct json *owned = json_member(p->owned, STR("permissions"));
    struct json *rows = json_member_mut(p->had, STR("permissions"));
    struct json_pair *pairs = NULL;
    size_t n = 0;
    if (rows != NULL)
        TRY(json_members(p->cli->arena, rows, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        const struct subject *s = subject_of(pairs[i].value);
        bool of_files = owned != NULL && json_member(owned, pairs[i].name) != NULL;
        if (s != NULL && s->resolve != NULL && !of_files)
            json_remove(rows, pairs[i].name);
    }
    return E_OK;
}
