/* SPDX-License-Identifier: Apache-2.0 */
/* The server's own keys: sealed rows under the master key (AES-256-GCM; the associated data names
 * table, row and column). */
#ifndef DOMAIN_IDENTITY_KEYS_H
#define DOMAIN_IDENTITY_KEYS_H

#include "base/secret.h"
#include "domain/identity/master_key.h"
#include "plat/db/db.h"

enum key_use {
    KEY_TOKEN,       /* HMAC: derives claims' and rotations' tokens */
    KEY_CURSOR,      /* HMAC: binds list cursors */
    KEY_AUDIT,       /* Ed25519 seed: signs checkpoints */
    KEY_CONFIG_ROOT, /* Ed25519 seed: signs key sets, pinned by devices */
    KEY_USE_COUNT
};

struct keys { /* unsealed, in memory of the server; wiped by keys_fini */
    secret_t by_use[KEY_USE_COUNT];
    secret_t master; /* opens the data keys, which stay in the store (data_key.h) */
};

/* Unseal what the store holds, make what is missing (needs a transaction of the caller). E_SEALED:
 * the store was made with another master key. */
err_t keys_load(struct db *db, struct arena *a, const secret_t *master, struct diag *why,
                struct keys *ret) MUST_USE;
/* The same from the start: find the master key, or make it with the store's first keys. E_SEALED:
 * the store has keys and the master key of their making is not there. */
err_t keys_open(struct db *db, struct arena *a, const struct master_key_cfg *cfg, struct diag *why,
                struct keys *ret) MUST_USE;
void keys_fini(struct keys *k);

#endif
