/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Second factors of a person: authenticator apps (totp.h), recovery codes (recovery_code.h),
 * passkeys (passkeys.h). Who has one signs in half by his password, and wholly by one of these.
 * Wrong codes count by person alone, whatever endpoint they came to, and apart from wrong passwords
 * (AC10).
 */
#ifndef DOMAIN_SIGNIN_FACTOR_H
#define DOMAIN_SIGNIN_FACTOR_H

#include "domain/signin/session.h"

struct factors {
    int64_t totp;  /* that work */
    int64_t codes; /* that are left */
    int64_t passkeys;
};
err_t factors_of(struct act *act, oid_t user, struct factors *ret) MUST_USE;
/* Is his password not enough? Codes are a way back, no factor of their own. */
static inline bool factors_wanted(const struct factors *f)
{
    return f->totp > 0 || f->passkeys > 0;
}

/* May this session change his factors? It has proven one within `lately`, or there was none when
 * its person proved himself: the first was made in it, for all others ended then
 * (factor_was_first). */
err_t factors_may_change(struct act *act, const struct row_session *session, dur_t lately,
                         bool *ret) MUST_USE;
/* After one was made to work: if it is his only one, sessions that needed none end, but this. */
err_t factor_was_first(struct act *act, const struct row_session *session) MUST_USE;

enum factor_outcome { FACTOR_WRONG, FACTOR_WAIT, FACTOR_OTP, FACTOR_RECOVERY };
/*
 * What somebody typed: six digits are a code of an app, anything else a recovery code. On the
 * writer; what was counted must be committed, whatever comes out. FACTOR_OTP, FACTOR_RECOVERY: it
 * was good, and is used up. *ret_wait: until the next attempt.
 */
err_t factor_try(struct act *act, oid_t user, str_t code, enum factor_outcome *ret,
                 dur_t *ret_wait) MUST_USE;

/* All of them go: an administrator lets somebody begin anew. */
err_t factors_reset(struct act *act, oid_t user) MUST_USE;

#endif
