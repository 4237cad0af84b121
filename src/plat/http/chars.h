/* SPDX-License-Identifier: Apache-2.0 */
/* Which byte may stand where (RFC 9110 section 5, RFC 3986 section 2): one table, one bit per
 * place. */
#ifndef PLAT_HTTP_CHARS_H
#define PLAT_HTTP_CHARS_H

#include "base/str.h"

enum {
    CHAR_TOKEN = 1,  /* tchar, RFC 9110 section 5.6.2 */
    CHAR_TARGET = 2, /* printable ASCII without '#': a request target, as a first sieve */
    CHAR_PATH = 4,   /* pchar and '/', RFC 3986 section 3.3, without ';' */
    CHAR_HOST = 8,   /* reg-name without pct-encoded, RFC 3986 section 3.2.2 */
    CHAR_VALUE = 16, /* field-vchar, SP, HTAB and obs-text, RFC 9110 section 5.5 */
};

extern const uint8_t char_class[256];

static inline bool char_is(char c, unsigned class)
{
    return (char_class[(unsigned char)c] & class) != 0;
}

/* Every byte of s is of the class; true for an empty s. */
bool chars_all(str_t s, unsigned class);
/* The same for CHAR_VALUE, eight bytes at a time. */
bool chars_are_value(str_t s);

#endif
