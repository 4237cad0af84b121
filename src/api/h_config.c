/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a device's configuration on its behalf: device:read, no lease, no long poll (API
 * "Configuration"). */
#include "api/handlers_config.h"
#include "api/handlers_keys.h"
#include "api/load.h"
#include "api/services.h"

#include "api/shapes_config.h"
#include "base/enc.h"
#include "domain/policy/config.h"

static err_t read_for(struct request *rq, struct config_plan *plan)
{
    const struct config_query *q = rq->query;
    if (!oid_is_set(q->device_id))
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "device_id",
                              "want the device whose configuration is read");
    TRY(request_may(rq, PERM_DEVICE_READ));
    if (q->wait > 0)
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "wait", "only the device itself may wait");
    return config_plan(&rq->act, &(struct config_ask){ .device = q->device_id }, plan);
}

static err_t etag_of(struct request *rq, const struct config_body *body, str_t *ret)
{
    char hex[2 * SHA256_SIZE];
    hex_encode(body->etag.b, SHA256_SIZE, hex);
    return str_format(rq->act.arena, ret, "\"%.*s\"", (int)sizeof hex, hex);
}

/* The bytes are the device's, whoever reads them; that they are current, only its lease says. */
static err_t add_signature(struct request *rq, str_t bytes)
{
    CLEANUP(jws_key_fini) struct jws_key key = { 0 };
    TRY(load_signer_key(&rq->act, rq->services->live, rq->guard, rq->act.org, &key));
    return keys_reply_signature(rq, &key, bytes);
}

err_t config_get(struct request *rq)
{
    struct config_plan plan = { 0 };
    struct config_body body = { 0 };
    str_t etag;
    TRY(read_for(rq, &plan));
    TRY(config_compute(&rq->act, &plan, &body));
    TRY(etag_of(rq, &body, &etag));
    TRY(reply_header(rq, STR("ETag"), etag));
    TRY(reply_header(rq, STR("Cache-Control"), STR("private, no-cache")));
    if (str_eq(http_field(rq->xchg, STR("If-None-Match")), etag))
        return reply_empty(rq, 304);
    TRY(add_signature(rq, body.bytes));
    return reply_raw(rq, 200, "application/json", body.bytes);
}

err_t config_version_get(struct request *rq)
{
    struct config_plan plan = { 0 };
    struct config_body body = { 0 };
    TRY(read_for(rq, &plan));
    TRY(config_compute(&rq->act, &plan, &body));
    struct config_version_out *out = ARENA_NEW(rq->act.arena, struct config_version_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(etag_of(rq, &body, &out->etag));
    out->version = body.version;
    out->seq = plan.seq;
    return reply_obj(rq, 200, &config_version_out_shape, out);
}
