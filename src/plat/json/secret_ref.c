/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/json/secret_ref.h"

#define REF_BEGIN "{\"$secret\":\""
#define REF_END   "\"}"

static bool name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

bool secret_name_obeys(str_t name)
{
    for (size_t i = 0; i < name.n; i++) {
        if (!name_byte(name.p[i]))
            return false;
    }
    return name.n > 0 && name.n <= SECRET_NAME_MAX;
}

bool secret_ref_next(str_t *rest, str_t *ret_name)
{
    str_t begin = STR(REF_BEGIN);
    while (rest->n > 0) {
        const char *at = memmem(rest->p, rest->n, begin.p, begin.n);
        if (at == NULL)
            break;
        str_t text = str_sub(*rest, (size_t)(at - rest->p) + begin.n, rest->n);
        str_t name = str_sub(text, 0, str_find(text, '"'));
        *rest = str_sub(text, name.n, text.n);
        if (str_starts(*rest, STR(REF_END)) && secret_name_obeys(name)) {
            *ret_name = name;
            return true;
        }
    }
    *rest = STR("");
    return false;
}

bool secret_ref_holds(str_t json, str_t name)
{
    str_t found;
    while (secret_ref_next(&json, &found)) {
        if (str_eq(found, name))
            return true;
    }
    return false;
}
