/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/config.h"

#include "base/buf.h"

#include "sql/policy.h"
#include "sql/store.h"

/* A plan while it grows: at most as many scopes and versions as were counted. */
struct plan_part {
    int level;
    struct config_scope scope;
    struct sql_plan_target_row *rows;
    size_t n;
};

static err_t plan_scopes(struct act *act, oid_t device, struct plan_part **ret,
                         size_t *ret_n) MUST_USE;
static err_t plan_read(struct act *act, struct plan_part *part) MUST_USE;
static err_t plan_join(struct act *act, const struct plan_part *parts, size_t n,
                       struct config_plan *plan) MUST_USE;
static err_t plan_digest(const struct config_plan *plan, digest_t *ret) MUST_USE;

err_t config_plan(struct act *act, oid_t device, struct config_plan *ret)
{
    struct plan_part *parts = NULL;
    size_t n = 0;
    struct config_plan plan = { 0 };
    TRY(plan_scopes(act, device, &parts, &n));
    for (size_t i = 0; i < n; i++)
        TRY(plan_read(act, &parts[i]));
    TRY(plan_join(act, parts, n, &plan));
    TRY(plan_digest(&plan, &plan.digest));
    *ret = plan;
    return E_OK;
}

static struct plan_part part_of(enum scope_kind kind, oid_t org, oid_t id)
{
    return (struct plan_part){ .level = (int)kind,
                               .scope = { .kind = kind, .org = org, .id = id } };
}

/* Every scope that the device depends on, the least specific first (FLEET "Resolution" 1 and 7). */
static err_t plan_scopes(struct act *act, oid_t device, struct plan_part **ret, size_t *ret_n)
{
    oid_t none = { 0 };
    struct sql_plan_device_row owner;
    struct sql_plan_groups_row *groups = NULL;
    size_t groups_n = 0;
    TRY(sql_plan_device(act->db, act->arena,
                        &(struct sql_plan_device){ .org = act->org, .id = device }, &owner));
    TRY(sql_plan_groups(
        act->db, act->arena,
        &(struct sql_plan_groups){ .org = act->org, .device = device, .owner = owner.user_id },
        &groups, &groups_n));
    struct plan_part *parts = ARENA_ARRAY(act->arena, struct plan_part, groups_n + 4);
    if (parts == NULL)
        return E_NO_MEMORY;
    size_t n = 0;
    parts[n++] = part_of(SCOPE_GLOBAL, none, none);
    parts[n++] = part_of(SCOPE_ORG, act->org, act->org);
    for (size_t i = 0; i < groups_n; i++)
        parts[n++] = part_of(SCOPE_GROUP, act->org, groups[i].id);
    if (oid_is_set(owner.user_id))
        parts[n++] = part_of(SCOPE_USER, act->org, owner.user_id);
    parts[n++] = part_of(SCOPE_DEVICE, act->org, device);
    *ret = parts;
    *ret_n = n;
    return E_OK;
}

static err_t plan_read(struct act *act, struct plan_part *part)
{
    if (part->scope.kind != SCOPE_GLOBAL)
        return sql_plan_target(act->db, act->arena,
                               &(struct sql_plan_target){ .org = act->org,
                                                          .scope = part->level,
                                                          .target = part->scope.id },
                               &part->rows, &part->n);
    struct sql_plan_global_row *rows = NULL;
    size_t n = 0;
    TRY(sql_plan_global(act->db, act->arena, &rows, &n));
    part->rows = ARENA_ARRAY(act->arena, struct sql_plan_target_row, n);
    if (n > 0 && part->rows == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        part->rows[i].version_id = rows[i].version_id;
    part->n = n;
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

static err_t plan_join(struct act *act, const struct plan_part *parts, size_t n,
                       struct config_plan *plan)
{
    size_t room = 0;
    for (size_t i = 0; i < n; i++)
        room += parts[i].n;
    plan->scopes = ARENA_ARRAY(act->arena, struct config_scope, n);
    plan->versions = ARENA_ARRAY(act->arena, oid_t, room + 1);
    plan->levels = ARENA_ARRAY(act->arena, int, room + 1);
    if (plan->scopes == NULL || plan->versions == NULL || plan->levels == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        int64_t seq = 0;
        TRY(scope_seq(act, &parts[i].scope, &seq));
        plan->seq = seq > plan->seq ? seq : plan->seq;
        plan->scopes[plan->scopes_n++] = parts[i].scope;
        for (size_t k = 0; k < parts[i].n; k++) {
            if (!oid_is_set(parts[i].rows[k].version_id))
                continue; /* nothing of this policy is published yet */
            plan->versions[plan->versions_n] = parts[i].rows[k].version_id;
            plan->levels[plan->versions_n++] = parts[i].level;
        }
    }
    return E_OK;
}

/* Levels are part of it: where one begins decides which locks bind which versions. */
static err_t plan_digest(const struct config_plan *plan, digest_t *ret)
{
    struct buf b;
    buf_init(&b, MIB(1));
    for (size_t i = 0; i < plan->versions_n; i++) {
        buf_add_byte(&b, (char)plan->levels[i]);
        buf_add(&b, oid_bytes(&plan->versions[i]));
    }
    err_t e = b.err;
    if (e == E_OK)
        *ret = sha256_of(buf_str(&b));
    buf_fini(&b);
    return e;
}
