/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of a person's own Home Assistants. */
#ifndef API_SHAPES_HOMEASSISTANT_H
#define API_SHAPES_HOMEASSISTANT_H

#include "api/request.h"

struct ha_body { /* of POST and PUT */
    str_t name;
    str_t url;
    str_t token;
    struct strs domains_allowed;
};

struct ha_try_body { /* a test without saving */
    str_t url;
    str_t token;
};

struct ha_out {
    oid_t id;
    str_t name;
    str_t url;
    struct strs domains_allowed;
    ts_t last_test;
    str_t last_status;
    str_t last_message;
    struct strs warnings;
    ts_t created_at;
    ts_t updated_at;
    str_t etag;
};

struct ha_test_out {
    bool ok;
    opt_i64_t latency_ms;
    str_t version;
    str_t location;
    opt_i64_t entities;
    opt_i64_t tools;
    str_t step;
    str_t message;
    struct strs warnings;
};

extern const struct shape ha_in_shape;
extern const struct shape ha_put_shape;
extern const struct shape ha_try_shape;
extern const struct shape ha_out_shape;
extern const struct shape ha_test_shape;

#endif
