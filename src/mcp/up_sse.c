/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP+SSE (MCP 2024-11-05, "Transports"): one stream that everything comes on, whose first event
 * says where messages are posted to. */
#include "mcp/up_lines.h"
#include "plat/mcp/mcp_sse.h"

enum { SSE_WIRE_ARENA = 64 * 1024, SSE_URL_MAX = 2048 };

struct sse_post {
    struct sse_wire *wire;
    struct sse_post *prev;
    struct sse_post *next;
    struct arena *a;
    void *tag;
    bool over;
    bool quick;
    struct fetch *fetch;
    struct buf out;
    int status;
    dur_t retry_after;
};

struct sse_wire {
    struct arena *a;
    struct up_wire_cfg cfg;
    struct fetcher *fetcher;
    const char *const *lines;
    struct fetch *stream;
    struct mcp_sse sse;
    enum up_form form;
    int status;
    str_t post_url; /* absent: not told yet */
    struct sse_post *posts;
    unsigned pauses; /* calls that want to read no more */
    struct loop_msg bye;
    unsigned inside;
    bool closing;
    bool gone;   /* bye is on its way */
    bool broken; /* told */
};

static struct sse_wire *wire_of(struct up_wire *w)
{
    return (struct sse_wire *)(void *)w;
}

static void sse_on_bye(struct loop_msg *msg)
{
    struct sse_wire *w = CONTAINER_OF(msg, struct sse_wire, bye);
    const struct up_wire_cfg cfg = w->cfg;
    struct arena *a = w->a; /* the wire is in it */
    fetcher_free(w->fetcher);
    mcp_sse_fini(&w->sse);
    arena_wipe_free(a); /* the credential */
    cfg.on->closed(cfg.arg);
}

/* Posts. */

static void post_free(struct sse_post *p)
{
    struct sse_wire *w = p->wire;
    if (p->prev != NULL)
        p->prev->next = p->next;
    else
        w->posts = p->next;
    if (p->next != NULL)
        p->next->prev = p->prev;
    buf_fini(&p->out);
    arena_free(p->a);
}

static void post_end(struct sse_post *p)
{
    p->tag = NULL;
    p->over = true;
    if (p->fetch != NULL)
        fetch_cancel(p->fetch);
    p->fetch = NULL;
}

static void sse_leave(struct sse_wire *w)
{
    if (--w->inside > 0)
        return;
    for (struct sse_post *p = w->posts; p != NULL;) {
        struct sse_post *next = p->next;
        if (p->over)
            post_free(p);
        p = next;
    }
    if (w->closing && !w->gone) {
        w->gone = true;
        loop_post(w->cfg.up->loop, &w->bye);
    }
}

static void post_on_head(void *arg, const struct http_answer *head)
{
    struct sse_post *p = arg;
    p->status = head->status;
    p->retry_after = up_retry_after(head);
}

/* A message that was taken is answered on the stream; only a refusal ends it here. */
static void post_on_end(void *arg, const struct fetch_end *end)
{
    struct sse_post *p = arg;
    struct sse_wire *w = p->wire;
    void *tag = p->tag;
    bool refused = end->e == E_OK && (p->status < 200 || p->status > 299);
    const struct up_sent how = { .e = refused ? E_IO : end->e,
                                 .not_sent = end->not_sent,
                                 .status = p->status,
                                 .retry_after = p->retry_after,
                                 .body = STR_NONE,
                                 .text = refused ? "it refuses the request" : end->text };
    bool tell = tag != NULL && (p->quick || how.e != E_OK);
    p->fetch = NULL;
    w->inside++;
    post_end(p);
    if (tell)
        w->cfg.on->sent(w->cfg.arg, tag, &how);
    sse_leave(w);
}

static err_t post_new(struct sse_wire *w, const struct up_out *out, struct sse_post **ret)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(4));
    struct sse_post *p = a == NULL ? NULL : ARENA_NEW(a, struct sse_post);
    if (p == NULL)
        return E_NO_MEMORY;
    p->a = a;
    a = NULL;
    p->wire = w;
    p->tag = out->tag;
    p->quick = out->quick;
    buf_init(&p->out, w->cfg.up->message_max + KIB(64));
    buf_add(&p->out, out->bytes); /* the answer may come on the stream before all of it has left */
    p->next = w->posts;
    if (w->posts != NULL)
        w->posts->prev = p;
    w->posts = p;
    *ret = p;
    return p->out.err;
}

static bool sse_has_room(const struct sse_wire *w)
{
    size_t told = 0;
    for (const struct sse_post *p = w->posts; p != NULL; p = p->next)
        told += p->tag == NULL && !p->over ? 1 : 0;
    return told < UP_TOLD_MAX;
}

static err_t sse_send(struct up_wire *wire, const struct up_out *out)
{
    static const struct fetch_events events = { .head = post_on_head, .end = post_on_end };
    struct sse_wire *w = wire_of(wire);
    struct up_lines lines = { .n = 0 };
    struct sse_post *p = NULL;
    struct diag why = { 0 };
    if (out->tag == NULL && !sse_has_room(w))
        return E_OVERLOADED;
    w->inside++;
    err_t e = post_new(w, out, &p);
    up_lines_add(&lines, "Content-Type: application/json");
    up_lines_add_all(&lines, w->lines, w->cfg.up->headers_n);
    if (e == E_OK) {
        const struct fetch_request req = { .method = "POST",
                                           .url = w->post_url,
                                           .headers = lines.row,
                                           .headers_n = lines.n,
                                           .body = buf_str(&p->out),
                                           .connect_max = w->cfg.up->connect_max,
                                           .total_max = DUR_S(UP_QUICK_S),
                                           .body_max = UP_REFUSAL_MAX,
                                           .on = &events,
                                           .arg = p };
        e = lines.full ? E_TOO_BIG : fetch_start(w->fetcher, &req, &why, &p->fetch);
    }
    if (e != E_OK && p != NULL)
        post_end(p);
    sse_leave(w);
    return e;
}

static void sse_drop(struct up_wire *wire, void *tag)
{
    struct sse_wire *w = wire_of(wire);
    for (struct sse_post *p = w->posts; p != NULL; p = p->next) {
        if (p->tag == tag)
            p->tag = NULL; /* it goes out all the same: who cancels tells the upstream so */
    }
}

static void sse_pause(struct up_wire *wire, void *tag, bool paused)
{
    struct sse_wire *w = wire_of(wire);
    (void)tag;
    w->pauses = paused ? w->pauses + 1 : w->pauses - 1;
    if (w->stream != NULL)
        fetch_pause(w->stream, w->pauses > 0);
}

/* The stream. */

static void sse_break(struct sse_wire *w, err_t e, const char *text)
{
    if (w->broken || w->closing)
        return;
    w->broken = true;
    w->cfg.on->gone(w->cfg.arg, e, w->form == UP_FORM_REFUSED ? w->status : 0, text);
}

/* Where a reference leads, as far as one origin goes (RFC 3986 section 5.2, without dot segments).
 */
static err_t url_join(struct arena *a, str_t base, str_t to, str_t *ret)
{
    size_t scheme = str_find(base, ':') + 3; /* the URL was read before: it has "://" */
    size_t host_n = scheme + str_find(str_sub(base, scheme, base.n), '/');
    size_t query = str_find(base, '?');
    size_t path_n = query;
    str_t origin = str_sub(base, 0, host_n < query ? host_n : query);
    if (str_starts(to, STR("http://")) || str_starts(to, STR("https://")))
        return str_copy(a, to, ret);
    if (to.n == 0 || str_starts(to, STR("//")))
        return E_FORBIDDEN;
    if (to.p[0] == '/')
        return str_format(a, ret, "%.*s%.*s", STR_ARG(origin), STR_ARG(to));
    while (to.p[0] != '?' && path_n > origin.n && base.p[path_n - 1] != '/')
        path_n--;
    return str_format(a, ret, "%.*s%s%.*s", STR_ARG(str_sub(base, 0, path_n)),
                      to.p[0] != '?' && path_n == origin.n ? "/" : "", STR_ARG(to));
}

static void sse_on_endpoint(struct sse_wire *w, str_t data)
{
    if (w->post_url.p != NULL)
        return; /* one session, one place */
    if (data.n > SSE_URL_MAX || url_join(w->a, w->cfg.up->sse_url, data, &w->post_url) != E_OK) {
        sse_break(w, E_FORBIDDEN, "it names a place for messages that is not its own");
        return;
    }
    w->cfg.on->opened(w->cfg.arg);
}

static void sse_on_event(void *arg, const struct mcp_sse_event *event)
{
    struct sse_wire *w = arg;
    bool message = event->type.n == 0 || str_eq(event->type, STR("message"));
    if (w->closing || w->broken)
        return;
    if (str_eq(event->type, STR("endpoint")))
        sse_on_endpoint(w, event->data);
    else if (message && event->data.n > 0 && w->post_url.p != NULL)
        w->cfg.on->message(w->cfg.arg, NULL, event->data);
}

static void stream_on_head(void *arg, const struct http_answer *head)
{
    struct sse_wire *w = arg;
    w->form = up_form_of(head);
    w->status = head->status;
}

static void stream_on_body(void *arg, str_t part)
{
    struct sse_wire *w = arg;
    if (w->form != UP_FORM_EVENTS)
        return;
    w->inside++;
    err_t e = mcp_sse_feed(&w->sse, part);
    if (e != E_OK)
        sse_break(w, e, "a message of its stream is larger than may be");
    sse_leave(w);
}

static void stream_on_end(void *arg, const struct fetch_end *end)
{
    struct sse_wire *w = arg;
    const char *text = "its stream has ended";
    w->stream = NULL;
    w->inside++;
    if (end->text != NULL)
        text = end->text;
    else if (w->form != UP_FORM_EVENTS)
        text = "it has no stream of events there";
    sse_break(w, end->e == E_OK ? E_CLOSED : end->e, text);
    sse_leave(w);
}

static err_t sse_stream(struct sse_wire *w, struct diag *why)
{
    static const struct fetch_events events = { .head = stream_on_head,
                                                .body = stream_on_body,
                                                .end = stream_on_end };
    struct up_lines lines = { .n = 0 };
    up_lines_add(&lines, "Accept: text/event-stream");
    up_lines_add_all(&lines, w->lines, w->cfg.up->headers_n);
    const struct fetch_request req = { .method = "GET",
                                       .url = w->cfg.up->sse_url,
                                       .headers = lines.row,
                                       .headers_n = lines.n,
                                       .connect_max = w->cfg.up->connect_max,
                                       .on = &events,
                                       .arg = w };
    return lines.full ? E_TOO_BIG : fetch_start(w->fetcher, &req, why, &w->stream);
}

static err_t sse_open(const struct up_wire_cfg *cfg, struct diag *why, struct up_wire **ret)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(SSE_WIRE_ARENA);
    struct sse_wire *w = a == NULL ? NULL : ARENA_NEW(a, struct sse_wire);
    if (w == NULL)
        return E_NO_MEMORY;
    w->a = a;
    w->cfg = *cfg;
    TRY(up_lines_of(a, cfg->up, why, &w->lines));
    TRY(up_fetcher_new(cfg->up, why, &w->fetcher));
    mcp_sse_init(&w->sse, cfg->up->message_max,
                 &(struct mcp_sse_sink){ .event = sse_on_event, .arg = w });
    err_t e = sse_stream(w, why);
    if (e != E_OK) {
        fetcher_free(w->fetcher);
        mcp_sse_fini(&w->sse);
        return e;
    }
    a = NULL;
    w->bye.run = sse_on_bye;
    *ret = (struct up_wire *)(void *)w;
    return E_OK;
}

static void sse_close(struct up_wire *wire)
{
    struct sse_wire *w = wire_of(wire);
    w->inside++;
    w->closing = true;
    for (struct sse_post *p = w->posts; p != NULL; p = p->next)
        post_end(p);
    if (w->stream != NULL)
        fetch_cancel(w->stream);
    w->stream = NULL;
    sse_leave(w);
}

const struct up_wire_kind up_wire_sse = {
    .name = "sse",
    .open = sse_open,
    .send = sse_send,
    .answered = sse_drop,
    .drop = sse_drop,
    .pause = sse_pause,
    .close = sse_close,
    .headers = true,
};
