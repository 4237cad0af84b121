/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/rollout_decide.h"

#include "base/num.h"
#include "domain/policy/policy.h"

/* clang-format off */
static const struct {
    const char *name;
    const char *event; /* of domain/events/event.def */
} kinds[ROLLOUT_KINDS] = {
    [KIND_STARTED]      = { "started",      "rollout.started" },
    [KIND_PAUSED]       = { "paused",       "rollout.paused" },
    [KIND_RESUMED]      = { "resumed",      "rollout.resumed" },
    [KIND_PROMOTED]     = { "promoted",     "rollout.promoted" },
    [KIND_ABORTED]      = { "aborted",      "rollout.aborted" },
    [KIND_RING_STARTED] = { "ring-started", "rollout.ring-started" },
    [KIND_RING_MET]     = { "ring-met",     "rollout.ring-met" },
    [KIND_COMPLETED]    = { "completed",    "rollout.completed" },
    [KIND_ROLLED_BACK]  = { "rolled-back",  "rollout.rolled-back" },
};
/* clang-format on */

static err_t record(struct act *act, struct audit *audit, const struct row_rollout *r,
                    const struct rollout_decision *d) MUST_USE;

/* How far the rings up to `ring` reach. */
static void reach(const struct rollout *ro, int64_t ring, struct sql_rollout_move *move)
{
    for (int64_t i = 0; i < ring; i++) {
        if (ro->rings[i].percent.set)
            move->percent = ro->rings[i].percent.v;
        else
            move->selectors++;
    }
}

static bool has_ended(enum rollout_state s)
{
    return s == ROLLOUT_COMPLETED || s == ROLLOUT_ROLLED_BACK;
}

static err_t move(struct act *act, const struct rollout *ro, const struct rollout_decision *d,
                  int64_t *ret_n)
{
    const struct row_rollout *r = &ro->r;
    struct sql_rollout_move_row moved;
    struct sql_rollout_move in = {
        .id = r->id,
        .from_state = r->state,
        .from_arms = r->arms,
        .from_ring = r->ring,
        .state = d->state,
        .arms = d->arms,
        .ring = d->ring,
        .reason = d->reason,
        .now = act->now,
        .from_number = r->from_number,
        .started_at = d->kind == KIND_STARTED ? act->now : r->started_at,
        .ended_at = has_ended(d->state) ? act->now : r->ended_at,
    };
    reach(ro, d->ring, &in);
    err_t e = sql_rollout_move(act->db, act->arena, &in, &moved);
    if (e == E_NOT_FOUND)
        return FAIL(&act->why, E_CONFLICT, "the rollout has moved meanwhile: look again");
    TRY(e);
    *ret_n = moved.event_n;
    return E_OK;
}

err_t rollout_decide(struct act *act, struct audit *audit, struct rollout *ro,
                     const struct rollout_decision *d)
{
    const struct row_rollout was = ro->r;
    struct rollout now;
    int64_t n = 0;
    TRY(move(act, ro, d, &n));
    TRY(sql_rollout_event_add(
        act->db, &(struct sql_rollout_event_add){ .rollout = was.id,
                                                  .n = n,
                                                  .now = act->now,
                                                  .kind = str_from_cz(kinds[d->kind].name),
                                                  .state = d->state,
                                                  .ring = d->ring,
                                                  .reason = d->reason,
                                                  .actor_kind = (int)act->actor.kind,
                                                  .actor_id = act->actor.id }));
    if (d->ring != was.ring)
        TRY(sql_rollout_ring_begin(
            act->db,
            &(struct sql_rollout_ring_begin){ .rollout = was.id, .n = d->ring, .now = act->now }));
    if (d->arms != (enum rollout_arms)was.arms || d->ring != was.ring)
        TRY(policy_tell_followers(act, was.policy_id));
    if (audit != NULL)
        TRY(record(act, audit, &was, d));
    TRY(rollout_find(act, was.id, &now));
    *ro = now;
    return E_OK;
}

static err_t record(struct act *act, struct audit *audit, const struct row_rollout *r,
                    const struct rollout_decision *d)
{
    str_t details;
    TRY(str_format(act->arena, &details, "{\"ring\":%lld,\"state\":\"%s\"}", (long long)d->ring,
                   rollout_state_name(d->state)));
    struct audit_event e = {
        .org = r->org,
        .action = str_from_cz(kinds[d->kind].event),
        .result = AUDIT_OK,
        .actor_kind = act->actor.kind,
        .actor_id = act->actor.id,
        .target_kind = STR("rollout"),
        .target_id = r->id,
        .reason = d->reason,
        .details = details,
    };
    return audit_append(audit, act->db, act->arena, &e);
}

err_t rollout_decide_abort(struct act *act, struct audit *audit, struct rollout *ro, bool rollback,
                           str_t reason)
{
    return rollout_decide(act, audit, ro,
                          &(struct rollout_decision){
                              .kind = KIND_ABORTED,
                              .state = ROLLOUT_ABORTED,
                              .arms = rollback ? ARMS_NONE : ARMS_HELD,
                              .ring = ro->r.ring,
                              .reason = reason,
                          });
}

static err_t ring_end(struct act *act, const struct rollout *ro)
{
    return sql_rollout_ring_end(
        act->db,
        &(struct sql_rollout_ring_end){ .rollout = ro->r.id, .n = ro->r.ring, .now = act->now });
}

static err_t complete(struct act *act, struct audit *audit, struct rollout *ro)
{
    struct rollout_decision d = {
        .kind = KIND_COMPLETED,
        .state = ROLLOUT_COMPLETED,
        .arms = ARMS_NONE,
        .ring = ro->r.ring,
    };
    TRY(str_format(act->arena, &d.reason, "version %lld is the policy's newest: it is everybody's",
                   (long long)ro->r.to_number));
    TRY(policy_set_newest(act, ro->r.policy_id, ro->r.to_id));
    return rollout_decide(act, audit, ro, &d);
}

err_t rollout_decide_next(struct act *act, struct audit *audit, struct rollout *ro)
{
    TRY(ring_end(act, ro));
    if (ro->r.ring == ro->r.rings)
        return complete(act, audit, ro);
    struct rollout_decision d = {
        .kind = KIND_RING_STARTED,
        .state = ROLLOUT_RUNNING,
        .arms = ARMS_RINGS,
        .ring = ro->r.ring + 1,
    };
    TRY(str_format(act->arena, &d.reason, "ring %lld of %lld: %.*s", (long long)d.ring,
                   (long long)ro->r.rings, STR_ARG(ro->rings[d.ring - 1].name)));
    return rollout_decide(act, audit, ro, &d);
}
