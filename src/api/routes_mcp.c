/* SPDX-License-Identifier: Apache-2.0 */
/* The MCP endpoints, and what they say of themselves to clients that have no token yet. */
#include "api/handlers_mcp.h"
#include "api/mcp_edge.h"
#include "api/routes_parts.h"
#include "api/shapes_rest.h"

/* clang-format off */
#define ENDPOINT .hot = mcp_hot, .auth = AUTH_ACTOR, .root = true, .gateway = true, .query_any = true,       \
    .audience = "/mcp", .scope = "mcp", .tx = TX_READ, .no_store = true

#define FACE .auth = AUTH_ACTOR, .both = true, .audience = "/mcp", .scope = "mcp", .tx = TX_READ, .no_store = true

static const struct route rows[] = {
    { HTTP_POST,   "/mcp", mcp_elsewhere, ENDPOINT,
      .doc = "Every MCP server that the caller may see, behind one door: a JSON-RPC message, or before 2025-06-18 "
             "a batch. All versions of MCP from 2024-11-05 to 2026-07-28." },
    { HTTP_GET,    "/mcp", mcp_elsewhere, ENDPOINT,
      .doc = "The stream of a session; without one the stream of the HTTP+SSE transport (2024-11-05)." },
    { HTTP_DELETE, "/mcp", mcp_elsewhere, ENDPOINT,
      .doc = "A session ends." },
    { HTTP_POST,   "/s/{server}/mcp", mcp_elsewhere, ENDPOINT, .own_audience = true,
      .doc = "One MCP server, its names as they are." },
    { HTTP_GET,    "/s/{server}/mcp", mcp_elsewhere, ENDPOINT, .own_audience = true,
      .doc = "The stream of a session of this server." },
    { HTTP_DELETE, "/s/{server}/mcp", mcp_elsewhere, ENDPOINT, .own_audience = true,
      .doc = "A session of this server ends." },

    { HTTP_POST, "/mcp/initialize", rest_initialize, FACE, .in_optional = true,
      .in = &rest_session_in_shape, .out = &rest_session_out_shape,
      .doc = "For clients without MCP: begin a session; calls can do without." },
    { HTTP_POST, "/mcp/tools/list", rest_tools_list, FACE, .in_optional = true,
      .in = &rest_list_in_shape, .out = &rest_list_out_shape,
      .doc = "The tools that the caller may call, of all servers." },
    { HTTP_POST, "/mcp/tools/call", rest_tools_call, FACE, .body_max = REST_BODY_MAX,
      .in = &rest_call_in_shape, .out = &rest_call_out_shape,
      .doc = "Call a tool and wait for what it answers; who closes the connection cancels the call." },
    { HTTP_GET,  "/mcp/status", rest_status_get, FACE, .out = &rest_status_shape,
      .doc = "The caller's sessions, the servers that he sees, and what waits for them." },

    { HTTP_GET, "/.well-known/oauth-protected-resource", mcp_metadata, .auth = AUTH_OPEN, .tx = TX_NONE,
      .root = true, .cors_any = true, .limit = LIMIT_OPEN, .out = &resource_metadata_shape,
      .doc = "How to get a token for /mcp (RFC 9728)." },
    { HTTP_GET, "/.well-known/oauth-protected-resource/mcp", mcp_metadata, .auth = AUTH_OPEN, .tx = TX_NONE,
      .root = true, .cors_any = true, .limit = LIMIT_OPEN, .out = &resource_metadata_shape,
      .doc = "The same, where RFC 9728 looks for it." },
    { HTTP_GET, "/.well-known/oauth-protected-resource/s/{server}/mcp", mcp_metadata_of, .auth = AUTH_OPEN,
      .tx = TX_NONE, .root = true, .cors_any = true, .limit = LIMIT_OPEN, .out = &resource_metadata_shape,
      .doc = "The same for one server; whether there is one of this name is not said." },
};
/* clang-format on */

const struct route_table routes_mcp = { rows, ARRAY_LEN(rows) };
