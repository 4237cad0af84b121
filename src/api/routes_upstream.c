/* SPDX-License-Identifier: Apache-2.0 */
/* Other issuers of identity. */
#include "api/handlers_upstream.h"
#include "api/routes_parts.h"
#include "api/shapes_upstream.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET,    "/identity-providers",      providers_list,   .auth = AUTH_ACTOR,
      MAY(PROVIDER_READ),  .tx = TX_READ,
      .query = &provider_query_shape, .out = &provider_out_shape, .out_list = true,
      .doc = "The other issuers by which people of the organisation sign in." },
    { HTTP_POST,   "/identity-providers",      providers_create, .auth = AUTH_ACTOR, MAY(PROVIDER_WRITE),
      .tx = TX_WRITE, .idem = true, .prepare = providers_create_prepare,
      .in = &provider_in_shape, .out = &provider_out_shape, .audit = "identity-provider.created",
      .doc = "Let people sign in by an OpenID provider: Keycloak, authentik, Zitadel, Entra …" },
    { HTTP_GET,    "/identity-providers/{id}", providers_get,    .auth = AUTH_ACTOR,
      MAY(PROVIDER_READ),  .tx = TX_READ,
      .out = &provider_out_shape,
      .doc = "One issuer, with what is to be registered there." },
    { HTTP_PATCH,  "/identity-providers/{id}", providers_change, .auth = AUTH_ACTOR, MAY(PROVIDER_WRITE),
      .tx = TX_WRITE,
      .in = &provider_patch_shape, .out = &provider_out_shape, .audit = "identity-provider.changed",
      .doc = "Change it; name and issuer stay what they are." },
    { HTTP_DELETE, "/identity-providers/{id}", providers_delete, .auth = AUTH_ACTOR, MAY(PROVIDER_WRITE),
      .tx = TX_WRITE, .audit = "identity-provider.deleted",
      .doc = "Delete it with its links; the accounts stay." },

    { HTTP_POST,   "/identity-providers/{id}/links", providers_link,
      .auth = AUTH_ACTOR, MAY(PROVIDER_WRITE), .tx = TX_WRITE,
      .in = &link_in_shape, .audit = "identity-provider.linked",
      .doc = "Who has this sub there is this person here; wants every right that he has." },

    { HTTP_GET,    "/login/upstream/{name}",   upstream_go,      .auth = AUTH_OPEN, .tx = TX_WRITE,
      .root = true, .page = true, .half = true, .load = LOAD_TOKEN, .limit = LIMIT_OPEN,
      .query = &upstream_start_shape, .prepare = upstream_go_prepare, .audit = "session.upstream-asked",
      .doc = "On to another issuer, to sign in there (code with PKCE, state and nonce)." },
    { HTTP_GET,    "/login/callback",          upstream_back,    .auth = AUTH_OPEN, .tx = TX_WRITE,
      .root = true,
      .page = true, .half = true, .secret = true, .no_store = true, .load = LOAD_TOKEN, .limit = LIMIT_OPEN,
      .query = &upstream_back_shape, .prepare = upstream_back_prepare, .audit = "session.opened",
      .doc = "Back from another issuer: who is linked to whom it names is signed in." },
    { HTTP_POST,   "/login/backchannel/{id}",  upstream_logout_take, .auth = AUTH_OPEN, .tx = TX_URGENT,
      .root = true, .oauth = true, .secret = true, .no_store = true, .limit = LIMIT_OPEN,
      .form = &upstream_logout_shape, .form_open = true, .body_max = KIB(32),
      .prepare = upstream_logout_prepare,
      .audit = "session.upstream-ended",
      .doc = "Another issuer says who has signed out there (OpenID Connect Back-Channel Logout 1.0)." },
};
/* clang-format on */

const struct route_table routes_upstream = { rows, ARRAY_LEN(rows) };
