/* SPDX-License-Identifier: Apache-2.0 */
/* Recovery codes: for who lost his telephone. Ten at a time, each good once. */
#ifndef DOMAIN_SIGNIN_RECOVERY_CODE_H
#define DOMAIN_SIGNIN_RECOVERY_CODE_H

#include "domain/live/act.h"

enum {
    RECOVERY_CODES = 10,
    RECOVERY_CODE_DIGITS = 16, /* of 27 each: 76 bits */
    RECOVERY_CODE_TEXT = RECOVERY_CODE_DIGITS + 3
};

/* New ones; the older go. Texts in the arena, "xxxx-xxxx-xxxx-xxxx", shown once. */
err_t recovery_codes_make(struct act *act, oid_t user, str_t **ret) MUST_USE;
/* `code` without dashes and blanks, in either case. Is it one of his, not used before? Then it is
 * used up. */
err_t recovery_code_use(struct act *act, oid_t user, str_t code, bool *ret_good) MUST_USE;

#endif
