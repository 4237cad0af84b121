/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_server.h"

#include "api/server_view.h"
#include "domain/gateway/credential.h"
#include "domain/gateway/server.h"
#include "plat/http/outbound.h"
#include "plat/mcp/mcp_name.h"
#include "plat/mcp/mcp_pin.h"

enum { PAGE_MAX = 500, DIGEST_TEXT = 64, IMPORT_MAX = 128 * 1024 };

static const char *const transports[] = { "http", "sse", "stdio", "demo", NULL };
static const char *const pinnings[] = { "off", "new", "strict", NULL };
static const char *const statuses[] = { "active", "disabled", NULL };
static const char *const tool_states[] = { "active", "quarantined", "gone", NULL };
static const char *const classes[] = { "READ", "WRITE", "EXECUTE", NULL };
static const char *const kinds[] = { "bearer", "header", NULL };

/* clang-format off */
#define SERVER_REST \
    FIELD(struct server_body, prefix,       OPT, .max = MCP_PREFIX_MAX, .text = TEXT_TOKEN, \
          .doc = "of its tools' names in /mcp; absent: the name"), \
    FIELD(struct server_body, title,        OPT, .max = SERVER_TITLE_MAX, .text = TEXT_LINE, .trim = true), \
    FIELD(struct server_body, url,          OPT, .max = OUTBOUND_URL_MAX, .text = TEXT_TOKEN, \
          .doc = "of http and sse"), \
    FIELD(struct server_body, command,      OPT, .max = GATE_COMMAND_NAME_MAX, .text = TEXT_SLUG, \
          .doc = "of stdio: the name of an entry of gateway.commands"), \
    FIELD(struct server_body, status,       OPT, .oneof = statuses), \
    FIELD(struct server_body, pinning,      OPT, .oneof = pinnings, \
          .doc = "new (default): a tool is pinned when it is first seen, and waits once it changes; " \
                 "strict: new ones wait too; off: nothing waits"), \
    FIELD(struct server_body, per_user,     OPT, .doc = "each person shows it a credential of his own"), \
    FIELD(struct server_body, parallel_max, OPT, .min = 0, .max = SERVER_PARALLEL_MAX, \
          .doc = "calls at once; 0, as with the next three: the setting"), \
    FIELD(struct server_body, queue_max,    OPT, .min = 0, .max = SERVER_QUEUE_MAX), \
    FIELD(struct server_body, timeout_ms,   OPT, .min = 0, .max = SERVER_TIMEOUT_MS_MAX), \
    FIELD(struct server_body, message_max,  OPT, .min = 0, .max = SERVER_MESSAGE_MAX, .doc = "bytes"), \
    FIELD(struct server_body, env,          OPT, .max = SERVER_SECRETS_TEXT_MAX, .json = JSON_OBJECT_OPEN, \
          .secret = true, \
          .doc = "variables of a child, which its command allows; replaces all; never shown"), \
    FIELD(struct server_body, headers,      OPT, .max = SERVER_SECRETS_TEXT_MAX, .json = JSON_OBJECT_OPEN, \
          .secret = true, .doc = "sent with each request; replaces all; never shown")

static const struct field in_fields[] = {
    FIELD(struct server_body, name,      REQ, .min = 1, .max = SERVER_NAME_MAX, .text = TEXT_SLUG,
          .doc = "in paths and permissions"),
    FIELD(struct server_body, transport, REQ, .oneof = transports),
    SERVER_REST,
};
static const struct field patch_fields[] = {
    FIELD(struct server_body, name,      OPT, .max = SERVER_NAME_MAX, .text = TEXT_SLUG),
    SERVER_REST,
};
static const struct field out_fields[] = {
    FIELD(struct server_out, id),
    FIELD(struct server_out, name),
    FIELD(struct server_out, prefix),
    FIELD(struct server_out, title),
    FIELD(struct server_out, transport),
    FIELD(struct server_out, url),
    FIELD(struct server_out, command),
    FIELD(struct server_out, status),
    FIELD(struct server_out, pinning),
    FIELD(struct server_out, per_user),
    FIELD(struct server_out, parallel_max),
    FIELD(struct server_out, queue_max),
    FIELD(struct server_out, timeout_ms),
    FIELD(struct server_out, message_max),
    FIELD(struct server_out, env_names),
    FIELD(struct server_out, header_names),
    FIELD(struct server_out, tools,        .doc = "that it has shown"),
    FIELD(struct server_out, tools_quarantined, .doc = "of these: that wait for somebody to look"),
    FIELD(struct server_out, seen_at,      .doc = "it answered last"),
    FIELD(struct server_out, seen_version, .doc = "of the protocol, then"),
    FIELD(struct server_out, seen_as,      .doc = "the name that it gave itself"),
    FIELD(struct server_out, failed_at,    .doc = "it did not answer last; null: it did"),
    FIELD(struct server_out, failed),
    FIELD(struct server_out, warnings,     .doc = "plain-http: what is sent can be read on the way"),
    FIELD(struct server_out, created_at),
    FIELD(struct server_out, updated_at),
    FIELD(struct server_out, etag),
};
static const struct field query_fields[] = {
    FIELD_AS(struct server_query, page.limit,  "limit",  OPT, .min = 1, .max = PAGE_MAX),
    FIELD_AS(struct server_query, page.cursor, "cursor", OPT, .max = 512, .text = TEXT_TOKEN),
};

static const struct field command_fields[] = {
    FIELD(struct command_out, name,    .doc = "what a server of the transport stdio says as its command"),
    FIELD(struct command_out, env,     .doc = "variables that a server may set"),
    FIELD(struct command_out, network, .doc = "it may connect to some host"),
};

static const struct field import_fields[] = {
    FIELD_AS(struct servers_import_body, mcp_servers, "mcpServers", OPT, .max = IMPORT_MAX,
             .json = JSON_OBJECT_OPEN, .secret = true,
             .doc = "as assistants have it: {NAME: {command, args, env} or {url, headers, type}}"),
    FIELD(struct servers_import_body, servers, OPT, .max = IMPORT_MAX, .json = JSON_OBJECT_OPEN,
          .secret = true, .doc = "the same, as VS Code calls it; either may be the whole file of an assistant too"),
    FIELD(struct servers_import_body, dry_run, OPT, .doc = "say what would happen, and write nothing"),
};
static const struct field imported_fields[] = {
    FIELD(struct server_imported, name),
    FIELD(struct server_imported, outcome, .doc = "created, exists or refused"),
    FIELD(struct server_imported, server_id),
    FIELD(struct server_imported, reason),
    FIELD(struct server_imported, warnings),
};
static const struct shape imported_shape = SHAPE(struct server_imported, "ServerImported", imported_fields);
static const struct field imports_fields[] = {
    FIELD(struct servers_imported, dry_run),
    FIELD(struct servers_imported, results, .of = &imported_shape),
};

static const struct field tool_query_fields[] = {
    FIELD_AS(struct tool_query, page.limit,  "limit",  OPT, .min = 1, .max = PAGE_MAX),
    FIELD_AS(struct tool_query, page.cursor, "cursor", OPT, .max = 512, .text = TEXT_TOKEN),
    FIELD(struct tool_query, state, OPT, .oneof = tool_states),
};
static const struct field tool_patch_fields[] = {
    FIELD(struct tool_body, class,    OPT, .oneof = classes, .doc = "null: by its annotations again"),
    FIELD(struct tool_body, approval, OPT, .doc = "each call waits for a person's yes"),
};
static const struct field tool_approve_fields[] = {
    FIELD(struct tool_approve_body, digest, OPT, .min = DIGEST_TEXT, .max = DIGEST_TEXT, .text = TEXT_TOKEN,
          .doc = "pending_digest: approve this definition, and no later one"),
};
#define TOOL_LINE \
    FIELD(struct tool_out, id), \
    FIELD(struct tool_out, name), \
    FIELD(struct tool_out, state), \
    FIELD(struct tool_out, class, .doc = "in force"), \
    FIELD(struct tool_out, class_of_annotations), \
    FIELD(struct tool_out, approval), \
    FIELD(struct tool_out, digest, \
          .doc = "SHA-256 of the definition that may be called; null: none was approved"), \
    FIELD(struct tool_out, pending_digest, .doc = "of one that waits for approval"), \
    FIELD(struct tool_out, first_seen_at), \
    FIELD(struct tool_out, changed_at), \
    FIELD(struct tool_out, etag)

static const struct field tool_line_fields[] = {
    TOOL_LINE,
};
static const struct field tool_change_fields[] = {
    FIELD(struct tool_change_out, pointer),
    FIELD(struct tool_change_out, before, .json = JSON_VALUE),
    FIELD(struct tool_change_out, after,  .json = JSON_VALUE),
};
static const struct shape tool_change_shape = SHAPE(struct tool_change_out, "ToolChange", tool_change_fields);
static const struct field tool_finding_fields[] = {
    FIELD(struct tool_finding_out, pointer),
    FIELD(struct tool_finding_out, text),
};
static const struct shape tool_finding_shape =
    SHAPE(struct tool_finding_out, "ToolFinding", tool_finding_fields);
static const struct field tool_fields[] = {
    TOOL_LINE,
    FIELD(struct tool_out, definition, .json = JSON_OBJECT_OPEN),
    FIELD(struct tool_out, pending,    .json = JSON_OBJECT_OPEN),
    FIELD(struct tool_out, changes,    .of = &tool_change_shape, .doc = "from the one to the other"),
    FIELD(struct tool_out, findings,   .of = &tool_finding_shape,
          .doc = "text of the newest one that is not what a person sees"),
};

static const struct field credential_fields[] = {
    FIELD(struct credential_body, kind,   REQ, .oneof = kinds),
    FIELD(struct credential_body, header, OPT, .max = 128, .text = TEXT_TOKEN,
          .doc = "of the kind header: its name; of a child, the name of a variable"),
    FIELD(struct credential_body, value,  REQ, .min = 1, .max = CREDENTIAL_MAX, .text = TEXT_LINE,
          .secret = true, .doc = "never shown"),
    FIELD(struct credential_body, expires_at, OPT),
};
static const struct field credential_out_fields[] = {
    FIELD(struct credential_out, server_id),
    FIELD(struct credential_out, name),
    FIELD(struct credential_out, title),
    FIELD(struct credential_out, given, .doc = "false: the server answers this person nothing yet"),
    FIELD(struct credential_out, kind),
    FIELD(struct credential_out, header),
    FIELD(struct credential_out, expires_at),
    FIELD(struct credential_out, updated_at),
};
/* clang-format on */

const struct shape command_out_shape = SHAPE(struct command_out, "GatewayCommand", command_fields);
const struct shape server_in_shape = SHAPE(struct server_body, "ServerIn", in_fields);
const struct shape server_patch_shape = SHAPE(struct server_body, "ServerPatch", patch_fields);
struct test_step_out {
    str_t step;
    bool ok;
    str_t message;
    opt_i64_t ms;
};
struct test_out {
    bool ok;
    str_t step;
    str_t message;
    str_t version;
    opt_i64_t tools;
    int64_t ms;
    struct rows steps;
};

/* clang-format off */
static const struct field test_step_fields[] = {
    FIELD(struct test_step_out, step,    REQ, .doc = "address, connect, credential, protocol, tools; of a program: "
                                                     "program, start, credential, protocol, tools"),
    FIELD(struct test_step_out, ok,      REQ),
    FIELD(struct test_step_out, message, REQ),
    FIELD(struct test_step_out, ms),
};
static const struct shape test_step_shape = SHAPE(struct test_step_out, "ServerTestStep", test_step_fields);
static const struct field test_fields[] = {
    FIELD(struct test_out, ok,      REQ),
    FIELD(struct test_out, step,    .doc = "that failed"),
    FIELD(struct test_out, message, .doc = "why, and what to do"),
    FIELD(struct test_out, version, .doc = "of MCP, that it was spoken with"),
    FIELD(struct test_out, tools,   .doc = "that it lists"),
    FIELD(struct test_out, ms,      REQ, .doc = "in all"),
    FIELD(struct test_out, steps,   REQ, .of = &test_step_shape, .doc = "that were done, the failed one last"),
};
/* clang-format on */

const struct shape server_test_shape = SHAPE(struct test_out, "ServerTest", test_fields);
const struct shape server_out_shape = SHAPE(struct server_out, "Server", out_fields);
const struct shape server_query_shape = SHAPE(struct server_query, "ServerQuery", query_fields);
const struct shape servers_import_shape =
    SHAPE(struct servers_import_body, "ServersImport", import_fields, .open = true);
const struct shape servers_imported_shape =
    SHAPE(struct servers_imported, "ServersImported", imports_fields);
const struct shape tool_query_shape = SHAPE(struct tool_query, "ToolQuery", tool_query_fields);
const struct shape tool_patch_shape = SHAPE(struct tool_body, "ToolPatch", tool_patch_fields);
const struct shape tool_approve_shape =
    SHAPE(struct tool_approve_body, "ToolApprove", tool_approve_fields);
const struct shape tool_line_shape = SHAPE(struct tool_out, "ToolLine", tool_line_fields);
const struct shape tool_out_shape = SHAPE(struct tool_out, "Tool", tool_fields);
const struct shape credential_in_shape =
    SHAPE(struct credential_body, "ServerCredentialIn", credential_fields);
const struct shape credential_out_shape =
    SHAPE(struct credential_out, "ServerCredential", credential_out_fields);
