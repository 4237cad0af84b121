/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens of devices (FLEET "Devices" 3). A token from a claim or a rotation is stored as given out;
 * the first request that uses it makes it the current one and retires the one before, in one
 * transaction. A retired token that comes back, or a second nonce for the same join_seq, means that
 * two machines have the same secret: the device is BLOCKED.
 */
#ifndef DOMAIN_FLEET_ROTATE_H
#define DOMAIN_FLEET_ROTATE_H

#include "domain/fleet/device.h"
#include "domain/identity/actor_load.h"
#include "plat/crypto/crypto.h"

#define DEVICE_REASON_CLONE STR("clone")

enum settle {
    SETTLE_GONE,    /* no such token: it proves nothing */
    SETTLE_GOOD,    /* it is the current one, by this very call */
    SETTLE_CURRENT, /* it was the current one already: of two at once, the second */
    SETTLE_CLONE,   /* retired: the device is BLOCKED by this very call */
    SETTLE_SHUT,    /* the device's status answers for it: nothing was changed */
};

/* A token that is not the current one was presented. Sets act->org to the device's. Commit whatever
 * the outcome. */
err_t device_token_settle(struct act *act, const digest_t *hash, oid_t *ret_device,
                          enum settle *ret) MUST_USE;

struct rotate_out {
    bool clone; /* the device is BLOCKED now: commit, and say so */
    int64_t join_seq;
    struct token_text token;
};

/* Two phases: the device asks with a nonce that it stored. act->actor is the device. E_CONFLICT:
 * join_seq is not the current token's. E_BAD_FIELD: not that device's own token. */
err_t device_rotate(struct act *act, int64_t join_seq, str_t nonce,
                    struct rotate_out *ret) MUST_USE;

/* Retired tokens are forgotten a year after their successor was given out: who shows one after that
 * is nobody, no longer a clone. At most `limit`; *ret_more: there are more. */
err_t retired_tokens_expire(struct act *act, int64_t limit, bool *ret_more) MUST_USE;

/* An administrator's: the token dies at once, the machine comes back with this claim. E_CONFLICT:
 * not ENROLLED. */
err_t device_rotate_by_admin(struct act *act, oid_t id, struct token_text *ret_claim) MUST_USE;

#endif
