/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lang.h"

static const char *const names[LANG_COUNT] = { "en", "en", "fr" };

const char *lang_name(enum lang lang)
{
    return names[lang];
}

enum lang lang_parse(str_t name)
{
    for (enum lang l = LANG_EN; l < LANG_COUNT; l++) {
        if (str_eq_nocase(name, str_from_cz(names[l])))
            return l;
    }
    return LANG_NONE;
}
