/* SPDX-License-Identifier: Apache-2.0 */
/* What a head repeats of a message. */
#include "base/rng.h"
#include "check.h"
#include "plat/mcp/mcp_headers.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena *arena;

/* The examples of the specification, and its neighbours. */
static const struct {
    const char *value;
    const char *field;
} encoded[] = {
    { "us-west1", "us-west1" },
    { "Hello, \xe4\xb8\x96\xe7\x95\x8c", "=?base64?SGVsbG8sIOS4lueVjA==?=" },
    { " padded ", "=?base64?IHBhZGRlZCA=?=" },
    { "line1\nline2", "=?base64?bGluZTEKbGluZTI=?=" },
    { "=?base64?literal?=", "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=" },
    { "=?base64?no end", "=?base64?no end" },
    { "=?BASE64?x?=", "=?BASE64?x?=" },
    { "two words", "two words" },
    { "\ttab", "=?base64?CXRhYg==?=" },
    { "a\tb", "a\tb" },
    { "", "" },
};

static const struct {
    const char *field;
    const char *value; /* NULL: refused */
} decoded[] = {
    { " spaces around\t", "spaces around" },
    { "=?base64?SGVsbG8=?=", "Hello" },
    { "=?base64?"
      "?=",
      "" },
    { "=?base64?=", "=?base64?=" }, /* too short to have both ends */
    { "SGVsbG8=", "SGVsbG8=" },
    { "=?base64?SGVsbG8=", "=?base64?SGVsbG8=" },
    { "=?base64?SGVsbG8?=", NULL },
    { "=?base64?SGVs!!!bG8=?=", NULL },
    { "=?base64?SGVsbG9=?=", NULL }, /* bits behind the last byte */
    { "=?base64?SGVs bG8=?=", NULL },
    { "=?base64?/w==?=", NULL }, /* not UTF-8 */
    { "caf\xc3\xa9", NULL },
    { "a\x01"
      "b",
      NULL },
};

static void test_values(void **state)
{
    (void)state;
    str_t got;
    for (size_t i = 0; i < ARRAY_LEN(encoded); i++) {
        assert_int_equal(mcp_header_encode(arena, str_from_cz(encoded[i].value), &got), E_OK);
        check(str_eq(got, str_from_cz(encoded[i].field)), encoded[i].value);
        assert_int_equal(mcp_header_decode(arena, got, &got), E_OK);
        check(str_eq(got, str_from_cz(encoded[i].value)), encoded[i].field);
    }
    for (size_t i = 0; i < ARRAY_LEN(decoded); i++) {
        err_t e = mcp_header_decode(arena, str_from_cz(decoded[i].field), &got);
        check(e == (decoded[i].value != NULL ? E_OK : E_BAD_FIELD), decoded[i].field);
        if (e == E_OK)
            check(str_eq(got, str_from_cz(decoded[i].value)), decoded[i].field);
    }
}

static void test_too_long(void **state)
{
    (void)state;
    static char text[2 * MCP_HEADER_MAX];
    str_t got;
    memset(text, 'x', sizeof text);
    assert_int_equal(mcp_header_encode(arena, str_of(text, MCP_HEADER_MAX), &got), E_OK);
    assert_int_equal(mcp_header_encode(arena, str_of(text, MCP_HEADER_MAX + 1), &got), E_TOO_BIG);
    text[0] = ' ';
    assert_int_equal(mcp_header_encode(arena, str_of(text, MCP_HEADER_MAX - 8), &got), E_OK);
    assert_int_equal(mcp_header_decode(arena, got, &got), E_OK);
    assert_int_equal(got.n, MCP_HEADER_MAX - 8);
}

#define PROPERTY(schema) "{\"type\":\"object\",\"properties\":{" schema "}}"
#define MARK(type, name) "{\"type\":\"" type "\",\"x-mcp-header\":\"" name "\"}"

static const struct {
    const char *name;
    const char *schema;
    const char *want; /* the fields, or NULL: the tool must go */
} schemas[] = {
    { "one", PROPERTY("\"region\":" MARK("string", "Region")), "Mcp-Param-Region;" },
    { "none", PROPERTY("\"region\":{\"type\":\"string\"}"), "" },
    { "two and deep",
      PROPERTY(
          "\"a\":" MARK("integer", "A") ",\"b\":{\"properties\":{\"c\":" MARK("boolean", "C") "}}"),
      "Mcp-Param-A;Mcp-Param-C;" },
    { "an argument of that name", PROPERTY("\"x-mcp-header\":{\"type\":\"string\"}"), "" },
    { "a default that looks so",
      PROPERTY("\"a\":{\"type\":\"object\",\"default\":{\"x-mcp-header\":\"\"}}"), "" },
    { "no schema at all", "[]", "" },
    { "empty", PROPERTY("\"v\":" MARK("string", "")), NULL },
    { "object", PROPERTY("\"v\":" MARK("object", "V")), NULL },
    { "array", PROPERTY("\"v\":" MARK("array", "V")), NULL },
    { "null", PROPERTY("\"v\":" MARK("null", "V")), NULL },
    { "number", PROPERTY("\"v\":" MARK("number", "V")), NULL },
    { "no type", PROPERTY("\"v\":{\"x-mcp-header\":\"V\"}"), NULL },
    { "not a text", PROPERTY("\"v\":{\"type\":\"string\",\"x-mcp-header\":1}"), NULL },
    { "twice", PROPERTY("\"a\":" MARK("string", "R") ",\"b\":" MARK("string", "R")), NULL },
    { "twice in other letters",
      PROPERTY("\"a\":" MARK("string", "MyField") ",\"b\":" MARK("string", "myfield")), NULL },
    { "blank", PROPERTY("\"v\":" MARK("string", "My Region")), NULL },
    { "colon", PROPERTY("\"v\":" MARK("string", "A:B")), NULL },
    { "not ASCII", PROPERTY("\"v\":" MARK("string", "R\xc3\xa9gion")), NULL },
    { "tab", PROPERTY("\"v\":" MARK("string", "A\\t1")), NULL },
    { "CR and LF", PROPERTY("\"v\":" MARK("string", "A\\r\\nB: c")), NULL },
    { "in items", PROPERTY("\"v\":{\"type\":\"array\",\"items\":" MARK("string", "V") "}"), NULL },
    { "in a list of items", PROPERTY("\"v\":{\"prefixItems\":[" MARK("string", "V") "]}"), NULL },
    { "in anyOf", "{\"anyOf\":[" PROPERTY("\"v\":" MARK("string", "V")) "]}", NULL },
    { "in then", "{\"then\":" PROPERTY("\"v\":" MARK("string", "V")) "}", NULL },
    { "in a definition", "{\"$defs\":{\"d\":" MARK("string", "V") "}}", NULL },
    { "behind a pattern", "{\"patternProperties\":{\".\":" MARK("string", "V") "}}", NULL },
    { "at the root", MARK("string", "V"), NULL },
};

static void test_schemas(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(schemas); i++) {
        struct mcp_params params = { 0 };
        struct diag why = { 0 };
        struct json *v = NULL;
        struct buf got;
        arena_reset(arena);
        buf_init(&got, KIB(1));
        assert_int_equal(json_parse(str_from_cz(schemas[i].schema), NULL, &v), E_OK);
        err_t e = mcp_params_read(arena, v, &why, &params);
        json_free(v); /* nothing is borrowed from it */
        check(e == (schemas[i].want != NULL ? E_OK : E_BAD_FIELD), schemas[i].name);
        for (size_t k = 0; k < params.n; k++) {
            buf_add(&got, params.row[k].field);
            buf_add_byte(&got, ';');
        }
        if (e == E_OK)
            check(str_eq(buf_str(&got), str_from_cz(schemas[i].want)), schemas[i].name);
        else
            check(strstr(why.text, "x-mcp-header") != NULL, "the reason says what it is about");
        buf_fini(&got);
    }
}

/* Fields of a request as one text, "name=value;name=value". */
static str_t field_of(void *arg, str_t name)
{
    str_t rest = str_from_cz(arg);
    str_t one;
    while (str_split(&rest, ';', &one)) {
        size_t at = str_find(one, '=');
        if (at < one.n && str_eq_nocase(str_sub(one, 0, at), name))
            return str_sub(one, at + 1, one.n);
    }
    return STR_NONE;
}

static const struct {
    const char *name;
    const char *arguments; /* NULL: none */
    const char *fields;    /* of the request */
    bool agree;
    const char *sent; /* by us, for these arguments */
} calls[] = {
    { "the same", "{\"region\":\"us\",\"n\":42}", "mcp-param-region=us;Mcp-Param-N=42", true,
      "Mcp-Param-N=42;Mcp-Param-Region=us;" },
    { "encoded", "{\"region\":\" us\"}", "Mcp-Param-Region==?base64?IHVz?=", true,
      "Mcp-Param-Region==?base64?IHVz?=;" },
    { "none is asked for nothing", NULL, "", true, "" },
    { "null has none", "{\"region\":null}", "", true, "" },
    { "a header too many is not looked at", "{}", "Mcp-Param-Region=x", true, "" },
    { "numbers are compared as numbers", "{\"n\":42}", "Mcp-Param-N=42.0", true,
      "Mcp-Param-N=42;" },
    { "both ways", "{\"n\":42.0}", "Mcp-Param-N=42", true, "Mcp-Param-N=42;" },
    { "small ones", "{\"n\":-7}", "Mcp-Param-N=-7", true, "Mcp-Param-N=-7;" },
    { "what not every client can hold", "{\"n\":9007199254740993}", "", true, "" },
    { "what they can", "{\"n\":9007199254740991}", "Mcp-Param-N=9007199254740991", true,
      "Mcp-Param-N=9007199254740991;" },
    { "truth", "{\"deep\":{\"b\":false}}", "Mcp-Param-B=false", true, "Mcp-Param-B=false;" },
    { "an object where a text was marked", "{\"region\":{}}", "", true, "" },
    { "a way that ends early", "{\"deep\":1}", "", true, "" },
    { "empty", "{\"region\":\"\"}", "Mcp-Param-Region=", true, "Mcp-Param-Region=;" },
    { "missing", "{\"region\":\"us\"}", "Mcp-Param-N=1", false, "Mcp-Param-Region=us;" },
    { "another value", "{\"region\":\"us\"}", "Mcp-Param-Region=eu", false,
      "Mcp-Param-Region=us;" },
    { "other letters", "{\"region\":\"us\"}", "Mcp-Param-Region=US", false,
      "Mcp-Param-Region=us;" },
    { "another number", "{\"n\":42}", "Mcp-Param-N=43", false, "Mcp-Param-N=42;" },
    { "no number", "{\"n\":42}", "Mcp-Param-N=[42]", false, "Mcp-Param-N=42;" },
    { "a text is no number", "{\"region\":\"42\"}", "Mcp-Param-Region=42.0", false,
      "Mcp-Param-Region=42;" },
    { "bad base64", "{\"region\":\"Hello\"}", "Mcp-Param-Region==?base64?SGVsbG8?=", false,
      "Mcp-Param-Region=Hello;" },
};

static void test_calls(void **state)
{
    (void)state;
    static const char schema[] = PROPERTY("\"region\":" MARK("string", "Region") ",\"n\":" MARK(
        "integer", "N") ","
                        "\"deep\":{\"type\":\"object\",\"properties\":{\"b\":" MARK("boolean",
                                                                                    "B") "}}");
    struct mcp_params params;
    CLEANUP(json_freep) struct json *s = NULL;
    arena_reset(arena);
    assert_int_equal(json_parse(str_from_cz(schema), NULL, &s), E_OK);
    assert_int_equal(mcp_params_read(arena, s, NULL, &params), E_OK);
    for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
        struct diag why = { 0 };
        struct json *v = NULL;
        struct mcp_field *fields;
        size_t n;
        struct buf sent;
        buf_init(&sent, KIB(1));
        if (calls[i].arguments != NULL)
            assert_int_equal(json_parse(str_from_cz(calls[i].arguments), NULL, &v), E_OK);
        char said[128];
        snprintf(said, sizeof said, "%s", calls[i].fields);
        err_t e = mcp_params_check(arena, &params, v, field_of, said, &why);
        check(e == (calls[i].agree ? E_OK : E_BAD_FIELD), calls[i].name);
        assert_int_equal(mcp_params_fill(arena, &params, v, &fields, &n), E_OK);
        for (size_t k = 0; k < n; k++)
            buf_addf(&sent, "%.*s=%.*s;", STR_ARG(fields[k].name), STR_ARG(fields[k].value));
        check(str_eq(buf_str(&sent), str_from_cz(calls[i].sent)), calls[i].name);
        buf_fini(&sent);
        json_free(v);
    }
}

static int setup(void **state)
{
    (void)state;
    arena = arena_new(MIB(1));
    return arena != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_schemas),
        cmocka_unit_test(test_calls),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
