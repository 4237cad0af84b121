/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Schema beyond the public suite: what is not taken, limits, layers, faults in words. */
#include "base/fault.h"
#include "plat/json/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct json *parse(str_t text)
{
    struct json *v = NULL;
    struct diag why = { 0 };
    if (json_parse(text, &why, &v) != E_OK)
        fail_msg("%s: %.*s", why.text, (int)(text.n < 80 ? text.n : 80), text.p);
    return v;
}

static err_t compile(str_t text, enum schema_mode mode, struct diag *why, struct schema **ret)
{
    CLEANUP(json_freep) struct json *doc = parse(text);
    return schema_compile(doc, mode, why, ret);
}

static const struct {
    const char *schema;
    const char *pointer;
} refused[] = {
    { "[]", "" },
    { "\"x\"", "" },
    { "{\"properties\":{\"a/b\":1}}", "/properties/a~1b" },
    { "{\"properties\":[]}", "/properties" },
    { "{\"allOf\":[]}", "/allOf" },
    { "{\"anyOf\":{}}", "/anyOf" },
    { "{\"not\":3}", "/not" },
    { "{\"type\":\"intger\"}", "" },
    { "{\"minLength\":-1}", "" },
    { "{\"required\":\"a\"}", "/required" },
    { "{\"multipleOf\":0}", "/multipleOf" },
    { "{\"$ref\":\"http://example.org/s.json\"}", "/$ref" },
    { "{\"$ref\":\"other.json#/definitions/a\"}", "/$ref" },
    { "{\"items\":{\"$ref\":\"file:///etc/passwd\"}}", "/items/$ref" },
    { "{\"$ref\":\"#/definitions/none\"}", "/$ref" },
    { "{\"$ref\":\"#a\"}", "/$ref" },
    { "{\"$ref\":\"#/definitions//a\",\"definitions\":{\"a\":{}}}", "/$ref" },
    { "{\"$ref\":\"#/definitions/%61\",\"definitions\":{\"a\":{}}}", "/$ref" },
    { "{\"$ref\":7}", "/$ref" },
    { "{\"$ref\":\"#\"}", "" },
    { "{\"allOf\":[{\"$ref\":\"#\"}]}", "" },
    { "{\"definitions\":{\"a\":{\"not\":{\"$ref\":\"#/definitions/a\"}}}}", "/definitions/a" },
    { "{\"pattern\":\"(\"}", "/pattern" },
    { "{\"patternProperties\":{\"[\":{}}}", "/patternProperties" },
    { "{\"items\":{\"$id\":\"x\"}}", "/items/$id" },
    { "{\"$schema\":\"http://json-schema.org/draft-03/schema#\"}", "/$schema" },
    { "{\"$schema\":1}", "/$schema" },
    { "{\"unevaluatedProperties\":false}", "/unevaluatedProperties" },
    { "{\"properties\":{\"a\":{\"prefixItems\":[{}]}}}", "/properties/a/prefixItems" },
    { "{\"$dynamicRef\":\"#\"}", "/$dynamicRef" },
    { "{\"dependentRequired\":{}}", "/dependentRequired" },
};

static void test_what_is_not_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        for (enum schema_mode mode = SCHEMA_WHOLE; mode <= SCHEMA_PART; mode++) {
            struct diag why = { 0 };
            struct schema *s = NULL;
            err_t e = compile(str_from_cz(refused[i].schema), mode, &why, &s);
            if (e != E_BAD_FIELD || s != NULL || strcmp(why.field, refused[i].pointer) != 0)
                fail_msg("%s: %s at \"%s\"", refused[i].schema, err_info(e)->slug, why.field);
            assert_true(why.text[0] != '\0');
        }
    }
}

struct fault_case {
    const char *schema;
    const char *value;
    const char *want; /* "pointer keyword", and so on; "": valid */
};

static void check_cases(const struct fault_case *c, size_t n, enum schema_mode mode)
{
    for (size_t i = 0; i < n; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
        CLEANUP(json_freep) struct json *value = parse(str_from_cz(c[i].value));
        CLEANUP(schema_freep) struct schema *s = NULL;
        struct schema_faults faults;
        struct diag why = { 0 };
        if (compile(str_from_cz(c[i].schema), mode, &why, &s) != E_OK)
            fail_msg("%s: %s at %s", c[i].schema, why.text, why.field);
        assert_int_equal(schema_validate(a, s, value, &faults), E_OK);
        struct buf got;
        buf_init(&got, KIB(4));
        for (size_t k = 0; k < faults.n; k++)
            buf_addf(&got, "%s%.*s %s", k > 0 ? " " : "", STR_ARG(faults.v[k].pointer),
                     faults.v[k].keyword);
        if (!str_eq(buf_str(&got), str_from_cz(c[i].want)))
            fail_msg("%s of %s: %.*s", c[i].schema, c[i].value, STR_ARG(buf_str(&got)));
        buf_fini(&got);
    }
}

#define LIMITS "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\",\"maximum\":5}}}"

static const struct fault_case words[] = {
    { "true", "{}", "" },
    { "false", "{}", " schema" },
    { LIMITS, "{\"n\":5}", "" },
    { LIMITS, "{\"n\":5.0}", "" },
    { LIMITS, "{\"n\":9}", "/n maximum" },
    { LIMITS, "{\"n\":\"9\"}", "/n type" },
    { LIMITS, "[]", " type" },
    { "{\"properties\":{\"a/b\":{\"items\":{\"type\":\"string\"}}}}", "{\"a/b\":[\"x\",1]}",
      "/a~1b/1 type" },
    { "{\"required\":[\"a\",\"b\"]}", "{}", " required  required" },
    { "{\"additionalProperties\":false}", "{\"x\":1}", " additionalProperties" },
    { "{\"properties\":{\"x\":false}}", "{\"x\":1}", " schema" },
    { "{\"format\":\"uri\"}", "\"no uri\"", " pattern" },
    { "{\"format\":\"uri\",\"pattern\":\"^https:\"}", "\"http://a\"", " pattern" },
    { "{\"format\":\"uri\"}", "\"https://owui.example.org:8443/a?b#c\"", "" },
    { "{\"format\":\"date\"}", "7", "" },
    { "{\"$ref\":\"#/$defs/a\",\"maximum\":3,\"$defs\":{\"a\":{\"minimum\":1}}}", "9", " maximum" },
    { "{\"$ref\":\"#/$defs/a\",\"maximum\":3,\"$defs\":{\"a\":{\"minimum\":1}}}", "0", " minimum" },
    { "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"$ref\":\"#/definitions/a\","
      "\"maximum\":3,\"definitions\":{\"a\":{\"minimum\":1}}}",
      "9", "" },
    { "{\"properties\":{\"c\":{\"$ref\":\"#\"},\"n\":{\"type\":\"integer\"}}}",
      "{\"c\":{\"c\":{\"n\":1.5}}}", "/c/c/n type" },
    { "{\"title\":\"t\",\"description\":\"d\",\"examples\":[1],\"default\":1,\"x-ours\":[]}", "1",
      "" },
    { "{\"enum\":[1,\"a\"]}", "\"secret\"", " enum" },
};

static void test_faults_in_words(void **state)
{
    (void)state;
    check_cases(words, ARRAY_LEN(words), SCHEMA_WHOLE);
}

#define LAYERED                                                                                    \
    "{\"type\":\"object\",\"required\":[\"a\"],\"minProperties\":3,\"properties\":{"               \
    "\"a\":{\"$ref\":\"#/definitions/o\"},\"list\":{\"items\":{\"$ref\":\"#/definitions/o\"}}},"   \
    "\"definitions\":{\"o\":{\"type\":\"object\",\"required\":[\"x\"],"                            \
    "\"properties\":{\"x\":{\"type\":\"integer\"},\"y\":{}},\"additionalProperties\":false}}}"

/* A layer lacks what others bring; what it holds must be right, and its lists are whole. */
static const struct fault_case layers[] = {
    { LAYERED, "{}", "" },
    { LAYERED, "{\"a\":{}}", "" },
    { LAYERED, "{\"a\":{\"x\":\"1\"}}", "/a/x type" },
    { LAYERED, "{\"a\":{\"z\":1}}", "/a additionalProperties" },
    { LAYERED, "{\"list\":[{\"x\":1},{}]}", "/list/1 required" },
    { LAYERED, "[]", " type" },
    { "{\"anyOf\":[{\"required\":[\"a\"]},{\"required\":[\"b\"]}]}", "{}", "" },
    { "{\"properties\":{\"n\":{\"anyOf\":[{\"type\":\"null\"},{\"minimum\":3,\"type\":\"integer\"}]"
      "}}}",
      "{\"n\":2}", "/n type /n minimum /n anyOf" },
    { "{\"properties\":{\"n\":{\"enum\":[1,2]}}}", "{\"n\":3}", "/n enum" },
    { "{\"properties\":{\"o\":{\"const\":{\"a\":1,\"b\":2}}}}", "{\"o\":{\"a\":1}}", "" },
    { "{\"if\":{\"required\":[\"a\"]},\"then\":{\"required\":[\"b\"]}}", "{\"a\":1}", "" },
    { "true", "{\"a\":1}", "" },
    { "false", "{}", " schema" },
};

static void test_one_layer_of_several(void **state)
{
    (void)state;
    check_cases(layers, ARRAY_LEN(layers), SCHEMA_PART);
}

static void repeat(struct buf *b, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_add(b, str_from_cz(text));
}

/* Patterns that send a matcher without limits into the night, or its stack over the edge. */
static const struct {
    const char *pattern;
    const char *part; /* of the text, repeated to 200 KiB */
} evil[] = {
    { "^(a+)+$", "a" },
    { "^(a|a)*$", "a" },
    { "(a*)*b", "a" },
    { "^(.*,)*;", "a," },
    { "[ac]*d[ac]*e", "ac" },
    { "(x+x+)+y", "x" },
    { "^([^\\\\n]|\\\\n)*$", "a" },
    { "(?:(?:a?){50}){50}$", "a" },
    { "((a{1,30}){1,30}){1,30}b", "a" },
};

static void test_evil_patterns_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(evil); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
        struct buf text;
        struct buf schema;
        buf_init(&text, KIB(256));
        buf_init(&schema, KIB(1));
        BUF_ADD(&text, "\"");
        repeat(&text, evil[i].part, KIB(200) / strlen(evil[i].part));
        BUF_ADD(&text, "!\"");
        buf_addf(&schema, "{\"pattern\":\"%s\"}", evil[i].pattern);
        CLEANUP(json_freep) struct json *value = parse(buf_str(&text));
        CLEANUP(schema_freep) struct schema *s = NULL;
        struct schema_faults faults = { .n = 0 };
        struct diag why = { 0 };
        err_t e = compile(buf_str(&schema), SCHEMA_WHOLE, &why, &s);
        if (e == E_OK) {
            clock_t before = clock();
            e = schema_validate(a, s, value, &faults);
            if (clock() - before > 5 * CLOCKS_PER_SEC)
                fail_msg("%s: slow", evil[i].pattern);
            if (e != E_TOO_BIG && e != E_OK)
                fail_msg("%s: %s", evil[i].pattern, err_info(e)->slug);
        }
        buf_fini(&text);
        buf_fini(&schema);
    }
}

/* Two to the power of 40 looks, if nobody counted. */
static void test_doubling_is_counted(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
    CLEANUP(json_freep) struct json *value = parse(STR("1"));
    CLEANUP(schema_freep) struct schema *s = NULL;
    struct schema_faults faults;
    struct diag why = { 0 };
    struct buf b;
    buf_init(&b, KIB(16));
    BUF_ADD(&b, "{\"$ref\":\"#/definitions/a0\",\"definitions\":{");
    for (int i = 0; i < 14; i++)
        buf_addf(
            &b,
            "\"a%d\":{\"allOf\":[{\"$ref\":\"#/definitions/a%d\"},{\"$ref\":\"#/definitions/a%d\"},"
            "{\"$ref\":\"#/definitions/a%d\"},{\"$ref\":\"#/definitions/a%d\"}]},",
            i, i + 1, i + 1, i + 1, i + 1);
    BUF_ADD(&b, "\"a14\":{\"type\":\"integer\"}}}");
    assert_int_equal(compile(buf_str(&b), SCHEMA_WHOLE, &why, &s), E_OK);
    assert_int_equal(schema_validate(a, s, value, &faults), E_TOO_BIG);
    buf_fini(&b);
}

static void chain(struct buf *b, const char *link, int n)
{
    buf_init(b, KIB(256));
    BUF_ADD(b, "{\"$ref\":\"#/definitions/a0\",\"definitions\":{");
    for (int i = 0; i < n; i++)
        buf_addf(b, "\"a%d\":{%s{\"$ref\":\"#/definitions/a%d\"}}},", i, link, i + 1);
    buf_addf(b, "\"a%d\":{}}}", n);
}

static void test_lengths_are_bounded(void **state)
{
    (void)state;
    struct buf b;
    struct diag why = { 0 };
    struct schema *s = NULL;
    chain(&b,
          "\"definitions\":{},\"properties\":{\"x\":", 160); /* deep, but each for another value */
    assert_int_equal(compile(buf_str(&b), SCHEMA_PART, &why, &s), E_OK);
    schema_free(s);
    buf_fini(&b);
    s = NULL;
    chain(&b, "\"properties\":{\"x\":", 500);
    assert_int_equal(compile(buf_str(&b), SCHEMA_WHOLE, &why, &s), E_BAD_FIELD);
    assert_non_null(strstr(why.text, "500"));
    buf_fini(&b);
    diag_clear(&why);
    buf_init(&b, KIB(64));
    BUF_ADD(&b, "{\"definitions\":{\"a0\":{}");
    for (int i = 1; i <= SCHEMA_CHAIN_MAX + 1; i++)
        buf_addf(&b, ",\"a%d\":{\"not\":{\"$ref\":\"#/definitions/a%d\"}}", i, i - 1);
    BUF_ADD(&b, "}}");
    assert_int_equal(compile(buf_str(&b), SCHEMA_WHOLE, &why, &s), E_BAD_FIELD);
    assert_non_null(strstr(why.text, "32"));
    buf_fini(&b);
}

static void test_faults_are_cut_at_twenty(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
    CLEANUP(schema_freep) struct schema *s = NULL;
    struct schema_faults faults;
    struct diag why = { 0 };
    struct buf b;
    buf_init(&b, KIB(4));
    BUF_ADD(&b, "[0");
    repeat(&b, ",0", 100);
    BUF_ADD(&b, "]");
    CLEANUP(json_freep) struct json *value = parse(buf_str(&b));
    assert_int_equal(compile(STR("{\"items\":{\"type\":\"string\"}}"), SCHEMA_WHOLE, &why, &s),
                     E_OK);
    assert_int_equal(schema_validate(a, s, value, &faults), E_OK);
    assert_int_equal(faults.n, SCHEMA_FAULTS_MAX);
    buf_fini(&b);
}

/* The name of a member, of any length, stands in the sentence: cut, it is UTF-8 still. */
static void test_names_are_cut_between_characters(void **state)
{
    (void)state;
    struct diag why = { 0 };
    struct schema_faults faults;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
    CLEANUP(schema_freep) struct schema *s = NULL;
    struct buf b;
    buf_init(&b, KIB(4));
    BUF_ADD(&b, "{\"a");
    repeat(&b, "\xc3\xa9", 300);
    BUF_ADD(&b, "\":1}");
    CLEANUP(json_freep) struct json *value = parse(buf_str(&b));
    assert_int_equal(compile(STR("{\"additionalProperties\":false}"), SCHEMA_WHOLE, &why, &s),
                     E_OK);
    assert_int_equal(schema_validate(a, s, value, &faults), E_OK);
    assert_int_equal(faults.n, 1);
    assert_int_equal(faults.v[0].of.n, 199);
    assert_true(str_is_utf8(faults.v[0].of));
    buf_fini(&b);
}

static void test_each_failed_allocation(void **state)
{
    (void)state;
    CLEANUP(json_freep) struct json *doc = parse(STR(LAYERED));
    CLEANUP(json_freep) struct json *value = parse(STR("{\"a\":{\"x\":\"1\"}}"));
    for (long n = 0;; n++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
        CLEANUP(schema_freep) struct schema *s = NULL;
        struct schema_faults faults = { .n = 99 };
        struct diag why = { 0 };
        fault_arm(n);
        err_t e = schema_compile(doc, SCHEMA_PART, &why, &s);
        if (e == E_OK)
            e = schema_validate(a, s, value, &faults);
        bool fired = fault_used();
        fault_disarm();
        if (fired ? (e != E_NO_MEMORY || faults.n != 99) : (e != E_OK || faults.n != 1))
            fail_msg("step %ld: %s", n, err_info(e)->slug);
        if (!fired)
            break;
    }
}

/* One sentence of ours for each of the library's, with the bound or the name that it had. */
static void test_wants(void **state)
{
    (void)state;
    static const struct {
        const char *schema;
        const char *value;
        const char *want;
    } cases[] = {
        { "{\"maxLength\":3}", "\"four\"", "want at most 3 characters" },
        { "{\"minLength\":3}", "\"to\"", "want at least 3 characters" },
        { "{\"maxItems\":1}", "[1,2]", "want at most 1 elements" },
        { "{\"minItems\":3}", "[1,2]", "want at least 3 elements" },
        { "{\"maxProperties\":0}", "{\"a\":1}", "want at most 0 members" },
        { "{\"minProperties\":2}", "{\"a\":1}", "want at least 2 members" },
        { "{\"maximum\":5}", "6", "want a number, at most 5" },
        { "{\"minimum\":-5}", "-6", "want a number, at least -5" },
        { "{\"exclusiveMaximum\":5}", "5", "want a number less than 5" },
        { "{\"exclusiveMinimum\":5}", "5", "want a number greater than 5" },
        { "{\"multipleOf\":4}", "6", "want a multiple of 4" },
        { "{\"uniqueItems\":true}", "[1,1]", "want no element twice" },
        { "{\"required\":[\"the name\"]}", "{}", "the member the name is needed" },
        { "{\"additionalProperties\":false}", "{\"it's\":1}",
          "the member it's is not one of the schema's" },
        { "{\"dependencies\":{\"a\":[\"b\"]}}", "{\"a\":1}",
          "what stands here wants the member b too" },
        { "{\"type\":\"string\"}", "1", "want a value of another type" },
        { "false", "1", "nothing is allowed here" },
    };
    static const struct message row = { "want at most %.*s characters", "au plus %.*s, dit-il" };
    const struct messages french = { &row, 1 };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
        CLEANUP(json_freep) struct json *value = parse(str_from_cz(cases[i].value));
        CLEANUP(schema_freep) struct schema *s = NULL;
        struct schema_faults faults;
        struct diag why = { 0 };
        str_t want;
        assert_int_equal(compile(str_from_cz(cases[i].schema), SCHEMA_WHOLE, &why, &s), E_OK);
        assert_int_equal(schema_validate(a, s, value, &faults), E_OK);
        assert_int_equal(faults.n, 1);
        assert_int_equal(schema_fault_want(a, &faults.v[0], NULL, &want), E_OK);
        if (!str_eq(want, str_from_cz(cases[i].want)))
            fail_msg("%s: %.*s", cases[i].schema, STR_ARG(want));
        if (i > 0)
            continue;
        assert_int_equal(schema_fault_want(a, &faults.v[0], &french, &want), E_OK);
        assert_true(str_eq(want, STR("au plus 3, dit-il")));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wants),
        cmocka_unit_test(test_what_is_not_taken),
        cmocka_unit_test(test_faults_in_words),
        cmocka_unit_test(test_one_layer_of_several),
        cmocka_unit_test(test_evil_patterns_end),
        cmocka_unit_test(test_doubling_is_counted),
        cmocka_unit_test(test_lengths_are_bounded),
        cmocka_unit_test(test_faults_are_cut_at_twenty),
        cmocka_unit_test(test_names_are_cut_between_characters),
        cmocka_unit_test(test_each_failed_allocation),
    };
    return cmocka_run_group_tests_name("plat/json/schema", tests, NULL, NULL);
}
