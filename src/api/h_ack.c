/* SPDX-License-Identifier: Apache-2.0 */
#include "api/handlers_policy.h"

#include "api/shapes_policy.h"
#include "domain/policy/ack.h"

/* The device itself, or one that is named by somebody with device:write. */
static err_t acked_device(struct request *rq, oid_t named, oid_t *ret)
{
    const struct actor *actor = &rq->act.actor;
    if (actor->kind == ACTOR_DEVICE && (!oid_is_set(named) || oid_eq(named, actor->id))) {
        *ret = actor->id;
        return E_OK;
    }
    TRY(request_may(rq, PERM_DEVICE_WRITE));
    if (!oid_is_set(named))
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "device_id",
                              "want the device that speaks");
    *ret = named;
    return E_OK;
}

/* What is recorded for each result; the row's own event is that of the first. */
static const struct ack_event {
    str_t result;
    str_t action;
} ack_events[] = {
    { { "applied", 7 }, { "config.applied", 14 } },
    { { "failed", 6 }, { "config.failed", 13 } },
    { { "rejected", 8 }, { "config.rejected", 15 } },
};

static str_t ack_action(str_t result)
{
    for (size_t i = 0; i < ARRAY_LEN(ack_events); i++) {
        if (str_eq(result, ack_events[i].result))
            return ack_events[i].action;
    }
    return STR("config.failed"); /* the shape lets no other word in */
}

static err_t ack_details(struct request *rq, const struct config_ack_in *in, str_t places)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t details;
    buf_init(&b, KIB(20));
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "etag", str, in->etag);
    JSON_OUT(&o, "version", str, in->version);
    JSON_OUT(&o, "result", str, in->result);
    JSON_OUT(&o, "reason", str, in->reason);
    JSON_OUT(&o, "applied_at", ts, in->applied_at);
    if (places.p != NULL)
        JSON_OUT(&o, "drift", raw, places);
    json_out_close(&o, '}');
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &details));
    request_details(rq, details);
    return E_OK;
}

/* What others changed, as one text; absent: nothing was said of it. */
static err_t ack_places(struct request *rq, const struct config_ack_in *in, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    *ret = STR_NONE;
    if (in->drift.n == 0 && !ts_is_set(in->drifted_at))
        return E_OK;
    if (in->drift.n == 0 || !ts_is_set(in->drifted_at))
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "drift",
                              "want drift and drifted_at, or neither");
    buf_init(&b, KIB(16));
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '[');
    for (size_t i = 0; i < in->drift.n; i++)
        json_out_str(&o, in->drift.v[i]);
    json_out_close(&o, ']');
    TRY(b.err);
    return str_copy(rq->act.arena, buf_str(&b), ret);
}

static err_t ack_drift(struct request *rq, const struct config_ack_in *in, oid_t device,
                       str_t places)
{
    bool new = false;
    if (places.p == NULL)
        return E_OK;
    const struct config_drift drift = {
        .device = device,
        .places = places,
        .count = in->drift_count.set ? in->drift_count.v : (int64_t)in->drift.n,
        .at = in->drifted_at,
    };
    TRY(config_drift(&rq->act, &drift, &new));
    if (!new)
        return E_OK;
    rq->quiet = false;
    rq->event.action = STR("config.drifted");
    return E_OK;
}

err_t config_ack_post(struct request *rq)
{
    const struct config_ack_in *in = rq->in;
    struct config_ack ack = {
        .etag = in->etag,
        .version = in->version,
        .result = in->result,
        .reason = in->reason,
        .applied_at = in->applied_at,
    };
    str_t places = STR_NONE;
    bool new = false;
    TRY(acked_device(rq, in->device_id, &ack.device));
    TRY(ack_places(rq, in, &places));
    TRY(config_ack(&rq->act, &ack, &new));
    rq->quiet = !new;
    rq->event.action = ack_action(in->result);
    request_target(rq, "device", ack.device, STR_NONE);
    request_reason(rq, in->reason);
    TRY(ack_drift(rq, in, ack.device, places));
    TRY(ack_details(rq, in, places));
    return reply_empty(rq, 204);
}
