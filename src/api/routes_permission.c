/* SPDX-License-Identifier: Apache-2.0 */
/* Who may call which tool. */
#include "api/handlers_gateway.h"
#include "api/routes_parts.h"
#include "api/shapes_people.h"
#include "api/shapes_permission.h"
#include "api/shapes_tool_request.h"
#include "api/shapes_whatif.h"

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
      .query = &mine_query_shape, .out = &mine_out_shape, .out_list = true,
      .doc = "The tools that who asks may call; `refused=true` adds those that he may ask for." },
    { HTTP_POST, "/permissions/validate", permissions_validate, .auth = AUTH_ACTOR, .tx = TX_READ,
      .both = true, .body_max = KIB(128), .in = &permission_check_shape, .out = &permission_verdict_shape,
      .doc = "May this call be made, and which permission says so? Others than oneself want tool:read." },
    { HTTP_POST, "/permissions/validate/bulk", permissions_validate_bulk, .auth = AUTH_ACTOR, .tx = TX_READ,
      .both = true, .body_max = KIB(256), .in = &permission_checks_shape, .out = &permission_verdicts_shape,
      .doc = "The same for many calls; with a draft, as if it were said already." },
    { HTTP_POST, "/permissions/preview", permissions_preview, .auth = AUTH_ACTOR, MAY(TOOL_WRITE), .tx = TX_READ,
      .load = LOAD_BULK, .both = true, .body_max = KIB(256), .in = &permission_preview_shape, .out = &whatif_out_shape,
      .doc = "Who would gain or lose which tools, were this said for a subject; nothing is stored. Wants user:read "
             "and device:read too." },

    { HTTP_GET,  "/portal/tool-requests", portal_tool_requests_list, .auth = AUTH_ACTOR, .tx = TX_READ,
      .no_store = true, .query = &access_request_query_shape,
      .out = &tool_request_out_shape, .out_list = true,
      .doc = "The tools that the person who asks has asked for." },
    { HTTP_POST, "/portal/tool-requests", portal_tool_requests_make, .auth = AUTH_ACTOR, .tx = TX_WRITE,
      .idem = true, .no_store = true, .hides = true,
      .in = &tool_request_in_shape, .out = &tool_request_out_shape, .audit = "tool-request.made",
      .doc = "Ask for a tool." },
    { HTTP_GET,  "/tool-requests", tool_requests_list, .auth = AUTH_ACTOR, MAY(TOOL_READ), .tx = TX_READ,
      .no_store = true, .query = &access_request_query_shape,
      .out = &tool_request_out_shape, .out_list = true,
      .doc = "Who asks for which tool." },
    { HTTP_POST, "/tool-requests/{id}/approve", tool_requests_approve, .auth = AUTH_ACTOR, MAY(TOOL_WRITE),
      .tx = TX_WRITE, .no_store = true,
      .in = &tool_approval_shape, .in_optional = true, .out = &tool_request_out_shape,
      .audit = "tool-request.approved",
      .doc = "The person gets a permission for this tool." },
    { HTTP_POST, "/tool-requests/{id}/refuse", tool_requests_refuse, .auth = AUTH_ACTOR, MAY(TOOL_WRITE),
      .tx = TX_WRITE, .no_store = true,
      .in = &refuse_request_shape, .in_optional = true, .out = &tool_request_out_shape,
      .audit = "tool-request.refused",
      .doc = "The person does not get it." },
};
/* clang-format on */

const struct route_table routes_permission = { rows, ARRAY_LEN(rows) };
