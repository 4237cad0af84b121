/* SPDX-License-Identifier: Apache-2.0 */
/* A checkpoint: the heads of all chains at one moment, signed (docs/adr/0003-audit-format.md). One
 * line of canonical JSON. */
#ifndef DOMAIN_AUDIT_AUDIT_CHECKPOINT_H
#define DOMAIN_AUDIT_AUDIT_CHECKPOINT_H

#include "base/id.h"
#include "plat/crypto/crypto.h"

struct checkpoint_head {
    oid_t chain;
    int64_t seq;
    digest_t hash;
};

struct checkpoint {
    str_t at;
    uint8_t key[ED25519_PUBLIC];
    struct checkpoint_head *heads; /* in the order of their chains */
    size_t heads_n;
};

err_t checkpoint_write(struct arena *a, const secret_t *seed, const struct checkpoint *c,
                       str_t *ret_line) MUST_USE;
/* A line of ours, or a line of the log that carries one as its member `checkpoint`; its signature
 * holds under the key that it names. E_NOT_FOUND: no checkpoint at all. E_CORRUPT: one that is
 * changed. */
err_t checkpoint_read(struct arena *a, str_t line, struct checkpoint *ret) MUST_USE;

#endif
