/* SPDX-License-Identifier: Apache-2.0 */
/* The code that a person types from one screen into another (RFC 8628 section 6.1). Pure. */
#ifndef DOMAIN_OAUTH_USER_CODE_H
#define DOMAIN_OAUTH_USER_CODE_H

#include "base/str.h"

/* 8 of 20 letters, 34 bits: without vowels, so that no words come out, and without what looks or
 * sounds like something else. */
enum { USER_CODE = 8, USER_CODE_SHOWN = USER_CODE + 1 };

struct user_code {
    char p[USER_CODE];
};

struct user_code user_code_make(void);
/* In any case, with blanks and dashes anywhere. E_BAD_FIELD. */
err_t user_code_parse(str_t text, struct user_code *ret) MUST_USE;
void user_code_show(const struct user_code *c, char ret[static USER_CODE_SHOWN]); /* "BCDF-GHJK" */

#endif
