/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of MCP servers, their tools, and what each person shows them. */
#ifndef API_SHAPES_SERVER_H
#define API_SHAPES_SERVER_H

#include "api/request.h"

struct server_body { /* of POST and PATCH */
    str_t name;
    str_t prefix;
    str_t title;
    str_t transport;
    str_t url;
    str_t command;
    str_t status;
    str_t pinning;
    opt_bool_t per_user;
    opt_i64_t parallel_max;
    opt_i64_t queue_max;
    opt_i64_t timeout_ms;
    opt_i64_t message_max;
    json_text_t env;
    json_text_t headers;
};

struct server_out {
    oid_t id;
    str_t name;
    str_t prefix;
    str_t title;
    str_t transport;
    str_t url;
    str_t command;
    str_t status;
    str_t pinning;
    bool per_user;
    int64_t parallel_max;
    int64_t queue_max;
    int64_t timeout_ms;
    int64_t message_max;
    struct strs env_names;
    struct strs header_names;
    int64_t tools;
    int64_t tools_quarantined;
    ts_t seen_at;
    str_t seen_version;
    str_t seen_as;
    ts_t failed_at;
    str_t failed;
    struct strs warnings;
    ts_t created_at;
    ts_t updated_at;
    str_t etag;
};

struct server_query {
    struct page_in page;
};

struct servers_import_body {
    json_text_t mcp_servers;
    json_text_t servers;
    opt_bool_t dry_run;
};
struct server_imported {
    str_t name;
    str_t outcome;
    oid_t server_id;
    str_t reason;
    struct strs warnings;
};
struct servers_imported {
    bool dry_run;
    struct rows results;
};

struct tool_query {
    struct page_in page;
    str_t state;
};
struct tool_body {
    str_t class;
    opt_bool_t approval;
};
struct tool_approve_body {
    str_t digest;
};
struct tool_out {
    oid_t id;
    str_t name;
    str_t state;
    str_t class;
    str_t class_of_annotations;
    bool approval;
    str_t digest;
    str_t pending_digest;
    ts_t first_seen_at;
    ts_t changed_at;
    str_t etag;
    json_text_t definition;
    json_text_t pending;
    struct rows changes;
    struct rows findings;
};
struct tool_change_out {
    str_t pointer;
    json_text_t before;
    json_text_t after;
};
struct tool_finding_out {
    str_t pointer;
    str_t text;
};

struct credential_body {
    str_t kind;
    str_t header;
    str_t value;
    ts_t expires_at;
};
struct credential_out {
    oid_t server_id;
    str_t name;
    str_t title;
    bool given;
    str_t kind;
    str_t header;
    ts_t expires_at;
    ts_t updated_at;
};

extern const struct shape server_in_shape;
extern const struct shape server_patch_shape;
extern const struct shape server_out_shape;
extern const struct shape server_test_shape; /* made by the hub (mcp/trial_say.c) */
extern const struct shape server_query_shape;
extern const struct shape servers_import_shape;
extern const struct shape servers_imported_shape;
extern const struct shape tool_query_shape;
extern const struct shape tool_patch_shape;
extern const struct shape tool_approve_shape;
extern const struct shape tool_line_shape; /* of a list */
extern const struct shape tool_out_shape;  /* with its definitions */
extern const struct shape credential_in_shape;
extern const struct shape credential_out_shape;

#endif
