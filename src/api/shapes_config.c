/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_config.h"

enum { WAIT_MAX_S = 55 };

/* clang-format off */
static const struct field config_query_fields[] = {
    FIELD(struct config_query, device_id, OPT, .doc = "whose; a device's own when left out"),
    FIELD(struct config_query, wait,      OPT, .min = 0, .max = WAIT_MAX_S, .doc = "seconds to wait for a change, with If-None-Match"),
};
static const struct field config_out_fields[] = {
    FIELD(struct config_out, config),
    FIELD(struct config_out, enabled),
    FIELD(struct config_out, version),
};
static const struct field config_version_out_fields[] = {
    FIELD(struct config_version_out, etag),
    FIELD(struct config_version_out, seq),
    FIELD(struct config_version_out, version),
};
/* clang-format on */

const struct shape config_query_shape =
    SHAPE(struct config_query, "ConfigQuery", config_query_fields);
const struct shape config_out_shape = SHAPE(struct config_out, "Config", config_out_fields);
const struct shape config_version_out_shape =
    SHAPE(struct config_version_out, "ConfigVersion", config_version_out_fields);
