/* SPDX-License-Identifier: Apache-2.0 */
#include "base/enc.h"
#include "base/rng.h"
#include "check.h"

static void base64url_strict(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct { const char *name; str_t in; err_t want; str_t out; } cases[] = {
        { "empty",                        { "", 0 },          E_OK, { "", 0 } },
        { "f (RFC 4648 section 10)",      { "Zg", 2 },        E_OK, { "f", 1 } },
        { "fo",                           { "Zm8", 3 },       E_OK, { "fo", 2 } },
        { "foo",                          { "Zm9v", 4 },      E_OK, { "foo", 3 } },
        { "foob",                         { "Zm9vYg", 6 },    E_OK, { "foob", 4 } },
        { "foobar",                       { "Zm9vYmFy", 8 },  E_OK, { "foobar", 6 } },
        { "- and _",                      { "-_-_", 4 },      E_OK, { "\xfb\xff\xbf", 3 } },
        { "padding",                      { "Zg==", 4 },      E_BAD_FIELD, { NULL, 0 } },
        { "padding of one",               { "Zm8=", 4 },      E_BAD_FIELD, { NULL, 0 } },
        { "one character",                { "Z", 1 },         E_BAD_FIELD, { NULL, 0 } },
        { "five characters",              { "Zm9vY", 5 },     E_BAD_FIELD, { NULL, 0 } },
        { "unused bits of two are set",   { "Zh", 2 },        E_BAD_FIELD, { NULL, 0 } },
        { "unused bits of three are set", { "Zm9", 3 },       E_BAD_FIELD, { NULL, 0 } },
        { "+ of the other alphabet",      { "++++", 4 },      E_BAD_FIELD, { NULL, 0 } },
        { "/ of the other alphabet",      { "////", 4 },      E_BAD_FIELD, { NULL, 0 } },
        { "blank",                        { "Zm 9", 4 },      E_BAD_FIELD, { NULL, 0 } },
        { "line feed at the end",         { "Zm9v\n", 5 },    E_BAD_FIELD, { NULL, 0 } },
        { "NUL",                          { "Zm\0v", 4 },     E_BAD_FIELD, { NULL, 0 } },
        { "high byte",                    { "Zm9\xff", 4 },   E_BAD_FIELD, { NULL, 0 } },
    };
    /* clang-format on */
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        str_t out = STR_NONE;
        check(base64url_decode(a, cases[i].in, &out) == cases[i].want, cases[i].name);
        check(str_eq(out, cases[i].out), cases[i].name);
        check((out.p != NULL) == (cases[i].want == E_OK), cases[i].name);
    }
    uint8_t three[3];
    assert_int_equal(base64url_decode_n(STR("Zm9v"), three, 3), E_OK);
    assert_int_equal(base64url_decode_n(STR("Zm8"), three, 3), E_BAD_FIELD);
    assert_int_equal(base64url_decode_n(STR("Zm9vYg"), three, 3), E_BAD_FIELD);
}

/* What is encoded decodes to itself, and no other text decodes to it. */
static void base64_strict(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        const char *out; /* NULL: refused */
    } cases[] = {
        { "", "" },        { "Zg==", "f" },   { "Zm8=", "fo" },         { "Zm9v", "foo" },
        { "Pz8/", "???" }, { "Pj4+", ">>>" }, { "Zm9vYmFy", "foobar" }, { "Zg", NULL },
        { "Zg=", NULL },   { "Zg===", NULL }, { "Zh==", NULL },         { "Zm9=", NULL },
        { "====", NULL },  { "Z===", NULL },  { "Zg==Zg==", NULL },     { "Pz8_", NULL },
        { "Pj4-", NULL },  { "Zm 9", NULL },  { "Zm9vYmFyZg==", NULL },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint8_t out[6];
        size_t n = 0;
        err_t e = base64_decode(str_from_cz(cases[i].in), out, sizeof out, &n);
        check((e == E_OK) == (cases[i].out != NULL), cases[i].in);
        if (e == E_OK)
            check(str_eq(str_of(out, n), str_from_cz(cases[i].out)), cases[i].in);
    }
}

static void base64url_there_and_back(void **state)
{
    (void)state;
    rng_seed_for_test(1);
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
    for (size_t n = 0; n < 70; n++) {
        uint8_t bytes[70];
        CLEANUP(buf_fini) struct buf b = { 0 };
        str_t text = STR_NONE;
        str_t back = STR_NONE;
        buf_init(&b, 200);
        rng_bytes(bytes, n);
        assert_int_equal(base64url_make(a, bytes, n, &text), E_OK);
        buf_add_base64url(&b, bytes, n);
        assert_true(str_eq(text, buf_str(&b)));
        assert_int_equal(base64url_decode(a, text, &back), E_OK);
        assert_true(str_eq(back, str_of(bytes, n)));
        char other[100];
        for (size_t i = 0; i < text.n; i++) {
            memcpy(other, text.p, text.n);
            other[i] = other[i] == 'A' ? 'B' : 'A';
            str_t strange = STR_NONE;
            if (base64url_decode(a, str_of(other, text.n), &strange) == E_OK)
                assert_false(str_eq(strange, back));
        }
        arena_reset(a);
    }
    rng_seed_for_test(0);
}

/* Every byte at every place of a word, and what is left over behind the last whole word. */
static void hex_words(void **state)
{
    (void)state;
    uint8_t in[40];
    char text[2 * sizeof in];
    for (unsigned first = 0; first < 256; first++) {
        for (size_t i = 0; i < sizeof in; i++)
            in[i] = (uint8_t)(first + i * 37);
        for (size_t n = 0; n <= sizeof in; n++) {
            memset(text, '?', sizeof text);
            hex_encode(in, n, text);
            for (size_t i = 0; i < n; i++) {
                char want[3];
                (void)snprintf(want, sizeof want, "%02x", in[i]);
                assert_memory_equal(text + 2 * i, want, 2);
            }
            if (n < sizeof in)
                assert_int_equal(text[2 * n], '?');
        }
    }
}

static void hex(void **state)
{
    (void)state;
    uint8_t out[3] = { 9, 9, 9 };
    char text[6];
    assert_int_equal(hex_decode(STR("00fFa5"), out, 3), E_OK);
    assert_memory_equal(out, "\x00\xff\xa5", 3);
    hex_encode(out, 3, text);
    assert_memory_equal(text, "00ffa5", 6);
    static const struct {
        const char *name;
        str_t in;
    } bad[] = {
        { "short", { "00ff", 4 } }, { "odd", { "00ffa", 5 } },   { "long", { "00ffa5a5", 8 } },
        { "g", { "00fga5", 6 } },   { "sign", { "+1ffa5", 6 } }, { "blank", { "00 fa5", 6 } },
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        check(hex_decode(bad[i].in, out, 3) == E_BAD_FIELD, bad[i].name);
    for (int c = 0; c < 256; c++) {
        const char *digits = "0123456789abcdef";
        const char *at = c == 0 ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c);
        assert_int_equal(hex_digit((char)c), at == NULL ? -1 : (int)(at - digits));
    }
}

static void base62(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint8_t in[4];
        const char *want;
    } cases[] = {
        { "zero", { 0, 0, 0, 0 }, "000000" },
        { "61", { 0, 0, 0, 61 }, "00000z" },
        { "62", { 0, 0, 0, 62 }, "000010" },
        { "62 squared", { 0, 0, 0x0f, 0x04 }, "000100" },
        { "62^5 - 1", { 0x36, 0x9b, 0x13, 0xdf }, "0zzzzz" }, /* where one run of digits ends */
        { "62^5", { 0x36, 0x9b, 0x13, 0xe0 }, "100000" },
        { "2^32 - 1", { 255, 255, 255, 255 }, "4gfFC3" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char out[6];
        base62_encode(cases[i].in, 4, out, sizeof out);
        check(memcmp(out, cases[i].want, 6) == 0, cases[i].name);
    }
    char full[43];
    uint8_t ones[32];
    memset(ones, 0xff, sizeof ones);
    base62_encode(ones, 32, full, sizeof full);
    /* 2^256 - 1, as Python writes it: 43 digits hold it without a cut. */
    assert_memory_equal(full, "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1", 43);
    uint8_t steps[31]; /* not a whole number of limbs */
    for (size_t i = 0; i < sizeof steps; i++)
        steps[i] = (uint8_t)(i * 7 + 1);
    base62_encode(steps, sizeof steps, full, sizeof full);
    assert_memory_equal(full, "003fi4zTofzP2I5tvj7K9vgdCpuQHyuKhgo1VfS1h9X", 43);
    assert_true(base62_is(str_of(full, sizeof full)));
    assert_false(base62_is(STR("abc-")));
    assert_false(base62_is(STR("caf\xc3\xa9")));
    assert_true(base62_is(STR("")));
}

static void crc32(void **state)
{
    (void)state;
    assert_int_equal(crc32_of(STR("")), 0);
    assert_int_equal(crc32_of(STR("123456789")), 0xcbf43926); /* the check value of ISO 3309 */
    assert_int_equal(crc32_of(STR("The quick brown fox jumps over the lazy dog")), 0x414fa339);
    assert_int_equal(crc32_of(STR("\0")), 0xd202ef8d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64url_strict),
        cmocka_unit_test(base64_strict),
        cmocka_unit_test(base64url_there_and_back),
        cmocka_unit_test(hex),
        cmocka_unit_test(hex_words),
        cmocka_unit_test(base62),
        cmocka_unit_test(crc32),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
