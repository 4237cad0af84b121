/* SPDX-License-Identifier: Apache-2.0 */
#include "api/docs_search.h"

#include "api/docs_table.h"

#include <string.h>

/* Letters with accents of U+00C0 .. U+00FF, by the second byte of their UTF-8; '?': none of these.
 */
static const char latin[] = "aaaaaa?ceeeeiiii?nooooo?ouuuuy??"
                            "aaaaaa?ceeeeiiii?nooooo?ouuuuy?y";

/* The next character without its accent, small; *at moves behind it. */
static unsigned char next_letter(str_t s, size_t *at)
{
    unsigned char c = (unsigned char)s.p[*at];
    unsigned char d = *at + 1 < s.n ? (unsigned char)s.p[*at + 1] : 0;
    *at += 1;
    if (c == 0xC3 && d >= 0x80 && d < 0xC0 && latin[d - 0x80] != '?') {
        *at += 1;
        return (unsigned char)latin[d - 0x80];
    }
    if (c == 0xE2 && d == 0x80 && *at + 1 < s.n && (unsigned char)s.p[*at + 1] == 0x99) {
        *at += 2;
        return '\''; /* U+2019, the apostrophe of good typography */
    }
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c - 'A' + 'a') : c;
}

static bool stands_at(str_t text, size_t at, str_t word, size_t *ret_to)
{
    size_t in_word = 0;
    while (in_word < word.n) {
        if (at >= text.n || next_letter(text, &at) != next_letter(word, &in_word))
            return false;
    }
    *ret_to = at;
    return true;
}

bool search_in(str_t text, str_t word, size_t *ret_from, size_t *ret_to)
{
    size_t ignored = 0;
    if (word.n == 0)
        return false;
    unsigned char first = next_letter(word, &ignored);
    for (size_t at = 0; at < text.n;) {
        size_t from = at;
        if (next_letter(text, &at) == first && stands_at(text, from, word, ret_to)) {
            *ret_from = from;
            return true;
        }
    }
    return false;
}

struct search_words search_words(str_t asked)
{
    struct search_words words = { .n = 0 };
    str_t word;
    while (words.n < SEARCH_WORDS_MAX && str_split(&asked, ' ', &word)) {
        word = str_trim(word);
        if (word.n > 0)
            words.v[words.n++] = word;
    }
    return words;
}

/* A blank at or behind `at`, so that no character is cut. */
static size_t blank_behind(str_t s, size_t at)
{
    while (at < s.n && s.p[at] != ' ')
        at++;
    return at;
}

static void cut_extract(str_t text, size_t from, size_t to, struct search_found *f)
{
    size_t begin = from > SEARCH_EXTRACT / 2 ? blank_behind(text, from - SEARCH_EXTRACT / 2) : 0;
    size_t end =
        blank_behind(text, to + SEARCH_EXTRACT / 2 < text.n ? to + SEARCH_EXTRACT / 2 : text.n);
    if (begin > from)
        begin = from;
    f->before = str_sub(text, begin, from - begin);
    f->word = str_sub(text, from, to - from);
    f->after = str_sub(text, to, end - to);
}

/* "anchor TAB title TAB words": do all words stand here, or in the title of the page? */
static bool judge(const struct search_words *words, const struct docs_page *page, str_t line,
                  struct search_found *f)
{
    str_t text;
    size_t from;
    size_t to;
    *f = (struct search_found){ .page = page->name, .page_title = page->title, .lang = page->lang };
    (void)str_split(&line, '\t', &f->anchor);
    (void)str_split(&line, '\t', &f->title);
    text = line;
    cut_extract(text, 0, 0, f);
    for (size_t i = words->n; i-- > 0;) {
        bool in_title = search_in(f->title, words->v[i], &from, &to);
        bool in_page = search_in(str_from_cz(page->title), words->v[i], &from, &to);
        bool in_text = search_in(text, words->v[i], &from, &to);
        if (in_text)
            cut_extract(text, from, to, f);
        if (!in_title && !in_text && !in_page)
            return false;
        f->score += 8 * in_title + 2 * in_page + in_text;
    }
    /* The words of a page's title stand for the page, not for each of its headings. */
    return f->anchor.n == 0 || f->word.n > 0 || f->score >= 8;
}

/* Kept in order; of equal ones the earlier stays before. */
static size_t keep(struct search_found found[static SEARCH_FOUND_MAX], size_t n,
                   const struct search_found *f)
{
    size_t at = n;
    while (at > 0 && found[at - 1].score < f->score)
        at--;
    if (at == SEARCH_FOUND_MAX)
        return n;
    size_t moved = (n < SEARCH_FOUND_MAX ? n : SEARCH_FOUND_MAX - 1) - at;
    memmove(&found[at + 1], &found[at], moved * sizeof *found);
    found[at] = *f;
    return n < SEARCH_FOUND_MAX ? n + 1 : n;
}

/* English stands for what there is in no other language. */
static bool is_for(const struct docs_page *page, enum lang lang)
{
    if (page->lang == lang)
        return true;
    for (size_t i = 0; page->lang == LANG_EN && i < docs_pages_n; i++) {
        const struct docs_page *twin = &docs_pages[i];
        if (twin->lang == lang && twin->text.n > 0 && strcmp(twin->name, page->name) == 0)
            return false;
    }
    return page->lang == LANG_EN;
}

size_t search_find(const struct search_words *words, enum lang lang,
                   struct search_found found[static SEARCH_FOUND_MAX])
{
    size_t n = 0;
    for (size_t i = 0; words->n > 0 && i < docs_pages_n; i++) {
        str_t rest = docs_text(&docs_pages[i].text);
        str_t line;
        struct search_found f;
        if (!is_for(&docs_pages[i], lang))
            continue;
        while (rest.n > 0 && str_split(&rest, '\n', &line)) {
            if (line.n > 0 && judge(words, &docs_pages[i], line, &f))
                n = keep(found, n, &f);
        }
    }
    return n;
}
