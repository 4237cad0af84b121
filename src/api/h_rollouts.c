/* SPDX-License-Identifier: Apache-2.0 */
#include "api/handlers_rollout.h"

#include "api/page.h"
#include "api/rollout_view.h"
#include "api/services.h"
#include "api/shapes_rollout.h"

/* The rollout of the path, still as the caller knows it. */
static err_t rollout_of_path(struct request *rq, struct rollout *ret)
{
    oid_t id;
    str_t etag;
    TRY(request_param_id(rq, 0, &id));
    TRY(rollout_find(&rq->act, id, ret));
    TRY(etag_make(rq, id, ret->r.revision, &etag));
    return etag_check(rq, etag);
}

static err_t rings_of(struct request *rq, const struct rows *rows, struct rollout_in *to)
{
    const struct rollout_ring_body *in = rows->v;
    struct rollout_ring_in *rings = ARENA_ARRAY(rq->act.arena, struct rollout_ring_in, rows->n + 1);
    if (rings == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < rows->n; i++)
        rings[i] = (struct rollout_ring_in){
            .name = in[i].name,
            .group = in[i].group,
            .label = in[i].label,
            .percent = in[i].percent,
            .min_executed = in[i].min_devices,
            .soak_s = in[i].soak_s,
            .approval = in[i].approval,
            .pause = in[i].pause,
        };
    to->rings = rings;
    to->rings_n = rows->n;
    return E_OK;
}

static err_t rollout_of_body(struct request *rq, struct rollout_in *ret)
{
    static const struct rollout_gate_body none;
    const struct rollout_body *in = rq->in;
    const struct rollout_gate_body *gate = in->gate.v != NULL ? in->gate.v : &none;
    *ret = (struct rollout_in){
        .policy_id = in->policy_id,
        .to = in->to,
        .from = in->from,
        .seed = in->seed,
        .min_executed = gate->min_executed,
        .max_failed = gate->max_failed_percent,
        .timeout_s = gate->timeout_s,
        .lost_after_s = gate->lost_after_s,
        .away_after_s = gate->away_after_s,
        .auto_rollback = in->auto_rollback,
    };
    return rings_of(rq, &in->rings, ret);
}

static err_t list_filter(struct request *rq, struct rollout_filter *f, str_t *ret_text)
{
    const struct rollout_query *q = rq->query;
    char policy[OID_TEXT];
    *f = (struct rollout_filter){ .policy_id = q->policy_id,
                                  .search = q->search,
                                  .newest = str_eq(q->sort, STR("-created_at")) };
    if (q->state.p != NULL && rollout_states_parse(q->state, &f->states) != E_OK)
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "state",
                              "want draft, running, paused, completed, aborted or rolled_back; "
                              "several by commas");
    oid_format(f->policy_id, policy);
    return str_format(rq->act.arena, ret_text, "%d\n%lld\n%.*s\n%.*s", (int)f->newest,
                      (long long)f->states, OID_TEXT, policy, STR_ARG(f->search));
}

static err_t list_page(struct request *rq, const struct rollout_filter *f, str_t filters)
{
    const struct rollout_query *q = rq->query;
    struct row_rollout *rows = NULL;
    struct page page;
    size_t n = 0;
    TRY(page_open(rq, &q->page, filters, &page));
    TRY(rollout_list(&rq->act, f, page.after, page.limit + 1, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct rollout_out *out = ARENA_ARRAY(rq->act.arena, struct rollout_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++) {
        struct rollout ro = { .r = rows[i] };
        TRY(rollout_load_rings(&rq->act, &ro));
        TRY(rollout_view(rq, &ro, &out[i]));
    }
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &rollout_out_shape, out, shown, page.next);
}

err_t rollouts_list(struct request *rq)
{
    const struct rollout_query *q = rq->query;
    struct rollout_filter filter;
    str_t filters = STR_NONE;
    int64_t total;
    TRY(list_filter(rq, &filter, &filters));
    TRY(list_page(rq, &filter, filters));
    if (!q->count)
        return E_OK;
    TRY(rollout_count(&rq->act, &filter, &total));
    rq->reply.total = (opt_i64_t){ true, total };
    return E_OK;
}

err_t rollouts_create(struct request *rq)
{
    struct rollout_in in;
    struct rollout ro;
    TRY(rollout_of_body(rq, &in));
    TRY(rollout_create(&rq->act, &in, &ro));
    return rollout_reply(rq, 201, &ro);
}

err_t rollouts_get(struct request *rq)
{
    struct rollout ro;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(rollout_find(&rq->act, id, &ro));
    return rollout_reply(rq, 200, &ro);
}

err_t rollouts_change(struct request *rq)
{
    struct rollout_in in;
    struct rollout ro;
    TRY(rollout_of_path(rq, &ro));
    TRY(rollout_of_body(rq, &in));
    TRY(rollout_change(&rq->act, &ro, &in, &ro));
    return rollout_reply(rq, 200, &ro);
}

/* The job has something to do from now on. */
static void rollout_moved(struct request *rq)
{
    (void)atomic_fetch_add_explicit(&rq->services->rollouts.moved, 1, memory_order_relaxed);
}

err_t rollouts_delete(struct request *rq)
{
    struct rollout ro;
    TRY(rollout_of_path(rq, &ro));
    TRY(rollout_delete(&rq->act, &ro));
    rollout_moved(rq);
    request_target(rq, "rollout", ro.r.id, STR_NONE);
    return reply_empty(rq, 204);
}

static err_t moved_reply(struct request *rq, const struct rollout *ro)
{
    rollout_moved(rq);
    request_reason(rq, ro->r.reason);
    return rollout_reply(rq, 200, ro);
}

err_t rollouts_start(struct request *rq)
{
    struct rollout ro;
    TRY(rollout_of_path(rq, &ro));
    TRY(rollout_start(&rq->act, &ro));
    return moved_reply(rq, &ro);
}

err_t rollouts_pause(struct request *rq)
{
    const struct rollout_abort_in *in = rq->in;
    struct rollout ro;
    TRY(rollout_of_path(rq, &ro));
    TRY(rollout_pause(&rq->act, &ro, in->reason));
    return moved_reply(rq, &ro);
}

err_t rollouts_resume(struct request *rq)
{
    struct rollout ro;
    TRY(rollout_of_path(rq, &ro));
    TRY(rollout_resume(&rq->act, &ro));
    return moved_reply(rq, &ro);
}

err_t rollouts_promote(struct request *rq)
{
    const struct rollout_promote_in *in = rq->in;
    struct rollout ro;
    TRY(rollout_of_path(rq, &ro));
    TRY(rollout_promote(&rq->act, &ro, in->ring, in->force));
    return moved_reply(rq, &ro);
}

err_t rollouts_abort(struct request *rq)
{
    const struct rollout_abort_in *in = rq->in;
    struct rollout ro;
    TRY(rollout_of_path(rq, &ro));
    TRY(rollout_abort(&rq->act, &ro, in->rollback, in->reason));
    return moved_reply(rq, &ro);
}
