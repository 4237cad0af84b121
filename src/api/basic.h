/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP Basic (RFC 7617), where a row takes it: forward-auth, for programs that know nothing else.
 */
#ifndef API_BASIC_H
#define API_BASIC_H

#include "base/str.h"

enum { BASIC_MAX = 512 };

struct basic {
    char room[BASIC_MAX]; /* a secret: wipe it */
    str_t user;           /* in room */
    str_t password;
};

/* The value of an Authorization field. False: it is another scheme, or not well-formed. */
bool basic_parse(str_t value, struct basic *ret);
static inline void basic_wipe(struct basic *b)
{
    explicit_bzero(b, sizeof *b);
}

#endif
