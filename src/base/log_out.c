/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log_out.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { RING_BYTES = 1024 * 1024, BATCH_BYTES = 64 * 1024, POLL_MS = 100, REPORT_MAX = 512 };

/* Lines on their way, oldest at `from`; whole ones only, and none is longer than a batch. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t more;
    pthread_t thread;
    char *ring; /* NULL: no thread, lines are written at once */
    size_t from;
    size_t n;
    uint64_t lost; /* dropped since the last report of it */
    bool stopping;
    dur_t until; /* CLOCK_MONOTONIC: when stopping gives up */
} out = { .lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER };

static _Atomic uint64_t dropped;

uint64_t log_out_dropped(void)
{
    return atomic_load_explicit(&dropped, memory_order_relaxed);
}

static void drop(uint64_t lines)
{
    out.lost += lines;
    (void)atomic_fetch_add_explicit(&dropped, lines, memory_order_relaxed);
}

static void ring_put(str_t line)
{
    size_t at = (out.from + out.n) % RING_BYTES;
    size_t first = RING_BYTES - at < line.n ? RING_BYTES - at : line.n;
    memcpy(out.ring + at, line.p, first);
    memcpy(out.ring, line.p + first, line.n - first);
    out.n += line.n;
}

void log_out_write(str_t line)
{
    (void)pthread_mutex_lock(&out.lock);
    bool direct = out.ring == NULL;
    if (!direct && line.n <= RING_BYTES - out.n)
        ring_put(line);
    else if (!direct)
        drop(1);
    if (!direct)
        (void)pthread_cond_signal(&out.more);
    (void)pthread_mutex_unlock(&out.lock);
    if (direct)
        (void)!write(STDERR_FILENO, line.p, line.n); /* nowhere to complain */
}

/* A batch of whole lines out of the ring. */
static size_t ring_take(char batch[static BATCH_BYTES])
{
    size_t n = out.n < BATCH_BYTES ? out.n : BATCH_BYTES;
    size_t first = RING_BYTES - out.from < n ? RING_BYTES - out.from : n;
    memcpy(batch, out.ring + out.from, first);
    memcpy(batch + first, out.ring, n - first);
    while (n > 0 && batch[n - 1] != '\n')
        n--;
    out.from = (out.from + n) % RING_BYTES;
    out.n -= n;
    return n;
}

static bool gave_up(void)
{
    (void)pthread_mutex_lock(&out.lock);
    bool late = out.stopping && clock_mono().us >= out.until.us;
    (void)pthread_mutex_unlock(&out.lock);
    return late;
}

/* A pipe that is writable has room for PIPE_BUF bytes (pipe(7)): no more are written at once. */
static bool write_some(str_t *rest)
{
    struct pollfd ready = { .fd = STDERR_FILENO, .events = POLLOUT };
    if (poll(&ready, 1, POLL_MS) <= 0)
        return true;
    size_t n = rest->n < PIPE_BUF ? rest->n : PIPE_BUF;
    size_t whole = n;
    while (whole > 0 && rest->p[whole - 1] != '\n')
        whole--;
    ssize_t wrote = write(STDERR_FILENO, rest->p, whole > 0 ? whole : n);
    if (wrote > 0)
        *rest = str_sub(*rest, (size_t)wrote, rest->n);
    return wrote >= 0 || errno == EAGAIN || errno == EINTR;
}

static void lose(str_t rest)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < rest.n; i++)
        lines += rest.p[i] == '\n';
    (void)pthread_mutex_lock(&out.lock);
    drop(lines);
    (void)pthread_mutex_unlock(&out.lock);
}

/* False: nobody reads them any more; *rest is what has not left. */
static bool write_all(str_t *rest)
{
    while (rest->n > 0) {
        if (gave_up() || !write_some(rest))
            return false;
    }
    return true;
}

/* Also a line about those that are missing, before what comes after them. */
static bool report_lost(uint64_t lines)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, REPORT_MAX);
    log_make_line(&b, LOG_WARNING, "log-dropped",
                  (const struct log_field[]){ LOG_F("lines", (int64_t)lines) }, 1);
    str_t line = buf_str(&b);
    return b.err == E_OK && write_all(&line);
}

static void report_later(uint64_t lines)
{
    (void)pthread_mutex_lock(&out.lock);
    out.lost += lines;
    (void)pthread_mutex_unlock(&out.lock);
}

static bool write_batch(str_t lines)
{
    bool whole = write_all(&lines);
    if (!whole)
        lose(lines);
    return whole;
}

static void *out_thread(void *arg)
{
    static char batch[BATCH_BYTES];
    bool deaf = false; /* what was said last was not heard: the next line tries again */
    (void)arg;
    for (;;) {
        (void)pthread_mutex_lock(&out.lock);
        while (out.n == 0 && (out.lost == 0 || deaf) && !out.stopping)
            (void)pthread_cond_wait(&out.more, &out.lock);
        size_t n = ring_take(batch);
        uint64_t lost = n == 0 || out.n == 0 ? out.lost : 0;
        out.lost -= lost;
        bool end = out.stopping && n == 0 && (lost == 0 || deaf);
        (void)pthread_mutex_unlock(&out.lock);
        if (end)
            return NULL;
        deaf = !write_batch(str_of(batch, n));
        if (lost > 0 && (deaf || !report_lost(lost))) {
            report_later(lost);
            deaf = true;
        }
    }
}

err_t log_start(void)
{
    char *ring = malloc(RING_BYTES);
    if (ring == NULL)
        return E_NO_MEMORY;
    (void)pthread_mutex_lock(&out.lock);
    out.ring = ring;
    out.from = 0;
    out.n = 0;
    out.stopping = false;
    bool made = pthread_create(&out.thread, NULL, out_thread, NULL) == 0;
    if (!made)
        out.ring = NULL;
    (void)pthread_mutex_unlock(&out.lock);
    if (made)
        return E_OK;
    free(ring);
    return E_IO;
}

void log_stop(dur_t within)
{
    (void)pthread_mutex_lock(&out.lock);
    char *ring = out.ring;
    out.stopping = true;
    out.until = (dur_t){ clock_mono().us + within.us };
    (void)pthread_cond_signal(&out.more);
    (void)pthread_mutex_unlock(&out.lock);
    if (ring == NULL)
        return;
    (void)pthread_join(out.thread, NULL);
    (void)pthread_mutex_lock(&out.lock);
    out.ring = NULL;
    (void)pthread_mutex_unlock(&out.lock);
    free(ring);
}
