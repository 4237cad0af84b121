/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_config.h"

enum { WAIT_MAX_S = 55 };

/* clang-format off */
static const struct field config_query_fields[] = {
    FIELD(struct config_query, device_id, OPT, .doc = "whose; a device's own when left out"),
    FIELD(struct config_query, wait,      OPT, .min = 0, .max = WAIT_MAX_S,
          .doc = "seconds to wait for a change, with If-None-Match"),
    FIELD(struct config_query, seq,       OPT, .min = 0,
          .doc = "the number that is known: a wait ends also when it has moved, and Seneschal-Seq tells it"),
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
static const struct field config_nudge_fields[] = {
    FIELD(struct config_nudge, etag, REQ),
    FIELD(struct config_nudge, seq,  REQ, .doc = "also the event's id; never falls on one stream"),
};
static const struct field config_status_fields[] = {
    FIELD(struct config_status, status, OPT, .doc = "of the device"),
    FIELD(struct config_status, code,   REQ, .doc = "what the next request with this token is answered"),
};
/* clang-format on */

const struct shape config_nudge_shape =
    SHAPE(struct config_nudge, "ConfigNudge", config_nudge_fields);
const struct shape config_status_shape =
    SHAPE(struct config_status, "ConfigStatus", config_status_fields);

const struct shape config_query_shape =
    SHAPE(struct config_query, "ConfigQuery", config_query_fields);
const struct shape config_out_shape = SHAPE(struct config_out, "Config", config_out_fields);
const struct shape config_version_out_shape =
    SHAPE(struct config_version_out, "ConfigVersion", config_version_out_fields);
