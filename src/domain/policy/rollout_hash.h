/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which devices a percentage takes (FLEET "Rollouts"). A device has a place from 0 to 99999, made
 * of the rollout's seed and its own id: nothing is drawn, nothing is stored, so that a device that
 * comes late has its place too, and a greater percentage takes all that a smaller one took.
 */
#ifndef DOMAIN_POLICY_ROLLOUT_HASH_H
#define DOMAIN_POLICY_ROLLOUT_HASH_H

#include "base/id.h"

/* Percentages are kept as thousandths of a percent: 1.5 % is 1500. */
enum { ROLLOUT_PERCENT = 1000, ROLLOUT_WHOLE = 100 * ROLLOUT_PERCENT };

/* first64(SHA-256("seneschal-rollout-v1" \0 seed \0 device_id)) x 100000 / 2^64, exactly; the id as
 * its 36 bytes of text, the first 64 bits as a big-endian number. */
int64_t rollout_place(str_t seed, oid_t device);

static inline bool rollout_takes(str_t seed, oid_t device, int64_t percent)
{
    return rollout_place(seed, device) < percent;
}

#endif
