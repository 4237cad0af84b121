/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gateway for clients without MCP. What they ask becomes a message of MCP here and goes where
 * those go: the same sessions, permissions, queues, approvals and record. The hub answers
 * (src/mcp/rest*.c).
 */
#include "api/handlers_mcp.h"

#include "api/mcp_edge.h"
#include "api/reply.h"
#include "api/services.h"
#include "api/shapes_rest.h"
#include "mcp/in.h"

enum { GATES_TIMES = 3, MESSAGE_MAX = REST_BODY_MAX + 8192 };

/* What is in memory, or what the store says: each try in a transaction of its own, that begins
 * after the stamp was taken (struct mcp_gates). */
static err_t gates_now(struct request *rq, struct mcp_in *in)
{
    struct gate_memory *memory = rq->services->gate;
    const struct gate_who who = mcp_who_of(&rq->act.actor);
    for (int i = 0; i < GATES_TIMES; i++) {
        db_read_end(rq->act.db);
        const struct mcp_gates gates = { memory, gate_memory_stamp(memory) };
        TRY(db_read_begin(rq->act.db));
        err_t e = mcp_load_both(&rq->act, &gates, &who, &in->access, &in->catalogue);
        if (e != E_AGAIN)
            return e;
    }
    return FAIL(&rq->act.why, E_OVERLOADED, "permissions change faster than they can be read");
}

static err_t fill(struct request *rq, const struct mcp_rest *asked, struct mcp_in *in)
{
    struct mcp_rest *rest = ARENA_NEW(in->arena, struct mcp_rest);
    if (rest == NULL)
        return E_NO_MEMORY;
    *rest = *asked;
    rest->problem = problem_encode;
    rest->messages = rq->act.why.messages;
    rest->session = STR_NONE;
    if (asked->session.p != NULL)
        TRY(str_copy(in->arena, asked->session, &rest->session));
    in->face = FACE_REST;
    in->rest = rest;
    in->request_id = rq->id;
    in->who.actor = rq->act.actor;
    return gates_now(rq, in);
}

static err_t pass_on(struct request *rq, const struct mcp_rest *asked, str_t message)
{
    struct mcp_in *in;
    if (!mcp_calls_tools(&rq->act.actor))
        return FAIL(&rq->act.why, E_FORBIDDEN, "%s", MCP_NOBODY_CALLS);
    if (!oid_eq(rq->act.org, rq->act.actor.org))
        return FAIL(&rq->act.why, E_FORBIDDEN, "tools are called in one's own organisation");
    TRY(mcp_in_make(rq->xchg, message, &in));
    err_t e = fill(rq, asked, in);
    if (e != E_OK) {
        mcp_in_free(in);
        return e;
    }
    rq->onward = in;
    return E_OK;
}

/* `params` raw; both are names of MCP. */
static err_t ask(struct request *rq, const struct mcp_rest *asked, const char *method, str_t params)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, MESSAGE_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "jsonrpc", str, STR("2.0"));
    JSON_OUT(&o, "id", i64, 1);
    JSON_OUT(&o, "method", str, str_from_cz(method));
    JSON_OUT(&o, "params", raw, params);
    json_out_close(&o, '}');
    TRY(b.err);
    return pass_on(rq, asked, buf_str(&b));
}

err_t rest_initialize(struct request *rq)
{
    const struct rest_session_in *in = rq->in;
    str_t params = STR("{}");
    if (in->client_info.text.p != NULL)
        TRY(str_format(rq->act.arena, &params, "{\"clientInfo\":%.*s}",
                       STR_ARG(in->client_info.text)));
    return ask(rq, &(struct mcp_rest){ 0 }, "initialize", params);
}

err_t rest_tools_list(struct request *rq)
{
    const struct rest_list_in *in = rq->in;
    return ask(rq, &(struct mcp_rest){ .session = in->session_id }, "tools/list", STR("{}"));
}

err_t rest_tools_call(struct request *rq)
{
    const struct rest_call_in *in = rq->in;
    const struct mcp_rest rest = { .session = in->session_id,
                                   .priority = (in->priority > 0) - (in->priority < 0),
                                   .timeout = DUR_MS(in->timeout_ms) };
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, MESSAGE_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "name", str, in->name);
    if (in->arguments.text.p != NULL)
        JSON_OUT(&o, "arguments", raw, in->arguments.text);
    json_out_close(&o, '}');
    TRY(b.err);
    return ask(rq, &rest, "tools/call", buf_str(&b));
}

err_t rest_status_get(struct request *rq)
{
    return pass_on(rq, &(struct mcp_rest){ 0 }, STR(""));
}
