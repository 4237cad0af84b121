/* SPDX-License-Identifier: Apache-2.0 */
/* OpenID Connect and OAuth 2.1: what clients and the browsers of people call (docs/OPENID.md). */
#include "api/handlers_oauth.h"
#include "api/routes_parts.h"
#include "api/shapes_oauth.h"
#include "api/token_grants.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET,  "/.well-known/openid-configuration", discovery_get, .auth = AUTH_OPEN, .tx = TX_NONE,
      .root = true, .cors_any = true, .limit = LIMIT_OPEN, .out = &discovery_out_shape,
      .doc = "What this issuer can do (OpenID Connect Discovery)." },
    { HTTP_GET,  "/.well-known/oauth-authorization-server", discovery_get, .auth = AUTH_OPEN, .tx = TX_NONE,
      .root = true, .cors_any = true, .limit = LIMIT_OPEN, .out = &discovery_out_shape,
      .doc = "The same as RFC 8414 asks for it." },

    { HTTP_GET,  "/oauth2/authorize", authorize_ask, .auth = AUTH_OPEN, .tx = TX_WRITE, .root = true,
      .page = true, .foreign = true, .limit = LIMIT_OPEN, .query = &authorize_query_shape,
      .prepare = authorize_prepare, .audit = "authorization.denied",
      .doc = "A client asks a person (RFC 6749 section 4.1.1; code with PKCE S256 only)." },
    { HTTP_POST, "/oauth2/authorize", authorize_ask, .auth = AUTH_OPEN, .tx = TX_WRITE, .root = true,
      .page = true, .foreign = true, .limit = LIMIT_OPEN, .form = &authorize_query_shape, .form_open = true,
      .body_max = KIB(32), .prepare = authorize_prepare, .audit = "authorization.denied",
      .doc = "The same as a form." },
    { HTTP_POST, "/oauth2/par", authorize_push, .auth = AUTH_OPEN, .tx = TX_WRITE, .root = true,
      .oauth = true, .cors_any = true, .secret = true, .no_store = true, .limit = LIMIT_OPEN,
      .form = &authorize_in_shape, .form_open = true, .body_max = KIB(32), .out = &par_out_shape,
      .prepare = authorize_prepare, .audit = "authorization.denied",
      .doc = "The same pushed beforehand (RFC 9126): the answer's request_uri is good once, for a minute." },
    { HTTP_GET,  "/oauth2/continue", continue_get, .auth = AUTH_OPEN, .tx = TX_WRITE, .root = true,
      .page = true, .half = true, .secret = true, .no_store = true, .limit = LIMIT_OPEN,
      .query = &continue_in_shape, .audit = "authorization.granted",
      .doc = "What a request still wants of the person: sign-in, consent; then back to the client." },
    { HTTP_POST, "/oauth2/continue", continue_decide, .auth = AUTH_SESSION, .tx = TX_WRITE, .root = true,
      .page = true, .secret = true, .no_store = true, .form = &continue_in_shape,
      .audit = "authorization.granted",
      .doc = "What the person has said on the consent page." },

    { HTTP_POST, "/oauth2/token", token_handle, .auth = AUTH_OPEN, .tx = TX_WRITE, .root = true,
      .oauth = true, .cors_any = true, .secret = true, .no_store = true, .limit = LIMIT_OPEN,
      .form = &token_in_shape, .form_open = true, .body_max = KIB(64), .out = &oauth_token_out_shape,
      .prepare = token_prepare, .finish = token_finish, .audit = "token.issued",
      .doc = "Tokens for what was granted (RFC 6749 section 3.2)." },
    { HTTP_GET,  "/oauth2/userinfo", userinfo_get, .auth = AUTH_ACTOR, .tx = TX_READ, .root = true,
      .audience = "/oauth2/userinfo", .cors_any = true, .no_store = true, .out = &userinfo_out_shape,
      .doc = "Claims of the person whose token this is." },
    { HTTP_POST, "/oauth2/userinfo", userinfo_get, .auth = AUTH_ACTOR, .tx = TX_READ, .root = true,
      .audience = "/oauth2/userinfo", .cors_any = true, .no_store = true, .out = &userinfo_out_shape,
      .doc = "The same." },

    { HTTP_GET,  "/oauth2/logout", end_session_ask, .auth = AUTH_OPEN, .tx = TX_WRITE, .root = true,
      .page = true, .half = true, .limit = LIMIT_OPEN, .query = &end_session_in_shape,
      .prepare = end_session_prepare, .audit = "session.ended",
      .doc = "An application signs its person out (OpenID Connect RP-Initiated Logout)." },
    { HTTP_POST, "/oauth2/logout", end_session_pass, .auth = AUTH_OPEN, .tx = TX_NONE, .root = true,
      .page = true, .foreign = true, .limit = LIMIT_OPEN, .form = &end_session_in_shape, .form_open = true,
      .body_max = KIB(32), .doc = "The same as a form." },
    { HTTP_POST, "/oauth2/logout/confirm", end_session_do, .auth = AUTH_SESSION, .tx = TX_WRITE, .root = true,
      .page = true, .half = true, .form = &end_session_in_shape, .body_max = KIB(32),
      .prepare = end_session_prepare, .audit = "session.ended",
      .doc = "The person wants to be signed out." },
};
/* clang-format on */

const struct route_table routes_oauth = { rows, ARRAY_LEN(rows) };
