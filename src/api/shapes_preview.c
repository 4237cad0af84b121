/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_preview.h"

#include "api/shapes_policy.h"
#include "domain/policy/policy.h"

enum { PRIORITY_MAX = 1000000, LOCKED_MAX = 128 * 1024 };

/* clang-format off */
static const struct field trial_in_fields[] = {
    FIELD(struct trial_in, scope,     REQ, .oneof = scope_words),
    FIELD(struct trial_in, target_id, OPT, .doc = "the group, user or device"),
    FIELD(struct trial_in, priority,  OPT, .min = -PRIORITY_MAX, .max = PRIORITY_MAX,
          .doc = "100 when absent"),
    FIELD(struct trial_in, number,    OPT, .min = 0, .max = INT32_MAX,
          .doc = "of a published version that it stays at; absent or 0: it follows"),
};
static const struct shape trial_in_shape = SHAPE(struct trial_in, "PreviewAssignment", trial_in_fields);

static const struct field preview_in_fields[] = {
    FIELD(struct preview_in, policy_id,  REQ),
    FIELD(struct preview_in, number,     OPT, .min = 1, .max = INT32_MAX,
          .doc = "a stored version that stands in for the newest: a draft, or one to roll back to"),
    FIELD(struct preview_in, content,    OPT, .max = POLICY_CONTENT_MAX, .json = JSON_OBJECT_OPEN,
          .doc = "instead of `number`: words that are stored nowhere, with `locked` and `enabled`"),
    FIELD(struct preview_in, locked,     OPT, .max = LOCKED_MAX, .json = JSON_VALUE),
    FIELD(struct preview_in, enabled,    OPT),
    FIELD(struct preview_in, assignment, OPT, .of = &trial_in_shape,
          .doc = "one of this policy that does not exist yet; without `number` and `content` every "
          "version stays what it is"),
    FIELD(struct preview_in, without,    OPT, .doc = "an assignment of this policy that is taken away, "
          "or whose place `assignment` takes"),
    FIELD(struct preview_in, device_id,  OPT, .doc = "only this device, enrolled or not"),
};
static const struct field change_out_fields[] = {
    FIELD(struct change_out, pointer),
    FIELD(struct change_out, from, .json = JSON_VALUE, .omit = true, .doc = "absent: nothing was there"),
    FIELD(struct change_out, to,   .json = JSON_VALUE, .omit = true,
          .doc = "absent: nothing is there any more"),
};
const struct shape change_out_shape = SHAPE(struct change_out, "Change", change_out_fields);

static const struct field preview_device_out_fields[] = {
    FIELD(struct preview_device_out, id),
    FIELD(struct preview_device_out, machine_id),
    FIELD(struct preview_device_out, hostname),
};
static const struct shape preview_device_out_shape =
    SHAPE(struct preview_device_out, "PreviewDevice", preview_device_out_fields);

static const struct field fault_out_fields[] = {
    FIELD(struct fault_out, pointer, .doc = "into the configuration"),
    FIELD(struct fault_out, keyword),
    FIELD(struct fault_out, want),
};
static const struct shape fault_out_shape = SHAPE(struct fault_out, "SchemaFault", fault_out_fields);

static const struct field preview_result_out_fields[] = {
    FIELD(struct preview_result_out, devices),
    FIELD(struct preview_result_out, sample_device_id),
    FIELD(struct preview_result_out, sample, .of = &preview_device_out_shape, .doc = "at most 10 of them"),
    FIELD(struct preview_result_out, enabled_from),
    FIELD(struct preview_result_out, enabled_to),
    FIELD(struct preview_result_out, diff, .of = &change_out_shape, .doc = "by pointer"),
    FIELD(struct preview_result_out, changes, .doc = "how many there are; more than are shown: truncated"),
    FIELD(struct preview_result_out, faults, .of = &fault_out_shape,
          .doc = "what the schemas find in the configuration of the first sample; of the first 20 results"),
};
static const struct shape preview_result_out_shape =
    SHAPE(struct preview_result_out, "PreviewResult", preview_result_out_fields);

static const struct field preview_out_fields[] = {
    FIELD(struct preview_out, devices,   .doc = "that the draft reaches"),
    FIELD(struct preview_out, changed,   .doc = "whose configuration would be another"),
    FIELD(struct preview_out, looked_at),
    FIELD(struct preview_out, truncated,
          .doc = "a limit was met: the counts are of the devices looked at, or "
          "not every result is shown whole"),
    FIELD(struct preview_out, results, .of = &preview_result_out_shape,
          .doc = "devices that change in the same way together"),
};
static const struct field diff_query_fields[] = {
    FIELD(struct diff_query, from, REQ, .min = 1, .max = INT32_MAX, .doc = "number of a version"),
    FIELD(struct diff_query, to,   REQ, .min = 1, .max = INT32_MAX),
};
static const struct field diff_out_fields[] = {
    FIELD(struct diff_out, from),
    FIELD(struct diff_out, to),
    FIELD(struct diff_out, from_version, .doc = "null: a draft"),
    FIELD(struct diff_out, to_version),
    FIELD(struct diff_out, enabled_from, .doc = "null: it does not say"),
    FIELD(struct diff_out, enabled_to),
    FIELD(struct diff_out, unlocked, .doc = "locks that go"),
    FIELD(struct diff_out, locked,   .doc = "locks that come"),
    FIELD(struct diff_out, diff, .of = &change_out_shape,
          .doc = "of the content, by pointer; null is a value here"),
};
/* clang-format on */

const struct shape preview_in_shape = SHAPE(struct preview_in, "PreviewIn", preview_in_fields);
const struct shape preview_out_shape = SHAPE(struct preview_out, "Preview", preview_out_fields);
const struct shape diff_query_shape = SHAPE(struct diff_query, "DiffQuery", diff_query_fields);
const struct shape diff_out_shape = SHAPE(struct diff_out, "PolicyDiff", diff_out_fields);
