/* SPDX-License-Identifier: Apache-2.0 */
/* GET /metrics: the Prometheus text format 0.0.4, made anew at each scrape. */
#include "api/health.h"

#include "api/passage.h"
#include "api/reply.h"
#include "base/buf.h"
#include "base/log.h"

enum { METRICS_MAX = 64 * 1024 };

static void metric(struct buf *b, const char *name, const char *type, const char *help, int64_t v)
{
    buf_addf(b, "# HELP seneschal_%s %s\n# TYPE seneschal_%s %s\nseneschal_%s %lld\n", name, help,
             name, type, name, (long long)v);
}

static void metrics_http(struct buf *b, const struct api *api)
{
    static const char *const classes[] = { NULL, NULL, "2xx", "3xx", "4xx", "5xx" };
    uint64_t latency_us = 0;
    BUF_ADD(b, "# HELP seneschal_http_responses_total Answers by class of status.\n"
               "# TYPE seneschal_http_responses_total counter\n");
    for (size_t class = 2; class < ARRAY_LEN(classes); class ++) {
        uint64_t n = 0;
        for (unsigned i = 0; i < api->loops_n; i++)
            n += atomic_load_explicit(&api->loops[i].metrics.by_class[class], memory_order_relaxed);
        buf_addf(b, "seneschal_http_responses_total{class=\"%s\"} %llu\n", classes[class],
                 (unsigned long long)n);
    }
    for (unsigned i = 0; i < api->loops_n; i++)
        latency_us += atomic_load_explicit(&api->loops[i].metrics.latency_us, memory_order_relaxed);
    metric(b, "http_latency_microseconds_total", "counter", "Time from head to last byte, summed.",
           (int64_t)latency_us);
    metric(b, "http_connections", "gauge", "Open connections.",
           (int64_t)http_server_conns(api->services->http));
    metric(b, "polls_parked", "gauge", "Long polls that wait for a change.",
           (int64_t)atomic_load(&api->parked[LIVE_POLL]));
    metric(b, "streams", "gauge", "Open configuration streams.",
           (int64_t)atomic_load(&api->parked[LIVE_STREAM]));
    uint64_t nudges = 0;
    for (unsigned i = 0; i < api->loops_n; i++)
        nudges += atomic_load_explicit(&api->loops[i].metrics.nudges, memory_order_relaxed);
    metric(b, "nudges_total", "counter", "Changes that polls and streams were told of.",
           (int64_t)nudges);
}

static void metrics_store(struct buf *b, const struct services *sv)
{
    struct writer_stats w;
    struct live_stats l;
    writer_stats(sv->writer, &w);
    live_stats(sv->live, &l);
    metric(b, "writes_total", "counter", "Jobs of the writer.", (int64_t)w.jobs);
    metric(b, "write_groups_total", "counter", "Transactions of the writer.", (int64_t)w.groups);
    metric(b, "write_queue", "gauge", "Jobs that wait for the writer.", (int64_t)w.queued);
    metric(b, "wal_frames", "gauge", "Frames of the write-ahead log.", (int64_t)w.wal_frames);
    metric(b, "disk_full", "gauge", "1 while only revocations are written.", w.disk_full);
    metric(b, "memory_principals", "gauge", "Principals in memory.", (int64_t)l.principals);
    metric(b, "memory_tokens", "gauge", "Tokens in memory.", (int64_t)l.tokens);
    metric(b, "memory_configurations", "gauge", "Distinct effective configurations in memory.",
           (int64_t)l.effectives);
    metric(b, "write_limit", "gauge", "Jobs that may wait for the writer, at the pace of the disk.",
           (int64_t)w.limit);
    struct log_stats log;
    log_get_stats(&log);
    metric(b, "log_lines_dropped_total", "counter",
           "Lines of the log that nobody could take: standard error was stuck.",
           (int64_t)log.dropped);
    metric(b, "log_lines_suppressed_total", "counter", "Lines of the log that repeated too often.",
           (int64_t)log.suppressed);
    int64_t until_us = atomic_load_explicit(&sv->certificate_until_us, memory_order_relaxed);
    if (until_us != 0)
        metric(b, "certificate_days", "gauge", "Until the certificate of TLS ends; below 0: over.",
               ts_diff((ts_t){ until_us }, clock_now()).us / DUR_HOURS(24).us);
    metric(b, "uptime_seconds", "gauge", "Since the start.",
           ts_diff(clock_now(), sv->started_at).us / 1000000);
}

static void metrics_make(struct buf *b, struct services *sv)
{
    metrics_http(b, sv->api);
    metrics_store(b, sv);
    admission_metrics(&sv->api->admission, sv, b);
}

/* Whoever is known is answered at once: a busy server is when they are wanted most. */
enum hot_answer metrics_hot(const struct hot_ask *ask)
{
    struct services *sv = ask->api->services;
    struct api_loop *loop = edge_loop(ask->api, ask->x);
    bool may = services_settings(sv)->metrics_open ||
               (ask->who != NULL && perms_have(ask->who->who.actor.perms, PERM_METRICS_READ));
    if (!may)
        return HOT_PASS;
    buf_clear(&loop->body);
    metrics_make(&loop->body, sv);
    if (loop->body.err != E_OK)
        return HOT_PASS;
    buf_clear(&loop->head);
    reply_head_common(&loop->head, STR("text/plain; version=0.0.4"), oid_make(), false);
    edge_reply(ask->api, ask->x, 200, buf_str(&loop->head), buf_str(&loop->body));
    return HOT_DONE;
}

err_t metrics_get(struct request *rq)
{
    str_t text;
    if (!services_settings(rq->services)->metrics_open)
        TRY(request_may(rq, PERM_METRICS_READ));
    CLEANUP(buf_fini) struct buf b;
    buf_init(&b, METRICS_MAX);
    metrics_make(&b, rq->services);
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &text));
    return reply_raw(rq, 200, "text/plain; version=0.0.4", text);
}
