/* SPDX-License-Identifier: Apache-2.0 */
#include "api/phrase.h"

#include "api/accept.h"
#include "api/cookie.h"

static const char *const phrases[][LANG_COUNT] = {
#define PHRASE(code, english, french) [PHRASE_##code] = { english, english, french },
#include "api/phrase.def"
#undef PHRASE
};

str_t phrase_in(enum lang lang, enum phrase p)
{
    return str_from_cz(phrases[p][lang]);
}

enum lang lang_accepted(str_t accept_language)
{
    enum lang best = LANG_NONE;
    int64_t best_weight = 0;
    struct accept_choice choice;
    while (accept_next(&accept_language, &choice)) {
        enum lang l = lang_parse(str_sub(choice.name, 0, str_find(choice.name, '-')));
        if (l != LANG_NONE && choice.weight > best_weight) {
            best = l;
            best_weight = choice.weight;
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
