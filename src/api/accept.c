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

static const char *const names[] = {
    [CODING_IDENTITY] = "identity", [CODING_GZIP] = "gzip", [CODING_BROTLI] = "br"
};

const char *coding_name(enum coding c)
{
    return names[c];
}

static int64_t weight_of(str_t parameter)
{
    enum { WHOLE = 1000 };
    int64_t milli = 0;
    parameter = str_trim(parameter);
    if (parameter.n == 0)
        return WHOLE;
    if (!str_starts(parameter, STR("q=")) && !str_starts(parameter, STR("Q=")))
        return 0;
    err_t e = num_parse_milli(str_sub(parameter, 2, parameter.n), &milli);
    return e == E_OK && milli <= WHOLE ? milli : 0;
}

bool accept_next(str_t *field, struct accept_choice *ret)
{
    str_t choice;
    if (!str_split(field, ',', &choice))
        return false;
    str_t name = str_sub(choice, 0, str_find(choice, ';'));
    str_t parameter = str_sub(choice, name.n + 1, choice.n);
    *ret = (struct accept_choice){ str_trim(name), weight_of(parameter) };
    return true;
}

bool accept_page(const struct http_xchg *x)
{
    str_t field = http_field(x, STR("Accept"));
    struct accept_choice choice;
    while (accept_next(&field, &choice)) {
        if (choice.weight > 0 && str_eq_nocase(choice.name, STR("text/html")))
            return true;
    }
    return false;
}

/* "x-gzip" is the same as "gzip" (RFC 9110 section 8.4.1.3). */
static bool names_coding(str_t name, enum coding c)
{
    return str_eq_nocase(name, str_from_cz(names[c])) ||
           (c == CODING_GZIP && str_eq_nocase(name, STR("x-gzip")));
}

/* What the field says of one; of those that it does not name, what it says of "*". */
static int64_t weight_in(str_t field, enum coding c)
{
    int64_t others = 0;
    struct accept_choice choice;
    while (accept_next(&field, &choice)) {
        if (names_coding(choice.name, c))
            return choice.weight;
        if (str_eq(choice.name, STR("*")))
            others = choice.weight;
    }
    return others;
}

enum coding accept_coding(const struct http_xchg *x, unsigned have)
{
    str_t field = http_field(x, STR("Accept-Encoding"));
    enum coding best = CODING_IDENTITY;
    int64_t best_weight = 0;
    for (enum coding c = CODING_GZIP; c < CODING_COUNT; c++) {
        int64_t weight = (have >> c & 1U) != 0 ? weight_in(field, c) : 0;
        if (weight > 0 && weight >= best_weight) {
            best = c;
            best_weight = weight;
        }
    }
    /* Only a field that names it prefers it: unnamed, it is merely allowed. */
    return weight_in(field, CODING_IDENTITY) > best_weight ? CODING_IDENTITY : best;
}
