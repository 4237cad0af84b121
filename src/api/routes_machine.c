/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that prove who they are. */
#include "api/handlers_machine.h"
#include "api/routes_parts.h"
#include "api/shapes_identity.h"
#include "api/shapes_machine.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET,    "/service-accounts/{id}/keys",          service_keys_list,   .auth = AUTH_ACTOR,
      MAY(SERVICE_READ), .tx = TX_READ,
      .query = &page_query_shape, .out = &service_key_out_shape, .out_list = true,
      .doc = "The keys of a service account: their public halves." },
    { HTTP_POST,   "/service-accounts/{id}/keys",          service_keys_create, .auth = AUTH_ACTOR,
      MAY(SERVICE_WRITE), .tx = TX_WRITE, .idem = true, .no_store = true,
      .in = &service_key_in_shape, .out = &service_key_made_shape,
      .prepare = service_keys_create_prepare, .audit = "service-account.key-created",
      .doc = "A key of a service account: its public half, or a pair made here whose key file is answered "
             "once; the actor must have every right that it gives." },
    { HTTP_GET,    "/service-accounts/{id}/keys/{key_id}", service_keys_get,    .auth = AUTH_ACTOR,
      MAY(SERVICE_READ), .tx = TX_READ,
      .out = &service_key_out_shape,
      .doc = "One key of a service account." },
    { HTTP_PATCH,  "/service-accounts/{id}/keys/{key_id}", service_keys_change, .auth = AUTH_ACTOR,
      MAY(SERVICE_WRITE), .tx = TX_WRITE,
      .in = &service_key_patch_shape, .out = &service_key_out_shape,
      .audit = "service-account.key-changed",
      .doc = "Rename a key, switch it off or on." },
    { HTTP_DELETE, "/service-accounts/{id}/keys/{key_id}", service_keys_delete, .auth = AUTH_ACTOR,
      MAY(SERVICE_WRITE), .tx = TX_WRITE,
      .audit = "service-account.key-deleted",
      .doc = "End a key: what it signs is refused at once." },
};
/* clang-format on */

const struct route_table routes_machine = { rows, ARRAY_LEN(rows) };
