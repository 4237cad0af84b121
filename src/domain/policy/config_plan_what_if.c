/* SPDX-License-Identifier: Apache-2.0 */
/* Plans as they would be: without a rollout, or with a draft. */
#include "domain/policy/config.h"

#include "base/buf.h"

/* The place of a scope in the plan; scopes_n: it is not one of the device's. */
static size_t scope_find(const struct config_plan *plan, const struct config_trial *trial)
{
    bool single = trial->scope == SCOPE_GLOBAL || trial->scope == SCOPE_ORG;
    for (size_t i = 0; i < plan->scopes_n; i++) {
        const struct config_scope *s = &plan->scopes[i];
        if (s->kind == trial->scope && (single || oid_eq(s->id, trial->target)))
            return i;
    }
    return plan->scopes_n;
}

/* Within its scope by priority; its id would be the newest, so that it comes after its equals. */
static void trial_insert(struct config_plan *plan, const struct config_draft *draft)
{
    const struct config_trial *trial = draft->trial;
    size_t scope = trial != NULL ? scope_find(plan, trial) : plan->scopes_n;
    if (scope == plan->scopes_n)
        return;
    size_t at = 0;
    while (at < plan->entries_n &&
           (plan->entries[at].scope < scope ||
            (plan->entries[at].scope == scope && plan->entries[at].priority <= trial->priority)))
        at++;
    memmove(&plan->entries[at + 1], &plan->entries[at],
            (plan->entries_n - at) * sizeof *plan->entries);
    plan->entries_n++;
    plan->entries[at] = (struct config_entry){ .level = trial->scope,
                                               .scope = scope,
                                               .policy = draft->policy,
                                               .version = trial->version,
                                               .newest = trial->version,
                                               .priority = trial->priority,
                                               .pinned = trial->pinned };
}

static void gone_remove(struct config_plan *plan, oid_t gone)
{
    size_t kept = 0;
    for (size_t i = 0; i < plan->entries_n; i++) {
        if (!oid_eq(plan->entries[i].assignment, gone))
            plan->entries[kept++] = plan->entries[i];
    }
    plan->entries_n = kept;
}

/* What is pinned stays as it is. */
static void draft_follow(struct config_plan *plan, const struct config_draft *draft)
{
    for (size_t i = 0; i < plan->entries_n; i++) {
        struct config_entry *entry = &plan->entries[i];
        if (entry->pinned || !oid_eq(entry->policy, draft->policy))
            continue;
        entry->version = draft->version;
        entry->rollout = (oid_t){ 0 };
    }
}

/* A copy whose entries may be changed, with room for one more. */
static err_t plan_copy(struct act *act, const struct config_plan *plan, struct config_plan *ret)
{
    *ret = *plan;
    ret->entries = ARENA_ARRAY(act->arena, struct config_entry, plan->entries_n + 1);
    if (ret->entries == NULL)
        return E_NO_MEMORY;
    memcpy(ret->entries, plan->entries, plan->entries_n * sizeof *plan->entries);
    return E_OK;
}

err_t config_plan_with(struct act *act, const struct config_plan *plan,
                       const struct config_draft *draft, struct config_plan *ret)
{
    struct config_plan other;
    TRY(plan_copy(act, plan, &other));
    other.draft = draft;
    gone_remove(&other, draft->gone);
    if (oid_is_set(draft->version))
        draft_follow(&other, draft);
    trial_insert(&other, draft);
    TRY(config_plan_digest(&other, &other.digest));
    *ret = other;
    return E_OK;
}

err_t config_plan_without(struct act *act, const struct config_plan *plan, oid_t rollout,
                          struct config_plan *ret, bool *ret_reached)
{
    struct config_plan other;
    bool reached = false;
    TRY(plan_copy(act, plan, &other));
    for (size_t i = 0; i < plan->entries_n; i++) {
        struct config_entry *entry = &other.entries[i];
        if (!oid_eq(entry->rollout, rollout))
            continue;
        reached = true;
        entry->version = entry->newest;
        entry->rollout = (oid_t){ 0 };
    }
    TRY(config_plan_digest(&other, &other.digest));
    *ret = other;
    *ret_reached = reached;
    return E_OK;
}

/* Levels are part of it: where one begins decides which locks bind which versions. */
err_t config_plan_digest(const struct config_plan *plan, digest_t *ret)
{
    struct buf b;
    buf_init(&b, MIB(1));
    for (size_t i = 0; i < plan->entries_n; i++) {
        const struct config_entry *entry = &plan->entries[i];
        if (!oid_is_set(entry->version))
            continue; /* nothing of this policy is published yet */
        buf_add_byte(&b, (char)entry->level);
        buf_add(&b, oid_bytes(&entry->version));
    }
    err_t e = b.err;
    if (e == E_OK)
        *ret = sha256_of(buf_str(&b));
    buf_fini(&b);
    return e;
}
