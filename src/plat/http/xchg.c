/* SPDX-License-Identifier: Apache-2.0 */
/* An exchange: one request and its reply, with memory of its own that the next one takes over. */
#include "base/fault.h"
#include "plat/http/lane.h"

#include <assert.h>

enum {
    BODY_KEEP = 16 * 1024, /* a larger body's memory is not kept for the next */
    XCHGS_KEEP = 256,
};

static struct xchg *xchg_take(struct lane *lane)
{
    struct xchg *x = lane->idle_xchg;
    if (fault_here())
        return NULL;
    if (x == NULL)
        return calloc(1, sizeof *x);
    lane->idle_xchg = x->next;
    lane->idle_xchgs--;
    return x;
}

err_t xchg_begin(struct conn *c)
{
    assert(c->x == NULL);
    struct xchg *x = xchg_take(c->lane);
    if (x == NULL)
        return E_NO_MEMORY;
    struct arena *arena = x->pub.arena;
    struct buf body = x->body;
    *x = (struct xchg){
        .pub = { .arena = arena, .peer = c->peer, .body = STR("") },
        .conn = c,
        .body = body,
    };
    x->pub.spare = c->spare;
    x->close = c->spare;
    head_init(&c->in->head, c->in->fields);
    c->in->frame = (struct frame){ 0 };
    buf_init(&x->out, REPLY_MAX);
    c->x = x;
    return E_OK;
}

void xchg_fini(struct xchg *x)
{
    arena_free(x->pub.arena);
    buf_fini(&x->body);
    buf_fini(&x->out);
    free(x);
}

/* What the request brought stands in the input too, before what follows it; nothing follows where
 * the connection ends. */
static void xchg_wipe(struct xchg *x)
{
    struct conn *c = x->conn;
    if (c->in != NULL)
        explicit_bzero(c->in->bytes, x->close || c->state == CONN_CLOSED ? c->in_n : c->in_at);
    buf_fini(&x->body);
    x->body.secret = false;
    if (x->pub.arena != NULL)
        arena_wipe(x->pub.arena);
}

static void xchg_give(struct lane *lane, struct xchg *x)
{
#ifdef __SANITIZE_ADDRESS__
    bool keep = false; /* so that the sanitizer sees who uses one that has ended */
#else
    bool keep = lane->idle_xchgs < XCHGS_KEEP;
#endif
    if (!keep) {
        xchg_fini(x);
        return;
    }
    buf_fini(&x->out);
    if (x->body.room > BODY_KEEP)
        buf_fini(&x->body);
    buf_clear(&x->body);
    if (x->pub.arena != NULL)
        arena_reset(x->pub.arena);
    x->next = lane->idle_xchg;
    lane->idle_xchg = x;
    lane->idle_xchgs++;
}

void xchg_end(struct conn *c)
{
    struct xchg *x = c->x;
    assert(!x->lent);
    xchg_unawait(x);
    if (x->known)
        lane_cfg(c->lane)->calls->on_done(lane_cfg(c->lane)->app, &x->pub, x->status, x->sent);
    c->x = NULL;
    if (x->pub.secret)
        xchg_wipe(x);
    xchg_give(c->lane, x);
}

void xchg_forget_request(struct xchg *x)
{
    struct http_xchg *pub = &x->pub;
    pub->target = STR_NONE;
    pub->path = STR_NONE;
    pub->query = STR_NONE;
    pub->host = STR_NONE;
    pub->body = STR("");
    pub->fields_n = 0;
    arena_free(pub->arena);
    pub->arena = NULL;
    buf_fini(&x->body);
    x->forgotten = true;
    conn_drop_input(x->conn);
}

void xchg_unawait(struct xchg *x)
{
    if (x->awaited)
        server_less(x->conn->lane->server, &x->conn->lane->server->awaited);
    x->awaited = false;
}

void http_park(struct http_xchg *x)
{
    assert(xchg_of(x)->lent);
    xchg_of(x)->parked = true;
    xchg_unawait(xchg_of(x));
    xchg_forget_request(xchg_of(x));
}

struct loop *http_loop(const struct http_xchg *x)
{
    const struct xchg *own = (const struct xchg *)(const void *)x;
    static_assert(offsetof(struct xchg, pub) == 0, "one is the beginning of the other");
    return own->conn->lane->loop;
}

int http_fd(const struct http_xchg *x)
{
    const struct xchg *own = (const struct xchg *)(const void *)x;
    return own->conn->fd;
}

unsigned http_loop_index(const struct http_xchg *x)
{
    const struct xchg *own = (const struct xchg *)(const void *)x;
    return own->conn->lane->index;
}

struct arena *http_arena(struct http_xchg *x)
{
    if (x->arena == NULL)
        x->arena = arena_new(ARENA_MAX);
    return x->arena;
}

str_t http_field(const struct http_xchg *x, str_t name)
{
    for (size_t i = 0; i < x->fields_n; i++) {
        if (str_eq_nocase(x->fields[i].name, name))
            return x->fields[i].value;
    }
    return STR_NONE;
}

size_t http_field_count(const struct http_xchg *x, str_t name)
{
    size_t n = 0;
    for (size_t i = 0; i < x->fields_n; i++)
        n += str_eq_nocase(x->fields[i].name, name) ? 1U : 0U;
    return n;
}
