/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/mcp/mcp_sse.h"

#include "base/num.h"

static const char byte_order_mark[] = { '\xef', '\xbb', '\xbf' };
enum { SSE_TYPE_MAX = 256 };

void mcp_sse_init(struct mcp_sse *s, size_t event_max, const struct mcp_sse_sink *sink)
{
    *s = (struct mcp_sse){ .sink = *sink };
    buf_init(&s->line, event_max);
    buf_init(&s->data, event_max + 1); /* each line of data brings an LF */
    buf_init(&s->type, SSE_TYPE_MAX);
    buf_init(&s->id, MCP_SSE_ID_MAX);
}

void mcp_sse_fini(struct mcp_sse *s)
{
    buf_fini(&s->line);
    buf_fini(&s->data);
    buf_fini(&s->type);
    buf_fini(&s->id);
}

static err_t sse_dispatch(struct mcp_sse *s)
{
    if (s->id_fresh && s->sink.id != NULL)
        s->sink.id(s->sink.arg, buf_str(&s->id));
    s->id_fresh = false;
    if (s->data.n > 0 && s->sink.event != NULL) {
        struct mcp_sse_event e = { .type = buf_str(&s->type),
                                   .data = str_of(s->data.p, s->data.n - 1) };
        if (s->id_set)
            e.id = buf_str(&s->id);
        s->sink.event(s->sink.arg, &e);
    }
    buf_clear(&s->data);
    buf_clear(&s->type);
    return E_OK;
}

static err_t sse_set(struct buf *b, str_t value)
{
    buf_clear(b);
    buf_add(b, value);
    return b->err;
}

/* Digits alone count; what would wait longer than anybody wants is cut. */
static void sse_retry(struct mcp_sse *s, str_t value)
{
    uint64_t ms;
    if (s->sink.retry == NULL || value.n == 0)
        return;
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] < '0' || value.p[i] > '9')
            return;
    }
    uint64_t most = (uint64_t)MCP_SSE_RETRY_S_MAX * 1000;
    if (num_parse_u64(value, &ms) != E_OK || ms > most)
        ms = most;
    s->sink.retry(s->sink.arg, DUR_MS(ms));
}

static err_t sse_field(struct mcp_sse *s, str_t name, str_t value)
{
    if (str_eq(name, STR("data"))) {
        buf_add(&s->data, value);
        buf_add_byte(&s->data, '\n');
        return s->data.err;
    }
    if (str_eq(name, STR("event")))
        return sse_set(&s->type, value);
    if (str_eq(name, STR("id"))) {
        if (str_find(value, '\0') < value.n)
            return E_OK;
        s->id_set = true;
        s->id_fresh = true;
        return sse_set(&s->id, value);
    }
    if (str_eq(name, STR("retry")))
        sse_retry(s, value);
    return E_OK;
}

static err_t sse_line(struct mcp_sse *s, str_t line)
{
    if (line.n == 0)
        return sse_dispatch(s);
    if (line.p[0] == ':') {
        if (s->sink.comment != NULL)
            s->sink.comment(s->sink.arg);
        return E_OK;
    }
    size_t colon = str_find(line, ':');
    str_t value = str_sub(line, colon + 1, line.n);
    if (value.n > 0 && value.p[0] == ' ')
        value = str_sub(value, 1, value.n);
    return sse_field(s, str_sub(line, 0, colon), value);
}

/* A line has ended: what was kept of it, and its rest. */
static err_t sse_line_end(struct mcp_sse *s, str_t rest)
{
    str_t line = rest;
    if (s->line.n > 0) {
        buf_add(&s->line, rest);
        TRY(s->line.err);
        line = buf_str(&s->line);
    }
    if (line.n > s->line.max)
        return E_TOO_BIG;
    if (!s->started) {
        s->started = true;
        if (str_starts(line, str_of(byte_order_mark, sizeof byte_order_mark)))
            line = str_sub(line, sizeof byte_order_mark, line.n);
    }
    TRY(sse_line(s, line));
    buf_clear(&s->line);
    return E_OK;
}

static size_t line_end(str_t s)
{
    size_t lf = str_find(s, '\n');
    return str_find(str_sub(s, 0, lf), '\r');
}

static err_t sse_feed(struct mcp_sse *s, str_t bytes)
{
    while (bytes.n > 0) {
        if (s->after_cr && bytes.p[0] == '\n')
            bytes = str_sub(bytes, 1, bytes.n);
        s->after_cr = false;
        size_t n = line_end(bytes);
        if (n == bytes.n) {
            buf_add(&s->line, bytes);
            return s->line.err;
        }
        TRY(sse_line_end(s, str_sub(bytes, 0, n)));
        s->after_cr = bytes.p[n] == '\r';
        bytes = str_sub(bytes, n + 1, bytes.n);
    }
    return E_OK;
}

err_t mcp_sse_feed(struct mcp_sse *s, str_t bytes)
{
    if (s->err == E_OK)
        s->err = sse_feed(s, bytes);
    return s->err;
}

static bool is_one_line(str_t s)
{
    return line_end(s) == s.n;
}

static void put_field(struct buf *b, str_t name, str_t value)
{
    buf_add(b, name);
    BUF_ADD(b, ": ");
    buf_add(b, value);
    buf_add_byte(b, '\n');
}

void mcp_sse_put(struct buf *b, const struct mcp_sse_event *event)
{
    str_t rest = event->data;
    if (event->type.n > 0 && is_one_line(event->type))
        put_field(b, STR("event"), event->type);
    if (event->id.p != NULL && is_one_line(event->id) && str_find(event->id, '\0') == event->id.n)
        put_field(b, STR("id"), event->id);
    for (;;) {
        size_t n = line_end(rest);
        put_field(b, STR("data"), str_sub(rest, 0, n));
        if (n == rest.n)
            break;
        bool pair = rest.p[n] == '\r' && n + 1 < rest.n && rest.p[n + 1] == '\n';
        rest = str_sub(rest, n + (pair ? 2 : 1), rest.n);
    }
    buf_add_byte(b, '\n');
}

void mcp_sse_put_retry(struct buf *b, dur_t in)
{
    BUF_ADD(b, "retry: ");
    buf_add_i64(b, in.us / 1000);
    BUF_ADD(b, "\n\n");
}

void mcp_sse_put_comment(struct buf *b)
{
    BUF_ADD(b, ":\n\n");
}
