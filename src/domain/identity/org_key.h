/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys that sign for an organisation (FLEET "Signing and leases"): Ed25519, one of them signs,
 * older ones stay in the key set until what they signed has run out. Each is a row of sealed_key.
 * By act->keys; what changes something is for the writer.
 */
#ifndef DOMAIN_IDENTITY_ORG_KEY_H
#define DOMAIN_IDENTITY_ORG_KEY_H

#include "domain/identity/keys.h"
#include "domain/live/act.h"
#include "plat/jose/jws.h"
#include "sql/keys.h"

enum { ORG_KEYS_MAX = 16 }; /* in the set of an organisation */

/* The first key of an organisation. */
err_t org_key_make(struct act *act, oid_t org) MUST_USE;
/* The same for those of a store that is older than these keys. */
err_t org_keys_complete(struct act *act) MUST_USE;

/* The kid of what signs now. E_NOT_FOUND: no such organisation. */
err_t org_key_kid(struct act *act, oid_t org, str_t *ret) MUST_USE;
/* That key itself; the caller ends it with jws_key_fini. */
err_t org_key_signer(struct act *act, oid_t org, struct jws_key *ret) MUST_USE;

/* A new key signs for act->org from COMMIT on. The older ones leave the set after `keep`; zero: at
 * once. E_CONFLICT: too many are retiring. */
err_t org_key_rotate(struct act *act, dur_t keep, struct row_org_key *ret) MUST_USE;

/* Newest first. */
err_t org_keys_list(struct act *act, oid_t org, struct row_org_key **ret, size_t *ret_n) MUST_USE;

/* Keys whose time is over, at most `limit`: they leave their sets, and their private halves go. */
struct org_key_gone {
    oid_t org;
    str_t kid;
};
err_t org_keys_retire(struct act *act, int64_t limit, struct org_key_gone **ret,
                      size_t *ret_n) MUST_USE;

/* {"iat","keys","n","org"}, canonical: what devices fetch and verify. E_NOT_FOUND. */
err_t org_key_set(struct act *act, oid_t org, str_t *ret) MUST_USE;

#endif
