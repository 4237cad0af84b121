/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_policy.h"

#include "domain/policy/policy.h"

enum {
    NAME_MAX_BYTES = 128,
    DESCRIPTION_MAX = 2048,
    LOCKED_MAX = 128 * 1024,
    PRIORITY_MAX = 1000000,
    PAGE_MAX = 500,
    REASON_MAX = 512,
};

/* clang-format off */
const char *const scope_words[] = { "global", "org", "group", "user", "device", NULL };
static const char *const results[] = { "applied", "failed", "rejected", NULL };

static const struct field policy_query_fields[] = {
    FIELD_AS(struct policy_query, page.limit,  "limit",  OPT, .min = 1, .max = PAGE_MAX),
    FIELD_AS(struct policy_query, page.cursor, "cursor", OPT, .max = 512, .text = TEXT_TOKEN),
    FIELD(struct policy_query, search, OPT, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .doc = "a part of the name, A to Z in either case"),
    FIELD(struct policy_query, group, OPT, .doc = "id of a group that it is assigned to"),
};
static const struct field policy_in_fields[] = {
    FIELD(struct policy_in, name,        REQ, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .trim = true, .doc = "unique in the organisation"),
    FIELD(struct policy_in, description, OPT, .max = DESCRIPTION_MAX),
};
static const struct field policy_patch_fields[] = {
    FIELD(struct policy_in, name,        OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .trim = true),
    FIELD(struct policy_in, description, OPT, .max = DESCRIPTION_MAX, .doc = "null: none"),
};
static const struct field policy_out_fields[] = {
    FIELD(struct policy_out, id),
    FIELD(struct policy_out, name),
    FIELD(struct policy_out, description),
    FIELD(struct policy_out, newest_number,  .doc = "of the version that was published last"),
    FIELD(struct policy_out, newest_version),
    FIELD(struct policy_out, draft_number,   .doc = "of the newest draft; null: none"),
    FIELD(struct policy_out, assignments,    .doc = "how many there are of it"),
    FIELD(struct policy_out, scopes,         .doc = "of its assignments, each once"),
    FIELD(struct policy_out, managed,        .doc = "by files"),
    FIELD(struct policy_out, created_at),
    FIELD(struct policy_out, updated_at),
    FIELD(struct policy_out, etag),
};
static const struct field policy_version_in_fields[] = {
    FIELD(struct policy_version_in, content, REQ, .max = POLICY_CONTENT_MAX,
          .json = JSON_OBJECT_OPEN, .doc = "the configuration, a JSON object"),
    FIELD(struct policy_version_in, locked,  OPT, .max = LOCKED_MAX, .json = JSON_VALUE,
          .doc = "a list of JSON Pointers, or \"enabled\", that more specific levels cannot change"),
    FIELD(struct policy_version_in, enabled, OPT, .doc = "false: the configuration is switched off"),
};
static const struct field policy_version_out_fields[] = {
    FIELD(struct policy_version_out, number),
    FIELD(struct policy_version_out, state, .doc = "draft or published"),
    FIELD(struct policy_version_out, version, .doc = "YYYY-MM-DD.n once published"),
    FIELD(struct policy_version_out, enabled),
    FIELD(struct policy_version_out, locked),
    FIELD(struct policy_version_out, content),
    FIELD(struct policy_version_out, created_at),
    FIELD(struct policy_version_out, updated_at),
    FIELD(struct policy_version_out, published_at),
    FIELD(struct policy_version_out, etag),
};
static const struct field policy_version_line_fields[] = {
    FIELD(struct policy_version_out, number),
    FIELD(struct policy_version_out, state, .doc = "draft or published"),
    FIELD(struct policy_version_out, version, .doc = "YYYY-MM-DD.n once published"),
    FIELD(struct policy_version_out, enabled),
    FIELD(struct policy_version_out, created_at),
    FIELD(struct policy_version_out, updated_at),
    FIELD(struct policy_version_out, published_at),
    FIELD(struct policy_version_out, etag),
};
static const struct field policy_rollback_in_fields[] = {
    FIELD(struct policy_rollback_in, number, REQ, .min = 1, .max = INT32_MAX,
          .doc = "of the published version whose content comes back"),
};
static const struct field assignment_query_fields[] = {
    FIELD_AS(struct assignment_query, page.limit,  "limit",  OPT, .min = 1, .max = PAGE_MAX),
    FIELD_AS(struct assignment_query, page.cursor, "cursor", OPT, .max = 512, .text = TEXT_TOKEN),
    FIELD(struct assignment_query, policy_id, OPT),
    FIELD(struct assignment_query, scope,     OPT, .oneof = scope_words),
    FIELD(struct assignment_query, target_id, OPT),
};
static const struct field assignment_in_fields[] = {
    FIELD(struct assignment_body, policy_id, REQ),
    FIELD(struct assignment_body, number,    OPT, .min = 1, .max = INT32_MAX,
          .doc = "pin this version; absent: follow the newest published one"),
    FIELD(struct assignment_body, scope,     REQ, .oneof = scope_words),
    FIELD(struct assignment_body, target_id, OPT, .doc = "the group, user or device"),
    FIELD(struct assignment_body, priority,  OPT, .min = -PRIORITY_MAX, .max = PRIORITY_MAX,
          .doc = "within its level, ascending: what applies later wins; 100 when absent"),
};
static const struct field assignment_patch_fields[] = {
    FIELD(struct assignment_body, number,    OPT, .min = 0, .max = INT32_MAX,
          .doc = "0: follow the newest published version"),
    FIELD(struct assignment_body, scope,     OPT, .min = 1, .oneof = scope_words),
    FIELD(struct assignment_body, target_id, OPT),
    FIELD(struct assignment_body, priority,  OPT, .min = -PRIORITY_MAX, .max = PRIORITY_MAX),
};
static const struct field assignment_out_fields[] = {
    FIELD(struct assignment_out, id),
    FIELD(struct assignment_out, policy_id),
    FIELD(struct assignment_out, number, .doc = "null: follows the newest published version"),
    FIELD(struct assignment_out, scope),
    FIELD(struct assignment_out, target_id),
    FIELD(struct assignment_out, target_name, .doc = "of the group, the user or the machine"),
    FIELD(struct assignment_out, priority),
    FIELD(struct assignment_out, created_at),
    FIELD(struct assignment_out, updated_at),
    FIELD(struct assignment_out, etag),
};
static const struct field config_ack_in_fields[] = {
    FIELD(struct config_ack_in, device_id,  OPT, .doc = "left out by the device itself"),
    FIELD(struct config_ack_in, version,    OPT, .max = 64, .text = TEXT_LINE),
    FIELD(struct config_ack_in, etag,       REQ, .min = 64, .max = 66, .text = TEXT_TOKEN,
          .doc = "as the server gave it"),
    FIELD(struct config_ack_in, result,     REQ, .oneof = results),
    FIELD(struct config_ack_in, reason,     OPT, .max = REASON_MAX, .text = TEXT_LINE),
    FIELD(struct config_ack_in, applied_at, OPT),
    FIELD(struct config_ack_in, drift,      OPT, .max = 16,
          .doc = "what others changed in its files: ADAPTER:/pointer; with drifted_at"),
    FIELD(struct config_ack_in, drift_count, OPT, .min = 1, .max = INT32_MAX, .doc = "since the last report"),
    FIELD(struct config_ack_in, drifted_at, OPT, .doc = "the newest of these changes"),
};
/* clang-format on */

const struct shape policy_query_shape =
    SHAPE(struct policy_query, "PolicyQuery", policy_query_fields);
const struct shape policy_in_shape = SHAPE(struct policy_in, "PolicyIn", policy_in_fields);
const struct shape policy_patch_shape = SHAPE(struct policy_in, "PolicyPatch", policy_patch_fields);
const struct shape policy_out_shape = SHAPE(struct policy_out, "Policy", policy_out_fields);
const struct shape policy_version_in_shape =
    SHAPE(struct policy_version_in, "PolicyVersionIn", policy_version_in_fields);
const struct shape policy_version_out_shape =
    SHAPE(struct policy_version_out, "PolicyVersion", policy_version_out_fields);
const struct shape policy_version_line_shape =
    SHAPE(struct policy_version_out, "PolicyVersionLine", policy_version_line_fields);
const struct shape policy_rollback_in_shape =
    SHAPE(struct policy_rollback_in, "PolicyRollbackIn", policy_rollback_in_fields);
const struct shape assignment_query_shape =
    SHAPE(struct assignment_query, "AssignmentQuery", assignment_query_fields);
const struct shape assignment_in_shape =
    SHAPE(struct assignment_body, "AssignmentIn", assignment_in_fields);
const struct shape assignment_patch_shape =
    SHAPE(struct assignment_body, "AssignmentPatch", assignment_patch_fields);
const struct shape assignment_out_shape =
    SHAPE(struct assignment_out, "Assignment", assignment_out_fields);
const struct shape config_ack_in_shape =
    SHAPE(struct config_ack_in, "ConfigAckIn", config_ack_in_fields);
