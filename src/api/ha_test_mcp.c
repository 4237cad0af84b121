/* SPDX-License-Identifier: Apache-2.0 */
/* The last step of the test: its integration `mcp_server`, which is stateless and answers JSON
 * alone; versions before it had Streamable HTTP have HTTP+SSE in another place. */
#include "api/ha_test_in.h"
#include "plat/mcp/mcp_sse.h"

enum { TOOLS_MAX = 1024 * 1024, SSE_EVENT_MAX = 4096, SSE_BYTES_MAX = 64 * 1024 };

#define VERSION "2025-06-18"

static const char hello[] =
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
    "\"" VERSION "\",\"capabilities\":{},\"clientInfo\":{\"name\":\"seneschal\",\"version\":"
    "\"" SENESCHAL_VERSION "\"}}}";
static const char ready[] = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";
static const char list[] = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}";

static err_t post(struct ha_run *run, const char *message, struct http_answer *ret)
{
    const struct ha_ask ask = { .path = HA_PATH_MCP,
                                .body = str_from_cz(message),
                                .accept = "Accept: application/json, text/event-stream",
                                .protocol =
                                    message != hello ? "MCP-Protocol-Version: " VERSION : NULL,
                                .max = TOOLS_MAX };
    TRY(ha_ask(run, &ask, ret));
    return ha_refused(run, ret->status);
}

/* The member of a result; NULL: there is none. */
static const struct json *result_of(const struct json *message, str_t name)
{
    const struct json *result = json_member(message, STR("result"));
    return result != NULL && json_type(result) == JSON_OBJECT ? json_member(result, name) : NULL;
}

static err_t no_mcp(struct ha_run *run, int status)
{
    return FAIL(&run->why, E_BAD_JSON, "its /api/mcp does not answer as MCP does (%d)", status);
}

/* ---- HTTP+SSE ---- */

struct streaming {
    struct mcp_sse sse;
    size_t bytes;
    bool found;
};

static void on_event(void *arg, const struct mcp_sse_event *event)
{
    struct streaming *s = arg;
    s->found = s->found || (str_eq(event->type, STR("endpoint")) && event->data.n > 0);
}

static bool stream_more(void *arg, str_t part)
{
    struct streaming *s = arg;
    s->bytes += part.n;
    err_t e = mcp_sse_feed(&s->sse, part);
    return e == E_OK && !s->found && s->bytes < SSE_BYTES_MAX;
}

static err_t older(struct ha_run *run)
{
    struct streaming s = { .bytes = 0 };
    const struct mcp_sse_sink sink = { .event = on_event, .arg = &s };
    const struct ha_ask ask = { .path = HA_PATH_SSE,
                                .accept = "Accept: text/event-stream",
                                .sink = stream_more,
                                .sink_arg = &s,
                                .enough = &s.found };
    struct http_answer answer = { .status = 0 };
    mcp_sse_init(&s.sse, SSE_EVENT_MAX, &sink);
    err_t e = ha_ask(run, &ask, &answer);
    mcp_sse_fini(&s.sse);
    if (e == E_NO_MEMORY)
        return e;
    if (e == E_OK && s.found) {
        ha_warn(run, "older-transport");
        return E_OK;
    }
    TRY(ha_refused(run, answer.status));
    diag_clear(&run->why);
    return FAIL(&run->why, E_NOT_FOUND,
                "it speaks no MCP, neither at /api/mcp (404) nor at /mcp_server/sse: set up the "
                "integration Model Context Protocol Server under Settings, Devices & services");
}

/* ---- the step ---- */

static err_t tools_count(struct ha_run *run)
{
    CLEANUP(json_freep) struct json *message = NULL;
    struct http_answer answer = { .status = 0 };
    TRY(post(run, list, &answer));
    if (answer.status != 200)
        return no_mcp(run, answer.status);
    TRY(ha_object(run, &answer, &message));
    const struct json *tools = result_of(message, STR("tools"));
    if (tools == NULL || json_type(tools) != JSON_ARRAY)
        return FAIL(&run->why, E_BAD_JSON, "it does not list its tools");
    run->out->tools = (opt_i64_t){ true, (int64_t)json_count(tools) };
    if (json_count(tools) == 0)
        ha_warn(run, "no-tools");
    return E_OK;
}

err_t ha_step_mcp(struct ha_run *run)
{
    CLEANUP(json_freep) struct json *message = NULL;
    struct http_answer answer = { .status = 0 };
    TRY(post(run, hello, &answer));
    if (answer.status == 404)
        return older(run);
    if (answer.status != 200)
        return no_mcp(run, answer.status);
    TRY(ha_object(run, &answer, &message));
    if (result_of(message, STR("protocolVersion")) == NULL)
        return no_mcp(run, answer.status);
    TRY(post(run, ready, &answer));
    if (answer.status != 202 && answer.status != 200)
        return no_mcp(run, answer.status);
    return tools_count(run);
}
