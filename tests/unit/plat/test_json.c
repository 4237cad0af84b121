/* SPDX-License-Identifier: Apache-2.0 */
/* What is JSON here: RFC 8259, and what RFC 7493 and this product take away from it. */
#include "base/fault.h"
#include "plat/json/json.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define TEXT(lit)                                                                                  \
    {                                                                                              \
        "" lit, sizeof(lit) - 1                                                                    \
    }

static const struct {
    const char *name;
    str_t text;
    err_t want;
} rows[] = {
    { "object", TEXT("{\"a\":[1,2.5,\"x\",true,false,null,{}]}"), E_OK },
    { "blanks", TEXT(" \t\r\n[ 1 , 2 ]\n"), E_OK },
    { "string alone", TEXT("\"\""), E_OK },
    { "number alone", TEXT("-0"), E_OK },
    { "literal alone", TEXT("null"), E_OK },
    { "all escapes", TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\""), E_OK },
    { "surrogate pair", TEXT("\"\\uD83D\\uDE00\""), E_OK },
    { "UTF-8 of 2, 3 and 4 bytes", TEXT("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""), E_OK },
    { "DEL", TEXT("\"\x7f\""), E_OK },
    { "the largest integer", TEXT("9223372036854775807"), E_OK },
    { "the smallest integer", TEXT("-9223372036854775808"), E_OK },
    { "real too small to hold is 0", TEXT("1e-400"), E_OK },
    { "empty name", TEXT("{\"\":0}"), E_OK },
    { "same name at two depths", TEXT("{\"a\":{\"a\":1}}"), E_OK },
    { "names that differ in case", TEXT("{\"a\":1,\"A\":2}"), E_OK },

    { "nothing", TEXT(""), E_BAD_JSON },
    { "blanks only", TEXT(" \n"), E_BAD_JSON },
    { "byte order mark", TEXT("\xef\xbb\xbf{}"), E_BAD_JSON },
    { "two values", TEXT("1 2"), E_BAD_JSON },
    { "something after", TEXT("{}x"), E_BAD_JSON },
    { "a NUL after", TEXT("{}\0"), E_BAD_JSON },
    { "a NUL after a number", TEXT("123\0"), E_BAD_JSON },
    { "a NUL between", TEXT("[1,\0 2]"), E_BAD_JSON },
    { "a raw NUL in a string", TEXT("\"a\0b\""), E_BAD_JSON },
    { "comma at the end of a list", TEXT("[1,]"), E_BAD_JSON },
    { "comma at the end of an object", TEXT("{\"a\":1,}"), E_BAD_JSON },
    { "no comma", TEXT("[1 2]"), E_BAD_JSON },
    { "comment", TEXT("[1]//x"), E_BAD_JSON },
    { "single quotes", TEXT("{'a':1}"), E_BAD_JSON },
    { "name without quotes", TEXT("{a:1}"), E_BAD_JSON },
    { "name is a number", TEXT("{1:1}"), E_BAD_JSON },
    { "never closed list", TEXT("[1"), E_BAD_JSON },
    { "never closed string", TEXT("\"abc"), E_BAD_JSON },
    { "closed by the other bracket", TEXT("[1}"), E_BAD_JSON },
    { "only closing brackets", TEXT("]]]}}}"), E_BAD_JSON },
    { "leading zero", TEXT("01"), E_BAD_JSON },
    { "plus sign", TEXT("+1"), E_BAD_JSON },
    { "no digit before the point", TEXT(".5"), E_BAD_JSON },
    { "no digit after the point", TEXT("1."), E_BAD_JSON },
    { "no digit in the exponent", TEXT("1e"), E_BAD_JSON },
    { "hexadecimal", TEXT("0x10"), E_BAD_JSON },
    { "NaN", TEXT("NaN"), E_BAD_JSON },
    { "Infinity", TEXT("-Infinity"), E_BAD_JSON },
    { "literal in capitals", TEXT("True"), E_BAD_JSON },
    { "newline in a string", TEXT("\"a\nb\""), E_BAD_JSON },
    { "tab in a string", TEXT("\"\t\""), E_BAD_JSON },
    { "unknown escape", TEXT("\"\\x41\""), E_BAD_JSON },
    { "short \\u", TEXT("\"\\u00a\""), E_BAD_JSON },
    { "blank of another kind", TEXT("[\f1]"), E_BAD_JSON },
    { "non-breaking blank", TEXT("[\xc2\xa0]"), E_BAD_JSON },

    { "duplicate name", TEXT("{\"a\":1,\"a\":2}"), E_BAD_JSON },
    { "duplicate name, same value", TEXT("{\"a\":1,\"a\":1}"), E_BAD_JSON },
    { "duplicate name, escaped", TEXT("{\"a\":1,\"\\u0061\":2}"), E_BAD_JSON },
    { "duplicate name, deep", TEXT("[{\"x\":{\"b\":1,\"b\":2}}]"), E_BAD_JSON },
    { "lone high surrogate", TEXT("\"\\uD800\""), E_BAD_JSON },
    { "lone low surrogate", TEXT("\"\\uDC00\""), E_BAD_JSON },
    { "lone surrogate in a name", TEXT("{\"\\uDFAA\":0}"), E_BAD_JSON },
    { "surrogates the wrong way round", TEXT("\"\\uDE00\\uD83D\""), E_BAD_JSON },
    { "surrogate as UTF-8", TEXT("\"\xed\xa0\x80\""), E_BAD_JSON },
    { "overlong UTF-8", TEXT("\"\xc0\xaf\""), E_BAD_JSON },
    { "over U+10FFFF", TEXT("\"\xf4\x90\x80\x80\""), E_BAD_JSON },
    { "lone continuation byte", TEXT("\"\x81\""), E_BAD_JSON },
    { "cut UTF-8", TEXT("\"\xe2\x82\""), E_BAD_JSON },
    { "UTF-16", TEXT("[\0\"\0\xe9\0\"\0]\0"), E_BAD_JSON },
    { "noncharacter U+FFFE", TEXT("\"\xef\xbf\xbe\""), E_BAD_JSON },
    { "noncharacter U+FDD0", TEXT("\"\xef\xb7\x90\""), E_BAD_JSON },
    { "noncharacter U+FDEF", TEXT("\"\xef\xb7\xaf\""), E_BAD_JSON },
    { "noncharacter U+1FFFF", TEXT("\"\xf0\x9f\xbf\xbf\""), E_BAD_JSON },
    { "noncharacter U+10FFFF", TEXT("\"\xf4\x8f\xbf\xbf\""), E_BAD_JSON },
    { "noncharacter, escaped", TEXT("[{\"a\":\"\\uFFFF\"}]"), E_BAD_JSON },
    { "noncharacter in a name", TEXT("{\"\\uDBFF\\uDFFE\":1}"), E_BAD_JSON },
    { "U+FDCF and U+FDF0 are characters", TEXT("\"\xef\xb7\x8f\xef\xb7\xb0\""), E_OK },
    { "U+FFFD and U+10FFFD are characters", TEXT("\"\xef\xbf\xbd\xf4\x8f\xbf\xbd\""), E_OK },

    { "U+0000", TEXT("\"\\u0000\""), E_BAD_FIELD },
    { "U+0000 in a name", TEXT("{\"a\\u0000b\":1}"), E_BAD_FIELD },
    { "an escaped backslash before u0000", TEXT("\"\\\\u0000\""), E_OK },
    { "U+0000, then not JSON", TEXT("[\"\\u0000\",]"), E_BAD_JSON },
    { "U+0000 in a name, then not JSON", TEXT("{\"\\u0000\":1"), E_BAD_JSON },
    { "U+0000, then a duplicate", TEXT("[\"\\u0000\",{\"a\":1,\"a\":2}]"), E_BAD_JSON },
    { "integer over 64 bits", TEXT("9223372036854775808"), E_BAD_FIELD },
    { "integer under 64 bits", TEXT("[-9223372036854775809]"), E_BAD_FIELD },
    { "real over the largest", TEXT("{\"a\":1e309}"), E_BAD_FIELD },
    { "real under the smallest", TEXT("-1.5E+9999"), E_BAD_FIELD },
    { "two of them", TEXT("[1e999,99999999999999999999,\"\\u0000\"]"), E_BAD_FIELD },
    { "out of range, then not JSON", TEXT("[1e999"), E_BAD_JSON },
    { "out of range with a leading zero", TEXT("012345678901234567890"), E_BAD_JSON },
    { "out of range, then half an exponent", TEXT("[99999999999999999999, 1e]"), E_BAD_JSON },
    { "digits in strings stay", TEXT("[1e999,{\"1234\":1,\"1235\":2}]"), E_BAD_FIELD },
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct diag why = { 0 };
        struct json *v = NULL;
        print_message("# %s\n", rows[i].name);
        assert_int_equal(json_parse(rows[i].text, &why, &v), rows[i].want);
        assert_int_equal(v != NULL, rows[i].want == E_OK);
        assert_int_equal(why.err, rows[i].want);
        json_free(v);
    }
}

static err_t parse_nested(size_t depth, const char *open, const char *shut)
{
    struct buf b;
    struct json *v = NULL;
    buf_init(&b, MIB(8));
    for (size_t i = 0; i < depth; i++)
        buf_add(&b, str_from_cz(open));
    buf_add_byte(&b, '1');
    for (size_t i = 0; i < depth; i++)
        buf_add(&b, str_from_cz(shut));
    assert_int_equal(b.err, E_OK);
    err_t e = json_parse(buf_str(&b), NULL, &v);
    json_free(v);
    buf_fini(&b);
    return e;
}

static void test_depth(void **state)
{
    (void)state;
    assert_int_equal(parse_nested(JSON_DEPTH_MAX, "[", "]"), E_OK);
    assert_int_equal(parse_nested(JSON_DEPTH_MAX, "{\"a\":", "}"), E_OK);
    assert_int_equal(parse_nested(JSON_DEPTH_MAX + 1, "[", "]"), E_BAD_JSON);
    assert_int_equal(parse_nested(JSON_DEPTH_MAX + 1, "{\"a\":", "}"), E_BAD_JSON);
    assert_int_equal(parse_nested(10000, "[", "]"), E_BAD_JSON);
    assert_int_equal(parse_nested(1000000, "[", "]"), E_BAD_JSON);
    struct json *v = NULL; /* brackets inside a string do not count */
    assert_int_equal(json_parse(STR("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\""), NULL, &v),
                     E_OK);
    json_free(v);
    assert_int_equal(json_parse(STR("[\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]"), NULL, &v),
                     E_OK);
    json_free(v);
}

/* The reason goes to the caller and to the log: what was sent must not. */
static void test_reason_does_not_quote(void **state)
{
    (void)state;
    struct diag why = { 0 };
    struct json *v = NULL;
    assert_int_equal(json_parse(STR("{\"token\":\"sen_d_secret\n"), &why, &v), E_BAD_JSON);
    assert_null(strstr(why.text, "secret"));
    assert_null(strstr(why.text, "token"));
    assert_string_equal(why.text, "line 1, column 22: the text is not JSON");
}

static void test_readers(void **state)
{
    (void)state;
    CLEANUP(json_freep) struct json *v = NULL;
    assert_int_equal(
        json_parse(STR("{\"b\":[1,-2,\"x\\ny\"],\"a\":true,\"c\":null,\"d\":1.5}"), NULL, &v),
        E_OK);
    assert_int_equal(json_type(v), JSON_OBJECT);
    assert_int_equal(json_count(v), 4);
    assert_null(json_member(v, STR("e")));
    assert_null(json_member(v, STR("")));
    assert_true(json_bool(json_member(v, STR("a"))));
    assert_int_equal(json_type(json_member(v, STR("c"))), JSON_NULL);
    assert_int_equal(json_type(json_member(v, STR("d"))), JSON_REAL);
    const struct json *list = json_member(v, STR("b"));
    assert_int_equal(json_type(list), JSON_ARRAY);
    assert_int_equal(json_count(list), 3);
    assert_int_equal(json_int(json_at(list, 1)), -2);
    assert_true(str_eq(json_string(json_at(list, 2)), STR("x\ny")));

    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(4));
    struct json_pair *pairs;
    size_t n;
    assert_int_equal(json_members(a, v, &pairs, &n), E_OK);
    assert_int_equal(n, 4);
    for (size_t i = 0; i < n; i++)
        assert_true(str_eq(pairs[i].name, str_of(&"abcd"[i], 1)));
    assert_ptr_equal(pairs[1].value, list);
}

static void test_equality(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool equal;
    } pairs[] = {
        { "{\"a\":1,\"b\":[2,{}]}", "{\"b\":[2,{}],\"a\":1}", true },
        { "[1,2]", "[2,1]", false },
        { "[1]", "[1,1]", false },
        { "{\"a\":1}", "{\"a\":1,\"b\":1}", false },
        { "{\"a\":1}", "{\"b\":1}", false },
        { "1", "1.0", false },
        { "1.0", "1e0", true },
        { "0.0", "-0.0", false },
        { "\"\\u00e9\"", "\"\xc3\xa9\"", true },
        { "\"1\"", "1", false },
        { "null", "false", false },
        { "true", "false", false },
        { "null", "null", true },
    };
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        CLEANUP(json_freep) struct json *a = NULL;
        CLEANUP(json_freep) struct json *b = NULL;
        assert_int_equal(json_parse(str_from_cz(pairs[i].a), NULL, &a), E_OK);
        assert_int_equal(json_parse(str_from_cz(pairs[i].b), NULL, &b), E_OK);
        print_message("# %s %s\n", pairs[i].a, pairs[i].b);
        assert_int_equal(json_equal(a, b), pairs[i].equal);
        assert_int_equal(json_equal(b, a), pairs[i].equal);
    }
}

static err_t build(struct json **ret)
{
    CLEANUP(json_freep) struct json *o = json_new_object();
    if (o == NULL)
        return E_NO_MEMORY;
    struct json *list = json_new_array();
    if (list == NULL)
        return E_NO_MEMORY;
    TRY(json_set(o, STR("list"), list)); /* o's from here on */
    TRY(json_push(list, json_new_int(INT64_MIN)));
    TRY(json_push(list, json_new_bool(false)));
    TRY(json_push(list, json_new_null()));
    TRY(json_set(o, STR("text"), json_new_string(STR("old"))));
    TRY(json_set(o, STR("text"), json_new_string(STR("new"))));
    TRY(json_set(o, STR("absent"), json_new_string(STR_NONE)));
    TRY(json_set(o, STR("gone"), json_new_int(1)));
    json_remove(o, STR("gone"));
    json_remove(o, STR("was never there"));
    struct json *copy = json_clone(o);
    if (copy == NULL)
        return E_NO_MEMORY;
    *ret = copy;
    return E_OK;
}

static void test_building(void **state)
{
    (void)state;
    CLEANUP(json_freep) struct json *v = NULL;
    CLEANUP(json_freep) struct json *want = NULL;
    assert_int_equal(build(&v), E_OK);
    assert_int_equal(json_parse(STR("{\"absent\":null,\"list\":[-9223372036854775808,false,null],"
                                    "\"text\":\"new\"}"),
                                NULL, &want),
                     E_OK);
    assert_true(json_equal(v, want));
    assert_non_null(json_member_mut(v, STR("list")));
    assert_null(json_member_mut(v, STR("gone")));
    assert_int_equal(json_push(json_member_mut(v, STR("list")), json_new_int(1)), E_OK);
    assert_false(json_equal(v, want));
}

#ifdef SENESCHAL_FAULTS
static err_t parse_and_write(struct json **ret)
{
    TRY(json_parse(STR("{\"name\":\"\\u00e9\\uD83D\\uDE00 a long text that does not fit\",\"b\":[1,"
                       "2.5,3,4,5,6,7,8,9,10,{\"c\":null}],\"0\":0,\"1\":1,\"2\":2,\"3\":3,\"4\":4,"
                       "\"5\":5,\"6\":6,\"7\":7,\"8\":8,\"9\":9,\"x\":1,\"y\":2,\"z\":3,\"w\":4,"
                       "\"v\":5}"),
                   NULL, ret));
    struct buf b;
    buf_init(&b, KIB(4));
    json_write(&b, *ret);
    err_t e = b.err;
    buf_fini(&b);
    if (e != E_OK) {
        json_free(*ret);
        *ret = NULL;
    }
    return e;
}

/* jansson's lexer goes on after some failed allocations: a text with bytes lost would be E_OK. */
static void run_with_faults(err_t (*run)(struct json **ret))
{
    CLEANUP(json_freep) struct json *want = NULL;
    assert_int_equal(run(&want), E_OK);
    for (long n = 0;; n++) {
        struct json *v = NULL;
        fault_arm(n);
        err_t e = run(&v);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_NO_MEMORY : E_OK);
        assert_int_equal(v == NULL, fired);
        bool same = v != NULL && json_equal(v, want);
        json_free(v);
        if (!fired) {
            assert_true(same);
            assert_true(n > 10);
            break;
        }
    }
}

static void test_faults_parse_and_write(void **state)
{
    (void)state;
    run_with_faults(parse_and_write);
}

static void test_faults_build(void **state)
{
    (void)state;
    run_with_faults(build);
}

static void test_faults_of_a_refusal(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct json *v = NULL;
        fault_arm(n);
        err_t e = json_parse(STR("[\"a\",1e999,{\"b\":\"\\u0000\"}]"), NULL, &v);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_NO_MEMORY : E_BAD_FIELD);
        assert_null(v);
        if (!fired)
            break;
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_reason_does_not_quote),
        cmocka_unit_test(test_readers),
        cmocka_unit_test(test_equality),
        cmocka_unit_test(test_building),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test(test_faults_parse_and_write),
        cmocka_unit_test(test_faults_build),
        cmocka_unit_test(test_faults_of_a_refusal),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
