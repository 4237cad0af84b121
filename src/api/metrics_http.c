/* SPDX-License-Identifier: Apache-2.0 */
/* Answers as they leave: how many, how long, how many refused and why, what was changed. */
#include "api/metrics.h"

#include "api/passage.h"
#include "api/router.h"
#include "api/spans.h"
#include "mcp/hub.h"

#include <assert.h>

/* Only its own loop counts here, so no locked instruction is needed; others read. */
static void count(_Atomic uint64_t *n, uint64_t more)
{
    uint64_t was = atomic_load_explicit(n, memory_order_relaxed);
    atomic_store_explicit(n, was + more, memory_order_relaxed);
}

void metrics_note(struct metrics_loop *m, const struct http_xchg *x, int status, size_t bytes)
{
    const struct route *row = x->note.row;
    uint64_t took = (uint64_t)clock_mono().us - x->started_us;
    bool parked = row != NULL && x->path.p == NULL; /* http_park gives the text up */
    size_t class = parked                     ? PARKED_CLASS
                   : row == NULL              ? NO_CLASS
                   : row->limit == LIMIT_NONE ? HEALTH_CLASS
                                              : (size_t)route_class(row);
    count(&m->by_class[status >= 100 && status < 600 ? (size_t)status / 100 : 0], 1);
    count(&m->bytes, bytes);
    count(&m->durations[class][hist_bucket(took)], 1);
    count(&m->took_us[class], took);
    if (x->note.err != E_OK)
        count(&m->refusals[x->note.err], 1);
}

err_t metrics_acts_make(struct arena *a, struct metrics_acts *ret)
{
    size_t rows = 0;
    for (size_t t = 0; t < route_parts_n; t++)
        rows += route_parts[t]->n;
    _Atomic uint64_t *n = arena_alloc(a, rows * sizeof *n);
    if (n == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < rows; i++)
        atomic_init(&n[i], 0);
    ret->n = n;
    return E_OK;
}

/* The number of a row of the tables among all of them. */
static size_t row_number(const struct route *row)
{
    size_t before = 0;
    for (size_t t = 0; t < route_parts_n; t++) {
        const struct route_table *part = route_parts[t];
        if (row >= part->rows && row < part->rows + part->n)
            return before + (size_t)(row - part->rows);
        before += part->n;
    }
    assert(false); /* a row of no table */
    return 0;
}

/* 202 says that nothing has come of it yet. */
void metrics_note_act(struct metrics_acts *acts, const struct http_xchg *x, int status)
{
    const struct route *row = x->note.row;
    if (row == NULL || row->audit == NULL || status < 200 || status >= 300 || status == 202)
        return;
    (void)atomic_fetch_add_explicit(&acts->n[row_number(row)], 1, memory_order_relaxed);
}

static uint64_t sum(const struct api *api, size_t offset)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < api->loops_n; i++) {
        const char *m = (const char *)&api->loops[i].metrics;
        n += atomic_load_explicit((const _Atomic uint64_t *)(const void *)(m + offset),
                                  memory_order_relaxed);
    }
    return n;
}

#define SUM(api, member) sum((api), offsetof(struct metrics_loop, member))

void metrics_totals(const struct api *api, struct metrics_totals *ret)
{
    struct metrics_totals t = { .errors = SUM(api, by_class[5]) };
    for (size_t i = 1; i < 6; i++)
        t.answers += SUM(api, by_class[i]);
    for (size_t class = 0; class < DURATION_CLASSES; class ++) {
        if (class == PARKED_CLASS || class == HEALTH_CLASS)
            continue;
        t.took.us += SUM(api, took_us[class]);
        for (size_t i = 0; i <= HIST_BUCKETS; i++)
            t.took.n[i] += SUM(api, durations[class][i]);
    }
    *ret = t;
}

static void put_duration(struct buf *b, const struct api *api, size_t class)
{
    static const char *const more[] = {
        [PARKED_CLASS - LOAD_CLASSES] = "parked",
        [HEALTH_CLASS - LOAD_CLASSES] = "health",
        [NO_CLASS - LOAD_CLASSES] = "none",
    };
    const char *name =
        class < LOAD_CLASSES ? load_name((enum load_class) class) : more[class - LOAD_CLASSES];
    struct hist h = { .us = SUM(api, took_us[class]) };
    for (size_t i = 0; i <= HIST_BUCKETS; i++)
        h.n[i] = SUM(api, durations[class][i]);
    metric_put_hist(b, M_HTTP_DURATION, "class", name, &h);
}

static void put_acts(struct buf *b, const struct metrics_acts *acts)
{
    size_t at = 0;
    metric_head(b, M_ACTS);
    for (size_t t = 0; t < route_parts_n; t++) {
        for (size_t i = 0; i < route_parts[t]->n; i++, at++) {
            const struct route *r = &route_parts[t]->rows[i];
            uint64_t n = atomic_load_explicit(&acts->n[at], memory_order_relaxed);
            if (n > 0)
                buf_addf(b, "seneschal_acts_total{method=\"%s\",route=\"%s\"} %llu\n",
                         method_name(r->method), r->path, (unsigned long long)n);
        }
    }
}

static void put_gateway(struct buf *b, const struct mcp_hub *hub)
{
    static const char *const ends[MCP_ENDS] = {
        [MCP_END_REFUSED] = "refused",
        [MCP_END_OK] = "ok",
        [MCP_END_ERROR] = "error",
        [MCP_END_TIMEOUT] = "timeout",
        [MCP_END_UNREACHABLE] = "unreachable",
        [MCP_END_CANCELLED] = "cancelled",
        [MCP_END_BUSY] = "busy",
    };
    struct mcp_figures f;
    mcp_hub_figures(hub, &f);
    metric_put(b, M_MCP_SESSIONS, (int64_t)f.sessions);
    metric_put(b, M_MCP_STREAMS, (int64_t)f.streams);
    metric_put(b, M_MCP_CALLS, (int64_t)f.calls);
    metric_put(b, M_MCP_WAITING, (int64_t)f.waiting);
    metric_put(b, M_MCP_PARKED, (int64_t)f.parked);
    metric_put(b, M_MCP_UPSTREAMS, (int64_t)f.upstreams);
    metric_put(b, M_MCP_BREAKERS, (int64_t)f.breakers_open);
    metric_put(b, M_MCP_CALLED, (int64_t)f.calls_total);
    metric_put(b, M_MCP_REFUSED, (int64_t)f.refused_total);
    metric_put(b, M_MCP_FAILED, (int64_t)f.failed_total);
    metric_head(b, M_MCP_TOOL_CALLS);
    for (size_t i = 0; i < MCP_ENDS; i++)
        metric_put_label(b, M_MCP_TOOL_CALLS, "result", ends[i], (int64_t)f.tool_calls[i]);
    metric_head(b, M_MCP_ANSWER);
    metric_put_hist(b, M_MCP_ANSWER, NULL, NULL, &f.answers);
    metric_put(b, M_MCP_NET, (int64_t)f.net_total);
    metric_put(b, M_MCP_NET_REFUSED, (int64_t)f.net_refused_total);
    metric_put(b, M_MCP_RETRIED, (int64_t)f.retried_total);
    metric_head(b, M_MCP_CACHE);
    metric_put_label(b, M_MCP_CACHE, "cache", "hit", (int64_t)f.cached_total);
    metric_put_label(b, M_MCP_CACHE, "cache", "miss", (int64_t)f.uncached_total);
    metric_put(b, M_MCP_CACHE_BYTES, (int64_t)f.cached_bytes);
}

static void put_spans(struct buf *b, struct spans *spans)
{
    struct spans_stats s;
    spans_stats(spans, &s);
    metric_head(b, M_OTLP_SPANS);
    metric_put_label(b, M_OTLP_SPANS, "result", "sent", (int64_t)s.sent);
    metric_put_label(b, M_OTLP_SPANS, "result", "dropped", (int64_t)s.dropped);
    metric_put_label(b, M_OTLP_SPANS, "result", "failed", (int64_t)s.failed);
    metric_put(b, M_OTLP_WAITING, (int64_t)s.waiting);
}

void metrics_http(struct buf *b, const struct api *api)
{
    static const char *const classes[] = { "none", "1xx", "2xx", "3xx", "4xx", "5xx" };
    metric_head(b, M_HTTP_RESPONSES);
    for (size_t i = 2; i < ARRAY_LEN(classes); i++)
        metric_put_label(b, M_HTTP_RESPONSES, "class", classes[i], (int64_t)SUM(api, by_class[i]));
    metric_head(b, M_HTTP_DURATION);
    for (size_t class = 0; class < DURATION_CLASSES; class ++)
        put_duration(b, api, class);
    metric_put(b, M_HTTP_BYTES, (int64_t)SUM(api, bytes));
    metric_put(b, M_HTTP_CONNS, (int64_t)http_server_conns(api->services->http));
    metric_head(b, M_REFUSALS);
    for (size_t e = E_OK + 1; e < E_COUNT; e++) {
        uint64_t n = SUM(api, refusals[e]);
        if (n > 0)
            metric_put_label(b, M_REFUSALS, "code", err_info((err_t)e)->slug, (int64_t)n);
    }
    put_acts(b, &api->acts);
    metric_put(b, M_POLLS_PARKED, (int64_t)atomic_load(&api->parked[LIVE_POLL]));
    metric_put(b, M_STREAMS, (int64_t)atomic_load(&api->parked[LIVE_STREAM]));
    put_gateway(b, api->services->mcp);
    put_spans(b, api->services->spans);
    metric_put(b, M_NUDGES, (int64_t)SUM(api, nudges));
}
