/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed assertions (RFC 7523): a service account or a device says by its own key who it is. Read
 * and verified before the transaction that uses it; there its holder is looked at again, and the
 * assertion is spent: each is good once, also after a restart.
 */
#ifndef DOMAIN_OAUTH_ASSERTION_H
#define DOMAIN_OAUTH_ASSERTION_H

#include "domain/live/act.h"
#include "plat/crypto/crypto.h"
#include "plat/jose/jwt.h"

#define ASSERTION_AGE_MAX  DUR_HOURS(1) /* since iat */
#define ASSERTION_LIFE_MAX DUR_HOURS(1) /* until exp */

struct assertion_ask {
    str_t text;
    str_t issuer;   /* of this server: what `aud` must be */
    str_t endpoint; /* or its token endpoint */
    err_t refuse;   /* what a bad one is: E_INVALID_GRANT, E_INVALID_CLIENT */
};

struct assertion {
    enum actor_kind kind; /* ACTOR_SERVICE or ACTOR_DEVICE */
    oid_t org;
    oid_t principal;
    oid_t key; /* of a service account; zero: the device's own */
    str_t name;
    digest_t once; /* of who signed and `jti`; without one of the whole text */
    ts_t until;
    err_t refuse;
};

/* ask->refuse, and act->why: not well-formed, not signed by a key of who it says, for somebody
 * else, too old or not yet good, too long, its key switched off or expired, its holder not active.
 */
err_t assertion_read(struct act *act, const struct assertion_ask *ask,
                     struct assertion *ret) MUST_USE;
/* In the transaction: is the holder still who he was? The same error. */
err_t assertion_holds(struct act *act, const struct assertion *a) MUST_USE;
/* Once only. The same error. */
err_t assertion_spend(struct act *act, const struct assertion *a) MUST_USE;

/* For assertions whose keys are elsewhere (an application's own): the claims of RFC 7523 section 3
 * and who signed, as bytes, make the same. */
err_t assertion_claims_check(struct act *act, const struct jwt *t,
                             const struct assertion_ask *ask) MUST_USE;
digest_t assertion_once(str_t signer, const struct jwt *t);

/* What nobody can show again is forgotten; at most `limit`. */
err_t assertions_expire(struct act *act, int64_t limit) MUST_USE;

#endif
