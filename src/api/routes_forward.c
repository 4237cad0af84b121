/* SPDX-License-Identifier: Apache-2.0 */
/* Forward-auth (docs/FORWARD-AUTH.md), and the personal tokens of those who come by HTTP Basic. */
#include "api/handlers_access.h"
#include "api/routes_parts.h"
#include "api/shapes_access.h"
#include "api/shapes_identity.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET, "/forward-auth",          forward_check,     .auth = AUTH_OPEN, .tx = TX_READ, .root = true,
      .forward = true, .cookie = true, .no_store = true, .load = LOAD_TOKEN, .query_any = true,
      .doc = "A proxy asks who that is and whether he may: 200 with Remote-User and its like, 302 or "
             "401, or 403." },
    { HTTP_GET, "/forward-auth/nginx",    forward_check_nginx, .auth = AUTH_OPEN, .tx = TX_READ, .root = true,
      .forward = true, .cookie = true, .no_store = true, .load = LOAD_TOKEN, .query_any = true,
      .doc = "The same for nginx, which knows no 302 here: the way to the sign-in stands in the "
             "Location of a 401." },
    { HTTP_GET, "/.seneschal/start",      forward_start,     .auth = AUTH_OPEN, .tx = TX_READ, .root = true,
      .page = true, .forward = true, .no_store = true, .limit = LIMIT_OPEN, .query = &forward_query_shape,
      .doc = "On an application's host: the way to the sign-in." },
    { HTTP_GET, "/forward-auth/continue", forward_continue,  .auth = AUTH_SESSION, .tx = TX_WRITE,
      .root = true,
      .page = true, .no_store = true, .query = &forward_query_shape, .audit = "forward-auth.signed-in",
      .doc = "On this server's host: who is signed in and may goes on with a code of one use." },
    { HTTP_GET, "/.seneschal/finish",     forward_finish_go, .auth = AUTH_OPEN, .tx = TX_WRITE, .root = true,
      .page = true, .forward = true, .no_store = true, .limit = LIMIT_OPEN, .query = &forward_query_shape,
      .audit = "forward-auth.signed-in",
      .doc = "On the application's host again: the code becomes a cookie of that host." },

    { HTTP_GET,    "/auth/tokens",      personal_tokens_list,   .auth = AUTH_ACTOR, .tx = TX_READ,
      .both = true,
      .no_store = true, .query = &page_query_shape, .out = &service_token_line_shape, .out_list = true,
      .doc = "One's own personal tokens, without their text." },
    { HTTP_POST,   "/auth/tokens",      personal_tokens_create, .auth = AUTH_ACTOR, .tx = TX_WRITE,
      .both = true,
      .idem = true, .no_store = true, .in = &service_token_in_shape, .out = &service_token_out_shape,
      .audit = "user.token-created",
      .doc = "A new one, shown once; it acts with all rights of its person, and ends after a year "
             "where no time is said." },
    { HTTP_DELETE, "/auth/tokens/{id}", personal_tokens_delete, .auth = AUTH_ACTOR, .tx = TX_WRITE,
      .both = true, .audit = "user.token-revoked",
      .doc = "End one at once." },
};
/* clang-format on */

const struct route_table routes_forward = { rows, ARRAY_LEN(rows) };
