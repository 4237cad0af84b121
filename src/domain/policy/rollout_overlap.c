/* SPDX-License-Identifier: Apache-2.0 */
/* One rollout at a time for a policy, and for a device: of two at once nobody could say which one
 * broke it. */
#include "domain/policy/rollout.h"

static err_t find_own(struct act *act, oid_t policy, struct row_rollout_arm *ret)
{
    return sql_rollout_arm_of(act->db, act->arena,
                              &(struct sql_rollout_arm_of){ .policy_id = policy }, ret);
}

static err_t in_the_way(struct act *act, oid_t rollout, const char *what)
{
    char id[OID_TEXT];
    oid_format(rollout, id);
    if (diag_is_taken(&act->why))
        return E_CONFLICT;
    (void)FAIL(&act->why, E_CONFLICT, "%s: abort rollout %.*s first, or wait for its end", what,
               OID_TEXT, id);
    diag_say(&act->why, "%s: abort rollout %.*s first, or wait for its end",
             message_in(act->why.messages, what), OID_TEXT, id);
    return E_CONFLICT;
}

err_t rollout_policy_is_free(struct act *act, oid_t policy)
{
    struct row_rollout_arm own;
    err_t e = find_own(act, policy, &own);
    if (e == E_NOT_FOUND)
        return E_OK;
    TRY(e);
    return in_the_way(act, own.id, N_("a rollout of this policy is under way"));
}

static err_t widest_scope(struct act *act, oid_t policy, opt_i64_t *ret)
{
    struct sql_rollout_reach_row row;
    TRY(sql_rollout_reach(act->db, act->arena, &(struct sql_rollout_reach){ .policy_id = policy },
                          &row));
    *ret = row.scope;
    return E_OK;
}

/* Everybody's and the organisation's policies share a device with whatever reaches one at all. */
static err_t share_one(struct act *act, oid_t one, oid_t two, bool *ret)
{
    opt_i64_t a;
    opt_i64_t b;
    TRY(widest_scope(act, one, &a));
    TRY(widest_scope(act, two, &b));
    if (!a.set || !b.set) {
        *ret = false;
        return E_OK;
    }
    if (a.v <= SCOPE_ORG || b.v <= SCOPE_ORG) {
        *ret = true;
        return E_OK;
    }
    err_t e = sql_rollout_shared(act->db, act->arena,
                                 &(struct sql_rollout_shared){ .one = one, .two = two },
                                 &(struct sql_rollout_shared_row){ 0 });
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    *ret = e == E_OK;
    return E_OK;
}

static err_t others(struct act *act, oid_t policy, struct sql_rollout_other_row **ret,
                    size_t *ret_n)
{
    opt_i64_t widest;
    TRY(widest_scope(act, policy, &widest));
    bool global = widest.set && widest.v == SCOPE_GLOBAL;
    return sql_rollout_other(
        act->db, act->arena,
        &(struct sql_rollout_other){ .org = act->org, .policy_id = policy, .everywhere = global },
        ret, ret_n);
}

err_t rollout_shares_nobody(struct act *act, oid_t policy)
{
    struct sql_rollout_other_row *rows = NULL;
    size_t n = 0;
    bool shared = false;
    TRY(others(act, policy, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        TRY(share_one(act, policy, rows[i].policy_id, &shared));
        if (shared)
            return in_the_way(act, rows[i].id,
                              N_("a rollout of another policy reaches the same devices"));
    }
    return E_OK;
}

err_t rollout_may_reach(struct act *act, oid_t policy)
{
    struct row_rollout_arm own;
    err_t e = find_own(act, policy, &own);
    if (e == E_NOT_FOUND)
        return E_OK;
    TRY(e);
    return rollout_shares_nobody(act, policy);
}
