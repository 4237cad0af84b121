/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_access.h"

#include "domain/access/app_draft.h"
#include "domain/access/app_uri.h"

enum {
    NAME_MAX_BYTES = 128,
    LIMIT_MAX = 500,
    DESCRIPTION_MAX = 1024,
    LIFE_MAX_S = 366 * 86400,
    GRACE_MAX_S = 300,
    SCOPES_MAX_N = 50,
    JWKS_MAX = 16 * 1024
};

/* clang-format off */
static const char *const kinds[] = { "oidc", "forward_auth", NULL };
static const char *const statuses[] = { "active", "disabled", NULL };
static const char *const client_types[] = { "public", "confidential", NULL };
static const char *const auth_methods[] = { "none", "client_secret", "private_key_jwt", NULL };
static const char *const algs[] = { "ES256", "RS256", NULL };
static const char *const grants[] = {
    "authorization_code", "refresh_token", "client_credentials",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:token-exchange", NULL
};

#define URIS(T, m, ...) FIELD(T, m, OPT, .max = APP_URIS_MAX, .item_max = APP_URI_MAX, \
          .text = TEXT_TOKEN, __VA_ARGS__)

/* What POST and PATCH take alike. */
#define COMMON_FIELDS(T)                                                                                \
    FIELD(T, description, OPT, .max = DESCRIPTION_MAX),                                                 \
    FIELD(T, icon,        OPT, .max = APP_URI_MAX, .text = TEXT_TOKEN,                                  \
          .doc = "an https URL, or a path of this server; never fetched by it"),                        \
    FIELD(T, launch_url,  OPT, .max = APP_URI_MAX, .text = TEXT_TOKEN, .doc = "where the portal leads"), \
    FIELD(T, host,        OPT, .max = HOST_NAME_MAX_BYTES + 8, .text = TEXT_TOKEN,                      \
          .doc = "of forward_auth: the host behind the proxy, without port"),                           \
    FIELD(T, admin,       OPT, .doc = "shown to nobody but administrators, and answers nobody else"),   \
    FIELD(T, client_type, OPT, .oneof = client_types, .doc = "default: confidential"),                  \
    FIELD(T, auth_method, OPT, .oneof = auth_methods, .doc = "default: what goes with client_type"),    \
    URIS(T, redirect_uris, \
          .doc = "compared by bytes; https, http on loopback, a native client's own scheme"), \
    URIS(T, post_logout_redirect_uris, .doc = "compared by bytes"),                                     \
    URIS(T, resources,    .doc = "what its tokens may be for (RFC 8707)"),                              \
    URIS(T, origins,      .doc = "https://host[:port] of its pages"),                                   \
    FIELD(T, grants,      OPT, .oneof = grants, .doc = "default: authorization_code, refresh_token"),   \
    FIELD(T, scopes,      OPT, .max = SCOPES_MAX_N, .text = TEXT_TOKEN, .doc = "that it may ask for"),  \
    FIELD(T, id_token_alg, OPT, .oneof = algs, .doc = "default: ES256"),                                \
    FIELD(T, native,      OPT, .doc = "loopback redirects may have any port"),                          \
    FIELD(T, pkce,        OPT, .doc = "false exempts a confidential client from PKCE"),                 \
    FIELD(T, par,         OPT, .doc = "pushed requests only (RFC 9126)"),                               \
    FIELD(T, dpop,        OPT, .doc = "bound tokens only (RFC 9449)"),                                  \
    FIELD(T, consent,     OPT, .doc = "people are asked what they give"),                               \
    FIELD(T, access_life_s,  OPT, .min = 0, .max = LIFE_MAX_S, .doc = "0: the server's own"),           \
    FIELD(T, refresh_life_s, OPT, .min = 0, .max = LIFE_MAX_S, .doc = "0: the server's own"),           \
    FIELD(T, refresh_grace_s, OPT, .min = 0, .max = GRACE_MAX_S, .doc = "0: strict"),                   \
    FIELD(T, jwks,        OPT, .max = JWKS_MAX, .json = JSON_OBJECT_OPEN, .doc = "its public keys"),    \
    FIELD(T, jwks_uri,    OPT, .max = APP_URI_MAX, .text = TEXT_TOKEN),                                 \
    FIELD(T, backchannel_logout_uri, OPT, .max = APP_URI_MAX, .text = TEXT_TOKEN)

static const struct field in_fields[] = {
    FIELD(struct application_body, name, REQ, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .trim = true,
          .doc = "unique in the organisation, in any case"),
    FIELD(struct application_body, kind, REQ, .oneof = kinds),
    FIELD(struct application_body, client_id, OPT, .min = 1, .max = CLIENT_ID_MAX, .text = TEXT_SLUG,
          .doc = "unique on this server; absent: an id"),
    FIELD(struct application_body, groups, OPT, .text = TEXT_LINE, .doc = "ids or names: who may open it"),
    COMMON_FIELDS(struct application_body),
};
static const struct field patch_fields[] = {
    FIELD(struct application_body, name, OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .trim = true),
    FIELD(struct application_body, status, OPT, .oneof = statuses),
    COMMON_FIELDS(struct application_body),
};

#define OUT_FIELDS(T)                                     \
    FIELD(T, client_type),                                \
    FIELD(T, auth_method),                                \
    FIELD(T, redirect_uris),                              \
    FIELD(T, post_logout_redirect_uris),                  \
    FIELD(T, resources),                                  \
    FIELD(T, origins),                                    \
    FIELD(T, grants),                                     \
    FIELD(T, scopes),                                     \
    FIELD(T, id_token_alg),                               \
    FIELD(T, native),                                     \
    FIELD(T, pkce),                                       \
    FIELD(T, par),                                        \
    FIELD(T, dpop),                                       \
    FIELD(T, consent),                                    \
    FIELD(T, access_life_s),                              \
    FIELD(T, refresh_life_s),                             \
    FIELD(T, refresh_grace_s),                            \
    FIELD(T, jwks, .json = JSON_OBJECT_OPEN),             \
    FIELD(T, jwks_uri),                                   \
    FIELD(T, backchannel_logout_uri),                     \
    FIELD(T, created_at),                                 \
    FIELD(T, updated_at),                                 \
    FIELD(T, etag)
#define HEAD_FIELDS(T)                                    \
    FIELD(T, id),                                         \
    FIELD(T, name),                                       \
    FIELD(T, kind),                                       \
    FIELD(T, origin, .doc = "administrator, file, registered, metadata or built_in"), \
    FIELD(T, status),                                     \
    FIELD(T, description),                                \
    FIELD(T, icon),                                       \
    FIELD(T, launch_url),                                 \
    FIELD(T, host),                                       \
    FIELD(T, admin),                                      \
    FIELD(T, client_id)

static const struct field out_fields[] = {
    HEAD_FIELDS(struct application_out),
    FIELD(struct application_out, client_secret, .secret = true, .omit = true, .doc = "shown this once"),
    OUT_FIELDS(struct application_out),
};
static const struct field line_fields[] = {
    HEAD_FIELDS(struct application_out),
    OUT_FIELDS(struct application_out),
};
static const struct field query_fields[] = {
    FIELD_AS(struct application_query, page.limit,  "limit",  OPT, .min = 1, .max = LIMIT_MAX),
    FIELD_AS(struct application_query, page.cursor, "cursor", OPT, .max = 512, .text = TEXT_TOKEN),
    FIELD(struct application_query, search,    OPT, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .doc = "how the name begins, in any case"),
    FIELD(struct application_query, target_id, OPT,
          .doc = "a group, person or service account: those that a binding of it opens"),
    FIELD(struct application_query, count,     OPT, .doc = "adds `total`, exact up to 100,000"),
};
static const struct field binding_in_fields[] = {
    FIELD(struct binding_body, group_id,           OPT, .doc = "exactly one of these"),
    FIELD(struct binding_body, group,              OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE),
    FIELD(struct binding_body, user_id,            OPT),
    FIELD(struct binding_body, username,           OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE),
    FIELD(struct binding_body, service_account_id, OPT),
};
static const struct field binding_out_fields[] = {
    FIELD(struct binding_out, id),
    FIELD(struct binding_out, kind, .doc = "group, user or service_account"),
    FIELD(struct binding_out, target_id),
    FIELD(struct binding_out, name),
    FIELD(struct binding_out, created_at),
};
static const struct field forward_fields[] = {
    FIELD(struct forward_query, rd,     OPT, .max = APP_URI_MAX, .text = TEXT_TOKEN,
          .doc = "a path of the application"),
    FIELD(struct forward_query, host,   OPT, .max = HOST_NAME_MAX_BYTES + 8, .text = TEXT_TOKEN),
    FIELD(struct forward_query, state,  OPT, .max = 64, .text = TEXT_TOKEN),
    FIELD(struct forward_query, code,   OPT, .max = 64, .text = TEXT_TOKEN, .secret = true),
};
static const struct field portal_fields[] = {
    FIELD(struct portal_application_out, id),
    FIELD(struct portal_application_out, name),
    FIELD(struct portal_application_out, kind),
    FIELD(struct portal_application_out, description),
    FIELD(struct portal_application_out, icon),
    FIELD(struct portal_application_out, launch_url),
    FIELD(struct portal_application_out, admin),
};
/* clang-format on */

const struct shape application_query_shape =
    SHAPE(struct application_query, "ApplicationQuery", query_fields);
const struct shape application_in_shape =
    SHAPE(struct application_body, "ApplicationIn", in_fields);
const struct shape application_patch_shape =
    SHAPE(struct application_body, "ApplicationPatch", patch_fields);
const struct shape application_out_shape = SHAPE(struct application_out, "Application", out_fields);
const struct shape application_line_shape =
    SHAPE(struct application_out, "ApplicationLine", line_fields);
const struct shape binding_in_shape = SHAPE(struct binding_body, "BindingIn", binding_in_fields);
const struct shape binding_out_shape = SHAPE(struct binding_out, "Binding", binding_out_fields);
const struct shape portal_application_out_shape =
    SHAPE(struct portal_application_out, "PortalApplication", portal_fields);
const struct shape forward_query_shape =
    SHAPE(struct forward_query, "ForwardQuery", forward_fields);
