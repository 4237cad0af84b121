/* SPDX-License-Identifier: Apache-2.0 */
/* GET /metrics, the Prometheus text format 0.0.4: metric.def names them, these print them. */
#ifndef API_METRICS_H
#define API_METRICS_H

#include "api/services.h"
#include "base/buf.h"
#include "base/hist.h"
#include "base/load.h"
#include "plat/http/server.h"

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM, METRIC_SUMMARY };

enum metric {
#define METRIC(code, name, type, labels, help) M_##code,
#include "api/metric.def"
#undef METRIC
    METRICS
};

struct metric_info {
    const char *name; /* behind seneschal_; process_* stand alone, as everywhere */
    enum metric_type type;
    const char *labels;
    const char *help;
};
extern const struct metric_info metric_infos[METRICS];
const char *metric_type_name(enum metric_type t);
/* "seneschal_" but for process_*. */
const char *metric_prefix(enum metric m);

/* HELP and TYPE. */
void metric_head(struct buf *b, enum metric m);
/* Both, and the one value. */
void metric_put(struct buf *b, enum metric m, int64_t v);
void metric_put_seconds(struct buf *b, enum metric m, int64_t us);
/* One more value of a metric with a label; the head came before. */
void metric_put_label(struct buf *b, enum metric m, const char *label, const char *value,
                      int64_t v);
/* The same of a histogram; NULL: it has no label. */
void metric_put_hist(struct buf *b, enum metric m, const char *label, const char *value,
                     const struct hist *h);

/* What a loop counts as answers leave; read by others. */
enum { PARKED_CLASS = LOAD_CLASSES, HEALTH_CLASS, NO_CLASS, DURATION_CLASSES };
struct metrics_loop {
    _Atomic uint64_t by_class[6]; /* answers by first digit of the status */
    _Atomic uint64_t bytes;
    _Atomic uint64_t nudges; /* changes that polls and streams were told of */
    _Atomic uint64_t durations[DURATION_CLASSES][HIST_BUCKETS + 1];
    _Atomic uint64_t took_us[DURATION_CLASSES];
    _Atomic uint64_t refusals[E_COUNT];
};
void metrics_note(struct metrics_loop *m, const struct http_xchg *x, int status, size_t bytes);

/* Changes that were made, by row of the route tables; all loops count here. */
struct metrics_acts {
    _Atomic uint64_t *n; /* one for each row there is */
};
err_t metrics_acts_make(struct arena *a, struct metrics_acts *ret) MUST_USE;
void metrics_note_act(struct metrics_acts *acts, const struct http_xchg *x, int status);

/* What the store or /proc must be asked for: kept for 10 s, and longer while requests wait. */
enum { DEVICE_STATUSES = 8 };
struct metrics_slow {
    _Atomic int64_t taken_us; /* CLOCK_MONOTONIC; 0: never */
    _Atomic int64_t devices[DEVICE_STATUSES];
    _Atomic int64_t chains;
    _Atomic int64_t events;
    _Atomic int64_t rollouts;
    _Atomic int64_t resident_bytes;
    _Atomic int64_t virtual_bytes;
    _Atomic int64_t files;
    _Atomic int64_t files_max;
};

struct api;
/* What all loops have counted since the start; how long answers took but for what waited and for
 * health. */
struct metrics_totals {
    uint64_t answers;
    uint64_t errors; /* 500 and above */
    struct hist took;
};
void metrics_totals(const struct api *api, struct metrics_totals *ret);
void metrics_http(struct buf *b, const struct api *api);
void metrics_slow(struct buf *b, const struct metrics_slow *slow);
bool metrics_slow_old(const struct metrics_slow *slow);
struct request;
/* On a worker: ask for them where they are old. */
err_t metrics_slow_ask(struct request *rq, struct metrics_slow *slow) MUST_USE;

#endif
