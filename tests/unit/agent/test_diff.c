/* SPDX-License-Identifier: Apache-2.0 */
/* What the journal is told of two configurations, and which names it takes for secrets. */
#include "agent/diff.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void note(void *arg, const struct agent_change *c)
{
    struct buf *b = arg;
    buf_addf(b, "%.*s ", STR_ARG(c->pointer));
    if (c->from != NULL)
        json_write(b, c->from);
    BUF_ADD(b, ">");
    if (c->to != NULL)
        json_write(b, c->to);
    buf_add(b, c->hidden ? STR(" hidden;") : STR(";"));
}

static const struct {
    const char *name, *from, *to, *want;
} cases[] = {
    { "nothing", "{\"a\":1}", "{\"a\":1}", "" },
    { "a scalar", "{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":3}", "/b 2>3;" },
    { "1 is not 1.0", "{\"a\":1}", "{\"a\":1.0}", "/a 1>1.0;" },
    { "in and out", "{\"a\":1}", "{\"b\":2}", "/a 1>;/b >2;" },
    { "leaf by leaf", "{}", "{\"a\":{\"b\":[1,{\"c\":2}],\"d\":{}}}",
      "/a/b/0 >1;/a/b/1/c >2;/a/d >{};" },
    { "an object for a text", "{\"a\":\"x\"}", "{\"a\":{\"b\":1}}", "/a \"x\">;/a/b >1;" },
    { "a text for an object", "{\"a\":{\"b\":1}}", "{\"a\":\"x\"}", "/a >\"x\";/a/b 1>;" },
    { "an array for an object", "{\"a\":{\"b\":1}}", "{\"a\":[2]}", "/a/0 >2;/a/b 1>;" },
    { "an empty object for an empty array", "{\"a\":{}}", "{\"a\":[]}", "/a {}>[];" },
    { "filled", "{\"a\":{}}", "{\"a\":{\"b\":1}}", "/a/b >1;" },
    { "arrays by index", "{\"a\":[1,2,3]}", "{\"a\":[1,9]}", "/a/1 2>9;/a/2 3>;" },
    { "an eleventh element", "{\"a\":[0,0,0,0,0,0,0,0,0,0]}", "{\"a\":[0,0,1,0,0,0,0,0,0,0,5]}",
      "/a/2 0>1;/a/10 >5;" },
    { "RFC 6901", "{}", "{\"a/b~c\":1,\"\":2}", "/ >2;/a~1b~0c >1;" },
    { "from nothing", NULL, "{\"a\":1}", "/a >1;" },
    { "to nothing", "{\"a\":[1]}", NULL, "/a/0 1>;" },
    { "a password", "{\"password\":\"x\"}", "{\"password\":\"y\"}",
      "/password \"x\">\"y\" hidden;" },
    { "below a secret name", "{}", "{\"Api-Key\":{\"a\":[1]}}", "/Api-Key/a/0 >1 hidden;" },
    { "beside it", "{}", "{\"s\":{\"my_secret\":1,\"x\":2}}", "/s/my_secret >1 hidden;/s/x >2;" },
    { "a number of tokens", "{}", "{\"max_tokens\":5}", "/max_tokens >5;" },
    { "a text under that name", "{\"max_tokens\":5}", "{\"max_tokens\":\"z\"}",
      "/max_tokens 5>\"z\" hidden;" },
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
        CLEANUP(json_freep) struct json *from = NULL;
        CLEANUP(json_freep) struct json *to = NULL;
        struct buf b;
        buf_init(&b, KIB(4));
        if (cases[i].from != NULL)
            assert_int_equal(json_parse(str_from_cz(cases[i].from), NULL, &from), E_OK);
        if (cases[i].to != NULL)
            assert_int_equal(json_parse(str_from_cz(cases[i].to), NULL, &to), E_OK);
        assert_int_equal(agent_diff(a, from, to, note, &b), E_OK);
        print_message("# %s: %.*s\n", cases[i].name, STR_ARG(buf_str(&b)));
        assert_true(str_eq(buf_str(&b), str_from_cz(cases[i].want)));
        buf_fini(&b);
    }
}

/* As deep as JSON may be: no recursion, no overflow. */
static void test_the_deepest(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
    CLEANUP(json_freep) struct json *v = NULL;
    struct buf text;
    struct buf b;
    buf_init(&text, KIB(4));
    buf_init(&b, KIB(4));
    for (int i = 0; i < JSON_DEPTH_MAX - 1; i++)
        BUF_ADD(&text, "{\"a\":");
    BUF_ADD(&text, "[1]");
    for (int i = 0; i < JSON_DEPTH_MAX - 1; i++)
        BUF_ADD(&text, "}");
    assert_int_equal(json_parse(buf_str(&text), NULL, &v), E_OK);
    assert_int_equal(agent_diff(a, NULL, v, note, &b), E_OK);
    assert_true(str_ends(buf_str(&b), STR("/a/0 >1;")));
    buf_fini(&text);
    buf_fini(&b);
}

static void test_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool secret;
    } names[] = {
        { "password", true },   { "DB_PASSWORD", true },    { "clientSecret", true },
        { "x-api-key", true },  { "OPENAI_API_KEY", true }, { "access.token", true },
        { "Set-Cookie", true }, { "model", false },         { "key", false },
        { "keyboard", false },  { "author", false },        { "", false },
        { "max_tokenz", true }, /* holds `token`, and is no name that is known to be open */
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        print_message("# %s\n", names[i].name);
        assert_int_equal(agent_name_is_secret(str_from_cz(names[i].name), NULL), names[i].secret);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_the_deepest),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
