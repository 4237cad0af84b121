/* SPDX-License-Identifier: Apache-2.0 */
/* From a token to who acts: the one gate that every credential passes (SAFETY AC02). */
#ifndef DOMAIN_IDENTITY_ACTOR_LOAD_H
#define DOMAIN_IDENTITY_ACTOR_LOAD_H

#include "domain/live/act.h"
#include "domain/live/live.h"

enum token_state {
    TOKEN_ISSUED, /* given out, never used: its first use settles it (a device's only) */
    TOKEN_CURRENT,
    TOKEN_RETIRED, /* of a device: an older one than the current; who shows it is a clone */
};

struct actor_loaded {
    struct live_principal who; /* refuse: E_DEVICE_BLOCKED, E_DEVICE_REVOKED, E_DISABLED, or E_OK */
    enum token_state state;
};

/* `token`: SHA-256 of a bearer token or of a session's cookie; whoever reads the request tells the
 * two apart by their prefix. E_UNAUTHENTICATED: unknown or expired, or of a device that is
 * UNINSTALLED (PRODUCT "States of a device"). */
err_t actor_load(struct act *act, const digest_t *token, struct actor_loaded *ret) MUST_USE;
/* The same for a principal that something else proves: a token of this issuer that names it. */
err_t actor_load_principal(struct act *act, oid_t org, enum actor_kind kind, oid_t id,
                           struct actor_loaded *ret) MUST_USE;

#endif
