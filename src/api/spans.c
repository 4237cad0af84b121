/* SPDX-License-Identifier: Apache-2.0 */
#include "api/spans.h"

#include "base/ref.h"

#include <pthread.h>
#include <time.h>

struct span_row {
    struct span_row *next;
    size_t n;
    char text[];
};

struct spans {
    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t wake;
    struct span_row *first;
    struct span_row **last;
    size_t bytes;
    bool stop;
    struct spans_stats stats;
};

err_t spans_new(struct spans **ret)
{
    struct spans *s = ref_new(sizeof *s);
    if (s == NULL)
        return E_NO_MEMORY;
    s->last = &s->first;
    (void)pthread_mutex_init(&s->lock, NULL); /* a default mutex and condition cannot fail here */
    (void)pthread_cond_init(&s->wake, NULL);
    *ret = s;
    return E_OK;
}

void spans_free(struct spans *s)
{
    if (s == NULL)
        return;
    spans_drop(s);
    (void)pthread_mutex_destroy(&s->lock);
    (void)pthread_cond_destroy(&s->wake);
    ref_drop(s);
}

static void lock(struct spans *s)
{
    (void)pthread_mutex_lock(&s->lock);
}

static void unlock(struct spans *s)
{
    (void)pthread_mutex_unlock(&s->lock);
}

static bool has_room(const struct spans *s, size_t n)
{
    return s->stats.waiting < SPANS_MAX && s->bytes + n <= SPANS_BYTES_MAX;
}

void spans_put(struct spans *s, str_t json)
{
    struct span_row *row = ref_new(sizeof *row + json.n);
    if (row != NULL) {
        row->n = json.n;
        memcpy(row->text, json.p, json.n);
    }
    lock(s);
    bool taken = row != NULL && has_room(s, json.n);
    if (taken) {
        *s->last = row;
        s->last = &row->next;
        s->bytes += json.n;
        s->stats.waiting++;
    } else {
        s->stats.dropped++;
    }
    if (s->stats.waiting == SPANS_BATCH_MAX)
        (void)pthread_cond_signal(&s->wake);
    unlock(s);
    if (!taken)
        ref_drop(row);
}

/* Under the lock. */
static struct span_row *first_out(struct spans *s)
{
    struct span_row *row = s->first;
    if (row == NULL)
        return NULL;
    s->first = row->next;
    if (s->first == NULL)
        s->last = &s->first;
    s->bytes -= row->n;
    s->stats.waiting--;
    return row;
}

size_t spans_take(struct spans *s, struct buf *b)
{
    struct span_row *rows[SPANS_BATCH_MAX];
    size_t n = 0;
    lock(s);
    while (n < SPANS_BATCH_MAX && (rows[n] = first_out(s)) != NULL)
        n++;
    unlock(s);
    for (size_t i = 0; i < n; i++) {
        buf_add(b, i > 0 ? STR(",") : STR(""));
        buf_add(b, str_of(rows[i]->text, rows[i]->n));
        ref_drop(rows[i]);
    }
    return n;
}

void spans_drop(struct spans *s)
{
    struct span_row *row;
    lock(s);
    while ((row = first_out(s)) != NULL) {
        s->stats.dropped++;
        ref_drop(row);
    }
    unlock(s);
}

void spans_count(struct spans *s, size_t sent, size_t failed)
{
    lock(s);
    s->stats.sent += sent;
    s->stats.failed += failed;
    unlock(s);
}

bool spans_wait(struct spans *s, dur_t most, bool for_batch)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_REALTIME, &at);
    int64_t ns = at.tv_nsec + most.us % 1000000 * 1000;
    at.tv_sec += most.us / 1000000 + ns / 1000000000;
    at.tv_nsec = ns % 1000000000;
    lock(s);
    bool enough = for_batch && s->stats.waiting >= SPANS_BATCH_MAX;
    if (!s->stop && !enough)
        (void)pthread_cond_timedwait(&s->wake, &s->lock, &at); /* it may wake early */
    bool go_on = !s->stop;
    unlock(s);
    return go_on;
}

void spans_stop(struct spans *s)
{
    lock(s);
    s->stop = true;
    (void)pthread_cond_broadcast(&s->wake);
    unlock(s);
}

void spans_stats(struct spans *s, struct spans_stats *ret)
{
    lock(s);
    *ret = s->stats;
    unlock(s);
}
