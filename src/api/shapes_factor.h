/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of second factors. Names of passkeys are those of WebAuthn level 3, section 5.1.8
 * and 5.1.9: what a browser's own functions take and give. */
#ifndef API_SHAPES_FACTOR_H
#define API_SHAPES_FACTOR_H

#include "api/shape.h"

struct factor_out {
    oid_t id;
    str_t name;
    bool confirmed;
    ts_t created_at;
    ts_t used_at;
};
struct factors_out {
    struct rows totp;
    struct rows passkeys;
    int64_t recovery_codes_left;
};
struct totp_body {
    str_t name;
};
struct totp_out {
    oid_t id;
    str_t name;
    str_t secret;
    str_t uri;
    str_t qr;
};
struct code_body {
    str_t code;
};
struct recovery_codes_out {
    struct strs codes;
};

struct webauthn_response {
    str_t client_data;
    str_t authenticator_data;
    str_t signature;
};
struct webauthn_credential {
    str_t id;
    struct obj response;
};
struct passkey_body {
    str_t name;
    struct obj credential;
};

struct webauthn_rp {
    str_t id;
    str_t name;
};
struct webauthn_user {
    str_t id;
    str_t name;
    str_t display_name;
};
struct webauthn_param {
    str_t type;
    int64_t alg;
};
struct webauthn_known {
    str_t type;
    str_t id;
};
struct webauthn_selection {
    str_t resident_key;
    str_t user_verification;
};
struct passkey_make_out {
    str_t challenge;
    struct obj rp;
    struct obj user;
    struct rows params;
    struct rows exclude;
    struct obj selection;
    str_t attestation;
    int64_t timeout;
};
struct passkey_ask_out {
    str_t challenge;
    str_t rp_id;
    struct rows allow;
    str_t user_verification;
    int64_t timeout;
    str_t csrf; /* absent: no cookie of a session came */
};
struct passkey_signed_in_out {
    oid_t id;
    str_t username;
};

/* The page of the second step. */
struct factor_form {
    str_t code;
    str_t next;
};
struct factor_query {
    str_t next;
};
struct factor_confirm_form {
    oid_t id;
    str_t code;
};
struct factor_remove_form {
    oid_t id;
};
struct factor_none_form { /* a button and nothing else */
    bool none;
};

extern const struct shape factors_out_shape;
extern const struct shape factor_out_shape;
extern const struct shape totp_in_shape;
extern const struct shape totp_out_shape;
extern const struct shape code_in_shape;
extern const struct shape recovery_codes_out_shape;
extern const struct shape passkey_in_shape;
extern const struct shape passkey_credential_shape;
extern const struct shape passkey_make_out_shape;
extern const struct shape passkey_ask_out_shape;
extern const struct shape passkey_signed_in_shape;
extern const struct shape factor_form_shape;
extern const struct shape factor_query_shape;
extern const struct shape factor_confirm_form_shape;
extern const struct shape factor_remove_form_shape;
extern const struct shape factor_none_form_shape;

#endif
