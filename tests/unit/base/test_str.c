/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "check.h"

static void utf8_verdicts(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        str_t in;
        bool want;
    } cases[] = {
        { "empty", { "", 0 }, true },
        { "absent", { NULL, 0 }, true },
        { "ASCII with NUL", { "a\0b", 3 }, true },
        { "two bytes, lowest", { "\xc2\x80", 2 }, true },
        { "two bytes, overlong", { "\xc1\xbf", 2 }, false },
        { "NUL, overlong", { "\xc0\x80", 2 }, false },
        { "three bytes, lowest", { "\xe0\xa0\x80", 3 }, true },
        { "three bytes, overlong", { "\xe0\x9f\xbf", 3 }, false },
        { "last before the surrogates", { "\xed\x9f\xbf", 3 }, true },
        { "first surrogate", { "\xed\xa0\x80", 3 }, false },
        { "last surrogate", { "\xed\xbf\xbf", 3 }, false },
        { "first after the surrogates", { "\xee\x80\x80", 3 }, true },
        { "four bytes, lowest", { "\xf0\x90\x80\x80", 4 }, true },
        { "four bytes, overlong", { "\xf0\x8f\xbf\xbf", 4 }, false },
        { "U+10FFFF", { "\xf4\x8f\xbf\xbf", 4 }, true },
        { "U+110000", { "\xf4\x90\x80\x80", 4 }, false },
        { "five-byte head", { "\xf8\x88\x80\x80\x80", 5 }, false },
        { "continuation alone", { "\x80", 1 }, false },
        { "cut after one of two", { "a\xc3", 2 }, false },
        { "cut after two of three", { "\xe2\x82", 2 }, false },
        { "cut after three of four", { "\xf0\x9f\x98", 3 }, false },
        { "third byte wrong", { "\xe2\x82\x28", 3 }, false },
        { "fourth byte wrong", { "\xf0\x9f\x98\xc0", 4 }, false },
        { "0xff", { "\xff", 1 }, false },
        { "good text, then a bad byte", { "caf\xc3\xa9\xfe", 6 }, false },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        check(str_is_utf8(cases[i].in) == cases[i].want, cases[i].name);
}

/* Each code point, written by the definition of RFC 3629, is well-formed unless it is a surrogate.
 */
static void utf8_every_code_point(void **state)
{
    (void)state;
    for (unsigned c = 0x80; c < 0x110000; c++) {
        char b[4];
        size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        static const unsigned char heads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
        for (size_t i = n; i-- > 1;)
            b[i] = (char)(0x80 | (c >> 6 * (n - 1 - i) & 0x3f));
        b[0] = (char)(heads[n] | c >> 6 * (n - 1));
        bool surrogate = c >= 0xd800 && c <= 0xdfff;
        if (str_is_utf8(str_of(b, n)) == surrogate)
            fail_msg("U+%04X", c);
        if (str_is_utf8(str_of(b, n - 1)))
            fail_msg("U+%04X cut short", c);
    }
}

static void comparing(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        str_t a, b;
        bool eq, nocase, starts, ends;
        int cmp;
    } cases[] = {
        { "both empty", { "", 0 }, { "", 0 }, true, true, true, true, 0 },
        { "absent and empty are equal", { NULL, 0 }, { "", 0 }, true, true, true, true, 0 },
        { "same", { "abc", 3 }, { "abc", 3 }, true, true, true, true, 0 },
        { "other case", { "aBc", 3 }, { "AbC", 3 }, false, true, false, false, 1 },
        { "prefix", { "abcd", 4 }, { "ab", 2 }, false, false, true, false, 1 },
        { "suffix", { "abcd", 4 }, { "cd", 2 }, false, false, false, true, -1 },
        { "shorter", { "ab", 2 }, { "abc", 3 }, false, false, false, false, -1 },
        { "inner NUL counts", { "a\0b", 3 }, { "a\0c", 3 }, false, false, false, false, -1 },
        { "bytes are unsigned", { "\xff", 1 }, { "a", 1 }, false, false, false, false, 1 },
        { "no case outside ASCII",
          { "\xc3\xa9", 2 },
          { "\xc3\x89", 2 },
          false,
          false,
          false,
          false,
          1 },
        { "@ is not `", { "@", 1 }, { "`", 1 }, false, false, false, false, -1 },
        { "[ is not {", { "[", 1 }, { "{", 1 }, false, false, false, false, -1 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        check(str_eq(cases[i].a, cases[i].b) == cases[i].eq, cases[i].name);
        check(str_eq_nocase(cases[i].a, cases[i].b) == cases[i].nocase, cases[i].name);
        check(str_starts(cases[i].a, cases[i].b) == cases[i].starts, cases[i].name);
        check(str_ends(cases[i].a, cases[i].b) == cases[i].ends, cases[i].name);
        int c = str_cmp(cases[i].a, cases[i].b);
        check((c > 0) - (c < 0) == cases[i].cmp, cases[i].name);
    }
}

static void parts(void **state)
{
    (void)state;
    str_t s = STR("hello");
    assert_true(str_eq(str_sub(s, 1, 3), STR("ell")));
    assert_true(str_eq(str_sub(s, 3, 99), STR("lo")));
    assert_true(str_eq(str_sub(s, 99, 1), STR("")));
    assert_true(str_eq(str_sub(s, 2, SIZE_MAX), STR("llo")));
    assert_null(str_sub(STR_NONE, 0, 5).p);
    assert_int_equal(str_find(s, 'l'), 2);
    assert_int_equal(str_find(s, 'z'), 5);
    assert_int_equal(str_find(STR_NONE, 'z'), 0);
    assert_true(str_eq(str_trim(STR(" \t a b\t ")), STR("a b")));
    assert_int_equal(str_trim(STR(" \t ")).n, 0);
    assert_int_equal(str_trim(STR_NONE).n, 0);
    assert_int_equal(str_trim(STR("\na")).n, 2); /* only SP and HTAB */
}

static void splitting(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        str_t in;
        size_t n;
        const char *want[4];
    } cases[] = {
        { "absent has no part", { NULL, 0 }, 0, { 0 } },
        { "empty has one", { "", 0 }, 1, { "" } },
        { "one", { "a", 1 }, 1, { "a" } },
        { "three", { "a,bc,d", 6 }, 3, { "a", "bc", "d" } },
        { "empty parts stay", { ",a,,", 4 }, 4, { "", "a", "", "" } },
        { "separator alone", { ",", 1 }, 2, { "", "" } },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        str_t rest = cases[i].in;
        str_t part;
        size_t n = 0;
        while (str_split(&rest, ',', &part)) {
            check(n < cases[i].n, cases[i].name);
            check(str_eq(part, str_from_cz(cases[i].want[n])), cases[i].name);
            n++;
        }
        check(n == cases[i].n, cases[i].name);
    }
}

static void copies(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(1));
    assert_non_null(a);
    str_t out = STR("untouched");
    assert_int_equal(str_copy(a, STR("a\0b"), &out), E_OK);
    assert_true(str_eq(out, STR("a\0b")));
    assert_int_equal(str_copy(a, STR_NONE, &out), E_OK);
    assert_null(out.p);
    assert_int_equal(str_copy(a, STR(""), &out), E_OK);
    assert_non_null(out.p);
    assert_string_equal(str_cz(a, STR("text")), "text");
    assert_string_equal(str_cz(a, STR_NONE), "");
    assert_null(str_cz(a, STR("a\0b")));
    assert_int_equal(str_format(a, &out, "%.*s-%d", STR_ARG(STR("x\0y")), 7), E_OK);
    assert_true(str_eq(out, STR("x-7"))); /* printf ends a text at its NUL */
    static char big[2048];
    str_t kept = out;
    assert_int_equal(str_copy(a, str_of(big, sizeof big), &out), E_NO_MEMORY);
    assert_ptr_equal(out.p, kept.p);
    memset(big, 'x', sizeof big - 1);
    assert_int_equal(str_format(a, &out, "%s", big), E_NO_MEMORY);
    assert_ptr_equal(out.p, kept.p);
}

static void constant_time_equality(void **state)
{
    (void)state;
    unsigned char a[64] = { 0 };
    unsigned char b[64] = { 0 };
    assert_true(bytes_eq_ct(a, b, 0));
    assert_true(bytes_eq_ct(a, b, sizeof a));
    for (size_t bit = 0; bit < 8 * sizeof a; bit++) {
        b[bit / 8] = (unsigned char)(1U << bit % 8);
        assert_false(bytes_eq_ct(a, b, sizeof a));
        b[bit / 8] = 0;
    }
}

static void clips_between_characters(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        str_t in;
        size_t max;
        size_t want;
    } cases[] = {
        { "absent", { NULL, 0 }, 3, 0 },
        { "shorter", { "ab", 2 }, 3, 2 },
        { "as long", { "a\xc3\xa9", 3 }, 3, 3 },
        { "ASCII", { "abcd", 4 }, 3, 3 },
        { "before a character", { "a\xc3\xa9", 3 }, 1, 1 },
        { "after a character",
          { "a\xc3\xa9"
            "b",
            4 },
          3,
          3 },
        { "in one of two bytes", { "a\xc3\xa9", 3 }, 2, 1 },
        { "after one of three", { "a\xe2\x82\xac", 4 }, 2, 1 },
        { "after two of three", { "a\xe2\x82\xac", 4 }, 3, 1 },
        { "after three of four", { "a\xf0\x9f\x98\x80", 5 }, 4, 1 },
        { "in the first", { "\xf0\x9f\x98\x80", 4 }, 3, 0 },
        { "to nothing", { "\xc3\xa9", 2 }, 0, 0 },
        { "no UTF-8: not all of it goes", { "\x80\x80\x80\x80\x80\x80", 6 }, 5, 2 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        check(str_clip(cases[i].in, cases[i].max).n == cases[i].want, cases[i].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_verdicts),
        cmocka_unit_test(utf8_every_code_point),
        cmocka_unit_test(clips_between_characters),
        cmocka_unit_test(comparing),
        cmocka_unit_test(parts),
        cmocka_unit_test(splitting),
        cmocka_unit_test(copies),
        cmocka_unit_test(constant_time_equality),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
