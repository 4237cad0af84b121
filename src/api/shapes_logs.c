/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_logs.h"

#include "api/log_view.h"

enum { LIMIT_MAX = 500, CURSOR_MAX = 512 };

/* clang-format off */
static const char *const levels[]  = { "debug", "info", "warning", "error", NULL };
static const char *const formats[] = { "json", "ndjson", "csv", NULL };

#define FILTER_FIELDS \
    FIELD(struct log_query, level, OPT, .oneof = levels, .doc = "this one and what is worse"), \
    FIELD(struct log_query, q, OPT, .min = 1, .max = LOG_Q_MAX, .text = TEXT_LINE, \
          .doc = "a text anywhere in the line; letters of ASCII in either case"), \
    FIELD(struct log_query, request_id, OPT, .doc = "all that one request has left")

static const struct field log_query_fields[] = {
    FIELD_AS(struct log_query, page.limit,  "limit",  OPT, .min = 1, .max = LIMIT_MAX),
    FIELD_AS(struct log_query, page.cursor, "cursor", OPT, .max = CURSOR_MAX, .text = TEXT_TOKEN),
    FILTER_FIELDS,
    FIELD(struct log_query, from,   OPT, .doc = "not before"),
    FIELD(struct log_query, to,     OPT, .doc = "before"),
    FIELD(struct log_query, format, OPT, .oneof = formats,
          .doc = "ndjson and csv stream all that the filters leave, and want audit:export"),
};
static const struct field log_stream_query_fields[] = { FILTER_FIELDS };

static const struct field log_out_fields[] = {
    FIELD(struct log_out, at),
    FIELD(struct log_out, level),
    FIELD(struct log_out, event),
    FIELD(struct log_out, request_id, .doc = "null: it is of no request"),
    FIELD(struct log_out, fields, .doc = "the other members of the line"),
};

static const struct field log_lost_fields[] = {
    FIELD(struct log_lost, lines, .doc = "that were written while the reader did not read, whatever the filters say"),
};

static const struct field log_rotated_fields[] = {
    FIELD(struct log_rotated, closed,   .doc = "number of the file that is closed; null: none was open"),
    FIELD(struct log_rotated, segments, .doc = "files that are kept"),
    FIELD(struct log_rotated, bytes,    .doc = "in them"),
    FIELD(struct log_rotated, lost,     .doc = "lines since the start that could not be kept"),
};
/* clang-format on */

const struct shape log_query_shape = SHAPE(struct log_query, "LogQuery", log_query_fields);
const struct shape log_stream_query_shape =
    SHAPE(struct log_query, "LogStreamQuery", log_stream_query_fields);
const struct shape log_out_shape = SHAPE(struct log_out, "LogLine", log_out_fields);
const struct shape log_lost_shape = SHAPE(struct log_lost, "LogLost", log_lost_fields);
const struct shape log_rotated_shape = SHAPE(struct log_rotated, "LogsRotated", log_rotated_fields);
