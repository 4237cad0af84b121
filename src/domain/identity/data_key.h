/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data keys: what values in the store are sealed with (SAFETY rule 4). One name, an epoch after the
 * other; each is itself sealed under the master key. They are read in the transaction of the value,
 * so that a value and its key are always of one state of the store, on any node and while they are
 * replaced. All by act->keys.
 */
#ifndef DOMAIN_IDENTITY_DATA_KEY_H
#define DOMAIN_IDENTITY_DATA_KEY_H

#include "domain/identity/keys.h"
#include "domain/live/act.h"

#define DATA_KEY_SECRETS "secrets"

struct data_key {
    oid_t id;
    int64_t epoch;
    secret_t key;
};

static inline void data_key_wipe(struct data_key *k)
{
    secret_wipe(&k->key);
}

/* The newest epoch, for what is written. E_NOT_FOUND: there is none yet. E_SEALED, E_CORRUPT. */
err_t data_key_newest(struct act *act, str_t name, struct data_key *ret) MUST_USE;
/* That of a stored value. E_CORRUPT also: the key is gone. */
err_t data_key_of_epoch(struct act *act, str_t name, int64_t epoch, struct data_key *ret) MUST_USE;
/* A new epoch: from now on the newest; what older ones hold is sealed anew by a job
 * (app/job_kinds). Only on the writer. */
err_t data_key_add(struct act *act, str_t name, struct data_key *ret) MUST_USE;

struct data_key_line {
    oid_t id;
    int64_t epoch;
    ts_t created_at;
};
/* Oldest first. */
err_t data_key_list(struct act *act, str_t name, struct data_key_line **ret,
                    size_t *ret_n) MUST_USE;
/* Nothing is sealed with it any more. */
err_t data_key_drop(struct act *act, oid_t id) MUST_USE;

/* What one slice of sealing anew has done. */
struct data_resealed {
    size_t n;               /* values */
    const int64_t *retired; /* epochs whose key went, in the arena */
    size_t retired_n;
};
/* In the transaction that saw that nothing is sealed with a key older than `epoch`: they go, for a
 * key that seals nothing is of no use but to who finds an old copy of the store. */
err_t data_keys_retire(struct act *act, str_t name, int64_t epoch,
                       struct data_resealed *ret) MUST_USE;

#endif
