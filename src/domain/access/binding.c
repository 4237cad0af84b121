/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/access/binding.h"

#include "domain/identity/group.h"

const char *binding_kind_name(int64_t kind)
{
    static const char *const names[] = {
        [BINDING_GROUP] = "group",
        [BINDING_USER] = "user",
        [BINDING_SERVICE] = "service_account",
    };
    return kind >= BINDING_GROUP && kind <= BINDING_SERVICE ? names[kind] : "none";
}

struct target {
    enum binding_kind kind;
    oid_t id;
};

static err_t target_of(struct act *act, const struct binding_in *in, struct target *ret) MUST_USE;

static err_t is_not_built_in(struct act *act, const struct row_application *app)
{
    if (app->origin == APP_BUILT_IN)
        return FAIL(&act->why, E_CONFLICT, "this client is part of the server: it is everybody's");
    return E_OK;
}

err_t binding_target(struct act *act, const struct row_application *app,
                     const struct binding_in *in, enum binding_kind *ret_kind, oid_t *ret_id)
{
    struct target t = { 0 };
    TRY(is_not_built_in(act, app));
    TRY(target_of(act, in, &t));
    *ret_kind = t.kind;
    *ret_id = t.id;
    return E_OK;
}

static err_t none_such(struct act *act, const char *field, err_t e)
{
    if (e != E_NOT_FOUND)
        return e;
    diag_clear(&act->why);
    return diag_set_field(&act->why, E_BAD_FIELD, field, "want one that is there");
}

static err_t target_group(struct act *act, const struct binding_in *in, struct target *ret)
{
    struct row_principal_group row;
    if (in->group.p != NULL) {
        struct sql_group_by_name by = { .org = act->org };
        TRY(name_key(act->arena, in->group, &by.name_key));
        TRY(none_such(act, "group", sql_group_by_name(act->db, act->arena, &by, &row)));
    } else {
        TRY(none_such(act, "group_id", group_get(act, in->group_id, &row)));
    }
    *ret = (struct target){ BINDING_GROUP, row.id };
    return E_OK;
}

static err_t target_user(struct act *act, const struct binding_in *in, struct target *ret)
{
    if (in->username.p != NULL) {
        struct sql_user_by_name by = { .org = act->org };
        struct sql_user_by_name_row row;
        TRY(name_key(act->arena, in->username, &by.username_key));
        TRY(none_such(act, "username", sql_user_by_name(act->db, act->arena, &by, &row)));
        *ret = (struct target){ BINDING_USER, row.id };
        return E_OK;
    }
    struct sql_user_get get = { .org = act->org, .id = in->user_id };
    struct row_user_account row;
    TRY(none_such(act, "user_id", sql_user_get(act->db, act->arena, &get, &row)));
    *ret = (struct target){ BINDING_USER, row.id };
    return E_OK;
}

static err_t target_of(struct act *act, const struct binding_in *in, struct target *ret)
{
    int given = oid_is_set(in->group_id) + (in->group.p != NULL) + oid_is_set(in->user_id) +
                (in->username.p != NULL) + oid_is_set(in->service_account_id);
    if (given != 1)
        return FAIL(&act->why, E_BAD_FIELD,
                    "want exactly one of group_id, group, user_id, username, service_account_id");
    if (oid_is_set(in->group_id) || in->group.p != NULL)
        return target_group(act, in, ret);
    if (oid_is_set(in->user_id) || in->username.p != NULL)
        return target_user(act, in, ret);
    struct sql_service_get get = { .org = act->org, .id = in->service_account_id };
    struct row_service_account row;
    TRY(none_such(act, "service_account_id", sql_service_get(act->db, act->arena, &get, &row)));
    *ret = (struct target){ BINDING_SERVICE, row.id };
    return E_OK;
}

err_t binding_get(struct act *act, oid_t application, oid_t id, struct row_binding *ret)
{
    struct sql_binding_get in = { .org = act->org, .application_id = application, .id = id };
    err_t e = sql_binding_get(act->db, act->arena, &in, ret);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "there is no such binding") : e;
}

static err_t target_put(struct act *act, oid_t application, struct target t, oid_t *ret_id,
                        bool *ret_new)
{
    struct sql_binding_find find = { .application_id = application,
                                     .kind = t.kind,
                                     .target_id = t.id };
    struct sql_binding_find_row old;
    err_t e = sql_binding_find(act->db, act->arena, &find, &old);
    if (e != E_NOT_FOUND) {
        TRY(e);
        *ret_id = old.id;
        *ret_new = false;
        return E_OK;
    }
    struct sql_binding_add add = { .id = oid_make(),
                                   .org = act->org,
                                   .application_id = application,
                                   .kind = t.kind,
                                   .target_id = t.id,
                                   .now = act->now };
    struct sql_application_bound first = { .id = application, .now = act->now };
    TRY(sql_binding_add(act->db, &add));
    TRY(sql_application_bound(act->db, &first));
    /* The first binding of a client that came by itself shuts everybody else out. */
    TRY(grants_end_orphans(act, application));
    *ret_id = add.id;
    *ret_new = true;
    return E_OK;
}

err_t binding_add(struct act *act, const struct row_application *app, const struct binding_in *in,
                  struct row_binding *ret, bool *ret_new)
{
    struct target t = { 0 };
    oid_t id;
    bool is_new = false;
    TRY(binding_target(act, app, in, &t.kind, &t.id));
    TRY(target_put(act, app->id, t, &id, &is_new));
    TRY(binding_get(act, app->id, id, ret));
    *ret_new = is_new;
    return E_OK;
}

err_t binding_add_groups(struct act *act, const struct row_application *app,
                         const struct names *groups)
{
    for (size_t i = 0; i < groups->n; i++) {
        struct binding_in in = { 0 };
        struct target t = { 0 };
        oid_t id;
        bool is_new = false;
        if (oid_parse(groups->v[i], &in.group_id) != E_OK)
            in.group = groups->v[i];
        err_t e = target_group(act, &in, &t);
        if (e == E_BAD_FIELD) {
            diag_clear(&act->why);
            return diag_set_field(&act->why, E_BAD_FIELD, "groups",
                                  "want ids or names of groups that are there");
        }
        TRY(e);
        TRY(target_put(act, app->id, t, &id, &is_new));
    }
    return E_OK;
}

err_t binding_drop(struct act *act, oid_t application, oid_t id, struct row_binding *ret)
{
    struct row_binding row;
    TRY(binding_get(act, application, id, &row));
    struct sql_binding_drop drop = { .org = act->org, .application_id = application, .id = id };
    TRY(sql_binding_drop(act->db, &drop));
    TRY(grants_end_orphans(act, application));
    *ret = row;
    return E_OK;
}

err_t binding_page(struct act *act, oid_t application, oid_t after, int64_t n,
                   struct row_binding **ret, size_t *ret_n)
{
    struct sql_binding_list in = {
        .org = act->org, .application_id = application, .after = after, .n = n
    };
    return sql_binding_list(act->db, act->arena, &in, ret, ret_n);
}

err_t grants_end_orphans(struct act *act, oid_t application)
{
    struct sql_access_orphans in = { .org = act->org, .application_id = application };
    struct sql_access_orphans_row *rows = NULL;
    size_t n = 0;
    TRY(sql_access_orphans(act->db, act->arena, &in, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        struct sql_access_orphan_end end = { .id = rows[i].id, .now = act->now };
        TRY(sql_access_orphan_end(act->db, &end));
        TRY(act_effect(act, (struct effect){ .kind = EFFECT_PRINCIPAL,
                                             .org = rows[i].org,
                                             .id = rows[i].principal }));
    }
    return E_OK;
}
