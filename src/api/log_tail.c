/* SPDX-License-Identifier: Apache-2.0 */
#include "api/log_tail.h"

#include "api/passage.h"
#include "api/reply.h"
#include "api/whole_server.h"
#include "base/num.h"
#include "base/ref.h"
#include "plat/os/logbook.h"

/* A line in an event is longer by its names and an id. */
enum { OUT_MAX = 4 * LOGBOOK_LINE_MAX, RETRY_MS = 3000 };
#define LOOK_EVERY    DUR_MS(250)
#define CHECK_EVERY   DUR_S(1)
#define COMMENT_EVERY DUR_S(15)
#define LIFE          DUR_S(600)
#define LIFE_UNKNOWN  DUR_S(60) /* of a credential that memory does not keep */

struct log_tail {
    enum lent lent; /* LENT_TAIL */
    struct api *api;
    struct http_xchg *x;
    struct loop_timer timer;
    struct log_filter filter; /* its texts lie in the two below */
    char q[LOG_Q_MAX];
    char request_id[OID_TEXT];
    struct logbook_mark mark;
    digest_t token;
    bool kept; /* the token is looked for in memory */
    dur_t until;
    dur_t checked;
    dur_t spoken;
    struct buf out;
    char block[LOGBOOK_LINE_MAX];
};

static void tail_tick(struct loop_timer *timer);

/* ---- on a worker ---- */

/* "start.byte.line" of the same process: where it was left off. */
static bool mark_parse(const struct services *sv, str_t text, struct logbook_mark *ret)
{
    str_t rest = text;
    str_t parts[2];
    int64_t start = 0;
    struct logbook_mark mark = { 0 };
    if (rest.p == NULL || !str_split(&rest, '.', &parts[0]) || rest.p == NULL ||
        !str_split(&rest, '.', &parts[1]) || rest.p == NULL)
        return false;
    if (num_parse_i64(parts[0], &start) != E_OK || start != sv->started_at.us ||
        num_parse_u64(parts[1], &mark.byte) != E_OK || num_parse_u64(rest, &mark.line) != E_OK)
        return false;
    *ret = mark;
    return true;
}

static bool place_take(struct api *api)
{
    size_t n = atomic_fetch_add_explicit(&api->tails, 1, memory_order_relaxed);
    if (n < LOG_TAILS_MAX)
        return true;
    (void)atomic_fetch_sub_explicit(&api->tails, 1, memory_order_relaxed);
    return false;
}

static void tail_end(void *block)
{
    struct log_tail *t = block;
    (void)atomic_fetch_sub_explicit(&t->api->tails, 1, memory_order_relaxed);
    buf_fini(&t->out);
}

void log_tail_free(struct log_tail *t)
{
    ref_drop(t);
}

err_t log_tail_make(struct request *rq, const struct log_filter *f)
{
    struct services *sv = rq->services;
    if (!place_take(sv->api))
        return FAIL(&rq->act.why, E_OVERLOADED,
                    "so many follow the log already: close one of them");
    struct log_tail *t = ref_new_owner(sizeof *t, tail_end);
    if (t == NULL) {
        (void)atomic_fetch_sub_explicit(&sv->api->tails, 1, memory_order_relaxed);
        return E_NO_MEMORY;
    }
    t->lent = LENT_TAIL;
    t->api = sv->api;
    t->filter = *f;
    if (f->q.p != NULL)
        t->filter.q = str_of(memcpy(t->q, f->q.p, f->q.n), f->q.n);
    if (f->request_id.p != NULL)
        t->filter.request_id = str_of(memcpy(t->request_id, f->request_id.p, OID_TEXT), OID_TEXT);
    buf_init(&t->out, OUT_MAX);
    if (!mark_parse(sv, http_field(rq->xchg, STR("Last-Event-ID")), &t->mark))
        logbook_mark(sv->logbook, &t->mark);
    rq->tail = t;
    return E_OK;
}

/* ---- on its loop ---- */

static void tail_close(struct log_tail *t)
{
    struct http_xchg *x = t->x;
    loop_timer_stop(http_loop(x), &t->timer);
    log_tail_free(t);
    x->user = NULL;
    http_stream_end(x);
}

/* Come back: at once is soon enough, for few follow. */
static void tail_release(struct log_tail *t)
{
    buf_clear(&t->out);
    buf_addf(&t->out, "retry: %d\n\n", RETRY_MS);
    (void)http_stream_write(t->x, buf_str(&t->out)); /* a broken one tells on_gone */
    tail_close(t);
}

static void add_line(struct log_tail *t, str_t text)
{
    struct log_line line;
    struct log_out out;
    if (!log_line_parse(text, &line) || !log_line_is_wanted(&t->filter, &line, text))
        return;
    static const char *const names[] = { "debug", "info", "warning", "error" };
    out = (struct log_out){ .at = line.at,
                            .level = str_from_cz(names[line.level]),
                            .event = line.event };
    if (line.request_id.p != NULL)
        err_ignore(oid_parse(line.request_id, &out.request_id)); /* else it is of none */
    struct json_out o = json_out_to(&t->out);
    BUF_ADD(&t->out, "event: line\ndata: ");
    json_out_open(&o, '{');
    JSON_OUT(&o, "at", ts, out.at);
    JSON_OUT(&o, "level", str, out.level);
    JSON_OUT(&o, "event", str, out.event);
    JSON_OUT(&o, "request_id", id, out.request_id);
    json_out_name(&o, STR("fields"));
    BUF_ADD(&t->out, "{");
    buf_add(&t->out, line.fields);
    BUF_ADD(&t->out, "}");
    json_out_close(&o, '}');
    BUF_ADD(&t->out, "\n\n");
}

static void add_mark(struct log_tail *t)
{
    buf_addf(&t->out, "id: %lld.%llu.%llu\n\n", (long long)t->api->services->started_at.us,
             (unsigned long long)t->mark.byte, (unsigned long long)t->mark.line);
}

/* A block of new lines, if its reader has room. True: there may be more. */
static bool tail_tell(struct log_tail *t)
{
    uint64_t lost = 0;
    if (!http_stream_is_empty(t->x))
        return false;
    size_t n =
        logbook_follow(t->api->services->logbook, &t->mark, t->block, sizeof t->block, &lost);
    buf_clear(&t->out);
    if (lost > 0)
        buf_addf(&t->out, "event: lost\ndata: {\"lines\":%llu}\n\n", (unsigned long long)lost);
    str_t rest = str_of(t->block, n);
    while (rest.n > 0) {
        size_t end = str_find(rest, '\n');
        add_line(t, str_sub(rest, 0, end));
        rest = str_sub(rest, end + 1, rest.n);
    }
    dur_t now = clock_mono();
    if (t->out.n == 0 && now.us - t->spoken.us < COMMENT_EVERY.us)
        return n > 0;
    add_mark(t);
    t->spoken = now;
    if (t->out.err == E_OK)
        (void)http_stream_write(t->x, buf_str(&t->out)); /* a broken one tells on_gone */
    return n > 0;
}

static bool may_follow(const struct log_tail *t)
{
    struct services *sv = t->api->services;
    struct live_hit hit;
    dur_t wait;
    struct live_ask look = { .token = t->token, .now = clock_now(), .mono = clock_mono() };
    if (!t->kept || admin_tokens_hold(&sv->admin_tokens, &t->token, look.now))
        return true;
    if (live_find(sv->live, &look, &hit, &wait) != LIVE_HIT || hit.who.refuse != E_OK)
        return false;
    struct actor actor = live_actor(&hit.who);
    return perms_have(actor.perms, PERM_AUDIT_READ) && whole_server(sv, &actor);
}

static void tail_tick(struct loop_timer *timer)
{
    struct log_tail *t = CONTAINER_OF(timer, struct log_tail, timer);
    dur_t now = clock_mono();
    bool look = now.us - t->checked.us >= CHECK_EVERY.us;
    if (look)
        t->checked = now;
    if (services_stop(t->api->services) || now.us >= t->until.us || (look && !may_follow(t))) {
        tail_release(t);
        return;
    }
    bool more = tail_tell(t);
    loop_timer_start(http_loop(t->x), &t->timer, more ? DUR_MS(LOOP_TICK_MS) : LOOK_EVERY,
                     tail_tick);
}

void log_tail_begin(struct api *api, struct http_xchg *x, struct log_tail *t, const digest_t *token,
                    bool kept)
{
    struct buf *head = &edge_loop(api, x)->head;
    bool only_head = x->method == HTTP_HEAD;
    dur_t now = clock_mono();
    buf_clear(head);
    reply_head_common(head, STR("text/event-stream"), edge_id(x), true);
    BUF_ADD(head, "X-Accel-Buffering: no\r\n"); /* a proxy in front is to pass each event on */
    t->x = x;
    t->token = *token;
    t->kept = kept;
    t->until = (dur_t){ now.us + (kept ? LIFE.us : LIFE_UNKNOWN.us) };
    t->checked = now;
    x->user = t;
    http_stream_begin(x, 200, buf_str(head));
    if (only_head) {
        tail_close(t);
        return;
    }
    http_stream_trickle(x);
    buf_addf(&t->out, "retry: %d\n", RETRY_MS);
    add_mark(t);
    t->spoken = now;
    (void)http_stream_write(x, buf_str(&t->out)); /* a broken one tells on_gone */
    loop_timer_start(http_loop(x), &t->timer, LOOK_EVERY, tail_tick);
}

void log_tail_drained(struct log_tail *t)
{
    loop_timer_start(http_loop(t->x), &t->timer, DUR_MS(LOOP_TICK_MS), tail_tick);
}

void log_tail_gone(struct log_tail *t)
{
    tail_close(t);
}
