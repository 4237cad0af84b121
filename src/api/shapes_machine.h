/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_SHAPES_MACHINE_H
#define API_SHAPES_MACHINE_H

#include "api/request.h"

struct service_key_body { /* of POST and PATCH */
    str_t name;
    str_t status;
    str_t generate;
    json_text_t public_key;
    ts_t expires_at;
};
struct service_key_out {
    oid_t id;
    str_t name;
    str_t status;
    str_t alg;
    str_t thumbprint;
    json_text_t file;
    ts_t created_at;
    ts_t expires_at;
    ts_t used_at;
};

extern const struct shape service_key_in_shape;
extern const struct shape service_key_patch_shape;
extern const struct shape service_key_out_shape;
extern const struct shape service_key_made_shape;

#endif
