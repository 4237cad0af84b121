/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of tools that wait for a person's yes. */
#include "api/handlers_gateway.h"
#include "api/routes_parts.h"
#include "api/shapes_approval.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET,  "/gateway/approvals",      approvals_list, .auth = AUTH_ACTOR, .tx = TX_READ,
      .query = &approval_query_shape, .out = &approval_line_shape, .out_list = true,
      .doc = "Calls that wait, or waited, for a person's yes; the oldest first, or with newest=true the "
             "newest, without their arguments; of who lacks approval:read, his own." },
    { HTTP_GET,  "/gateway/approvals/{id}", approvals_get,  .auth = AUTH_ACTOR, MAY(APPROVAL_DECIDE),
      .tx = TX_READ, .no_store = true, .out = &approval_out_shape,
      .doc = "One of them, with its arguments while it waits." },
    { HTTP_POST, "/gateway/approvals/{id}/approve", approvals_approve, .auth = AUTH_ACTOR,
      MAY(APPROVAL_DECIDE), .tx = TX_WRITE, .in_optional = true, .finish = approvals_finish,
      .in = &approval_body_shape, .out = &approval_line_shape, .audit = "approval.approved",
      .doc = "The call is made, with the arguments that are shown; never by who called, unless gateway.approve_own." },
    { HTTP_POST, "/gateway/approvals/{id}/deny", approvals_deny, .auth = AUTH_ACTOR,
      MAY(APPROVAL_DECIDE), .tx = TX_WRITE, .in_optional = true, .finish = approvals_finish,
      .in = &approval_body_shape, .out = &approval_line_shape, .audit = "approval.denied",
      .doc = "The call is not made, and its caller is told so." },
};
/* clang-format on */

const struct route_table routes_approval = { rows, ARRAY_LEN(rows) };
