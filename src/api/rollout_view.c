/* SPDX-License-Identifier: Apache-2.0 */
#include "api/rollout_view.h"

#include "domain/policy/policy.h"

static struct rollout_progress_out progress_view(const struct rollout_counts *c)
{
    return (struct rollout_progress_out){
        .members = rollout_members(c),
        .executed = rollout_executed(c),
        .pending = c->n[MEMBER_PENDING],
        .away = c->n[MEMBER_AWAY],
        .applied = c->n[MEMBER_APPLIED],
        .failed = c->n[MEMBER_FAILED],
        .timed_out = c->n[MEMBER_TIMED_OUT],
        .lost = c->n[MEMBER_LOST],
        .unchanged = c->n[MEMBER_UNCHANGED],
    };
}

static str_t ring_state(const struct row_rollout_ring *r)
{
    if (ts_is_set(r->ended_at))
        return STR("over");
    if (!ts_is_set(r->started_at))
        return STR("waiting");
    return ts_is_set(r->met_at) ? STR("met") : STR("running");
}

static err_t ring_view(struct request *rq, const struct row_rollout_ring *r,
                       struct rollout_ring_out *ret)
{
    struct rollout_counts c = rollout_ring_counts(r);
    *ret = (struct rollout_ring_out){
        .n = r->n,
        .name = r->name,
        .group = r->group_id,
        .group_name = r->group_name,
        .percent = { r->percent.set, r->percent.v },
        .min_devices = r->min_executed,
        .soak_s = r->soak_s,
        .approval = r->approval,
        .pause = r->pause,
        .state = ring_state(r),
        .progress = progress_view(&c),
        .started_at = r->started_at,
        .met_at = r->met_at,
        .promoted_at = r->promoted_at,
        .ended_at = r->ended_at,
    };
    if (r->label_name.p == NULL)
        return E_OK;
    return str_format(rq->act.arena, &ret->label, "%.*s=%.*s", STR_ARG(r->label_name),
                      STR_ARG(r->label_value));
}

static err_t view_rings(struct request *rq, const struct rollout *ro, struct rollout_out *ret)
{
    struct rollout_ring_out *rings =
        ARENA_ARRAY(rq->act.arena, struct rollout_ring_out, ro->rings_n + 1);
    struct rollout_progress_out *progress = ARENA_NEW(rq->act.arena, struct rollout_progress_out);
    struct rollout_counts all = { 0 };
    if (rings == NULL || progress == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < ro->rings_n; i++) {
        struct rollout_counts c = rollout_ring_counts(&ro->rings[i]);
        rollout_counts_add(&all, &c);
        TRY(ring_view(rq, &ro->rings[i], &rings[i]));
    }
    *progress = progress_view(&all);
    ret->rings = (struct rows){ rings, ro->rings_n };
    ret->progress.v = progress;
    return E_OK;
}

static err_t view_gate(struct request *rq, const struct row_rollout *r, struct rollout_out *ret)
{
    struct rollout_gate_body *gate = ARENA_NEW(rq->act.arena, struct rollout_gate_body);
    if (gate == NULL)
        return E_NO_MEMORY;
    *gate = (struct rollout_gate_body){
        .min_executed = { true, r->min_executed },
        .max_failed_percent = { true, r->max_failed },
        .timeout_s = { true, r->timeout_s },
        .lost_after_s = { true, r->lost_after_s },
        .away_after_s = { true, r->away_after_s },
    };
    ret->gate.v = gate;
    return E_OK;
}

static err_t policy_name(struct request *rq, oid_t policy, str_t *ret)
{
    struct row_policy_info row;
    err_t e = policy_get(&rq->act, policy, &row);
    if (e == E_OK)
        *ret = row.name;
    return e == E_NOT_FOUND ? E_OK : e;
}

err_t rollout_view(struct request *rq, const struct rollout *ro, struct rollout_out *ret)
{
    const struct row_rollout *r = &ro->r;
    *ret = (struct rollout_out){
        .id = r->id,
        .policy_id = r->policy_id,
        .from = r->from_number,
        .to = r->to_number,
        .state = str_from_cz(rollout_state_name(r->state)),
        .ring = r->ring,
        .reason = r->reason,
        .auto_rollback = r->auto_rollback,
        .seed = r->seed,
        .state_at = r->state_at,
        .created_at = r->created_at,
        .started_at = r->started_at,
        .ended_at = r->ended_at,
    };
    TRY(policy_name(rq, r->policy_id, &ret->policy_name));
    TRY(view_rings(rq, ro, ret));
    TRY(view_gate(rq, r, ret));
    TRY(rollout_next(&rq->act, ro, &ret->next));
    return etag_make(rq, r->id, r->revision, &ret->etag);
}

/* What its events say of it. */
static err_t note_target(struct request *rq, const struct rollout *ro)
{
    str_t details;
    request_target(rq, "rollout", ro->r.id, STR_NONE);
    TRY(str_format(rq->act.arena, &details, "{\"ring\":%lld,\"state\":\"%s\"}",
                   (long long)ro->r.ring, rollout_state_name(ro->r.state)));
    request_details(rq, details);
    return E_OK;
}

err_t rollout_reply(struct request *rq, int status, const struct rollout *ro)
{
    struct rollout_out *out = ARENA_NEW(rq->act.arena, struct rollout_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(rollout_view(rq, ro, out));
    TRY(reply_header(rq, STR("ETag"), out->etag));
    TRY(note_target(rq, ro));
    return reply_obj(rq, status, &rollout_out_shape, out);
}
