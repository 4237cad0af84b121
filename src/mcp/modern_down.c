/* SPDX-License-Identifier: Apache-2.0 */
/* What clients of 2026-07-28 are told about their calls. */
#include "base/num.h"
#include "mcp/hub_in.h"
#include "mcp/modern_in.h"
#include "mcp/node.h"
#include "mcp/raw.h"
#include "plat/json/out.h"
#include "plat/mcp/mcp_edit.h"

enum { EDITS_MAX = 4 };
#define SERVER_INFO STR("io.modelcontextprotocol/serverInfo")

/* Log lines are for who asked for them; a legacy server does not know who that is. */
static void down_note(struct call *c, str_t notification)
{
    str_t method = raw_text(c->arena, notification, STR("method"));
    bool line = str_eq(method, STR("notifications/message"));
    if (!line || c->log_level.n > 0)
        talk_say(c->talk, notification);
}

/* ---- results ---- */

static str_t server_info(const struct call *c)
{
    const struct node *n = c->trip.node;
    if (c->in->face == FACE_ONE && n != NULL && n->info.state == UP_READY &&
        n->info.server_info.n > 0)
        return n->info.server_info;
    return STR("{\"name\":\"seneschal\",\"version\":\"" SENESCHAL_VERSION "\"}");
}

/* What a result of a legacy server lacks. */
static err_t dress(struct call *c, str_t result, const struct call_hint *hint, struct buf *b)
{
    struct mcp_edit edits[EDITS_MAX];
    struct mcp_result r;
    size_t n = 0;
    TRY(mcp_peek_result(c->arena, result, &r));
    if (r.type.p == NULL)
        edits[n++] = (struct mcp_edit){ .name = STR("resultType"), .value = STR("\"complete\"") };
    if (hint->list && r.ttl_ms.p == NULL)
        edits[n++] = (struct mcp_edit){ .name = STR("ttlMs"), .value = STR("0") };
    if (hint->list && (r.cache_scope.p == NULL || !hint->shared)) /* by permission it is his */
        edits[n++] = (struct mcp_edit){ .name = STR("cacheScope"), .value = STR("\"private\"") };
    if (raw_member(c->arena, r.meta, SERVER_INFO).p == NULL)
        edits[n++] =
            (struct mcp_edit){ .at = MCP_AT_META, .name = SERVER_INFO, .value = server_info(c) };
    return mcp_edit(c->arena, result, edits, n, b);
}

static void say_refusal(struct call *c, const struct mcp_refusal *r)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    if (c->talk == NULL)
        return; /* it is parked: its client comes back to a state that names nothing */
    buf_init(&b, KIB(64));
    mcp_err_put(&b, r, MCP_MODERN, c->id);
    talk_answer(c->talk, mcp_err_status(r->err, MCP_MODERN), buf_str(&b));
}

static void down_result(struct call *c, str_t result, const struct call_hint *hint)
{
    size_t max = 4 * hub_settings(c->hub)->message_max + KIB(8);
    CLEANUP(buf_fini) struct buf dressed = { 0 };
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&dressed, max);
    buf_init(&b, max);
    if (c->talk == NULL)
        return;
    err_t e = dress(c, result, hint, &dressed);
    if (e == E_OK)
        rpc_put_result(&b, c->id, buf_str(&dressed));
    if (e == E_OK && b.err == E_OK)
        talk_answer(c->talk, 200, buf_str(&b));
    else
        say_refusal(c, &(struct mcp_refusal){ .err = MCP_E_UPSTREAM_BROKE });
}

/* A resource that is not there had a code of its own before. */
static bool is_missing_resource(const struct call *c, str_t error)
{
    return c->method->id == MCP_M_RESOURCES_READ &&
           str_eq(raw_member(c->arena, error, STR("code")), STR("-32002"));
}

/* Errors of the protocol itself have a status of their own, whoever says them. */
static int status_of(const struct call *c, str_t error)
{
    static const enum mcp_err own[] = { MCP_E_HEADER_MISMATCH, MCP_E_CAPABILITY, MCP_E_VERSION };
    str_t code = raw_member(c->arena, error, STR("code"));
    int64_t n = 0;
    for (size_t i = 0; num_parse_i64(code, &n) == E_OK && i < ARRAY_LEN(own); i++) {
        if (n == mcp_err_code(own[i], MCP_MODERN))
            return mcp_err_status(own[i], MCP_MODERN);
    }
    return 200;
}

static void down_error(struct call *c, str_t error)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    if (c->talk == NULL)
        return;
    if (is_missing_resource(c, error)) {
        const struct mcp_refusal r = { .err = MCP_E_RESOURCE_NOT_FOUND,
                                       .data = raw_member(c->arena, error, STR("data")) };
        say_refusal(c, &r);
        return;
    }
    buf_init(&b, hub_settings(c->hub)->message_max + KIB(8));
    rpc_put_error(&b, c->id, error);
    talk_answer(c->talk, status_of(c, error), buf_str(&b));
}

/* ---- input_required ---- */

void modern_say_input(struct talk *t, const struct call *c, str_t requests, str_t state)
{
    CLEANUP(buf_fini) struct buf result = { 0 };
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&result, hub_settings(c->hub)->message_max + KIB(64));
    buf_init(&b, hub_settings(c->hub)->message_max + KIB(72));
    struct json_out o = json_out_to(&result);
    json_out_open(&o, '{');
    JSON_OUT(&o, "resultType", str, STR("input_required"));
    if (requests.p != NULL)
        JSON_OUT(&o, "inputRequests", raw, requests);
    if (state.p != NULL)
        JSON_OUT(&o, "requestState", str, state);
    json_out_name(&o, STR("_meta"));
    json_out_open(&o, '{');
    json_out_name(&o, SERVER_INFO);
    json_out_raw(&o, server_info(c));
    json_out_close(&o, '}');
    json_out_close(&o, '}');
    rpc_put_result(&b, c->id, buf_str(&result));
    talk_answer(t, 200, buf_str(&b));
}

/* A modern upstream has ended its round: the client carries what it wants back. */
static void down_input(struct call *c, str_t requests, str_t state)
{
    const struct modern_state s = { .payload = state };
    str_t sealed = STR_NONE;
    if (c->talk == NULL)
        return;
    if (state.p != NULL && modern_state_seal(c, &s, &sealed) != E_OK)
        say_refusal(c, &(struct mcp_refusal){ .err = MCP_E_UPSTREAM_TOO_LARGE });
    else
        modern_say_input(c->talk, c, requests, sealed);
}

const struct call_down modern_down = {
    .note = down_note,
    .ask = park,
    .input = down_input,
    .hold = park_hold,
    .result = down_result,
    .error = down_error,
    .refuse = say_refusal,
};

/* ---- the exchange ---- */

/* Whoever closes the connection does not want the answer any more. */
static void post_gone(struct talk *t)
{
    talk_hold(t);
    if (t->guest != NULL)
        call_cancel(t->guest, STR("the client has left"));
    while (t->calls != NULL && t->calls->talk == t)
        call_cancel(t->calls, STR("the client has left"));
    talk_end(t);
    talk_drop(t);
}

static void post_ended(struct talk *t)
{
    talk_end(t);
}

const struct talk_kind modern_kind = { .gone = post_gone, .ended = post_ended };
