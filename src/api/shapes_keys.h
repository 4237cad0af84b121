/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of the keys that sign. */
#ifndef API_SHAPES_KEYS_H
#define API_SHAPES_KEYS_H

#include "api/request.h"

struct key_out {
    str_t use;
    str_t kid;       /* absent: of a key without a public half */
    str_t alg;       /* of a key that signs tokens */
    opt_i64_t epoch; /* of a data key */
    str_t state;     /* active, retiring */
    ts_t created_at;
    ts_t retires_at; /* of a retiring one */
};

struct issuer_fresh;
struct key_rotate_in {
    bool at_once;
    const struct issuer_fresh *fresh; /* by the row's prepare, of the use `oidc` */
};

/* RFC 7517: of the issuer. Which members a key has, its kty says. */
struct jwks_key {
    str_t alg;
    str_t crv;
    str_t e;
    str_t kid;
    str_t kty;
    str_t n;
    str_t use;
    str_t x;
    str_t y;
};
struct jwks_out {
    struct rows keys;
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
extern const struct shape jwks_key_shape;
extern const struct shape jwks_out_shape;

#endif
