/* SPDX-License-Identifier: Apache-2.0 */
/* Words in the guides: without an index, for there are few pages; bounded in words and in places.
 */
#ifndef API_DOCS_SEARCH_H
#define API_DOCS_SEARCH_H

#include "base/lang.h"

enum { SEARCH_WORDS_MAX = 8, SEARCH_FOUND_MAX = 40, SEARCH_EXTRACT = 220 };

struct search_words {
    str_t v[SEARCH_WORDS_MAX]; /* of what was asked; more are not looked at */
    size_t n;
};

/* Under one heading of one page; borrowed from the binary. */
struct search_found {
    const char *page;
    const char *page_title;
    enum lang lang; /* of the page */
    str_t anchor;   /* "": its beginning */
    str_t title;
    str_t before; /* an extract, cut around the first word: it stands between both */
    str_t word;   /* as it is written there; "": only in the title */
    str_t after;
    int score;
};

struct search_words search_words(str_t asked);
/* Where all words stand, the best first; at most SEARCH_FOUND_MAX, the return is how many. Capitals
 * and accents do not matter. */
size_t search_find(const struct search_words *words, enum lang lang,
                   struct search_found found[static SEARCH_FOUND_MAX]);
/* Does `word` stand in `text`, and from where to where? */
bool search_in(str_t text, str_t word, size_t *ret_from, size_t *ret_to);

#endif
