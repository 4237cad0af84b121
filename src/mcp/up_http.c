/* SPDX-License-Identifier: Apache-2.0 */
/* Streamable HTTP (MCP 2025-03-26 and later, "Transports"): each message is a POST of its own. */
#include "mcp/up_http.h"

enum { HTTP_WIRE_ARENA = 64 * 1024, HTTP_ONE_ARENA = 16 * 1024 };

static struct http_wire *wire_of(struct up_wire *w)
{
    return (struct http_wire *)(void *)w;
}

static void http_on_hello(struct loop_msg *msg)
{
    struct http_wire *w = CONTAINER_OF(msg, struct http_wire, hello);
    if (!w->closing)
        w->cfg.on->opened(w->cfg.arg); /* the first POST will show whether anybody is there */
}

static void http_on_bye(struct loop_msg *msg)
{
    struct http_wire *w = CONTAINER_OF(msg, struct http_wire, bye);
    const struct up_wire_cfg cfg = w->cfg;
    struct arena *a = w->a; /* the wire is in it */
    fetcher_free(w->fetcher);
    arena_wipe_free(a); /* the credential */
    cfg.on->closed(cfg.arg);
}

static err_t http_open(const struct up_wire_cfg *cfg, struct diag *why, struct up_wire **ret)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(HTTP_WIRE_ARENA);
    struct http_wire *w = a == NULL ? NULL : ARENA_NEW(a, struct http_wire);
    if (w == NULL)
        return E_NO_MEMORY;
    w->a = a;
    w->cfg = *cfg;
    TRY(up_lines_of(a, cfg->up, why, &w->lines));
    TRY(up_fetcher_new(cfg->up, why, &w->fetcher));
    a = NULL;
    w->hello.run = http_on_hello;
    w->bye.run = http_on_bye;
    loop_post(cfg->up->loop, &w->hello);
    *ret = (struct up_wire *)(void *)w;
    return E_OK;
}

/* One exchange's life. */

err_t http_one_new(struct http_wire *w, struct http_one **ret)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(HTTP_ONE_ARENA);
    struct http_one *x = a == NULL ? NULL : ARENA_NEW(a, struct http_one);
    if (x == NULL)
        return E_NO_MEMORY;
    x->a = a;
    a = NULL;
    x->wire = w;
    buf_init(&x->body, w->cfg.up->message_max);
    buf_init(&x->out, w->cfg.up->message_max + KIB(64));
    buf_init(&x->last_id, MCP_SSE_ID_MAX);
    x->next = w->all;
    if (w->all != NULL)
        w->all->prev = x;
    w->all = x;
    *ret = x;
    return E_OK;
}

static void http_one_free(struct http_one *x)
{
    struct http_wire *w = x->wire;
    if (x->prev != NULL)
        x->prev->next = x->next;
    else
        w->all = x->next;
    if (x->next != NULL)
        x->next->prev = x->prev;
    buf_fini(&x->body);
    buf_fini(&x->out);
    buf_fini(&x->last_id);
    if (x->sse_on)
        mcp_sse_fini(&x->sse);
    arena_free(x->a);
}

/* Nobody waits for it, nothing more is told, and its memory lasts until http_leave. */
void http_one_end(struct http_one *x)
{
    x->tag = NULL;
    x->over = true;
    loop_timer_stop(x->wire->cfg.up->loop, &x->timer);
    if (x->fetch != NULL)
        fetch_cancel(x->fetch);
    x->fetch = NULL;
}

void http_enter(struct http_wire *w)
{
    w->inside++;
}

void http_leave(struct http_wire *w)
{
    if (--w->inside > 0)
        return;
    for (struct http_one *x = w->all; x != NULL;) {
        struct http_one *next = x->next;
        if (x->over)
            http_one_free(x);
        x = next;
    }
    if (w->closing && w->all == NULL && !w->gone) {
        w->gone = true;
        loop_post(w->cfg.up->loop, &w->bye);
    }
}

static struct http_one *http_find(struct http_wire *w, const void *tag)
{
    for (struct http_one *x = w->all; x != NULL; x = x->next) {
        if (!x->over && tag != NULL && x->tag == tag)
            return x;
    }
    return NULL;
}

/* The session that the upstream names in its answer to initialize. */
void http_session_learn(struct http_wire *w, str_t id)
{
    if (w->session_line[0] != '\0' || id.n == 0 || id.n > HTTP_SESSION_MAX)
        return;
    for (size_t i = 0; i < id.n; i++) {
        if (id.p[i] < 0x21 || id.p[i] > 0x7e)
            return; /* of visible ASCII, says the specification */
    }
    (void)snprintf(w->session_line, sizeof w->session_line, "Mcp-Session-Id: %.*s",
                   STR_ARG(id)); /* it fits */
}

/* The kind. */

static bool http_has_room(const struct http_wire *w)
{
    size_t told = 0;
    for (const struct http_one *x = w->all; x != NULL; x = x->next)
        told += x->out.n > 0 && !x->over ? 1 : 0;
    return told < UP_TOLD_MAX;
}

static err_t http_send(struct up_wire *wire, const struct up_out *out)
{
    struct http_wire *w = wire_of(wire);
    struct http_one *x = NULL;
    if (out->tag == NULL && !http_has_room(w))
        return E_OVERLOADED;
    http_enter(w);
    err_t e = http_one_new(w, &x);
    if (e == E_OK)
        e = http_one_post(x, out);
    if (e != E_OK && x != NULL)
        http_one_end(x);
    http_leave(w);
    return e;
}

static void http_answered(struct up_wire *wire, void *tag)
{
    struct http_wire *w = wire_of(wire);
    struct http_one *x = http_find(w, tag);
    http_enter(w);
    if (x != NULL)
        http_one_linger(x);
    http_leave(w);
}

static void http_drop(struct up_wire *wire, void *tag)
{
    struct http_wire *w = wire_of(wire);
    struct http_one *x = http_find(w, tag);
    http_enter(w);
    if (x != NULL)
        http_one_end(x);
    http_leave(w);
}

static void http_pause(struct up_wire *wire, void *tag, bool paused)
{
    struct http_one *x = http_find(wire_of(wire), tag);
    if (x == NULL)
        return;
    x->paused = paused;
    if (x->fetch != NULL)
        fetch_pause(x->fetch, paused);
}

static void http_listen_stop(struct http_wire *w)
{
    for (struct http_one *x = w->all; x != NULL; x = x->next) {
        if (x->listens)
            http_one_end(x);
    }
}

static void http_agreed(struct up_wire *wire, const char *version_header, bool listen)
{
    struct http_wire *w = wire_of(wire);
    struct http_one *x = NULL;
    w->version_line = version_header;
    if (!listen)
        return;
    http_enter(w);
    http_listen_stop(w);
    if (http_one_new(w, &x) == E_OK) {
        x->listens = true;
        if (http_one_get(x) != E_OK)
            http_one_end(x); /* no memory: it is not told of changes */
    }
    http_leave(w);
}

static void http_renew(struct up_wire *wire)
{
    struct http_wire *w = wire_of(wire);
    http_enter(w);
    http_listen_stop(w);
    w->session_line[0] = '\0';
    w->version_line = NULL;
    http_leave(w);
}

static void http_close(struct up_wire *wire)
{
    struct http_wire *w = wire_of(wire);
    struct http_one *x = NULL;
    http_enter(w);
    for (struct http_one *each = w->all; each != NULL; each = each->next)
        http_one_end(each);
    w->closing = true;
    if (w->session_line[0] != '\0' && http_one_new(w, &x) == E_OK && http_one_delete(x) != E_OK)
        http_one_end(x); /* it will find out by itself */
    http_leave(w);
}

const struct up_wire_kind up_wire_http = {
    .name = "http",
    .open = http_open,
    .send = http_send,
    .answered = http_answered,
    .drop = http_drop,
    .pause = http_pause,
    .agreed = http_agreed,
    .renew = http_renew,
    .close = http_close,
    .apart = true,
    .headers = true,
};
