/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The issuer's keys in the store: rows of sealed_key, one of each algorithm signs, older ones stay
 * until what they signed has run out. By act->keys; what changes something is for the writer.
 *
 * The key of ES256 is made at the first start. RSA takes half a second: its key is made, once, when
 * it is first needed (issuer_key_keep), so that no start waits for it.
 */
#ifndef DOMAIN_OAUTH_ISSUER_KEYS_H
#define DOMAIN_OAUTH_ISSUER_KEYS_H

#include "domain/identity/keys.h"
#include "domain/live/act.h"
#include "domain/oauth/issuer.h"
#include "sql/issuer.h"

/* At start, in the caller's transaction: what the store has; the key of ES256 is made where it is
 * missing. E_SEALED, E_CORRUPT. */
err_t issuer_keys_open(struct act *act, struct issuer *to) MUST_USE;

/* How long a key that signs no more is still believed: as long as any token may live. */
err_t issuer_keep_time(struct act *act, dur_t *ret) MUST_USE;

/* `der`: what sign_key_write gave. It signs from COMMIT on, and older ones of its algorithm leave
 * the set after `keep`; zero: at once. E_CONFLICT: too many are retiring. */
struct issuer_key_in {
    enum issuer_alg alg;
    str_t der;
    dur_t keep;
};
err_t issuer_key_keep(struct act *act, const struct issuer_key_in *in,
                      struct row_issuer_key *ret) MUST_USE;

/* Newest first. */
err_t issuer_keys_list(struct act *act, struct row_issuer_key **ret, size_t *ret_n) MUST_USE;
/* Keys whose time is over, at most `limit`: their private halves go. */
err_t issuer_keys_retire(struct act *act, int64_t limit, str_t **ret_kids, size_t *ret_n) MUST_USE;

#endif
