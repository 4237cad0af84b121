/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stream of events, however it is cut, tells the same; and what was read, written and read again
 * is the same. The first byte says how long the pieces are.
 */
#include "plat/mcp/mcp_sse.h"

#include <assert.h>

enum { LOG_MAX = 1 << 20, EVENT_MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What a reader was told, in one buffer; and the same events as text again. */
struct told {
    struct buf log;
    struct buf again;
    bool all; /* ids, times and comments too */
};

static void on_event(void *arg, const struct mcp_sse_event *e)
{
    struct told *t = arg;
    buf_addf(&t->log, "event %zu %zu %d %zu\n", e->type.n, e->data.n, e->id.p != NULL, e->id.n);
    buf_add(&t->log, e->type);
    buf_add(&t->log, e->data);
    buf_add(&t->log, e->id);
    assert(str_find(e->type, '\n') == e->type.n && str_find(e->data, '\r') == e->data.n);
    mcp_sse_put(&t->again, e);
}

static void on_id(void *arg, str_t id)
{
    struct told *t = arg;
    if (t->all)
        buf_addf(&t->log, "id %zu\n", id.n);
}

static void on_retry(void *arg, dur_t in)
{
    struct told *t = arg;
    assert(in.us >= 0 && in.us <= DUR_S(MCP_SSE_RETRY_S_MAX).us);
    if (t->all)
        buf_addf(&t->log, "retry %lld\n", (long long)in.us);
}

static void on_comment(void *arg)
{
    struct told *t = arg;
    if (t->all)
        BUF_ADD(&t->log, "comment\n");
}

static err_t read_all(str_t bytes, size_t piece, bool all, struct told *t)
{
    const struct mcp_sse_sink sink = { on_event, on_id, on_retry, on_comment, t };
    struct mcp_sse s;
    err_t e = E_OK;
    *t = (struct told){ .all = all };
    buf_init(&t->log, LOG_MAX);
    buf_init(&t->again, LOG_MAX);
    mcp_sse_init(&s, EVENT_MAX, &sink);
    while (bytes.n > 0 && e == E_OK) {
        e = mcp_sse_feed(&s, str_sub(bytes, 0, piece));
        bytes = str_sub(bytes, piece, bytes.n);
    }
    assert(e == E_OK || e == E_TOO_BIG);
    mcp_sse_fini(&s);
    return e;
}

static void told_fini(struct told *t)
{
    buf_fini(&t->log);
    buf_fini(&t->again);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct told whole;
    struct told cut;
    struct told twice;
    if (n == 0)
        return 0;
    str_t bytes = str_of(p + 1, n - 1);
    err_t e = read_all(bytes, bytes.n, true, &whole);
    err_t other = read_all(bytes, (size_t)p[0] % 7 + 1, true, &cut);
    assert(e == other);
    assert(whole.log.err != E_OK || str_eq(buf_str(&whole.log), buf_str(&cut.log)));
    told_fini(&cut);
    (void)read_all(bytes, bytes.n, false, &cut); /* events alone: only they are written again */
    if (e == E_OK && cut.again.err == E_OK) {
        e = read_all(buf_str(&cut.again), bytes.n + 1, false, &twice);
        assert(e == E_OK && str_eq(buf_str(&cut.log), buf_str(&twice.log)));
        told_fini(&twice);
    }
    told_fini(&whole);
    told_fini(&cut);
    return 0;
}
