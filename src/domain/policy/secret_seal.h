/* SPDX-License-Identifier: Apache-2.0 */
/* Inside domain/policy: a secret's value under the newest data key. */
#ifndef DOMAIN_POLICY_SECRET_SEAL_H
#define DOMAIN_POLICY_SECRET_SEAL_H

#include "domain/identity/data_key.h"
#include "domain/live/act.h"

struct secret_sealed {
    int64_t epoch;
    oid_t key_id;
    str_t bytes;
};

/* `id`: of the row that will hold it. The first one of a store makes the first data key. */
err_t secret_seal(struct act *act, oid_t id, str_t value, struct secret_sealed *ret) MUST_USE;
/* The same with a key that is at hand. */
err_t secret_seal_with(struct act *act, const struct data_key *key, oid_t id, str_t value,
                       struct secret_sealed *ret) MUST_USE;

#endif
