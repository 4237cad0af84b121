/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of calls that wait for a person's yes. */
#ifndef API_SHAPES_APPROVAL_H
#define API_SHAPES_APPROVAL_H

#include "api/request.h"

struct approval_query {
    struct page_in page;
    str_t state;
    opt_bool_t newest;
};
struct approval_body {
    str_t reason;
    str_t digest;
};
struct approval_out {
    oid_t id;
    str_t state;
    str_t caller_kind;
    oid_t caller_id;
    str_t caller_name;
    oid_t device_id;
    str_t device_name;
    oid_t server_id;
    str_t server_name;
    str_t tool;
    str_t digest;
    json_text_t arguments;
    str_t decided_by_name;
    oid_t decided_by;
    ts_t decided_at;
    str_t reason;
    ts_t created_at;
    ts_t expires_at;
};

extern const struct shape approval_query_shape;
extern const struct shape approval_body_shape;
extern const struct shape approval_line_shape;
extern const struct shape approval_out_shape;

#endif
