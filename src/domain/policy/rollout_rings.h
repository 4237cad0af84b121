/* SPDX-License-Identifier: Apache-2.0 */
/* Inside domain/policy: the rings of a rollout. */
#ifndef DOMAIN_POLICY_ROLLOUT_RINGS_H
#define DOMAIN_POLICY_ROLLOUT_RINGS_H

#include "domain/policy/rollout.h"

/*
 * Check them and write them down. E_BAD_FIELD: selectors come before percentages, percentages rise,
 * and the last ring is 100 %: what completes is everybody's, so nobody may get there without a
 * gate.
 */
err_t rollout_write_rings(struct act *act, oid_t rollout, const struct rollout_ring_in *rings,
                          size_t n) MUST_USE;

#endif
