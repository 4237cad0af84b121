/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/signin/registration.h"

err_t registration_check(struct act *act, const struct person *who)
{
    struct sql_user_pending_n in = { .org = act->org };
    struct sql_user_pending_n_row waiting;
    TRY(username_chosen(act, who->username));
    if (who->email.n == 0)
        return diag_set_field(&act->why, E_BAD_FIELD, "email", "want an address");
    TRY(sql_user_pending_n(act->db, act->arena, &in, &waiting));
    if (waiting.n >= REGISTRATIONS_MAX)
        return FAIL(&act->why, E_OVERLOADED,
                    "too many accounts wait for validation: ask an administrator");
    return person_is_new(act, who->username, who->email);
}

err_t registration_make(struct act *act, const struct person *who, struct row_user_account *ret)
{
    struct user_in user = { .username = who->username,
                            .email = who->email,
                            .display_name = who->display_name,
                            .pending = true };
    TRY(registration_check(act, who));
    return user_create(act, &user, ret);
}

static err_t decided(struct act *act)
{
    return FAIL(&act->why, E_CONFLICT, "this account does not wait for validation");
}

err_t registration_validate(struct act *act, oid_t user, const struct names *groups,
                            struct row_user_account *ret)
{
    struct row_user_account row;
    struct sql_user_validate in = { .org = act->org, .id = user, .now = act->now };
    TRY(user_get(act, user, &row));
    TRY(sql_user_validate(act->db, &in));
    if (db_changed(act->db) != 1)
        return decided(act);
    TRY(groups_join(act, groups, ACTOR_USER, user));
    TRY(act_effect(act, (struct effect){ .kind = EFFECT_PRINCIPAL, .org = act->org, .id = user }));
    return user_get(act, user, ret);
}

err_t registration_reject(struct act *act, oid_t user, struct row_user_account *ret)
{
    struct row_user_account row;
    TRY(user_get(act, user, &row));
    if (row.status != ACCOUNT_PENDING)
        return decided(act);
    TRY(user_delete(act, user));
    *ret = row;
    return E_OK;
}
