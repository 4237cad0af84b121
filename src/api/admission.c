/* SPDX-License-Identifier: Apache-2.0 */
#include "api/admission.h"

#include "api/metrics.h"
#include "api/services.h"
#include "base/log.h"
#include "base/rng.h"
#include "plat/db/writer.h"
#include "plat/loop/workers.h"

/* So long without a refusal, and it is over. */
#define SHED_QUIET DUR_S(5)

static const char *const reasons[SHED_REASONS] = {
    [SHED_ROW] = "row",       [SHED_WORKERS] = "workers",   [SHED_WRITER] = "writer",
    [SHED_WAITED] = "waited", [SHED_CONNS] = "connections",
};

void admission_init(struct admission *a)
{
    (void)pthread_mutex_init(&a->lock, NULL); /* a default mutex cannot fail here */
}

void admission_fini(struct admission *a)
{
    (void)pthread_mutex_destroy(&a->lock);
}

err_t admission_ask(struct admission *a, const struct services *sv, const struct route *route,
                    bool known, enum shed *ret_why)
{
    enum load_class class = route_class(route);
    if (!workers_have_room(sv->workers, class, known)) {
        *ret_why = SHED_WORKERS;
        return E_OVERLOADED;
    }
    if (route->tx == TX_WRITE && !writer_has_room(sv->writer, class, known)) {
        *ret_why = SHED_WRITER;
        return E_OVERLOADED;
    }
    (void)atomic_fetch_add_explicit(&a->admitted[class], 1, memory_order_relaxed);
    return E_OK;
}

void admission_shed(struct admission *a, enum load_class class, enum shed why)
{
    (void)atomic_fetch_add_explicit(&a->shed[class][why], 1, memory_order_relaxed);
    (void)pthread_mutex_lock(&a->lock);
    pressure_shed(&a->pressure, clock_mono());
    (void)pthread_mutex_unlock(&a->lock);
}

void admission_served(struct admission *a)
{
    (void)pthread_mutex_lock(&a->lock);
    pressure_served(&a->pressure, clock_mono());
    (void)pthread_mutex_unlock(&a->lock);
}

void admission_add_retry(struct admission *a, struct buf *head)
{
    uint64_t random = rng_u64();
    (void)pthread_mutex_lock(&a->lock);
    int64_t seconds = pressure_retry_s(&a->pressure, clock_mono(), random);
    (void)pthread_mutex_unlock(&a->lock);
    buf_addf(head, "Retry-After: %lld\r\n", (long long)seconds);
}

static uint64_t shed_in_all(const struct admission *a)
{
    uint64_t n = 0;
    for (size_t class = 0; class < LOAD_CLASSES; class ++) {
        for (size_t why = 0; why < SHED_REASONS; why++)
            n += atomic_load_explicit(&a->shed[class][why], memory_order_relaxed);
    }
    return n;
}

void admission_tick(struct admission *a)
{
    dur_t now = clock_mono();
    uint64_t n = shed_in_all(a);
    bool more = n != a->shed_seen;
    if (more && !a->sheds) {
        a->sheds = true;
        a->since = now;
        a->shed_at_start = a->shed_seen;
        LOG(LOG_WARNING, "overload-begins", LOG_F("refused", (int64_t)(n - a->shed_seen)),
            LOG_F("hint", "what can wait is refused with 503; GET /metrics says of what class"));
    }
    if (more)
        a->last = now;
    a->shed_seen = n;
    if (!a->sheds || now.us - a->last.us < SHED_QUIET.us)
        return;
    a->sheds = false;
    LOG(LOG_INFO, "overload-ends", LOG_F("refused", (int64_t)(n - a->shed_at_start)),
        LOG_F("seconds", (a->last.us - a->since.us) / 1000000 + 1));
}

static void metrics_counts(const struct admission *a, struct buf *b)
{
    metric_head(b, M_ADMITTED);
    for (size_t c = 0; c < LOAD_CLASSES; c++)
        metric_put_label(b, M_ADMITTED, "class", load_name((enum load_class)c),
                         (int64_t)atomic_load_explicit(&a->admitted[c], memory_order_relaxed));
    metric_head(b, M_SHED);
    for (size_t c = 0; c < LOAD_CLASSES; c++) {
        for (size_t why = 0; why < SHED_REASONS; why++)
            buf_addf(
                b, "seneschal_shed_total{class=\"%s\",reason=\"%s\"} %llu\n",
                load_name((enum load_class)c), reasons[why],
                (unsigned long long)atomic_load_explicit(&a->shed[c][why], memory_order_relaxed));
    }
}

static void metrics_queue(const struct workers_stats *w, struct buf *b)
{
    metric_head(b, M_WORK_QUEUE);
    for (size_t c = 0; c < LOAD_CLASSES; c++)
        metric_put_label(b, M_WORK_QUEUE, "class", load_name((enum load_class)c),
                         (int64_t)w->queued[c]);
    metric_put(b, M_WORK_STANDS, w->stands);
    metric_head(b, M_WORK_WAIT);
    buf_addf(b,
             "seneschal_work_wait_seconds_sum %lld.%06lld\n"
             "seneschal_work_wait_seconds_count %llu\n",
             (long long)(w->waited.us / 1000000), (long long)(w->waited.us % 1000000),
             (unsigned long long)w->taken);
}

void admission_metrics(const struct admission *a, struct services *sv, struct buf *b)
{
    struct workers_stats w;
    workers_stats(sv->workers, &w);
    metrics_counts(a, b);
    metrics_queue(&w, b);
}

bool admission_waits(const struct services *sv)
{
    struct workers_stats w;
    size_t n = 0;
    workers_stats(sv->workers, &w);
    for (size_t c = 0; c < LOAD_CLASSES; c++)
        n += w.queued[c];
    return w.stands || n > 0;
}
