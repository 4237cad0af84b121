/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of secrets: a value goes in by one and out by another, and nowhere else. */
#ifndef API_SHAPES_SECRET_H
#define API_SHAPES_SECRET_H

#include "api/request.h"

struct secret_body { /* of PUT */
    str_t value;
    str_t scope;
    oid_t target_id;
    str_t description;
};

struct secret_which { /* the query of one secret */
    str_t scope;
    oid_t target_id;
};

struct secret_query { /* the query of the list */
    struct page_in page;
    str_t name;
    str_t scope;
    oid_t target_id;
};

struct secret_out {
    oid_t id;
    str_t name;
    str_t scope;
    oid_t target_id; /* null for global and org */
    str_t target_name;
    str_t description;
    int64_t revision;
    int64_t epoch;
    ts_t created_at;
    ts_t updated_at;
    str_t etag;
};

struct secret_value_out { /* for a device */
    str_t name;
    str_t value;
    int64_t revision;
};

extern const struct shape secret_body_shape;
extern const struct shape secret_which_shape;
extern const struct shape secret_query_shape;
extern const struct shape secret_out_shape;
extern const struct shape secret_value_out_shape;

#endif
