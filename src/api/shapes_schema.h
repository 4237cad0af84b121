/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of JSON Schemas of configurations. */
#ifndef API_SHAPES_SCHEMA_H
#define API_SHAPES_SCHEMA_H

#include "api/request.h"

struct config_schema_body { /* of POST and PUT */
    str_t namespace;
    json_text_t schema;
    str_t description;
    opt_bool_t force;
};

struct config_schema_out {
    oid_t id;
    str_t namespace;
    str_t description;
    int64_t revision;
    json_text_t schema;
    ts_t created_at;
    ts_t updated_at;
    str_t etag;
};

struct config_schema_query {
    struct page_in page;
};

struct config_schema_which {
    opt_i64_t revision;
};

extern const struct shape config_schema_in_shape;
extern const struct shape config_schema_put_shape;
extern const struct shape config_schema_out_shape;
extern const struct shape config_schema_line_shape; /* without the schema */
extern const struct shape config_schema_query_shape;
extern const struct shape config_schema_which_shape;

#endif
