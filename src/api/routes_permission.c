/* SPDX-License-Identifier: Apache-2.0 */
/* Who may call which tool. */
#include "api/handlers_gateway.h"
#include "api/routes_parts.h"
#include "api/shapes_permission.h"

/* The same five rows for everything that has permissions. */
/* clang-format off */
#define SUBJECT(path, whose) \
    { HTTP_GET,    path, permissions_list, .auth = AUTH_ACTOR, MAY(TOOL_READ), .tx = TX_READ, .both = true, \
      .query = &permission_query_shape, .out = &permission_out_shape, .out_list = true, \
      .doc = "What is said for " whose ", with what each row would inherit." }, \
    { HTTP_PUT,    path, permissions_put, .auth = AUTH_ACTOR, MAY(TOOL_WRITE), .tx = TX_WRITE, .both = true, \
      .in = &permission_in_shape, .out = &permission_out_shape, .audit = "permission.changed", \
      .doc = "Say what " whose " may do with a tool; what is left out is inherited." }, \
    { HTTP_PUT,    path "/bulk", permissions_put_bulk, .auth = AUTH_ACTOR, MAY(TOOL_WRITE), .tx = TX_WRITE, \
      .both = true, .body_max = KIB(256), \
      .in = &permissions_in_shape, .out = &permissions_out_shape, .audit = "permission.bulk-changed", \
      .doc = "The same for many tools: all of them, or none." }, \
    { HTTP_DELETE, path "/tool/{name}", permissions_drop, .auth = AUTH_ACTOR, MAY(TOOL_WRITE), \
      .tx = TX_WRITE, .both = true, .audit = "permission.deleted", \
      .doc = "Say nothing any more for " whose " about a tool: PREFIX__TOOL, or *." }, \
    { HTTP_DELETE, path "/tool/{server}/{name}", permissions_drop, .auth = AUTH_ACTOR, MAY(TOOL_WRITE), \
      .tx = TX_WRITE, .both = true, .audit = "permission.deleted", \
      .doc = "The same for a tool of a server, or * for all of its tools." }

static const struct route rows[] = {
    SUBJECT("/permissions/user/{id}",            "a person"),
    SUBJECT("/permissions/service-account/{id}", "a service account"),
    SUBJECT("/permissions/device/{id}",          "a device"),
    SUBJECT("/permissions/group/{id}",           "a group"),
    SUBJECT("/permissions/defaults",             "everybody"),

    { HTTP_GET,  "/permissions", permissions_all, .auth = AUTH_ACTOR, MAY(TOOL_READ), .tx = TX_READ,
      .query = &permission_query_shape, .out = &permission_out_shape, .out_list = true,
      .doc = "All that is said, with whose it is." },
    { HTTP_DELETE, "/permissions/{id}", permissions_drop_row, .auth = AUTH_ACTOR, MAY(TOOL_WRITE),
      .tx = TX_WRITE, .both = true, .audit = "permission.deleted",
      .doc = "Take back one row, whosever it is." },
    { HTTP_GET,  "/permissions/me", permissions_mine, .auth = AUTH_ACTOR, .tx = TX_READ, .both = true,
      .no_store = true,
      .query = &permission_query_shape, .out = &mine_out_shape, .out_list = true,
      .doc = "The tools that who asks may call." },
    { HTTP_POST, "/permissions/validate", permissions_validate, .auth = AUTH_ACTOR, .tx = TX_READ,
      .both = true, .body_max = KIB(128), .in = &permission_check_shape, .out = &permission_verdict_shape,
      .doc = "May this call be made, and which permission says so? Others than oneself want tool:read." },
    { HTTP_POST, "/permissions/validate/bulk", permissions_validate_bulk, .auth = AUTH_ACTOR, .tx = TX_READ,
      .both = true, .body_max = KIB(256), .in = &permission_checks_shape, .out = &permission_verdicts_shape,
      .doc = "The same for many calls." },
};
/* clang-format on */

const struct route_table routes_permission = { rows, ARRAY_LEN(rows) };
