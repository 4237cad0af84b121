/* SPDX-License-Identifier: Apache-2.0 */
/* What an acknowledgement means to the rollouts under way. */
#ifndef DOMAIN_POLICY_ROLLOUT_ACK_H
#define DOMAIN_POLICY_ROLLOUT_ACK_H

#include "domain/live/act.h"
#include "plat/crypto/crypto.h"

struct rollout_word {
    oid_t device; /* of act->org */
    digest_t etag;
    bool applied; /* else it failed, or refused */
    str_t reason;
};

/*
 * Counts where the bytes are those of the device's configuration with the target of a rollout that
 * it is a member of: its first word about them. One lookup where no rollout is under way.
 */
err_t rollout_heard(struct act *act, const struct rollout_word *word) MUST_USE;

#endif
