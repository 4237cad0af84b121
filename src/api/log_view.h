/* SPDX-License-Identifier: Apache-2.0 */
/* Kept lines of the log as they are asked for. */
#ifndef API_LOG_VIEW_H
#define API_LOG_VIEW_H

#include "api/shapes_logs.h"
#include "base/log.h"

enum { LOG_Q_MAX = 128 };

struct log_filter {
    enum log_level least;
    ts_t from;        /* inclusive; absent: from the first */
    ts_t to;          /* exclusive; absent: to the newest */
    str_t q;          /* anywhere in the line, ASCII letters of either case; absent: any */
    str_t request_id; /* absent: any */
};

/* A line without its end, taken apart; texts are borrowed from it. */
struct log_line {
    ts_t at;
    enum log_level level;
    str_t event;
    str_t request_id; /* absent: it is of no request */
    str_t fields;     /* what comes behind the event: `"name":value,...` without braces */
};

/* False: no line of ours, or one that the disk has spoilt. */
bool log_line_parse(str_t text, struct log_line *ret);
bool log_line_is_wanted(const struct log_filter *f, const struct log_line *line, str_t text);
/* Its texts are borrowed from the query. E_BAD_FIELD. */
err_t log_filter_make(struct request *rq, const struct log_query *q,
                      struct log_filter *ret) MUST_USE;
/* As it is shown; in the arena. E_CORRUPT: its fields are no JSON. */
err_t log_view_make(struct arena *a, const struct log_line *line, struct log_out *ret) MUST_USE;

#endif
