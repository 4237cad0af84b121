/* SPDX-License-Identifier: Apache-2.0 */
#include "api/phrase.h"

#include "api/cookie.h"
#include "base/num.h"

static const char *const phrases[][LANG_COUNT] = {
#define PHRASE(code, english, french) [PHRASE_##code] = { english, english, french },
#include "api/phrase.def"
#undef PHRASE
};

str_t phrase_in(enum lang lang, enum phrase p)
{
    return str_from_cz(phrases[p][lang]);
}

/* "q=0.8" in thousandths; what is no weight counts as none. */
static int64_t weight_of(str_t parameter)
{
    int64_t milli = 0;
    parameter = str_trim(parameter);
    if (parameter.n == 0)
        return 1000;
    if (!str_starts(parameter, STR("q=")) && !str_starts(parameter, STR("Q=")))
        return 0;
    return num_parse_milli(str_sub(parameter, 2, parameter.n), &milli) == E_OK ? milli : 0;
}

enum lang lang_accepted(str_t accept_language)
{
    enum lang best = LANG_NONE;
    int64_t best_weight = 0;
    str_t item;
    while (str_split(&accept_language, ',', &item)) {
        str_t range = str_sub(item, 0, str_find(item, ';'));
        int64_t weight = weight_of(str_sub(item, range.n + 1, item.n));
        range = str_trim(range);
        enum lang l = lang_parse(str_sub(range, 0, str_find(range, '-')));
        if (l != LANG_NONE && weight > best_weight) {
            best = l;
            best_weight = weight;
        }
    }
    return best;
}

enum lang lang_chosen(str_t query)
{
    str_t pair;
    while (str_split(&query, '&', &pair)) {
        if (str_starts(pair, STR("lang=")))
            return lang_parse(str_sub(pair, sizeof "lang=" - 1, pair.n));
    }
    return LANG_NONE;
}

enum lang lang_of(const struct http_xchg *x)
{
    enum lang l = lang_chosen(x->query);
    if (l == LANG_NONE)
        l = lang_parse(cookie_find(x, COOKIE_LANG, false));
    if (l == LANG_NONE)
        l = lang_accepted(http_field(x, STR("Accept-Language")));
    return l == LANG_NONE ? LANG_EN : l;
}
