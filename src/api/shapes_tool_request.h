/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks for a tool that is refused, and what is answered. */
#ifndef API_SHAPES_TOOL_REQUEST_H
#define API_SHAPES_TOOL_REQUEST_H

#include "api/request.h"

struct tool_request_body { /* of whoever asks */
    str_t tool;
    str_t reason;
};

struct tool_approval_body { /* of whoever says yes */
    opt_bool_t approval;
    str_t reason;
};

struct tool_request_out {
    oid_t id;
    str_t status;
    oid_t user_id;
    str_t username;
    str_t tool;
    str_t class;
    str_t reason;
    str_t decided_reason;
    ts_t decided_at;
    ts_t created_at;
};

extern const struct shape tool_request_in_shape;
extern const struct shape tool_approval_shape;
extern const struct shape tool_request_out_shape;

#endif
