/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <stdarg.h>

str_t str_from_cz(const char *cz)
{
    return cz == NULL ? STR_NONE : (str_t){ .p = cz, .n = strlen(cz) };
}

static char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool bytes_eq_nocase(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (a[i] != b[i] && ascii_lower(a[i]) != ascii_lower(b[i]))
            return false;
    }
    return true;
}

bool str_starts(str_t s, str_t prefix)
{
    return s.n >= prefix.n && str_eq(str_sub(s, 0, prefix.n), prefix);
}

bool str_ends(str_t s, str_t suffix)
{
    return s.n >= suffix.n && str_eq(str_sub(s, s.n - suffix.n, suffix.n), suffix);
}

int str_cmp(str_t a, str_t b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n == 0 ? 0 : memcmp(a.p, b.p, n);
    if (c != 0)
        return c;
    return (a.n > b.n) - (a.n < b.n);
}

size_t str_find(str_t s, char c)
{
    if (s.n == 0)
        return 0;
    const char *at = memchr(s.p, c, s.n);
    return at == NULL ? s.n : (size_t)(at - s.p);
}

str_t str_sub(str_t s, size_t from, size_t n)
{
    if (s.p == NULL)
        return STR_NONE;
    if (from > s.n)
        from = s.n;
    if (n > s.n - from)
        n = s.n - from;
    return (str_t){ .p = s.p + from, .n = n };
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

str_t str_trim(str_t s)
{
    while (s.n > 0 && is_blank(s.p[0]))
        s = str_sub(s, 1, s.n - 1);
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

bool str_split(str_t *rest, char sep, str_t *ret_part)
{
    if (rest->p == NULL)
        return false;
    size_t at = str_find(*rest, sep);
    *ret_part = str_sub(*rest, 0, at);
    *rest = at == rest->n ? STR_NONE : str_sub(*rest, at + 1, rest->n - at - 1);
    return true;
}

err_t str_copy(struct arena *a, str_t s, str_t *ret)
{
    if (s.p == NULL) {
        *ret = STR_NONE;
        return E_OK;
    }
    char *p = arena_alloc(a, s.n + 1);
    if (p == NULL)
        return E_NO_MEMORY;
    memcpy(p, s.p, s.n);
    *ret = (str_t){ .p = p, .n = s.n };
    return E_OK;
}

char *str_cz(struct arena *a, str_t s)
{
    if (s.n > 0 && memchr(s.p, '\0', s.n) != NULL)
        return NULL;
    char *p = arena_alloc(a, s.n + 1);
    if (p != NULL && s.n > 0)
        memcpy(p, s.p, s.n);
    return p;
}

err_t str_format(struct arena *a, str_t *ret, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    char *p = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
    if (p != NULL)
        (void)vsnprintf(p, (size_t)n + 1, fmt, again); /* the size was just measured */
    va_end(again);
    if (p == NULL)
        return E_NO_MEMORY;
    *ret = (str_t){ .p = p, .n = (size_t)n };
    return E_OK;
}

/* Length of the well-formed sequence at the head of s, 0 if there is none (Unicode table 3-7). */
static size_t utf8_sequence(str_t s)
{
    const unsigned char *b = (const unsigned char *)s.p;
    if (b[0] < 0x80)
        return 1;
    size_t n = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;
    if (b[0] < 0xc2 || b[0] > 0xf4 || s.n < n)
        return 0;
    unsigned char low = b[0] == 0xe0 ? 0xa0 : b[0] == 0xf0 ? 0x90 : 0x80;
    unsigned char high = b[0] == 0xed ? 0x9f : b[0] == 0xf4 ? 0x8f : 0xbf;
    if (b[1] < low || b[1] > high)
        return 0;
    for (size_t i = 2; i < n; i++) {
        if (b[i] < 0x80 || b[i] > 0xbf)
            return 0;
    }
    return n;
}

bool str_is_utf8(str_t s)
{
    while (s.n > 0) {
        size_t n = utf8_sequence(s);
        if (n == 0)
            return false;
        s = str_sub(s, n, s.n - n);
    }
    return true;
}

/* Up to three bytes continue the one that began a character; of what is no UTF-8 no more is lost.
 */
str_t str_clip(str_t s, size_t max)
{
    if (s.n <= max)
        return s;
    size_t n = max;
    while (n > 0 && max - n < 3 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n--;
    return str_sub(s, 0, n);
}

bool bytes_eq_ct(const void *a, const void *b, size_t n)
{
    const unsigned char *x = a;
    const unsigned char *y = b;
    uint64_t differ = 0;
    for (size_t i = 0; i < n; i += sizeof differ) {
        uint64_t from_x = 0;
        uint64_t from_y = 0;
        size_t part = n - i < sizeof differ ? n - i : sizeof differ;
        memcpy(&from_x, x + i, part);
        memcpy(&from_y, y + i, part);
        differ |= from_x ^ from_y;
        __asm__ volatile(
            ""
            : "+r"(differ)); /* nothing is known of it: no early end can be compiled in */
    }
    return differ == 0;
}
