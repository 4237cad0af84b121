/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of the gateway for clients without MCP. Its answers are made by the hub: here they are
 * only described. */
#ifndef API_SHAPES_REST_H
#define API_SHAPES_REST_H

#include "api/shape.h"

enum { REST_BODY_MAX = 1024 * 1024 };

struct rest_session_in {
    json_text_t client_info;
};

struct rest_list_in {
    str_t session_id;
};

struct rest_call_in {
    str_t session_id;
    str_t name;
    json_text_t arguments;
    int64_t priority;
    int64_t timeout_ms;
};

extern const struct shape rest_session_in_shape;
extern const struct shape rest_session_out_shape;
extern const struct shape rest_list_in_shape;
extern const struct shape rest_list_out_shape;
extern const struct shape rest_call_in_shape;
extern const struct shape rest_call_out_shape;
extern const struct shape rest_status_shape;

#endif
