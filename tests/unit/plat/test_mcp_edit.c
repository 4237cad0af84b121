/* SPDX-License-Identifier: Apache-2.0 */
/* Splicing: what was asked for is changed, every other byte passes as it came. */
#include "base/rng.h"
#include "check.h"
#include "plat/json/json.h"
#include "plat/mcp/mcp_edit.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { LAWS = 3000, EDITS = 6, ROWS_EDITS = 4 };

static struct arena *arena;

#define E(place, key, raw)                                                                         \
    {                                                                                              \
        .at = (place), .name = { "" key, sizeof(key) - 1 }, .value = { "" raw, sizeof(raw) - 1 }   \
    }
#define DROP(place, key)                                                                           \
    {                                                                                              \
        .at = (place), .name = { "" key, sizeof(key) - 1 }                                         \
    }
#define DROP_ALL(place, key)                                                                       \
    {                                                                                              \
        .at = (place), .name = { "" key, sizeof(key) - 1 }, .prefixed = true                       \
    }

static const struct {
    const char *name;
    const char *from;
    struct mcp_edit edits[ROWS_EDITS];
    const char *to; /* NULL: refused */
} rows[] = {
    { "nothing", " { \"a\" : [ 1 ] , \"b\":2 } ", { { 0 } }, " { \"a\" : [ 1 ] , \"b\":2 } " },
    { "nothing in nothing", "{ }", { { 0 } }, "{ }" },
    { "a value, and only it",
      "{ \"id\" : 1 , \"x\":2}",
      { E(MCP_AT_SELF, "id", "\"n\"") },
      "{ \"id\" : \"n\" , \"x\":2}" },
    { "a name with escapes",
      "{\"i\\u0064\":1}",
      { E(MCP_AT_SELF, "id", "7") },
      "{\"i\\u0064\":7}" },
    { "what is not there goes last",
      "{\"a\":1}",
      { E(MCP_AT_SELF, "b", "2"), E(MCP_AT_SELF, "c", "3") },
      "{\"a\":1,\"b\":2,\"c\":3}" },
    { "into nothing", "{}", { E(MCP_AT_SELF, "b", "2") }, "{\"b\":2}" },
    { "the first is removed", "{\"a\":1,\"b\":2}", { DROP(MCP_AT_SELF, "a") }, "{\"b\":2}" },
    { "the last is removed", "{\"a\":1 , \"b\":2 }", { DROP(MCP_AT_SELF, "b") }, "{\"a\":1 }" },
    { "the only one is removed", "{ \"a\":{\"b\":2} }", { DROP(MCP_AT_SELF, "a") }, "{}" },
    { "removed and added",
      "{\"a\":1}",
      { DROP(MCP_AT_SELF, "a"), E(MCP_AT_SELF, "b", "2") },
      "{\"b\":2}" },
    { "what is not there is not removed", "{\"a\":1}", { DROP(MCP_AT_SELF, "b") }, "{\"a\":1}" },
    { "inside",
      "{\"params\":{\"name\":\"x\" ,\"_meta\":{\"k\":1}}}",
      { E(MCP_AT_PARAMS, "name", "\"y\""), DROP(MCP_AT_PARAMS_META, "k") },
      "{\"params\":{\"name\":\"y\" ,\"_meta\":{}}}" },
    { "made for it",
      "{\"id\":1}",
      { E(MCP_AT_PARAMS_META, "k", "1"), E(MCP_AT_PARAMS, "name", "\"y\"") },
      "{\"id\":1,\"params\":{\"name\":\"y\",\"_meta\":{\"k\":1}}}" },
    { "not made for a removal", "{\"id\":1}", { DROP(MCP_AT_PARAMS_META, "k") }, "{\"id\":1}" },
    { "raw params",
      "{\"name\":\"x\"}",
      { E(MCP_AT_META, "k", "1") },
      "{\"name\":\"x\",\"_meta\":{\"k\":1}}" },
    { "result",
      "{\"result\":{\"a\":1}}",
      { E(MCP_AT_RESULT, "ttlMs", "0"), E(MCP_AT_RESULT_META, "s", "{}") },
      "{\"result\":{\"a\":1,\"ttlMs\":0,\"_meta\":{\"s\":{}}}}" },
    { "a prefix, but for what is set before it",
      "{\"_meta\":{\"io.m/a\":1,\"k\":2,\"io.m/b\":3}}",
      { E(MCP_AT_META, "io.m/b", "9"), DROP_ALL(MCP_AT_META, "io.m/") },
      "{\"_meta\":{\"k\":2,\"io.m/b\":9}}" },
    { "a prefix, and one that is new",
      "{\"_meta\":{\"io.m/a\":1}}",
      { E(MCP_AT_META, "io.m/n", "9"), DROP_ALL(MCP_AT_META, "io.m/") },
      "{\"_meta\":{\"io.m/n\":9}}" },
    { "the whole counts before its parts",
      "{\"params\":{\"a\":1}}",
      { E(MCP_AT_SELF, "params", "{}"), E(MCP_AT_PARAMS, "a", "2") },
      "{\"params\":{}}" },
    { "the first of two counts",
      "{}",
      { E(MCP_AT_SELF, "a", "1"), E(MCP_AT_SELF, "a", "2") },
      "{\"a\":1}" },
    { "a name that must be escaped", "{}", { E(MCP_AT_SELF, "a\"b", "1") }, "{\"a\\\"b\":1}" },
    { "params that are none", "{\"params\":[]}", { E(MCP_AT_PARAMS, "a", "1") }, NULL },
    { "no object", "[]", { E(MCP_AT_SELF, "a", "1") }, NULL },
    { "no JSON behind it", "{\"a\":1,}", { E(MCP_AT_SELF, "a", "1") }, NULL },
    { "something behind", "{\"a\":1}1", { { 0 } }, NULL },
    { "a member twice", "{\"a\":1,\"a\":2}", { E(MCP_AT_SELF, "a", "1") }, NULL },
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf b;
        size_t n = 0;
        buf_init(&b, KIB(4));
        while (n < ROWS_EDITS && rows[i].edits[n].name.p != NULL)
            n++;
        err_t e = mcp_edit(arena, str_from_cz(rows[i].from), rows[i].edits, n, &b);
        check((e == E_OK) == (rows[i].to != NULL), rows[i].name);
        if (e == E_OK)
            check(str_eq(buf_str(&b), str_from_cz(rows[i].to)), rows[i].name);
        buf_fini(&b);
    }
}

static void test_cap(void **state)
{
    (void)state;
    struct buf b;
    const struct mcp_edit edit = E(MCP_AT_SELF, "a", "12345678901234567890");
    buf_init(&b, 16);
    assert_int_equal(mcp_edit(arena, STR("{}"), &edit, 1, &b), E_TOO_BIG);
    buf_fini(&b);
}

static void test_raw_text(void **state)
{
    (void)state;
    str_t raw;
    assert_int_equal(mcp_raw_text(arena, STR("a\"\n\x01"), &raw), E_OK);
    check(str_eq(raw, STR("\"a\\\"\\n\\u0001\"")), "escaped");
    assert_int_equal(mcp_raw_text(arena, STR(""), &raw), E_OK);
    check(str_eq(raw, STR("\"\"")), "empty");
}

/* Members a..f of an object, of its params, and of their _meta, with blanks here and there. */
static const str_t names[] = { { "a", 1 }, { "b", 1 }, { "c", 1 },
                               { "d", 1 }, { "e", 1 }, { "f", 1 } };

static void put_blank(struct buf *b)
{
    static const char *const blanks[] = { "", "", " ", "\n", " \t" };
    buf_add(b, str_from_cz(blanks[rng_below(ARRAY_LEN(blanks))]));
}

static void put_object(struct buf *b, const char *inner, int depth)
{
    bool comma = false;
    buf_add_byte(b, '{');
    put_blank(b);
    for (size_t i = 0; i <= ARRAY_LEN(names); i++) {
        bool last = i == ARRAY_LEN(names);
        if (rng_below(2) == 0 || (last && depth == 0))
            continue;
        if (comma)
            buf_add_byte(b, ',');
        comma = true;
        put_blank(b);
        buf_addf(b, "\"%s\"", last ? inner : names[i].p);
        put_blank(b);
        buf_add_byte(b, ':');
        put_blank(b);
        if (last)
            put_object(b, "_meta", depth - 1);
        else
            buf_add(b, rng_below(2) == 0 ? STR("[1, {}]") : STR("\"\\u0041,}\""));
        put_blank(b);
    }
    buf_add_byte(b, '}');
}

/* The same edits on values in memory. */
static void model_edit(struct json *top, const struct mcp_edit *e)
{
    static const char *const ways[][2] = {
        { NULL, NULL }, { "_meta", NULL }, { "params", NULL }, { "params", "_meta" }
    };
    struct json *at = top;
    for (size_t i = 0; i < 2 && ways[e->at][i] != NULL; i++) {
        str_t name = str_from_cz(ways[e->at][i]);
        struct json *next = json_member_mut(at, name);
        if (next == NULL && e->value.p == NULL)
            return;
        if (next == NULL) {
            assert_int_equal(json_set(at, name, json_new_object()), E_OK);
            next = json_member_mut(at, name);
        }
        at = next;
    }
    json_remove(at, e->name);
    struct json *v = NULL;
    if (e->value.p != NULL) {
        assert_int_equal(json_parse(e->value, NULL, &v), E_OK);
        assert_int_equal(json_set(at, e->name, v), E_OK);
    }
}

static size_t random_edits(struct mcp_edit edits[static EDITS])
{
    static const enum mcp_at places[] = { MCP_AT_SELF, MCP_AT_PARAMS, MCP_AT_PARAMS_META };
    size_t n = 0;
    for (size_t i = 0; i < EDITS; i++) {
        struct mcp_edit e = { .at = places[rng_below(ARRAY_LEN(places))], .name = names[i] };
        if (rng_below(3) > 0)
            e.value = rng_below(2) == 0 ? STR("{\"n\":1}") : STR("null");
        if (rng_below(3) > 0)
            edits[n++] = e;
    }
    return n;
}

/* As the model; nothing changed where nothing is asked; the same again when it is done twice. */
static void test_laws(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= LAWS; seed++) {
        struct mcp_edit edits[EDITS];
        struct buf from;
        struct buf to;
        struct json *want = NULL;
        struct json *got = NULL;
        rng_seed_for_test(seed);
        arena_reset(arena);
        buf_init(&from, KIB(8));
        buf_init(&to, KIB(8));
        put_object(&from, "params", 2);
        size_t n = random_edits(edits);
        assert_int_equal(mcp_edit(arena, buf_str(&from), NULL, 0, &to), E_OK);
        check(str_eq(buf_str(&from), buf_str(&to)), "no edit changes nothing");
        buf_clear(&to);
        assert_int_equal(mcp_edit(arena, buf_str(&from), edits, n, &to), E_OK);
        assert_int_equal(json_parse(buf_str(&from), NULL, &want), E_OK);
        assert_int_equal(json_parse(buf_str(&to), NULL, &got), E_OK);
        for (size_t i = 0; i < n; i++)
            model_edit(want, &edits[i]);
        if (!json_equal(want, got))
            fail_msg("seed %llu: %.*s", (unsigned long long)seed, STR_ARG(buf_str(&to)));
        buf_clear(&from);
        assert_int_equal(mcp_edit(arena, buf_str(&to), edits, n, &from), E_OK);
        check(str_eq(buf_str(&from), buf_str(&to)), "a second time changes nothing");
        json_free(want);
        json_free(got);
        buf_fini(&from);
        buf_fini(&to);
    }
    rng_seed_for_test(0);
}

static int setup(void **state)
{
    (void)state;
    arena = arena_new(KIB(256));
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
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_cap),
        cmocka_unit_test(test_raw_text),
        cmocka_unit_test(test_laws),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
