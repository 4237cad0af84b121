/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical bytes: one spelling for one value, and it reads back as that value. */
#include "plat/json/json.h"

#include <float.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { LAW_ROUNDS = 20000 };

static void canonical(str_t text, struct buf *ret)
{
    CLEANUP(json_freep) struct json *v = NULL;
    assert_int_equal(json_parse(text, NULL, &v), E_OK);
    buf_clear(ret);
    json_write(ret, v);
    assert_int_equal(ret->err, E_OK);
}

static const struct {
    const char *text, *want;
} rows[] = {
    { " { \"b\" : 1 , \"a\" : [ true , false , null ] } ", "{\"a\":[true,false,null],\"b\":1}" },
    { "{}", "{}" },
    { "[]", "[]" },
    /* Bytes decide the order, so U+FF5E comes before U+1F600, which UTF-16 would turn round. */
    { "{\"\\uD83D\\uDE00\":1,\"\\uFF5E\":2,\"a\":3,\"Z\":4,\"\":5,\"aa\":6}",
      "{\"\":5,\"Z\":4,\"a\":3,\"aa\":6,\"\xef\xbd\x9e\":2,\"\xf0\x9f\x98\x80\":1}" },
    { "{\"z\":0,\"y\":0,\"x\":0,\"w\":0,\"v\":0,\"u\":0,\"t\":0,\"s\":0,\"r\":0,\"q\":0,\"p\":0,"
      "\"o\":0,\"n\":0,\"m\":0,\"l\":0,\"k\":0,\"j\":0,\"i\":0}",
      "{\"i\":0,\"j\":0,\"k\":0,\"l\":0,\"m\":0,\"n\":0,\"o\":0,\"p\":0,\"q\":0,\"r\":0,\"s\":0,"
      "\"t\":0,\"u\":0,\"v\":0,\"w\":0,\"x\":0,\"y\":0,\"z\":0}" },
    { "\"\\u0041\\/\\u000a\\u001f\\u007f\\\"\\\\\\b\\f\\r\\t\"",
      "\"A/\\n\\u001f\x7f\\\"\\\\\\b\\f\\r\\t\"" },
    { "9223372036854775807", "9223372036854775807" },
    { "-9223372036854775808", "-9223372036854775808" },
    { "9007199254740993", "9007199254740993" },
    { "-0", "0" },
    { "0.0", "0.0" },
    { "-0.0", "-0.0" },
    { "1.0", "1.0" },
    { "1.50", "1.5" },
    { "100e-2", "1.0" },
    { "0.1", "0.1" },
    { "0.30000000000000004", "0.30000000000000004" },
    { "1E3", "1000.0" },
    { "12345678901234567.0", "12345678901234568.0" },
    { "1e17", "1e17" },
    { "123e20", "1.23e22" },
    { "0.000001", "0.000001" },
    { "0.0000001", "1e-7" },
    { "1.25e-10", "1.25e-10" },
    { "5e-324", "5e-324" },
    { "4.9406564584124654e-324", "5e-324" },
    { "1.7976931348623157e308", "1.7976931348623157e308" },
    { "5.684341886080801e-14", "5.684341886080801e-14" },
    { "5.6843418860808015e-14", "5.684341886080802e-14" }, /* 2^-44: the gap above is wider */
    { "9007199254740993.0", "9007199254740992.0" },
    { "2.2250738585072014e-308", "2.2250738585072014e-308" },
    { "1e-400", "0.0" },
};

static void test_rows(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, KIB(4));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        print_message("# %s\n", rows[i].text);
        canonical(str_from_cz(rows[i].text), &b);
        buf_add_byte(&b, '\0');
        assert_string_equal(b.p, rows[i].want);
    }
    buf_fini(&b);
}

/* splitmix64, so that the same numbers come each time. */
static uint64_t law_next(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

/* Any finite double survives, and no shorter run of digits names it. */
static void test_law_reals_read_back(void **state)
{
    (void)state;
    uint64_t seed = 7;
    struct buf b;
    buf_init(&b, KIB(1));
    for (int i = 0; i < LAW_ROUNDS; i++) {
        uint64_t bits = law_next(&seed);
        double v;
        memcpy(&v, &bits, sizeof v);
        if (!(v >= -DBL_MAX && v <= DBL_MAX))
            continue;
        char text[64];
        snprintf(text, sizeof text, "%.17e", v);
        canonical(str_from_cz(text), &b);
        buf_add_byte(&b, '\0');
        double back = strtod(b.p, NULL);
        assert_memory_equal(&back, &v, sizeof v);
        if (strchr(b.p, 'e') == NULL || v < DBL_MIN)
            continue;
        int digits = 0;
        for (const char *p = b.p; *p != 'e'; p++)
            digits += *p >= '0' && *p <= '9';
        if (digits < 2)
            continue;
        snprintf(text, sizeof text, "%.*e", digits - 2, v); /* one digit fewer */
        double shorter = strtod(text, NULL);
        assert_memory_not_equal(&shorter, &v, sizeof v);
    }
    buf_fini(&b);
}

static void test_too_big_sticks(void **state)
{
    (void)state;
    CLEANUP(json_freep) struct json *v = NULL;
    assert_int_equal(json_parse(STR("[1,2,3,4,5,6,7,8,9]"), NULL, &v), E_OK);
    struct buf b;
    buf_init(&b, 5);
    json_write(&b, v);
    assert_int_equal(b.err, E_TOO_BIG);
    buf_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_law_reals_read_back),
        cmocka_unit_test(test_too_big_sticks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
