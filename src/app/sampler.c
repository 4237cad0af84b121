/* SPDX-License-Identifier: Apache-2.0 */
#include "app/sampler.h"

#include "api/metrics.h"
#include "app/job_kinds.h"
#include "base/log.h"
#include "base/ref.h"
#include "domain/fleet/device_state.h"
#include "domain/series/series.h"
#include "mcp/hub.h"
#include "plat/db/inspect.h"
#include "plat/os/machine.h"
#include "plat/os/proc.h"
#include "sql/fleet.h"
#include "sql/series.h"

#include <pthread.h>

enum { ARENA_MAX = 256 * 1024 };

/* Counters since the start, as they stood at the end of the minute before. */
struct counters {
    struct metrics_totals http;
    struct mcp_figures mcp;
    uint64_t logins;
    uint64_t logins_failed;
    dur_t cpu;
    dur_t at; /* CLOCK_MONOTONIC */
};

struct sampler {
    struct services *services;
    struct db *reader; /* of the main thread; NULL: not yet open */
    struct arena *arena;
    struct counters before;
    ts_t minute; /* that is under way; the first one began with the process */
    pthread_mutex_t lock;
    struct series_sample waiting[SAMPLES_MAX];
    size_t n;
    size_t taken; /* of them, in the writer's transaction */
};

static ts_t minute_of(ts_t t)
{
    return (ts_t){ t.us - t.us % DUR_S(SERIES_MINUTE_S).us };
}

err_t sampler_new(struct services *services, struct sampler **ret)
{
    struct sampler *s = ref_new(sizeof *s);
    struct arena *a = arena_new(ARENA_MAX);
    if (s == NULL || a == NULL) {
        ref_drop(s);
        arena_free(a);
        return E_NO_MEMORY;
    }
    s->services = services;
    s->arena = a;
    s->minute = minute_of(clock_now());
    s->before = (struct counters){ .cpu = proc_cpu(), .at = clock_mono() }; /* the rest is 0 yet */
    (void)pthread_mutex_init(&s->lock, NULL); /* cannot fail with default attributes */
    *ret = s;
    return E_OK;
}

void sampler_free(struct sampler *s)
{
    if (s == NULL)
        return;
    db_close(s->reader);
    arena_free(s->arena);
    (void)pthread_mutex_destroy(&s->lock);
    ref_drop(s);
}

static void count(const struct services *sv, struct counters *ret)
{
    struct counters c = {
        .logins = atomic_load_explicit(&sv->logins, memory_order_relaxed),
        .logins_failed = atomic_load_explicit(&sv->logins_failed, memory_order_relaxed),
        .cpu = proc_cpu(),
        .at = clock_mono(),
    };
    metrics_totals(sv->api, &c.http);
    mcp_hub_figures(sv->mcp, &c.mcp);
    *ret = c;
}

static void set(struct series_sample *sample, enum series series, int64_t v)
{
    sample->v[series] = (opt_i64_t){ .set = true, .v = v };
}

static void sample_counted(struct series_sample *sample, const struct counters *before,
                           const struct counters *now)
{
    struct hist took = { 0 };
    uint64_t calls = 0;
    for (size_t i = 0; i <= HIST_BUCKETS; i++)
        took.n[i] = now->http.took.n[i] - before->http.took.n[i];
    for (size_t i = 0; i < MCP_ENDS; i++)
        calls += now->mcp.tool_calls[i] - before->mcp.tool_calls[i];
    uint64_t answers = now->http.answers - before->http.answers;
    set(sample, SERIES_REQUESTS, (int64_t)answers);
    set(sample, SERIES_ERRORS, (int64_t)(now->http.errors - before->http.errors));
    if (answers > 0) { /* else there is nothing to say how long it took */
        set(sample, SERIES_LATENCY_P50, (int64_t)hist_quantile(&took, 500));
        set(sample, SERIES_LATENCY_P99, (int64_t)hist_quantile(&took, 990));
    }
    set(sample, SERIES_LOGINS, (int64_t)(now->logins - before->logins));
    set(sample, SERIES_LOGINS_FAILED, (int64_t)(now->logins_failed - before->logins_failed));
    set(sample, SERIES_MCP_SESSIONS, (int64_t)now->mcp.sessions);
    set(sample, SERIES_TOOL_CALLS, (int64_t)calls);
    set(sample, SERIES_TOOL_CALLS_DENIED,
        (int64_t)(now->mcp.tool_calls[MCP_END_REFUSED] - before->mcp.tool_calls[MCP_END_REFUSED]));
    int64_t took_us = now->at.us - before->at.us;
    if (took_us > 0)
        set(sample, SERIES_CPU, (now->cpu.us - before->cpu.us) * 1000 / took_us);
}

static void sample_machine(struct series_sample *sample, const struct services *sv)
{
    struct proc_figures proc;
    struct writer_stats writer;
    int64_t bytes;
    uint64_t free_bytes;
    proc_figures(&proc);
    writer_stats(sv->writer, &writer);
    set(sample, SERIES_MEMORY, (int64_t)proc.resident_bytes);
    set(sample, SERIES_QUEUE, (int64_t)writer.queued);
    if (machine_disk_free(sv->dir, &free_bytes) == E_OK)
        set(sample, SERIES_DISK_FREE, (int64_t)free_bytes);
    if (db_bytes(sv->dir, &bytes) == E_OK)
        set(sample, SERIES_DATABASE, bytes);
}

/* By a connection of its own: counting a large fleet is nothing for the writer. */
static err_t sample_store(struct sampler *s, struct series_sample *sample)
{
    static const enum series of_status[DEVICE_STATUS_COUNT] = {
        [DEVICE_PENDING] = SERIES_DEVICES_PENDING,
        [DEVICE_ENROLLED] = SERIES_DEVICES_ENROLLED,
        [DEVICE_BLOCKED] = SERIES_DEVICES_BLOCKED,
        [DEVICE_UNINSTALLED] = SERIES_DEVICES_UNINSTALLED,
        [DEVICE_REFUSED] = SERIES_DEVICES_REFUSED,
        [DEVICE_REVOKED] = SERIES_DEVICES_REVOKED,
    };
    struct sql_device_sums_row *rows = NULL;
    struct sql_sessions_open_row sessions;
    size_t n = 0;
    TRY(sql_device_sums(s->reader, s->arena, &rows, &n));
    TRY(sql_sessions_open(s->reader, s->arena, &(struct sql_sessions_open){ clock_now() },
                          &sessions));
    set(sample, SERIES_SESSIONS, sessions.n);
    for (int status = DEVICE_PENDING; status < DEVICE_STATUS_COUNT; status++)
        set(sample, of_status[status], 0);
    for (size_t i = 0; i < n; i++) {
        if (rows[i].status >= DEVICE_PENDING && rows[i].status < DEVICE_STATUS_COUNT)
            set(sample, of_status[rows[i].status], rows[i].n);
    }
    return E_OK;
}

static void sample_asked(struct sampler *s, struct series_sample *sample)
{
    struct diag why = { 0 };
    arena_reset(s->arena);
    if (s->reader == NULL && db_open(s->services->dir, DB_READER, &why, &s->reader) != E_OK)
        return; /* gaps; the store has said why */
    if (db_read_begin(s->reader) != E_OK)
        return;
    err_ignore(sample_store(s, sample)); /* the same */
    db_read_end(s->reader);
}

static void sample_keep(struct sampler *s, const struct series_sample *sample)
{
    (void)pthread_mutex_lock(&s->lock);
    if (s->n < SAMPLES_MAX)
        s->waiting[s->n++] = *sample;
    (void)pthread_mutex_unlock(&s->lock);
}

void sampler_tick(struct sampler *s)
{
    const struct services *sv = s->services;
    struct counters now;
    if (sv->sealed)
        return;
    ts_t minute = minute_of(clock_now());
    if (minute.us == s->minute.us)
        return;
    count(sv, &now);
    struct series_sample sample = { .at = s->minute };
    sample_counted(&sample, &s->before, &now);
    sample_machine(&sample, sv);
    sample_asked(s, &sample);
    sample_keep(s, &sample);
    s->minute = minute;
    s->before = now;
}

/* ---- on the writer ---- */

err_t job_series(struct job_task *task)
{
    struct sampler *s = task->services->sampler;
    struct series_sample *samples = ARENA_ARRAY(task->act.arena, struct series_sample, SAMPLES_MAX);
    if (samples == NULL)
        return E_NO_MEMORY;
    (void)pthread_mutex_lock(&s->lock);
    s->taken = s->n;
    memcpy(samples, s->waiting, s->n * sizeof *samples);
    (void)pthread_mutex_unlock(&s->lock);
    for (size_t i = 0; i < s->taken; i++)
        TRY(series_put(task->act.db, &samples[i]));
    return E_OK;
}

bool job_series_presses(const struct job_task *task)
{
    struct sampler *s = task->services->sampler;
    (void)pthread_mutex_lock(&s->lock);
    bool some = s->n > 0;
    (void)pthread_mutex_unlock(&s->lock);
    return some;
}

void job_series_applied(struct job_task *task)
{
    struct sampler *s = task->services->sampler;
    (void)pthread_mutex_lock(&s->lock);
    s->n -= s->taken;
    memmove(s->waiting, s->waiting + s->taken, s->n * sizeof s->waiting[0]);
    s->taken = 0;
    (void)pthread_mutex_unlock(&s->lock);
}
