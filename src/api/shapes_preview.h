/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of previews and differences. */
#ifndef API_SHAPES_PREVIEW_H
#define API_SHAPES_PREVIEW_H

#include "api/request.h"

struct trial_in {
    str_t scope;
    oid_t target_id;
    opt_i64_t priority;
    opt_i64_t number;
};

struct preview_in {
    oid_t policy_id;
    opt_i64_t number;
    json_text_t content;
    json_text_t locked;
    opt_bool_t enabled;
    struct obj assignment;
    oid_t without;
    oid_t device_id;
};

struct change_out {
    str_t pointer;
    json_text_t from;
    json_text_t to;
};

struct preview_device_out {
    oid_t id;
    str_t machine_id;
    str_t hostname;
};

struct fault_out {
    str_t pointer;
    str_t keyword;
    str_t want;
};

struct preview_result_out {
    int64_t devices;
    oid_t sample_device_id;
    struct rows sample;
    bool enabled_from;
    bool enabled_to;
    struct rows diff;
    int64_t changes;
    struct rows faults;
};

struct preview_out {
    int64_t devices;
    int64_t changed;
    int64_t looked_at;
    bool truncated;
    struct rows results;
};

struct diff_query {
    int64_t from;
    int64_t to;
};

struct diff_out {
    int64_t from;
    int64_t to;
    str_t from_version;
    str_t to_version;
    opt_bool_t enabled_from;
    opt_bool_t enabled_to;
    struct strs unlocked;
    struct strs locked;
    struct rows diff;
};

extern const struct shape change_out_shape;
extern const struct shape preview_in_shape;
extern const struct shape preview_out_shape;
extern const struct shape diff_query_shape;
extern const struct shape diff_out_shape;

#endif
