/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/identity/service.h"

#include "domain/identity/actor_load.h"
#include "domain/identity/group.h"
#include "domain/identity/sign_out.h"
#include "sql/machine.h"

static err_t taken(struct act *act, err_t e)
{
    return e == E_CONFLICT
               ? FAIL(&act->why, E_CONFLICT, "a service account of this name is there already")
               : e;
}

err_t service_create(struct act *act, const struct service_in *in, struct row_service_account *ret)
{
    struct sql_service_add row = { .id = oid_make(),
                                   .org = act->org,
                                   .name = in->name,
                                   .status = ACCOUNT_ACTIVE,
                                   .now = act->now };
    TRY(roles_parse(act, &in->roles, &row.roles));
    TRY(roles_may_give(act, 0, row.roles));
    TRY(name_key(act->arena, in->name, &row.name_key));
    TRY(taken(act, sql_service_add(act->db, &row)));
    TRY(groups_join(act, &in->groups, ACTOR_SERVICE, row.id));
    return service_get(act, row.id, ret);
}

err_t service_get(struct act *act, oid_t id, struct row_service_account *ret)
{
    struct sql_service_get in = { .org = act->org, .id = id };
    err_t e = sql_service_get(act->db, act->arena, &in, ret);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "there is no such service account") : e;
}

err_t service_get_to_change(struct act *act, oid_t id, struct row_service_account *ret)
{
    struct row_service_account row;
    TRY(service_get(act, id, &row));
    TRY(account_may_change(act, ACTOR_SERVICE, id, row.roles));
    *ret = row;
    return E_OK;
}

err_t service_change(struct act *act, oid_t id, const struct service_in *in,
                     struct row_service_account *ret)
{
    struct row_service_account old;
    TRY(name_wanted(act, "name", in->name));
    TRY(service_get_to_change(act, id, &old));
    struct sql_service_put row = { .org = act->org,
                                   .id = id,
                                   .name = in->name.p != NULL ? in->name : old.name,
                                   .status = old.status,
                                   .roles = old.roles,
                                   .now = act->now };
    TRY(account_status_change(act, id, in->status, &row.status));
    if (in->roles.set)
        TRY(roles_parse(act, &in->roles, &row.roles));
    TRY(roles_may_give(act, old.roles, row.roles));
    TRY(name_key(act->arena, row.name, &row.name_key));
    TRY(taken(act, sql_service_put(act->db, &row)));
    if (row.status != ACCOUNT_ACTIVE)
        TRY(principal_sign_out(act, id, (oid_t){ 0 }, STR("disabled")));
    TRY(act_effect(act, (struct effect){ .kind = EFFECT_PRINCIPAL, .org = act->org, .id = id }));
    return service_get(act, id, ret);
}

err_t service_delete(struct act *act, oid_t id)
{
    struct row_service_account row;
    TRY(service_get_to_change(act, id, &row));
    if (oid_eq(id, act->actor.id))
        return FAIL(&act->why, E_CONFLICT, "nobody deletes his own account");
    TRY(principal_forget(act, id));
    TRY(sql_service_key_drop_all(
        act->db, &(struct sql_service_key_drop_all){ .org = act->org, .service_id = id }));
    struct sql_service_drop drop = { .org = act->org, .id = id };
    return sql_service_drop(act->db, &drop);
}

err_t service_page(struct act *act, str_t search, oid_t after, int64_t n,
                   struct row_service_account **ret, size_t *ret_n)
{
    struct sql_service_list in = { .org = act->org, .after = after, .n = n };
    TRY(name_range(act->arena, search, &in.low, &in.high));
    return sql_service_list(act->db, act->arena, &in, ret, ret_n);
}

err_t service_count(struct act *act, str_t search, int64_t *ret)
{
    struct sql_service_count in = { .org = act->org, .limit = NAMES_COUNT_MAX };
    struct sql_service_count_row row;
    TRY(name_range(act->arena, search, &in.low, &in.high));
    TRY(sql_service_count(act->db, act->arena, &in, &row));
    *ret = row.n;
    return E_OK;
}

static err_t token_get(struct act *act, oid_t service, oid_t token, struct row_token *ret)
{
    struct sql_token_get in = { .org = act->org, .principal = service, .id = token };
    err_t e = sql_token_get(act->db, act->arena, &in, ret);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "there is no such token") : e;
}

err_t service_token_create(struct act *act, oid_t service, str_t name, ts_t expires_at,
                           struct row_token *ret, struct token_text *ret_text)
{
    struct row_service_account row;
    TRY(service_get_to_change(act, service, &row));
    if (ts_is_set(expires_at) && expires_at.us <= act->now.us)
        return diag_set_field(&act->why, E_BAD_FIELD, "expires_at", "want a time to come");
    struct token_text text;
    token_make(STR("sen_s_"), &text);
    digest_t hash = sha256_of(str_of(text.p, text.n));
    struct sql_token_add in = { .hash = str_of(hash.b, sizeof hash.b),
                                .id = oid_make(),
                                .org = act->org,
                                .principal_kind = ACTOR_SERVICE,
                                .principal = service,
                                .state = TOKEN_CURRENT,
                                .name = name,
                                .now = act->now,
                                .expires_at = expires_at };
    TRY(sql_token_add(act->db, &in));
    TRY(token_get(act, service, in.id, ret));
    *ret_text = text;
    explicit_bzero(&text, sizeof text);
    return E_OK;
}

err_t service_token_page(struct act *act, oid_t service, oid_t after, int64_t n,
                         struct row_token **ret, size_t *ret_n)
{
    struct row_service_account row;
    TRY(service_get(act, service, &row));
    struct sql_token_list in = { .org = act->org, .principal = service, .after = after, .n = n };
    return sql_token_list(act->db, act->arena, &in, ret, ret_n);
}

err_t service_token_delete(struct act *act, oid_t service, oid_t token, struct row_token *ret)
{
    struct row_service_account row;
    struct row_token old;
    TRY(service_get_to_change(act, service, &row));
    TRY(token_get(act, service, token, &old));
    struct sql_token_drop drop = { .org = act->org, .principal = service, .id = token };
    TRY(sql_token_drop(act->db, &drop));
    TRY(act_effect(act,
                   (struct effect){ .kind = EFFECT_PRINCIPAL, .org = act->org, .id = service }));
    *ret = old;
    return E_OK;
}
