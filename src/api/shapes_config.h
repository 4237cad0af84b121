/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of the configuration that devices fetch. */
#ifndef API_SHAPES_CONFIG_H
#define API_SHAPES_CONFIG_H

#include "api/shape.h"

struct config_query {
    oid_t device_id;
    int64_t wait; /* seconds */
    opt_i64_t seq;
};

struct config_out { /* for those who read another's configuration; devices get the canonical bytes
                     */
    bool enabled;
    str_t version;
    json_text_t config;
};

struct config_version_out {
    str_t version;
    str_t etag;
    int64_t seq;
};

struct config_nudge { /* of event `config` */
    str_t etag;
    int64_t seq;
};

struct config_status { /* of event `status` */
    str_t status;
    str_t code;
};

extern const struct shape config_nudge_shape;
extern const struct shape config_status_shape;
extern const struct shape config_query_shape;
extern const struct shape config_out_shape;
extern const struct shape config_version_out_shape;

#endif
