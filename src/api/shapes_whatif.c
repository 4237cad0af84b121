/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_whatif.h"

#include "api/shapes_preview.h"

enum { NAME_MAX_BYTES = 128 };

/* clang-format off */
static const struct field who_fields[] = {
    FIELD(struct whatif_who_out, kind, .doc = "user, service-account or device"),
    FIELD(struct whatif_who_out, id),
    FIELD(struct whatif_who_out, name),
};
static const struct shape who_shape = SHAPE(struct whatif_who_out, "AccessPreviewWho", who_fields);

static const struct field change_fields[] = {
    FIELD(struct whatif_change_out, id,   .omit = true, .doc = "of an application"),
    FIELD(struct whatif_change_out, name, .doc = "a role, an application, or SERVER/TOOL"),
    FIELD(struct whatif_change_out, from,
          .doc = "none, conditional (it depends on arguments, address, time, a second factor ...), approval "
                 "(each call waits for a person's yes) or allowed"),
    FIELD(struct whatif_change_out, to),
    FIELD(struct whatif_change_out, by,   .doc = "what decides then: the source of a permission, as "
          "/permissions/validate has it, or the name of an access rule; null: nothing to name"),
};
static const struct shape access_change_shape =
    SHAPE(struct whatif_change_out, "AccessChange", change_fields);

static const struct field result_fields[] = {
    FIELD(struct whatif_result_out, who,          .doc = "how many change in this way"),
    FIELD(struct whatif_result_out, sample,       .of = &who_shape, .doc = "at most 10 of them"),
    FIELD(struct whatif_result_out, roles,        .of = &access_change_shape),
    FIELD(struct whatif_result_out, applications, .of = &access_change_shape),
    FIELD(struct whatif_result_out, tools,        .of = &access_change_shape),
    FIELD(struct whatif_result_out, values,       .of = &change_out_shape,
          .doc = "of a device's configuration, by pointer"),
    FIELD(struct whatif_result_out, enabled_from,
          .doc = "null: whether it has a configuration stays as it is"),
    FIELD(struct whatif_result_out, enabled_to),
    FIELD(struct whatif_result_out, changes,
          .doc = "how many there are; more than are shown: truncated"),
};
static const struct shape result_shape =
    SHAPE(struct whatif_result_out, "AccessPreviewResult", result_fields);

static const struct field out_fields[] = {
    FIELD(struct whatif_out, looked_at),
    FIELD(struct whatif_out, changed,   .doc = "who gain or lose something"),
    FIELD(struct whatif_out, truncated,
          .doc = "a limit was met: the counts are of those looked at, or not every change is shown"),
    FIELD(struct whatif_out, results,   .of = &result_shape,
          .doc = "those who change in the same way together"),
};
static const struct field binding_preview_fields[] = {
    FIELD(struct binding_preview_body, group_id,           OPT, .doc = "exactly one of these"),
    FIELD(struct binding_preview_body, group,              OPT, .min = 1, .max = NAME_MAX_BYTES,
          .text = TEXT_LINE),
    FIELD(struct binding_preview_body, user_id,            OPT),
    FIELD(struct binding_preview_body, username,           OPT, .min = 1, .max = NAME_MAX_BYTES,
          .text = TEXT_LINE),
    FIELD(struct binding_preview_body, service_account_id, OPT),
    FIELD(struct binding_preview_body, binding_id,         OPT, .doc = "alone: this one would be taken away"),
};
static const struct field member_preview_fields[] = {
    FIELD(struct member_preview_body, user_id,            OPT, .doc = "exactly one of these four"),
    FIELD(struct member_preview_body, username,           OPT, .min = 1, .max = NAME_MAX_BYTES,
          .text = TEXT_LINE),
    FIELD(struct member_preview_body, service_account_id, OPT),
    FIELD(struct member_preview_body, device_id,          OPT),
    FIELD(struct member_preview_body, leaves,             OPT,
          .doc = "true: out of the group instead of into it"),
};
/* clang-format on */

const struct shape whatif_out_shape = SHAPE(struct whatif_out, "AccessPreview", out_fields);
const struct shape binding_preview_shape =
    SHAPE(struct binding_preview_body, "BindingPreviewIn", binding_preview_fields);
const struct shape member_preview_shape =
    SHAPE(struct member_preview_body, "MemberPreviewIn", member_preview_fields);
