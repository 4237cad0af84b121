/* SPDX-License-Identifier: Apache-2.0 */
/* How a device is shown. */
#include "api/handlers_fleet.h"

#include "plat/jose/jwk.h"

static str_t or_empty_object(str_t json)
{
    return json.p != NULL ? json : STR("{}");
}

err_t groups_view(struct arena *a, const struct row_device_group *groups, size_t n,
                  struct strs *ret)
{
    str_t *names = ARENA_ARRAY(a, str_t, n);
    if (names == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        names[i] = groups[i].name;
    *ret = (struct strs){ names, n };
    return E_OK;
}

/* The name of a person of this organisation; nothing for nobody, and for one who is gone. */
static err_t user_name(struct request *rq, oid_t id, str_t *ret)
{
    struct sql_fleet_user_get_row row;
    struct sql_fleet_user_get in = { .org = rq->act.org, .id = id };
    if (!oid_is_set(id))
        return E_OK;
    err_t e = sql_fleet_user_get(rq->act.db, rq->act.arena, &in, &row);
    if (e != E_OK)
        return e == E_NOT_FOUND ? E_OK : e;
    *ret = row.username;
    return E_OK;
}

static err_t thumbprint(struct arena *a, str_t spki, str_t *ret)
{
    struct pubkey key;
    if (spki.p == NULL)
        return E_OK;
    TRY(pubkey_from_spki(spki, &key));
    return jwk_thumbprint(a, &key, ret);
}

err_t device_requests_view(struct request *rq, const struct row_enrol_request *rows, size_t n,
                           struct rows *ret)
{
    struct device_request_out *out = ARENA_ARRAY(rq->act.arena, struct device_request_out, n);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const struct row_enrol_request *r = &rows[i];
        out[i] = (struct device_request_out){
            .request_id = r->id,
            .code = r->code,
            .address = r->address,
            .created_at = r->created_at,
            .expires_at = r->expires_at,
            .user_id = r->user_id,
            .user_hint = r->user_hint,
            .hostname = r->hostname,
            .type = r->kind,
            .os = r->os,
            .client_version = r->client_version,
            .labels = { or_empty_object(r->labels) },
        };
        TRY(thumbprint(rq->act.arena, r->public_key, &out[i].key_thumbprint));
        TRY(user_name(rq, r->user_id, &out[i].user_name));
    }
    *ret = (struct rows){ out, n };
    return E_OK;
}

static err_t history_view(struct request *rq, oid_t id, struct rows *ret)
{
    struct row_device_event *events;
    size_t n;
    TRY(device_history(&rq->act, id, &events, &n));
    struct device_history_out *out = ARENA_ARRAY(rq->act.arena, struct device_history_out, n);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const struct row_device_event *e = &events[i];
        out[i] = (struct device_history_out){
            .at = e->at,
            .move = str_from_cz(device_move_name((enum device_move)e->action)),
            .from = str_from_cz(device_status_name((enum device_status)e->from_status)),
            .to = str_from_cz(device_status_name((enum device_status)e->to_status)),
            .actor_kind = str_from_cz(actor_kind_name((enum actor_kind)e->actor_kind)),
            .actor_id = e->actor_id,
            .reason = e->reason,
        };
    }
    *ret = (struct rows){ out, n };
    return E_OK;
}

/* What others changed in its files, as it was reported last. */
static err_t drift_view(struct request *rq, oid_t id, struct device_config_out *out)
{
    struct row_device_drift row = { 0 };
    struct sql_device_drift_get in = { .org = rq->act.org, .device = id };
    CLEANUP(json_freep) struct json *v = NULL;
    err_t e = sql_device_drift_get(rq->act.db, rq->act.arena, &in, &row);
    if (e != E_OK)
        return e == E_NOT_FOUND ? E_OK : e;
    TRY(json_parse(row.places, NULL, &v));
    size_t n = json_type(v) == JSON_ARRAY ? json_count(v) : 0;
    str_t *places = ARENA_ARRAY(rq->act.arena, str_t, n + 1);
    if (places == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        if (json_type(json_at(v, i)) != JSON_STRING)
            return E_CORRUPT;
        TRY(str_copy(rq->act.arena, json_string(json_at(v, i)), &places[i]));
    }
    out->drift = (struct strs){ places, n };
    out->drift_count = row.count;
    out->drifted_at = row.drifted_at;
    return E_OK;
}

static err_t config_view(struct request *rq, oid_t id, struct obj *ret)
{
    struct row_device_config row = { 0 };
    struct sql_device_config_get in = { .org = rq->act.org, .device = id };
    struct device_config_out *out = ARENA_NEW(rq->act.arena, struct device_config_out);
    if (out == NULL)
        return E_NO_MEMORY;
    err_t e = sql_device_config_get(rq->act.db, rq->act.arena, &in, &row);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    *out = (struct device_config_out){
        .etag = row.etag,
        .version = row.version,
        .acked_at = row.acked_at,
        .result = row.result,
        .reason = row.reason,
    };
    TRY(drift_view(rq, id, out));
    ret->v = out;
    return E_OK;
}

/* The ladder of FLEET "Devices" 6, as far as it is built. */
static str_t credential_level(const struct row_device *d)
{
    if (d->key_hash.p != NULL)
        return STR("software-key");
    return d->join_seq > 0 || ts_is_set(d->token_issued_at) ? STR("token") : STR_NONE;
}

static err_t related_view(struct request *rq, const struct row_device *d, bool whole,
                          struct device_out *out)
{
    struct sql_device_group_list in = { .org = rq->act.org, .device = d->id };
    struct row_device_group *groups;
    struct row_enrol_request *open;
    size_t n;
    TRY(sql_device_group_list(rq->act.db, rq->act.arena, &in, &groups, &n));
    TRY(groups_view(rq->act.arena, groups, n, &out->groups));
    TRY(config_view(rq, d->id, &out->config));
    TRY(etag_make(rq, d->id, d->revision, &out->etag));
    TRY(thumbprint(rq->act.arena, d->public_key, &out->key_thumbprint));
    TRY(user_name(rq, d->user_id, &out->user_name));
    if (whole)
        TRY(history_view(rq, d->id, &out->history));
    if (d->status != DEVICE_PENDING)
        return E_OK;
    TRY(requests_open(&rq->act, d->id, &open, &n));
    return device_requests_view(rq, open, n, &out->requests);
}

err_t device_view(struct request *rq, const struct row_device *d, bool whole,
                  struct device_out *ret)
{
    *ret = (struct device_out){
        .id = d->id,
        .org_id = d->org,
        .machine_id = d->machine_id,
        .fingerprint = d->fingerprint,
        .metadata = { or_empty_object(d->metadata) },
        .hostname = d->hostname,
        .type = d->kind,
        .os = d->os,
        .client_version = d->client_version,
        .status = str_from_cz(device_status_name((enum device_status)d->status)),
        .status_reason = device_reason(d),
        .user_id = d->user_id,
        .labels = { or_empty_object(d->labels) },
        .credential_level = credential_level(d),
        .enrolled_at = d->enrolled_at,
        .last_seen_at = d->last_seen_at,
        .created_at = d->created_at,
        .metrics = { or_empty_object(d->metrics) },
        .revoked_at = d->revoked_at,
        .revoked_by = d->revoked_by,
        .revoke_reason = d->revoke_reason,
        .join_seq = d->join_seq,
    };
    return related_view(rq, d, whole, ret);
}

err_t device_reply(struct request *rq, oid_t id)
{
    struct row_device d;
    struct device_out *out = ARENA_NEW(rq->act.arena, struct device_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(device_get(&rq->act, id, &d));
    TRY(device_view(rq, &d, true, out));
    TRY(reply_header(rq, STR("ETag"), out->etag));
    request_target(rq, "device", id, d.machine_id);
    return reply_obj(rq, 200, &device_out_shape, out);
}
