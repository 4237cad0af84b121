/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_SHAPES_STATS_H
#define API_SHAPES_STATS_H

#include "api/request.h"

struct stats_server {
    str_t version;
    ts_t started_at;
    int64_t organisations;
    int64_t sessions;
    int64_t mcp_sessions;
    int64_t audit_events;
    int64_t database_bytes;
    int64_t disk_free_bytes;
    int64_t memory_bytes;
    int64_t log_bytes;
    int64_t log_lost;
};

struct stats_out {
    ts_t at;
    int64_t people;
    int64_t groups;
    int64_t service_accounts;
    struct obj devices;
    int64_t policies;
    int64_t rollouts;
    int64_t applications;
    int64_t servers;
    int64_t approvals;
    int64_t access_requests;
    int64_t sessions;
    int64_t audit_events;
    struct obj server;
};

struct series_query {
    str_t name;
    ts_t from;
    opt_i64_t step;
};

struct series_out {
    int64_t step_s;
    ts_t from;
    struct strs at;
    json_text_t series;
};

struct metrics_json {
    ts_t at;
    json_text_t families;
};

extern const struct shape metrics_json_shape;
extern const struct shape stats_shape;
extern const struct shape series_query_shape;
extern const struct shape series_out_shape;

#endif
