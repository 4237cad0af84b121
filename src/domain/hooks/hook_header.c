/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/hooks/hook_header.h"

/* RFC 9110 section 5.6.2. */
static bool is_token(str_t s)
{
    const str_t marks = STR("!#$%&'*+-.^_`|~");
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && str_find(marks, c) == marks.n)
            return false;
    }
    return s.n > 0;
}

static bool is_printable(str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < ' ' || s.p[i] > '~')
            return false;
    }
    return s.n > 0;
}

static bool is_ours(str_t name, const struct hook_own_headers *ours)
{
    for (size_t i = 0; i < ours->names_n; i++) {
        if (str_eq_nocase(name, str_from_cz(ours->names[i])))
            return true;
    }
    return str_eq_nocase(str_sub(name, 0, ours->prefix.n), ours->prefix);
}

bool hook_header_obeys(str_t name, str_t value, const struct hook_own_headers *ours)
{
    return is_token(name) && is_printable(value) && !is_ours(name, ours);
}
