/* SPDX-License-Identifier: Apache-2.0 */
/* The adapters' tables: each of their rows, wrong types, what may not be written, what is off. */
#include "agent/adapt_map.h"
#include "agent/pointer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { TEXT_MAX = 64 * 1024 };

static const struct adapt_product *product(const char *name)
{
    const struct adapt_product *p = adapt_product_find(str_from_cz(name));
    assert_non_null(p);
    return p;
}

/* `config` mapped by one adapter, as JSON; the notes as "pointer: why;". */
static const char *mapped(struct arena *a, const struct adapt_product *p, const char *doc,
                          const char **ret_notes)
{
    CLEANUP(json_freep) struct json *v = NULL;
    CLEANUP(json_freep) struct json *out = NULL;
    struct adapt_notes notes = { 0 };
    struct buf b;
    buf_init(&b, TEXT_MAX);
    assert_int_equal(json_parse(str_from_cz(doc), NULL, &v), E_OK);
    const struct adapt_ask ask = { p, STR("/app"), v, NULL };
    assert_int_equal(adapt_map(a, &ask, &notes, &out), E_OK);
    for (size_t i = 0; i < notes.n; i++)
        buf_addf(&b, "%.*s: %s;", STR_ARG(notes.v[i].pointer), notes.v[i].why);
    if (ret_notes != NULL)
        *ret_notes = str_cz(a, buf_str(&b));
    buf_clear(&b);
    json_write(&b, out);
    const char *text = str_cz(a, buf_str(&b));
    buf_fini(&b);
    return text;
}

static const char *enabled(struct arena *a, const char *config)
{
    str_t s;
    assert_int_equal(str_format(a, &s, "{\"config\":%s,\"enabled\":true}", config), E_OK);
    return str_cz(a, s);
}

static struct json *parsed(const char *text)
{
    struct json *v = NULL;
    assert_int_equal(json_parse(str_from_cz(text), NULL, &v), E_OK);
    return v;
}

/* A value of a type, or the nearest one that is not. */
static struct json *sample(const struct adapt_row *row, bool good)
{
    static const char *const goods[ADAPT_TYPES] = {
        [ADAPT_BOOL] = "true",
        [ADAPT_INT] = "7",
        [ADAPT_TEXT] = "\"x\"",
        [ADAPT_TEXTS] = "[\"x\",\"y\"]",
        [ADAPT_TEXT_MAP] = "{\"a\":\"x\"}",
        [ADAPT_BOOL_MAP] = "{\"a\":true,\"b\":false}",
        [ADAPT_LIST] = "[{\"a\":1}]",
        [ADAPT_OBJECT] = "{\"a\":{\"b\":1}}",
    };
    static const char *const bads[ADAPT_TYPES] = {
        [ADAPT_BOOL] = "\"true\"",
        [ADAPT_INT] = "7.5",
        [ADAPT_TEXT] = "7",
        [ADAPT_TEXTS] = "[\"x\",1]",
        [ADAPT_TEXT_MAP] = "{\"a\":\"x\",\"b\":1}",
        [ADAPT_BOOL_MAP] = "{\"a\":\"true\"}",
        [ADAPT_LIST] = "{}",
        [ADAPT_OBJECT] = "[]",
    };
    str_t rest = str_from_cz(row->words);
    str_t word;
    if (row->words[0] == '\0' || !good)
        return parsed(good ? goods[row->type] : bads[row->type]);
    assert_true(str_split(&rest, '|', &word));
    struct json *v = json_new_string(word);
    if (row->type == ADAPT_TEXT)
        return v;
    struct json *list = json_new_array();
    assert_int_equal(json_push(list, v), E_OK);
    return list;
}

/* The document of a configuration with one member. */
static struct json *doc_with(const struct adapt_row *row, struct json *value)
{
    struct json *doc = parsed("{\"config\":{},\"enabled\":true}");
    assert_int_equal(
        pointer_put(json_member_mut(doc, STR("config")), str_from_cz(row->from), value), E_OK);
    return doc;
}

static void check_take(struct arena *a, const struct adapt_product *p, const struct adapt_row *row,
                       bool good)
{
    CLEANUP(json_freep) struct json *doc = doc_with(row, sample(row, good));
    CLEANUP(json_freep) struct json *want = sample(row, good);
    CLEANUP(json_freep) struct json *out = NULL;
    struct adapt_notes notes = { 0 };
    const struct adapt_ask ask = { p, STR_NONE, doc, NULL };
    assert_int_equal(adapt_map(a, &ask, &notes, &out), E_OK);
    const struct json *have = pointer_get(out, str_from_cz(row->to));
    if (good) {
        assert_non_null(have);
        assert_true(json_equal(have, want));
        assert_int_equal(notes.n, 0);
        return;
    }
    assert_null(have);
    assert_int_equal(notes.n, 1);
    assert_true(str_eq(notes.v[0].pointer, str_from_cz(row->from)));
}

static void check_set(struct arena *a, const struct adapt_product *p, const struct adapt_row *row)
{
    CLEANUP(json_freep) struct json *doc = doc_with(row, parsed(row->when));
    CLEANUP(json_freep) struct json *put = parsed(row->put);
    CLEANUP(json_freep) struct json *out = NULL;
    struct adapt_notes notes = { 0 };
    const struct adapt_ask ask = { p, STR_NONE, doc, NULL };
    assert_int_equal(adapt_map(a, &ask, &notes, &out), E_OK);
    const struct json *have = pointer_get(out, str_from_cz(row->to));
    assert_non_null(have);
    assert_true(json_equal(have, put));
    assert_int_equal(notes.n, 0);

    CLEANUP(json_freep) struct json *wrong = doc_with(row, parsed("17"));
    CLEANUP(json_freep) struct json *nothing = NULL;
    const struct adapt_ask ill = { p, STR_NONE, wrong, NULL };
    assert_int_equal(adapt_map(a, &ill, &notes, &nothing), E_OK);
    assert_int_equal(json_count(nothing), 0);
    assert_int_equal(notes.n, 1); /* once, however many rows read it */
}

static void test_every_row(void **state)
{
    (void)state;
    size_t n = 0;
    size_t rows = 0;
    const struct adapt_product *products = adapt_products(&n);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < products[i].rows_n; k++) {
            CLEANUP(arena_freep) struct arena *a = arena_new(MIB(4));
            const struct adapt_row *row = &products[i].rows[k];
            assert_true(pointer_is_valid(str_from_cz(row->from)));
            assert_true(pointer_is_valid(str_from_cz(row->to)));
            assert_true(row->text[0] != '\0');
            rows++;
            if (row->kind != ADAPT_TAKE) {
                check_set(a, &products[i], row);
                continue;
            }
            check_take(a, &products[i], row, true);
            check_take(a, &products[i], row, false);
        }
    }
    assert_true(rows > 80);
}

/* Bytes that a reader of the format accepts, for what is off too. */
static void test_off_forms(void **state)
{
    (void)state;
    size_t n = 0;
    const struct adapt_product *products = adapt_products(&n);
    for (size_t i = 0; i < n; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(MIB(4));
        const char *off =
            mapped(a, &products[i],
                   "{\"config\":{},\"enabled\":false,\"reason\":\"device-revoked\"}", NULL);
        CLEANUP(json_freep) struct json *v = parsed(off);
        for (size_t k = 0; k < products[i].off_n; k++) {
            CLEANUP(json_freep) struct json *put = parsed(products[i].off[k].put);
            const struct json *have = pointer_get(v, str_from_cz(products[i].off[k].to));
            assert_non_null(have);
            assert_true(json_equal(have, put));
        }
        struct buf b;
        buf_init(&b, TEXT_MAX);
        assert_int_equal(adapt_encode(a, products[i].format, v, &b), E_OK);
        assert_true(b.n > 0);
        buf_fini(&b);
    }
}

static const struct {
    const char *name, *product, *doc, *want, *notes;
} cases[] = {
    { "a member that no row knows passes", "claude-code",
      "{\"config\":{\"assistants\":{\"claude-code\":{\"brandNew\":{\"a\":[1]}}}},\"enabled\":true}",
      "{\"brandNew\":{\"a\":[1]}}", "" },
    { "what is not assigned is not managed", "claude-code",
      "{\"config\":{\"model\":\"x\"},\"enabled\":true}", "{}", "" },
    { "the subtree must be an object", "claude-code",
      "{\"config\":{\"assistants\":{\"claude-code\":[1]}},\"enabled\":true}", "{}",
      "/assistants/claude-code: want an object;" },
    { "null is taken away, what stands beside it stays", "codex",
      "{\"config\":{\"assistants\":{\"codex\":{\"x\":{\"a\":null,\"b\":1},\"y\":[1,null]}}},"
      "\"enabled\":true}",
      "{\"x\":{\"b\":1}}",
      "/assistants/codex/x/a: null is no value;/assistants/codex/y/1: null is no value;" },
    { "a reference to a secret is not written", "claude-code",
      "{\"config\":{\"assistants\":{\"claude-code\":{\"env\":{\"A\":\"b\",\"K\":{\"$secret\":\"k\"}"
      "}"
      "}}},\"enabled\":true}",
      "{\"env\":{\"A\":\"b\"}}",
      "/assistants/claude-code/env/K: a reference to a secret; the file is readable by all;" },
    { "nor in a list", "claude-code",
      "{\"config\":{\"assistants\":{\"claude-code\":{\"x\":[{\"$secret\":\"k\"}],\"y\":1}}},"
      "\"enabled\":true}",
      "{\"y\":1}",
      "/assistants/claude-code/x/0: a reference to a secret; the file is readable by all;" },
    { "nor instead of all", "codex",
      "{\"config\":{\"assistants\":{\"codex\":{\"$secret\":\"k\"}}},\"enabled\":true}", "{}",
      "/assistants/codex: a reference to a secret; the file is readable by all;" },
    { "a word of the table", "vscode",
      "{\"config\":{\"assistants\":{\"vscode\":{\"ChatMCP\":\"some\"}}},\"enabled\":true}", "{}",
      "/assistants/vscode/ChatMCP: is none of its words;" },
    { "the subtree goes before the word for all", "vscode",
      "{\"config\":{\"assistants\":{\"mcpServers\":\"none\",\"vscode\":{\"ChatMCP\":\"registry\"}}}"
      ","
      "\"enabled\":true}",
      "{\"ChatMCP\":\"registry\"}", "" },
    { "an addition keeps the list", "claude-code",
      "{\"config\":{\"assistants\":{\"webSearch\":false,\"claude-code\":{\"permissions\":{\"deny\":"
      "["
      "\"WebFetch\",\"Bash\"]}}}},\"enabled\":true}",
      "{\"permissions\":{\"deny\":[\"WebFetch\",\"Bash\",\"WebSearch\"]}}", "" },
    { "true asks for nothing", "claude-code",
      "{\"config\":{\"assistants\":{\"webSearch\":true,\"autoApprove\":true,\"telemetry\":true,"
      "\"mcpServers\":\"all\"}},\"enabled\":true}",
      "{}", "" },
    { "a minimal configuration that speaks of it", "codex",
      "{\"config\":{\"assistants\":{\"codex\":{\"allowed_sandbox_modes\":[\"read-only\"]}}},"
      "\"degraded\":true,\"enabled\":false}",
      "{\"allowed_sandbox_modes\":[\"read-only\"]}", "" },
    { "one that does not: off", "codex",
      "{\"config\":{\"model\":\"small\"},\"degraded\":true,\"enabled\":false}",
      "{\"allow_managed_hooks_only\":true,\"allowed_approval_policies\":[\"untrusted\"],"
      "\"allowed_sandbox_modes\":[\"read-only\"],\"allowed_web_search_modes\":[],\"mcp_servers\":{}"
      "}",
      "" },
    { "a subtree of its own", "json", "{\"config\":{\"app\":{\"a\":null}},\"enabled\":true}",
      "{\"a\":null}", "" },
    { "which is not there", "json", "{\"config\":{},\"enabled\":true}", "{}", "" },
    { "off", "json", "{\"config\":{},\"enabled\":false,\"reason\":\"device-blocked\"}",
      "{\"enabled\":false,\"reason\":\"device-blocked\"}", "" },
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(MIB(4));
        const char *notes = NULL;
        const char *have = mapped(a, product(cases[i].product), cases[i].doc, &notes);
        print_message("# %s\n", cases[i].name);
        assert_string_equal(have, cases[i].want);
        assert_string_equal(notes, cases[i].notes);
    }
}

/* Switching the assistants off does not open what a policy had closed beside them. */
static void test_kept(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(4));
    const struct adapt_product *p = product("vscode");
    CLEANUP(json_freep)
    struct json *on = parsed("{\"AllowedExtensions\":{\"acme\":true},\"ChatMCP\":\"all\"}");
    CLEANUP(json_freep) struct json *doc = parsed("{\"config\":{},\"enabled\":false}");
    CLEANUP(json_freep) struct json *kept = NULL;
    CLEANUP(json_freep) struct json *off = NULL;
    struct adapt_notes notes = { 0 };
    assert_int_equal(adapt_kept(p, on, &kept), E_OK);
    const struct adapt_ask ask = { p, STR_NONE, doc, kept };
    assert_int_equal(adapt_map(a, &ask, &notes, &off), E_OK);
    CLEANUP(json_freep) struct json *list = parsed("{\"acme\":true}");
    assert_true(json_equal(pointer_get(off, STR("/AllowedExtensions")), list));
    assert_true(str_eq(json_string(pointer_get(off, STR("/ChatMCP"))), STR("none")));
}

static void test_strangers(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(4));
    CLEANUP(json_freep)
    struct json *doc = parsed(
        enabled(a, "{\"assistants\":{\"autoAprove\":false,\"webSearch\":true,\"codex\":{}}}"));
    struct adapt_notes notes = { 0 };
    assert_int_equal(adapt_strangers(a, doc, &notes), E_OK);
    assert_int_equal(notes.n, 1);
    assert_true(str_eq(notes.v[0].pointer, STR("/assistants/autoAprove")));
}

/* More refusals than are kept: they are counted, and nothing of the subtree is written. */
static void test_many(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(4));
    CLEANUP(json_freep)
    struct json *doc = parsed("{\"config\":{\"assistants\":{\"codex\":{}}},\"enabled\":true}");
    struct json *codex = json_member_mut(
        json_member_mut(json_member_mut(doc, STR("config")), STR("assistants")), STR("codex"));
    for (int i = 0; i < 500; i++) {
        str_t name;
        assert_int_equal(str_format(a, &name, "n%d", i), E_OK);
        assert_int_equal(json_set(codex, name, json_new_null()), E_OK);
    }
    CLEANUP(json_freep) struct json *out = NULL;
    struct adapt_notes notes = { 0 };
    const struct adapt_ask ask = { product("codex"), STR_NONE, doc, NULL };
    assert_int_equal(adapt_map(a, &ask, &notes, &out), E_OK);
    assert_int_equal(json_count(out), 0);
    assert_int_equal(notes.n, ADAPT_NOTES_MAX);
    assert_true(notes.more > 0);
}

static void test_bytes(void **state)
{
    (void)state;
    static const struct {
        enum adapt_format format;
        const char *json, *want, *back;
    } rows[] = {
        { ADAPT_JSON, "{\"b\":{\"c\":1},\"a\":true}", "{\"a\":true,\"b\":{\"c\":1}}\n",
          "{\"a\":true,\"b\":{\"c\":1}}" },
        { ADAPT_FLAT, "{\"b\":{\"c\":1},\"a\":true,\"d\":[\"x\"]}",
          "{\"a\":true,\"b\":\"{\\\"c\\\":1}\",\"d\":\"[\\\"x\\\"]\"}\n",
          "{\"a\":true,\"b\":{\"c\":1},\"d\":[\"x\"]}" },
        { ADAPT_TOML, "{\"b\":{\"c\":1},\"a\":true}",
          "# Written by the Seneschal agent, which undoes every other change: "
          "seneschal-agent(1).\na = true\n\n[b]\nc = 1\n",
          "{\"a\":\"true\",\"b\":{\"c\":\"1\"}}" },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(MIB(4));
        CLEANUP(json_freep) struct json *v = parsed(rows[i].json);
        CLEANUP(json_freep) struct json *back = NULL;
        struct buf b;
        buf_init(&b, TEXT_MAX);
        assert_int_equal(adapt_encode(a, rows[i].format, v, &b), E_OK);
        assert_string_equal(str_cz(a, buf_str(&b)), rows[i].want);
        assert_int_equal(adapt_decode(a, rows[i].format, buf_str(&b), &back), E_OK);
        buf_clear(&b);
        json_write(&b, back);
        assert_string_equal(str_cz(a, buf_str(&b)), rows[i].back);
        buf_fini(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row), cmocka_unit_test(test_off_forms),
        cmocka_unit_test(test_cases),     cmocka_unit_test(test_kept),
        cmocka_unit_test(test_strangers), cmocka_unit_test(test_many),
        cmocka_unit_test(test_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
