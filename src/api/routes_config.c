/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration that devices fetch: the hot rows of the house. */
#include "api/handlers_config.h"
#include "api/passage.h"
#include "api/routes_parts.h"
#include "api/shapes_config.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET, "/iassistants/config",         config_get,         .hot = config_hot,
      .config = true, .auth = AUTH_ACTOR, .both = true, .cors = true,
      .tx = TX_READ, .load = LOAD_CHECK_IN, .query = &config_query_shape, .out = &config_out_shape,
      .doc = "The effective configuration of a device, with Seneschal-Signature and for the device itself "
             "Seneschal-Lease (a 304: with Prefer: lease); conditional by ETag, waits for a change "
             "with ?wait=." },
    { HTTP_GET, "/iassistants/config/version", config_version_get, .hot = config_version_hot,
      .config = true, .auth = AUTH_ACTOR, .both = true, .cors = true,
      .tx = TX_READ, .load = LOAD_CHECK_IN, .query = &config_query_shape, .out = &config_version_out_shape,
      .doc = "Version, ETag and sequence number of a device's configuration." },
    { HTTP_GET, "/iassistants/config/stream",  config_stream_get, .hot = config_stream_hot,
      .config = true, .auth = AUTH_DEVICE, .both = true, .cors = true,
      .tx = TX_READ, .load = LOAD_CHECK_IN, .out = &config_nudge_shape,
      .out_also = &config_status_shape, .events = true,
      .doc = "Events `config` (ConfigNudge) at each change of the device's configuration and "
             "`status` (ConfigStatus) before the end: ask again. Last-Event-ID is understood." },
};
/* clang-format on */

const struct route_table routes_config = { rows, ARRAY_LEN(rows) };
