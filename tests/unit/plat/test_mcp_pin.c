/* SPDX-License-Identifier: Apache-2.0 */
/* Tools as they were defined: canonical bytes, what has changed, and what hides in a text. */
#include "base/enc.h"
#include "base/rng.h"
#include "check.h"
#include "plat/mcp/mcp_pin.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { LAWS = 2000, MEMBERS = 6 };

static struct arena *arena;

static struct json *parsed(const char *text)
{
    struct json *v = NULL;
    if (json_parse(str_from_cz(text), NULL, &v) != E_OK)
        fail_msg("not JSON: %s", text);
    return v;
}

/* RFC 8785: section 3.2.3 and appendix B. */
static const struct {
    const char *text;
    const char *want;
} canonical[] = {
    { "{\"numbers\":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"
      "\"string\":\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/"
      "\",\"literals\":[null,true,false]}",
      "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
      "\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}" },
    { "{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet "
      "With Dagesh\",\"1\":\"One\","
      "\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\",\"\\u00f6\":\"Latin "
      "Small Letter O With Diaeresis\"}",
      "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\",\"\xc3\xb6\":\"Latin "
      "Small Letter O With Diaeresis\","
      "\"\xe2\x82\xac\":\"Euro Sign\",\"\xf0\x9f\x98\x80\":\"Emoji: Grinning "
      "Face\",\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}" },
    { "[0.0,-0.0,-0,0]", "[0,0,0,0]" },
    { "[5e-324,-5e-324,1.7976931348623157e308]", "[5e-324,-5e-324,1.7976931348623157e+308]" },
    { "[9007199254740992.0,-9007199254740992.0]", "[9007199254740992,-9007199254740992]" },
    { "[295147905179352830000.0,9.999999999999997e22,1e23]",
      "[295147905179352830000,9.999999999999997e+22,1e+23]" },
    { "[999999999999999700000.0,999999999999999900000.0,1e21,1000000000000000000000.0]",
      "[999999999999999700000,999999999999999900000,1e+21,1e+21]" },
    { "[9.999999999999997e-7,0.000001,1e-7]", "[9.999999999999997e-7,0.000001,1e-7]" },
    { "[333333333.3333332,333333333.33333325,333333333.3333334]",
      "[333333333.3333332,333333333.33333325,333333333.3333334]" },
    { "[-0.0000033333333333333333,1424953923781206.2]",
      "[-0.0000033333333333333333,1424953923781206.2]" },
    { "[1.0,100.0,-2.50]", "[1,100,-2.5]" },
    { "[9007199254740993,9007199254740992]",
      "[9007199254740993,9007199254740992]" }, /* ours: both keep their digits */
};

static void test_canonical(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(canonical); i++) {
        struct buf b;
        struct json *v = parsed(canonical[i].text);
        buf_init(&b, KIB(4));
        json_write_jcs(&b, v);
        if (!str_eq(buf_str(&b), str_from_cz(canonical[i].want)))
            fail_msg("%s: %.*s", canonical[i].text, STR_ARG(buf_str(&b)));
        buf_fini(&b);
        json_free(v);
    }
}

static const char tool[] = "{\"name\":\"echo\",\"title\":\"Echo\",\"description\":\"Says it "
                           "again.\",\"inputSchema\":{\"type\":\"object\","
                           "\"properties\":{\"text\":{\"type\":\"string\"}}},\"annotations\":{"
                           "\"readOnlyHint\":true},\"icons\":[{\"src\":\"https://x\"}],"
                           "\"_meta\":{\"io.modelcontextprotocol/"
                           "serverInfo\":{\"name\":\"s\"},\"traceparent\":\"00-1-2-01\"}}";

static err_t pin(const char *text, struct mcp_pin *ret)
{
    CLEANUP(json_freep) struct json *v = parsed(text);
    struct diag why = { 0 };
    err_t e = mcp_pin_make(arena, v, &why, ret);
    check(e == E_OK || why.err == e, "a refusal has a reason");
    return e;
}

static void test_pin(void **state)
{
    (void)state;
    struct mcp_pin p;
    char hex[2 * SHA256_SIZE];
    assert_int_equal(pin(tool, &p), E_OK);
    check(str_eq(p.name, STR("echo")) && p.class == MCP_CLASS_READ && p.findings_n == 0,
          "what it is");
    check(str_eq(p.definition, STR("{\"annotations\":{\"readOnlyHint\":true},\"description\":"
                                   "\"Says it again.\",\"inputSchema\":{\"properties\":"
                                   "{\"text\":{\"type\":\"string\"}},\"type\":\"object\"},\"name\":"
                                   "\"echo\",\"title\":\"Echo\"}")),
          "without what is not pinned");
    digest_t d = sha256_of(p.definition);
    check(memcmp(&d, &p.digest, sizeof d) == 0, "of these bytes");
    hex_encode(p.digest.b, SHA256_SIZE, hex);
    /* printf '%s' '{"annotations":...}' | sha256sum */
    check(str_eq(str_of(hex, sizeof hex),
                 STR("7f6ab67435ab41106b782000b4bbcf273a4fc41e47d006f7845c90d96ff0e39b")),
          "a known answer");
}

static const struct {
    const char *name;
    const char *text;
    err_t want;
} tools[] = {
    { "least", "{\"name\":\"a\",\"inputSchema\":{}}", E_OK },
    { "no object", "[]", E_BAD_FIELD },
    { "no name", "{\"inputSchema\":{}}", E_BAD_FIELD },
    { "empty name", "{\"name\":\"\",\"inputSchema\":{}}", E_BAD_FIELD },
    { "name a number", "{\"name\":1,\"inputSchema\":{}}", E_BAD_FIELD },
    { "name with an escape", "{\"name\":\"a\\u001b[2K\",\"inputSchema\":{}}", E_BAD_FIELD },
    { "name of no width", "{\"name\":\"a\\u200bb\",\"inputSchema\":{}}", E_BAD_FIELD },
    { "no schema", "{\"name\":\"a\"}", E_BAD_FIELD },
    { "schema a list", "{\"name\":\"a\",\"inputSchema\":[]}", E_BAD_FIELD },
};

static void test_refused(void **state)
{
    (void)state;
    struct mcp_pin p;
    for (size_t i = 0; i < ARRAY_LEN(tools); i++)
        check(pin(tools[i].text, &p) == tools[i].want, tools[i].name);
    struct buf b;
    buf_init(&b, MIB(1));
    BUF_ADD(&b, "{\"name\":\"a\",\"inputSchema\":{},\"description\":\"");
    for (size_t i = 0; i < MCP_TOOL_MAX; i++)
        buf_add_byte(&b, 'x');
    BUF_ADD(&b, "\"}");
    buf_add_byte(&b, '\0');
    assert_int_equal(pin(b.p, &p), E_TOO_BIG);
    buf_fini(&b);
}

/* The same members in any order, and with other blanks, are the same tool. */
static void test_law_of_order(void **state)
{
    (void)state;
    static const char *const members[MEMBERS] = {
        "\"name\":\"t\"",
        "\"inputSchema\":{\"b\":[1,2.50],\"a\":{\"z\":1,\"\\u00e9\":2}}",
        "\"title\":\"T\"",
        "\"description\":\"d\\u0041\"",
        "\"annotations\":{\"x\":1e2,\"y\":null}",
        "\"outputSchema\":{\"q\":{}}"
    };
    digest_t first = { 0 };
    for (uint64_t seed = 1; seed <= LAWS; seed++) {
        const char *order[MEMBERS];
        struct buf b;
        struct mcp_pin p;
        rng_seed_for_test(seed);
        arena_reset(arena);
        memcpy(order, members, sizeof order);
        for (size_t i = MEMBERS - 1; i > 0; i--) {
            size_t k = rng_below(i + 1);
            const char *t = order[i];
            order[i] = order[k];
            order[k] = t;
        }
        buf_init(&b, KIB(2));
        for (size_t i = 0; i < MEMBERS; i++)
            buf_addf(&b, "%s%s%s", i == 0 ? "{" : ",", rng_below(2) == 0 ? " " : "\n\t", order[i]);
        BUF_ADD(&b, "}");
        buf_add_byte(&b, '\0');
        assert_int_equal(pin(b.p, &p), E_OK);
        if (seed == 1)
            first = p.digest;
        if (memcmp(&first, &p.digest, sizeof first) != 0)
            fail_msg("seed %llu", (unsigned long long)seed);
        buf_fini(&b);
    }
    rng_seed_for_test(0);
}

static const struct {
    const char *before;
    const char *after;
    const char *want; /* pointer:before>after; */
} diffs[] = {
    { "{\"a\":1}", "{\"a\":1}", "" },
    { "{\"a\":1}", "{\"a\":2}", "/a:1>2;" },
    { "{\"a\":1}", "{\"b\":1}", "/a:1>-;/b:->1;" },
    { "{\"a\":{\"b/c\":[1,2]}}", "{\"a\":{\"b/c\":[1,3,4]}}", "/a/b~1c/1:2>3;/a/b~1c/2:->4;" },
    { "{\"a\":{}}", "{\"a\":[]}", "/a:{}>[];" },
    { "{\"a\":\"x\"}", "{\"a\":null}", "/a:\"x\">null;" },
    { "1", "2", ":1>2;" },
};

static void test_diff(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(diffs); i++) {
        CLEANUP(json_freep) struct json *x = parsed(diffs[i].before);
        CLEANUP(json_freep) struct json *y = parsed(diffs[i].after);
        struct mcp_changes c;
        struct buf b;
        buf_init(&b, KIB(1));
        assert_int_equal(mcp_diff(arena, x, y, &c), E_OK);
        for (size_t k = 0; k < c.n; k++)
            buf_addf(&b, "%.*s:%.*s>%.*s;", STR_ARG(c.row[k].pointer),
                     STR_ARG(c.row[k].before.p != NULL ? c.row[k].before : STR("-")),
                     STR_ARG(c.row[k].after.p != NULL ? c.row[k].after : STR("-")));
        check(str_eq(buf_str(&b), str_from_cz(diffs[i].want)) && !c.more, diffs[i].before);
        buf_fini(&b);
    }
    struct mcp_changes c;
    struct buf b;
    buf_init(&b, KIB(4));
    for (int i = 0; i <= MCP_CHANGES_MAX; i++)
        buf_addf(&b, "%s%d", i == 0 ? "[" : ",", i);
    BUF_ADD(&b, "]");
    buf_add_byte(&b, '\0');
    CLEANUP(json_freep) struct json *many = parsed(b.p);
    CLEANUP(json_freep) struct json *none = parsed("[]");
    assert_int_equal(mcp_diff(arena, none, many, &c), E_OK);
    check(c.n == MCP_CHANGES_MAX && c.more, "no more than a person reads");
    buf_fini(&b);
}

static void test_findings(void **state)
{
    (void)state;
    struct mcp_pin p;
    assert_int_equal(
        pin("{\"name\":\"a\",\"description\":\"x\\u001b[8mhidden\",\"inputSchema\":{\"properties\":"
            "{\"p/q\":{\"description\":"
            "\"b\\u0007\"},\"z\\u202e\":{}},\"enum\":[\"ok\\tand\\r\\n\",\"\\udb40\\udc41\"]}}",
            &p),
        E_OK);
    static const struct {
        const char *pointer;
        enum mcp_find kind;
    } want[] = {
        { "/description", MCP_FIND_ANSI },
        { "/inputSchema/enum/1", MCP_FIND_INVISIBLE },
        { "/inputSchema/properties/p~1q/description", MCP_FIND_CONTROL },
        { "/inputSchema/properties/z\xe2\x80\xae", MCP_FIND_INVISIBLE },
    };
    assert_int_equal(p.findings_n, ARRAY_LEN(want));
    for (size_t i = 0; i < ARRAY_LEN(want); i++)
        check(str_eq(p.findings[i].pointer, str_from_cz(want[i].pointer)) &&
                  p.findings[i].kind == want[i].kind,
              want[i].pointer);
}

static const struct {
    const char *text;
    const char *want;
} cleaned[] = {
    { "plain \xc3\xa9 \xf0\x9f\x98\x80\n\ttab", "plain \xc3\xa9 \xf0\x9f\x98\x80\n\ttab" },
    { "a\x1b[31mred\x1b[0mb", "aredb" },
    { "a\x1b]0;title\x07"
      "b",
      "ab" },
    { "a\x1b]8;;http://x\x1b\\b", "ab" },
    { "a\x1b(Bb\x1b"
      "cd",
      "abd" },
    { "a\xc2\x9b"
      "31mb",
      "ab" },
    { "a\x1b", "a" },
    { "a\x1b[", "a" },
    { "a\x1b]never ends", "a" },
    { "a\x08\x7f"
      "b\xe2\x80\x8b"
      "c\xf3\xa0\x81\x81"
      "d",
      "abcd" },
    { "", "" },
};

static void test_clean(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cleaned); i++) {
        struct buf b;
        enum mcp_find kind;
        buf_init(&b, KIB(1));
        mcp_clean_text(&b, str_from_cz(cleaned[i].text));
        check(str_eq(buf_str(&b), str_from_cz(cleaned[i].want)), cleaned[i].want);
        check(!mcp_text_find(buf_str(&b), &kind), "nothing is left to find");
        buf_fini(&b);
    }
}

static const struct {
    const char *text;
    enum mcp_class want;
} classes[] = {
    { "{\"annotations\":{\"readOnlyHint\":true}}", MCP_CLASS_READ },
    { "{\"annotations\":{\"readOnlyHint\":true,\"destructiveHint\":false}}", MCP_CLASS_READ },
    { "{\"annotations\":{\"readOnlyHint\":false}}", MCP_CLASS_WRITE },
    { "{\"annotations\":{\"destructiveHint\":true}}", MCP_CLASS_EXECUTE },
    { "{\"annotations\":{\"readOnlyHint\":true,\"destructiveHint\":true}}", MCP_CLASS_EXECUTE },
    { "{\"annotations\":{\"readOnlyHint\":\"true\"}}", MCP_CLASS_WRITE },
    { "{\"annotations\":[]}", MCP_CLASS_WRITE },
    { "{\"readOnlyHint\":true}", MCP_CLASS_WRITE },
    { "{}", MCP_CLASS_WRITE },
    { "[]", MCP_CLASS_WRITE },
};

static void test_classes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
        CLEANUP(json_freep) struct json *v = parsed(classes[i].text);
        check(mcp_class_of(v) == classes[i].want, classes[i].text);
    }
    check(mcp_class_home_assistant(STR("GetLiveContext")) == MCP_CLASS_READ, "Get*");
    check(mcp_class_home_assistant(STR("todo_get_items")) == MCP_CLASS_READ, "*_get_*");
    check(mcp_class_home_assistant(STR("HassTurnOn")) == MCP_CLASS_WRITE, "Hass*");
    check(mcp_class_home_assistant(STR("open_the_gate")) == MCP_CLASS_EXECUTE, "a script");
    check(mcp_class_home_assistant(STR("getter")) == MCP_CLASS_EXECUTE, "letters count");
    check(mcp_class_home_assistant(STR("")) == MCP_CLASS_EXECUTE, "nothing");
}

static int setup(void **state)
{
    (void)state;
    arena = arena_new(MIB(4));
    return arena != NULL && crypto_init() == E_OK ? 0 : -1;
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
        cmocka_unit_test(test_canonical), cmocka_unit_test(test_pin),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_law_of_order),
        cmocka_unit_test(test_diff),      cmocka_unit_test(test_findings),
        cmocka_unit_test(test_clean),     cmocka_unit_test(test_classes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
