/* SPDX-License-Identifier: Apache-2.0 */
/* Machines of an older registry come over, a slice at a time. */
#include "api/handlers_fleet.h"
#include "api/shapes_import.h"
#include "base/enc.h"
#include "domain/fleet/import.h"

static const char *const outcome_names[IMPORT_OUTCOMES] = {
    [IMPORT_CREATED] = "created",
    [IMPORT_UNCHANGED] = "unchanged",
    [IMPORT_KEPT] = "kept",
};

/* An empty text says as little as an absent one. */
static str_t said(str_t s)
{
    return s.n > 0 ? s : STR_NONE;
}

static err_t machine_of(struct request *rq, const struct import_row_in *row, bool dry_run,
                        struct agent_import_in *ret)
{
    struct agent_import_in in = {
        .machine_id = row->machine_id,
        .words = { said(row->user_name), said(row->user_email), said(row->user_id),
                   said(row->hostname), said(row->os_info), said(row->version) },
        .has_token = row->token_hash.n > 0,
        .token_issued_at = row->token_issued_at,
        .enrolled_at = row->enrolled_at,
        .last_seen_at = row->last_seen_at,
        .ended_at = row->uninstalled_at,
        .reason = said(row->reason),
        .dry_run = dry_run,
    };
    TRY(agent_status_parse(row->status, &in.status));
    if (in.has_token && hex_decode(row->token_hash, in.token.b, sizeof in.token.b) != E_OK)
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "token_hash",
                              "want SHA-256 in hex: 64 digits");
    *ret = in;
    return E_OK;
}

err_t agents_import_prepare(struct request *rq)
{
    const struct import_in *in = rq->in;
    const struct import_row_in *rows = in->rows.v;
    struct import_in *with = ARENA_NEW(rq->act.arena, struct import_in);
    struct agent_import_in *list =
        ARENA_ARRAY(rq->act.arena, struct agent_import_in, in->rows.n + 1);
    if (with == NULL || list == NULL)
        return E_NO_MEMORY;
    TRY(request_may(rq, PERM_DEVICE_REVOKE)); /* a revocation may be among them */
    for (size_t i = 0; i < in->rows.n; i++)
        TRY(machine_of(rq, &rows[i], in->dry_run, &list[i]));
    *with = *in;
    with->machines = list;
    rq->in = with;
    return E_OK;
}

/* Each machine that came in is an event of its own. */
static err_t import_record(struct request *rq, const struct agent_import_in *in,
                           const struct agent_import_out *done)
{
    struct audit_event e = rq->event;
    bool token = in->has_token && !done->token_taken;
    e.action = STR("device.imported");
    e.result = AUDIT_OK;
    e.target_kind = STR("device");
    e.target_id = done->id;
    e.target_name = in->machine_id;
    e.reason = in->reason;
    TRY(str_format(rq->act.arena, &e.details, "{\"status\":\"%s\",\"token\":%s}",
                   agent_status_name(done->status), token ? "true" : "false"));
    return request_audit_more(rq, &e);
}

static err_t import_rows(struct request *rq, const struct import_in *in, struct import_out *out,
                         struct import_result_out *results)
{
    const struct import_row_in *rows = in->rows.v;
    int64_t *const counts[IMPORT_OUTCOMES] = {
        [IMPORT_CREATED] = &out->created,
        [IMPORT_UNCHANGED] = &out->unchanged,
        [IMPORT_KEPT] = &out->kept,
    };
    for (size_t i = 0; i < in->rows.n; i++) {
        struct agent_import_out done;
        TRY(agent_import(&rq->act, &in->machines[i], &done));
        *counts[done.outcome] += 1;
        if (done.outcome == IMPORT_CREATED && !in->dry_run)
            TRY(import_record(rq, &in->machines[i], &done));
        results[i] = (struct import_result_out){
            .row = rows[i].row.set ? rows[i].row.v : (int64_t)i + 1,
            .outcome = str_from_cz(outcome_names[done.outcome]),
            .status = str_from_cz(agent_status_name(done.status)),
            .note = done.token_taken ? STR("token-taken") : STR_NONE,
        };
    }
    return E_OK;
}

err_t agents_import(struct request *rq)
{
    const struct import_in *in = rq->in;
    struct import_out *out = ARENA_NEW(rq->act.arena, struct import_out);
    struct import_result_out *results =
        ARENA_ARRAY(rq->act.arena, struct import_result_out, in->rows.n + 1);
    str_t details;
    if (out == NULL || results == NULL)
        return E_NO_MEMORY;
    TRY(request_may(rq, PERM_DEVICE_REVOKE)); /* once more, like the row's own permission */
    TRY(import_rows(rq, in, out, results));
    out->dry_run = in->dry_run;
    out->results = (struct rows){ results, in->rows.n };
    rq->quiet = in->dry_run || out->created == 0; /* nothing was changed */
    TRY(str_format(rq->act.arena, &details, "{\"created\":%lld,\"kept\":%lld,\"unchanged\":%lld}",
                   (long long)out->created, (long long)out->kept, (long long)out->unchanged));
    request_details(rq, details);
    return reply_obj(rq, 200, &import_out_shape, out);
}
