/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/os/logbook_in.h"

#include "base/fault.h"
#include "base/log.h"
#include "plat/os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { PATH_TEXT_MAX = 4096, FLUSH_S_MAX = 2 };
#define GATHER DUR_MS(250)

static void *logbook_main(void *arg);

/* The real clock: frozen time must not stop a thread. */
static struct timespec time_in(dur_t most)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    int64_t ns = at.tv_nsec + most.us % 1000000 * 1000;
    at.tv_sec += most.us / 1000000 + ns / 1000000000;
    at.tv_nsec = ns % 1000000000;
    return at;
}

static void cond_init(pthread_cond_t *c)
{
    pthread_condattr_t attr;
    (void)pthread_condattr_init(&attr); /* none of these can fail on Linux */
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(c, &attr);
    (void)pthread_condattr_destroy(&attr);
}

static void logbook_free(struct logbook *lb)
{
    if (lb->fd >= 0)
        (void)close(lb->fd); /* what write() took is in the file */
    if (lb->dir >= 0)
        (void)close(lb->dir);
    (void)pthread_cond_destroy(&lb->work);
    (void)pthread_cond_destroy(&lb->done);
    (void)pthread_mutex_destroy(&lb->lock);
    free(lb->ring);
    free(lb->batch);
    free(lb);
}

static err_t logbook_make(struct logbook *lb, const char *dir, struct diag *why)
{
    char path[PATH_TEXT_MAX];
    if ((size_t)snprintf(path, sizeof path, "%s/logs", dir) >= sizeof path)
        return FAIL(why, E_IO, "the path of the data directory is too long");
    TRY(file_make_dir(path, 0700, why));
    lb->dir = fault_here() ? -1 : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (lb->dir < 0)
        return FAIL(why, E_IO, "%s: %s", path, strerrordesc_np(errno));
    lb->ring = fault_here() ? NULL : malloc(LOGBOOK_RING);
    lb->batch = fault_here() ? NULL : malloc(LOGBOOK_BLOCK);
    if (lb->ring == NULL || lb->batch == NULL)
        return E_NO_MEMORY;
    TRY(logbook_find(lb, why));
    if (fault_here() || pthread_create(&lb->thread, NULL, logbook_main, lb) != 0)
        return FAIL(why, E_NO_MEMORY, "%s: no thread can be made", path);
    (void)pthread_setname_np(lb->thread, "logbook"); /* only for those who look */
    return E_OK;
}

err_t logbook_open(const char *dir, struct diag *why, struct logbook **ret)
{
    struct logbook *lb = fault_here() ? NULL : calloc(1, sizeof *lb);
    if (lb == NULL)
        return E_NO_MEMORY;
    lb->dir = -1;
    lb->fd = -1;
    (void)pthread_mutex_init(&lb->lock, NULL); /* cannot fail with default attributes */
    cond_init(&lb->work);
    cond_init(&lb->done);
    err_t e = logbook_make(lb, dir, why);
    if (e != E_OK) {
        logbook_free(lb);
        return e;
    }
    *ret = lb;
    return E_OK;
}

void logbook_close(struct logbook *lb)
{
    if (lb == NULL)
        return;
    (void)pthread_mutex_lock(&lb->lock);
    lb->stopping = true;
    (void)pthread_cond_signal(&lb->work);
    (void)pthread_mutex_unlock(&lb->lock);
    (void)pthread_join(lb->thread, NULL);
    logbook_free(lb);
}

void logbook_put(struct logbook *lb, str_t line)
{
    if (line.n == 0 || line.n > LOGBOOK_LINE_MAX || line.p[line.n - 1] != '\n')
        return;
    (void)pthread_mutex_lock(&lb->lock);
    lb->lines++;
    if (lb->head + line.n - lb->written > LOGBOOK_RING) {
        lb->lost++;
        (void)pthread_mutex_unlock(&lb->lock);
        return;
    }
    size_t at = lb->head % LOGBOOK_RING;
    size_t first = LOGBOOK_RING - at < line.n ? LOGBOOK_RING - at : line.n;
    memcpy(lb->ring + at, line.p, first);
    memcpy(lb->ring, line.p + first, line.n - first);
    lb->head += line.n;
    if (lb->idle || lb->head - lb->written >= LOGBOOK_BLOCK)
        (void)pthread_cond_signal(&lb->work);
    (void)pthread_mutex_unlock(&lb->lock);
}

void logbook_flush(struct logbook *lb)
{
    const struct timespec until = time_in(DUR_S(FLUSH_S_MAX));
    int late = 0;
    (void)pthread_mutex_lock(&lb->lock);
    uint64_t want = lb->head;
    if (lb->wanted < want)
        lb->wanted = want;
    (void)pthread_cond_signal(&lb->work);
    while (lb->written < want && late == 0)
        late = pthread_cond_timedwait(&lb->done, &lb->lock, &until);
    (void)pthread_mutex_unlock(&lb->lock);
}

void logbook_rotate(struct logbook *lb, int64_t *ret_segment)
{
    logbook_flush(lb);
    (void)pthread_mutex_lock(&lb->lock);
    bool open = lb->n > 0 && lb->segments[lb->n - 1].bytes > 0 && !lb->close_now;
    *ret_segment = open ? lb->segments[lb->n - 1].number : 0;
    lb->close_now = true;
    (void)pthread_mutex_unlock(&lb->lock);
}

void logbook_stats(struct logbook *lb, struct logbook_stats *ret)
{
    (void)pthread_mutex_lock(&lb->lock);
    struct logbook_stats s = { .lines = lb->lines, .lost = lb->lost, .segments = lb->n };
    for (size_t i = 0; i < lb->n; i++)
        s.bytes += lb->segments[i].bytes;
    (void)pthread_mutex_unlock(&lb->lock);
    *ret = s;
}

void logbook_prune(struct logbook *lb, ts_t before, struct logbook_pruned *ret)
{
    struct logbook_pruned done = { 0 };
    (void)pthread_mutex_lock(&lb->lock);
    while (lb->n > 1 && lb->segments[0].last.us < before.us) { /* the newest is being written */
        done.segments++;
        done.bytes += lb->segments[0].bytes;
        logbook_drop_first(lb);
    }
    (void)pthread_mutex_unlock(&lb->lock);
    *ret = done;
}

void logbook_prunable(struct logbook *lb, ts_t before, struct logbook_pruned *ret)
{
    struct logbook_pruned found = { 0 };
    (void)pthread_mutex_lock(&lb->lock);
    for (size_t i = 0; i + 1 < lb->n && lb->segments[i].last.us < before.us; i++) {
        found.segments++;
        found.bytes += lb->segments[i].bytes;
    }
    (void)pthread_mutex_unlock(&lb->lock);
    *ret = found;
}

void logbook_drop_first(struct logbook *lb)
{
    char name[LOGBOOK_NAME_MAX];
    logbook_name(lb->segments[0].number, name);
    (void)unlinkat(lb->dir, name, 0); /* one that stays is found again at the next start */
    memmove(&lb->segments[0], &lb->segments[1], (lb->n - 1) * sizeof lb->segments[0]);
    lb->n--;
}

/* With the lock held: what has come, once some has gathered. 0: the end. */
static size_t batch_wait(struct logbook *lb)
{
    const struct timespec none = { 0 };
    struct timespec until = none;
    while (!lb->stopping && lb->wanted <= lb->written) {
        uint64_t n = lb->head - lb->written;
        if (n >= LOGBOOK_BLOCK)
            break;
        if (n == 0) {
            lb->idle = true;
            (void)pthread_cond_wait(&lb->work, &lb->lock);
            lb->idle = false;
            until = time_in(GATHER);
        } else if (pthread_cond_timedwait(&lb->work, &lb->lock, &until) == ETIMEDOUT) {
            break;
        }
    }
    uint64_t n = lb->head - lb->written;
    return n > LOGBOOK_BLOCK ? LOGBOOK_BLOCK : (size_t)n;
}

/* Whole lines, copied out of the ring. */
static size_t batch_take(struct logbook *lb, size_t n)
{
    size_t at = lb->written % LOGBOOK_RING;
    size_t first = LOGBOOK_RING - at < n ? LOGBOOK_RING - at : n;
    memcpy(lb->batch, lb->ring + at, first);
    memcpy(lb->batch + first, lb->ring, n - first);
    while (n > 0 && lb->batch[n - 1] != '\n')
        n--;
    return n;
}

static bool is_other_day(ts_t a, ts_t b)
{
    return a.us / DUR_DAYS(1).us != b.us / DUR_DAYS(1).us;
}

static int segment_file(const struct logbook *lb, int64_t number, int more)
{
    char name[LOGBOOK_NAME_MAX];
    logbook_name(number, name);
    int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | more;
    return fault_here() ? -1 : openat(lb->dir, name, flags, 0600);
}

static bool segment_next(struct logbook *lb, ts_t now)
{
    int fd = segment_file(lb, lb->newest + 1, O_CREAT | O_EXCL);
    if (fd < 0)
        return false;
    if (lb->fd >= 0)
        (void)close(lb->fd);
    if (lb->n == LOGBOOK_SEGMENTS_MAX)
        logbook_drop_first(lb);
    lb->fd = fd;
    lb->close_now = false;
    lb->segments[lb->n++] =
        (struct logbook_segment){ .number = ++lb->newest, .first = now, .last = now };
    return true;
}

/* The segment that the batch goes to; a new one where the newest is full, of another day, or
 * closed. With the lock held; NULL: it cannot be opened. */
static struct logbook_segment *segment_for(struct logbook *lb, str_t batch)
{
    ts_t now = logbook_line_time(batch);
    struct logbook_segment *s = lb->n > 0 ? &lb->segments[lb->n - 1] : NULL;
    bool fits = s != NULL && !lb->close_now && !is_other_day(s->first, now) &&
                s->bytes + (int64_t)batch.n <= LOGBOOK_SEGMENT_MAX;
    if (fits && lb->fd < 0) /* of the process before us */
        lb->fd = segment_file(lb, s->number, 0);
    if (!fits && !segment_next(lb, now))
        return NULL;
    return lb->fd < 0 ? NULL : &lb->segments[lb->n - 1];
}

/* False: the disk takes no more; the segment ends as it did. */
static bool write_whole(int fd, str_t bytes, int64_t size)
{
    str_t rest = bytes;
    while (rest.n > 0) {
        ssize_t n = fault_here() ? -1 : write(fd, rest.p, rest.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            (void)!ftruncate(fd, (off_t)size); /* else the next start takes a cut line away */
            return false;
        }
        rest = str_sub(rest, (size_t)n, rest.n);
    }
    return true;
}

static uint64_t lines_in(str_t batch)
{
    uint64_t n = 0;
    for (size_t i = 0; i < batch.n; i++)
        n += batch.p[i] == '\n';
    return n;
}

/* The last line's time, which is the newest: the clock of the log never runs back in a process. */
static ts_t last_time(str_t batch)
{
    size_t at = batch.n - 1;
    while (at > 0 && batch.p[at - 1] != '\n')
        at--;
    return logbook_line_time(str_sub(batch, at, batch.n));
}

static void segment_grew(struct logbook_segment *s, str_t batch)
{
    ts_t first = logbook_line_time(batch);
    ts_t last = last_time(batch);
    s->bytes += (int64_t)batch.n;
    if (first.us < s->first.us)
        s->first = first;
    if (last.us > s->last.us)
        s->last = last;
}

static void drop_what_is_too_much(struct logbook *lb)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < lb->n; i++)
        bytes += lb->segments[i].bytes;
    while (lb->n > 1 && bytes > LOGBOOK_BYTES_MAX) {
        bytes -= lb->segments[0].bytes;
        logbook_drop_first(lb);
    }
}

/* Lock held at begin and end, not while the disk writes. */
static void batch_write(struct logbook *lb, str_t batch)
{
    struct logbook_segment *s = segment_for(lb, batch);
    int64_t size = s == NULL ? 0 : s->bytes;
    (void)pthread_mutex_unlock(&lb->lock);
    bool kept = s != NULL && write_whole(lb->fd, batch, size);
    (void)pthread_mutex_lock(&lb->lock);
    if (kept) /* only this thread adds one, but who prunes moves them */
        segment_grew(&lb->segments[lb->n - 1], batch);
    else
        lb->lost += lines_in(batch);
    lb->written += batch.n;
    drop_what_is_too_much(lb);
    bool said = lb->failing;
    lb->failing = !kept;
    (void)pthread_cond_broadcast(&lb->done);
    (void)pthread_mutex_unlock(&lb->lock);
    if (!kept && !said)
        LOG(LOG_WARNING, "log-not-kept",
            LOG_F("hint", "the directory `logs` of the data directory cannot be written: lines go "
                          "to standard error alone"));
    (void)pthread_mutex_lock(&lb->lock);
}

static void *logbook_main(void *arg)
{
    struct logbook *lb = (struct logbook *)arg;
    (void)pthread_mutex_lock(&lb->lock);
    for (;;) {
        size_t n = batch_wait(lb);
        if (n == 0 && lb->stopping)
            break;
        n = batch_take(lb, n);
        if (n > 0)
            batch_write(lb, str_of(lb->batch, n));
    }
    (void)pthread_mutex_unlock(&lb->lock);
    return NULL;
}

void logbook_mark(struct logbook *lb, struct logbook_mark *ret)
{
    (void)pthread_mutex_lock(&lb->lock);
    *ret = (struct logbook_mark){ lb->head, lb->lines };
    (void)pthread_mutex_unlock(&lb->lock);
}

size_t logbook_follow(struct logbook *lb, struct logbook_mark *mark, char *to, size_t room,
                      uint64_t *ret_lost)
{
    (void)pthread_mutex_lock(&lb->lock);
    uint64_t behind = lb->head - mark->byte;
    uint64_t lost = 0;
    size_t n = 0;
    if (mark->byte > lb->head || behind > LOGBOOK_RING) {
        lost = lb->lines > mark->line ? lb->lines - mark->line : 0;
        *mark = (struct logbook_mark){ lb->head, lb->lines };
    } else if (behind > 0) {
        size_t at = mark->byte % LOGBOOK_RING;
        n = behind < room ? (size_t)behind : room;
        size_t first = LOGBOOK_RING - at < n ? LOGBOOK_RING - at : n;
        memcpy(to, lb->ring + at, first);
        memcpy(to + first, lb->ring, n - first);
    }
    (void)pthread_mutex_unlock(&lb->lock);
    while (n > 0 && to[n - 1] != '\n')
        n--;
    mark->byte += n;
    mark->line += lines_in(str_of(to, n));
    *ret_lost = lost;
    return n;
}
