/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The TOML writer. With the argument `cases` it prints generated values, each as a line of JSON
 * {"json": ..., "toml": "..."}: toml_readback.py holds them to a TOML reader of somebody else.
 */
#include "agent/toml_out.h"
#include "base/rng.h"
#include "plat/json/out.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { CASES = 1500, MEMBERS_MAX = 5, DEPTH_MAX = 6 };

static const struct {
    const char *name, *json, *want;
} cases[] = {
    { "nothing", "{}", "" },
    { "scalars", "{\"b\":true,\"i\":-7,\"s\":\"x\",\"r\":1.5}",
      "b = true\ni = -7\nr = 1.5\ns = \"x\"\n" },
    { "64 bits", "{\"i\":9223372036854775807}", "i = 9223372036854775807\n" },
    { "a whole real stays a real", "{\"r\":1.0}", "r = 1.0\n" },
    { "keys", "{\"a-b_9\":1,\"a b\":1,\"\":1,\"a.b\":1,\"\\\"\":1,\"\xc3\xa9\":1}",
      "\"\" = 1\n\"\\\"\" = 1\n\"a b\" = 1\na-b_9 = 1\n\"a.b\" = 1\n\"\xc3\xa9\" = 1\n" },
    { "escapes", "{\"s\":\"\\b\\t\\n\\f\\r\\\"\\\\\\u0001\\u007f/\"}",
      "s = \"\\b\\t\\n\\f\\r\\\"\\\\\\u0001\\u007F/\"\n" },
    { "arrays", "{\"a\":[],\"b\":[1,\"x\",[true]]}", "a = []\nb = [1, \"x\", [true]]\n" },
    { "inline tables", "{\"a\":[{\"x\":{\"y\":1}},{}]}", "a = [{x = {y = 1}}, {}]\n" },
    { "tables after keys", "{\"a\":{\"b\":{\"c\":1},\"z\":2},\"k\":3}",
      "k = 3\n\n[a]\nz = 2\n\n[a.b]\nc = 1\n" },
    { "an empty table", "{\"mcp_servers\":{}}", "[mcp_servers]\n" },
    { "quoted headers", "{\"a b\":{\"c.d\":{}}}", "[\"a b\"]\n\n[\"a b\".\"c.d\"]\n" },
    { "siblings", "{\"a\":{\"x\":{}},\"b\":{}}", "[a]\n\n[a.x]\n\n[b]\n" },
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
        CLEANUP(json_freep) struct json *v = NULL;
        struct buf b;
        buf_init(&b, KIB(4));
        assert_int_equal(json_parse(str_from_cz(cases[i].json), NULL, &v), E_OK);
        assert_int_equal(toml_write(a, v, &b), E_OK);
        print_message("# %s\n", cases[i].name);
        assert_string_equal(str_cz(a, buf_str(&b)), cases[i].want);
        buf_fini(&b);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const nulls[] = { "{\"a\":null}", "{\"a\":[null]}", "{\"a\":{\"b\":null}}" };
    for (size_t i = 0; i < ARRAY_LEN(nulls); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
        CLEANUP(json_freep) struct json *v = NULL;
        struct buf b;
        buf_init(&b, KIB(4));
        assert_int_equal(json_parse(str_from_cz(nulls[i]), NULL, &v), E_OK);
        assert_int_equal(toml_write(a, v, &b), E_BAD_FIELD);
        buf_fini(&b);
    }
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
    CLEANUP(json_freep) struct json *v = NULL;
    struct buf b;
    buf_init(&b, 8);
    assert_int_equal(json_parse(STR("{\"long\":\"text\"}"), NULL, &v), E_OK);
    assert_int_equal(toml_write(a, v, &b), E_TOO_BIG);
    buf_fini(&b);
}

static const struct {
    const char *name, *toml, *want;
} lines[] = {
    { "what we write", "# x\na = 1\n\n[t]\nb = \"y\"\n\n[t.\"u v\"]\nc = [1, 2]\n",
      "{\"a\":\"1\",\"t\":{\"b\":\"\\\"y\\\"\",\"u v\":{\"c\":\"[1, 2]\"}}}" },
    { "by hand", "a=1\n  b  =  2 \n[ t ]\nc = 3\n",
      "{\"a\":\"1\",\"b\":\"2\",\"t\":{\"c\":\"3\"}}" },
    { "empty names", "\"\" = 1\n[\"\"]\n", "{\"\":\"1\",\"line 2\":\"[\\\"\\\"]\"}" },
    { "other forms", "a = [\n1\n]\na = 2\n[[x]]\n",
      "{\"a\":\"[\",\"line 2\":\"1\",\"line 3\":\"]\",\"line 4\":\"a = 2\",\"line 5\":\"[[x]]\"}" },
    { "not text", "\xff\n", "{\"line 1\":\"not text\"}" },
    { "ends", "\"\\\n\"a\n[a\n[]\n=1\n",
      "{\"line 1\":\"\\\"\\\\\",\"line 2\":\"\\\"a\",\"line 3\":\"[a\",\"line 4\":\"[]\",\"line "
      "5\":\"=1\"}" },
    { "a key is no table", "a = 1\n[a]\n[a.b]\n",
      "{\"a\":\"1\",\"line 2\":\"[a]\",\"line "
      "3\":\"[a.b]\"}" },
};

static void test_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
        CLEANUP(json_freep) struct json *have = NULL;
        struct buf b;
        buf_init(&b, KIB(4));
        assert_int_equal(toml_lines(a, str_from_cz(lines[i].toml), &have), E_OK);
        json_write(&b, have);
        print_message("# %s\n", lines[i].name);
        assert_string_equal(str_cz(a, buf_str(&b)), lines[i].want);
        buf_fini(&b);
    }
}

/* Names and texts made of what quoting is about. */
static str_t random_text(struct arena *a)
{
    static const char *const parts[] = { "a", "B", "9",  "_",        "-",    ".",        " ",
                                         "=", "#", "\"", "\\",       "\n",   "\t",       "]",
                                         "[", "{", "'",  "\xc3\xa9", "\x7f", "\x1f",     "\"\"\"",
                                         "}", ",", "\r", "u0041",    "true", "1979-05-2" };
    str_t s = STR("");
    for (uint64_t n = rng_u64() % 6; n > 0; n--)
        assert_int_equal(
            str_format(a, &s, "%.*s%s", STR_ARG(s), parts[rng_u64() % ARRAY_LEN(parts)]), E_OK);
    return s;
}

static struct json *random_value(struct arena *a, int depth);

static struct json *random_object(struct arena *a, int depth)
{
    struct json *v = json_new_object();
    for (uint64_t n = rng_u64() % MEMBERS_MAX; n > 0; n--)
        assert_int_equal(json_set(v, random_text(a), random_value(a, depth - 1)), E_OK);
    return v;
}

static struct json *random_value(struct arena *a, int depth)
{
    static const char *const reals[] = { "0.1", "-2.5e-7", "1.0", "1e300", "123456789.125" };
    struct json *v = NULL;
    switch (rng_u64() % (depth > 0 ? 6U : 4U)) {
    case 0:
        return json_new_string(random_text(a));
    case 1:
        return json_new_int((int64_t)rng_u64());
    case 2:
        return json_new_bool(rng_u64() % 2 == 0);
    case 3:
        assert_int_equal(json_parse(str_from_cz(reals[rng_u64() % ARRAY_LEN(reals)]), NULL, &v),
                         E_OK);
        return v;
    case 4:
        v = json_new_array();
        for (uint64_t n = rng_u64() % MEMBERS_MAX; n > 0; n--)
            assert_int_equal(json_push(v, random_value(a, depth - 1)), E_OK);
        return v;
    default:
        return random_object(a, depth);
    }
}

static void print_case(struct arena *a, const struct json *v)
{
    struct buf toml;
    struct buf line;
    buf_init(&toml, MIB(1));
    buf_init(&line, MIB(1));
    struct json_out o = json_out_to(&line);
    assert_int_equal(toml_write(a, v, &toml), E_OK);
    json_out_open(&o, '{');
    json_out_name(&o, STR("json"));
    json_write(&line, v);
    o.comma = true;
    JSON_OUT(&o, "toml", str, buf_str(&toml));
    json_out_close(&o, '}');
    assert_int_equal(line.err, E_OK);
    printf("%.*s\n", STR_ARG(buf_str(&line)));
    buf_fini(&toml);
    buf_fini(&line);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_lines),
    };
    if (argc < 2 || strcmp(argv[1], "cases") != 0)
        return cmocka_run_group_tests(tests, NULL, NULL);
    for (int i = 0; i < CASES; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(MIB(4));
        CLEANUP(json_freep) struct json *v = random_object(a, DEPTH_MAX);
        print_case(a, v);
    }
    return 0;
}
