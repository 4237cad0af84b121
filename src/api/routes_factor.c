/* SPDX-License-Identifier: Apache-2.0 */
/* Second factors: what a person has, and the step at signing in. */
#include "api/handlers_factor.h"
#include "api/routes_parts.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET,    "/auth/factors", factors_list, .auth = AUTH_ACTOR, .tx = TX_READ, .both = true,
      .no_store = true, .out = &factors_out_shape,
      .doc = "Your second factors." },
    { HTTP_POST,   "/auth/factors/totp", totp_create, .auth = AUTH_ACTOR, .tx = TX_WRITE, .both = true,
      .no_store = true, .secret = true, .in = &totp_in_shape, .in_optional = true, .out = &totp_out_shape,
      .audit = "factor.added",
      .doc = "A new key for an authenticator app, shown once; it counts when a code of it was seen." },
    { HTTP_POST,   "/auth/factors/totp/{id}/confirm", totp_confirm_post, .auth = AUTH_ACTOR, .tx = TX_WRITE,
      .both = true, .in = &code_in_shape, .audit = "factor.confirmed",
      .doc = "The app works: this is its code. From now on it is asked for." },
    { HTTP_DELETE, "/auth/factors/totp/{id}", totp_remove, .auth = AUTH_ACTOR, .tx = TX_WRITE, .both = true,
      .audit = "factor.removed",
      .doc = "The app counts no more." },
    { HTTP_POST,   "/auth/factors/recovery-codes", recovery_codes_create, .auth = AUTH_ACTOR, .tx = TX_WRITE,
      .both = true, .no_store = true, .secret = true, .out = &recovery_codes_out_shape,
      .audit = "factor.added",
      .doc = "New recovery codes, shown once; the older ones are over." },
    { HTTP_GET,    "/auth/factors/passkeys/options", passkey_make_options, .auth = AUTH_ACTOR, .tx = TX_READ,
      .both = true, .no_store = true, .out = &passkey_make_out_shape,
      .doc = "What navigator.credentials.create wants, in JSON (WebAuthn level 3)." },
    { HTTP_POST,   "/auth/factors/passkeys", passkey_create, .auth = AUTH_ACTOR, .tx = TX_WRITE, .both = true,
      .no_store = true, .in = &passkey_in_shape, .out = &factor_out_shape, .audit = "factor.added",
      .doc = "What it gave: a new passkey." },
    { HTTP_DELETE, "/auth/factors/passkeys/{id}", passkey_remove, .auth = AUTH_ACTOR, .tx = TX_WRITE,
      .both = true, .audit = "factor.removed",
      .doc = "The passkey counts no more." },

    { HTTP_GET,    "/auth/passkey/options", passkey_ask_options, .auth = AUTH_OPEN, .tx = TX_READ,
      .both = true,
      .limit = LIMIT_OPEN, .load = LOAD_TOKEN, .cookie = true, .half = true, .no_store = true,
      .out = &passkey_ask_out_shape,
      .doc = "What navigator.credentials.get wants, in JSON." },
    { HTTP_POST,   "/auth/passkey", passkey_sign_in, .auth = AUTH_OPEN, .tx = TX_WRITE, .both = true,
      .limit = LIMIT_OPEN, .load = LOAD_TOKEN, .cookie = true, .half = true, .no_store = true,
      .in = &passkey_credential_shape, .out = &passkey_signed_in_shape, .audit = "session.passkey",
      .doc = "What it gave: a browser's session begins, or the one that it has is stepped up." },

    { HTTP_DELETE, "/users/{id}/factors", factors_reset_user, .auth = AUTH_ACTOR, MAY(USER_WRITE),
      .tx = TX_WRITE, .audit = "factor.reset",
      .doc = "A person who lost everything begins anew: all factors go, and all sessions end." },

    { HTTP_GET,    "/login/factor", factor_page, .auth = AUTH_SESSION, .tx = TX_READ, .root = true,
      .page = true,
      .half = true, .no_store = true, .query = &factor_query_shape,
      .doc = "The second step of signing in, or once more where an application wants it." },
    { HTTP_POST,   "/login/factor", factor_page_post, .auth = AUTH_SESSION, .tx = TX_WRITE, .root = true,
      .page = true, .half = true, .no_store = true, .form = &factor_form_shape, .audit = "session.factor",
      .doc = "A code of an app, or a recovery code." },
    { HTTP_GET,    "/account/factors", factors_page, .auth = AUTH_SESSION, .tx = TX_READ, .root = true,
      .page = true, .no_store = true,
      .doc = "Your second factors." },
    { HTTP_POST,   "/account/factors/totp", factors_page_totp, .auth = AUTH_SESSION, .tx = TX_WRITE,
      .root = true,
      .page = true, .no_store = true, .secret = true, .form = &totp_in_shape, .audit = "factor.added",
      .doc = "A new key for an authenticator app, with its QR code." },
    { HTTP_POST,   "/account/factors/confirm", factors_page_confirm, .auth = AUTH_SESSION, .tx = TX_WRITE,
      .root = true, .page = true, .no_store = true, .secret = true, .form = &factor_confirm_form_shape,
      .audit = "factor.confirmed",
      .doc = "The app works: this is its code." },
    { HTTP_POST,   "/account/factors/codes", factors_page_codes, .auth = AUTH_SESSION, .tx = TX_WRITE,
      .root = true, .page = true, .no_store = true, .secret = true, .form = &factor_none_form_shape,
      .audit = "factor.added",
      .doc = "New recovery codes, shown once." },
};
/* clang-format on */

const struct route_table routes_factor = { rows, ARRAY_LEN(rows) };
