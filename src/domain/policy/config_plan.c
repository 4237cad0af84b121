/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/config.h"

#include "base/buf.h"
#include "domain/policy/plan_cache.h"
#include "domain/policy/rollout_arm.h"

#include "sql/policy.h"
#include "sql/store.h"

/* A scope of the device and what is assigned to it. */
struct plan_part {
    struct config_scope scope;
    struct row_plan_entry *rows;
    size_t n;
};

static err_t plan_scopes(struct act *act, const struct config_ask *ask, struct plan_part **ret,
                         size_t *ret_n) MUST_USE;
static err_t plan_read(struct act *act, const struct config_ask *ask,
                       struct plan_part *part) MUST_USE;
static err_t plan_join(struct act *act, const struct plan_part *parts, size_t n, bool seq,
                       struct config_plan *plan) MUST_USE;
static err_t plan_arms(struct act *act, const struct config_ask *ask,
                       struct config_plan *plan) MUST_USE;

err_t config_plan(struct act *act, const struct config_ask *ask, struct config_plan *ret)
{
    struct plan_part *parts = NULL;
    size_t n = 0;
    struct config_plan plan = { .at = ask->at };
    TRY(plan_scopes(act, ask, &parts, &n));
    for (size_t i = 0; i < n; i++)
        TRY(plan_read(act, ask, &parts[i]));
    TRY(plan_join(act, parts, n, !ts_is_set(ask->at) && ask->cache == NULL, &plan));
    TRY(plan_arms(act, ask, &plan));
    TRY(config_plan_digest(&plan, &plan.digest));
    if (ask->draft != NULL)
        return config_plan_with(act, &plan, ask->draft, ret);
    *ret = plan;
    return E_OK;
}

static struct plan_part part_of(enum scope_kind kind, oid_t org, oid_t id)
{
    return (struct plan_part){ .scope = { .kind = kind, .org = org, .id = id } };
}

/* E_NOT_FOUND: no such device, whenever. */
static err_t plan_owner(struct act *act, const struct config_ask *ask, oid_t *ret)
{
    struct sql_plan_device_row now;
    struct sql_plan_owner_at_row then = { 0 };
    TRY(sql_plan_device(act->db, act->arena,
                        &(struct sql_plan_device){ .org = act->org, .id = ask->device }, &now));
    *ret = now.user_id;
    if (!ts_is_set(ask->at))
        return E_OK;
    err_t e = sql_plan_owner_at(act->db, act->arena,
                                &(struct sql_plan_owner_at){ .device = ask->device, .at = ask->at },
                                &then);
    *ret = then.user_id;
    return e == E_NOT_FOUND ? E_OK : e;
}

static err_t plan_groups(struct act *act, const struct config_ask *ask, oid_t owner,
                         struct row_plan_group **ret, size_t *ret_n)
{
    struct act_trial trial =
        act_trial_of(act, oid_eq(act->trial.member, owner) ? owner : ask->device);
    struct sql_plan_groups now = { .org = act->org,
                                   .device = ask->device,
                                   .owner = owner,
                                   .member = trial.member,
                                   .joins = trial.joins,
                                   .leaves = trial.leaves };
    struct sql_plan_groups_at then = {
        .org = act->org, .device = ask->device, .owner = owner, .at = ask->at
    };
    return ts_is_set(ask->at) ? sql_plan_groups_at(act->db, act->arena, &then, ret, ret_n)
                              : sql_plan_groups(act->db, act->arena, &now, ret, ret_n);
}

/* Every scope that the device depends on, the least specific first (FLEET "Resolution" 1 and 7). */
static err_t plan_scopes(struct act *act, const struct config_ask *ask, struct plan_part **ret,
                         size_t *ret_n)
{
    oid_t none = { 0 };
    oid_t owner;
    struct row_plan_group *groups = NULL;
    size_t groups_n = 0;
    TRY(plan_owner(act, ask, &owner));
    TRY(plan_groups(act, ask, owner, &groups, &groups_n));
    struct plan_part *parts = ARENA_ARRAY(act->arena, struct plan_part, groups_n + 4);
    if (parts == NULL)
        return E_NO_MEMORY;
    size_t n = 0;
    parts[n++] = part_of(SCOPE_GLOBAL, none, none);
    parts[n++] = part_of(SCOPE_ORG, act->org, act->org);
    for (size_t i = 0; i < groups_n; i++)
        parts[n++] = part_of(SCOPE_GROUP, act->org, groups[i].id);
    if (oid_is_set(owner))
        parts[n++] = part_of(SCOPE_USER, act->org, owner);
    parts[n++] = part_of(SCOPE_DEVICE, act->org, ask->device);
    *ret = parts;
    *ret_n = n;
    return E_OK;
}

/* The statements of the moment give the same rows as those of now. */
static err_t part_read(struct act *act, ts_t at, struct plan_part *part)
{
    bool then = ts_is_set(at);
    int scope = (int)part->scope.kind;
    if (part->scope.kind == SCOPE_GLOBAL && then)
        return sql_plan_global_at(act->db, act->arena, &(struct sql_plan_global_at){ .at = at },
                                  &part->rows, &part->n);
    if (part->scope.kind == SCOPE_GLOBAL)
        return sql_plan_global(act->db, act->arena, &part->rows, &part->n);
    struct sql_plan_target of = { .org = act->org, .scope = scope, .target = part->scope.id };
    struct sql_plan_target_at of_then = {
        .org = act->org, .scope = scope, .target = part->scope.id, .at = at
    };
    return then ? sql_plan_target_at(act->db, act->arena, &of_then, &part->rows, &part->n)
                : sql_plan_target(act->db, act->arena, &of, &part->rows, &part->n);
}

/* Users and devices have scopes of their own: nothing is gained by keeping theirs. */
static err_t plan_read(struct act *act, const struct config_ask *ask, struct plan_part *part)
{
    int kind = (int)part->scope.kind;
    if (ask->cache == NULL || kind >= SCOPE_USER)
        return part_read(act, ask->at, part);
    const struct plan_cached *known = plan_cache_find(ask->cache, kind, part->scope.id);
    if (known == NULL) {
        struct act keeping = *act;
        keeping.arena = ask->cache->arena;
        TRY(part_read(&keeping, ask->at, part));
        return plan_cache_keep(ask->cache,
                               &(struct plan_cached){ kind, part->scope.id, part->rows, part->n });
    }
    part->rows = known->rows;
    part->n = known->n;
    return E_OK;
}

static err_t scope_seq(struct act *act, const struct config_scope *s, int64_t *ret)
{
    struct sql_scope_seq_get_row row;
    err_t e = sql_scope_seq_get(
        act->db, act->arena,
        &(struct sql_scope_seq_get){ .kind = (int)s->kind, .org = s->org, .id = s->id }, &row);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    *ret = e == E_OK ? row.seq : 0;
    return E_OK;
}

static void plan_add(struct config_plan *plan, const struct plan_part *part)
{
    for (size_t i = 0; i < part->n; i++) {
        const struct row_plan_entry *row = &part->rows[i];
        plan->entries[plan->entries_n++] = (struct config_entry){
            .level = part->scope.kind,
            .scope = plan->scopes_n,
            .assignment = row->assignment_id,
            .policy = row->policy_id,
            .version = row->version_id,
            .priority = row->priority,
            .pinned = row->pinned,
        };
    }
    plan->scopes[plan->scopes_n++] = part->scope;
}

/* `seq`: nobody keeps those of the past. */
static err_t plan_join(struct act *act, const struct plan_part *parts, size_t n, bool seq,
                       struct config_plan *plan)
{
    size_t room = 0;
    for (size_t i = 0; i < n; i++)
        room += parts[i].n;
    plan->scopes = ARENA_ARRAY(act->arena, struct config_scope, n);
    plan->entries = ARENA_ARRAY(act->arena, struct config_entry, room + 1);
    if (plan->scopes == NULL || plan->entries == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        int64_t last = 0;
        if (seq)
            TRY(scope_seq(act, &parts[i].scope, &last));
        plan->seq = last > plan->seq ? last : plan->seq;
        plan_add(plan, &parts[i]);
    }
    return E_OK;
}

static bool has_no_rollout(const struct config_ask *ask, oid_t policy)
{
    return ask->cache != NULL && plan_cache_find(ask->cache, 0, policy) != NULL;
}

/* What follows a policy gets the target of its rollout where the device is a member of it. */
static err_t plan_arms(struct act *act, const struct config_ask *ask, struct config_plan *plan)
{
    for (size_t i = 0; i < plan->entries_n; i++) {
        struct config_entry *entry = &plan->entries[i];
        struct rollout_arm arm = { 0 };
        entry->newest = entry->version;
        if (entry->pinned || has_no_rollout(ask, entry->policy))
            continue;
        if (ts_is_set(plan->at))
            TRY(rollout_arm_at(act, entry->policy, ask->device, plan->at, &arm));
        else
            TRY(rollout_arm(act, entry->policy, ask->device, &arm));
        if (ask->cache != NULL && !oid_is_set(arm.rollout) && !arm.other)
            TRY(plan_cache_keep(ask->cache, &(struct plan_cached){ .id = entry->policy }));
        entry->rollout = arm.rollout;
        if (oid_is_set(arm.rollout))
            entry->version = arm.version;
    }
    return E_OK;
}
