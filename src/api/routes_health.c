/* SPDX-License-Identifier: Apache-2.0 */
/* Health and operation. */
#include "api/health.h"
#include "api/routes_parts.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET, "/health",       .hot = health_hot, .auth = AUTH_OPEN, .limit = LIMIT_NONE,
      .both = true, .out = &health_shape,
      .doc = "Whether the server can serve, and since when." },
    { HTTP_GET, "/livez",        .hot = livez_hot,  .auth = AUTH_OPEN, .limit = LIMIT_NONE, .root = true,
      .doc = "200 while the process runs." },
    { HTTP_GET, "/readyz",       .hot = readyz_hot, .auth = AUTH_OPEN, .limit = LIMIT_NONE, .root = true,
      .doc = "200 while requests are taken; 503 while starting, sealed or draining." },
    { HTTP_GET, "/metrics",      metrics_get,       .hot = metrics_hot, .auth = AUTH_OPEN,
      .limit = LIMIT_PRINCIPAL, .root = true, .tx = TX_READ, .load = LOAD_ADMIN,
      .doc = "Prometheus text; needs metrics:read unless metrics.open is set." },
    { HTTP_GET, "/openapi.json", openapi_get,       .auth = AUTH_OPEN, .limit = LIMIT_OPEN,
      .root = true, .tx = TX_NONE,
      .doc = "This contract as OpenAPI 3.1." },
};
/* clang-format on */

const struct route_table routes_health = { rows, ARRAY_LEN(rows) };
