/* SPDX-License-Identifier: Apache-2.0 */
/* Which version a device gets while a rollout is under way. */
#ifndef DOMAIN_POLICY_ROLLOUT_ARM_H
#define DOMAIN_POLICY_ROLLOUT_ARM_H

#include "domain/live/act.h"

struct rollout_arm {
    oid_t rollout; /* zero: none; the newest version it is */
    oid_t version; /* its target */
    bool other;    /* the policy has one, but not for this device */
};

/*
 * For an assignment that follows `policy`: is this device one that a rollout gives its target? One
 * lookup in an index where no rollout of the policy is under way; arithmetic where a percentage
 * decides. What a ring by selector took once stays in, wherever it moves.
 */
err_t rollout_arm(struct act *act, oid_t policy, oid_t device, struct rollout_arm *ret) MUST_USE;

/*
 * The same for a moment that has passed, from what was decided until then: a ring by selector as
 * its members were written down. Rollouts that were deleted since are not known any more.
 */
err_t rollout_arm_at(struct act *act, oid_t policy, oid_t device, ts_t at,
                     struct rollout_arm *ret) MUST_USE;

#endif
