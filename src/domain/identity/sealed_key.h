/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of `sealed_key`: a key under the master key (AES-256-GCM; the associated data names table,
 * row, column and epoch). Inside domain/identity. */
#ifndef DOMAIN_IDENTITY_SEALED_KEY_H
#define DOMAIN_IDENTITY_SEALED_KEY_H

#include "plat/crypto/crypto.h"
#include "sql/identity.h"

struct sealing { /* what every step needs */
    struct db *db;
    struct arena *a;
    const secret_t *master;
    struct diag *why;
};

struct sealed_key_in {
    str_t name;
    int64_t epoch;
    str_t plain;
    str_t public; /* of a pair; absent: none */
};

/* E_CONFLICT: this name has this epoch. `ret_id`: of the new row; may be NULL. */
err_t sealed_key_add(const struct sealing *s, const struct sealed_key_in *in,
                     oid_t *ret_id) MUST_USE;
/* What it seals, in the arena: the caller wipes it. E_SEALED: by another master key. E_CORRUPT. */
err_t sealed_key_open(const struct sealing *s, const struct row_sealed_key *row,
                      str_t *ret) MUST_USE;

#endif
