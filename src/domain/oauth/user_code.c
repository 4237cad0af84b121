/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/user_code.h"

#include "base/rng.h"

#include <assert.h>

static const char letters[] = "BCDFGHJKLMNPQRSTVWXZ";
enum { LETTERS = sizeof letters - 1, TEXT_MAX = 64 };
static_assert(LETTERS == 20, "20 to the 8th are 34.5 bits");

struct user_code user_code_make(void)
{
    struct user_code c;
    for (size_t i = 0; i < USER_CODE; i++)
        c.p[i] = letters[rng_below(LETTERS)];
    return c;
}

static bool is_between(char c)
{
    return c == '-' || c == ' ' || c == '\t' || c == '.' || c == '_';
}

err_t user_code_parse(str_t text, struct user_code *ret)
{
    struct user_code c;
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        char upper =
            text.p[i] >= 'a' && text.p[i] <= 'z' ? (char)(text.p[i] - 'a' + 'A') : text.p[i];
        if (is_between(upper))
            continue;
        if (text.n > TEXT_MAX || n == USER_CODE ||
            str_find(str_of(letters, LETTERS), upper) == LETTERS)
            return E_BAD_FIELD;
        c.p[n++] = upper;
    }
    if (n != USER_CODE)
        return E_BAD_FIELD;
    *ret = c;
    return E_OK;
}

void user_code_show(const struct user_code *c, char ret[static USER_CODE_SHOWN])
{
    enum { HALF = USER_CODE / 2 };
    memcpy(ret, c->p, HALF);
    ret[HALF] = '-';
    memcpy(ret + HALF + 1, c->p + HALF, HALF);
}
