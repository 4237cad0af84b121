/* SPDX-License-Identifier: Apache-2.0 */
#include "api/basic.h"

/* RFC 4648 section 4; -1: no letter of it. */
static int letter_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* With its padding, as every client writes it. */
static bool base64_read(str_t text, char *to, size_t *ret_n)
{
    size_t n = 0;
    size_t pad = 0;
    if (text.n == 0 || text.n % 4 != 0 || text.n / 4 * 3 > BASIC_MAX)
        return false;
    while (pad < 2 && text.p[text.n - 1 - pad] == '=')
        pad++;
    for (size_t i = 0; i < text.n; i += 4) {
        uint32_t word = 0;
        for (size_t k = i; k < i + 4; k++) {
            int v = k < text.n - pad ? letter_value(text.p[k]) : 0;
            if (v < 0)
                return false;
            word = word << 6 | (uint32_t)v;
        }
        to[n++] = (char)(word >> 16 & 0xff);
        to[n++] = (char)(word >> 8 & 0xff);
        to[n++] = (char)(word & 0xff);
    }
    *ret_n = n - pad;
    return true;
}

bool basic_parse(str_t value, struct basic *ret)
{
    str_t scheme = str_sub(value, 0, str_find(value, ' '));
    size_t n = 0;
    if (!str_eq_nocase(scheme, STR("Basic")) ||
        !base64_read(str_trim(str_sub(value, scheme.n, value.n)), ret->room, &n))
        return false;
    str_t both = str_of(ret->room, n);
    size_t colon = str_find(both, ':');
    if (colon == both.n || colon == 0)
        return false;
    ret->user = str_sub(both, 0, colon);
    ret->password = str_sub(both, colon + 1, both.n);
    return true;
}
