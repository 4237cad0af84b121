/* SPDX-License-Identifier: Apache-2.0 */
/* What a person does with a rollout. */
#include "domain/policy/rollout_decide.h"

#include "domain/policy/assignment.h"
#include "domain/policy/policy.h"

static err_t may(struct act *act, const struct rollout *ro, enum rollout_act what) MUST_USE;
static err_t may_touch_followers(struct act *act, oid_t policy) MUST_USE;

/* The version is issued, so that it is one for ever, but it is not the newest. */
static err_t issue_target(struct act *act, const struct rollout *ro)
{
    struct row_policy_version v;
    err_t e = policy_version_find(act, ro->r.policy_id, ro->r.to_number, &v);
    if (e == E_NOT_FOUND)
        return FAIL(&act->why, E_CONFLICT,
                    "version %lld was deleted: change `to`, or delete the rollout",
                    (long long)ro->r.to_number);
    TRY(e);
    return v.state == POLICY_PUBLISHED ? E_OK : policy_issue(act, &v);
}

static err_t check_from(struct act *act, struct rollout *ro)
{
    struct row_policy_info policy;
    TRY(policy_get(act, ro->r.policy_id, &policy));
    opt_i64_t want = ro->r.from_number;
    opt_i64_t is = policy.newest_number;
    if (want.set && (!is.set || is.v != want.v))
        return FAIL(&act->why, E_CONFLICT,
                    "the newest version is %lld, not %lld: change `from`, if you mean that",
                    (long long)(is.set ? is.v : 0), (long long)want.v);
    if (is.set && is.v == ro->r.to_number)
        return FAIL(&act->why, E_CONFLICT, "version %lld is the newest already: everybody has it",
                    (long long)is.v);
    ro->r.from_number = is;
    return E_OK;
}

static err_t check_taken_back(struct act *act, oid_t policy)
{
    struct sql_rollout_taken_back_row row;
    char id[OID_TEXT];
    err_t e = sql_rollout_taken_back(act->db, act->arena,
                                     &(struct sql_rollout_taken_back){ .policy_id = policy }, &row);
    if (e == E_NOT_FOUND)
        return E_OK;
    TRY(e);
    oid_format(row.id, id);
    return FAIL(
        &act->why, E_CONFLICT,
        "rollout %.*s of this policy is still being taken back: wait until it is rolled_back",
        OID_TEXT, id);
}

/* So that a tick is bounded, and no organisation keeps the job to itself. */
static err_t check_room(struct act *act)
{
    struct sql_rollout_open_own_row open;
    TRY(sql_rollout_open_own(act->db, act->arena, &(struct sql_rollout_open_own){ .org = act->org },
                             &open));
    if (open.n >= ROLLOUT_OPEN_MAX)
        return FAIL(&act->why, E_CONFLICT,
                    "%d rollouts of this organisation are under way: wait until one has ended",
                    ROLLOUT_OPEN_MAX);
    return E_OK;
}

err_t rollout_start(struct act *act, struct rollout *ro)
{
    struct rollout_decision d = {
        .kind = KIND_STARTED,
        .state = ROLLOUT_RUNNING,
        .arms = ARMS_RINGS,
        .ring = 1,
    };
    TRY(may(act, ro, ROLLOUT_START));
    TRY(may_touch_followers(act, ro->r.policy_id));
    TRY(check_room(act));
    TRY(rollout_policy_is_free(act, ro->r.policy_id));
    TRY(check_taken_back(act, ro->r.policy_id));
    TRY(rollout_shares_nobody(act, ro->r.policy_id));
    TRY(check_from(act, ro));
    TRY(issue_target(act, ro));
    TRY(str_format(act->arena, &d.reason, "ring 1 of %lld: %.*s", (long long)ro->r.rings,
                   STR_ARG(ro->rings[0].name)));
    return rollout_decide(act, NULL, ro, &d);
}

static str_t or_else(str_t reason, str_t words)
{
    return reason.n > 0 ? reason : words;
}

/* A move that changes nothing but the state. */
static err_t stand(struct act *act, struct rollout *ro, enum rollout_kind kind,
                   enum rollout_state state, str_t reason)
{
    return rollout_decide(act, NULL, ro,
                          &(struct rollout_decision){
                              .kind = kind,
                              .state = state,
                              .arms = (enum rollout_arms)ro->r.arms,
                              .ring = ro->r.ring,
                              .reason = reason,
                          });
}

err_t rollout_pause(struct act *act, struct rollout *ro, str_t reason)
{
    TRY(may(act, ro, ROLLOUT_PAUSE));
    TRY(may_touch_followers(act, ro->r.policy_id));
    return stand(act, ro, KIND_PAUSED, ROLLOUT_PAUSED, or_else(reason, STR("paused by a person")));
}

err_t rollout_resume(struct act *act, struct rollout *ro)
{
    TRY(may(act, ro, ROLLOUT_RESUME));
    TRY(may_touch_followers(act, ro->r.policy_id));
    return stand(act, ro, KIND_RESUMED, ROLLOUT_RUNNING, STR("resumed by a person"));
}

err_t rollout_promote(struct act *act, struct rollout *ro, int64_t ring, bool force)
{
    str_t reason;
    TRY(may(act, ro, ROLLOUT_PROMOTE));
    TRY(may_touch_followers(act, ro->r.policy_id));
    const struct row_rollout_ring *now = rollout_ring_now(ro);
    if (ring != 0 && ring != ro->r.ring)
        return FAIL(&act->why, E_CONFLICT, "the current ring is %lld, not %lld",
                    (long long)ro->r.ring, (long long)ring);
    if (!force && !now->approval)
        return FAIL(&act->why, E_CONFLICT,
                    "ring %lld wants no approval: it goes on by itself, or with force",
                    (long long)ro->r.ring);
    if (ts_is_set(now->promoted_at) && (now->forced || !force))
        return FAIL(&act->why, E_CONFLICT, "ring %lld is promoted already", (long long)ro->r.ring);
    TRY(sql_rollout_ring_promote(
        act->db, &(struct sql_rollout_ring_promote){
                     .rollout = ro->r.id, .n = ro->r.ring, .now = act->now, .forced = force }));
    TRY(str_format(act->arena, &reason, "ring %lld was promoted by a person%s",
                   (long long)ro->r.ring, force ? ", whoever is missing" : ""));
    return stand(act, ro, KIND_PROMOTED, (enum rollout_state)ro->r.state, reason);
}

err_t rollout_abort(struct act *act, struct rollout *ro, opt_bool_t rollback, str_t reason)
{
    bool back = rollback.set ? rollback.v : ro->r.auto_rollback;
    TRY(may(act, ro, ROLLOUT_ABORT));
    TRY(may_touch_followers(act, ro->r.policy_id));
    if (ro->r.state == ROLLOUT_ABORTED) {
        if (ro->r.arms == ARMS_NONE)
            return FAIL(&act->why, E_CONFLICT, "the rollout is aborted and being taken back");
        back = true;
    }
    return rollout_decide_abort(act, NULL, ro, back, or_else(reason, STR("aborted by a person")));
}

static err_t may(struct act *act, const struct rollout *ro, enum rollout_act what)
{
    enum rollout_state to;
    if (rollout_may((enum rollout_state)ro->r.state, what, &to))
        return E_OK;
    return rollout_refuse(&act->why, ro->r.state, what);
}

/* What reaches everybody wants more than rollout:write. */
static err_t may_touch_followers(struct act *act, oid_t policy)
{
    struct sql_rollout_reach_row widest;
    TRY(sql_rollout_reach(act->db, act->arena, &(struct sql_rollout_reach){ .policy_id = policy },
                          &widest));
    return widest.scope.set ? assignment_may_touch(act, (enum scope_kind)widest.scope.v) : E_OK;
}
