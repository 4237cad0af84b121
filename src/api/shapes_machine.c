/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_machine.h"

enum {
    NAME_MAX_BYTES = 128,
    JWK_MAX = 2048,
    JWKS_TEXT_MAX = 16 * 1024,
    URI_MAX = 2048,
    URIS_MAX = 16,
    SCOPE_MAX = 1024,
    JWT_MAX = 16 * 1024
};

/* clang-format off */
static const char *const statuses[] = { "active", "disabled", NULL };
static const char *const generates[] = { "EdDSA", "ES256", "RS256", NULL };

static const struct field key_in_fields[] = {
    FIELD(struct service_key_body, name,       OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .trim = true),
    FIELD(struct service_key_body, public_key, OPT, .json = JSON_JWK, .max = JWK_MAX,
          .doc = "the public half of a pair that was made elsewhere: Ed25519, P-256 or RSA"),
    FIELD(struct service_key_body, generate,   OPT, .oneof = generates,
          .doc = "instead of public_key: make the pair here, and answer its key file once"),
    FIELD(struct service_key_body, expires_at, OPT, .doc = "absent: in a year"),
};
static const struct field key_patch_fields[] = {
    FIELD(struct service_key_body, name,   OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .trim = true),
    FIELD(struct service_key_body, status, OPT, .oneof = statuses),
};

#define KEY_OUT_FIELDS                                                                            \
    FIELD(struct service_key_out, id, .doc = "the kid of what it signs"),                         \
    FIELD(struct service_key_out, name),                                                          \
    FIELD(struct service_key_out, status),                                                        \
    FIELD(struct service_key_out, alg),                                                           \
    FIELD(struct service_key_out, thumbprint, .doc = "SHA-256 of the public key, base64url"),     \
    FIELD(struct service_key_out, created_at),                                                    \
    FIELD(struct service_key_out, expires_at),                                                    \
    FIELD(struct service_key_out, used_at, .doc = "to the hour")

static const struct field key_out_fields[] = {
    KEY_OUT_FIELDS,
};
static const struct field key_made_fields[] = {
    KEY_OUT_FIELDS,
    FIELD(struct service_key_out, file, .omit = true, .secret = true,
          .doc = "of a pair that was made here, this once: {type, keyId, key, userId}"),
};

#define CLIENT_FIELDS(T, ...)                                                                     \
    FIELD(T, client_name,      __VA_ARGS__ .max = NAME_MAX_BYTES, .text = TEXT_LINE),             \
    FIELD(T, token_endpoint_auth_method, __VA_ARGS__ .text = TEXT_TOKEN),                         \
    FIELD(T, redirect_uris,    __VA_ARGS__ .max = URIS_MAX, .item_max = URI_MAX, .text = TEXT_TOKEN), \
    FIELD(T, grant_types,      __VA_ARGS__ .max = URIS_MAX, .text = TEXT_TOKEN),                  \
    FIELD(T, response_types,   __VA_ARGS__ .max = URIS_MAX, .text = TEXT_LINE),                   \
    FIELD(T, scope,            __VA_ARGS__ .max = SCOPE_MAX, .text = TEXT_LINE),                  \
    FIELD(T, jwks,             __VA_ARGS__ .max = JWKS_TEXT_MAX, .json = JSON_OBJECT_OPEN),       \
    FIELD(T, jwks_uri,         __VA_ARGS__ .max = URI_MAX, .text = TEXT_TOKEN)
#define CLIENT_OMIT .omit = true,
#define CLIENT_IN

#define CLIENT_PROOF_FIELDS(T)                                                                    \
    FIELD(T, client_id,             OPT, .max = URI_MAX),                                         \
    FIELD(T, client_secret,         OPT, .secret = true),                                         \
    FIELD(T, client_assertion,      OPT, .max = JWT_MAX, .secret = true),                         \
    FIELD(T, client_assertion_type, OPT)

static const struct field device_authorization_in_fields[] = {
    CLIENT_PROOF_FIELDS(struct device_authorization_in),
    FIELD(struct device_authorization_in, scope,    OPT, .max = SCOPE_MAX),
    FIELD(struct device_authorization_in, resource, OPT, .max = 8),
};
static const struct field device_authorization_out_fields[] = {
    FIELD(struct device_authorization_out, device_code, .secret = true),
    FIELD(struct device_authorization_out, user_code,   .doc = "for the person to type"),
    FIELD(struct device_authorization_out, verification_uri),
    FIELD(struct device_authorization_out, verification_uri_complete,
          .doc = "fills the field, decides nothing"),
    FIELD(struct device_authorization_out, expires_in,  .doc = "seconds"),
    FIELD(struct device_authorization_out, interval,    .doc = "seconds between two polls"),
};
static const struct field device_page_query_fields[] = {
    FIELD(struct device_page_in, user_code, OPT),
};
static const struct field device_page_in_fields[] = {
    FIELD(struct device_page_in, user_code, REQ),
    FIELD(struct device_page_in, decision,  OPT),
};
static const struct field token_ask_in_fields[] = {
    FIELD(struct token_ask_in, token,           OPT, .max = JWT_MAX, .secret = true),
    FIELD(struct token_ask_in, token_type_hint, OPT, .doc = "not needed: each says what it is"),
    CLIENT_PROOF_FIELDS(struct token_ask_in),
};
static const struct field introspection_out_fields[] = {
    FIELD(struct introspection_out, active),
    FIELD(struct introspection_out, client_id,  .omit = true),
    FIELD(struct introspection_out, username,   .omit = true),
    FIELD(struct introspection_out, scope,      .omit = true),
    FIELD(struct introspection_out, token_type, .omit = true),
    FIELD(struct introspection_out, iss,        .omit = true),
    FIELD(struct introspection_out, sub,        .omit = true),
    FIELD(struct introspection_out, aud,        .omit = true),
    FIELD(struct introspection_out, exp,        .omit = true),
    FIELD(struct introspection_out, iat,        .omit = true),
    FIELD(struct introspection_out, jti,        .omit = true),
    FIELD(struct introspection_out, sid,        .omit = true),
    FIELD(struct introspection_out, cnf,        .omit = true, .json = JSON_OBJECT_OPEN),
    FIELD(struct introspection_out, act,        .omit = true, .json = JSON_OBJECT_OPEN),
};
static const struct field client_in_fields[] = {
    CLIENT_FIELDS(struct client_body, CLIENT_IN),
    FIELD(struct client_body, client_id,        OPT, .max = URI_MAX, .text = TEXT_TOKEN),
    FIELD(struct client_body, application_type, OPT, .text = TEXT_TOKEN),
    FIELD(struct client_body, logo_uri,         OPT, .max = URI_MAX, .text = TEXT_TOKEN),
    FIELD(struct client_body, client_uri,       OPT, .max = URI_MAX, .text = TEXT_TOKEN),
};
static const struct field client_out_fields[] = {
    FIELD(struct client_out, client_id),
    FIELD(struct client_out, client_secret, .omit = true, .secret = true, .doc = "shown this once"),
    FIELD(struct client_out, client_secret_expires_at, .omit = true),
    FIELD(struct client_out, client_id_issued_at),
    FIELD(struct client_out, registration_access_token, .omit = true, .secret = true,
          .doc = "shown this once"),
    FIELD(struct client_out, registration_client_uri),
    CLIENT_FIELDS(struct client_out, CLIENT_OMIT),
};
/* clang-format on */

const struct shape service_key_in_shape =
    SHAPE(struct service_key_body, "ServiceKeyIn", key_in_fields);
const struct shape service_key_patch_shape =
    SHAPE(struct service_key_body, "ServiceKeyPatch", key_patch_fields);
const struct shape service_key_out_shape =
    SHAPE(struct service_key_out, "ServiceKey", key_out_fields);
const struct shape service_key_made_shape =
    SHAPE(struct service_key_out, "ServiceKeyMade", key_made_fields);
const struct shape device_authorization_in_shape = SHAPE(
    struct device_authorization_in, "DeviceAuthorizationForm", device_authorization_in_fields);
const struct shape device_authorization_out_shape =
    SHAPE(struct device_authorization_out, "DeviceAuthorization", device_authorization_out_fields);
const struct shape device_page_query_shape =
    SHAPE(struct device_page_in, "DevicePageQuery", device_page_query_fields);
const struct shape device_page_in_shape =
    SHAPE(struct device_page_in, "DevicePage", device_page_in_fields);
const struct shape token_ask_in_shape =
    SHAPE(struct token_ask_in, "TokenQuestion", token_ask_in_fields);
const struct shape introspection_out_shape =
    SHAPE(struct introspection_out, "Introspection", introspection_out_fields);
const struct shape client_in_shape =
    SHAPE(struct client_body, "ClientMetadata", client_in_fields, .open = true);
const struct shape client_out_shape =
    SHAPE(struct client_out, "RegisteredClient", client_out_fields);
