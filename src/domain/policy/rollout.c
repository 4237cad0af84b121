/* SPDX-License-Identifier: Apache-2.0 */
/* Rollouts as they are written down: everything before the start, and reading. */
#include "domain/policy/rollout.h"

#include "domain/policy/policy.h"
#include "domain/policy/rollout_rings.h"

err_t rollout_find(struct act *act, oid_t id, struct rollout *ret)
{
    struct rollout ro;
    TRY(sql_rollout_get(act->db, act->arena, &(struct sql_rollout_get){ .org = act->org, .id = id },
                        &ro.r));
    TRY(rollout_load_rings(act, &ro));
    *ret = ro;
    return E_OK;
}

err_t rollout_load_rings(struct act *act, struct rollout *ro)
{
    return sql_rollout_ring_list(act->db, act->arena,
                                 &(struct sql_rollout_ring_list){ .rollout = ro->r.id }, &ro->rings,
                                 &ro->rings_n);
}

/* clang-format off */
#define FILTER .org = act->org, .states = { f->states != 0, f->states }, .policy_id = f->policy_id, \
    .search = f->search.n > 0 ? f->search : STR_NONE
/* clang-format on */

err_t rollout_list(struct act *act, const struct rollout_filter *f, oid_t after, int64_t limit,
                   struct row_rollout **ret, size_t *ret_n)
{
    struct sql_rollout_list_new newest = { FILTER, .from_id = after, .limit = limit };
    struct sql_rollout_list_old oldest = { FILTER, .from_id = after, .limit = limit };
    if (!f->newest)
        return sql_rollout_list_old(act->db, act->arena, &oldest, ret, ret_n);
    if (!oid_is_set(after))
        memset(newest.from_id.b, 0xff, sizeof newest.from_id.b);
    return sql_rollout_list_new(act->db, act->arena, &newest, ret, ret_n);
}

err_t rollout_count(struct act *act, const struct rollout_filter *f, int64_t *ret)
{
    struct sql_rollout_count in = { FILTER };
    struct sql_rollout_count_row row;
    TRY(sql_rollout_count(act->db, act->arena, &in, &row));
    *ret = row.n;
    return E_OK;
}

/* `to` is a version that has not been everybody's yet. */
static err_t find_target(struct act *act, oid_t policy, int64_t number, oid_t *ret)
{
    struct row_policy_version v;
    err_t e = policy_version_find(act, policy, number, &v);
    if (e == E_NOT_FOUND)
        return diag_set_field(
            &act->why, E_BAD_FIELD, "to",
            "want the number of a version of the policy, a draft or a published one");
    TRY(e);
    *ret = v.id;
    return E_OK;
}

static int64_t or_else(opt_i64_t v, int64_t other)
{
    return v.set ? v.v : other;
}

err_t rollout_create(struct act *act, const struct rollout_in *in, struct rollout *ret)
{
    struct row_policy_info policy;
    struct sql_rollout_add add = {
        .id = oid_make(),
        .org = act->org,
        .policy_id = in->policy_id,
        .to_number = in->to.v,
        .from_number = in->from,
        .rings = (int64_t)in->rings_n,
        .seed = in->seed,
        .auto_rollback = !in->auto_rollback.set || in->auto_rollback.v,
        .min_executed = or_else(in->min_executed, ROLLOUT_MIN_EXECUTED),
        .max_failed = in->max_failed.set ? in->max_failed.v : ROLLOUT_MAX_FAILED,
        .timeout_s = or_else(in->timeout_s, ROLLOUT_TIMEOUT_S),
        .lost_after_s = or_else(in->lost_after_s, ROLLOUT_LOST_AFTER_S),
        .away_after_s = or_else(in->away_after_s, ROLLOUT_AWAY_AFTER_S),
        .reason = STR("a draft: nobody gets the version yet"),
        .now = act->now,
    };
    char id[OID_TEXT];
    err_t e = policy_get(act, in->policy_id, &policy);
    if (e == E_NOT_FOUND)
        return diag_set_field(&act->why, e, "policy_id", "there is no such policy here");
    TRY(e);
    TRY(find_target(act, in->policy_id, in->to.v, &add.to_id));
    oid_format(add.id, id);
    if (add.seed.n == 0)
        add.seed = str_of(id, sizeof id);
    TRY(sql_rollout_add(act->db, &add));
    TRY(rollout_write_rings(act, add.id, in->rings, in->rings_n));
    return rollout_find(act, add.id, ret);
}

static err_t check_draft(struct act *act, const struct rollout *ro, enum rollout_act what)
{
    enum rollout_state to;
    if (rollout_may((enum rollout_state)ro->r.state, what, &to))
        return E_OK;
    return rollout_refuse(&act->why, ro->r.state, what);
}

err_t rollout_change(struct act *act, const struct rollout *old, const struct rollout_in *in,
                     struct rollout *ret)
{
    const struct row_rollout *r = &old->r;
    struct sql_rollout_set set = {
        .org = act->org,
        .id = r->id,
        .to_id = r->to_id,
        .to_number = or_else(in->to, r->to_number),
        .from_number = in->from.set ? in->from : r->from_number,
        .rings = in->rings_n > 0 ? (int64_t)in->rings_n : r->rings,
        .seed = in->seed.n > 0 ? in->seed : r->seed,
        .auto_rollback = in->auto_rollback.set ? in->auto_rollback.v : r->auto_rollback,
        .min_executed = or_else(in->min_executed, r->min_executed),
        .max_failed = in->max_failed.set ? in->max_failed.v : r->max_failed,
        .timeout_s = or_else(in->timeout_s, r->timeout_s),
        .lost_after_s = or_else(in->lost_after_s, r->lost_after_s),
        .away_after_s = or_else(in->away_after_s, r->away_after_s),
    };
    TRY(check_draft(act, old, ROLLOUT_CHANGE));
    if (in->to.set)
        TRY(find_target(act, r->policy_id, in->to.v, &set.to_id));
    TRY(sql_rollout_set(act->db, &set));
    if (in->rings_n > 0) {
        TRY(sql_rollout_ring_drop(act->db, &(struct sql_rollout_ring_drop){ .rollout = r->id }));
        TRY(rollout_write_rings(act, r->id, in->rings, in->rings_n));
    }
    return rollout_find(act, r->id, ret);
}

err_t rollout_delete(struct act *act, const struct rollout *old)
{
    TRY(check_draft(act, old, ROLLOUT_DELETE));
    return sql_rollout_hide(act->db,
                            &(struct sql_rollout_hide){ .org = act->org, .id = old->r.id });
}
