/* SPDX-License-Identifier: Apache-2.0 */
/* The command line as a client of MCP 2026-07-28: one request, one answer, no session. */
#ifndef APP_CLI_MCP_H
#define APP_CLI_MCP_H

#include "app/cli_call.h"
#include "plat/mcp/mcp_headers.h"

struct cli_mcp {
    struct cli *cli;
    struct cli_client client;
    size_t headers_n;               /* of the client, before those of a request */
    str_t path;                     /* of the endpoint */
    int64_t id;                     /* of the last request */
    const struct mcp_field *fields; /* of calls of tools: the arguments that their heads repeat */
    size_t fields_n;
};

/* `server`: the name of one behind the gateway; NULL: all of them. */
err_t cli_mcp_open(struct cli *cli, const struct cli_options *o, const char *server,
                   struct cli_mcp *ret) MUST_USE;
void cli_mcp_close(struct cli_mcp *m); /* zeroed is fine */

/*
 * One request. `name` is that of the tool, where it is a call of one; `params` is taken over and
 * gets its _meta. *ret is the result, whatever its resultType. What the server refuses: E_NOT_FOUND
 * (no such tool for this caller), E_BAD_FIELD, E_OVERLOADED, E_TIMEOUT, E_FORBIDDEN, E_CONFLICT,
 * its words in cli->why.
 */
err_t cli_mcp_ask(struct cli_mcp *m, const char *method, str_t name, struct json *params,
                  struct json **ret) MUST_USE;

#endif
