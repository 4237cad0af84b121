/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/rollout_arm.h"

#include "domain/policy/rollout.h"
#include "domain/policy/rollout_hash.h"

/* E_NOT_FOUND becomes false. */
static err_t found(err_t e, bool *ret)
{
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    *ret = e == E_OK;
    return E_OK;
}

static err_t find_member(struct act *act, oid_t rollout, oid_t device,
                         struct row_rollout_device *member, bool *ret)
{
    return found(sql_rollout_device_get(
                     act->db, act->arena,
                     &(struct sql_rollout_device_get){ .rollout = rollout, .device = device },
                     member),
                 ret);
}

/* Aborted, but not taken back: who has it keeps it. */
static err_t holds(struct act *act, const struct row_rollout_arm *r, oid_t device, bool *ret)
{
    struct row_rollout_device member = { 0 };
    bool in = false;
    TRY(find_member(act, r->id, device, &member, &in));
    *ret = in && (member.state == MEMBER_APPLIED || member.state == MEMBER_LOST);
    return E_OK;
}

static err_t is_selected(struct act *act, const struct row_rollout_arm *r, oid_t device, bool *ret)
{
    struct row_rollout_device member;
    bool in = false;
    TRY(find_member(act, r->id, device, &member, &in));
    if (!in)
        TRY(found(sql_rollout_ring_of(act->db, act->arena,
                                      &(struct sql_rollout_ring_of){ .rollout = r->id,
                                                                     .ring = r->ring,
                                                                     .device = device,
                                                                     .member = act->trial.member,
                                                                     .joins = act->trial.joins,
                                                                     .leaves = act->trial.leaves },
                                      &(struct sql_rollout_ring_of_row){ 0 }),
                  &in));
    *ret = in;
    return E_OK;
}

err_t rollout_arm(struct act *act, oid_t policy, oid_t device, struct rollout_arm *ret)
{
    struct row_rollout_arm r;
    bool under_way = false;
    bool in = false;
    TRY(found(sql_rollout_arm_of(act->db, act->arena,
                                 &(struct sql_rollout_arm_of){ .policy_id = policy }, &r),
              &under_way));
    if (!under_way) {
        *ret = (struct rollout_arm){ 0 };
        return E_OK;
    }
    if (r.arms == ARMS_HELD)
        TRY(holds(act, &r, device, &in));
    else if (r.percent > 0 && rollout_takes(r.seed, device, r.percent))
        in = true;
    else if (r.selectors > 0)
        TRY(is_selected(act, &r, device, &in));
    *ret = in ? (struct rollout_arm){ .rollout = r.id, .version = r.to_id }
              : (struct rollout_arm){ .other = true };
    return E_OK;
}

static err_t was_in(struct act *act, const struct row_rollout_arm_at *r, oid_t device, bool *ret)
{
    struct row_rollout_device member = { 0 };
    bool known = false;
    bool keeps = false;
    bool aborted = r->state == ROLLOUT_ABORTED;
    *ret = !aborted && r->percent.set && rollout_takes(r->seed, device, r->percent.v);
    if (*ret || (aborted && !r->held))
        return E_OK;
    TRY(find_member(act, r->id, device, &member, &known));
    keeps = member.state == MEMBER_APPLIED || member.state == MEMBER_LOST;
    *ret = known && member.ring <= r->ring && (!aborted || keeps);
    return E_OK;
}

err_t rollout_arm_at(struct act *act, oid_t policy, oid_t device, ts_t at, struct rollout_arm *ret)
{
    struct row_rollout_arm_at *rows = NULL;
    struct rollout_arm arm = { 0 };
    size_t n = 0;
    TRY(sql_rollout_arms_at(act->db, act->arena,
                            &(struct sql_rollout_arms_at){ .policy_id = policy, .at = at }, &rows,
                            &n));
    for (size_t i = 0; i < n && !oid_is_set(arm.rollout); i++) {
        bool in = false;
        TRY(was_in(act, &rows[i], device, &in));
        if (in)
            arm = (struct rollout_arm){ .rollout = rows[i].id, .version = rows[i].to_id };
    }
    *ret = arm;
    return E_OK;
}
