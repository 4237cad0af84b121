/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of a machine that asks to come in and fetches its token. */
#ifndef API_SHAPES_ENROLL_H
#define API_SHAPES_ENROLL_H

#include "api/request.h"
#include "plat/crypto/crypto.h"

struct enroll_init_in {
    str_t machine_id;
    str_t type;
    str_t hostname;
    str_t os;
    str_t client_version;
    str_t fingerprint;
    str_t user_hint;
    json_text_t labels;
    json_text_t metadata;
    json_text_t public_key;
    struct pubkey key; /* of public_key, by the row's prepare */
};

struct challenge_out {
    str_t nonce;
    str_t context;
    ts_t expires_at;
};

struct enroll_init_out {
    oid_t device_id;
    oid_t request_id;
    str_t code;
    str_t status;
    str_t claim;
    oid_t user_id;
    struct obj challenge;
    int64_t poll_interval_s;
};

struct enroll_confirm_in {
    oid_t device_id;
    str_t decision;
    str_t claim;
    str_t signature;
    oid_t request_id;
    str_t user_id;
    struct strs groups;
    json_text_t labels;
    str_t reason;
    const struct challenge_proof *proof; /* not in the body: found out beforehand */
};

struct enroll_confirm_out {
    str_t status;
    struct obj challenge;
    str_t token;
    opt_i64_t join_seq;
    str_t config_url;
    str_t jwks_uri;
    json_text_t root_key;
};

extern const struct shape enroll_init_in_shape;
extern const struct shape enroll_init_out_shape;
extern const struct shape enroll_confirm_in_shape;
extern const struct shape enroll_confirm_out_shape;
extern const struct shape challenge_out_shape;

#endif
