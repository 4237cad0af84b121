/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of agents, enrolment keys and the fleet lock. */
#ifndef API_SHAPES_AGENTS_H
#define API_SHAPES_AGENTS_H

#include "api/request.h"

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
