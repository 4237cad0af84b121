/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_machine.h"

enum { NAME_MAX_BYTES = 128, JWK_MAX = 2048 };

/* clang-format off */
static const char *const statuses[] = { "active", "disabled", NULL };
static const char *const generates[] = { "EdDSA", "ES256", "RS256", NULL };

static const struct field key_in_fields[] = {
    FIELD(struct service_key_body, name,       OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .trim = true),
    FIELD(struct service_key_body, public_key, OPT, .json = JSON_JWK, .max = JWK_MAX,
          .doc = "the public half of a pair that was made elsewhere: Ed25519, P-256 or RSA"),
    FIELD(struct service_key_body, generate,   OPT, .oneof = generates,
          .doc = "instead of public_key: make the pair here, and answer its key file once"),
    FIELD(struct service_key_body, expires_at, OPT, .doc = "absent: in a year"),
};
static const struct field key_patch_fields[] = {
    FIELD(struct service_key_body, name,   OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .trim = true),
    FIELD(struct service_key_body, status, OPT, .oneof = statuses),
};

#define KEY_OUT_FIELDS                                                                            \
    FIELD(struct service_key_out, id, .doc = "the kid of what it signs"),                         \
    FIELD(struct service_key_out, name),                                                          \
    FIELD(struct service_key_out, status),                                                        \
    FIELD(struct service_key_out, alg),                                                           \
    FIELD(struct service_key_out, thumbprint, .doc = "SHA-256 of the public key, base64url"),     \
    FIELD(struct service_key_out, created_at),                                                    \
    FIELD(struct service_key_out, expires_at),                                                    \
    FIELD(struct service_key_out, used_at, .doc = "to the hour")

static const struct field key_out_fields[] = {
    KEY_OUT_FIELDS,
};
static const struct field key_made_fields[] = {
    KEY_OUT_FIELDS,
    FIELD(struct service_key_out, file, .omit = true, .secret = true,
          .doc = "of a pair that was made here, this once: {type, keyId, key, userId}"),
};
/* clang-format on */

const struct shape service_key_in_shape =
    SHAPE(struct service_key_body, "ServiceKeyIn", key_in_fields);
const struct shape service_key_patch_shape =
    SHAPE(struct service_key_body, "ServiceKeyPatch", key_patch_fields);
const struct shape service_key_out_shape =
    SHAPE(struct service_key_out, "ServiceKey", key_out_fields);
const struct shape service_key_made_shape =
    SHAPE(struct service_key_out, "ServiceKeyMade", key_made_fields);
