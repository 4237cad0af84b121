/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of policies, versions, assignments and acknowledgements. */
#ifndef API_SHAPES_POLICY_H
#define API_SHAPES_POLICY_H

#include "api/request.h"

struct policy_query {
    struct page_in page;
    str_t search;
    oid_t group;
};

struct policy_in { /* of POST and PATCH */
    str_t name;
    str_t description;
};

struct policy_out {
    oid_t id;
    str_t name;
    str_t description;
    opt_i64_t newest_number;
    str_t newest_version;
    opt_i64_t draft_number;
    int64_t assignments;
    struct strs scopes;
    bool managed;
    ts_t created_at;
    ts_t updated_at;
    str_t etag;
};

struct policy_version_in {
    json_text_t content;
    json_text_t locked;
    opt_bool_t enabled;
};

struct policy_version_out {
    int64_t number;
    str_t state;
    str_t version;
    opt_bool_t enabled;
    struct strs locked;
    json_text_t content;
    ts_t created_at;
    ts_t updated_at;
    ts_t published_at;
    str_t etag;
};

struct policy_rollback_in {
    int64_t number;
};

struct assignment_query {
    struct page_in page;
    oid_t policy_id;
    str_t scope;
    oid_t target_id;
};

struct assignment_body { /* of POST and PATCH */
    oid_t policy_id;
    opt_i64_t number;
    str_t scope;
    oid_t target_id;
    opt_i64_t priority;
};

struct assignment_out {
    oid_t id;
    oid_t policy_id;
    opt_i64_t number;
    str_t scope;
    oid_t target_id; /* null for global and org */
    str_t target_name;
    int64_t priority;
    ts_t created_at;
    ts_t updated_at;
    str_t etag;
};

struct config_ack_in {
    oid_t device_id;
    str_t version;
    str_t etag;
    str_t result;
    str_t reason;
    ts_t applied_at;
    struct strs drift;
    opt_i64_t drift_count;
    ts_t drifted_at;
};

extern const char *const scope_words[]; /* of assignments and secrets; NULL at the end */
extern const struct shape policy_query_shape;
extern const struct shape policy_in_shape;
extern const struct shape policy_patch_shape;
extern const struct shape policy_out_shape;
extern const struct shape policy_version_in_shape;
extern const struct shape policy_version_out_shape;
extern const struct shape policy_version_line_shape; /* without the content */
extern const struct shape policy_rollback_in_shape;
extern const struct shape assignment_query_shape;
extern const struct shape assignment_in_shape;
extern const struct shape assignment_patch_shape;
extern const struct shape assignment_out_shape;
extern const struct shape config_ack_in_shape;

#endif
