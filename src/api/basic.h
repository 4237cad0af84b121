/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP Basic (RFC 7617), where a row takes it: forward-auth, for programs that know nothing else;
 * and the rows of OAuth (basic_auth.h). */
#ifndef API_BASIC_H
#define API_BASIC_H

#include "base/str.h"

enum { BASIC_MAX = 512 };

struct basic {
    uint8_t room[BASIC_MAX]; /* a secret: wipe it */
    str_t user;              /* in room */
    str_t password;
};

/* The value of an Authorization field. False: it is another scheme, or not well-formed. */
bool basic_parse(str_t value, struct basic *ret);
static inline void basic_wipe(struct basic *b)
{
    explicit_bzero(b, sizeof *b);
}
/* The same into `room` of `max` bytes. */
bool basic_split(str_t value, uint8_t *room, size_t max, str_t *ret_user, str_t *ret_password);

#endif
