/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/up_pipe.h"

#include <errno.h>
#include <unistd.h>

static void pipe_on_ready(struct loop_watch *watch, unsigned events)
{
    struct up_pipe *p = CONTAINER_OF(watch, struct up_pipe, watch);
    if (!p->closing)
        p->ready(p, events);
}

err_t up_pipe_open(struct up_pipe *p, struct loop *l, int fd)
{
    err_t e = loop_watch_open(l, &p->watch, fd, pipe_on_ready);
    if (e != E_OK) {
        (void)close(fd);
        return e;
    }
    p->fd = fd;
    p->open = true;
    p->closing = false;
    return E_OK;
}

void up_pipe_arm(struct up_pipe *p, unsigned events)
{
    if (p->open && !p->closing)
        loop_watch_arm(&p->watch, events);
}

static void pipe_on_closed(struct loop_watch *watch)
{
    struct up_pipe *p = CONTAINER_OF(watch, struct up_pipe, watch);
    (void)close(p->fd);
    p->open = false;
    p->closed(p);
}

void up_pipe_close(struct up_pipe *p)
{
    if (!p->open || p->closing)
        return;
    p->closing = true;
    loop_watch_close(&p->watch, pipe_on_closed);
}

void up_lines_in_init(struct up_lines_in *l, size_t max)
{
    *l = (struct up_lines_in){ .max = max };
    buf_init(&l->part, max);
}

void up_lines_in_fini(struct up_lines_in *l)
{
    buf_fini(&l->part);
}

/* What comes before the end of the line; a first piece that is too long is told, the others not. */
static err_t line_keep(struct up_lines_in *l, str_t piece, bool *ret_too_long)
{
    *ret_too_long = false;
    if (l->passing)
        return E_OK;
    if (piece.n > l->max - l->part.n) {
        l->passing = true;
        *ret_too_long = true;
        buf_fini(&l->part);
        return E_OK;
    }
    buf_add(&l->part, piece);
    return l->part.err;
}

err_t up_lines_in_feed(struct up_lines_in *l, str_t bytes,
                       bool (*on)(void *arg, enum up_line what, str_t line), void *arg)
{
    while (bytes.n > 0) {
        size_t n = str_find(bytes, '\n');
        bool whole = n < bytes.n;
        bool too_long = false;
        TRY(line_keep(l, str_sub(bytes, 0, n), &too_long));
        bytes = str_sub(bytes, n + 1, bytes.n);
        if (too_long && !on(arg, UP_LINE_TOO_LONG, STR_NONE))
            return E_OK;
        if (!whole)
            return E_OK;
        str_t line = buf_str(&l->part);
        if (line.n > 0 && line.p[line.n - 1] == '\r')
            line.n--;
        bool passed = l->passing;
        l->passing = false;
        bool more = passed || on(arg, UP_LINE, line);
        buf_clear(&l->part);
        if (!more)
            return E_OK;
    }
    return E_OK;
}

void up_queue_init(struct up_queue *q, size_t max)
{
    *q = (struct up_queue){ .from = 0 };
    buf_init(&q->b, max);
}

void up_queue_fini(struct up_queue *q)
{
    buf_fini(&q->b);
    q->from = 0;
}

/* What has been written makes room. */
static void queue_move_up(struct up_queue *q)
{
    if (q->from == 0)
        return;
    memmove(q->b.p, q->b.p + q->from, q->b.n - q->from);
    q->b.n -= q->from;
    q->from = 0;
}

err_t up_queue_add(struct up_queue *q, str_t message)
{
    if (message.n + 1 > q->b.max - q->b.n)
        queue_move_up(q);
    if (message.n + 1 > q->b.max - q->b.n)
        return E_OVERLOADED;
    size_t n = q->b.n;
    buf_add(&q->b, message);
    buf_add_byte(&q->b, '\n');
    if (q->b.err != E_OK) {
        q->b.n = n; /* all of it or nothing */
        q->b.err = E_OK;
        return E_NO_MEMORY;
    }
    for (size_t i = n; i + 1 < q->b.n; i++) {
        if (q->b.p[i] == '\n' || q->b.p[i] == '\r')
            q->b.p[i] = ' ';
    }
    return E_OK;
}

err_t up_queue_write(struct up_queue *q, int fd)
{
    while (up_queue_size(q) > 0) {
        ssize_t n = write(fd, q->b.p + q->from, up_queue_size(q));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN ? E_AGAIN : E_CLOSED;
        q->from += (size_t)n;
    }
    buf_clear(&q->b);
    q->from = 0;
    return E_OK;
}

void up_tail_init(struct up_tail *t, size_t max)
{
    *t = (struct up_tail){ .max = max };
    buf_init(&t->b, max);
}

void up_tail_fini(struct up_tail *t)
{
    buf_fini(&t->b);
}

void up_tail_add(struct up_tail *t, str_t bytes)
{
    if (bytes.n > t->max)
        bytes = str_sub(bytes, bytes.n - t->max, t->max);
    if (bytes.n > t->max - t->b.n) {
        size_t drop = bytes.n - (t->max - t->b.n);
        memmove(t->b.p, t->b.p + drop, t->b.n - drop);
        t->b.n -= drop;
    }
    buf_add(&t->b, bytes);
    if (t->b.err != E_OK)
        buf_clear(&t->b); /* without memory it is forgotten */
}

str_t up_tail_last_line(const struct up_tail *t, size_t max)
{
    str_t s = buf_str(&t->b);
    while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
        s.n--;
    size_t n = 0;
    while (n < s.n && n < max && s.p[s.n - 1 - n] != '\n')
        n++;
    return str_sub(s, s.n - n, n);
}
