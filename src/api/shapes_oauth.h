/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters and answers of the OAuth and OpenID Connect rows. */
#ifndef API_SHAPES_OAUTH_H
#define API_SHAPES_OAUTH_H

#include "api/request.h"

struct authorize_in { /* also what is pushed */
    str_t client_id;
    str_t client_secret; /* of a push only */
    str_t client_assertion;
    str_t client_assertion_type;
    str_t redirect_uri;
    str_t response_type;
    str_t response_mode;
    str_t scope;
    str_t state;
    str_t nonce;
    str_t code_challenge;
    str_t code_challenge_method;
    struct strs resource;
    str_t prompt;
    opt_i64_t max_age;
    str_t login_hint;
    str_t id_token_hint;
    str_t dpop_jkt;
    str_t request;
    str_t request_uri;
};
struct continue_in {
    str_t request;
    str_t decision; /* of the consent page; absent: none was made */
};
struct par_out {
    str_t request_uri;
    int64_t expires_in;
};

struct assertion;
struct access_claims;
struct token_in {
    const struct assertion *bearer; /* these five by the prepare step of their grant */
    const struct access_claims *subject;
    const struct access_claims *actor;
    const struct id_token_claims *id_token;
    const struct id_jag *id_jag;
    str_t grant_type;
    str_t client_id;
    str_t client_secret;
    str_t client_assertion;
    str_t client_assertion_type;
    str_t code; /* authorization_code */
    str_t redirect_uri;
    str_t code_verifier;
    str_t refresh_token; /* refresh_token */
    str_t scope;
    struct strs resource;
    str_t device_code;   /* device_code */
    str_t assertion;     /* jwt-bearer */
    str_t subject_token; /* token-exchange */
    str_t subject_token_type;
    str_t actor_token;
    str_t actor_token_type;
    str_t requested_token_type;
    struct strs audience;
};
struct oauth_token_out {
    str_t access_token;
    str_t token_type;
    int64_t expires_in;
    str_t refresh_token;
    str_t id_token;
    str_t scope;
    str_t issued_token_type;
};

struct end_session_in {
    str_t id_token_hint;
    str_t client_id;
    str_t post_logout_redirect_uri;
    str_t state;
};

struct discovery_out {
    str_t issuer;
    str_t authorization_endpoint;
    str_t token_endpoint;
    str_t userinfo_endpoint;
    str_t jwks_uri;
    str_t pushed_authorization_request_endpoint;
    str_t end_session_endpoint;
    str_t device_authorization_endpoint;
    str_t introspection_endpoint;
    str_t revocation_endpoint;
    str_t registration_endpoint;
    str_t service_documentation;
    struct strs scopes_supported;
    struct strs response_types_supported;
    struct strs response_modes_supported;
    struct strs grant_types_supported;
    struct strs subject_types_supported;
    struct strs id_token_signing_alg_values_supported;
    struct strs token_endpoint_auth_methods_supported;
    struct strs token_endpoint_auth_signing_alg_values_supported;
    struct strs code_challenge_methods_supported;
    struct strs dpop_signing_alg_values_supported;
    struct strs prompt_values_supported;
    struct strs acr_values_supported;
    struct strs claims_supported;
    struct strs ui_locales_supported;
    struct strs authorization_grant_profiles_supported;
    struct strs identity_chaining_requested_token_types_supported;
    bool authorization_response_iss_parameter_supported;
    bool request_parameter_supported;
    bool request_uri_parameter_supported;
    bool claims_parameter_supported;
    bool require_pushed_authorization_requests;
    opt_bool_t client_id_metadata_document_supported;
    opt_bool_t backchannel_logout_supported;
    opt_bool_t backchannel_logout_session_supported;
};

struct userinfo_out {
    oid_t sub;
    str_t name;
    str_t preferred_username;
    str_t email;
    opt_bool_t email_verified;
    struct strs groups;
};

extern const struct shape authorize_in_shape;
extern const struct shape authorize_query_shape;
extern const struct shape continue_in_shape;
extern const struct shape par_out_shape;
extern const struct shape token_in_shape;
extern const struct shape oauth_token_out_shape;
extern const struct shape end_session_in_shape;
extern const struct shape discovery_out_shape;
extern const struct shape userinfo_out_shape;

#endif
