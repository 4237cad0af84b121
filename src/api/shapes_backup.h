/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_SHAPES_BACKUP_H
#define API_SHAPES_BACKUP_H

#include "api/request.h"

struct backup_out {
    str_t name;
    int64_t bytes;
    str_t sha256;
    ts_t made_at;
};

extern const struct shape backup_shape;

#endif
