/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of rollouts. */
#ifndef API_SHAPES_ROLLOUT_H
#define API_SHAPES_ROLLOUT_H

#include "api/request.h"

struct rollout_ring_body {
    str_t name;
    str_t group;
    str_t label;
    opt_milli_t percent;
    opt_i64_t min_devices;
    opt_i64_t soak_s;
    opt_bool_t approval;
    opt_bool_t pause;
};

struct rollout_gate_body {
    opt_i64_t min_executed;
    opt_milli_t max_failed_percent;
    opt_i64_t timeout_s;
    opt_i64_t lost_after_s;
    opt_i64_t away_after_s;
};

struct rollout_body { /* of POST and PATCH */
    oid_t policy_id;
    opt_i64_t from;
    opt_i64_t to;
    str_t seed;
    struct rows rings;
    struct obj gate;
    opt_bool_t auto_rollback;
};

struct rollout_promote_in {
    int64_t ring;
    bool force;
};

struct rollout_abort_in { /* of a pause: the reason alone */
    str_t reason;
    opt_bool_t rollback;
};

struct rollout_query {
    struct page_in page;
    oid_t policy_id;
    str_t state;
    str_t search;
    str_t sort;
    bool count;
};

struct rollout_devices_query {
    struct page_in page;
    str_t state;
    opt_i64_t ring;
};

struct rollout_progress_out {
    int64_t members;
    int64_t executed;
    int64_t pending;
    int64_t away;
    int64_t applied;
    int64_t failed;
    int64_t timed_out;
    int64_t lost;
    int64_t unchanged;
};

struct rollout_ring_out {
    int64_t n;
    str_t name;
    oid_t group;
    str_t group_name;
    str_t label;
    opt_milli_t percent;
    opt_i64_t min_devices;
    int64_t soak_s;
    bool approval;
    bool pause;
    str_t state;
    struct rollout_progress_out progress;
    ts_t started_at;
    ts_t met_at;
    ts_t promoted_at;
    ts_t ended_at;
};

struct rollout_out {
    oid_t id;
    oid_t policy_id;
    str_t policy_name;
    opt_i64_t from;
    int64_t to;
    str_t state;
    int64_t ring;
    str_t reason;
    str_t next;
    struct rows rings;
    struct obj progress;
    struct obj gate;
    bool auto_rollback;
    str_t seed;
    ts_t state_at;
    ts_t created_at;
    ts_t started_at;
    ts_t ended_at;
    str_t etag;
};

struct rollout_device_out {
    oid_t device_id;
    str_t machine_id;
    str_t hostname;
    int64_t ring;
    str_t state;
    str_t reason;
    ts_t since;
    ts_t seen_at;
    ts_t at;
};

struct rollout_event_out {
    int64_t n;
    ts_t at;
    str_t kind;
    str_t state;
    int64_t ring;
    str_t reason;
    str_t actor_kind;
    oid_t actor_id;
};

extern const struct shape rollout_in_shape;
extern const struct shape rollout_patch_shape;
extern const struct shape rollout_reason_in_shape;
extern const struct shape rollout_promote_in_shape;
extern const struct shape rollout_abort_in_shape;
extern const struct shape rollout_query_shape;
extern const struct shape rollout_page_query_shape;
extern const struct shape rollout_devices_query_shape;
extern const struct shape rollout_out_shape;
extern const struct shape rollout_device_out_shape;
extern const struct shape rollout_event_out_shape;

#endif
