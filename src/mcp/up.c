/* SPDX-License-Identifier: Apache-2.0 */
/* The face of an upstream, and the rides. */
#include "base/ref.h"
#include "mcp/up_in.h"

#include <assert.h>

enum { UP_ARENA_MAX = 256 * 1024, RIDE_SPARE = 256 * 1024 };

static void up_on_kick(struct loop_msg *msg);
static void ride_hold(struct up_ride *r, bool held);
static void ride_on_quiet(struct loop_timer *timer);
static void ride_on_late(struct loop_timer *timer);

static err_t cfg_copy(struct up *up, const struct up_cfg *cfg)
{
    struct arena *a = up->a;
    up->cfg = *cfg;
    TRY(str_copy(a, cfg->url, &up->cfg.url));
    TRY(str_copy(a, cfg->sse_url.n > 0 ? cfg->sse_url : cfg->url, &up->cfg.sse_url));
    TRY(str_copy(a, cfg->version, &up->cfg.version));
    TRY(str_copy(a, cfg->client_info, &up->cfg.client_info));
    str_t *headers = ARENA_ARRAY(a, str_t, cfg->headers_n + 1);
    up->name = str_cz(a, cfg->name);
    if (headers == NULL || up->name == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < cfg->headers_n; i++)
        TRY(str_copy(a, cfg->headers[i], &headers[i]));
    up->cfg.headers = headers;
    if (cfg->life != NULL)
        up->cfg.life = ref_take(cfg->life);
    return E_OK;
}

err_t up_new(const struct up_cfg *cfg, struct diag *why, struct up **ret)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(UP_ARENA_MAX);
    CLEANUP(arena_freep) struct arena *scratch = arena_new(cfg->message_max + KIB(64));
    CLEANUP(arena_freep) struct arena *facts = arena_new(cfg->message_max + KIB(64));
    struct up *up = a == NULL ? NULL : ARENA_NEW(a, struct up);
    if (up == NULL || scratch == NULL || facts == NULL)
        return E_NO_MEMORY;
    if (cfg->version.p != NULL && mcp_version_find(cfg->version) == NULL)
        return FAIL(why, E_BAD_FIELD, "%.*s is no protocol version that is known here",
                    STR_ARG(cfg->version));
    up->a = a;
    TRY(cfg_copy(up, cfg));
    up->scratch = scratch;
    up->facts = facts;
    up->kick.run = up_on_kick;
    a = scratch = facts = NULL;
    *ret = up;
    return E_OK;
}

/* Freed when nothing of it is on any stack, and no wire and no message of it is under way. */
static void up_free_if_done(struct up *up)
{
    if (!up->closed || up->inside > 0 || up->kicked || up->wires > 0)
        return;
    void (*closed)(void *arg) = up->cfg.on.closed;
    void *arg = up->cfg.arg;
    struct arena *a = up->a; /* it is in it */
    for (size_t i = 0; i < up->watched_n; i++)
        buf_fini(&up->watched[i]);
    ref_drop(up->cfg.life);
    arena_free(up->scratch);
    arena_free(up->facts);
    arena_wipe_free(a); /* the credential */
    if (closed != NULL)
        closed(arg);
}

static void ride_free(struct up_ride *r)
{
    struct up *up = r->up;
    if (r->prev != NULL)
        r->prev->next = r->next;
    else
        up->rides = r->next;
    if (r->next != NULL)
        r->next->prev = r->prev;
    buf_fini(&r->body);
    arena_free(r->a);
}

void up_text(const struct up *up, const char *what, char out[static UP_TEXT_MAX])
{
    (void)snprintf(out, UP_TEXT_MAX, "%.64s: %.180s", up->name,
                   what); /* cut where it is too long */
}

void up_enter(struct up *up)
{
    up->inside++;
}

void up_leave(struct up *up)
{
    if (--up->inside > 0)
        return;
    for (struct up_ride *r = up->rides; r != NULL;) {
        struct up_ride *next = r->next;
        if (r->over)
            ride_free(r);
        r = next;
    }
    up_free_if_done(up);
}

static void up_on_kick(struct loop_msg *msg)
{
    struct up *up = CONTAINER_OF(msg, struct up, kick);
    up->kicked = false;
    up_enter(up);
    if (!up->closed && up->step == UP_OFF)
        up_connect(up);
    up_leave(up);
}

void up_open(struct up *up)
{
    if (up->closed || up->kicked || up->step != UP_OFF)
        return;
    up->kicked = true;
    loop_post(up->cfg.loop, &up->kick);
}

struct up_info up_info(const struct up *up)
{
    struct up_info info = up->info;
    info.state = up->step == UP_ON ? UP_READY : up->step == UP_OFF ? UP_IDLE : UP_CONNECTING;
    return info;
}

/* Rides. */

static err_t ride_new(struct up *up, struct up_ride **ret)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(up->cfg.message_max + RIDE_SPARE);
    struct up_ride *r = a == NULL ? NULL : ARENA_NEW(a, struct up_ride);
    if (r == NULL)
        return E_NO_MEMORY;
    r->up = up;
    r->a = a;
    a = NULL;
    r->id = ++up->ids;
    buf_init(&r->body, up->cfg.message_max + KIB(64));
    r->next = up->rides;
    if (up->rides != NULL)
        up->rides->prev = r;
    up->rides = r;
    *ret = r;
    return E_OK;
}

/* What must be known as long as it rides; and all of it where it has to wait. */
static err_t ride_keep(struct up_ride *r, const struct up_in *in, bool all)
{
    struct arena *a = r->a;
    r->in = (struct up_in){ .timeout = in->timeout, .timeout_max = in->timeout_max };
    TRY(str_copy(a, in->method, &r->in.method));
    TRY(str_copy(a, in->progress_token, &r->in.progress_token));
    if (!all)
        return E_OK;
    const struct {
        const str_t *from;
        str_t *to;
    } rows[] = {
        { &in->name, &r->in.name },
        { &in->params, &r->in.params },
        { &in->traceparent, &r->in.traceparent },
        { &in->tracestate, &r->in.tracestate },
        { &in->client_info, &r->in.client_info },
        { &in->capabilities, &r->in.capabilities },
        { &in->log_level, &r->in.log_level },
        { &in->input_responses, &r->in.input_responses },
        { &in->state, &r->in.state },
        { &in->schema, &r->in.schema },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        TRY(str_copy(a, *rows[i].from, rows[i].to));
    return E_OK;
}

static bool ride_is_asked(const struct up_ride *r)
{
    for (size_t i = 0; i < UP_ASKS_MAX; i++) {
        if (r->asks[i].n != 0)
            return true;
    }
    return false;
}

/* Its silence counts while nobody else is waited for: not the reader, and not who was asked. */
void up_ride_alive(struct up_ride *r)
{
    struct loop *loop = r->up->cfg.loop;
    if (r->in.timeout.us > 0 && !r->paused && !ride_is_asked(r))
        loop_timer_start(loop, &r->quiet, r->in.timeout, ride_on_quiet);
    else
        loop_timer_stop(loop, &r->quiet);
}

static void ride_watch(struct up_ride *r)
{
    up_ride_alive(r);
    if (r->in.timeout_max.us > 0)
        loop_timer_start(r->up->cfg.loop, &r->total, r->in.timeout_max, ride_on_late);
}

err_t up_ride_send(struct up_ride *r)
{
    struct up *up = r->up;
    const struct up_out out = {
        .bytes = buf_str(&r->body), .tag = r, .headers = r->headers, .headers_n = r->headers_n
    };
    TRY(up->kind->send(up->wire, &out));
    r->sent = true;
    r->session = up->session;
    ride_hold(r, r->paused);
    return E_OK;
}

static void ride_hold(struct up_ride *r, bool held)
{
    struct up *up = r->up;
    if (r->held == held || up->wire == NULL)
        return;
    r->held = held;
    up->kind->pause(up->wire, r, held);
}

static err_t ride_begin(struct up_ride *r, const struct up_in *in, bool now)
{
    TRY(ride_keep(r, in, !now));
    if (now) {
        TRY(up_compose(r, in));
        TRY(up_ride_send(r));
    }
    ride_watch(r);
    return E_OK;
}

err_t up_start(struct up *up, struct up_call *c, const struct up_in *in)
{
    struct up_ride *r = NULL;
    if (up->closed)
        return E_CLOSED;
    if (up->calls_n >= up->cfg.calls_max)
        return E_OVERLOADED;
    TRY(ride_new(up, &r));
    err_t e = ride_begin(r, in, up->step == UP_ON);
    if (e != E_OK) {
        ride_free(r);
        return e;
    }
    r->call = c;
    c->ride = r;
    up->calls_n++;
    up_open(up); /* where it is not open */
    return E_OK;
}

err_t up_own(struct up *up, const struct up_in *in,
             void (*ended)(struct up *up, const struct up_outcome *how), struct up_ride **ret)
{
    struct up_ride *r = NULL;
    TRY(ride_new(up, &r));
    r->ended = ended;
    err_t e = ride_begin(r, in, true);
    if (e != E_OK) {
        ride_free(r);
        return e;
    }
    *ret = r;
    return E_OK;
}

/* From here on it is nobody's; its memory lasts until up_leave. */
static void ride_close(struct up_ride *r)
{
    struct up *up = r->up;
    ride_hold(r, false); /* others may share its stream */
    loop_timer_stop(up->cfg.loop, &r->quiet);
    loop_timer_stop(up->cfg.loop, &r->total);
    r->over = true;
    if (up->listening == r)
        up->listening = NULL;
    if (r->call == NULL)
        return;
    r->call->ride = NULL;
    r->call = NULL;
    up->calls_n--;
}

void up_ride_drop(struct up_ride *r)
{
    if (r->over)
        return;
    if (r->sent && r->up->wire != NULL)
        r->up->kind->drop(r->up->wire, r);
    ride_close(r);
}

/* A round of the modern era that asks, as an end of the call. False: it is a result like others. */
static bool ride_end_round(struct up *up, struct up_call *c, str_t result)
{
    struct mcp_result peek;
    if (!up->modern || mcp_peek_result(up->scratch, result, &peek) != E_OK ||
        !str_eq(peek.type, STR("input_required")))
        return false;
    c->on->input(c, peek.input_requests, peek.request_state);
    return true;
}

void up_ride_end(struct up_ride *r, const struct up_outcome *how)
{
    struct up *up = r->up;
    struct up_call *c = r->call;
    void (*ended)(struct up *, const struct up_outcome *) = r->ended;
    if (r->over)
        return;
    ride_close(r);
    if (c == NULL) {
        if (ended != NULL)
            ended(up, how);
    } else if (how->failure != NULL) {
        c->on->fail(c, how->failure);
    } else if (how->result.p == NULL || !ride_end_round(up, c, how->result)) {
        c->on->done(c, how->result, how->error);
    }
}

void up_ride_fail(struct up_ride *r, const struct up_failure *why)
{
    if (r->over)
        return;
    if (r->sent && r->up->wire != NULL)
        r->up->kind->drop(r->up->wire, r);
    up_ride_end(r, &(struct up_outcome){ .failure = why });
}

static void ride_time_out(struct up_ride *r, const char *what)
{
    struct up *up = r->up;
    char text[UP_TEXT_MAX];
    up_text(up, what, text);
    const struct up_failure why = { .e = E_TIMEOUT, .not_run = !r->sent, .text = text };
    up_enter(up);
    up_tell_cancelled(r, STR("timeout"));
    up_ride_fail(r, &why);
    up_leave(up);
}

static void ride_on_quiet(struct loop_timer *timer)
{
    struct up_ride *r = CONTAINER_OF(timer, struct up_ride, quiet);
    ride_time_out(r, r->sent ? "it has not answered in time" : "it could not be reached in time");
}

static void ride_on_late(struct loop_timer *timer)
{
    ride_time_out(CONTAINER_OF(timer, struct up_ride, total), "the call took too long");
}

void up_fail_waiting(struct up *up, const struct up_failure *why)
{
    struct up_failure each = *why;
    for (struct up_ride *r = up->rides; r != NULL; r = r->next) {
        each.not_run = true;
        if (!r->over && !r->sent && r->call != NULL)
            up_ride_fail(r, &each);
    }
}

void up_send_waiting(struct up *up)
{
    struct up_ride *last = up->rides;
    while (last != NULL && last->next != NULL)
        last = last->next;
    for (struct up_ride *r = last; r != NULL; r = r->prev) { /* the oldest first */
        if (r->over || r->sent || r->call == NULL)
            continue;
        err_t e = E_OK;
        if (r->body.n == 0)
            e = up_compose(r, &r->in);
        else if (up->modern)
            e = E_CLOSED; /* it was made for the other era, and is not kept in any other form */
        if (e == E_OK)
            e = up_ride_send(r);
        if (e != E_OK)
            up_ride_fail(r, &(struct up_failure){
                                .e = e, .not_run = true, .text = "the call could not be sent" });
    }
}

struct up_ride *up_ride_of(struct up *up, str_t id)
{
    char text[24];
    for (struct up_ride *r = up->rides; r != NULL; r = r->next) {
        int n = snprintf(text, sizeof text, "%llu", (unsigned long long)r->id);
        if (!r->over && str_eq(id, str_of(text, (size_t)n)))
            return r;
    }
    return NULL;
}

/* What the caller may do to his call. */

void up_reply(struct up_call *c, uint64_t ask, str_t result, str_t error)
{
    struct up_ride *r = c->ride;
    if (r == NULL || ask == 0)
        return;
    for (size_t i = 0; i < UP_ASKS_MAX; i++) {
        if (r->asks[i].n != ask)
            continue;
        r->asks[i].n = 0;
        up_tell_answer(r->up, r->asks[i].id, result, error);
    }
    up_ride_alive(r);
}

void up_cancel(struct up_call *c, str_t reason)
{
    struct up_ride *r = c->ride;
    if (r == NULL)
        return;
    struct up *up = r->up;
    up_enter(up);
    up_tell_cancelled(r, reason);
    up_ride_drop(r);
    up_leave(up);
}

void up_pause(struct up_call *c, bool paused)
{
    struct up_ride *r = c->ride;
    if (r == NULL || r->paused == paused)
        return;
    r->paused = paused;
    if (r->sent)
        ride_hold(r, paused);
    up_ride_alive(r);
}

void up_close(struct up *up)
{
    if (up == NULL || up->closed)
        return;
    struct up_failure why = { .e = E_CLOSED, .text = "this server was taken away" };
    up->closed = true;
    up_enter(up);
    for (struct up_ride *r = up->rides; r != NULL; r = r->next) {
        why.not_run = !r->sent;
        if (r->call == NULL)
            up_ride_drop(r);
        else
            up_ride_fail(r, &why);
    }
    loop_timer_stop(up->cfg.loop, &up->step_late);
    loop_timer_stop(up->cfg.loop, &up->listen_again);
    loop_timer_stop(up->cfg.loop, &up->changed_soon);
    if (up->wire != NULL)
        up->kind->close(up->wire);
    up->wire = NULL;
    up_leave(up);
}
