/* SPDX-License-Identifier: Apache-2.0 */
/* MCP servers behind the gateway. */
#include "api/handlers_gateway.h"
#include "api/routes_parts.h"
#include "api/server_view.h"
#include "api/shapes_server.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET,    "/gateway/servers",      servers_list,   .auth = AUTH_ACTOR, MAY(SERVER_READ),
      .tx = TX_READ, .query = &server_query_shape, .out = &server_out_shape, .out_list = true,
      .doc = "The MCP servers of the organisation, without what is sent to them." },
    { HTTP_GET,    "/gateway/commands",     commands_list,  .auth = AUTH_ACTOR, MAY(SERVER_READ),
      .tx = TX_READ, .out = &command_out_shape, .out_list = true,
      .doc = "The programs that the configuration allows as MCP servers, by name: gateway.commands." },
    { HTTP_POST,   "/gateway/servers",      servers_create, .auth = AUTH_ACTOR, MAY(SERVER_WRITE),
      .tx = TX_WRITE, .idem = true, .no_store = true, .prepare = servers_write_prepare,
      .in = &server_in_shape, .out = &server_out_shape, .audit = "server.created",
      .doc = "Name an MCP server: its URL, or a program that the configuration allows." },
    { HTTP_POST,   "/gateway/servers/import", servers_import, .auth = AUTH_ACTOR, MAY(SERVER_WRITE),
      .tx = TX_WRITE, .body_max = KIB(256), .no_store = true, .prepare = servers_import_prepare,
      .in = &servers_import_shape, .out = &servers_imported_shape, .audit = "server.imported",
      .doc = "Take over MCP servers from what an assistant has; those that are there stay as they are." },
    { HTTP_GET,    "/gateway/servers/{id}", servers_get,    .auth = AUTH_ACTOR, MAY(SERVER_READ),
      .tx = TX_READ, .out = &server_out_shape,
      .doc = "One MCP server." },
    { HTTP_PATCH,  "/gateway/servers/{id}", servers_change, .auth = AUTH_ACTOR, MAY(SERVER_WRITE),
      .tx = TX_WRITE, .no_store = true, .prepare = servers_write_prepare,
      .in = &server_patch_shape, .out = &server_out_shape, .audit = "server.changed",
      .doc = "Change an MCP server; its transport stays." },
    { HTTP_DELETE, "/gateway/servers/{id}", servers_delete, .auth = AUTH_ACTOR, MAY(SERVER_WRITE),
      .tx = TX_WRITE, .audit = "server.deleted",
      .doc = "Delete an MCP server with its tools, permissions and credentials." },
    { HTTP_POST,   "/gateway/servers/{id}/test", servers_test, .auth = AUTH_ACTOR, MAY(SERVER_WRITE),
      .tx = TX_READ, .no_store = true, .out = &server_test_shape, .audit = "server.tested",
      .doc = "Reach an MCP server now, step by step; the first that fails says why. What is open to it stays." },

    { HTTP_GET,    "/gateway/servers/{id}/tools", server_tools_list, .auth = AUTH_ACTOR, MAY(SERVER_READ),
      .tx = TX_READ, .query = &tool_query_shape, .out = &tool_line_shape, .out_list = true,
      .doc = "The tools that the server has shown, and which of them wait for approval." },
    { HTTP_GET,    "/gateway/servers/{id}/tools/{name}", server_tools_get, .auth = AUTH_ACTOR,
      MAY(SERVER_READ), .tx = TX_READ, .out = &tool_out_shape,
      .doc = "One tool: its definition, the one that waits, and what is different." },
    { HTTP_PATCH,  "/gateway/servers/{id}/tools/{name}", server_tools_change, .auth = AUTH_ACTOR,
      MAY(SERVER_WRITE), .tx = TX_WRITE,
      .in = &tool_patch_shape, .out = &tool_out_shape, .audit = "tool.changed",
      .doc = "Class a tool anew, or have each of its calls wait for a person." },
    { HTTP_POST,   "/gateway/servers/{id}/tools/{name}/approve", server_tools_approve, .auth = AUTH_ACTOR,
      MAY(SERVER_WRITE), .tx = TX_WRITE, .in_optional = true,
      .in = &tool_approve_shape, .out = &tool_out_shape, .audit = "tool.approved",
      .doc = "The definition that waits is the one that may be called." },

    { HTTP_GET,    "/gateway/credentials", server_credentials_list, .auth = AUTH_ACTOR, .tx = TX_READ,
      .no_store = true, .query = &server_query_shape, .out = &credential_out_shape, .out_list = true,
      .doc = "The servers that want a credential of the person who asks, and whether he has given one." },
    { HTTP_PUT,    "/gateway/servers/{id}/credential", server_credential_put, .auth = AUTH_ACTOR,
      .tx = TX_WRITE, .no_store = true, .secret = true, .hides = true,
      .in = &credential_in_shape, .out = &credential_out_shape, .audit = "server.credential-set",
      .doc = "What the person who asks shows this server; never shown again." },
    { HTTP_DELETE, "/gateway/servers/{id}/credential", server_credential_drop, .auth = AUTH_ACTOR,
      .tx = TX_WRITE, .hides = true, .audit = "server.credential-deleted",
      .doc = "Take it back." },
};
/* clang-format on */

const struct route_table routes_server = { rows, ARRAY_LEN(rows) };
