/* SPDX-License-Identifier: Apache-2.0 */
/* The installer's contract. */
#include "api/handlers_fleet.h"

#include "base/num.h"
#include "domain/fleet/agents.h"

enum { PAGE_DEFAULT = 100 };

static void agent_view(const struct row_device *d, struct agent_out *ret)
{
    *ret = (struct agent_out){
        .id = d->id,
        .machine_id = d->machine_id,
        .user_name = d->agent_user_name,
        .user_email = d->agent_user_email,
        .user_id = d->agent_user_id,
        .hostname = d->hostname,
        .os_info = d->os,
        .version = d->client_version,
        .status = str_from_cz(agent_status_name((enum device_status)d->status)),
        .token_issued_at = d->token_issued_at,
        .enrolled_at = d->enrolled_at,
        .last_seen_at = d->last_seen_at,
        .uninstalled_at = d->uninstalled_at,
        .uninstall_reason = d->uninstall_reason,
    };
}

static err_t agent_reply(struct request *rq, const struct row_device *d)
{
    struct agent_out *out = ARENA_NEW(rq->act.arena, struct agent_out);
    if (out == NULL)
        return E_NO_MEMORY;
    agent_view(d, out);
    return reply_obj(rq, 200, &agent_out_shape, out);
}

err_t agents_enroll(struct request *rq)
{
    const struct agent_in *in = rq->in;
    struct fleet_rules rules = request_fleet_rules(rq);
    struct agent_enrol_in enrol = {
        .machine_id = in->machine_id,
        .words = { in->user_name, in->user_email, in->user_id, in->hostname, in->os_info,
                   in->version },
        .allow_reactivate = !in->allow_reactivate.set || in->allow_reactivate.v,
        .rules = &rules,
    };
    struct agent_enrol_out done;
    struct agent_enroll_out *out = ARENA_NEW(rq->act.arena, struct agent_enroll_out);
    struct agent_out *agent = ARENA_NEW(rq->act.arena, struct agent_out);
    if (out == NULL || agent == NULL)
        return E_NO_MEMORY;
    TRY(agent_enrol(&rq->act, &enrol, &done));
    request_target(rq, "device", done.device.id, done.device.machine_id);
    if (!done.created)
        rq->event.action = done.reactivated ? STR("device.reactivated") : STR("device.adopted");
    agent_view(&done.device, agent);
    *out = (struct agent_enroll_out){ done.created, done.reactivated, { agent }, STR_NONE };
    TRY(str_copy(rq->act.arena, str_of(done.token.p, done.token.n), &out->token));
    return reply_obj(rq, done.created ? 201 : 200, &agent_enroll_out_shape, out);
}

err_t agents_uninstall(struct request *rq)
{
    const struct agent_in *in = rq->in;
    struct row_device d;
    request_reason(rq, in->reason);
    TRY(agent_uninstall(&rq->act, in->machine_id, in->reason, &d));
    if (d.status == DEVICE_REVOKED)
        rq->event.action = STR("device.revoked");
    request_target(rq, "device", d.id, d.machine_id);
    return agent_reply(rq, &d);
}

/* What would write nothing is answered on a worker. */
err_t agents_heartbeat_prepare(struct request *rq)
{
    const struct agent_in *in = rq->in;
    bool due;
    TRY(agent_heartbeat_due(&rq->act, in->machine_id, in->version, &due));
    return due ? E_OK : reply_empty(rq, 202);
}

err_t agents_heartbeat(struct request *rq)
{
    const struct agent_in *in = rq->in;
    rq->quiet = true;
    TRY(agent_heartbeat(&rq->act, in->machine_id, in->version));
    return reply_empty(rq, 202);
}

static err_t status_of(const struct agent_query *q, enum device_status *ret)
{
    *ret = DEVICE_NONE;
    return q->status.p != NULL ? agent_status_parse(q->status, ret) : E_OK;
}

/* A position is "MICROSECONDS.ID" of the last row's enrolment. */
static err_t position_read(str_t text, struct agent_page *page)
{
    size_t dot = str_find(text, '.');
    if (num_parse_i64(str_sub(text, 0, dot), &page->at.us) != E_OK ||
        oid_parse(str_sub(text, dot + 1, text.n), &page->id) != E_OK)
        return E_BAD_CURSOR;
    return E_OK;
}

static err_t position_make(struct request *rq, const struct row_device *d, str_t filters,
                           str_t *ret)
{
    char id[OID_TEXT];
    str_t position;
    oid_format(d->id, id);
    TRY(str_format(rq->act.arena, &position, "%lld.%.*s", (long long)d->enrolled_at.us, OID_TEXT,
                   id));
    return cursor_make(rq, position, filters, ret);
}

err_t agents_list(struct request *rq)
{
    const struct agent_query *q = rq->query;
    struct agent_page page = { .limit = (q->page.limit > 0 ? q->page.limit : PAGE_DEFAULT) + 1 };
    enum device_status status;
    struct row_device *rows;
    size_t n;
    str_t position;
    str_t next = STR_NONE;
    str_t filters = q->status.p != NULL ? q->status : STR("");
    TRY(status_of(q, &status));
    if (q->page.cursor.p != NULL) {
        TRY(cursor_open(rq, q->page.cursor, filters, &position));
        TRY(position_read(position, &page));
    }
    TRY(agent_list(&rq->act, status, page, &rows, &n));
    if (n == (size_t)page.limit) {
        n--;
        TRY(position_make(rq, &rows[n - 1], filters, &next));
    }
    struct agent_out *out = ARENA_ARRAY(rq->act.arena, struct agent_out, n);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        agent_view(&rows[i], &out[i]);
    return reply_list(rq, &agent_out_shape, out, n, next);
}

err_t agents_count(struct request *rq)
{
    enum device_status status;
    struct count_out *out = ARENA_NEW(rq->act.arena, struct count_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(status_of(rq->query, &status));
    TRY(agent_count(&rq->act, status, &out->count));
    return reply_obj(rq, 200, &count_out_shape, out);
}

err_t agents_get(struct request *rq)
{
    struct row_device d;
    TRY(device_by_machine_id(&rq->act, rq->params[0], &d));
    return agent_reply(rq, &d);
}
