/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of a device, as it sees itself. */
#ifndef API_SHAPES_SELF_H
#define API_SHAPES_SELF_H

#include "api/request.h"

struct self_out {
    oid_t id;
    str_t machine_id;
    str_t status;
    int64_t join_seq;
    oid_t user_id;
    struct strs groups;
    json_text_t labels;
    ts_t enrolled_at;
    str_t jwks_uri;
    json_text_t root_key;
};

struct heartbeat_in {
    str_t client_version;
    json_text_t metrics;
};

struct rotate_in {
    int64_t join_seq;
    str_t nonce;
};

struct token_out {
    str_t token;
    int64_t join_seq;
};

extern const struct shape self_out_shape;
extern const struct shape heartbeat_in_shape;
extern const struct shape rotate_in_shape;
extern const struct shape token_out_shape;

#endif
