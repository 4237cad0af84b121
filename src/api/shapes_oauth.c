/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_oauth.h"

/* clang-format off */
enum { URL_MAX = 2048, JWT_MAX = 16 * 1024, WORDS_MAX = 1024, STATE_MAX = 4096 };

#define AUTHORIZE_FIELDS                                                                                     \
    FIELD(struct authorize_in, client_id,             OPT, .max = URL_MAX),                                  \
    FIELD(struct authorize_in, redirect_uri,          OPT, .max = URL_MAX),                                  \
    FIELD(struct authorize_in, response_type,         OPT, .doc = "code"),                                   \
    FIELD(struct authorize_in, response_mode,         OPT, .doc = "query or form_post"),                     \
    FIELD(struct authorize_in, scope,                 OPT, .max = WORDS_MAX,                                 \
          .doc = "absent: all that the application is registered with"),                                     \
    FIELD(struct authorize_in, state,                 OPT, .max = STATE_MAX),                                \
    FIELD(struct authorize_in, nonce,                 OPT, .max = STATE_MAX),                                \
    FIELD(struct authorize_in, code_challenge,        OPT, .doc = "RFC 7636"),                               \
    FIELD(struct authorize_in, code_challenge_method, OPT, .doc = "S256"),                                   \
    FIELD(struct authorize_in, resource,              OPT, .max = 8, .doc = "RFC 8707, several times too"),  \
    FIELD(struct authorize_in, prompt,                OPT, .doc = "none, login, consent, select_account"),   \
    FIELD(struct authorize_in, max_age,               OPT, .doc = "seconds since the person has signed in"), \
    FIELD(struct authorize_in, login_hint,            OPT),                                                  \
    FIELD(struct authorize_in, id_token_hint,         OPT, .max = JWT_MAX, .secret = true),                  \
    FIELD(struct authorize_in, dpop_jkt,              OPT, .doc = "RFC 9449 section 10"),                    \
    FIELD(struct authorize_in, request,               OPT, .max = JWT_MAX, .doc = "not taken"),              \
    FIELD(struct authorize_in, request_uri,           OPT, .max = URL_MAX,                                   \
          .doc = "what /oauth2/par has answered; any other is refused")

static const struct field authorize_query_fields[] = { AUTHORIZE_FIELDS };
static const struct field authorize_in_fields[] = {
    AUTHORIZE_FIELDS,
    FIELD(struct authorize_in, client_secret,         OPT, .secret = true),
    FIELD(struct authorize_in, client_assertion,      OPT, .max = JWT_MAX, .secret = true),
    FIELD(struct authorize_in, client_assertion_type, OPT),
};
static const struct field continue_in_fields[] = {
    FIELD(struct continue_in, request,  REQ, .secret = true),
    FIELD(struct continue_in, decision, OPT),
};
static const struct field par_out_fields[] = {
    FIELD(struct par_out, request_uri, .secret = true),
    FIELD(struct par_out, expires_in,  .doc = "seconds"),
};
static const struct field token_in_fields[] = {
    FIELD(struct token_in, grant_type,            OPT),
    FIELD(struct token_in, client_id,             OPT, .max = URL_MAX),
    FIELD(struct token_in, client_secret,         OPT, .secret = true),
    FIELD(struct token_in, client_assertion,      OPT, .max = JWT_MAX, .secret = true),
    FIELD(struct token_in, client_assertion_type, OPT),
    FIELD(struct token_in, code,                  OPT, .secret = true),
    FIELD(struct token_in, redirect_uri,          OPT, .max = URL_MAX),
    FIELD(struct token_in, code_verifier,         OPT, .secret = true),
    FIELD(struct token_in, refresh_token,         OPT, .secret = true),
    FIELD(struct token_in, scope,                 OPT, .max = WORDS_MAX),
    FIELD(struct token_in, resource,              OPT, .max = 8),
    FIELD(struct token_in, device_code,           OPT, .secret = true),
    FIELD(struct token_in, assertion,             OPT, .max = JWT_MAX, .secret = true),
    FIELD(struct token_in, subject_token,         OPT, .max = JWT_MAX, .secret = true),
    FIELD(struct token_in, subject_token_type,    OPT),
    FIELD(struct token_in, actor_token,           OPT, .max = JWT_MAX, .secret = true),
    FIELD(struct token_in, actor_token_type,      OPT),
    FIELD(struct token_in, requested_token_type,  OPT),
    FIELD(struct token_in, audience,              OPT, .max = 8),
};
static const struct field oauth_token_out_fields[] = {
    FIELD(struct oauth_token_out, access_token,      .secret = true,
          .doc = "a JWT (RFC 9068); by token exchange also an identity assertion (token_type N_A)"),
    FIELD(struct oauth_token_out, token_type),
    FIELD(struct oauth_token_out, expires_in,        .doc = "seconds"),
    FIELD(struct oauth_token_out, refresh_token,     .secret = true, .omit = true),
    FIELD(struct oauth_token_out, id_token,          .secret = true, .omit = true),
    FIELD(struct oauth_token_out, scope,             .omit = true),
    FIELD(struct oauth_token_out, issued_token_type, .omit = true),
};
static const struct field end_session_in_fields[] = {
    FIELD(struct end_session_in, id_token_hint,            OPT, .max = JWT_MAX, .secret = true),
    FIELD(struct end_session_in, client_id,                OPT, .max = URL_MAX),
    FIELD(struct end_session_in, post_logout_redirect_uri, OPT, .max = URL_MAX),
    FIELD(struct end_session_in, state,                    OPT, .max = STATE_MAX),
};
static const struct field discovery_out_fields[] = {
    FIELD(struct discovery_out, issuer),
    FIELD(struct discovery_out, authorization_endpoint),
    FIELD(struct discovery_out, token_endpoint),
    FIELD(struct discovery_out, userinfo_endpoint),
    FIELD(struct discovery_out, jwks_uri),
    FIELD(struct discovery_out, pushed_authorization_request_endpoint),
    FIELD(struct discovery_out, end_session_endpoint),
    FIELD(struct discovery_out, device_authorization_endpoint, .omit = true),
    FIELD(struct discovery_out, introspection_endpoint,        .omit = true),
    FIELD(struct discovery_out, revocation_endpoint,           .omit = true),
    FIELD(struct discovery_out, registration_endpoint,         .omit = true),
    FIELD(struct discovery_out, service_documentation),
    FIELD(struct discovery_out, scopes_supported),
    FIELD(struct discovery_out, response_types_supported),
    FIELD(struct discovery_out, response_modes_supported),
    FIELD(struct discovery_out, grant_types_supported),
    FIELD(struct discovery_out, subject_types_supported),
    FIELD(struct discovery_out, id_token_signing_alg_values_supported),
    FIELD(struct discovery_out, token_endpoint_auth_methods_supported),
    FIELD(struct discovery_out, token_endpoint_auth_signing_alg_values_supported, .omit = true),
    FIELD(struct discovery_out, code_challenge_methods_supported),
    FIELD(struct discovery_out, dpop_signing_alg_values_supported, .omit = true),
    FIELD(struct discovery_out, prompt_values_supported),
    FIELD(struct discovery_out, acr_values_supported),
    FIELD(struct discovery_out, claims_supported),
    FIELD(struct discovery_out, ui_locales_supported),
    FIELD(struct discovery_out, authorization_grant_profiles_supported),
    FIELD(struct discovery_out, identity_chaining_requested_token_types_supported),
    FIELD(struct discovery_out, authorization_response_iss_parameter_supported),
    FIELD(struct discovery_out, request_parameter_supported),
    FIELD(struct discovery_out, request_uri_parameter_supported),
    FIELD(struct discovery_out, claims_parameter_supported),
    FIELD(struct discovery_out, require_pushed_authorization_requests),
    FIELD(struct discovery_out, client_id_metadata_document_supported, .omit = true),
    FIELD(struct discovery_out, backchannel_logout_supported,          .omit = true),
    FIELD(struct discovery_out, backchannel_logout_session_supported,  .omit = true),
};
static const struct field userinfo_out_fields[] = {
    FIELD(struct userinfo_out, sub),
    FIELD(struct userinfo_out, name,               .omit = true, .doc = "with the scope profile"),
    FIELD(struct userinfo_out, preferred_username, .omit = true),
    FIELD(struct userinfo_out, email,              .omit = true, .doc = "with the scope email"),
    FIELD(struct userinfo_out, email_verified,     .omit = true),
    FIELD(struct userinfo_out, groups,             .omit = true, .doc = "with the scope groups: their names"),
};
/* clang-format on */

const struct shape authorize_query_shape =
    SHAPE(struct authorize_in, "AuthorizeQuery", authorize_query_fields);
const struct shape authorize_in_shape =
    SHAPE(struct authorize_in, "AuthorizeForm", authorize_in_fields);
const struct shape continue_in_shape = SHAPE(struct continue_in, "Continue", continue_in_fields);
const struct shape par_out_shape = SHAPE(struct par_out, "PushedRequest", par_out_fields);
const struct shape token_in_shape = SHAPE(struct token_in, "TokenForm", token_in_fields);
const struct shape oauth_token_out_shape =
    SHAPE(struct oauth_token_out, "TokenAnswer", oauth_token_out_fields);
const struct shape end_session_in_shape =
    SHAPE(struct end_session_in, "EndSession", end_session_in_fields);
const struct shape discovery_out_shape =
    SHAPE(struct discovery_out, "Discovery", discovery_out_fields);
const struct shape userinfo_out_shape = SHAPE(struct userinfo_out, "Userinfo", userinfo_out_fields);
