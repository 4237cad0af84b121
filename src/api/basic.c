/* SPDX-License-Identifier: Apache-2.0 */
#include "api/basic.h"

#include "base/enc.h"

bool basic_split(str_t value, uint8_t *room, size_t max, str_t *ret_user, str_t *ret_password)
{
    str_t scheme = str_sub(value, 0, str_find(value, ' '));
    str_t text = str_trim(str_sub(value, scheme.n, value.n));
    size_t n = 0;
    if (!str_eq_nocase(scheme, STR("Basic")) || base64_decode(text, room, max, &n) != E_OK)
        return false;
    str_t both = str_of(room, n);
    size_t colon = str_find(both, ':');
    if (colon == both.n || colon == 0)
        return false;
    *ret_user = str_sub(both, 0, colon);
    *ret_password = str_sub(both, colon + 1, both.n);
    return true;
}

bool basic_parse(str_t value, struct basic *ret)
{
    return basic_split(value, ret->room, sizeof ret->room, &ret->user, &ret->password);
}
