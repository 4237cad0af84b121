/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"
#include "check.h"

/* clang-format off */
static const struct { const char *name; str_t in; err_t u64; uint64_t u; err_t i64; int64_t i; err_t hex; uint64_t h; } cases[] = {
    { "zero",         { "0", 1 },                     E_OK, 0, E_OK, 0, E_OK, 0 },
    { "leading zero", { "007", 3 },                   E_OK, 7, E_OK, 7, E_OK, 7 },
    { "INT64_MAX",    { "9223372036854775807", 19 },  E_OK, INT64_MAX, E_OK, INT64_MAX, E_BAD_FIELD, 0 },
    { "one over it",  { "9223372036854775808", 19 },  E_OK, 9223372036854775808U, E_BAD_FIELD, 0, E_BAD_FIELD, 0 },
    { "INT64_MIN",    { "-9223372036854775808", 20 }, E_BAD_FIELD, 0, E_OK, INT64_MIN, E_BAD_FIELD, 0 },
    { "one under it", { "-9223372036854775809", 20 }, E_BAD_FIELD, 0, E_BAD_FIELD, 0, E_BAD_FIELD, 0 },
    { "UINT64_MAX",   { "18446744073709551615", 20 }, E_OK, UINT64_MAX, E_BAD_FIELD, 0, E_BAD_FIELD, 0 },
    { "one over it",  { "18446744073709551616", 20 }, E_BAD_FIELD, 0, E_BAD_FIELD, 0, E_BAD_FIELD, 0 },
    { "wraps to 4",   { "18446744073709551620", 20 }, E_BAD_FIELD, 0, E_BAD_FIELD, 0, E_BAD_FIELD, 0 },
    { "21 digits",    { "100000000000000000000", 21 }, E_BAD_FIELD, 0, E_BAD_FIELD, 0, E_BAD_FIELD, 0 },
    { "minus one",    { "-1", 2 },                    E_BAD_FIELD, 0, E_OK, -1, E_BAD_FIELD, 0 },
    { "plus",         { "+1", 2 },                    E_BAD_FIELD, 0, E_BAD_FIELD, 0, E_BAD_FIELD, 0 },
    { "two signs",    { "--1", 3 },                   E_BAD_FIELD, 0, E_BAD_FIELD, 0, E_BAD_FIELD, 0 },
    { "sign alone",   { "-", 1 },                     E_BAD_FIELD, 0, E_BAD_FIELD, 0, E_BAD_FIELD, 0 },
    { "empty",        { "", 0 },                      E_BAD_FIELD, 0, E_BAD_FIELD, 0, E_BAD_FIELD, 0 },
    { "absent",       { NULL, 0 },                    E_BAD_FIELD, 0, E_BAD_FIELD, 0, E_BAD_FIELD, 0 },
    { "blank before", { " 1", 2 },                    E_BAD_FIELD, 0, E_BAD_FIELD, 0, E_BAD_FIELD, 0 },
    { "blank behind", { "1 ", 2 },                    E_BAD_FIELD, 0, E_BAD_FIELD, 0, E_BAD_FIELD, 0 },
    { "NUL behind",   { "1\0", 2 },                   E_BAD_FIELD, 0, E_BAD_FIELD, 0, E_BAD_FIELD, 0 },
    { "fraction",     { "1.0", 3 },                   E_BAD_FIELD, 0, E_BAD_FIELD, 0, E_BAD_FIELD, 0 },
    { "0x",           { "0x1", 3 },                   E_BAD_FIELD, 0, E_BAD_FIELD, 0, E_BAD_FIELD, 0 },
    { "hex digits",   { "fF0a", 4 },                  E_BAD_FIELD, 0, E_BAD_FIELD, 0, E_OK, 0xff0a },
    { "16 of them",   { "ffffffffffffffff", 16 },     E_BAD_FIELD, 0, E_BAD_FIELD, 0, E_OK, UINT64_MAX },
    { "17 of them",   { "0ffffffffffffffff", 17 },    E_BAD_FIELD, 0, E_BAD_FIELD, 0, E_BAD_FIELD, 0 },
    { "other script", { "\xd9\xa1", 2 },              E_BAD_FIELD, 0, E_BAD_FIELD, 0, E_BAD_FIELD, 0 },
};
/* clang-format on */

static void parsing(void **state)
{
    (void)state;
    for (size_t k = 0; k < ARRAY_LEN(cases); k++) {
        uint64_t u = 99;
        int64_t i = 99;
        uint64_t h = 99;
        check(num_parse_u64(cases[k].in, &u) == cases[k].u64, cases[k].name);
        check(num_parse_i64(cases[k].in, &i) == cases[k].i64, cases[k].name);
        check(num_parse_hex(cases[k].in, &h) == cases[k].hex, cases[k].name);
        check(u == (cases[k].u64 == E_OK ? cases[k].u : 99), cases[k].name);
        check(i == (cases[k].i64 == E_OK ? cases[k].i : 99), cases[k].name);
        check(h == (cases[k].hex == E_OK ? cases[k].h : 99), cases[k].name);
    }
}

static void narrowing(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t in;
        err_t u16, size;
    } rows[] = {
        { "zero", 0, E_OK, E_OK },
        { "65535", 65535, E_OK, E_OK },
        { "65536", 65536, E_BAD_FIELD, E_OK },
        { "minus one", -1, E_BAD_FIELD, E_BAD_FIELD },
        { "most", INT64_MAX, E_BAD_FIELD, E_OK },
        { "least", INT64_MIN, E_BAD_FIELD, E_BAD_FIELD },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint16_t u16 = 99;
        size_t size = 99;
        check(num_to_u16(rows[i].in, &u16) == rows[i].u16, rows[i].name);
        check(num_to_size(rows[i].in, &size) == rows[i].size, rows[i].name);
        check(u16 == (rows[i].u16 == E_OK ? rows[i].in : 99), rows[i].name);
        check(size == (rows[i].size == E_OK ? (uint64_t)rows[i].in : 99), rows[i].name);
    }
}

static void thousandths(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *in;
        err_t want;
        int64_t milli;
        const char *out;
    } rows[] = {
        { "whole", "100", E_OK, 100000, "100" },
        { "zero", "0", E_OK, 0, "0" },
        { "one decimal", "1.5", E_OK, 1500, "1.5" },
        { "three decimals", "0.001", E_OK, 1, "0.001" },
        { "zeros at the end", "12.500", E_OK, 12500, "12.5" },
        { "four decimals", "0.0001", E_BAD_FIELD, 0, NULL },
        { "nothing behind the point", "1.", E_BAD_FIELD, 0, NULL },
        { "nothing before it", ".5", E_BAD_FIELD, 0, NULL },
        { "two points", "1.2.3", E_BAD_FIELD, 0, NULL },
        { "sign", "-1", E_BAD_FIELD, 0, NULL },
        { "exponent", "1e2", E_BAD_FIELD, 0, NULL },
        { "empty", "", E_BAD_FIELD, 0, NULL },
        { "too large", "9223372036854775807", E_BAD_FIELD, 0, NULL },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t milli = 99;
        char text[NUM_MILLI_TEXT];
        check(num_parse_milli(str_from_cz(rows[i].in), &milli) == rows[i].want, rows[i].name);
        check(milli == (rows[i].want == E_OK ? rows[i].milli : 99), rows[i].name);
        if (rows[i].want != E_OK)
            continue;
        num_format_milli(milli, text);
        check(strcmp(text, rows[i].out) == 0, rows[i].name);
    }
}

static void big_endian(void **state)
{
    (void)state;
    uint8_t b[8];
    num_put_be64(b, 0x0123456789abcdefU);
    assert_memory_equal(b, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
    assert_true(num_get_be64(b) == 0x0123456789abcdefU);
    num_put_be64(b, UINT64_MAX);
    assert_true(num_get_be64(b) == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parsing),
        cmocka_unit_test(narrowing),
        cmocka_unit_test(thousandths),
        cmocka_unit_test(big_endian),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
