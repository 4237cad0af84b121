/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_SHAPES_MACHINE_H
#define API_SHAPES_MACHINE_H

#include "api/request.h"

struct service_key_body { /* of POST and PATCH */
    str_t name;
    str_t status;
    str_t generate;
    json_text_t public_key;
    ts_t expires_at;
};
struct service_key_out {
    oid_t id;
    str_t name;
    str_t status;
    str_t alg;
    str_t thumbprint;
    json_text_t file;
    ts_t created_at;
    ts_t expires_at;
    ts_t used_at;
};

struct device_authorization_in {
    str_t client_id;
    str_t client_secret;
    str_t client_assertion;
    str_t client_assertion_type;
    str_t scope;
    struct strs resource;
};
struct device_authorization_out {
    str_t device_code;
    str_t user_code;
    str_t verification_uri;
    str_t verification_uri_complete;
    int64_t expires_in;
    int64_t interval;
};
struct device_page_in {
    str_t user_code;
    str_t decision;
};
struct token_ask_in {
    str_t token;
    str_t token_type_hint;
    str_t client_id;
    str_t client_secret;
    str_t client_assertion;
    str_t client_assertion_type;
};
struct introspection_out {
    bool active;
    str_t client_id;
    str_t username;
    str_t scope;
    str_t token_type;
    str_t iss;
    str_t sub;
    struct strs aud;
    opt_i64_t exp;
    opt_i64_t iat;
    str_t jti;
    str_t sid;
    json_text_t cnf;
    json_text_t act;
};

/* RFC 7591 section 2; what it has more is ignored. */
struct client_body {
    str_t client_name;
    str_t application_type;
    str_t token_endpoint_auth_method;
    str_t scope;
    json_text_t jwks;
    str_t jwks_uri;
    str_t logo_uri;
    str_t client_uri;
    str_t client_id; /* of a document: its own URL */
    struct strs redirect_uris;
    struct strs grant_types;
    struct strs response_types;
};
struct client_out {
    str_t client_id;
    str_t client_secret;
    int64_t client_id_issued_at;
    opt_i64_t client_secret_expires_at;
    str_t registration_access_token;
    str_t registration_client_uri;
    str_t client_name;
    str_t token_endpoint_auth_method;
    struct strs redirect_uris;
    struct strs grant_types;
    struct strs response_types;
    str_t scope;
    json_text_t jwks;
    str_t jwks_uri;
};

extern const struct shape service_key_in_shape;
extern const struct shape service_key_patch_shape;
extern const struct shape service_key_out_shape;
extern const struct shape service_key_made_shape;
extern const struct shape device_authorization_in_shape;
extern const struct shape device_authorization_out_shape;
extern const struct shape device_page_query_shape;
extern const struct shape device_page_in_shape;
extern const struct shape token_ask_in_shape;
extern const struct shape introspection_out_shape;
extern const struct shape client_in_shape;
extern const struct shape client_out_shape;

#endif
