/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of devices, enrolment, agents, enrolment keys and the fleet lock. */
#ifndef API_SHAPES_FLEET_H
#define API_SHAPES_FLEET_H

#include "api/request.h"
#include "domain/fleet/enrol.h"

struct enroll_init_in {
    str_t machine_id;
    str_t type;
    str_t hostname;
    str_t os;
    str_t client_version;
    str_t fingerprint;
    str_t user_hint;
    json_text_t labels;
    json_text_t metadata;
    json_text_t public_key;
    struct pubkey key; /* of public_key, by the row's prepare */
};

struct challenge_out {
    str_t nonce;
    str_t context;
    ts_t expires_at;
};

struct enroll_init_out {
    oid_t device_id;
    oid_t request_id;
    str_t code;
    str_t status;
    str_t claim;
    oid_t user_id;
    struct obj challenge;
    int64_t poll_interval_s;
};

struct enroll_confirm_in {
    oid_t device_id;
    str_t decision;
    str_t claim;
    str_t signature;
    oid_t request_id;
    str_t user_id;
    struct strs groups;
    json_text_t labels;
    str_t reason;
};

struct enroll_confirm_out {
    str_t status;
    struct obj challenge;
    str_t token;
    opt_i64_t join_seq;
    str_t config_url;
    str_t jwks_uri;
    json_text_t root_key;
};

struct device_query {
    struct page_in page;
    str_t search;
    str_t status;
    str_t group;
    oid_t user;
    str_t label;
    str_t sort;
    bool count;
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

struct self_out {
    oid_t id;
    str_t machine_id;
    str_t status;
    int64_t join_seq;
    oid_t user_id;
    struct strs groups;
    json_text_t labels;
    ts_t enrolled_at;
};

struct heartbeat_in {
    str_t client_version;
    json_text_t metrics;
};

struct rotate_in {
    int64_t join_seq;
    str_t nonce;
};

struct token_out {
    str_t token;
    int64_t join_seq;
};

struct agent_in { /* enroll, uninstall, heartbeat */
    str_t machine_id;
    str_t user_name;
    str_t user_email;
    str_t user_id;
    str_t hostname;
    str_t os_info;
    str_t version;
    str_t reason;
    opt_bool_t allow_reactivate;
};

struct agent_query {
    struct page_in page;
    str_t status;
};

struct agent_out {
    oid_t id;
    str_t machine_id;
    str_t user_name;
    str_t user_email;
    str_t user_id;
    str_t hostname;
    str_t os_info;
    str_t version;
    str_t status;
    ts_t token_issued_at;
    ts_t enrolled_at;
    ts_t last_seen_at;
    ts_t uninstalled_at;
    str_t uninstall_reason;
};

struct agent_enroll_out {
    bool created;
    bool reactivated;
    struct obj agent;
    str_t token;
};

struct count_out {
    int64_t count;
};

struct verify_in {
    str_t token;
};

struct verify_out {
    str_t machine_id;
};

struct enrollment_key_in {
    str_t name;
    opt_i64_t uses;
    ts_t expires_at;
    bool auto_approve;
    struct strs groups;
    json_text_t labels;
    str_t machine_pattern;
    bool may_uninstall;
    bool adopt;
};

struct enrollment_key_out {
    oid_t id;
    str_t name;
    str_t key; /* once */
    opt_i64_t uses;
    opt_i64_t uses_left;
    int64_t used;
    ts_t expires_at;
    bool auto_approve;
    struct strs groups;
    json_text_t labels;
    str_t machine_pattern;
    bool may_uninstall;
    bool adopt;
    oid_t created_by;
    ts_t created_at;
    str_t etag;
};

struct fleet_query {
    struct page_in page;
};

struct fleet_lock_in {
    bool locked;
    str_t known;
};

struct fleet_lock_out {
    bool locked;
    str_t known;
    str_t by;
};

extern const struct shape enroll_init_in_shape;
extern const struct shape enroll_init_out_shape;
extern const struct shape enroll_confirm_in_shape;
extern const struct shape enroll_confirm_out_shape;
extern const struct shape challenge_out_shape;
extern const struct shape device_query_shape;
extern const struct shape device_patch_in_shape;
extern const struct shape device_decide_in_shape;
extern const struct shape device_reason_in_shape;
extern const struct shape device_request_out_shape;
extern const struct shape device_out_shape;
extern const struct shape device_claim_out_shape;
extern const struct shape self_out_shape;
extern const struct shape heartbeat_in_shape;
extern const struct shape rotate_in_shape;
extern const struct shape token_out_shape;
extern const struct shape agent_enroll_in_shape;
extern const struct shape agent_uninstall_in_shape;
extern const struct shape agent_heartbeat_in_shape;
extern const struct shape agent_query_shape;
extern const struct shape agent_count_query_shape;
extern const struct shape agent_out_shape;
extern const struct shape agent_enroll_out_shape;
extern const struct shape count_out_shape;
extern const struct shape verify_in_shape;
extern const struct shape verify_out_shape;
extern const struct shape enrollment_key_in_shape;
extern const struct shape enrollment_key_out_shape;
extern const struct shape fleet_query_shape;
extern const struct shape fleet_lock_in_shape;
extern const struct shape fleet_lock_out_shape;

#endif
