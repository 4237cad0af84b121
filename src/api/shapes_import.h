/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of POST /agents/import. */
#ifndef API_SHAPES_IMPORT_H
#define API_SHAPES_IMPORT_H

#include "api/request.h"

enum { IMPORT_ROWS_MAX = 250, IMPORT_BODY_MAX = 1024 * 1024 };

struct import_row_in {
    opt_i64_t row; /* whatever the caller counts by: it comes again in the answer */
    str_t machine_id;
    str_t status;
    str_t token_hash;
    str_t user_name;
    str_t user_email;
    str_t user_id;
    str_t hostname;
    str_t os_info;
    str_t version;
    str_t reason;
    ts_t token_issued_at;
    ts_t enrolled_at;
    ts_t last_seen_at;
    ts_t uninstalled_at;
};

struct import_in {
    struct rows rows;
    bool dry_run;
    const struct agent_import_in *machines; /* not in the body: made of the rows beforehand */
};

struct import_result_out {
    int64_t row;
    str_t outcome;
    str_t status;
    str_t note;
};

struct import_out {
    bool dry_run;
    int64_t created;
    int64_t unchanged;
    int64_t kept;
    struct rows results;
};

extern const struct shape import_in_shape;
extern const struct shape import_row_in_shape;
extern const struct shape import_result_out_shape;
extern const struct shape import_out_shape;

#endif
