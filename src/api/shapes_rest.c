/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_rest.h"

enum {
    SESSION_TEXT_MAX = 64,
    CLIENT_INFO_MAX = 4096,
    TOOL_NAME_MAX = 256,
    PRIORITY_MAX = 100,
    TIMEOUT_MS_MAX = 3600000
};

struct rest_session_out {
    str_t session_id;
    str_t instructions;
};

struct rest_tool {
    str_t name;
    str_t title;
    str_t description;
    json_text_t inputSchema;
    json_text_t outputSchema;
    json_text_t annotations;
    json_text_t execution;
    json_text_t icons;
    json_text_t meta;
};

struct rest_list_out {
    struct rows tools;
};

struct rest_call_out {
    json_text_t result;
};

struct rest_server {
    str_t name;
    str_t state;
    int64_t waiting;
    int64_t running;
};

struct rest_queue {
    int64_t waiting;
    int64_t running;
};

struct rest_status {
    str_t status;
    int64_t sessions;
    struct rows servers;
    struct obj queue;
};

/* clang-format off */
#define SESSION(T, what) \
    FIELD(T, session_id, OPT, .min = 1, .max = SESSION_TEXT_MAX, .text = TEXT_TOKEN, .doc = (what))

static const struct field session_in_fields[] = {
    FIELD(struct rest_session_in, client_info, OPT, .json = JSON_OBJECT_OPEN, .max = CLIENT_INFO_MAX,
          .doc = "{\"name\",\"version\"} of the client: servers are told"),
};
static const struct field session_out_fields[] = {
    FIELD(struct rest_session_out, session_id,   REQ, .doc = "of this caller alone; it ends when nobody uses it"),
    FIELD(struct rest_session_out, instructions, .doc = "what the caller should know; null: nothing"),
};
static const struct field list_in_fields[] = {
    SESSION(struct rest_list_in, "of POST /mcp/initialize; absent: without one"),
};
static const struct field tool_fields[] = {
    FIELD(struct rest_tool, name,         REQ, .doc = "PREFIX__TOOL: what POST /mcp/tools/call takes"),
    FIELD(struct rest_tool, title),
    FIELD(struct rest_tool, description),
    FIELD(struct rest_tool, inputSchema,  REQ, .doc = "JSON Schema of its arguments"),
    FIELD(struct rest_tool, outputSchema, .doc = "JSON Schema of structuredContent in its result"),
    FIELD(struct rest_tool, annotations),
    FIELD(struct rest_tool, execution),
    FIELD(struct rest_tool, icons,        .json = JSON_VALUE),
    FIELD_AS(struct rest_tool, meta, "_meta"),
};
static const struct shape tool_shape = SHAPE(struct rest_tool, "CallableTool", tool_fields);
static const struct field list_out_fields[] = {
    FIELD(struct rest_list_out, tools, REQ, .of = &tool_shape),
};
static const struct field call_in_fields[] = {
    SESSION(struct rest_call_in, "of POST /mcp/initialize; absent: without one"),
    FIELD(struct rest_call_in, name,       REQ, .min = 1, .max = TOOL_NAME_MAX, .text = TEXT_TOKEN,
          .doc = "as POST /mcp/tools/list has it"),
    FIELD(struct rest_call_in, arguments,  OPT, .json = JSON_OBJECT_OPEN, .max = REST_BODY_MAX,
          .doc = "as the tool's inputSchema wants them"),
    FIELD(struct rest_call_in, priority,   OPT, .min = -PRIORITY_MAX, .max = PRIORITY_MAX,
          .doc = "where calls wait for a server: over 0 goes first, under 0 last"),
    FIELD(struct rest_call_in, timeout_ms, OPT, .min = 1, .max = TIMEOUT_MS_MAX,
          .doc = "how long to wait for the server; its own limit counts where that is shorter"),
};
static const struct field call_out_fields[] = {
    FIELD(struct rest_call_out, result, REQ,
          .doc = "of MCP: content, structuredContent, and isError where the tool says that it failed"),
};
static const struct field server_fields[] = {
    FIELD(struct rest_server, name,    REQ),
    FIELD(struct rest_server, state,   REQ, .doc = "ready, connecting, idle (nobody needs it now) or failed"),
    FIELD(struct rest_server, waiting, REQ, .doc = "calls, of everybody"),
    FIELD(struct rest_server, running, REQ),
};
static const struct shape server_shape = SHAPE(struct rest_server, "ServerStatus", server_fields);
static const struct field queue_fields[] = {
    FIELD(struct rest_queue, waiting, REQ),
    FIELD(struct rest_queue, running, REQ),
};
static const struct shape queue_shape = SHAPE(struct rest_queue, "QueueStatus", queue_fields);
static const struct field status_fields[] = {
    FIELD(struct rest_status, status,   REQ, .doc = "ok or stopping"),
    FIELD(struct rest_status, sessions, REQ, .doc = "of the caller"),
    FIELD(struct rest_status, servers,  REQ, .of = &server_shape),
    FIELD(struct rest_status, queue,    REQ, .of = &queue_shape, .doc = "of these servers"),
};
/* clang-format on */

const struct shape rest_session_in_shape =
    SHAPE(struct rest_session_in, "GatewaySessionIn", session_in_fields);
const struct shape rest_session_out_shape =
    SHAPE(struct rest_session_out, "GatewaySession", session_out_fields);
const struct shape rest_list_in_shape =
    SHAPE(struct rest_list_in, "CallableToolsIn", list_in_fields);
const struct shape rest_list_out_shape =
    SHAPE(struct rest_list_out, "CallableTools", list_out_fields);
const struct shape rest_call_in_shape = SHAPE(struct rest_call_in, "ToolCallIn", call_in_fields);
const struct shape rest_call_out_shape = SHAPE(struct rest_call_out, "ToolCall", call_out_fields);
const struct shape rest_status_shape = SHAPE(struct rest_status, "GatewayStatus", status_fields);
