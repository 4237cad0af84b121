/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/assignment.h"

#include "domain/live/history.h"
#include "domain/policy/policy.h"
#include "domain/policy/rollout.h"

static const char *const scope_names[] = {
    [SCOPE_GLOBAL] = "global", [SCOPE_ORG] = "org",       [SCOPE_GROUP] = "group",
    [SCOPE_USER] = "user",     [SCOPE_DEVICE] = "device",
};

static err_t check_number(struct act *act, oid_t policy, opt_i64_t number) MUST_USE;
static err_t check_room(struct act *act, const struct assignment_in *in, oid_t own) MUST_USE;

const char *scope_name(enum scope_kind k)
{
    size_t i = (size_t)k;
    return i < ARRAY_LEN(scope_names) && scope_names[i] != NULL ? scope_names[i] : "none";
}

err_t scope_parse(str_t name, enum scope_kind *ret)
{
    for (size_t i = SCOPE_GLOBAL; i < ARRAY_LEN(scope_names); i++) {
        if (str_eq(name, str_from_cz(scope_names[i]))) {
            *ret = (enum scope_kind)i;
            return E_OK;
        }
    }
    return E_BAD_FIELD;
}

err_t assignment_may_touch(struct act *act, enum scope_kind scope)
{
    if (scope == SCOPE_GLOBAL && !perms_have(act->actor.perms, PERM_SYSTEM_ADMIN))
        return FAIL(&act->why, E_FORBIDDEN, "what is assigned globally wants system:admin");
    return E_OK;
}

err_t assignment_check(struct act *act, struct assignment_in *at, oid_t own)
{
    struct row_policy_info policy;
    err_t e = policy_get(act, at->policy_id, &policy);
    if (e == E_NOT_FOUND)
        return diag_set_field(&act->why, e, "policy_id", "there is no such policy here");
    TRY(e);
    TRY(assignment_place(act, at->scope, &at->target_id));
    TRY(check_number(act, at->policy_id, at->number));
    return check_room(act, at, own);
}

err_t assignment_create(struct act *act, const struct assignment_in *in, struct row_assignment *ret)
{
    struct assignment_in at = *in;
    oid_t id = oid_make();
    TRY(assignment_check(act, &at, (oid_t){ 0 }));
    opt_i64_t number = { .set = at.number.set && at.number.v != 0, .v = at.number.v };
    int64_t priority = at.priority.set ? at.priority.v : ASSIGNMENT_PRIORITY;
    TRY(sql_assignment_add(act->db, &(struct sql_assignment_add){ .id = id,
                                                                  .org = act->org,
                                                                  .policy_id = at.policy_id,
                                                                  .scope = (int)at.scope,
                                                                  .target = at.target_id,
                                                                  .priority = priority,
                                                                  .number = number,
                                                                  .now = act->now }));
    TRY(history_assignment(act, &(struct history_assignment){ id, at.policy_id, at.scope,
                                                              at.target_id, priority, number }));
    TRY(act_scope_changed(act, at.scope, act->org, at.target_id));
    TRY(rollout_may_reach(act, at.policy_id));
    return assignment_get(act, id, ret);
}

err_t assignment_get(struct act *act, oid_t id, struct row_assignment *ret)
{
    return sql_assignment_by_id(act->db, act->arena,
                                &(struct sql_assignment_by_id){ .org = act->org, .id = id }, ret);
}

err_t assignment_list(struct act *act, const struct assignment_filter *f, oid_t after,
                      int64_t limit, struct row_assignment **ret, size_t *ret_n)
{
    return sql_assignment_list(
        act->db, act->arena,
        &(struct sql_assignment_list){ .org = act->org,
                                       .policy_id = f->policy_id,
                                       .scope = { .set = f->scope != 0, .v = (int)f->scope },
                                       .target = f->target_id,
                                       .after = after,
                                       .limit = limit },
        ret, ret_n);
}

err_t assignment_change(struct act *act, const struct row_assignment *old,
                        const struct assignment_in *in, struct row_assignment *ret)
{
    struct assignment_in at = *in;
    enum scope_kind was = (enum scope_kind)old->scope;
    opt_i64_t number = old->number;
    int64_t priority = in->priority.set ? in->priority.v : old->priority;
    at.policy_id = old->policy_id;
    TRY(assignment_may_touch(act, was));
    if (in->scope == 0 && oid_is_set(in->target_id))
        at.scope = was;
    if (at.scope != 0) {
        TRY(assignment_place(act, at.scope, &at.target_id));
    } else {
        at.scope = was;
        at.target_id = old->target;
    }
    TRY(check_number(act, at.policy_id, at.number));
    TRY(check_room(act, &at, old->id));
    if (at.number.set)
        number = (opt_i64_t){ .set = at.number.v != 0, .v = at.number.v };
    TRY(sql_assignment_set(act->db, &(struct sql_assignment_set){ .org = act->org,
                                                                  .id = old->id,
                                                                  .scope = (int)at.scope,
                                                                  .target = at.target_id,
                                                                  .priority = priority,
                                                                  .number = number,
                                                                  .now = act->now }));
    TRY(history_assignment(act, &(struct history_assignment){ old->id, at.policy_id, at.scope,
                                                              at.target_id, priority, number }));
    TRY(act_scope_changed(act, was, act->org, old->target));
    if (was != at.scope || !oid_eq(old->target, at.target_id))
        TRY(act_scope_changed(act, at.scope, act->org, at.target_id));
    TRY(rollout_may_reach(act, at.policy_id));
    return assignment_get(act, old->id, ret);
}

err_t assignment_delete(struct act *act, const struct row_assignment *old)
{
    enum scope_kind scope = (enum scope_kind)old->scope;
    TRY(assignment_may_touch(act, scope));
    TRY(sql_assignment_drop(act->db,
                            &(struct sql_assignment_drop){ .org = act->org, .id = old->id }));
    TRY(history_assignment_gone(act, old->id));
    return act_scope_changed(act, scope, act->org, old->target);
}

err_t assignment_forget(struct act *act, enum scope_kind scope, oid_t target)
{
    struct sql_assignment_count_target_row used;
    TRY(sql_assignment_count_target(act->db, act->arena,
                                    &(struct sql_assignment_count_target){
                                        .org = act->org, .scope = (int)scope, .target = target },
                                    &used));
    if (used.n == 0)
        return E_OK;
    TRY(sql_assignment_drop_target(act->db,
                                   &(struct sql_assignment_drop_target){
                                       .org = act->org, .scope = (int)scope, .target = target }));
    TRY(history_target_gone(act, scope, target));
    return act_scope_changed(act, scope, act->org, target);
}

/* Is the target of that kind in the organisation? E_NOT_FOUND. */
static err_t find_target(struct act *act, enum scope_kind scope, oid_t id)
{
    switch (scope) {
    case SCOPE_GROUP:
        return sql_target_group(act->db, act->arena,
                                &(struct sql_target_group){ .org = act->org, .id = id },
                                &(struct sql_target_group_row){ 0 });
    case SCOPE_USER:
        return sql_target_user(act->db, act->arena,
                               &(struct sql_target_user){ .org = act->org, .id = id },
                               &(struct sql_target_user_row){ 0 });
    case SCOPE_DEVICE:
        return sql_target_device(act->db, act->arena,
                                 &(struct sql_target_device){ .org = act->org, .id = id },
                                 &(struct sql_target_device_row){ 0 });
    case SCOPE_GLOBAL:
    case SCOPE_ORG:
        break;
    }
    return oid_eq(id, act->org) ? E_OK : E_NOT_FOUND;
}

err_t assignment_place(struct act *act, enum scope_kind scope, oid_t *target)
{
    bool single = scope == SCOPE_GLOBAL || scope == SCOPE_ORG;
    TRY(assignment_may_touch(act, scope));
    if (scope == SCOPE_GLOBAL) {
        err_t e =
            sql_target_default(act->db, act->arena, &(struct sql_target_default){ .org = act->org },
                               &(struct sql_target_default_row){ 0 });
        if (e == E_NOT_FOUND)
            return diag_set_field(&act->why, E_BAD_FIELD, "scope",
                                  "global belongs to the organisation `default`");
        TRY(e);
    }
    if (!oid_is_set(*target) && !single)
        return diag_set_field(&act->why, E_BAD_FIELD, "target_id", "want the id of a %s",
                              scope_name(scope));
    if (!oid_is_set(*target))
        *target = act->org;
    err_t e = find_target(act, scope, *target);
    if (e == E_NOT_FOUND)
        return single ? diag_set_field(&act->why, E_BAD_FIELD, "target_id",
                                       "the scope %s has no other target", scope_name(scope))
                      : diag_set_field(&act->why, e, "target_id", "there is no such %s here",
                                       scope_name(scope));
    return e;
}

static err_t check_number(struct act *act, oid_t policy, opt_i64_t number)
{
    struct row_policy_version v;
    if (!number.set || number.v == 0)
        return E_OK;
    err_t e = policy_version_find(act, policy, number.v, &v);
    if (e == E_NOT_FOUND || (e == E_OK && v.state != POLICY_PUBLISHED))
        return diag_set_field(&act->why, E_BAD_FIELD, "number",
                              "want a published version of the policy");
    return e;
}

/* Once per policy and target, and bounded, so that planning a configuration is. */
static err_t check_room(struct act *act, const struct assignment_in *in, oid_t own)
{
    struct sql_assignment_same_row same;
    struct sql_assignment_count_target_row target;
    struct sql_assignment_count_policy_row policy;
    err_t e = sql_assignment_same(act->db, act->arena,
                                  &(struct sql_assignment_same){ .org = act->org,
                                                                 .policy_id = in->policy_id,
                                                                 .scope = (int)in->scope,
                                                                 .target = in->target_id },
                                  &same);
    if (e != E_NOT_FOUND && e != E_OK)
        return e;
    if (e == E_OK)
        return oid_eq(same.id, own)
                   ? E_OK
                   : FAIL(&act->why, E_CONFLICT, "the policy is assigned to this target already");
    TRY(sql_assignment_count_target(
        act->db, act->arena,
        &(struct sql_assignment_count_target){
            .org = act->org, .scope = (int)in->scope, .target = in->target_id },
        &target));
    TRY(sql_assignment_count_policy(
        act->db, act->arena,
        &(struct sql_assignment_count_policy){ .org = act->org, .policy_id = in->policy_id },
        &policy));
    if (target.n >= ASSIGNMENT_TARGET_MAX)
        return FAIL(&act->why, E_CONFLICT, "a target has at most %d policies",
                    ASSIGNMENT_TARGET_MAX);
    if (policy.n >= ASSIGNMENT_POLICY_MAX)
        return FAIL(&act->why, E_CONFLICT, "a policy has at most %d assignments: use groups",
                    ASSIGNMENT_POLICY_MAX);
    return E_OK;
}
