/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/ack.h"

#include "base/enc.h"
#include "domain/policy/rollout_ack.h"
#include "plat/crypto/crypto.h"
#include "sql/policy.h"

/* One form is stored, the one of the header: `"` 64 hex digits `"`. */
static err_t plain_etag(struct act *act, str_t etag, str_t *ret, digest_t *ret_digest)
{
    digest_t d;
    if (etag.n >= 2 && etag.p[0] == '"' && etag.p[etag.n - 1] == '"')
        etag = str_sub(etag, 1, etag.n - 2);
    if (hex_decode(etag, d.b, sizeof d.b) != E_OK)
        return diag_set_field(&act->why, E_BAD_FIELD, "etag", "want the ETag of the configuration");
    char hex[2 * sizeof d.b];
    hex_encode(d.b, sizeof d.b, hex);
    TRY(str_format(act->arena, ret, "\"%.*s\"", (int)sizeof hex, hex));
    *ret_digest = d;
    return E_OK;
}

err_t config_ack(struct act *act, const struct config_ack *in, bool *ret_new)
{
    struct row_device_ack old = { 0 };
    str_t etag = STR_NONE;
    digest_t digest;
    TRY(plain_etag(act, in->etag, &etag, &digest));
    TRY(sql_target_device(act->db, act->arena,
                          &(struct sql_target_device){ .org = act->org, .id = in->device },
                          &(struct sql_target_device_row){ 0 }));
    err_t e = sql_device_ack_get(
        act->db, act->arena,
        &(struct sql_device_ack_get){ .org = act->org, .device_id = in->device }, &old);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    /* One etag may be refused for several reasons, and each is news. */
    bool same = e == E_OK && str_eq(old.etag, etag) && str_eq(old.result, in->result) &&
                (!str_eq(in->result, STR("rejected")) || str_eq(old.reason, in->reason));
    if (!same)
        TRY(sql_device_ack_put(act->db, &(struct sql_device_ack_put){ .device_id = in->device,
                                                                      .org = act->org,
                                                                      .etag = etag,
                                                                      .version = in->version,
                                                                      .result = in->result,
                                                                      .reason = in->reason,
                                                                      .applied_at = in->applied_at,
                                                                      .acked_at = act->now }));
    TRY(rollout_heard(act, &(struct rollout_word){ .device = in->device,
                                                   .etag = digest,
                                                   .applied = str_eq(in->result, STR("applied")),
                                                   .reason = in->reason }));
    *ret_new = !same;
    return E_OK;
}

err_t config_drift(struct act *act, const struct config_drift *in, bool *ret_new)
{
    struct sql_device_drift_at_row old = { 0 };
    err_t e = sql_device_drift_at(
        act->db, act->arena,
        &(struct sql_device_drift_at){ .org = act->org, .device_id = in->device }, &old);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    bool same = e == E_OK && old.drifted_at.us == in->at.us;
    if (!same)
        TRY(sql_device_drift_put(act->db,
                                 &(struct sql_device_drift_put){ .device_id = in->device,
                                                                 .org = act->org,
                                                                 .places = in->places,
                                                                 .count = in->count,
                                                                 .drifted_at = in->at,
                                                                 .reported_at = act->now }));
    *ret_new = !same;
    return E_OK;
}
