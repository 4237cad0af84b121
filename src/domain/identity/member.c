/* SPDX-License-Identifier: Apache-2.0 */
/* Who is in which group, and what that changes for him. */
#include "domain/identity/group.h"

#include "domain/identity/sign_out.h"
#include "domain/live/history.h"
#include "sql/access.h"
#include "sql/gateway.h"
#include "sql/hooks.h"
#include "sql/upstream.h"

/* Rights of a user or service account; the configuration of a device, or of the devices of a user.
 */
static err_t member_moved(struct act *act, struct member m)
{
    if (m.kind == ACTOR_DEVICE) {
        TRY(act_effect(act, (struct effect){ .kind = EFFECT_DEVICE, .org = act->org, .id = m.id }));
        return act_scope_changed(act, SCOPE_DEVICE, act->org, m.id);
    }
    TRY(act_effect(act, (struct effect){ .kind = EFFECT_PRINCIPAL, .org = act->org, .id = m.id }));
    return m.kind == ACTOR_USER ? act_scope_changed(act, SCOPE_USER, act->org, m.id) : E_OK;
}

/* The group was read in this organisation, the member too. */
static err_t member_put(struct act *act, const struct row_principal_group *group, struct member m,
                        bool *ret_new)
{
    TRY(roles_may_give(act, 0, group->roles));
    struct sql_member_add in = { .group_id = group->id, .kind = m.kind, .member_id = m.id };
    struct sql_member_get seen = { .group_id = group->id, .member_id = m.id };
    struct sql_member_get_row old;
    err_t e = sql_member_get(act->db, act->arena, &seen, &old);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    if (e == E_NOT_FOUND) {
        TRY(sql_member_add(act->db, &in));
        TRY(history_member(act, group->id, m.kind, m.id));
        TRY(member_moved(act, m));
    }
    *ret_new = e == E_NOT_FOUND;
    return E_OK;
}

err_t group_member_add(struct act *act, oid_t group, const struct member_in *in, struct member *ret,
                       bool *ret_new)
{
    struct row_principal_group row;
    struct member m;
    TRY(group_get(act, group, &row));
    TRY(member_resolve(act, in, &m));
    TRY(member_put(act, &row, m, ret_new));
    *ret = m;
    return E_OK;
}

err_t group_member_kind(struct act *act, oid_t group, oid_t member, struct member *ret)
{
    struct row_principal_group row;
    TRY(group_get(act, group, &row));
    struct sql_member_get seen = { .group_id = group, .member_id = member };
    struct sql_member_get_row old;
    err_t e = sql_member_get(act->db, act->arena, &seen, &old);
    if (e == E_NOT_FOUND)
        return FAIL(&act->why, e, "there is no such member");
    TRY(e);
    *ret = (struct member){ (enum actor_kind)old.kind, member };
    return E_OK;
}

err_t group_member_drop(struct act *act, oid_t group, oid_t member, struct member *ret)
{
    struct member m;
    TRY(group_member_kind(act, group, member, &m));
    struct sql_member_drop drop = { .group_id = group, .kind = m.kind, .member_id = member };
    TRY(sql_member_drop(act->db, &drop));
    TRY(history_member_left(act, group, member));
    TRY(member_moved(act, m));
    *ret = m;
    return E_OK;
}

err_t group_member_page(struct act *act, oid_t group, oid_t after, int64_t n,
                        struct row_group_member **ret, size_t *ret_n)
{
    struct row_principal_group row;
    TRY(group_get(act, group, &row));
    struct sql_member_list in = { .org = act->org, .id = group, .after = after, .n = n };
    return sql_member_list(act->db, act->arena, &in, ret, ret_n);
}

err_t group_find(struct act *act, str_t name, struct row_principal_group *ret)
{
    oid_t id;
    err_t e = E_NOT_FOUND;
    if (oid_parse(name, &id) == E_OK)
        e = group_get(act, id, ret);
    if (e == E_NOT_FOUND) {
        struct sql_group_by_name by = { .org = act->org };
        TRY(name_key(act->arena, name, &by.name_key));
        e = sql_group_by_name(act->db, act->arena, &by, ret);
    }
    if (e == E_NOT_FOUND) {
        diag_clear(&act->why);
        return diag_set_field(&act->why, E_BAD_FIELD, "groups",
                              "want ids or names of groups that are there");
    }
    return e;
}

err_t groups_join(struct act *act, const struct names *groups, enum actor_kind kind, oid_t id)
{
    for (size_t i = 0; i < groups->n; i++) {
        struct row_principal_group row;
        bool added;
        TRY(group_find(act, groups->v[i], &row));
        TRY(member_put(act, &row, (struct member){ kind, id }, &added));
    }
    return E_OK;
}

err_t groups_of(struct act *act, enum actor_kind kind, oid_t id, const str_t **ret, size_t *ret_n)
{
    struct sql_member_groups in = { .org = act->org, .kind = kind, .member_id = id };
    struct sql_member_groups_row *rows = NULL;
    size_t n = 0;
    TRY(sql_member_groups(act->db, act->arena, &in, &rows, &n));
    str_t *names = ARENA_ARRAY(act->arena, str_t, n + 1);
    if (names == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        names[i] = rows[i].name;
    *ret = names;
    *ret_n = n;
    return E_OK;
}

/* What he may call, what he shows servers, and the servers that are his alone. */
static err_t gateway_forget(struct act *act, oid_t id)
{
    struct db *db = act->db;
    struct sql_permission_drop_subject his = { .org = act->org, .subject = id };
    TRY(sql_permission_drop_subject(db, &his));
    TRY(sql_permission_drop_owned(db, &(struct sql_permission_drop_owned){ act->org, id }));
    TRY(sql_credential_drop_owned(db, &(struct sql_credential_drop_owned){ act->org, id }));
    TRY(sql_approval_drop_owned(db, &(struct sql_approval_drop_owned){ act->org, id }));
    TRY(sql_tool_request_drop_user(db, &(struct sql_tool_request_drop_user){ id }));
    TRY(sql_tool_drop_owned(db, &(struct sql_tool_drop_owned){ act->org, id }));
    TRY(sql_server_drop_owned(db, &(struct sql_server_drop_owned){ act->org, id }));
    return act_effect(act, (struct effect){ .kind = EFFECT_GATEWAY, .org = act->org });
}

err_t principal_forget(struct act *act, oid_t id)
{
    struct sql_member_drop_all members = { .member_id = id };
    TRY(sql_member_drop_all(act->db, &members));
    TRY(history_member_gone(act, id));
    struct sql_binding_drop_target bindings = { .org = act->org, .target_id = id };
    TRY(sql_binding_drop_target(act->db, &bindings));
    TRY(gateway_forget(act, id));
    TRY(sql_link_forget(act->db, &(struct sql_link_forget){ .user_id = id }));
    TRY(sql_notice_forget(act->db, &(struct sql_notice_forget){ .user_id = id }));
    TRY(principal_sign_out_forget(act, id));
    struct sql_token_drop_all tokens = { .org = act->org, .principal = id };
    TRY(sql_token_drop_all(act->db, &tokens));
    return act_effect(act, (struct effect){ .kind = EFFECT_PRINCIPAL, .org = act->org, .id = id });
}

static err_t none_such(struct act *act, const char *field, err_t e)
{
    return e == E_NOT_FOUND
               ? diag_set_field(&act->why, E_BAD_FIELD, field, "want one that is there")
               : e;
}

err_t member_resolve(struct act *act, const struct member_in *in, struct member *ret)
{
    int given = oid_is_set(in->user_id) + (in->username.p != NULL) +
                oid_is_set(in->service_account_id) + oid_is_set(in->device_id);
    if (given != 1)
        return FAIL(&act->why, E_BAD_FIELD,
                    "want exactly one of user_id, username, service_account_id, device_id");
    if (in->username.p != NULL) {
        struct sql_user_by_name by = { .org = act->org };
        struct sql_user_by_name_row row;
        TRY(name_key(act->arena, in->username, &by.username_key));
        TRY(none_such(act, "username", sql_user_by_name(act->db, act->arena, &by, &row)));
        *ret = (struct member){ ACTOR_USER, row.id };
    } else if (oid_is_set(in->user_id)) {
        struct sql_user_get get = { .org = act->org, .id = in->user_id };
        struct row_user_account row;
        TRY(none_such(act, "user_id", sql_user_get(act->db, act->arena, &get, &row)));
        *ret = (struct member){ ACTOR_USER, row.id };
    } else if (oid_is_set(in->service_account_id)) {
        struct sql_service_get get = { .org = act->org, .id = in->service_account_id };
        struct row_service_account row;
        TRY(none_such(act, "service_account_id", sql_service_get(act->db, act->arena, &get, &row)));
        *ret = (struct member){ ACTOR_SERVICE, row.id };
    } else {
        struct sql_member_device get = { .org = act->org, .id = in->device_id };
        struct sql_member_device_row row;
        TRY(none_such(act, "device_id", sql_member_device(act->db, act->arena, &get, &row)));
        *ret = (struct member){ ACTOR_DEVICE, in->device_id };
    }
    return E_OK;
}
