/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_SHAPES_LOGS_H
#define API_SHAPES_LOGS_H

#include "api/request.h"

struct log_query { /* of both rows: the stream knows no page */
    struct page_in page;
    str_t level;
    ts_t from;
    ts_t to;
    str_t q;
    oid_t request_id;
    str_t format;
};

struct log_out {
    ts_t at;
    str_t level;
    str_t event;
    oid_t request_id;
    json_text_t fields;
};

struct log_lost { /* of the stream: what a slow reader has missed, before any filter */
    int64_t lines;
};

struct log_rotated {
    opt_i64_t closed;
    int64_t segments;
    int64_t bytes;
    int64_t lost;
};

extern const struct shape log_query_shape;
extern const struct shape log_stream_query_shape;
extern const struct shape log_out_shape;
extern const struct shape log_lost_shape;
extern const struct shape log_rotated_shape;

#endif
