/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of explanations. */
#ifndef API_SHAPES_EXPLAIN_H
#define API_SHAPES_EXPLAIN_H

#include "api/request.h"

struct explain_query {
    ts_t at;
    str_t pointer;
};

struct explain_by { /* who said it */
    str_t level;
    oid_t policy_id;
    str_t policy_name;
    opt_i64_t number;
    str_t version;
    oid_t assignment_id;
};

struct explain_lock_out {
    struct explain_by by;
    str_t pointer;
};

struct explain_word_out { /* what was shadowed, or refused */
    struct explain_by by;
    str_t pointer;
    json_text_t value;
    struct obj locked_by; /* of what was refused */
};

struct explain_leaf_out {
    struct explain_by by;
    str_t pointer;
    json_text_t value;
    struct obj locked_by;
    struct rows shadowed;
    struct rows refused;
};

struct explain_enabled_out {
    struct explain_by by;
    bool value;
    struct obj locked_by;
    struct rows shadowed;
    struct rows refused;
};

struct explain_plan_out {
    struct explain_by by;
    oid_t target_id;
    int64_t priority;
    bool pinned;
};

struct explain_out {
    oid_t device_id;
    ts_t at;
    str_t pointer;
    str_t etag;
    str_t version;
    struct obj enabled;
    struct rows leaves;
    struct rows removed;
    struct rows refused;
    struct rows plan;
};

extern const struct shape explain_query_shape;
extern const struct shape explain_lock_out_shape;
extern const struct shape explain_word_out_shape;
extern const struct shape explain_out_shape;

#endif
