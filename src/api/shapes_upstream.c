/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_upstream.h"

#include "domain/signin/upstream.h"
#include "plat/http/outbound.h"

enum { PAGE_MAX = 500, SCOPES_MAX = 512, CODE_MAX = 4096, TOKEN_MAX = 16 * 1024 };

static const char *const states[] = { "active", "disabled", NULL };

/* clang-format off */
static const struct field map_fields[] = {
    FIELD(struct provider_map_io, value, REQ, .min = 1, .doc = "of the claim"),
    FIELD(struct provider_map_io, group, REQ, .min = 1, .doc = "id or name; in answers the id"),
};
static const struct shape map_shape = SHAPE(struct provider_map_io, "IdentityProviderGroup", map_fields);

#define PROVIDER_REST \
    FIELD(struct provider_body, title,         OPT, .max = PROVIDER_TITLE_MAX, .text = TEXT_LINE,            \
          .doc = "on the page to sign in"), \
    FIELD(struct provider_body, client_secret, OPT, .max = PROVIDER_SECRET_MAX, .secret = true,              \
          .doc = "never shown; none: a public client"), \
    FIELD(struct provider_body, scopes,        OPT, .max = SCOPES_MAX, .text = TEXT_LINE,                    \
          .doc = "absent: openid profile email"), \
    FIELD(struct provider_body, groups_claim,  OPT, .text = TEXT_LINE,                                       \
          .doc = "the claim that lists a person's groups"), \
    FIELD(struct provider_body, audience,      OPT, .text = TEXT_TOKEN,                                      \
          .doc = "its access tokens for this audience act here; absent: none do"), \
    FIELD(struct provider_body, status,        OPT, .oneof = states), \
    FIELD(struct provider_body, sign_up,       OPT, .doc = "who is not linked yet gets an account"), \
    FIELD(struct provider_body, link_email,    OPT,                                                          \
          .doc = "or is linked by an address that the issuer has verified"), \
    FIELD(struct provider_body, groups,        OPT, .max = PROVIDER_GROUPS_MAX, .of = &map_shape,            \
          .doc = "which values of the claim are which groups")

static const struct field in_fields[] = {
    FIELD(struct provider_body, name,      REQ, .min = 1, .max = PROVIDER_NAME_MAX, .text = TEXT_SLUG),
    FIELD(struct provider_body, issuer,    REQ, .min = 1, .max = PROVIDER_ISSUER_MAX, .text = TEXT_TOKEN,
          .doc = "as its tokens say it"),
    FIELD(struct provider_body, client_id, REQ, .min = 1, .text = TEXT_TOKEN),
    PROVIDER_REST,
};
static const struct field patch_fields[] = {
    FIELD(struct provider_body, client_id, OPT, .text = TEXT_TOKEN),
    PROVIDER_REST,
};
static const struct field out_fields[] = {
    FIELD(struct provider_out, id),
    FIELD(struct provider_out, name),
    FIELD(struct provider_out, title),
    FIELD(struct provider_out, issuer),
    FIELD(struct provider_out, client_id),
    FIELD(struct provider_out, scopes),
    FIELD(struct provider_out, groups_claim),
    FIELD(struct provider_out, audience),
    FIELD(struct provider_out, status),
    FIELD(struct provider_out, sign_up),
    FIELD(struct provider_out, link_email),
    FIELD(struct provider_out, groups, .of = &map_shape),
    FIELD(struct provider_out, redirect_uri, .doc = "to be registered there"),
    FIELD(struct provider_out, backchannel_logout_uri, .doc = "to be registered there"),
    FIELD(struct provider_out, created_at),
    FIELD(struct provider_out, updated_at),
    FIELD(struct provider_out, etag),
};
static const struct field query_fields[] = {
    FIELD_AS(struct provider_query, page.limit,  "limit",  OPT, .min = 1, .max = PAGE_MAX),
    FIELD_AS(struct provider_query, page.cursor, "cursor", OPT, .max = 512, .text = TEXT_TOKEN),
};
static const struct field link_fields[] = {
    FIELD(struct link_body, sub,     REQ, .min = 1, .doc = "how the issuer calls him"),
    FIELD(struct link_body, user_id, REQ),
};
static const struct field start_fields[] = {
    FIELD(struct upstream_start_query, next, OPT, .max = 2048, .doc = "an own path"),
    FIELD(struct upstream_start_query, org,  OPT),
};
static const struct field back_fields[] = {
    FIELD(struct upstream_back_query, state,             OPT, .secret = true),
    FIELD(struct upstream_back_query, code,              OPT, .max = CODE_MAX, .secret = true),
    FIELD(struct upstream_back_query, iss,               OPT, .max = PROVIDER_ISSUER_MAX),
    FIELD(struct upstream_back_query, error,             OPT),
    FIELD(struct upstream_back_query, error_description, OPT, .max = 1024),
};
static const struct field logout_fields[] = {
    FIELD(struct upstream_logout_form, logout_token, REQ, .max = TOKEN_MAX, .secret = true),
};
/* clang-format on */

const struct shape provider_in_shape = SHAPE(struct provider_body, "IdentityProviderIn", in_fields);
const struct shape provider_patch_shape =
    SHAPE(struct provider_body, "IdentityProviderPatch", patch_fields);
const struct shape provider_out_shape = SHAPE(struct provider_out, "IdentityProvider", out_fields);
const struct shape provider_query_shape =
    SHAPE(struct provider_query, "IdentityProviderQuery", query_fields);
const struct shape link_in_shape = SHAPE(struct link_body, "IdentityLinkIn", link_fields);
const struct shape upstream_start_shape =
    SHAPE(struct upstream_start_query, "UpstreamStart", start_fields);
const struct shape upstream_back_shape =
    SHAPE(struct upstream_back_query, "UpstreamBack", back_fields, .open = true);
const struct shape upstream_logout_shape =
    SHAPE(struct upstream_logout_form, "UpstreamLogout", logout_fields, .open = true);
