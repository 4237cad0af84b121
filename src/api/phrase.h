/* SPDX-License-Identifier: Apache-2.0 */
/* The sentences of the pages in the languages of the house (phrase.def), and which one a browser
 * gets. */
#ifndef API_PHRASE_H
#define API_PHRASE_H

#include "base/lang.h"
#include "plat/http/server.h"

enum phrase {
#define PHRASE(code, en, fr) PHRASE_##code,
#include "api/phrase.def"
#undef PHRASE
    PHRASE_COUNT
};

str_t phrase_in(enum lang lang, enum phrase p); /* LANG_NONE: English */

/* The language that a request asks for: `?lang=`, the cookie that remembers such a choice,
 * Accept-Language (RFC 9110 section 12.5.4); English else. */
enum lang lang_of(const struct http_xchg *x);
/* Of Accept-Language alone, which is what the API goes by. LANG_NONE: it names none of ours. */
enum lang lang_accepted(str_t accept_language);
/* What `?lang=` says. LANG_NONE: nothing. */
enum lang lang_chosen(str_t query);

#endif
