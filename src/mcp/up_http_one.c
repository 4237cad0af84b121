/* SPDX-License-Identifier: Apache-2.0 */
/* One exchange over Streamable HTTP. */
#include "mcp/up_http.h"

enum { LINGER_MS = 1000, RESUME_MS = 1000 };

static void one_on_head(void *arg, const struct http_answer *head);
static void one_on_body(void *arg, str_t part);
static void one_on_end(void *arg, const struct fetch_end *end);
static void one_on_again(struct loop_timer *timer);

static const struct fetch_events one_events = {
    .head = one_on_head,
    .body = one_on_body,
    .end = one_on_end,
};

/* Asking. */

static err_t one_fetch(struct http_one *x, struct fetch_request *req, struct up_lines *lines)
{
    struct http_wire *w = x->wire;
    struct diag why = { 0 };
    up_lines_add(lines, w->session_line);
    up_lines_add(lines, w->version_line);
    up_lines_add_all(lines, w->lines, w->cfg.up->headers_n);
    if (lines->full)
        return E_TOO_BIG;
    req->url = w->cfg.up->url;
    req->headers = lines->row;
    req->headers_n = lines->n;
    req->connect_max = w->cfg.up->connect_max;
    req->on = &one_events;
    req->arg = x;
    return fetch_start(w->fetcher, req, &why, &x->fetch);
}

err_t http_one_post(struct http_one *x, const struct up_out *out)
{
    struct up_lines lines = { .n = 0 };
    struct fetch_request req = { .method = "POST", .body = out->bytes };
    x->tag = out->tag;
    if (out->tag == NULL || out->quick) {
        buf_add(&x->out, out->bytes);
        TRY(x->out.err);
        req.body = buf_str(&x->out);
    }
    if (out->quick)
        req.total_max = DUR_S(UP_QUICK_S);
    up_lines_add(&lines, "Content-Type: application/json");
    up_lines_add(&lines, "Accept: application/json, text/event-stream");
    up_lines_add_all(&lines, out->headers, out->headers_n);
    return one_fetch(x, &req, &lines);
}

/* The stream that is listened to, or one that is taken up again. */
err_t http_one_get(struct http_one *x)
{
    struct up_lines lines = { .n = 0 };
    struct fetch_request req = { .method = "GET" };
    char last[MCP_SSE_ID_MAX + 32] = "";
    if (x->last_id.n > 0)
        (void)snprintf(last, sizeof last, "Last-Event-ID: %.*s", STR_ARG(buf_str(&x->last_id)));
    up_lines_add(&lines, "Accept: text/event-stream");
    up_lines_add(&lines, last);
    x->form = UP_FORM_NONE;
    x->heard = false;
    TRY(one_fetch(x, &req, &lines));
    if (x->paused)
        fetch_pause(x->fetch, true);
    return E_OK;
}

err_t http_one_delete(struct http_one *x)
{
    struct up_lines lines = { .n = 0 };
    struct fetch_request req = { .method = "DELETE", .total_max = DUR_S(UP_GOOD_BYE_S) };
    return one_fetch(x, &req, &lines);
}

/* Hearing. */

static void one_on_event(void *arg, const struct mcp_sse_event *event)
{
    struct http_one *x = arg;
    struct http_wire *w = x->wire;
    bool message = event->type.n == 0 || str_eq(event->type, STR("message"));
    x->heard = true;
    if (message && event->data.n > 0 && !x->over && (x->tag != NULL || x->listens))
        w->cfg.on->message(w->cfg.arg, x->tag, event->data);
}

static void one_on_id(void *arg, str_t id)
{
    struct http_one *x = arg;
    buf_clear(&x->last_id);
    for (size_t i = 0; i < id.n; i++) {
        if (id.p[i] < ' ' || id.p[i] > '~')
            return; /* no header could say it */
    }
    buf_add(&x->last_id, id);
}

static void one_on_retry(void *arg, dur_t in)
{
    struct http_one *x = arg;
    x->retry = in.us < DUR_S(UP_RETRY_S_MAX).us ? in : DUR_S(UP_RETRY_S_MAX);
}

static void one_begin_events(struct http_one *x)
{
    const struct mcp_sse_sink sink = {
        .event = one_on_event, .id = one_on_id, .retry = one_on_retry, .arg = x
    };
    if (x->sse_on)
        mcp_sse_fini(&x->sse);
    mcp_sse_init(&x->sse, x->wire->cfg.up->message_max, &sink);
    x->sse_on = true;
}

static void one_on_head(void *arg, const struct http_answer *head)
{
    struct http_one *x = arg;
    x->form = up_form_of(head);
    x->status = head->status;
    x->retry_after = up_retry_after(head);
    x->json = up_is_json(head);
    if (x->form == UP_FORM_EVENTS) {
        x->stood = true;
        one_begin_events(x);
    }
    if (x->form != UP_FORM_REFUSED && x->tag != NULL)
        http_session_learn(x->wire, http_answer_field(head, STR("mcp-session-id")));
}

/* Over, and whoever waits is told. */
static void one_tell(struct http_one *x, const struct up_sent *how)
{
    struct http_wire *w = x->wire;
    void *tag = x->tag;
    http_one_end(x);
    if (tag != NULL)
        w->cfg.on->sent(w->cfg.arg, tag, how);
}

static void one_fail(struct http_one *x, err_t e, const char *text)
{
    one_tell(x, &(struct up_sent){ .e = e, .text = text });
}

static void one_spoilt(struct http_one *x, err_t e)
{
    if (x->listens) { /* from where it is now */
        buf_clear(&x->last_id);
        fetch_cancel(x->fetch);
        x->fetch = NULL;
        loop_timer_start(x->wire->cfg.up->loop, &x->timer, DUR_S(UP_LISTEN_PAUSE_S_MAX),
                         one_on_again);
        return;
    }
    one_fail(x, e,
             e == E_TOO_BIG ? "its answer is larger than may be" : "no memory for its answer");
}

static void one_on_body(void *arg, str_t part)
{
    struct http_one *x = arg;
    struct http_wire *w = x->wire;
    err_t e = E_OK;
    http_enter(w);
    if (x->form == UP_FORM_EVENTS) {
        e = mcp_sse_feed(&x->sse, part);
    } else if (x->form == UP_FORM_JSON && x->tag != NULL) {
        buf_add(&x->body, part);
        e = x->body.err;
    } else if (x->form == UP_FORM_REFUSED && x->json && x->body.n + part.n <= UP_REFUSAL_MAX) {
        buf_add(&x->body, part);
    }
    if (e != E_OK && !x->over)
        one_spoilt(x, e);
    http_leave(w);
}

/* The end of it. */

static void one_on_again(struct loop_timer *timer)
{
    struct http_one *x = CONTAINER_OF(timer, struct http_one, timer);
    struct http_wire *w = x->wire;
    http_enter(w);
    err_t e = http_one_get(x);
    if (e != E_OK && x->listens)
        http_one_end(x);
    else if (e != E_OK)
        one_fail(x, e, "no memory to take its stream up again");
    http_leave(w);
}

/* A stream whose events have ids can be taken up where it broke, for the older era. */
static bool one_resume(struct http_one *x)
{
    if (x->tag == NULL || x->form != UP_FORM_EVENTS || x->last_id.n == 0)
        return false;
    x->resumes = x->heard ? 0 : x->resumes + 1;
    if (x->resumes > UP_RESUMES_MAX)
        return false;
    loop_timer_start(x->wire->cfg.up->loop, &x->timer,
                     x->retry.us > 0 ? x->retry : DUR_MS(RESUME_MS), one_on_again);
    return true;
}

/* The stream that is listened to: again and again, less and less often while nothing comes. */
static void one_listen_again(struct http_one *x, const struct fetch_end *end)
{
    struct http_wire *w = x->wire;
    if (end->e == E_OK && x->form != UP_FORM_EVENTS) {
        /* A 404 at once may mean that it has no such stream. */
        bool lost = x->stood && x->status == 404 && w->session_line[0] != '\0';
        http_one_end(x); /* it has none (405), or does not want to be asked */
        if (lost)
            w->cfg.on->lost(w->cfg.arg);
        return;
    }
    dur_t pause = x->retry.us > 0 ? x->retry : DUR_MS(RESUME_MS);
    x->resumes = x->heard ? 0 : x->resumes + 1;
    for (unsigned i = 1; i < x->resumes && pause.us < DUR_S(UP_LISTEN_PAUSE_S_MAX).us; i++)
        pause.us *= 2;
    if (pause.us > DUR_S(UP_LISTEN_PAUSE_S_MAX).us)
        pause = DUR_S(UP_LISTEN_PAUSE_S_MAX);
    loop_timer_start(w->cfg.up->loop, &x->timer, pause, one_on_again);
}

static void one_finish(struct http_one *x, const struct fetch_end *end)
{
    struct http_wire *w = x->wire;
    struct up_sent how = { .e = end->e,
                           .not_sent = end->not_sent,
                           .status = x->status,
                           .retry_after = x->retry_after,
                           .body = STR_NONE,
                           .text = end->text };
    if (end->e == E_OK && x->form == UP_FORM_JSON && x->tag != NULL && x->body.n > 0) {
        w->cfg.on->message(w->cfg.arg, x->tag, buf_str(&x->body));
        if (x->over)
            return;
    }
    if (end->e == E_OK && x->form == UP_FORM_REFUSED) {
        how.e = E_IO;
        how.text = "it refuses the request";
        if (x->json && x->body.n > 0)
            how.body = buf_str(&x->body);
    }
    if (end->e == E_OK && x->form == UP_FORM_NONE) {
        how.e = E_BAD_JSON;
        how.text = "it answers neither JSON nor events";
    }
    one_tell(x, &how);
}

static void one_on_end(void *arg, const struct fetch_end *end)
{
    struct http_one *x = arg;
    struct http_wire *w = x->wire;
    x->fetch = NULL;
    http_enter(w);
    if (x->listens)
        one_listen_again(x, end);
    else if (!one_resume(x))
        one_finish(x, end);
    else if (end->e == E_OK && x->retry.us > 0) /* not broken: closed, to be polled */
        w->cfg.on->polls(w->cfg.arg, x->tag, x->retry);
    http_leave(w);
}

/* Answered: a stream is read to its end, if that comes soon, so that its connection can be used
 * again. */
static void one_on_linger(struct loop_timer *timer)
{
    struct http_one *x = CONTAINER_OF(timer, struct http_one, timer);
    struct http_wire *w = x->wire;
    http_enter(w);
    http_one_end(x);
    http_leave(w);
}

void http_one_linger(struct http_one *x)
{
    x->tag = NULL;
    if (x->fetch == NULL || x->paused || !fetch_is_sent(x->fetch)) {
        http_one_end(x);
        return;
    }
    loop_timer_start(x->wire->cfg.up->loop, &x->timer, DUR_MS(LINGER_MS), one_on_linger);
}
