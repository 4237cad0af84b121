/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of devices, as an administrator sees them. */
#ifndef API_SHAPES_DEVICES_H
#define API_SHAPES_DEVICES_H

#include "api/request.h"

struct device_query {
    struct page_in page;
    str_t search;
    str_t status;
    str_t group;
    oid_t user;
    str_t label;
    str_t sort;
    bool count;
    opt_i64_t offset;
    str_t format;
};

struct device_counts_out {
    int64_t all;
    int64_t pending;
    int64_t enrolled;
    int64_t blocked;
    int64_t uninstalled;
    int64_t refused;
    int64_t revoked;
};

struct device_patch_in {
    str_t user_id;
    struct strs groups;
    json_text_t labels;
};

struct device_move_in { /* of every move; approve and refuse take more */
    oid_t request_id;
    str_t user_id;
    struct strs groups;
    json_text_t labels;
    str_t reason;
};

struct device_request_out {
    oid_t request_id;
    str_t code;
    str_t key_thumbprint;
    str_t address;
    ts_t created_at;
    ts_t expires_at;
    oid_t user_id;
    str_t user_name;
    str_t user_hint;
    str_t hostname;
    str_t type;
    str_t os;
    str_t client_version;
    json_text_t labels;
};

struct device_history_out {
    ts_t at;
    str_t move;
    str_t from;
    str_t to;
    str_t actor_kind;
    oid_t actor_id;
    str_t reason;
};

struct device_config_out {
    str_t etag;
    str_t version;
    ts_t acked_at;
    str_t result;
    str_t reason;
    struct strs drift;
    int64_t drift_count;
    ts_t drifted_at;
};

struct device_out {
    oid_t id;
    oid_t org_id;
    str_t machine_id;
    str_t fingerprint;
    json_text_t metadata;
    str_t hostname;
    str_t type;
    str_t os;
    str_t client_version;
    str_t status;
    str_t status_reason;
    oid_t user_id;
    str_t user_name;
    struct strs groups;
    json_text_t labels;
    str_t credential_level;
    str_t key_thumbprint;
    ts_t enrolled_at;
    ts_t last_seen_at;
    ts_t created_at;
    struct obj config;
    json_text_t metrics;
    ts_t revoked_at;
    oid_t revoked_by;
    str_t revoke_reason;
    struct rows requests;
    struct rows history; /* of one device only */
    int64_t join_seq;
    str_t etag;
};

struct device_claim_out { /* an administrator's rotate */
    oid_t device_id;
    str_t claim;
};

extern const struct shape device_query_shape;
extern const struct shape device_counts_query_shape;
extern const struct shape device_counts_shape;
extern const struct shape device_patch_in_shape;
extern const struct shape device_decide_in_shape;
extern const struct shape device_reason_in_shape;
extern const struct shape device_request_out_shape;
extern const struct shape device_out_shape;
extern const struct shape device_claim_out_shape;

#endif
