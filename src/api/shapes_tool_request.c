/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_tool_request.h"

#include "domain/gateway/permission.h"

enum { REASON_MAX = 512 };

/* clang-format off */
static const struct field request_in_fields[] = {
    FIELD(struct tool_request_body, tool,   REQ, .min = 1, .max = TOOL_TEXT_MAX, .text = TEXT_LINE,
          .doc = "SERVER/TOOL or PREFIX__TOOL"),
    FIELD(struct tool_request_body, reason, OPT, .max = REASON_MAX, .trim = true),
};
static const struct field approval_fields[] = {
    FIELD(struct tool_approval_body, approval, OPT, .doc = "true: each call waits for a person's yes"),
    FIELD(struct tool_approval_body, reason,   OPT, .max = REASON_MAX, .trim = true),
};
static const struct field request_fields[] = {
    FIELD(struct tool_request_out, id),
    FIELD(struct tool_request_out, status, .doc = "open, approved or refused"),
    FIELD(struct tool_request_out, user_id),
    FIELD(struct tool_request_out, username),
    FIELD(struct tool_request_out, tool,   .doc = "SERVER/TOOL"),
    FIELD(struct tool_request_out, class,  .doc = "READ, WRITE or EXECUTE; null: its server has it no more"),
    FIELD(struct tool_request_out, reason),
    FIELD(struct tool_request_out, decided_reason),
    FIELD(struct tool_request_out, decided_at),
    FIELD(struct tool_request_out, created_at),
};
/* clang-format on */

const struct shape tool_request_in_shape =
    SHAPE(struct tool_request_body, "ToolRequestIn", request_in_fields);
const struct shape tool_approval_shape =
    SHAPE(struct tool_approval_body, "ToolApproval", approval_fields);
const struct shape tool_request_out_shape =
    SHAPE(struct tool_request_out, "ToolRequest", request_fields);
