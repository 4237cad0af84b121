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

    { HTTP_POST,   "/oauth2/device_authorization", device_authorization, .auth = AUTH_OPEN, .tx = TX_WRITE,
      .root = true, .oauth = true, .secret = true, .no_store = true, .limit = LIMIT_OPEN,
      .form = &device_authorization_in_shape,
      .form_open = true, .body_max = KIB(32), .out = &device_authorization_out_shape,
      .prepare = device_authorization_prepare, .audit = "device-code.asked",
      .doc = "A client without a browser asks to sign a person in (RFC 8628)." },
    { HTTP_GET,    "/device", device_page_get,  .auth = AUTH_SESSION, .tx = TX_NONE, .root = true,
      .page = true, .query = &device_page_query_shape,
      .doc = "Where a person types the code that another machine shows." },
    { HTTP_POST,   "/device", device_page_post, .auth = AUTH_SESSION, .tx = TX_WRITE, .root = true,
      .page = true, .form = &device_page_in_shape, .audit = "device-code.approved",
      .doc = "Who asks for what, and what the person says to it." },

    { HTTP_POST,   "/oauth2/introspect", introspect, .auth = AUTH_OPEN, .tx = TX_WRITE, .root = true,
      .oauth = true, .secret = true, .no_store = true, .limit = LIMIT_OPEN,
      .form = &token_ask_in_shape, .form_open = true, .body_max = KIB(64),
      .out = &introspection_out_shape, .prepare = introspect_prepare, .audit = "token.introspected",
      .doc = "What a token is worth now (RFC 7662), to a client that it was given to or for." },
    { HTTP_POST,   "/oauth2/revoke", revoke, .auth = AUTH_OPEN, .tx = TX_WRITE, .root = true, .oauth = true,
      .cors_any = true, .secret = true, .no_store = true, .limit = LIMIT_OPEN,
      .form = &token_ask_in_shape, .form_open = true,
      .body_max = KIB(64), .prepare = revoke_prepare, .audit = "token.revoked",
      .doc = "A client ends a token of its own (RFC 7009), with all that was granted with it." },

    { HTTP_POST,   "/oauth2/register", client_register_new, .auth = AUTH_OPEN, .tx = TX_WRITE, .root = true,
      .oauth = true, .cors_any = true, .no_store = true, .limit = LIMIT_OPEN, .in = &client_in_shape,
      .out = &client_out_shape, .audit = "client.registered",
      .doc = "A client registers itself (RFC 7591): with an administrator's token, or where the settings "
             "say so." },
    { HTTP_GET,    "/oauth2/register/{client_id}", client_register_get, .auth = AUTH_OPEN, .tx = TX_READ,
      .root = true, .oauth = true, .own_token = true, .limit = LIMIT_OPEN, .out = &client_out_shape,
      .doc = "What a client has registered (RFC 7592), by its registration_access_token." },
    { HTTP_PUT,    "/oauth2/register/{client_id}", client_register_put, .auth = AUTH_OPEN, .tx = TX_WRITE,
      .root = true, .oauth = true, .own_token = true, .no_store = true, .limit = LIMIT_OPEN,
      .in = &client_in_shape, .out = &client_out_shape, .audit = "client.changed",
      .doc = "It says something else of itself; what it leaves out is as if it had never been said." },
    { HTTP_DELETE, "/oauth2/register/{client_id}", client_register_delete, .auth = AUTH_OPEN, .tx = TX_WRITE,
      .root = true, .oauth = true, .own_token = true, .limit = LIMIT_OPEN, .audit = "client.deleted",
      .doc = "It goes, with all that was granted at it." },
};
/* clang-format on */

const struct route_table routes_machine = { rows, ARRAY_LEN(rows) };
