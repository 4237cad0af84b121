/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_keys.h"

/* clang-format off */
static const struct field key_out_fields[] = {
    FIELD(struct key_out, use,        .doc = "what it is for; `root` signs key sets"),
    FIELD(struct key_out, kid,        .doc = "RFC 7638 thumbprint, of a key that signs"),
    FIELD(struct key_out, alg,        .doc = "of a key that signs tokens"),
    FIELD(struct key_out, epoch,      .doc = "of a key that secrets are sealed with"),
    FIELD(struct key_out, state,      .doc = "active, or retiring: what it signed is still accepted"),
    FIELD(struct key_out, created_at),
    FIELD(struct key_out, retires_at, .doc = "when a retiring key is accepted no more"),
};
static const struct field key_rotate_in_fields[] = {
    FIELD(struct key_rotate_in, at_once, OPT, .doc = "the older keys are accepted no more from now on"),
};
static const struct field key_set_key_fields[] = {
    FIELD(struct key_set_key, crv),
    FIELD(struct key_set_key, kid, .doc = "RFC 7638 thumbprint"),
    FIELD(struct key_set_key, kty),
    FIELD(struct key_set_key, use),
    FIELD(struct key_set_key, x),
};
static const struct field key_set_out_fields[] = {
    FIELD(struct key_set_out, iat,  .doc = "seconds since 1970"),
    FIELD(struct key_set_out, keys, .of = &key_set_key_shape, .doc = "newest first"),
    FIELD(struct key_set_out, n,    .doc = "grows with every change of the set"),
    FIELD(struct key_set_out, org),
};
static const struct field jwks_key_fields[] = {
    FIELD(struct jwks_key, alg, .doc = "ES256 or RS256"),
    FIELD(struct jwks_key, crv, .doc = "of an elliptic curve"),
    FIELD(struct jwks_key, e,   .doc = "of RSA"),
    FIELD(struct jwks_key, kid, .doc = "RFC 7638 thumbprint"),
    FIELD(struct jwks_key, kty),
    FIELD(struct jwks_key, n,   .doc = "of RSA"),
    FIELD(struct jwks_key, use),
    FIELD(struct jwks_key, x,   .doc = "of an elliptic curve"),
    FIELD(struct jwks_key, y,   .doc = "of an elliptic curve"),
};
static const struct field jwks_out_fields[] = {
    FIELD(struct jwks_out, keys, .of = &jwks_key_shape),
};
/* clang-format on */

const struct shape jwks_key_shape = SHAPE(struct jwks_key, "JwksKey", jwks_key_fields);
const struct shape jwks_out_shape = SHAPE(struct jwks_out, "Jwks", jwks_out_fields);
const struct shape key_out_shape = SHAPE(struct key_out, "Key", key_out_fields);
const struct shape key_rotate_in_shape =
    SHAPE(struct key_rotate_in, "KeyRotate", key_rotate_in_fields);
const struct shape key_set_key_shape = SHAPE(struct key_set_key, "KeySetKey", key_set_key_fields);
const struct shape key_set_out_shape = SHAPE(struct key_set_out, "KeySet", key_set_out_fields);
