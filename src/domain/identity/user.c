/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/identity/user.h"

#include "domain/identity/group.h"
#include "domain/identity/sign_out.h"
#include "sql/people.h"
#include "sql/session.h"

static err_t taken(struct act *act, err_t e)
{
    return e == E_CONFLICT ? FAIL(&act->why, E_CONFLICT, "the username or the email is taken") : e;
}

err_t user_create(struct act *act, const struct user_in *in, struct row_user_account *ret)
{
    struct sql_user_add row = { .id = oid_make(),
                                .org = act->org,
                                .username = in->username,
                                .email = in->email,
                                .display_name =
                                    in->display_name.n > 0 ? in->display_name : STR_NONE,
                                .status = in->pending ? ACCOUNT_PENDING : ACCOUNT_ACTIVE,
                                .now = act->now };
    TRY(roles_parse(act, &in->roles, &row.roles));
    TRY(roles_may_give(act, 0, row.roles));
    TRY(name_key(act->arena, in->username, &row.username_key));
    TRY(name_key(act->arena, in->email, &row.email_key));
    TRY(taken(act, sql_user_add(act->db, &row)));
    TRY(groups_join(act, &in->groups, ACTOR_USER, row.id));
    return user_get(act, row.id, ret);
}

err_t user_get(struct act *act, oid_t id, struct row_user_account *ret)
{
    struct sql_user_get in = { .org = act->org, .id = id };
    err_t e = sql_user_get(act->db, act->arena, &in, ret);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "there is no such user") : e;
}

err_t user_get_to_change(struct act *act, oid_t id, struct row_user_account *ret)
{
    struct row_user_account row;
    TRY(user_get(act, id, &row));
    TRY(account_may_change(act, ACTOR_USER, id, row.roles));
    *ret = row;
    return E_OK;
}

/* What others may have in hand by which he could be somebody else: sessions, links to recover. */
static err_t begin_anew(struct act *act, oid_t id)
{
    TRY(sql_signin_link_drop_all(act->db, &(struct sql_signin_link_drop_all){ id }));
    return principal_sign_out(act, id, (oid_t){ 0 }, STR("new-role"));
}

err_t user_change(struct act *act, oid_t id, const struct user_in *in, struct row_user_account *ret)
{
    struct row_user_account old;
    TRY(name_wanted(act, "username", in->username));
    TRY(name_wanted(act, "email", in->email));
    TRY(user_get_to_change(act, id, &old));
    struct sql_user_put row = { .org = act->org,
                                .id = id,
                                .username = in->username.p != NULL ? in->username : old.username,
                                .email = in->email.p != NULL ? in->email : old.email,
                                .display_name = in->display_name.p != NULL ? in->display_name
                                                                           : old.display_name,
                                .status = old.status,
                                .roles = old.roles,
                                .now = act->now };
    if (row.display_name.n == 0)
        row.display_name = STR_NONE;
    TRY(account_status_change(act, id, in->status, &row.status));
    if (in->roles.set)
        TRY(roles_parse(act, &in->roles, &row.roles));
    TRY(roles_may_give(act, old.roles, row.roles));
    TRY(name_key(act->arena, row.username, &row.username_key));
    TRY(name_key(act->arena, row.email, &row.email_key));
    TRY(taken(act, sql_user_put(act->db, &row)));
    if (row.status != ACCOUNT_ACTIVE)
        TRY(principal_sign_out(act, id, (oid_t){ 0 }, STR("disabled")));
    else if (((row.roles & ~old.roles) >> ROLE_SYSTEM_ADMINISTRATOR & 1) != 0)
        TRY(begin_anew(act, id));
    TRY(act_effect(act, (struct effect){ .kind = EFFECT_PRINCIPAL, .org = act->org, .id = id }));
    return user_get(act, id, ret);
}

err_t user_delete(struct act *act, oid_t id)
{
    struct row_user_account row;
    TRY(user_get_to_change(act, id, &row));
    if (oid_eq(id, act->actor.id))
        return FAIL(&act->why, E_CONFLICT, "nobody deletes his own account");
    struct sql_user_use which = { .org = act->org, .id = id };
    struct sql_user_use_row use;
    TRY(sql_user_use(act->db, act->arena, &which, &use));
    if (use.devices_n > 0 || use.assignments_n > 0 || use.secrets_n > 0)
        return FAIL(
            &act->why, E_CONFLICT, "%lld devices, %lld assignments and %lld secrets name this user",
            (long long)use.devices_n, (long long)use.assignments_n, (long long)use.secrets_n);
    TRY(principal_forget(act, id));
    TRY(sql_access_request_forget_user(act->db,
                                       &(struct sql_access_request_forget_user){ .user_id = id }));
    struct sql_user_drop drop = { .org = act->org, .id = id };
    return sql_user_drop(act->db, &drop);
}

static err_t page_search(struct act *act, const struct user_filter *f, oid_t after, int64_t n,
                         struct row_user_account **ret, size_t *ret_n)
{
    struct sql_user_search in = { .org = act->org, .after = after, .n = n };
    TRY(name_range(act->arena, f->search, &in.low, &in.high));
    return sql_user_search(act->db, act->arena, &in, ret, ret_n);
}

static err_t page_exact(struct act *act, const struct user_filter *f, oid_t after, int64_t n,
                        struct row_user_account **ret, size_t *ret_n)
{
    struct sql_user_exact in = { .org = act->org, .after = after, .n = n };
    if (f->username.p != NULL)
        TRY(name_key(act->arena, f->username, &in.username_key));
    if (f->email.p != NULL)
        TRY(name_key(act->arena, f->email, &in.email_key));
    return sql_user_exact(act->db, act->arena, &in, ret, ret_n);
}

err_t user_page(struct act *act, const struct user_filter *f, oid_t after, int64_t n,
                struct row_user_account **ret, size_t *ret_n)
{
    if (f->search.p != NULL && (f->username.p != NULL || f->email.p != NULL))
        return diag_set_field(&act->why, E_BAD_FIELD, "search",
                              "want search, or username and email, not both");
    if (f->username.p != NULL || f->email.p != NULL)
        return page_exact(act, f, after, n, ret, ret_n);
    if (f->search.n > 0)
        return page_search(act, f, after, n, ret, ret_n);
    struct sql_user_list in = { .org = act->org, .after = after, .n = n };
    return sql_user_list(act->db, act->arena, &in, ret, ret_n);
}

static err_t count_search(struct act *act, const struct user_filter *f, int64_t *ret)
{
    struct sql_user_search_count in = { .org = act->org, .limit = NAMES_COUNT_MAX };
    struct sql_user_search_count_row row;
    TRY(name_range(act->arena, f->search, &in.low, &in.high));
    TRY(sql_user_search_count(act->db, act->arena, &in, &row));
    *ret = row.n;
    return E_OK;
}

err_t user_count(struct act *act, const struct user_filter *f, int64_t *ret)
{
    struct sql_user_count in = { .org = act->org, .limit = NAMES_COUNT_MAX };
    struct sql_user_count_row row;
    if (f->search.n > 0)
        return count_search(act, f, ret);
    if (f->username.p != NULL)
        TRY(name_key(act->arena, f->username, &in.username_key));
    if (f->email.p != NULL)
        TRY(name_key(act->arena, f->email, &in.email_key));
    TRY(sql_user_count(act->db, act->arena, &in, &row));
    *ret = row.n;
    return E_OK;
}
