/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of a plan as calls of the API. A step that fails ends the run; what was done stays, and
 * the next run goes on from there. */
#include "app/apply.h"
#include "app/cli_say.h"

static str_t id_of(const struct apply *p, const char *section, str_t name)
{
    const struct json *id = world_object(p->ids, file_kind_find(str_from_cz(section)), name);
    return id == NULL ? STR_NONE : json_string(id);
}

static err_t own_path(struct apply *p, const struct step *s, const char *more, str_t *ret)
{
    return str_format(p->cli->arena, ret, "%s/%.*s%s", s->kind->path,
                      STR_ARG(id_of(p, s->kind->section, s->name)), more);
}

/* What the files name, the API wants by id. */
static err_t put_ids(struct apply *p, const struct step *s, struct json *body)
{
    static const struct {
        const char *section;
        const char *member;
        const char *names;
        const char *id;
    } ids[] = {
        { "assignments", "policy", "policies", "policy_id" },
        { "assignments", "group", "groups", "target_id" },
        { "access_rules", "application", "applications", "application_id" },
        { "webhooks", "group", "groups", "group_id" },
        { "webhooks", "application", "applications", "application_id" },
    };
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        const struct json *v = json_member(body, str_from_cz(ids[i].member));
        if (v == NULL || !str_eq(str_from_cz(ids[i].section), str_from_cz(s->kind->section)))
            continue;
        bool named = json_type(v) == JSON_STRING;
        str_t id = named ? id_of(p, ids[i].names, json_string(v)) : STR_NONE;
        TRY(json_set(body, str_from_cz(ids[i].id), json_new_string(id)));
        json_remove(body, str_from_cz(ids[i].member));
    }
    return E_OK;
}

static err_t put_member(struct apply *p, const struct step *s, const struct file_member *m,
                        const struct json *v, struct json *body)
{
    struct json *sent = NULL;
    if (m->compare == COMPARE_SECRET)
        TRY(apply_resolve(p, s, m, v, &sent));
    else
        sent = json_clone(v);
    return json_set(body, str_from_cz(m->name), sent);
}

/* Which members a call takes: those of the making, those that only a change takes, what differs. */
enum part { PART_NEW, PART_LATER, PART_CHANGED };

static err_t body_of(struct apply *p, const struct step *s, enum part part, struct json **ret)
{
    CLEANUP(json_freep) struct json *body = json_new_object();
    if (body == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < s->kind->members_n; i++) {
        const struct file_member *m = &s->kind->members[i];
        const struct json *v = json_member(s->to, str_from_cz(m->name));
        bool said = v != NULL && json_type(v) != JSON_NULL;
        if (part == PART_CHANGED)
            said = step_changes(s, m);
        else
            said = said && m->later == (part == PART_LATER);
        if (said && !m->apart)
            TRY(put_member(p, s, m, v, body));
    }
    TRY(put_ids(p, s, body));
    *ret = body;
    body = NULL;
    return E_OK;
}

static err_t note_id(struct apply *p, const struct step *s, const struct json *made)
{
    struct json *ids = world_section(p->ids, s->kind);
    str_t id = say_member(made, "id");
    if (id.n == 0)
        return FAIL(&p->cli->why, E_IO, "the answer has no id: is this a Seneschal server?");
    return ids == NULL ? E_NO_MEMORY : json_set(ids, s->name, json_new_string(id));
}

static err_t change(struct apply *p, const struct step *s, enum part part);

static err_t create(struct apply *p, const struct step *s)
{
    CLEANUP(json_freep) struct json *body = NULL;
    CLEANUP(json_freep) struct json *made = NULL;
    TRY(body_of(p, s, PART_NEW, &body));
    if (s->kind->key != NULL)
        TRY(json_set(body, str_from_cz(s->kind->key), json_new_string(s->name)));
    TRY(apply_send(p, "POST", str_from_cz(s->kind->path), body, &made));
    if (made == NULL)
        return FAIL(&p->cli->why, E_IO, "the server answered nothing");
    TRY(apply_keep_secret(p, s, made));
    TRY(note_id(p, s, made));
    return change(p, s, PART_LATER);
}

static err_t change(struct apply *p, const struct step *s, enum part part)
{
    CLEANUP(json_freep) struct json *body = NULL;
    str_t path;
    TRY(body_of(p, s, part, &body));
    if (json_count(body) == 0)
        return E_OK;
    TRY(own_path(p, s, "", &path));
    return apply_send(p, "PATCH", path, body, NULL);
}

/* A new version with what changes, and with what stays; then every device may have it. */
static err_t publish(struct apply *p, const struct step *s)
{
    static const char *const parts[] = { "content", "locked", "enabled" };
    CLEANUP(json_freep) struct json *body = json_new_object();
    CLEANUP(json_freep) struct json *made = NULL;
    bool needed = false;
    str_t path;
    if (body == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        str_t name = str_from_cz(parts[i]);
        const struct json *v = json_member(s->to, name);
        needed = needed || step_changes(s, file_member_find(s->kind, name));
        if (v == NULL && s->from != NULL)
            v = json_member(s->from, name);
        if (v != NULL && json_type(v) != JSON_NULL)
            TRY(json_set(body, name, json_clone(v)));
    }
    if (!needed)
        return E_OK;
    TRY(own_path(p, s, "/versions", &path));
    TRY(apply_send(p, "POST", path, body, &made));
    TRY(str_format(p->cli->arena, &path, "%.*s/%lld/publish", STR_ARG(path),
                   (long long)(made == NULL ? 0 : say_int(made, "number"))));
    return apply_send(p, "POST", path, NULL, NULL);
}

/* A list of names that is kept by calls of its own: one for who comes, one for who goes. */
struct relation {
    const char *member;
    err_t (*add)(struct apply *p, const struct step *s, str_t name);
    err_t (*drop)(struct apply *p, const struct step *s, str_t name);
};

static err_t relate(struct apply *p, const struct step *s, const struct relation *r)
{
    str_t member = str_from_cz(r->member);
    const struct json *to = json_member(s->to, member);
    const struct json *from = s->from == NULL ? NULL : json_member(s->from, member);
    bool lists = to != NULL && json_type(to) == JSON_ARRAY;
    if (to == NULL)
        return E_OK;
    for (size_t i = 0; lists && i < json_count(to); i++) {
        str_t name = json_string(json_at(to, i));
        if (!list_has(from, name))
            TRY(r->add(p, s, name));
    }
    for (size_t i = 0; from != NULL && i < json_count(from); i++) {
        str_t name = json_string(json_at(from, i));
        if (!list_has(to, name))
            TRY(r->drop(p, s, name));
    }
    return E_OK;
}

/* One object with one member: the id of something. */
static err_t send_id(struct apply *p, str_t path, const char *member, str_t id)
{
    CLEANUP(json_freep) struct json *body = json_new_object();
    if (body == NULL)
        return E_NO_MEMORY;
    TRY(json_set(body, str_from_cz(member), json_new_string(id)));
    return apply_send(p, "POST", path, body, NULL);
}

static err_t member_path(struct apply *p, const struct step *s, str_t group, bool one, str_t *ret)
{
    str_t id = one ? id_of(p, s->kind->section, s->name) : STR("");
    return str_format(p->cli->arena, ret, "/groups/%.*s/members%s%.*s",
                      STR_ARG(id_of(p, "groups", group)), one ? "/" : "", STR_ARG(id));
}

static err_t join_group(struct apply *p, const struct step *s, str_t group)
{
    str_t path;
    TRY(member_path(p, s, group, false, &path));
    return send_id(p, path, "service_account_id", id_of(p, s->kind->section, s->name));
}

static err_t leave_group(struct apply *p, const struct step *s, str_t group)
{
    str_t path;
    TRY(member_path(p, s, group, true, &path));
    return apply_send(p, "DELETE", path, NULL, NULL);
}

static err_t bind_group(struct apply *p, const struct step *s, str_t group)
{
    str_t path;
    TRY(own_path(p, s, "/bindings", &path));
    return send_id(p, path, "group_id", id_of(p, "groups", group));
}

static err_t bind_service(struct apply *p, const struct step *s, str_t service)
{
    str_t path;
    TRY(own_path(p, s, "/bindings", &path));
    return send_id(p, path, "service_account_id", id_of(p, "service_accounts", service));
}

static err_t unbind(struct apply *p, const struct step *s, str_t target)
{
    CLEANUP(json_freep) struct json *page = NULL;
    str_t path;
    TRY(own_path(p, s, "/bindings?limit=500", &path));
    TRY(apply_get(p, path, &page));
    for (size_t i = 0; i < say_count(page, "items"); i++) {
        const struct json *b = say_at(page, "items", i);
        if (!str_eq(say_member(b, "target_id"), target))
            continue;
        TRY(own_path(p, s, "/bindings/", &path));
        TRY(str_format(p->cli->arena, &path, "%.*s%.*s", STR_ARG(path),
                       STR_ARG(say_member(b, "id"))));
        return apply_send(p, "DELETE", path, NULL, NULL);
    }
    return E_OK; /* it went meanwhile */
}

static err_t unbind_group(struct apply *p, const struct step *s, str_t group)
{
    return unbind(p, s, id_of(p, "groups", group));
}

static err_t unbind_service(struct apply *p, const struct step *s, str_t service)
{
    return unbind(p, s, id_of(p, "service_accounts", service));
}

static const struct {
    const char *section;
    struct relation relation;
} relations[] = {
    { "service_accounts", { "groups", join_group, leave_group } },
    { "applications", { "groups", bind_group, unbind_group } },
    { "applications", { "service_accounts", bind_service, unbind_service } },
};

static err_t run_step(struct apply *p, const struct step *s)
{
    str_t section = str_from_cz(s->kind->section);
    str_t path;
    if (s->verb == STEP_DELETE) {
        TRY(own_path(p, s, "", &path));
        return apply_send(p, "DELETE", path, NULL, NULL);
    }
    if (str_eq(section, STR("permissions")))
        return apply_permission_put(p, s);
    TRY(s->verb == STEP_CREATE ? create(p, s) : change(p, s, PART_CHANGED));
    if (str_eq(section, STR("policies")))
        TRY(publish(p, s));
    for (size_t i = 0; i < ARRAY_LEN(relations); i++) {
        if (str_eq(section, str_from_cz(relations[i].section)))
            TRY(relate(p, s, &relations[i].relation));
    }
    return E_OK;
}

err_t apply_run(struct apply *p)
{
    for (size_t i = 0; i < p->plan.n; i++) {
        const struct step *s = &p->plan.steps[i];
        err_t e = run_step(p, s);
        if (e == E_OK)
            continue;
        (void)fprintf(stderr, "stopped at %s %.*s: %zu of %zu steps are done\n", s->kind->noun,
                      STR_ARG(s->name), i, p->plan.n);
        return e;
    }
    return E_OK;
}
