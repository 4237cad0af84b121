/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_stats.h"

#include "api/shapes_devices.h"
#include "domain/series/series.h"

enum { NAMES_MAX = 1024, STEP_MIN = SERIES_MINUTE_S, STEP_MAX = 24 * SERIES_HOUR_S };

/* clang-format off */
static const struct field server_fields[] = {
    FIELD(struct stats_server, version),
    FIELD(struct stats_server, started_at),
    FIELD(struct stats_server, organisations),
    FIELD(struct stats_server, sessions,        .doc = "of people, in all organisations"),
    FIELD(struct stats_server, mcp_sessions),
    FIELD(struct stats_server, audit_events,    .doc = "of all chains"),
    FIELD(struct stats_server, database_bytes,  .doc = "the store and its write-ahead log"),
    FIELD(struct stats_server, disk_free_bytes),
    FIELD(struct stats_server, memory_bytes,    .doc = "resident"),
    FIELD(struct stats_server, log_bytes,       .doc = "lines of the log that are kept"),
    FIELD(struct stats_server, log_lost,        .doc = "lines since the start that could not be kept"),
};
static const struct shape server_shape = SHAPE(struct stats_server, "StatsServer", server_fields);

static const struct field stats_fields[] = {
    FIELD(struct stats_out, at),
    FIELD(struct stats_out, people),
    FIELD(struct stats_out, groups),
    FIELD(struct stats_out, service_accounts),
    FIELD(struct stats_out, devices, .of = &device_counts_shape),
    FIELD(struct stats_out, policies),
    FIELD(struct stats_out, rollouts,         .doc = "running, paused or being taken back"),
    FIELD(struct stats_out, applications),
    FIELD(struct stats_out, servers,          .doc = "MCP servers"),
    FIELD(struct stats_out, approvals,        .doc = "calls of tools that wait for a person's yes"),
    FIELD(struct stats_out, access_requests,  .doc = "that wait for an answer"),
    FIELD(struct stats_out, sessions,         .doc = "of people, open"),
    FIELD(struct stats_out, audit_events),
    FIELD(struct stats_out, server, .of = &server_shape, .omit = true,
          .doc = "only for members of the organisation `default`, and system:admin"),
};

static const struct field series_query_fields[] = {
    FIELD(struct series_query, name, REQ, .min = 1, .max = NAMES_MAX, .text = TEXT_TOKEN,
          .doc = "one name or several, by commas"),
    FIELD(struct series_query, from, OPT, .doc = "default: a day ago"),
    FIELD(struct series_query, step, OPT, .min = STEP_MIN, .max = STEP_MAX,
          .doc = "seconds: whole minutes up to an hour, whole hours from there; default 60, and 3600 where `from` is more than a day ago"),
};

static const struct field series_out_fields[] = {
    FIELD(struct series_out, step_s),
    FIELD(struct series_out, from),
    FIELD(struct series_out, at,     .doc = "where each point begins"),
    FIELD(struct series_out, series, .doc = "for each name a list as long as `at`: numbers, null for a gap"),
};
static const struct field metrics_json_fields[] = {
    FIELD(struct metrics_json, at),
    FIELD(struct metrics_json, families, .json = JSON_VALUE,
          .doc = "a list of `name, help, type, samples`; each sample has `name, labels{}, value`"),
};
/* clang-format on */

const struct shape metrics_json_shape = SHAPE(struct metrics_json, "Metrics", metrics_json_fields);

const struct shape stats_shape = SHAPE(struct stats_out, "Stats", stats_fields);
const struct shape series_query_shape =
    SHAPE(struct series_query, "SeriesQuery", series_query_fields);
const struct shape series_out_shape = SHAPE(struct series_out, "Series", series_out_fields);
