/* SPDX-License-Identifier: Apache-2.0 */
/* Words in a text: capitals and accents do not matter, and no character is read past an end. */
#include "api/docs_search.h"
#include "check.h"

/* clang-format off */
static const struct {
    const char *name;
    const char *text;
    const char *word;
    bool found;
    size_t from;
    size_t to;
} cases[] = {
    { "as it stands",               "a device",         "device", true, 2, 8 },
    { "capitals on either side",    "A DEvice",         "deVICE", true, 2, 8 },
    { "an accent in the text",      "la cl\xc3\xa9 x",  "cle",    true, 3, 7 },
    { "an accent in the word",      "la cle x",         "cl\xc3\xa9", true, 3, 6 },
    { "a great letter with accent", "\xc3\x89tats",     "etat",   true, 0, 5 },
    { "either apostrophe",          "l\xe2\x80\x99outil", "l'outil", true, 0, 9 },
    { "the beginning comes twice",  "aab",              "ab",     true, 1, 3 },
    { "longer than the text",       "dev",              "device", false, 0, 0 },
    { "not there",                  "a device",         "server", false, 0, 0 },
    { "no word",                    "a",                "",       false, 0, 0 },
    { "no text",                    "",                 "a",      false, 0, 0 },
    { "half a character at the end", "x\xc3", "\xc3\xa9", false, 0, 0 },
    { "a word of half a character", "x\xc3\xa9",        "\xc3", false, 0, 0 },
    { "half an apostrophe",         "l\xe2\x80",  "l'",     false, 0, 0 },
};
/* clang-format on */

static void test_in(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        size_t from = 0;
        size_t to = 0;
        bool found = search_in(str_from_cz(cases[i].text), str_from_cz(cases[i].word), &from, &to);
        check(found == cases[i].found, cases[i].name);
        check(!found || (from == cases[i].from && to == cases[i].to), cases[i].name);
    }
}

static void test_words(void **state)
{
    (void)state;
    struct search_words words = search_words(STR("  one\ttwo   three "));
    assert_int_equal(words.n, 2); /* only blanks part words: a TAB stays inside */
    words = search_words(STR("1 2 3 4 5 6 7 8 9 10"));
    assert_int_equal(words.n, SEARCH_WORDS_MAX);
    assert_int_equal(search_words(STR("   ")).n, 0);
}

static void test_found(void **state)
{
    (void)state;
    struct search_found found[SEARCH_FOUND_MAX];
    struct search_words none = { .n = 0 };
    struct search_words words = search_words(STR("enrolling"));
    assert_int_equal(search_find(&none, LANG_EN, found), 0);
    size_t n = search_find(&words, LANG_EN, found);
    assert_true(n > 0 && n <= SEARCH_FOUND_MAX);
    for (size_t i = 1; i < n; i++)
        check(found[i - 1].score >= found[i].score, "the best first");
    words = search_words(STR("e"));
    assert_int_equal(search_find(&words, LANG_FR, found), SEARCH_FOUND_MAX);
    for (size_t i = 0; i < SEARCH_FOUND_MAX; i++) {
        check(str_is_utf8(found[i].before), "no half character before");
        check(str_is_utf8(found[i].after), "none behind");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
