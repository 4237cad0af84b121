/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_identity.h"

enum {
    NAME_MAX_BYTES = 128,
    SLUG_MAX = 63,
    EMAIL_MAX = 254,
    PRIORITY_MAX = 1000000,
    LIMIT_MAX = 500,
    CURSOR_MAX = 512
};

/* clang-format off */
static const char *const roles[] = { "administrator",        "operator", "auditor", "enroller", "user",
                                     "system-administrator", NULL };
static const char *const group_roles[] = { "administrator", "operator", "auditor", "enroller", "user", NULL };
static const char *const statuses[] = { "active", "disabled", NULL };

#define PAGE_FIELDS(T)                                                                    \
    FIELD_AS(T, page.limit,  "limit",  OPT, .min = 1, .max = LIMIT_MAX),                  \
    FIELD_AS(T, page.cursor, "cursor", OPT, .max = CURSOR_MAX, .text = TEXT_TOKEN)

#define COUNT_FIELD(T) FIELD(T, count, OPT, .doc = "adds `total`, exact up to 100,000")

static const struct field page_query_fields[] = {
    PAGE_FIELDS(struct search_query),
};
static const struct field search_query_fields[] = {
    PAGE_FIELDS(struct search_query),
    FIELD(struct search_query, search, OPT, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .doc = "how the name begins, in any case"),
    COUNT_FIELD(struct search_query),
};
static const struct field user_query_fields[] = {
    PAGE_FIELDS(struct user_query),
    FIELD(struct user_query, search,   OPT, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .doc = "how username, email or a word of display_name begins, in any case"),
    FIELD(struct user_query, username, OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .doc = "the whole, in any case"),
    FIELD(struct user_query, email,    OPT, .min = 1, .max = EMAIL_MAX, .text = TEXT_LINE,
          .doc = "the whole, in any case"),
    COUNT_FIELD(struct user_query),
};
static const struct field group_query_fields[] = {
    PAGE_FIELDS(struct group_query),
    FIELD(struct group_query, search,    OPT, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .doc = "how the name begins, in any case"),
    FIELD(struct group_query, member_id, OPT,
          .doc = "a person, service account or device: those that it is in"),
    COUNT_FIELD(struct group_query),
};

static const struct field org_in_fields[] = {
    FIELD(struct org_body, slug, REQ, .min = 1, .max = SLUG_MAX, .text = TEXT_SLUG,
          .doc = "unique; what Seneschal-Org names"),
    FIELD(struct org_body, name, REQ, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE, .trim = true),
};
static const struct field org_out_fields[] = {
    FIELD(struct org_out, id),
    FIELD(struct org_out, slug),
    FIELD(struct org_out, name),
    FIELD(struct org_out, status),
    FIELD(struct org_out, created_at),
};

static const struct field user_in_fields[] = {
    FIELD(struct user_body, username,     REQ, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .trim = true, .doc = "unique in the organisation, in any case"),
    FIELD(struct user_body, email,        REQ, .min = 3, .max = EMAIL_MAX, .text = TEXT_EMAIL, .trim = true),
    FIELD(struct user_body, display_name, OPT, .max = NAME_MAX_BYTES, .text = TEXT_LINE, .trim = true),
    FIELD(struct user_body, groups,       OPT, .text = TEXT_LINE, .doc = "ids or names"),
    FIELD(struct user_body, roles,        OPT, .oneof = roles,
          .doc = "system-administrator: only in the organisation `default`, by one who is it"),
    FIELD(struct user_body, org,          OPT, .min = 1, .max = SLUG_MAX, .text = TEXT_SLUG,
          .doc = "slug; another organisation's wants system:admin"),
};
static const struct field user_patch_fields[] = {
    FIELD(struct user_body, username,     OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .trim = true),
    FIELD(struct user_body, email,        OPT, .min = 3, .max = EMAIL_MAX, .text = TEXT_EMAIL, .trim = true),
    FIELD(struct user_body, display_name, OPT, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .trim = true, .doc = "null: none"),
    FIELD(struct user_body, status,       OPT, .oneof = statuses),
    FIELD(struct user_body, roles,        OPT, .oneof = roles, .doc = "replaces the roles"),
};
static const struct field user_out_fields[] = {
    FIELD(struct user_out, id),
    FIELD(struct user_out, username),
    FIELD(struct user_out, email),
    FIELD(struct user_out, display_name),
    FIELD(struct user_out, status, .doc = "pending, active or disabled"),
    FIELD(struct user_out, roles),
    FIELD(struct user_out, groups, .doc = "names"),
    FIELD(struct user_out, created_at),
    FIELD(struct user_out, updated_at),
    FIELD(struct user_out, etag),
};

static const struct field group_in_fields[] = {
    FIELD(struct group_body, name,     REQ, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .trim = true, .doc = "unique in the organisation, in any case"),
    FIELD(struct group_body, priority, OPT, .min = 0, .max = PRIORITY_MAX,
          .doc = "of its policies among those of other groups; the higher wins; default 100"),
    FIELD(struct group_body, roles,    OPT, .oneof = group_roles, .doc = "of its users and service accounts"),
};
static const struct field group_patch_fields[] = {
    FIELD(struct group_body, name,     OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE, .trim = true),
    FIELD(struct group_body, priority, OPT, .min = 0, .max = PRIORITY_MAX),
    FIELD(struct group_body, roles,    OPT, .oneof = group_roles, .doc = "replaces the roles"),
};
static const struct field group_out_fields[] = {
    FIELD(struct group_out, id),
    FIELD(struct group_out, name),
    FIELD(struct group_out, priority),
    FIELD(struct group_out, roles),
    FIELD(struct group_out, created_at),
    FIELD(struct group_out, updated_at),
    FIELD(struct group_out, etag),
};
static const struct field member_in_fields[] = {
    FIELD(struct member_body, user_id,            OPT, .doc = "exactly one of these four"),
    FIELD(struct member_body, username,           OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE),
    FIELD(struct member_body, service_account_id, OPT),
    FIELD(struct member_body, device_id,          OPT),
};
static const struct field member_out_fields[] = {
    FIELD(struct member_out, kind, .doc = "user, service or device"),
    FIELD(struct member_out, id),
    FIELD(struct member_out, name),
};

static const struct field service_in_fields[] = {
    FIELD(struct service_body, name,   REQ, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .trim = true, .doc = "unique in the organisation, in any case"),
    FIELD(struct service_body, groups, OPT, .text = TEXT_LINE, .doc = "ids or names"),
    FIELD(struct service_body, roles,  OPT, .oneof = roles),
};
static const struct field service_patch_fields[] = {
    FIELD(struct service_body, name,   OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE, .trim = true),
    FIELD(struct service_body, status, OPT, .oneof = statuses),
    FIELD(struct service_body, roles,  OPT, .oneof = roles, .doc = "replaces the roles"),
};
static const struct field service_out_fields[] = {
    FIELD(struct service_out, id),
    FIELD(struct service_out, name),
    FIELD(struct service_out, status),
    FIELD(struct service_out, roles),
    FIELD(struct service_out, groups, .doc = "names"),
    FIELD(struct service_out, created_at),
    FIELD(struct service_out, updated_at),
    FIELD(struct service_out, etag),
};
static const struct field token_in_fields[] = {
    FIELD(struct service_token_body, name,       REQ, .min = 1, .max = NAME_MAX_BYTES,
          .text = TEXT_LINE, .trim = true),
    FIELD(struct service_token_body, expires_at, OPT, .doc = "absent: it does not expire"),
};
static const struct field token_out_fields[] = {
    FIELD(struct service_token_out, id),
    FIELD(struct service_token_out, name),
    FIELD(struct service_token_out, token, .secret = true, .doc = "shown this once"),
    FIELD(struct service_token_out, created_at),
    FIELD(struct service_token_out, expires_at),
};
static const struct field token_line_fields[] = {
    FIELD(struct service_token_out, id),
    FIELD(struct service_token_out, name),
    FIELD(struct service_token_out, created_at),
    FIELD(struct service_token_out, expires_at),
};
/* clang-format on */

const struct shape page_query_shape = SHAPE(struct search_query, "PageQuery", page_query_fields);
const struct shape search_query_shape =
    SHAPE(struct search_query, "SearchQuery", search_query_fields);
const struct shape group_query_shape = SHAPE(struct group_query, "GroupQuery", group_query_fields);
const struct shape user_query_shape = SHAPE(struct user_query, "UserQuery", user_query_fields);
const struct shape org_in_shape = SHAPE(struct org_body, "OrganisationIn", org_in_fields);
const struct shape org_out_shape = SHAPE(struct org_out, "Organisation", org_out_fields);
const struct shape user_in_shape = SHAPE(struct user_body, "UserIn", user_in_fields);
const struct shape user_patch_shape = SHAPE(struct user_body, "UserPatch", user_patch_fields);
const struct shape user_out_shape = SHAPE(struct user_out, "User", user_out_fields);
const struct shape group_in_shape = SHAPE(struct group_body, "GroupIn", group_in_fields);
const struct shape group_patch_shape = SHAPE(struct group_body, "GroupPatch", group_patch_fields);
const struct shape group_out_shape = SHAPE(struct group_out, "Group", group_out_fields);
const struct shape member_in_shape = SHAPE(struct member_body, "MemberIn", member_in_fields);
const struct shape member_out_shape = SHAPE(struct member_out, "Member", member_out_fields);
const struct shape service_in_shape =
    SHAPE(struct service_body, "ServiceAccountIn", service_in_fields);
const struct shape service_patch_shape =
    SHAPE(struct service_body, "ServiceAccountPatch", service_patch_fields);
const struct shape service_out_shape =
    SHAPE(struct service_out, "ServiceAccount", service_out_fields);
const struct shape service_token_in_shape =
    SHAPE(struct service_token_body, "ServiceTokenIn", token_in_fields);
const struct shape service_token_out_shape =
    SHAPE(struct service_token_out, "ServiceToken", token_out_fields);
const struct shape service_token_line_shape =
    SHAPE(struct service_token_out, "ServiceTokenLine", token_line_fields);
