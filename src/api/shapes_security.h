/* SPDX-License-Identifier: Apache-2.0 */
/* Limits that hold now; what was refused. */
#ifndef API_SHAPES_SECURITY_H
#define API_SHAPES_SECURITY_H

#include "api/request.h"
#include "api/retention.h"
#include "domain/identity/rates.h"

struct limits_in { /* in the order of rate.def */
    opt_i64_t rates[RATES];
};

struct limit_out {
    int64_t per_minute;
    int64_t configured;
    opt_i64_t set;
    int64_t burst;
    int64_t least;
    int64_t most;
};

struct limits_out {
    bool enabled;
    struct obj rates[RATES];
};

struct refused_day_out {
    str_t day;
    int64_t login_failures;
    int64_t locks;
    int64_t denials;
};

struct refused_party_out {
    str_t name;
    int64_t count;
};

struct security_stats_out {
    ts_t at;
    bool complete;
    struct rows days;
    struct rows addresses;
    struct rows names;
};

struct cleanup_in {
    bool dry_run;
};

struct cleanup_row {
    str_t name;
    int64_t removed;
    bool more;
};

struct cleanup_out {
    bool dry_run;
    int64_t removed;
    struct rows what;
    int64_t bytes_freed;
    int64_t log_bytes_freed;
    bool complete;
    struct cleanup_row of[RETAINED_COUNT]; /* not shown as such */
};

extern const struct shape cleanup_in_shape;
extern const struct shape cleanup_shape;
extern const struct shape security_stats_shape;
extern const struct shape limits_in_shape;
extern const struct shape limits_out_shape;

#endif
