/* SPDX-License-Identifier: Apache-2.0 */
/* GET /metrics, made anew at each scrape. */
#include "api/metrics.h"

#include "api/handlers_operation.h"
#include "api/health.h"
#include "api/passage.h"
#include "api/reply.h"
#include "base/log.h"

enum { METRICS_MAX = 128 * 1024, HIST_LABEL_MAX = 64 };

/* clang-format off */
const struct metric_info metric_infos[METRICS] = {
#define METRIC(code, name, type, labels, help) [M_##code] = { name, METRIC_##type, labels, help },
#include "api/metric.def"
#undef METRIC
};
/* clang-format on */

const char *metric_type_name(enum metric_type t)
{
    static const char *const names[] = {
        [METRIC_COUNTER] = "counter",
        [METRIC_GAUGE] = "gauge",
        [METRIC_HISTOGRAM] = "histogram",
        [METRIC_SUMMARY] = "summary",
    };
    return names[t];
}

const char *metric_prefix(enum metric m)
{
    return str_starts(str_from_cz(metric_infos[m].name), STR("process_")) ? "" : "seneschal_";
}

void metric_head(struct buf *b, enum metric m)
{
    const struct metric_info *i = &metric_infos[m];
    buf_addf(b, "# HELP %s%s %s\n# TYPE %s%s %s\n", metric_prefix(m), i->name, i->help,
             metric_prefix(m), i->name, metric_type_name(i->type));
}

void metric_put(struct buf *b, enum metric m, int64_t v)
{
    metric_head(b, m);
    buf_addf(b, "%s%s %lld\n", metric_prefix(m), metric_infos[m].name, (long long)v);
}

void metric_put_seconds(struct buf *b, enum metric m, int64_t us)
{
    metric_head(b, m);
    buf_addf(b, "%s%s %lld.%06lld\n", metric_prefix(m), metric_infos[m].name,
             (long long)(us / 1000000), (long long)(us % 1000000));
}

void metric_put_label(struct buf *b, enum metric m, const char *label, const char *value, int64_t v)
{
    buf_addf(b, "%s%s{%s=\"%s\"} %lld\n", metric_prefix(m), metric_infos[m].name, label, value,
             (long long)v);
}

void metric_put_hist(struct buf *b, enum metric m, const char *label, const char *value,
                     const struct hist *h)
{
    const char *name = metric_infos[m].name;
    char own[HIST_LABEL_MAX] = "";
    uint64_t n = 0;
    if (label != NULL)
        (void)snprintf(own, sizeof own, "%s=\"%s\"", label, value);
    const char *comma = label != NULL ? "," : "";
    for (size_t i = 0; i <= HIST_BUCKETS; i++) {
        n += h->n[i];
        buf_addf(b, "%s%s_bucket{%s%sle=\"%s\"} %llu\n", metric_prefix(m), name, own, comma,
                 i < HIST_BUCKETS ? hist_bounds[i].text : "+Inf", (unsigned long long)n);
    }
    const char *open = label != NULL ? "{" : "";
    const char *close = label != NULL ? "}" : "";
    buf_addf(b, "%s%s_sum%s%s%s %llu.%06llu\n", metric_prefix(m), name, open, own, close,
             (unsigned long long)(h->us / 1000000), (unsigned long long)(h->us % 1000000));
    buf_addf(b, "%s%s_count%s%s%s %llu\n", metric_prefix(m), name, open, own, close,
             (unsigned long long)n);
}

static void metrics_store(struct buf *b, const struct services *sv)
{
    struct writer_stats w;
    struct live_stats l;
    writer_stats(sv->writer, &w);
    live_stats(sv->live, &l);
    metric_put(b, M_AUDIT_UNSIGNED, audit_unsigned(sv->audit));
    metric_put(b, M_WRITES, (int64_t)w.jobs);
    metric_put(b, M_WRITE_GROUPS, (int64_t)w.groups);
    metric_put(b, M_WRITE_QUEUE, (int64_t)w.queued);
    metric_put(b, M_WRITE_LIMIT, (int64_t)w.limit);
    metric_put(b, M_WAL_FRAMES, (int64_t)w.wal_frames);
    metric_put(b, M_DISK_FULL, w.disk_full);
    metric_put(b, M_STORE_FAILED, w.failed);
    metric_put(b, M_SEALED, sv->sealed);
    metric_put(b, M_MEM_PRINCIPALS, (int64_t)l.principals);
    metric_put(b, M_MEM_TOKENS, (int64_t)l.tokens);
    metric_put(b, M_MEM_CONFIGS, (int64_t)l.effectives);
}

static void metrics_log(struct buf *b)
{
    static const char *const levels[] = { "debug", "info", "warning", "error" };
    struct log_stats log;
    log_get_stats(&log);
    metric_head(b, M_LOG_LINES);
    for (size_t i = 0; i < ARRAY_LEN(levels); i++)
        metric_put_label(b, M_LOG_LINES, "level", levels[i], (int64_t)log.lines[i]);
    metric_put(b, M_LOG_DROPPED, (int64_t)log.dropped);
    metric_put(b, M_LOG_SUPPRESSED, (int64_t)log.suppressed);
}

static void metrics_certificate(struct buf *b, const struct services *sv)
{
    int64_t until_us = atomic_load_explicit(&sv->certificate_until_us, memory_order_relaxed);
    metric_head(b, M_CERT_DAYS);
    if (until_us != 0)
        buf_addf(b, "seneschal_certificate_days %lld\n",
                 (long long)(ts_diff((ts_t){ until_us }, clock_now()).us / DUR_HOURS(24).us));
}

static void metrics_make(struct buf *b, struct services *sv)
{
    metric_head(b, M_BUILD_INFO);
    metric_put_label(b, M_BUILD_INFO, "version", SENESCHAL_VERSION, 1);
    metric_put(b, M_UPTIME, ts_diff(clock_now(), sv->started_at).us / 1000000);
    metrics_http(b, sv->api);
    metrics_store(b, sv);
    metrics_slow(b, &sv->api->slow);
    admission_metrics(&sv->api->admission, sv, b);
    metrics_certificate(b, sv);
    metrics_log(b);
    metric_put(b, M_START_TIME, sv->started_at.us / 1000000);
}

#define TEXT_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* Whoever is known is answered at once: a busy server is when they are wanted most. What the store
 * must be asked for is asked by a worker, when none is missing elsewhere. */
enum hot_answer metrics_hot(const struct hot_ask *ask)
{
    struct services *sv = ask->api->services;
    struct api_loop *loop = edge_loop(ask->api, ask->x);
    bool may = services_settings(sv)->metrics_open ||
               (ask->who != NULL && perms_have(ask->who->who.actor.perms, PERM_METRICS_READ));
    if (!may || (metrics_slow_old(&ask->api->slow) && !admission_waits(sv)))
        return HOT_PASS;
    buf_clear(&loop->body);
    metrics_make(&loop->body, sv);
    if (loop->body.err != E_OK)
        return HOT_PASS;
    buf_clear(&loop->head);
    reply_head_common(&loop->head, STR(TEXT_TYPE), edge_id(ask->x), false);
    edge_reply(ask->api, ask->x, 200, buf_str(&loop->head), buf_str(&loop->body));
    return HOT_DONE;
}

err_t metrics_text(struct request *rq, struct buf *b)
{
    TRY(metrics_slow_ask(rq, &rq->services->api->slow));
    metrics_make(b, rq->services);
    return b->err;
}

err_t metrics_get(struct request *rq)
{
    str_t text;
    if (!services_settings(rq->services)->metrics_open)
        TRY(request_may(rq, PERM_METRICS_READ));
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, METRICS_MAX);
    TRY(metrics_text(rq, &b));
    TRY(str_copy(rq->act.arena, buf_str(&b), &text));
    return reply_raw(rq, 200, TEXT_TYPE, text);
}
