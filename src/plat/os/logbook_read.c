/* SPDX-License-Identifier: Apache-2.0 */
/* Reading kept lines: what is there at the start, and pages from the newest line back. */
#include "plat/os/logbook_in.h"

#include "base/fault.h"
#include "base/num.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char name_head[] = "log-";
static const char name_tail[] = ".ndjson";
static const char time_head[] = "{\"at\":\"";

void logbook_name(int64_t number, char out[static LOGBOOK_NAME_MAX])
{
    (void)snprintf(out, LOGBOOK_NAME_MAX, "%s%08lld%s", name_head, (long long)number, name_tail);
}

ts_t logbook_line_time(str_t line)
{
    ts_t at = { 0 };
    str_t text = str_sub(line, sizeof time_head - 1, TS_TEXT);
    if (!str_starts(line, str_of(time_head, sizeof time_head - 1)) || ts_parse(text, &at) != E_OK)
        return (ts_t){ 0 };
    return at;
}

/* 0: no segment of ours. */
static int64_t number_of(const char *file)
{
    str_t name = str_from_cz(file);
    str_t head = str_of(name_head, sizeof name_head - 1);
    str_t tail = str_of(name_tail, sizeof name_tail - 1);
    int64_t n = 0;
    if (!str_starts(name, head) || !str_ends(name, tail) || name.n <= head.n + tail.n)
        return 0;
    str_t digits = str_sub(name, head.n, name.n - head.n - tail.n);
    return num_parse_i64(digits, &n) == E_OK && n > 0 ? n : 0;
}

static int segment_open(const struct logbook *lb, int64_t number, int flags)
{
    char name[LOGBOOK_NAME_MAX];
    logbook_name(number, name);
    return fault_here() ? -1 : openat(lb->dir, name, flags | O_CLOEXEC | O_NOFOLLOW);
}

/* All of it, or nothing. */
static bool read_at(int fd, char *to, size_t n, int64_t at)
{
    while (n > 0) {
        ssize_t got = pread(fd, to, n, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        to += got;
        n -= (size_t)got;
        at += got;
    }
    return true;
}

/* Its size without a cut line at the end, and the times of its first and last line. */
static bool segment_measure(int fd, char *block, struct logbook_segment *s)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    size_t n = st.st_size < LOGBOOK_LINE_MAX ? (size_t)st.st_size : LOGBOOK_LINE_MAX;
    int64_t from = st.st_size - (int64_t)n;
    if (!read_at(fd, block, n, from))
        return false;
    while (n > 0 && block[n - 1] != '\n')
        n--;
    s->bytes = n == 0 ? 0 : from + (int64_t)n;
    size_t last = n > 0 ? n - 1 : 0;
    while (last > 0 && block[last - 1] != '\n')
        last--;
    s->last = logbook_line_time(str_sub(str_of(block, n), last, n));
    size_t head = s->bytes < LOGBOOK_NAME_MAX ? (size_t)s->bytes : LOGBOOK_NAME_MAX;
    if (!read_at(fd, block, head, 0))
        return false;
    s->first = logbook_line_time(str_of(block, head));
    return true;
}

static int by_number(const void *a, const void *b)
{
    const struct logbook_segment *x = a;
    const struct logbook_segment *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static void segments_look(struct logbook *lb, DIR *dir)
{
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): a stream of this thread alone */
    for (struct dirent *d = readdir(dir); d != NULL; d = readdir(dir)) {
        int64_t number = number_of(d->d_name);
        if (number == 0 || number == INT64_MAX)
            continue;
        if (number > lb->newest)
            lb->newest = number;
        if (lb->n < LOGBOOK_SEGMENTS_MAX)
            lb->segments[lb->n++] = (struct logbook_segment){ .number = number };
    }
}

err_t logbook_find(struct logbook *lb, struct diag *why)
{
    int fd = dup(lb->dir);
    DIR *dir = fd < 0 || fault_here() ? NULL : fdopendir(fd);
    if (dir == NULL) {
        int code = errno;
        if (fd >= 0)
            (void)close(fd);
        return FAIL(why, E_IO, "logs: %s", strerrordesc_np(code));
    }
    segments_look(lb, dir);
    (void)closedir(dir);
    qsort(lb->segments, lb->n, sizeof lb->segments[0], by_number);
    size_t kept = 0;
    for (size_t i = 0; i < lb->n; i++) {
        struct logbook_segment s = lb->segments[i];
        fd = segment_open(lb, s.number, O_RDWR);
        bool good = fd >= 0 && segment_measure(fd, lb->batch, &s);
        if (good)
            (void)!ftruncate(fd, (off_t)s.bytes); /* else a line stays cut, and is passed over */
        if (fd >= 0)
            (void)close(fd);
        if (good)
            lb->segments[kept++] = s;
    }
    lb->n = kept;
    return E_OK;
}

struct reading {
    struct logbook *lb;
    const struct logbook_ask *ask;
    char *block;
    size_t looked;
    bool full; /* the caller has enough, or bytes_max were looked at */
};

static bool lies_outside(const struct logbook_ask *ask, const struct logbook_segment *s)
{
    return (ts_is_set(ask->since) && s->last.us < ask->since.us) ||
           (ts_is_set(ask->until) && s->first.us >= ask->until.us);
}

/* The newest segment at or below a place, and where in it to begin. */
static bool segment_at(struct logbook *lb, struct logbook_place from, struct logbook_segment *ret,
                       int64_t *ret_end)
{
    bool found = false;
    (void)pthread_mutex_lock(&lb->lock);
    for (size_t i = lb->n; i > 0 && !found; i--) {
        const struct logbook_segment *s = &lb->segments[i - 1];
        bool is_it = s->number == from.segment;
        if (from.segment != 0 && (s->number > from.segment || (is_it && from.offset == 0)))
            continue;
        *ret = *s;
        *ret_end = is_it && from.offset < s->bytes ? from.offset : s->bytes;
        found = *ret_end > 0;
    }
    (void)pthread_mutex_unlock(&lb->lock);
    return found;
}

/* Lines of one block that ends at *end, the newest first; *end: where the oldest whole one begins.
 */
static err_t block_read(struct reading *r, int fd, int64_t number, int64_t *end)
{
    size_t n = *end < LOGBOOK_BLOCK ? (size_t)*end : LOGBOOK_BLOCK;
    int64_t base = *end - (int64_t)n;
    if (!read_at(fd, r->block, n, base)) {
        *end = 0; /* a segment that was cut from outside */
        return E_OK;
    }
    r->looked += n;
    size_t stop = n;
    while (stop > 0) {
        size_t begin = stop - 1;
        while (begin > 0 && r->block[begin - 1] != '\n')
            begin--;
        if (begin == 0 && base > 0 && stop < n)
            return E_OK; /* it may begin before this block */
        struct logbook_place at = { number, base + (int64_t)begin };
        *end = at.offset;
        TRY(r->ask->line(r->ask->arg, at, str_of(r->block + begin, stop - begin - 1)));
        stop = begin;
    }
    return E_OK;
}

static err_t segment_read(struct reading *r, const struct logbook_segment *s, int64_t *end)
{
    int fd = segment_open(r->lb, s->number, O_RDONLY);
    err_t e = E_OK;
    if (fd < 0) {
        *end = 0; /* its time was over a moment ago */
        return E_OK;
    }
    while (e == E_OK && *end > 0 && !r->full) {
        e = block_read(r, fd, s->number, end);
        r->full = r->full || r->looked >= r->ask->bytes_max;
    }
    (void)close(fd);
    return e;
}

err_t logbook_read(struct logbook *lb, const struct logbook_ask *ask, struct diag *why,
                   struct logbook_place *ret_next)
{
    struct reading r = { .lb = lb, .ask = ask };
    struct logbook_place at = ask->from;
    struct logbook_segment s;
    int64_t end;
    err_t e = E_OK;
    r.block = fault_here() ? NULL : malloc(LOGBOOK_BLOCK);
    if (r.block == NULL)
        return FAIL(why, E_NO_MEMORY, "logs: no memory to read them");
    if (at.segment == 0)
        logbook_flush(lb);
    while (e == E_OK && !r.full && segment_at(lb, at, &s, &end)) {
        if (lies_outside(ask, &s))
            end = 0;
        else
            e = segment_read(&r, &s, &end);
        at = (struct logbook_place){ s.number, end };
    }
    free(r.block);
    if (e != E_OK && e != E_AGAIN)
        return e;
    bool more = (e == E_AGAIN || r.full) && segment_at(lb, at, &s, &end);
    *ret_next = more ? at : (struct logbook_place){ 0 };
    return E_OK;
}
