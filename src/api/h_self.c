/* SPDX-License-Identifier: Apache-2.0 */
/* A device about itself. */
#include "api/handlers_fleet.h"
#include "api/handlers_keys.h"

#include "domain/fleet/rotate.h"
#include "domain/fleet/seen.h"

err_t self_get(struct request *rq)
{
    struct row_device d;
    struct row_device_group *groups;
    size_t n;
    struct sql_device_group_list in = { .org = rq->act.org, .device = rq->act.actor.id };
    struct self_out *out = ARENA_NEW(rq->act.arena, struct self_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(device_get(&rq->act, rq->act.actor.id, &d));
    TRY(sql_device_group_list(rq->act.db, rq->act.arena, &in, &groups, &n));
    *out = (struct self_out){
        .id = d.id,
        .machine_id = d.machine_id,
        .status = str_from_cz(device_status_name((enum device_status)d.status)),
        .join_seq = rq->act.actor.join_seq,
        .user_id = d.user_id,
        .labels = { d.labels.p != NULL ? d.labels : STR("{}") },
        .enrolled_at = d.enrolled_at,
    };
    TRY(groups_view(rq->act.arena, groups, n, &out->groups));
    TRY(key_set_url(rq, rq->act.actor.org, &out->jwks_uri));
    TRY(root_key_view(rq, &out->root_key.text));
    return reply_obj(rq, 200, &self_out_shape, out);
}

/* What would write nothing is answered on a worker. */
err_t self_heartbeat_prepare(struct request *rq)
{
    const struct heartbeat_in *in = rq->in;
    bool due;
    TRY(device_heartbeat_due(&rq->act, rq->act.actor.id, in->client_version, in->metrics.text,
                             &due));
    return due ? E_OK : reply_empty(rq, 202);
}

/* That it was seen is counted where its token is looked up. */
err_t self_heartbeat(struct request *rq)
{
    const struct heartbeat_in *in = rq->in;
    rq->quiet = true;
    TRY(device_heartbeat(&rq->act, rq->act.actor.id, in->client_version, in->metrics.text));
    return reply_empty(rq, 202);
}

/* Two machines with one secret: the block is an event that happened, what was asked for one that
 * was refused. Both are committed, and the refusal says so. */
static err_t rotate_clone(struct request *rq)
{
    struct audit_event block = rq->event;
    block.action = STR("device.blocked");
    block.result = AUDIT_OK;
    block.reason = DEVICE_REASON_CLONE;
    TRY(request_audit_more(rq, &block));
    request_reason(rq, DEVICE_REASON_CLONE);
    (void)diag_set(&rq->act.why, E_DEVICE_BLOCKED,
                   "another machine rotates the same token: both are out");
    return reply_refusal(rq, E_DEVICE_BLOCKED);
}

err_t self_rotate(struct request *rq)
{
    const struct rotate_in *in = rq->in;
    struct rotate_out done;
    struct token_out *out = ARENA_NEW(rq->act.arena, struct token_out);
    if (out == NULL)
        return E_NO_MEMORY;
    request_target(rq, "device", rq->act.actor.id, STR_NONE);
    TRY(device_rotate(&rq->act, in->join_seq, in->nonce, &done));
    if (done.clone)
        return rotate_clone(rq);
    out->join_seq = done.join_seq;
    TRY(str_copy(rq->act.arena, str_of(done.token.p, done.token.n), &out->token));
    return reply_obj(rq, 200, &token_out_shape, out);
}
