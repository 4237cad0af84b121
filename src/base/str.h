/* SPDX-License-Identifier: Apache-2.0 */
/* Borrowed text: any bytes, no NUL at the end (STYLE 8). */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct str {
    const char *p; /* NULL: absent; "" is present and empty */
    size_t n;
} str_t;

#define STR(lit) ((str_t){ .p = "" lit, .n = sizeof(lit) - 1 })
#define STR_NONE ((str_t){ .p = NULL, .n = 0 })
/* For printf's "%.*s". */
#define STR_ARG(s) (int)(s).n, (s).p != NULL ? (s).p : ""

str_t str_from_cz(const char *cz); /* NULL gives STR_NONE */
static inline str_t str_of(const void *p, size_t n)
{
    return (str_t){ .p = (const char *)p, .n = n };
}

/* Both look at the lengths where they are called: most comparisons end there. */
static inline bool str_eq(str_t a, str_t b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
bool bytes_eq_nocase(const char *a, const char *b, size_t n); /* ASCII only */
static inline bool str_eq_nocase(str_t a, str_t b)
{
    return a.n == b.n && bytes_eq_nocase(a.p, b.p, a.n);
}
bool str_starts(str_t s, str_t prefix);
bool str_ends(str_t s, str_t suffix);
int str_cmp(str_t a, str_t b); /* by bytes, as memcmp */
/* Where `c` stands first; s.n when nowhere. */
size_t str_find(str_t s, char c);
str_t str_sub(str_t s, size_t from, size_t n); /* clamped to s */
str_t str_trim(str_t s);                       /* without SP and HTAB at both ends */
/* Take what stands before `sep` from *rest; false when *rest is absent. The last part leaves *rest
 * absent. */
bool str_split(str_t *rest, char sep, str_t *ret_part);

/* Copies that die with the arena. E_NO_MEMORY. */
err_t str_copy(struct arena *a, str_t s, str_t *ret) MUST_USE;
char *str_cz(struct arena *a,
             str_t s) MUST_USE; /* NUL-terminated; NULL when memory is short or s has a NUL */
err_t str_format(struct arena *a, str_t *ret, const char *fmt, ...) PRINTF_LIKE(3, 4) MUST_USE;

bool str_is_utf8(str_t s); /* RFC 3629: no surrogates, nothing overlong, <= U+10FFFF */
/* At most `max` bytes of it, never ending inside a character of UTF-8. */
str_t str_clip(str_t s, size_t max);

/* The time taken depends on n alone. */
bool bytes_eq_ct(const void *a, const void *b, size_t n);

#endif
