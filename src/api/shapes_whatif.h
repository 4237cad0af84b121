/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of what a change of access would do. */
#ifndef API_SHAPES_WHATIF_H
#define API_SHAPES_WHATIF_H

#include "api/request.h"

struct whatif_who_out {
    str_t kind;
    oid_t id;
    str_t name;
};

struct whatif_change_out {
    oid_t id;
    str_t name;
    str_t from;
    str_t to;
    str_t by;
};

struct whatif_result_out {
    int64_t who;
    struct rows sample;
    struct rows roles;
    struct rows applications;
    struct rows tools;
    struct rows values;
    opt_bool_t enabled_from;
    opt_bool_t enabled_to;
    int64_t changes;
};

struct whatif_out {
    int64_t looked_at;
    int64_t changed;
    bool truncated;
    struct rows results;
};

struct binding_preview_body {
    oid_t group_id;
    str_t group;
    oid_t user_id;
    str_t username;
    oid_t service_account_id;
    oid_t binding_id;
};

struct member_preview_body {
    oid_t user_id;
    str_t username;
    oid_t service_account_id;
    oid_t device_id;
    bool leaves;
};

extern const struct shape whatif_out_shape;
extern const struct shape binding_preview_shape;
extern const struct shape member_preview_shape;

#endif
