/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets that configurations name: administrators write them, devices read them. */
#include "api/handlers_secret.h"
#include "api/routes_parts.h"
#include "api/shapes_secret.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_PUT,    "/secrets/{name}", secrets_put,    .auth = AUTH_ACTOR, MAY(SECRET_WRITE), .tx = TX_WRITE,
      .secret = true, .no_store = true,
      .in = &secret_body_shape, .out = &secret_out_shape, .audit = "secret.set",
      .doc = "Set a secret for a scope; its value is never answered." },
    { HTTP_GET,    "/secrets",        secrets_list,   .auth = AUTH_ACTOR, MAY(SECRET_READ),  .tx = TX_READ,
      .query = &secret_query_shape, .out = &secret_out_shape, .out_list = true,
      .doc = "The secrets of the organisation, without their values." },
    { HTTP_GET,    "/secrets/{name}", secrets_get,    .auth = AUTH_ACTOR, MAY(SECRET_READ),  .tx = TX_READ,
      .query = &secret_which_shape, .out = &secret_out_shape,
      .doc = "One secret of a scope, without its value." },
    { HTTP_DELETE, "/secrets/{name}", secrets_delete, .auth = AUTH_ACTOR, MAY(SECRET_WRITE), .tx = TX_WRITE,
      .query = &secret_which_shape, .audit = "secret.deleted",
      .doc = "Delete a secret of a scope." },

    { HTTP_GET,    "/devices/self/secrets/{name}", self_secret_give, .auth = AUTH_DEVICE, .tx = TX_WRITE,
      .load = LOAD_CHECK_IN, .both = true, .cors = true, .secret = true, .no_store = true, .hides = true,
      .out = &secret_value_out_shape, .prepare = self_secret_prepare, .audit = "secret.delivered",
      .doc = "A secret that the device's effective configuration names; 404 for any other." },
};
/* clang-format on */

const struct route_table routes_secret = { rows, ARRAY_LEN(rows) };
