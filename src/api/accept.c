/* SPDX-License-Identifier: Apache-2.0 */
#include "api/accept.h"

#include "base/num.h"

bool accept_has(const struct http_xchg *x, str_t etag)
{
    str_t field = http_field(x, STR("If-None-Match"));
    str_t tag;
    if (str_eq(field, etag))
        return true;
    while (str_split(&field, ',', &tag)) {
        tag = str_trim(tag);
        if (str_starts(tag, STR("W/")))
            tag = str_sub(tag, 2, tag.n);
        if (str_eq(tag, etag) || str_eq(tag, STR("*")))
            return true;
    }
    return false;
}

static bool is_zero_weight(str_t parameter)
{
    int64_t milli;
    parameter = str_trim(parameter);
    if (!str_starts(parameter, STR("q=")) && !str_starts(parameter, STR("Q=")))
        return false;
    return num_parse_milli(str_sub(parameter, 2, parameter.n), &milli) == E_OK && milli == 0;
}

bool accept_gzip(const struct http_xchg *x)
{
    str_t field = http_field(x, STR("Accept-Encoding"));
    str_t item;
    while (str_split(&field, ',', &item)) {
        size_t end = str_find(item, ';');
        if (str_eq_nocase(str_trim(str_sub(item, 0, end)), STR("gzip")))
            return !is_zero_weight(str_sub(item, end + 1, item.n));
    }
    return false;
}
