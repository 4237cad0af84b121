/* SPDX-License-Identifier: Apache-2.0 */
/* What clients of before 2026-07-28 are told about their calls. */
#include "mcp/hub_in.h"
#include "mcp/legacy_in.h"
#include "mcp/node.h"
#include "mcp/replay.h"
#include "mcp/resume.h"
#include "plat/mcp/mcp_edit.h"

#include <inttypes.h>

/* ---- before the answer ---- */

static void down_note(struct call *c, str_t notification)
{
    talk_say(c->talk, notification);
}

static bool can_be_asked(const struct call *c)
{
    const struct talk *t = c->talk;
    if (t->mode == TALK_VIA)
        return c->session != NULL && c->session->stream != NULL;
    return t->mode == TALK_STREAM || t->mode == TALK_AWAY || (t->mode == TALK_OPEN && t->events);
}

static void show(struct call *c, struct call_ask *a)
{
    char id[48];
    uint64_t number = can_be_asked(c) ? session_ask(c->session, c, a->id) : 0;
    CLEANUP(buf_fini) struct buf b = { 0 };
    if (number == 0) {
        call_answer(c, a->id, STR_NONE,
                    STR("{\"code\":-32603,\"message\":\"the client cannot be asked now\"}"));
        return;
    }
    int n = snprintf(id, sizeof id, "\"" LEGACY_ASK "%" PRIu64 "\"", number);
    buf_init(&b, hub_settings(c->hub)->message_max);
    rpc_put_request(&b, str_of(id, (size_t)n), a->method, a->params);
    talk_say(c->talk, buf_str(&b));
}

/* An answer may take asks away, and the call with them: one after the other, from the start. */
static void down_ask(struct call *c)
{
    struct talk *home = c->home;
    talk_hold(home);
    for (size_t i = 0; c->state != CALL_OVER && i < c->asks_n; i++) {
        if (c->asks[i].shown)
            continue;
        c->asks[i].shown = true;
        show(c, &c->asks[i]);
        i = SIZE_MAX; /* ++ makes it 0 */
    }
    talk_drop(home);
}

/* Its upstream has closed its own stream to be polled. So are we: that is what the closing is for,
 * and the pause is the one that the upstream wants. Of our own accord we close no stream. */
static void down_poll(struct call *c, dur_t in)
{
    resume_poll(c->talk, in);
}

/* ---- the answer ---- */

static bool is_of_modern(const struct call *c)
{
    return c->trip.node != NULL && c->trip.node->info.modern;
}

err_t legacy_put_plain(const struct call *c, str_t result, struct buf *b)
{
    static const struct mcp_edit edits[] = {
        { .name = { "resultType", 10 } },
        { .name = { "ttlMs", 5 } },
        { .name = { "cacheScope", 10 } },
        { .at = MCP_AT_META, .name = { "io.modelcontextprotocol/", 24 }, .prefixed = true },
    };
    if (is_of_modern(c))
        return mcp_edit(c->arena, result, edits, ARRAY_LEN(edits), b);
    buf_add(b, result);
    return b->err;
}

static err_t put_result(const struct call *c, str_t result, struct buf *b)
{
    CLEANUP(buf_fini) struct buf plain = { 0 };
    buf_init(&plain, b->max);
    if (is_of_modern(c))
        TRY(legacy_put_plain(c, result, &plain));
    rpc_put_result(b, c->id, is_of_modern(c) ? buf_str(&plain) : result);
    return b->err;
}

static void say_refusal(struct call *c, const struct mcp_refusal *r)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, KIB(64));
    mcp_err_put(&b, r, MCP_LEGACY, c->id);
    talk_answer(c->talk, 200, buf_str(&b));
}

static void down_result(struct call *c, str_t result, const struct call_hint *hint)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    (void)hint;
    buf_init(&b, 4 * hub_settings(c->hub)->message_max + KIB(8));
    if (put_result(c, result, &b) == E_OK)
        talk_answer(c->talk, 200, buf_str(&b));
    else
        say_refusal(c, &(struct mcp_refusal){ .err = MCP_E_UPSTREAM_BROKE });
}

static void down_error(struct call *c, str_t error)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, hub_settings(c->hub)->message_max + KIB(8));
    rpc_put_error(&b, c->id, error);
    talk_answer(c->talk, 200, buf_str(&b));
}

const struct call_down legacy_down = {
    .note = down_note,
    .ask = down_ask,
    .poll = down_poll,
    .result = down_result,
    .error = down_error,
    .refuse = say_refusal,
};

/* ---- the exchange ---- */

/* Leaving is no cancelling: what runs goes on, and is kept where the client can come back for it.
 */
static void post_gone(struct talk *t)
{
    if (t->mode != TALK_STREAM)
        return;
    if (t->reel != NULL && t->reel->out == t)
        resume_leave(t);
    else
        talk_end(t);
}

static void post_ended(struct talk *t)
{
    talk_end(t);
}

const struct talk_kind legacy_kind = { .gone = post_gone, .ended = post_ended };
