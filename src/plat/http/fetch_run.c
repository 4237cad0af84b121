/* SPDX-License-Identifier: Apache-2.0 */
/* One fetch: its beginning, its time, what it hears, its end. */
#include "plat/http/fetch_in.h"

#include "base/fault.h"

enum { FETCH_ARENA_MAX = 128 * 1024 };

static void fetch_on_quiet(struct loop_timer *timer);
static void fetch_on_late(struct loop_timer *timer);

/* ---- its time ---- */

void fetch_heard(struct fetch *x)
{
    struct loop *loop = x->owner->loop;
    if (x->req.idle_max.us > 0 && !x->paused)
        loop_timer_start(loop, &x->quiet, x->req.idle_max, fetch_on_quiet);
    else
        loop_timer_stop(loop, &x->quiet);
}

void fetch_issue(struct fetch *x)
{
    x->issued = true;
    fetch_heard(x);
}

static void fetch_late(struct fetch *x, const char *text)
{
    struct fetcher *f = x->owner;
    fetcher_enter(f);
    fetch_end(x, E_TIMEOUT, text);
    fetcher_leave(f);
}

static void fetch_on_quiet(struct loop_timer *timer)
{
    struct fetch *x = CONTAINER_OF(timer, struct fetch, quiet);
    fetch_late(x, x->issued ? "nothing came for too long" : "it took too long to connect");
}

static void fetch_on_late(struct loop_timer *timer)
{
    fetch_late(CONTAINER_OF(timer, struct fetch, total), "the answer took too long");
}

/* ---- what it hears ---- */

bool fetch_hear_head(struct fetch *x, const struct http_answer *head)
{
    str_t coding = http_answer_field(head, STR("content-encoding"));
    if (coding.n > 0 && !str_eq_nocase(coding, STR("identity"))) {
        err_ignore(FAIL(&x->why, E_UNSUPPORTED_MEDIA,
                        "the answer has a content coding that nobody asked for"));
        return false;
    }
    if (x->req.on->head != NULL)
        x->req.on->head(x->req.arg, head);
    return !fetch_is_over(x);
}

bool fetch_hear_body(struct fetch *x, str_t part)
{
    fetch_heard(x);
    x->body_n += part.n;
    if (x->req.body_max > 0 && x->body_n > x->req.body_max) {
        err_ignore(
            FAIL(&x->why, E_TOO_BIG, "the answer is larger than %zu bytes", x->req.body_max));
        return false;
    }
    if (x->req.on->body != NULL)
        x->req.on->body(x->req.arg, part);
    return !fetch_is_over(x);
}

/* ---- its end ---- */

void fetch_move(struct fetch *x, enum fetch_state to)
{
    struct fetcher *f = x->owner;
    f->waiting_n += (size_t)(to == FETCH_WAITS) - (size_t)(x->state == FETCH_WAITS);
    f->over_n += (size_t)(to == FETCH_OVER) - (size_t)(x->state == FETCH_OVER);
    x->state = to;
}

static void fetch_leave(struct fetch *x)
{
    if (x->state == FETCH_OVER)
        return;
    fetch_move(x, FETCH_OVER);
    if (x->owner->kind->leave != NULL)
        x->owner->kind->leave(x);
}

/* It is freed by fetcher_leave. */
void fetch_end(struct fetch *x, err_t e, const char *text)
{
    struct fetch_end end = { .e = e, .not_sent = !x->issued, .text = e == E_OK ? NULL : text };
    bool over = fetch_is_over(x);
    fetch_leave(x);
    if (!over && x->req.on->end != NULL)
        x->req.on->end(x->req.arg, &end);
}

void fetch_free(struct fetch *x)
{
    struct fetcher *f = x->owner;
    loop_timer_stop(f->loop, &x->quiet);
    loop_timer_stop(f->loop, &x->total);
    fetch_leave(x);
    if (f->kind->drop != NULL)
        f->kind->drop(x);
    *(x->prev != NULL ? &x->prev->next : &f->all) = x->next;
    if (x->next != NULL)
        x->next->prev = x->prev;
    else
        f->last = x->prev != NULL ? &x->prev->next : &f->all;
    f->over_n--;
    arena_wipe_free(x->a); /* heads bring tokens */
    free(x);
}

void fetch_cancel(struct fetch *x)
{
    struct fetcher *f = x->owner;
    fetch_leave(x);
    if (!f->inside)
        fetch_free(x);
}

/* ---- its beginning ---- */

/* Only to where the fetcher may go; the URL that it was made with has been read already. */
static err_t fetch_read_url(struct fetch *x, str_t url, struct diag *why, struct outbound_url *ret)
{
    const struct outbound_url *own = &x->owner->origin;
    *ret = *own;
    if (str_eq(url, x->owner->url))
        return E_OK;
    TRY(outbound_url_read(x->a, url, why, ret));
    if (!str_eq_nocase(ret->host, own->host) || !str_eq(ret->port, own->port) ||
        ret->tls != own->tls)
        return FAIL(why, E_FORBIDDEN, "this leads to another host than the one that was allowed");
    return E_OK;
}

/* What must live until it runs. */
static err_t fetch_copy(struct fetch *x, const struct fetch_request *req, struct diag *why)
{
    struct outbound_url to;
    x->a = arena_new(FETCH_ARENA_MAX);
    if (x->a == NULL)
        return E_NO_MEMORY;
    TRY(fetch_read_url(x, req->url, why, &to));
    x->req = *req;
    return x->owner->kind->prepare(x, req, &to, why);
}

static void fetch_queue(struct fetch *x)
{
    struct fetcher *f = x->owner;
    x->prev = f->all == NULL ? NULL : CONTAINER_OF(f->last, struct fetch, next);
    *f->last = x;
    f->last = &x->next;
    f->waiting_n++;
}

/* What cannot be told here is found again in its turn. */
static bool fetch_run_now(struct fetch *x)
{
    struct fetcher *f = x->owner;
    struct diag why = { 0 };
    return f->kind->prompt && f->waiting_n == 1 && fetcher_knows(f) &&
           f->kind->run(x, &why) == E_OK;
}

err_t fetch_start(struct fetcher *f, const struct fetch_request *req, struct diag *why,
                  struct fetch **ret)
{
    struct fetch *x = fault_here() ? NULL : calloc(1, sizeof *x);
    if (x == NULL)
        return E_NO_MEMORY;
    x->owner = f;
    err_t e = fetch_copy(x, req, why);
    if (e != E_OK) {
        if (f->kind->drop != NULL)
            f->kind->drop(x);
        arena_free(x->a);
        free(x);
        return e;
    }
    fetch_queue(x);
    loop_timer_start(f->loop, &x->quiet, req->connect_max, fetch_on_quiet);
    if (req->total_max.us > 0)
        loop_timer_start(f->loop, &x->total, req->total_max, fetch_on_late);
    if (!fetch_run_now(x))
        fetcher_kick(f);
    *ret = x;
    return E_OK;
}

bool fetch_is_sent(const struct fetch *x)
{
    return x->state == FETCH_RUNS && x->issued && x->owner->kind->is_sent(x);
}

void fetch_pause(struct fetch *x, bool paused)
{
    if (x->paused == paused)
        return;
    x->paused = paused;
    if (x->issued)
        fetch_heard(x);
    if (x->state == FETCH_RUNS)
        x->owner->kind->paused(x);
}
