/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call that waits for a person's yes. It is a row of the store, so that people see it, and a call
 * of ours, so that it ends when its caller does. What they said yes to are the bytes whose digest
 * they saw: nothing else is run.
 *
 * A client that takes notifications hears every NOTE_EVERY that the call still waits. One of
 * 2026-07-28 is not kept for longer than gateway.approval_hold, because clients give up a request
 * that is not answered: it gets a requestState that asks nothing, and comes back with it.
 */
#include "mcp/call_in.h"
#include "mcp/hub_in.h"
#include "mcp/rpc.h"
#include "plat/json/out.h"

#include <assert.h>

enum { WAITING_MAX = 1000, JOB_ROOM = 16 * 1024, NOTE_MAX = 4 * 1024 };
#define NOTE_EVERY DUR_S(15)

static size_t waiting_n(const struct mcp_hub *h)
{
    size_t n = 0;
    for (const struct call *c = h->deciding; c != NULL; c = c->approval.next)
        n++;
    return n;
}

static void take_out(struct call *c)
{
    struct call **at = &c->hub->deciding;
    while (*at != NULL && *at != c)
        at = &(*at)->approval.next;
    if (*at == c)
        *at = c->approval.next;
    loop_timer_stop(c->hub->loop, &c->approval.tick);
}

/* ---- the row ---- */

static err_t job_fill(const struct call *c, struct mcp_approve *job)
{
    struct arena *a = job->arena;
    TRY(str_copy(a, c->server->name, &job->server_name));
    TRY(str_copy(a, c->target, &job->tool));
    if (c->peek.arguments.p != NULL)
        TRY(str_copy(a, c->peek.arguments, &job->arguments));
    return str_copy(a, c->in->ip, &job->ip);
}

/* NULL: memory is short. */
static struct mcp_approve *job_new(const struct call *c, void (*run)(struct loop_msg *msg))
{
    struct arena *a = arena_new(JOB_ROOM + 8 * c->peek.arguments.n);
    struct mcp_approve *job = a == NULL ? NULL : ARENA_NEW(a, struct mcp_approve);
    if (job != NULL)
        *job = (struct mcp_approve){ .msg.run = run,
                                     .hub = c->hub->loop,
                                     .arena = a,
                                     .actor = c->in->who.actor,
                                     .org = c->catalogue->org,
                                     .request_id = c->in->request_id,
                                     .server = c->server->id };
    if (job != NULL && job_fill(c, job) == E_OK)
        return job;
    arena_free(a);
    return NULL;
}

static void on_ended(struct loop_msg *msg)
{
    arena_free(CONTAINER_OF(msg, struct mcp_approve, msg)->arena);
}

/* Its row says so too; where memory is short a job of the server does it later. */
static void row_end(struct call *c, oid_t id, const char *reason)
{
    struct mcp_approve *job = job_new(c, on_ended);
    if (job == NULL)
        return;
    job->id = id;
    job->reason = str_from_cz(reason);
    c->hub->ports.approve(c->hub->ports.arg, job);
}

/* ---- time ---- */

static void tick(struct loop_timer *timer);

static void tick_start(struct call *c)
{
    dur_t now = clock_mono();
    dur_t next = { now.us + NOTE_EVERY.us };
    if (c->approval.until.us < next.us)
        next = c->approval.until;
    if (c->down->hold != NULL && c->talk != NULL && c->approval.leg.us < next.us)
        next = c->approval.leg;
    loop_timer_start(c->hub->loop, &c->approval.tick,
                     (dur_t){ next.us > now.us ? next.us - now.us : 0 }, tick);
}

/* Below one, so that what the tool says of its own progress is always more. */
static void say_waiting(struct call *c)
{
    CLEANUP(buf_fini) struct buf params = { 0 };
    CLEANUP(buf_fini) struct buf b = { 0 };
    if (c->talk == NULL || c->peek.progress_token.p == NULL || c->approval.ticks == 999)
        return;
    buf_init(&params, NOTE_MAX);
    buf_init(&b, NOTE_MAX);
    struct json_out o = json_out_to(&params);
    json_out_open(&o, '{');
    JSON_OUT(&o, "message", str, STR("waiting for approval"));
    JSON_OUT(&o, "progressToken", raw, c->peek.progress_token);
    json_out_name(&o, STR("progress"));
    buf_addf(&params, "0.%03u", ++c->approval.ticks);
    json_out_close(&o, '}');
    rpc_put_note(&b, STR("notifications/progress"), buf_str(&params));
    if (params.err == E_OK && b.err == E_OK)
        c->down->note(c, buf_str(&b));
}

/* `said`: what a person has added; absent: nothing. */
static void refuse(struct call *c, const char *reason, str_t said)
{
    c->decision.reason = reason;
    call_record_refused(c);
    HUB_COUNT(c->hub, refused_total, 1);
    struct mcp_refusal r = { .err = MCP_E_NOT_APPROVED };
    err_ignore(str_format(c->arena, &r.message, "%s: %s%s%.*s", mcp_err_text(r.err), reason,
                          said.n > 0 ? ": " : "", STR_ARG(said)));
    call_refuse(c, &r);
}

static void tick(struct loop_timer *timer)
{
    struct call *c = CONTAINER_OF(timer, struct call, approval.tick);
    dur_t now = clock_mono();
    if (now.us >= c->approval.until.us) {
        refuse(c, "nobody has approved the call in time", STR_NONE);
        return;
    }
    if (c->down->hold != NULL && c->talk != NULL && now.us >= c->approval.leg.us) {
        tick_start(c); /* holding may end the call */
        c->down->hold(c);
        return;
    }
    say_waiting(c);
    tick_start(c);
}

static void leg_start(struct call *c)
{
    c->approval.leg = (dur_t){ clock_mono().us + hub_settings(c->hub)->approval_hold.us };
    say_waiting(c);
    tick_start(c);
}

/* ---- its life ---- */

static void on_asked(struct loop_msg *msg)
{
    struct mcp_approve *job = CONTAINER_OF(msg, struct mcp_approve, msg);
    struct call *c = job->owner;
    err_t e = job->e;
    oid_t id = job->id;
    /* It was over before it was written down. (Where we have ended too, the next start says so.) */
    if (c == NULL && e == E_OK && job->of->runs) {
        job->msg.run = on_ended;
        job->reason = STR("the caller has gone");
        job->of->ports.approve(job->of->ports.arg, job);
        return;
    }
    arena_free(job->arena);
    if (c == NULL)
        return;
    c->approval.job = NULL;
    if (e != E_OK) {
        take_out(c);
        call_refuse_as(c, e == E_OVERLOADED ? MCP_E_BUSY : MCP_E_RECORD);
        return;
    }
    c->approval.id = id;
    leg_start(c);
}

err_t call_wait(struct call *c)
{
    struct mcp_hub *h = c->hub;
    if (waiting_n(h) >= WAITING_MAX)
        return E_OVERLOADED;
    if (!h->ports.may_record(h->ports.arg)) {
        call_refuse_as(c, MCP_E_RECORD);
        return E_OK;
    }
    struct mcp_approve *job = job_new(c, on_asked);
    if (job == NULL)
        return E_NO_MEMORY;
    job->owner = c;
    job->of = h;
    c->state = CALL_DECIDING;
    c->approval = (struct call_approval){
        .next = h->deciding,
        .job = job,
        .until = { clock_mono().us + hub_settings(h)->approval_ttl.us },
    };
    h->deciding = c;
    h->ports.approve(h->ports.arg, job);
    return E_OK;
}

void call_wait_end(struct call *c)
{
    if (c->approval.job != NULL)
        c->approval.job->owner = NULL;
    c->approval.job = NULL;
    take_out(c);
    if (oid_is_set(c->approval.id) && c->approval.verdict == CALL_UNDECIDED)
        row_end(c, c->approval.id,
                clock_mono().us >= c->approval.until.us ? "nobody answered in time"
                                                        : "the caller has gone");
    c->approval.verdict = CALL_NO; /* whatever it was: nothing follows from it any more */
}

/* ---- the verdict ---- */

/* Told as soon as there is somebody to tell. */
static void obey(struct call *c)
{
    bool yes = c->approval.verdict == CALL_YES;
    assert(c->state == CALL_DECIDING);
    if (c->talk == NULL)
        return;
    take_out(c);
    if (!yes)
        refuse(c, "a person has denied the call", c->approval.said);
    else
        call_try(c, call_run(c, c->class));
}

void call_wait_again(struct call *c)
{
    if (c->approval.verdict != CALL_UNDECIDED)
        obey(c);
    else
        leg_start(c);
}

void calls_decided(struct mcp_hub *h, const struct mcp_verdict *v)
{
    struct call *c = h->deciding;
    while (c != NULL && !(oid_is_set(c->approval.id) && oid_eq(c->approval.id, v->id)))
        c = c->approval.next;
    if (c == NULL || c->approval.verdict != CALL_UNDECIDED)
        return;
    str_t arguments = c->peek.arguments.p != NULL ? c->peek.arguments : STR("{}");
    digest_t ours = sha256_of(arguments);
    bool same = memcmp(ours.b, v->digest.b, sizeof ours.b) == 0;
    c->approval.verdict = v->yes && same ? CALL_YES : CALL_NO;
    err_ignore(str_copy(c->arena, str_from_cz(v->reason), &c->approval.said)); /* or none */
    obey(c);
}
