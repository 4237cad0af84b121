/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_factor.h"

enum { CODE_MAX = 64, ANSWER_MAX = 8192, NEXT_MAX = 2048, NAME_MAX_BYTES = 64 };

/* clang-format off */
static const struct field factor_out_fields[] = {
    FIELD(struct factor_out, id),
    FIELD(struct factor_out, name),
    FIELD(struct factor_out, confirmed,  .doc = "false: an app of which no code was seen yet"),
    FIELD(struct factor_out, created_at),
    FIELD(struct factor_out, used_at),
};
static const struct field factors_out_fields[] = {
    FIELD(struct factors_out, totp,     .of = &factor_out_shape, .doc = "authenticator apps"),
    FIELD(struct factors_out, passkeys, .of = &factor_out_shape),
    FIELD(struct factors_out, recovery_codes_left),
};
static const struct field totp_body_fields[] = {
    FIELD(struct totp_body, name, OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE, .trim = true),
};
static const struct field totp_out_fields[] = {
    FIELD(struct totp_out, id),
    FIELD(struct totp_out, name),
    FIELD(struct totp_out, secret, .secret = true, .doc = "base32, shown once"),
    FIELD(struct totp_out, uri,    .secret = true, .doc = "otpauth URI with it"),
    FIELD(struct totp_out, qr,     .secret = true, .doc = "that URI as SVG"),
};
static const struct field code_body_fields[] = {
    FIELD(struct code_body, code, REQ, .min = 1, .max = CODE_MAX, .secret = true),
};
static const struct field recovery_codes_out_fields[] = {
    FIELD(struct recovery_codes_out, codes, .secret = true, .doc = "each good once; shown once"),
};
static const struct field webauthn_response_fields[] = {
    FIELD_AS(struct webauthn_response, client_data,        "clientDataJSON",    REQ, .max = ANSWER_MAX),
    FIELD_AS(struct webauthn_response, authenticator_data, "authenticatorData", REQ, .max = ANSWER_MAX),
    FIELD_AS(struct webauthn_response, signature,          "signature",         OPT, .max = ANSWER_MAX,
             .doc = "of a proof"),
};
static const struct shape webauthn_response_shape =
    SHAPE(struct webauthn_response, "WebauthnResponse", webauthn_response_fields, .open = true);
static const struct field webauthn_credential_fields[] = {
    FIELD(struct webauthn_credential, id,       REQ, .max = ANSWER_MAX),
    FIELD(struct webauthn_credential, response, REQ, .of = &webauthn_response_shape),
};
static const struct field passkey_body_fields[] = {
    FIELD(struct passkey_body, name, REQ, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE, .trim = true),
    FIELD(struct passkey_body, credential, REQ, .of = &passkey_credential_shape,
          .doc = "PublicKeyCredential.toJSON()"),
};
static const struct field webauthn_rp_fields[] = {
    FIELD(struct webauthn_rp, id),
    FIELD(struct webauthn_rp, name),
};
static const struct shape webauthn_rp_shape = SHAPE(struct webauthn_rp, "WebauthnRp", webauthn_rp_fields);
static const struct field webauthn_user_fields[] = {
    FIELD(struct webauthn_user, id),
    FIELD(struct webauthn_user, name),
    FIELD_AS(struct webauthn_user, display_name, "displayName"),
};
static const struct shape webauthn_user_shape = SHAPE(struct webauthn_user, "WebauthnUser", webauthn_user_fields);
static const struct field webauthn_param_fields[] = {
    FIELD(struct webauthn_param, type),
    FIELD(struct webauthn_param, alg),
};
static const struct shape webauthn_param_shape =
    SHAPE(struct webauthn_param, "WebauthnParam", webauthn_param_fields);
static const struct field webauthn_known_fields[] = {
    FIELD(struct webauthn_known, type),
    FIELD(struct webauthn_known, id),
};
static const struct shape webauthn_known_shape =
    SHAPE(struct webauthn_known, "WebauthnKnown", webauthn_known_fields);
static const struct field webauthn_selection_fields[] = {
    FIELD_AS(struct webauthn_selection, resident_key,      "residentKey"),
    FIELD_AS(struct webauthn_selection, user_verification, "userVerification"),
};
static const struct shape webauthn_selection_shape =
    SHAPE(struct webauthn_selection, "WebauthnSelection", webauthn_selection_fields);
static const struct field passkey_make_out_fields[] = {
    FIELD(struct passkey_make_out, challenge),
    FIELD(struct passkey_make_out, rp,   .of = &webauthn_rp_shape),
    FIELD(struct passkey_make_out, user, .of = &webauthn_user_shape),
    FIELD_AS(struct passkey_make_out, params,    "pubKeyCredParams",       .of = &webauthn_param_shape),
    FIELD_AS(struct passkey_make_out, exclude,   "excludeCredentials",     .of = &webauthn_known_shape),
    FIELD_AS(struct passkey_make_out, selection, "authenticatorSelection", .of = &webauthn_selection_shape),
    FIELD(struct passkey_make_out, attestation),
    FIELD(struct passkey_make_out, timeout, .doc = "milliseconds"),
};
static const struct field passkey_ask_out_fields[] = {
    FIELD(struct passkey_ask_out, challenge),
    FIELD_AS(struct passkey_ask_out, rp_id, "rpId"),
    FIELD_AS(struct passkey_ask_out, allow, "allowCredentials", .of = &webauthn_known_shape,
             .doc = "of a session that lacks a factor; else whatever the browser has"),
    FIELD_AS(struct passkey_ask_out, user_verification, "userVerification"),
    FIELD(struct passkey_ask_out, timeout, .doc = "milliseconds"),
    FIELD(struct passkey_ask_out, csrf,    .omit = true,
          .doc = "of a browser's session, for the call that follows"),
};
static const struct field passkey_signed_in_fields[] = {
    FIELD(struct passkey_signed_in_out, id, .doc = "of the person"),
    FIELD(struct passkey_signed_in_out, username),
};
static const struct field factor_form_fields[] = {
    FIELD(struct factor_form, code, REQ, .min = 1, .max = CODE_MAX, .secret = true),
    FIELD(struct factor_form, next, OPT, .max = NEXT_MAX),
};
static const struct field factor_query_fields[] = {
    FIELD(struct factor_query, next, OPT, .max = NEXT_MAX),
};
static const struct field factor_confirm_fields[] = {
    FIELD(struct factor_confirm_form, id, REQ),
    FIELD(struct factor_confirm_form, code, REQ, .min = 1, .max = CODE_MAX, .secret = true),
};
static const struct field factor_remove_fields[] = {
    FIELD(struct factor_remove_form, id, REQ),
};
static const struct field factor_none_fields[] = {
    FIELD(struct factor_none_form, none, OPT),
};
/* clang-format on */

const struct shape factor_out_shape = SHAPE(struct factor_out, "Factor", factor_out_fields);
const struct shape factors_out_shape = SHAPE(struct factors_out, "Factors", factors_out_fields);
const struct shape totp_in_shape = SHAPE(struct totp_body, "TotpIn", totp_body_fields);
const struct shape totp_out_shape = SHAPE(struct totp_out, "Totp", totp_out_fields);
const struct shape code_in_shape = SHAPE(struct code_body, "CodeIn", code_body_fields);
const struct shape recovery_codes_out_shape =
    SHAPE(struct recovery_codes_out, "RecoveryCodes", recovery_codes_out_fields);
const struct shape passkey_credential_shape = SHAPE(
    struct webauthn_credential, "WebauthnCredential", webauthn_credential_fields, .open = true);
const struct shape passkey_in_shape = SHAPE(struct passkey_body, "PasskeyIn", passkey_body_fields);
const struct shape passkey_make_out_shape =
    SHAPE(struct passkey_make_out, "PasskeyMake", passkey_make_out_fields);
const struct shape passkey_ask_out_shape =
    SHAPE(struct passkey_ask_out, "PasskeyAsk", passkey_ask_out_fields);
const struct shape passkey_signed_in_shape =
    SHAPE(struct passkey_signed_in_out, "PasskeySignedIn", passkey_signed_in_fields);
const struct shape factor_form_shape = SHAPE(struct factor_form, "FactorForm", factor_form_fields);
const struct shape factor_query_shape =
    SHAPE(struct factor_query, "FactorQuery", factor_query_fields);
const struct shape factor_confirm_form_shape =
    SHAPE(struct factor_confirm_form, "FactorConfirmForm", factor_confirm_fields);
const struct shape factor_remove_form_shape =
    SHAPE(struct factor_remove_form, "FactorRemoveForm", factor_remove_fields);
const struct shape factor_none_form_shape =
    SHAPE(struct factor_none_form, "FactorNoneForm", factor_none_fields);
