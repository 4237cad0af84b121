/* SPDX-License-Identifier: Apache-2.0 */
/* How much there is of everything, and how it came to be so. */
#include "api/handlers_fleet.h"
#include "api/handlers_operation.h"
#include "api/metrics.h"
#include "api/services.h"
#include "api/shapes_stats.h"
#include "api/whole_server.h"
#include "domain/fleet/device_list.h"
#include "domain/series/series.h"
#include "mcp/hub.h"
#include "plat/db/inspect.h"
#include "plat/os/logbook.h"
#include "plat/os/machine.h"
#include "plat/os/proc.h"
#include "sql/audit.h"
#include "sql/identity.h"
#include "sql/series.h"

#include <assert.h>

static err_t server_count(struct request *rq, struct stats_server *ret)
{
    struct services *sv = rq->services;
    struct sql_sessions_open_row sessions;
    struct sql_audit_sums_row audit;
    struct sql_org_count_row orgs;
    struct mcp_figures mcp;
    struct proc_figures proc;
    struct logbook_stats log = { 0 };
    uint64_t free_bytes = 0;
    struct stats_server s = { .version = STR(SENESCHAL_VERSION), .started_at = sv->started_at };
    TRY(sql_sessions_open(rq->act.db, rq->act.arena, &(struct sql_sessions_open){ rq->act.now },
                          &sessions));
    TRY(sql_audit_sums(rq->act.db, rq->act.arena, &audit));
    TRY(sql_org_count(rq->act.db, rq->act.arena, &orgs));
    TRY(db_bytes(sv->dir, &s.database_bytes));
    err_ignore(machine_disk_free(sv->dir, &free_bytes)); /* 0 then: it is not known */
    mcp_hub_figures(sv->mcp, &mcp);
    proc_figures(&proc);
    if (sv->logbook != NULL)
        logbook_stats(sv->logbook, &log);
    s.organisations = orgs.n;
    s.sessions = sessions.n;
    s.mcp_sessions = (int64_t)mcp.sessions;
    s.audit_events = audit.events;
    s.disk_free_bytes = (int64_t)free_bytes;
    s.memory_bytes = (int64_t)proc.resident_bytes;
    s.log_bytes = log.bytes;
    s.log_lost = (int64_t)log.lost;
    *ret = s;
    return E_OK;
}

err_t stats_get(struct request *rq)
{
    struct arena *a = rq->act.arena;
    struct stats_out *out = ARENA_NEW(a, struct stats_out);
    struct device_counts_out *devices = ARENA_NEW(a, struct device_counts_out);
    struct stats_server *server = ARENA_NEW(a, struct stats_server);
    struct row_org_counts c;
    struct sql_audit_events_of_row audit;
    if (out == NULL || devices == NULL || server == NULL)
        return E_NO_MEMORY;
    const struct sql_org_counts which = { .org = rq->act.org, .now = rq->act.now };
    TRY(sql_org_counts(rq->act.db, a, &which, &c));
    TRY(sql_audit_events_of(rq->act.db, a, &(struct sql_audit_events_of){ rq->act.org }, &audit));
    TRY(device_counts_read(rq, &(struct device_filter){ 0 }, devices));
    bool whole = whole_server(rq->services, &rq->act.actor);
    if (whole)
        TRY(server_count(rq, server));
    *out = (struct stats_out){
        .at = rq->act.now,
        .people = c.people,
        .groups = c.groups,
        .service_accounts = c.services,
        .devices = { devices },
        .policies = c.policies,
        .rollouts = c.rollouts,
        .applications = c.applications,
        .servers = c.servers,
        .approvals = c.approvals,
        .access_requests = c.access_requests,
        .sessions = c.sessions,
        .audit_events = audit.n,
        .server = { whole ? server : NULL },
    };
    return reply_obj(rq, 200, &stats_shape, out);
}

/* ---- over time ---- */

struct span {
    ts_t from;
    int64_t step_s;
    size_t points;
};

/* Up to the minute, or hour, that is under way. */
static err_t span_of(struct request *rq, const struct series_query *q, struct span *ret)
{
    ts_t now = rq->act.now;
    ts_t day_ago = { now.us - SERIES_MINUTES_KEPT.us };
    ts_t from = ts_is_set(q->from) ? q->from : day_ago;
    bool old = ts_diff(day_ago, from).us > DUR_S(SERIES_MINUTE_S).us;
    int64_t step_s = q->step.set ? q->step.v : old ? SERIES_HOUR_S : SERIES_MINUTE_S;
    if (step_s % SERIES_MINUTE_S != 0 || (step_s > SERIES_HOUR_S && step_s % SERIES_HOUR_S != 0))
        return FAIL(&rq->act.why, E_BAD_FIELD,
                    "step: want whole minutes up to an hour, whole hours from there");
    if (from.us > now.us)
        return FAIL(&rq->act.why, E_BAD_FIELD, "from: want a time that has been");
    int64_t step_us = DUR_S(step_s).us;
    ts_t begin = { from.us - from.us % step_us };
    int64_t points = (now.us - begin.us) / step_us + 1;
    if (points > SERIES_POINTS_MAX)
        return FAIL(&rq->act.why, E_BAD_FIELD,
                    "step: want at most %d points: a longer step, or a later `from`",
                    SERIES_POINTS_MAX);
    *ret = (struct span){ .from = begin, .step_s = step_s, .points = (size_t)points };
    return E_OK;
}

static void add_points(struct json_out *o, const opt_i64_t *v, size_t n)
{
    json_out_open(o, '[');
    for (size_t i = 0; i < n; i++) {
        if (v[i].set)
            json_out_i64(o, v[i].v);
        else
            json_out_null(o);
    }
    json_out_close(o, ']');
}

static err_t add_series(struct request *rq, const struct span *span, str_t name, struct json_out *o,
                        uint64_t *seen)
{
    enum series which;
    opt_i64_t *v = NULL;
    if (series_parse(name, &which) != E_OK)
        return FAIL(&rq->act.why, E_BAD_FIELD,
                    "name: there is no figure `%.*s`; docs/OPERATING.md has the list",
                    STR_ARG(name));
    if ((*seen >> which & 1U) != 0)
        return FAIL(&rq->act.why, E_BAD_FIELD, "name: `%.*s` stands there twice", STR_ARG(name));
    *seen |= UINT64_C(1) << which;
    const struct series_ask ask = {
        .series = which, .from = span->from, .step_s = span->step_s, .points = span->points
    };
    TRY(series_read(rq->act.db, rq->act.arena, &ask, &v));
    json_out_name(o, name);
    add_points(o, v, span->points);
    return o->b->err;
}

static_assert((int)SERIES_COUNT <= 64, "one bit each");
enum { POINT_BYTES = 24 };

static err_t times_make(struct arena *a, const struct span *span, struct strs *ret)
{
    str_t *at = ARENA_ARRAY(a, str_t, span->points);
    char *text = arena_alloc(a, span->points * TS_TEXT);
    if (at == NULL || text == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < span->points; i++) {
        ts_t t = ts_add(span->from, DUR_S(span->step_s * (int64_t)i));
        ts_format(t, text + i * TS_TEXT);
        at[i] = str_of(text + i * TS_TEXT, TS_TEXT);
    }
    *ret = (struct strs){ at, span->points };
    return E_OK;
}

err_t stats_series(struct request *rq)
{
    const struct series_query *q = rq->query;
    struct series_out *out = ARENA_NEW(rq->act.arena, struct series_out);
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct json_out o = json_out_to(&b);
    struct span span = { 0 };
    str_t rest = q->name;
    str_t name;
    uint64_t seen = 0;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(whole_server_may(rq));
    TRY(span_of(rq, q, &span));
    buf_init(&b, (size_t)SERIES_COUNT * SERIES_POINTS_MAX * POINT_BYTES);
    json_out_open(&o, '{');
    while (str_split(&rest, ',', &name))
        TRY(add_series(rq, &span, name, &o, &seen));
    json_out_close(&o, '}');
    TRY(b.err);
    out->step_s = span.step_s;
    out->from = span.from;
    TRY(times_make(rq->act.arena, &span, &out->at));
    TRY(str_copy(rq->act.arena, buf_str(&b), &out->series.text));
    return reply_obj(rq, 200, &series_out_shape, out);
}
