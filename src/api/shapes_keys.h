/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of the keys that sign. */
#ifndef API_SHAPES_KEYS_H
#define API_SHAPES_KEYS_H

#include "api/request.h"

struct key_out {
    str_t use;
    str_t kid;       /* absent: of a key without a public half */
    opt_i64_t epoch; /* of a data key */
    str_t state;     /* active, retiring */
    ts_t created_at;
    ts_t retires_at; /* of a retiring one */
};

struct key_rotate_in {
    bool at_once;
};

struct key_set_key { /* RFC 7517, RFC 8037 */
    str_t crv;
    str_t kid;
    str_t kty;
    str_t use;
    str_t x;
};

struct key_set_out {
    int64_t iat;
    struct rows keys;
    int64_t n;
    oid_t org;
};

extern const struct shape key_out_shape;
extern const struct shape key_rotate_in_shape;
extern const struct shape key_set_key_shape;
extern const struct shape key_set_out_shape;

#endif
