/* SPDX-License-Identifier: Apache-2.0 */
/* What hot rows answer from, out of the store into memory; on a worker, in a read transaction. */
#ifndef API_LOAD_H
#define API_LOAD_H

#include "domain/live/act.h"
#include "domain/live/signer.h"

/* The effective configuration of the acting device: computed once for all with the same plan.
 * E_AGAIN: it moved meanwhile, and what was read is dropped. */
err_t load_config(struct act *act, struct live *live, const struct live_guard *guard) MUST_USE;

/* The key that signs for an organisation, as this transaction sees it; memory has it afterwards.
 * The caller ends it with jws_key_fini. */
err_t load_signer_key(struct act *act, struct live *live, const struct live_guard *guard, oid_t org,
                      struct jws_key *ret) MUST_USE;
err_t load_signer(struct act *act, struct live *live, const struct live_guard *guard,
                  oid_t org) MUST_USE;

#endif
