/* SPDX-License-Identifier: Apache-2.0 */
/* What happened in a rollout: to devices, and by decisions. */
#include "api/handlers_rollout.h"

#include "api/page.h"
#include "api/shapes_rollout.h"
#include "domain/policy/rollout.h"

static err_t devices_filter(struct request *rq, oid_t rollout, struct sql_rollout_device_list *to,
                            str_t *ret)
{
    const struct rollout_devices_query *q = rq->query;
    enum rollout_member state;
    char id[OID_TEXT];
    if (q->state.n > 0) {
        TRY(rollout_member_parse(q->state, &state));
        to->state = (opt_i64_t){ true, state };
    }
    to->rollout = rollout;
    to->ring = q->ring;
    oid_format(rollout, id);
    return str_format(rq->act.arena, ret, "%.*s %.*s %lld", OID_TEXT, id, STR_ARG(q->state),
                      (long long)(q->ring.set ? q->ring.v : 0));
}

err_t rollouts_devices(struct request *rq)
{
    const struct rollout_devices_query *q = rq->query;
    struct sql_rollout_device_list in = { 0 };
    struct row_rollout_line *rows = NULL;
    struct rollout ro;
    struct page page;
    str_t filters;
    oid_t id;
    size_t n = 0;
    TRY(request_param_id(rq, 0, &id));
    TRY(rollout_find(&rq->act, id, &ro));
    TRY(devices_filter(rq, id, &in, &filters));
    TRY(page_open(rq, &q->page, filters, &page));
    in.after = page.after;
    in.limit = page.limit + 1;
    TRY(sql_rollout_device_list(rq->act.db, rq->act.arena, &in, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct rollout_device_out *out =
        ARENA_ARRAY(rq->act.arena, struct rollout_device_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        out[i] = (struct rollout_device_out){
            .device_id = rows[i].device,
            .machine_id = rows[i].machine_id,
            .hostname = rows[i].hostname,
            .ring = rows[i].ring,
            .state = str_from_cz(rollout_member_name(rows[i].state)),
            .reason = rows[i].reason,
            .since = rows[i].since,
            .seen_at = rows[i].seen_at,
            .at = rows[i].at,
        };
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].device : page.after));
    return reply_list(rq, &rollout_device_out_shape, out, shown, page.next);
}

err_t rollouts_events(struct request *rq)
{
    const struct rollout_query *q = rq->query;
    struct row_rollout_event *rows = NULL;
    struct rollout ro;
    struct page page;
    oid_t id;
    size_t n = 0;
    TRY(request_param_id(rq, 0, &id));
    TRY(rollout_find(&rq->act, id, &ro));
    TRY(page_open_number(rq, &q->page, oid_bytes(&id), &page));
    TRY(sql_rollout_event_list(rq->act.db, rq->act.arena,
                               &(struct sql_rollout_event_list){
                                   .rollout = id, .before = page.before, .limit = page.limit + 1 },
                               &rows, &n));
    size_t shown = page_shown(&page, n);
    struct rollout_event_out *out = ARENA_ARRAY(rq->act.arena, struct rollout_event_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        out[i] = (struct rollout_event_out){
            .n = rows[i].n,
            .at = rows[i].at,
            .kind = rows[i].kind,
            .state = str_from_cz(rollout_state_name(rows[i].state)),
            .ring = rows[i].ring,
            .reason = rows[i].reason,
            .actor_kind = str_from_cz(actor_kind_name((enum actor_kind)rows[i].actor_kind)),
            .actor_id = rows[i].actor_id,
        };
    TRY(page_close_number(rq, &page, n, shown > 0 ? rows[shown - 1].n : page.before));
    return reply_list(rq, &rollout_event_out_shape, out, shown, page.next);
}
