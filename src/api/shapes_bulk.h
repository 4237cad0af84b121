/* SPDX-License-Identifier: Apache-2.0 */
/* One move for many devices. */
#ifndef API_SHAPES_BULK_H
#define API_SHAPES_BULK_H

#include "api/request.h"

struct device_bulk_in {
    str_t action;
    struct strs device_ids;
    str_t reason;
    struct strs groups;
};

struct device_bulk_result {
    oid_t device_id;
    bool ok;
    str_t code;
    str_t detail;
};

struct device_bulk_out {
    int64_t done;
    struct rows results;
};

extern const struct shape device_bulk_in_shape;
extern const struct shape device_bulk_out_shape;

#endif
