/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts that people make without an invitation, where the organisation lets them. They wait, and
 * may do nothing, until an administrator has validated them. */
#ifndef DOMAIN_SIGNIN_REGISTRATION_H
#define DOMAIN_SIGNIN_REGISTRATION_H

#include "domain/signin/invitation.h"

enum { REGISTRATIONS_MAX = 1000 }; /* that wait at once, an organisation */

/* What stands in the way: E_BAD_FIELD, E_CONFLICT, E_OVERLOADED. */
err_t registration_check(struct act *act, const struct person *who) MUST_USE;
/* A pending account, in no group. E_BAD_FIELD. E_CONFLICT: username or email is taken.
 * E_OVERLOADED: too many wait. */
err_t registration_make(struct act *act, const struct person *who,
                        struct row_user_account *ret) MUST_USE;

/* Both: E_CONFLICT where the account does not wait (any more). */
/* It becomes active, and enters `groups`. E_BAD_FIELD, E_FORBIDDEN as with any member. */
err_t registration_validate(struct act *act, oid_t user, const struct names *groups,
                            struct row_user_account *ret) MUST_USE;
/* It goes; *ret is what it was. */
err_t registration_reject(struct act *act, oid_t user, struct row_user_account *ret) MUST_USE;

#endif
