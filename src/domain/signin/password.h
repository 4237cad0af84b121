/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passwords of people. Length and a list of what everybody tries are all that is asked (NIST SP
 * 800-63B section 5.1.1.2): no classes of characters, no change by the calendar.
 *
 * Hashing is a row's `.prepare` step; such rows say `.hashes`, and run on the two threads that are
 * there for it.
 */
#ifndef DOMAIN_SIGNIN_PASSWORD_H
#define DOMAIN_SIGNIN_PASSWORD_H

#include "domain/live/act.h"
#include "plat/crypto/pwhash.h"

enum { PASSWORD_MIN = 10, PASSWORD_MAX = 512 }; /* characters; bytes */

/* Whose it shall be: his own name and address are no password. */
struct password_owner {
    str_t username;
    str_t email;
};

bool password_is_short(str_t password);
/* E_BAD_FIELD, with the field `password`. */
err_t password_allowed(struct diag *why, str_t password, const struct password_owner *who) MUST_USE;
/* The same, then its hash, which is all that is ever stored. Takes long. */
err_t password_hash(struct act *act, str_t password, const struct password_owner *who,
                    str_t *ret) MUST_USE;

/* From now on this is it. Every session, grant and link of the person ends but `except` (zero:
 * none), whoever changed it. On the writer. E_NOT_FOUND. */
err_t user_password_set(struct act *act, oid_t user, str_t hash, oid_t except) MUST_USE;
/* Has the person one? E_NOT_FOUND. */
err_t user_password_is_set(struct act *act, oid_t user, bool *ret) MUST_USE;

#endif
