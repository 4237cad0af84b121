/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_bulk.h"

enum { BULK_MAX = 500, REASON_MAX = 512 };

/* clang-format off */
static const char *const actions[] = { "approve", "refuse", "revoke", "block", "unblock", NULL };

static const struct field device_bulk_in_fields[] = {
    FIELD(struct device_bulk_in, action,     REQ, .oneof = actions),
    FIELD(struct device_bulk_in, device_ids, REQ, .min = 1, .max = BULK_MAX, .item_max = OID_TEXT),
    FIELD(struct device_bulk_in, reason,     OPT, .max = REASON_MAX, .doc = "stored and on the record"),
    FIELD(struct device_bulk_in, groups,     OPT, .doc = "with approve: ids or names, for each of them"),
};
static const struct field device_bulk_result_fields[] = {
    FIELD(struct device_bulk_result, device_id),
    FIELD(struct device_bulk_result, ok),
    FIELD(struct device_bulk_result, code,   .omit = true, .doc = "of the refusal, as its own row says it"),
    FIELD(struct device_bulk_result, detail, .omit = true),
};
static const struct shape device_bulk_result_shape =
    SHAPE(struct device_bulk_result, "DeviceBulkResult", device_bulk_result_fields);
static const struct field device_bulk_out_fields[] = {
    FIELD(struct device_bulk_out, done,    .doc = "how many moved"),
    FIELD(struct device_bulk_out, results, .of = &device_bulk_result_shape,
          .doc = "one for each device, in the order of the ids"),
};
/* clang-format on */

const struct shape device_bulk_in_shape =
    SHAPE(struct device_bulk_in, "DeviceBulk", device_bulk_in_fields);
const struct shape device_bulk_out_shape =
    SHAPE(struct device_bulk_out, "DeviceBulkDone", device_bulk_out_fields);
