/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_secret.h"

#include "api/shapes_policy.h"
#include "domain/policy/secret_store.h"

enum { PAGE_MAX = 500 };

/* clang-format off */
static const struct field secret_body_fields[] = {
    FIELD(struct secret_body, value,       REQ, .min = 1, .max = SECRET_VALUE_MAX, .secret = true,
          .doc = "never answered; devices whose configuration names the secret get it"),
    FIELD(struct secret_body, scope,       OPT, .oneof = scope_words, .doc = "org when absent"),
    FIELD(struct secret_body, target_id,   OPT, .doc = "the group, user or device"),
    FIELD(struct secret_body, description, OPT, .max = SECRET_DESCRIPTION_MAX,
          .doc = "absent: as it is; null: none"),
};
static const struct field secret_which_fields[] = {
    FIELD(struct secret_which, scope,     OPT, .oneof = scope_words, .doc = "org when absent"),
    FIELD(struct secret_which, target_id, OPT, .doc = "the group, user or device"),
};
static const struct field secret_query_fields[] = {
    FIELD_AS(struct secret_query, page.limit,  "limit",  OPT, .min = 1, .max = PAGE_MAX),
    FIELD_AS(struct secret_query, page.cursor, "cursor", OPT, .max = 512, .text = TEXT_TOKEN),
    FIELD(struct secret_query, name,      OPT, .min = 1, .max = SECRET_NAME_MAX, .text = TEXT_SLUG),
    FIELD(struct secret_query, scope,     OPT, .oneof = scope_words),
    FIELD(struct secret_query, target_id, OPT),
};
static const struct field secret_out_fields[] = {
    FIELD(struct secret_out, id),
    FIELD(struct secret_out, name),
    FIELD(struct secret_out, scope),
    FIELD(struct secret_out, target_id),
    FIELD(struct secret_out, target_name, .doc = "of the group, the user or the machine"),
    FIELD(struct secret_out, description),
    FIELD(struct secret_out, revision, .doc = "moves on with each value"),
    FIELD(struct secret_out, epoch,    .doc = "of the key that it is sealed with"),
    FIELD(struct secret_out, created_at),
    FIELD(struct secret_out, updated_at),
    FIELD(struct secret_out, etag),
};
static const struct field secret_value_out_fields[] = {
    FIELD(struct secret_value_out, name),
    FIELD(struct secret_value_out, value, .secret = true, .doc = "for memory, not for a disk"),
    FIELD(struct secret_value_out, revision),
};
/* clang-format on */

const struct shape secret_body_shape = SHAPE(struct secret_body, "SecretIn", secret_body_fields);
const struct shape secret_which_shape =
    SHAPE(struct secret_which, "SecretWhich", secret_which_fields);
const struct shape secret_query_shape =
    SHAPE(struct secret_query, "SecretQuery", secret_query_fields);
const struct shape secret_out_shape = SHAPE(struct secret_out, "Secret", secret_out_fields);
const struct shape secret_value_out_shape =
    SHAPE(struct secret_value_out, "SecretValue", secret_value_out_fields);
