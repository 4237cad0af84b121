/* SPDX-License-Identifier: Apache-2.0 */
/* A person's own Home Assistants (docs/HOME-ASSISTANT.md). */
#include "api/handlers_homeassistant.h"
#include "api/routes_parts.h"
#include "api/shapes_homeassistant.h"
#include "api/shapes_identity.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_POST,   "/config/homeassistant",      ha_rows_create, .auth = AUTH_ACTOR, .tx = TX_WRITE,
      .both = true, .idem = true, .no_store = true, .prepare = ha_rows_prepare,
      .in = &ha_in_shape, .out = &ha_out_shape, .audit = "homeassistant.created",
      .doc = "Name a Home Assistant of one's own: an MCP server for oneself alone." },
    { HTTP_GET,    "/config/homeassistant",      ha_rows_list,   .auth = AUTH_ACTOR, .tx = TX_READ,
      .both = true, .no_store = true, .query = &page_query_shape, .out = &ha_out_shape, .out_list = true,
      .doc = "One's own Home Assistants, without their tokens." },
    { HTTP_POST,   "/config/homeassistant/test", ha_rows_try,    .auth = AUTH_ACTOR, .tx = TX_WRITE,
      .both = true, .no_store = true, .secret = true, .prepare = ha_rows_try_prepare,
      .in = &ha_try_shape, .out = &ha_test_shape, .audit = "homeassistant.tested",
      .doc = "Try an address and a token, and save neither." },
    { HTTP_GET,    "/config/homeassistant/{id}", ha_rows_get,    .auth = AUTH_ACTOR, .tx = TX_READ,
      .both = true, .no_store = true, .out = &ha_out_shape,
      .doc = "One of one's own." },
    { HTTP_PUT,    "/config/homeassistant/{id}", ha_rows_change, .auth = AUTH_ACTOR, .tx = TX_WRITE,
      .both = true, .no_store = true, .secret = true, .hides = true, .prepare = ha_rows_prepare,
      .in = &ha_put_shape, .out = &ha_out_shape, .audit = "homeassistant.changed",
      .doc = "The whole of it; without a token the one that is there stays, if the address does." },
    { HTTP_DELETE, "/config/homeassistant/{id}", ha_rows_delete, .auth = AUTH_ACTOR, .tx = TX_WRITE,
      .both = true, .hides = true, .audit = "homeassistant.deleted",
      .doc = "Forget it with its token." },
    { HTTP_POST,   "/config/homeassistant/{id}/test", ha_rows_test, .auth = AUTH_ACTOR, .tx = TX_WRITE,
      .both = true, .no_store = true, .secret = true, .hides = true, .prepare = ha_rows_test_prepare,
      .out = &ha_test_shape, .audit = "homeassistant.tested",
      .doc = "Is it there, does it take the token, does it speak MCP? The first step that fails says why." },
};
/* clang-format on */

const struct route_table routes_homeassistant = { rows, ARRAY_LEN(rows) };
