/* SPDX-License-Identifier: Apache-2.0 */
/* MCP over the pipes of a child in a cage (2024-11-05 and later, "stdio"): one message a line. */
#include "mcp/up_stdio.h"

#include "mcp/up_stdio_in.h"

static struct stdio_wire *wire_of(struct up_wire *w)
{
    return (struct stdio_wire *)(void *)w;
}

static err_t stdio_environment(struct arena *a, const struct up_cfg *cfg, struct diag *why,
                               const char *const **ret)
{
    const char **rows = ARENA_ARRAY(a, const char *, cfg->headers_n + 1);
    if (rows == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < cfg->headers_n; i++) {
        str_t line = cfg->headers[i];
        size_t at = str_find(line, '=');
        if (at == 0 || at == line.n || str_find(line, '\0') < line.n)
            return FAIL(why, E_BAD_FIELD, "a variable of this server has no name, or holds a NUL");
        rows[i] = str_cz(a, line);
        if (rows[i] == NULL)
            return E_NO_MEMORY;
    }
    *ret = rows;
    return E_OK;
}

static err_t stdio_make(struct arena *a, const struct up_wire_cfg *cfg, struct diag *why,
                        struct stdio_wire **ret)
{
    struct stdio_wire *w = ARENA_NEW(a, struct stdio_wire);
    size_t line_max = cfg->up->message_max < UP_LINE_MAX ? cfg->up->message_max : UP_LINE_MAX;
    if (w == NULL)
        return E_NO_MEMORY;
    w->a = a;
    w->cfg = *cfg;
    w->command = cfg->up->command;
    w->tags_max = cfg->up->calls_max + STDIO_TAGS_SPARE;
    w->tags = ARENA_ARRAY(a, void *, w->tags_max);
    w->child = (struct child){ .in = -1, .out = -1, .err = -1, .control = -1, .door = -1 };
    w->piece = arena_alloc(a, STDIO_PIECE);
    if (w->tags == NULL || w->piece == NULL)
        return E_NO_MEMORY;
    TRY(stdio_environment(a, cfg->up, why, &w->env));
    up_lines_in_init(&w->lines, line_max);
    up_queue_init(&w->queue, UP_QUEUED_MAX);
    up_tail_init(&w->said, UP_STDERR_KEPT);
    *ret = w;
    return E_OK;
}

/* Now, or a little later; a program that crashes again and again is left alone for a while. What
 * goes wrong with a start is told later, as `gone`. */
static err_t stdio_begin(struct stdio_wire *w, struct diag *why)
{
    const struct up_crashes *c = w->command->crashes;
    int64_t wait_ms = c == NULL ? 0 : (c->not_before.us - loop_now(stdio_loop(w)).us) / 1000;
    if (wait_ms > STDIO_PATIENCE_MS)
        return FAIL(why, E_OVERLOADED,
                    "its program has crashed %u times: it is started again in %lld s", c->n,
                    (long long)(wait_ms + 999) / 1000);
    if (wait_ms <= 0 && stdio_start(w) == E_OK)
        return E_OK;
    stdio_in_ms(w, wait_ms > 0 ? wait_ms : 0);
    return E_OK;
}

static err_t stdio_open(const struct up_wire_cfg *cfg, struct diag *why, struct up_wire **ret)
{
    struct stdio_wire *w = NULL;
    struct arena *a = arena_new(STDIO_ARENA + cfg->up->calls_max * sizeof(void *));
    err_t e = a == NULL ? E_NO_MEMORY : stdio_make(a, cfg, why, &w);
    if (e == E_OK)
        e = stdio_begin(w, why);
    if (e == E_OK) {
        *ret = (struct up_wire *)(void *)w;
        return E_OK;
    }
    arena_wipe_free(a);
    return e;
}

static void stdio_forget(struct up_wire *wire, void *tag)
{
    struct stdio_wire *w = wire_of(wire);
    for (size_t i = 0; i < w->tags_n; i++) {
        if (w->tags[i] == tag) {
            w->tags[i] = w->tags[--w->tags_n];
            return;
        }
    }
}

static err_t stdio_send(struct up_wire *wire, const struct up_out *out)
{
    struct stdio_wire *w = wire_of(wire);
    bool waited = out->tag != NULL && !out->quick;
    if (w->closing || w->broken || !w->in.open || (waited && w->tags_n == w->tags_max))
        return E_OVERLOADED;
    TRY(up_queue_add(&w->queue, out->bytes));
    if (waited)
        w->tags[w->tags_n++] = out->tag;
    stdio_use(w);
    stdio_write(w);
    return E_OK;
}

/* All calls share one pipe, so that all of them wait. */
static void stdio_pause(struct up_wire *wire, void *tag, bool paused)
{
    struct stdio_wire *w = wire_of(wire);
    (void)tag;
    w->pauses = paused ? w->pauses + 1 : w->pauses - 1;
    if (w->life == LIFE_RUNNING)
        stdio_arm_out(w);
}

static void stdio_close(struct up_wire *wire)
{
    struct stdio_wire *w = wire_of(wire);
    w->closing = true;
    loop_timer_stop(stdio_loop(w), &w->unused);
    up_pipe_close(&w->in); /* which is how a server of MCP is told to end */
    up_pipe_close(&w->out);
    up_pipe_close(&w->err);
    stdio_in_ms(w, w->life == LIFE_RUNNING ? STDIO_BYE_MS : 0);
}

const struct up_wire_kind up_wire_stdio = {
    .name = "stdio",
    .open = stdio_open,
    .send = stdio_send,
    .answered = stdio_forget,
    .drop = stdio_forget,
    .pause = stdio_pause,
    .close = stdio_close,
};
