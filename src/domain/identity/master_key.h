/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The master key: 32 bytes that seal every other key of the server. In this order: a systemd
 * credential, the configured file, or DIR/master.key, which is made once where neither is given. A
 * file holds the 32 bytes, or 64 hex digits.
 */
#ifndef DOMAIN_IDENTITY_MASTER_KEY_H
#define DOMAIN_IDENTITY_MASTER_KEY_H

#include "base/secret.h"

enum { MASTER_KEY_SIZE = 32 };
#define MASTER_KEY_CREDENTIAL "seneschal-master-key"
#define MASTER_KEY_FILE       "master.key"

struct master_key_cfg {
    const char *credentials_dir; /* $CREDENTIALS_DIRECTORY, or NULL */
    const char *file;            /* configured, or NULL */
    const char *dir;             /* the data directory */
};

enum master_key_from {
    MASTER_KEY_NONE,
    MASTER_KEY_OF_CREDENTIAL,
    MASTER_KEY_OF_FILE,
    MASTER_KEY_OF_DIR
};

/* E_NOT_FOUND: there is none yet. E_IO: one is named and cannot be read. E_CORRUPT: it is no key.
 */
err_t master_key_find(const struct master_key_cfg *cfg, struct diag *why, secret_t *ret,
                      enum master_key_from *ret_from) MUST_USE;
/* Make DIR/master.key (0400), durable before this returns. E_CONFLICT: there is one. E_IO. */
err_t master_key_make(const char *dir, struct diag *why, secret_t *ret) MUST_USE;

#endif
