/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_explain.h"

#include "domain/policy/policy.h"

/* clang-format off */
#define BY(T)                                                                                                \
    FIELD_AS(T, by.level,         "level",         .doc = "global, org, group, user or device"),             \
    FIELD_AS(T, by.policy_id,     "policy_id"),                                                              \
    FIELD_AS(T, by.policy_name,   "policy_name",   .doc = "null: deleted before it ever published"),         \
    FIELD_AS(T, by.number,        "number",        .doc = "of the version"),                                 \
    FIELD_AS(T, by.version,       "version"),                                                                \
    FIELD_AS(T, by.assignment_id, "assignment_id")

static const struct field explain_query_fields[] = {
    FIELD(struct explain_query, at,      OPT, .doc = "a moment that has passed; absent: now"),
    FIELD(struct explain_query, pointer, OPT, .max = POLICY_LOCK_TEXT_MAX,
          .doc = "only what lies at, inside or above this JSON Pointer"),
};
static const struct field explain_lock_out_fields[] = {
    FIELD(struct explain_lock_out, pointer, .doc = "the locked path, or \"enabled\""),
    BY(struct explain_lock_out),
};
static const struct field explain_word_out_fields[] = {
    FIELD(struct explain_word_out, pointer),
    FIELD(struct explain_word_out, value, .json = JSON_VALUE, .doc = "null: it removed what was there"),
    BY(struct explain_word_out),
    FIELD(struct explain_word_out, locked_by, .of = &explain_lock_out_shape, .omit = true),
};
static const struct field explain_leaf_out_fields[] = {
    FIELD(struct explain_leaf_out, pointer),
    FIELD(struct explain_leaf_out, value, .json = JSON_VALUE),
    BY(struct explain_leaf_out),
    FIELD(struct explain_leaf_out, locked_by, .of = &explain_lock_out_shape, .omit = true),
    FIELD(struct explain_leaf_out, shadowed,  .of = &explain_word_out_shape,
          .doc = "what less specific versions said at, inside or above it, in order"),
    FIELD(struct explain_leaf_out, refused,   .of = &explain_word_out_shape,
          .doc = "what a lock did not let in there, in order"),
};
static const struct field explain_removed_out_fields[] = {
    FIELD(struct explain_leaf_out, pointer),
    BY(struct explain_leaf_out),
    FIELD(struct explain_leaf_out, locked_by, .of = &explain_lock_out_shape, .omit = true),
    FIELD(struct explain_leaf_out, shadowed,  .of = &explain_word_out_shape),
    FIELD(struct explain_leaf_out, refused,   .of = &explain_word_out_shape),
};
static const struct field explain_enabled_out_fields[] = {
    FIELD(struct explain_enabled_out, value),
    BY(struct explain_enabled_out),
    FIELD(struct explain_enabled_out, locked_by, .of = &explain_lock_out_shape, .omit = true),
    FIELD(struct explain_enabled_out, shadowed,  .of = &explain_word_out_shape),
    FIELD(struct explain_enabled_out, refused,   .of = &explain_word_out_shape),
};
static const struct field explain_plan_out_fields[] = {
    BY(struct explain_plan_out),
    FIELD(struct explain_plan_out, target_id, .doc = "the group, user or device; null: everybody"),
    FIELD(struct explain_plan_out, priority),
    FIELD(struct explain_plan_out, pinned,    .doc = "to this version; else it follows the newest"),
};

static const struct shape explain_leaf_out_shape =
    SHAPE(struct explain_leaf_out, "ExplainLeaf", explain_leaf_out_fields);
static const struct shape explain_removed_out_shape =
    SHAPE(struct explain_leaf_out, "ExplainRemoved", explain_removed_out_fields);
static const struct shape explain_enabled_out_shape =
    SHAPE(struct explain_enabled_out, "ExplainEnabled", explain_enabled_out_fields);
static const struct shape explain_plan_out_shape =
    SHAPE(struct explain_plan_out, "ExplainPlan", explain_plan_out_fields);

static const struct field explain_out_fields[] = {
    FIELD(struct explain_out, device_id),
    FIELD(struct explain_out, at,      .doc = "the moment that was asked for; null: now"),
    FIELD(struct explain_out, pointer, .doc = "as it was asked for; null: everything"),
    FIELD(struct explain_out, etag,    .doc = "of the configuration that is explained"),
    FIELD(struct explain_out, version),
    FIELD(struct explain_out, enabled, .of = &explain_enabled_out_shape,
          .doc = "false: the configuration is {} and has no leaves; a source only where a version says so"),
    FIELD(struct explain_out, leaves,  .of = &explain_leaf_out_shape,
          .doc = "each leaf once, in the order of member names; an array is one leaf, so is {}"),
    FIELD(struct explain_out, removed, .of = &explain_removed_out_shape,
          .doc = "what a null took away and nobody put back"),
    FIELD(struct explain_out, refused, .of = &explain_word_out_shape,
          .doc = "everything that locks did not let in, also where no leaf is"),
    FIELD(struct explain_out, plan,    .of = &explain_plan_out_shape,
          .doc = "the assignments that reach the device, in the order in which they apply"),
};
/* clang-format on */

const struct shape explain_query_shape =
    SHAPE(struct explain_query, "ExplainQuery", explain_query_fields);
const struct shape explain_lock_out_shape =
    SHAPE(struct explain_lock_out, "ExplainLock", explain_lock_out_fields);
const struct shape explain_word_out_shape =
    SHAPE(struct explain_word_out, "ExplainWord", explain_word_out_fields);
const struct shape explain_out_shape = SHAPE(struct explain_out, "Explanation", explain_out_fields);
