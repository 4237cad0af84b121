/* SPDX-License-Identifier: Apache-2.0 */
/* Organisation -> the key that signs for it, in memory: found on the hot path, forgotten by
 * EFFECT_SIGNER. */
#ifndef DOMAIN_LIVE_SIGNER_H
#define DOMAIN_LIVE_SIGNER_H

#include "domain/live/live.h"
#include "plat/jose/jws.h"

/* The key that signs for the organisation: a copy, which the caller ends with jws_key_fini. False:
 * it is not in. */
bool live_signer_find(struct live *l, oid_t org, struct jws_key *ret);
/* E_AGAIN, E_NO_MEMORY. */
err_t live_fill_signer(struct live *l, const struct live_guard *g, oid_t org,
                       const struct jws_key *key) MUST_USE;

#endif
