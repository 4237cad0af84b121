/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/tally.h"

#include "mcp/call.h"
#include "mcp/hub_in.h"
#include "plat/mcp/mcp_peek.h"

#include <string.h>

/* What is not named was refused by the gateway itself. */
static const enum mcp_end ends[MCP_E_COUNT] = {
    [MCP_E_BUSY] = MCP_END_BUSY,
    [MCP_E_UPSTREAM_DOWN] = MCP_END_UNREACHABLE,
    [MCP_E_UPSTREAM_TIMEOUT] = MCP_END_TIMEOUT,
    [MCP_E_UPSTREAM_BROKE] = MCP_END_UNREACHABLE,
    [MCP_E_UPSTREAM_TOO_LARGE] = MCP_END_ERROR,
    [MCP_E_BREAKER_OPEN] = MCP_END_UNREACHABLE,
    [MCP_E_STOPPING] = MCP_END_CANCELLED,
};

void tally_end(const struct call *c, enum mcp_end as)
{
    if (c->method != NULL && c->method->id == MCP_M_TOOLS_CALL)
        HUB_COUNT(c->hub, tool_calls[as], 1);
}

void tally_refused(const struct call *c, enum mcp_err e)
{
    tally_end(c, ends[e]);
}

void tally_answered(const struct call *c)
{
    uint64_t took = (uint64_t)(clock_mono().us - c->trip.tried.us);
    HUB_COUNT(c->hub, answers[hist_bucket(took)], 1);
    HUB_COUNT(c->hub, answers_us, took);
}

bool tally_is_error(const struct call *c, str_t result)
{
    static const char mark[] = "\"isError\""; /* large results are read only where they have it */
    struct mcp_result r;
    return c->method->id == MCP_M_TOOLS_CALL && result.n > 0 &&
           memmem(result.p, result.n, mark, sizeof mark - 1) != NULL &&
           mcp_peek_result(c->arena, result, &r) == E_OK && str_eq(r.is_error, STR("true"));
}
