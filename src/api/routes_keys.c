/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that sign: what devices get, and tokens. */
#include "api/handlers_issuer.h"
#include "api/handlers_keys.h"
#include "api/routes_parts.h"
#include "api/shapes_identity.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET,  "/keys",              keys_list,   .auth = AUTH_ACTOR, MAY(KEYS_READ),  .tx = TX_READ,
      .query = &page_query_shape, .out = &key_out_shape, .out_list = true,
      .doc = "The keys of the organisation, without their private halves, and the root key of the server." },
    { HTTP_POST, "/keys/{use}/rotate", keys_rotate, .auth = AUTH_ACTOR, MAY(KEYS_WRITE), .tx = TX_WRITE,
      .in = &key_rotate_in_shape, .in_optional = true, .out = &key_out_shape, .audit = "key.rotated",
      .prepare = keys_rotate_prepare, .finish = issuer_rotate_finish, .secret = true, .no_store = true,
      .doc = "Make a new key of this use; older ones are accepted until what they signed has run out." },

    { HTTP_GET,  "/oauth2/jwks", jwks_get, .auth = AUTH_OPEN, .tx = TX_READ, .root = true, .cors_any = true,
      .load = LOAD_TOKEN, .limit = LIMIT_OPEN, .prepare = jwks_prepare, .out = &jwks_out_shape,
      .doc = "The keys that verify tokens of this server (RFC 7517)." },

    { HTTP_POST, "/admin/clock/confirm", clock_confirm, .auth = AUTH_ACTOR, MAY(SYSTEM_ADMIN), .tx = TX_WRITE,
      .both = true, .audit = "clock.confirmed",
      .doc = "The clock of the server was set back and is right as it stands: leases are given again." },

    { HTTP_GET,  "/iassistants/config/keys/{organisation}", key_set_get, .auth = AUTH_OPEN,
      .tx = TX_READ, .both = true, .cors = true, .load = LOAD_CHECK_IN, .limit = LIMIT_OPEN,
      .out = &key_set_out_shape,
      .doc = "The keys that sign configurations and leases of an organisation, by its id; signed by the root "
             "key." },
};
/* clang-format on */

const struct route_table routes_keys = { rows, ARRAY_LEN(rows) };
