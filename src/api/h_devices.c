/* SPDX-License-Identifier: Apache-2.0 */
/* Devices, and the moves that an administrator makes. */
#include "api/handlers_fleet.h"

#include "domain/fleet/rotate.h"
#include "domain/policy/secret_store.h"

err_t devices_get(struct request *rq)
{
    struct row_device d;
    oid_t id;
    oid_t user = { 0 };
    TRY(request_param_id(rq, 0, &id));
    TRY(devices_own_only(rq, &user));
    TRY(device_get(&rq->act, id, &d));
    if (oid_is_set(user) && !oid_eq(d.user_id, user))
        return E_NOT_FOUND;
    return device_reply(rq, id);
}

/* The device of the path, still as the caller knows it. */
static err_t device_of_path(struct request *rq, struct row_device *ret)
{
    oid_t id;
    str_t etag;
    TRY(request_param_id(rq, 0, &id));
    TRY(device_get(&rq->act, id, ret));
    request_target(rq, "device", id, ret->machine_id);
    TRY(etag_make(rq, id, ret->revision, &etag));
    return etag_check(rq, etag);
}

err_t devices_change(struct request *rq)
{
    const struct device_patch_in *in = rq->in;
    struct row_device d;
    struct device_grants grants;
    TRY(device_of_path(rq, &d));
    TRY(request_grants(rq, in->user_id, in->groups, in->labels.text, &grants));
    TRY(device_patch(&rq->act, d.id, &grants));
    return device_reply(rq, d.id);
}

err_t devices_delete(struct request *rq)
{
    struct row_device d;
    TRY(device_of_path(rq, &d));
    TRY(assignment_forget(&rq->act, SCOPE_DEVICE, d.id));
    TRY(secret_forget_device(&rq->act, d.id));
    TRY(device_delete(&rq->act, d.id));
    return reply_empty(rq, 204);
}

static err_t several_reply(struct request *rq, const struct enrol_several *several)
{
    struct rows rows;
    str_t text;
    struct buf b;
    TRY(device_requests_view(rq, several->open, several->n, &rows));
    buf_init(&b, KIB(32));
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '[');
    for (size_t i = 0; i < rows.n; i++)
        shape_encode(&o, &device_request_out_shape, (const struct device_request_out *)rows.v + i);
    json_out_close(&o, ']');
    err_t copied = b.err != E_OK ? b.err : str_copy(rq->act.arena, buf_str(&b), &text);
    buf_fini(&b);
    TRY(copied);
    return reply_problem_more(rq, E_SEVERAL_REQUESTS, STR("requests"), text);
}

err_t device_decide(struct request *rq, const struct enrol_decide_in *in, bool approve)
{
    struct enrol_several several;
    request_reason(rq, in->reason);
    request_target(rq, "device", in->device_id, STR_NONE);
    TRY((approve ? enrol_approve : enrol_refuse)(&rq->act, in, &several));
    if (several.n > 0)
        return several_reply(rq, &several);
    return device_reply(rq, in->device_id);
}

static err_t decide_by_path(struct request *rq, bool approve)
{
    const struct device_move_in *in = rq->in;
    struct fleet_rules rules = request_fleet_rules(rq);
    struct row_device d;
    struct enrol_decide_in decide = { .request_id = in->request_id,
                                      .reason = in->reason,
                                      .rules = &rules };
    TRY(device_of_path(rq, &d));
    decide.device_id = d.id;
    TRY(request_grants(rq, in->user_id, in->groups, in->labels.text, &decide.grants));
    return device_decide(rq, &decide, approve);
}

err_t devices_approve(struct request *rq)
{
    return decide_by_path(rq, true);
}

err_t devices_refuse(struct request *rq)
{
    return decide_by_path(rq, false);
}

static err_t move_by_path(struct request *rq, enum device_move move)
{
    const struct device_move_in *in = rq->in;
    struct row_device d;
    TRY(device_of_path(rq, &d));
    request_reason(rq, in->reason);
    TRY(device_change_row(&rq->act, &d, move, in->reason));
    return device_reply(rq, d.id);
}

err_t devices_revoke(struct request *rq)
{
    return move_by_path(rq, MOVE_REVOKE);
}

err_t devices_block(struct request *rq)
{
    return move_by_path(rq, MOVE_BLOCK);
}

err_t devices_unblock(struct request *rq)
{
    return move_by_path(rq, MOVE_UNBLOCK);
}

err_t devices_reinstate(struct request *rq)
{
    return move_by_path(rq, MOVE_REINSTATE);
}

err_t devices_rotate(struct request *rq)
{
    const struct device_move_in *in = rq->in;
    struct row_device d;
    struct token_text claim;
    struct device_claim_out *out = ARENA_NEW(rq->act.arena, struct device_claim_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(device_of_path(rq, &d));
    request_reason(rq, in->reason);
    TRY(device_rotate_by_admin(&rq->act, d.id, &claim));
    out->device_id = d.id;
    TRY(str_copy(rq->act.arena, str_of(claim.p, claim.n), &out->claim));
    return reply_obj(rq, 200, &device_claim_out_shape, out);
}
