/* SPDX-License-Identifier: Apache-2.0 */
/* Names behind one door, and the requestState that a client carries. */
#include "base/rng.h"
#include "check.h"
#include "plat/crypto/crypto.h"
#include "plat/mcp/mcp_name.h"
#include "plat/mcp/mcp_state.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { ROWS = 40, ROUNDS = 300 };

static struct arena *arena;

static str_t joined(const char *prefix, const char *name)
{
    str_t got;
    assert_int_equal(mcp_name_join(arena, str_from_cz(prefix), str_from_cz(name), &got), E_OK);
    return got;
}

static bool is_name(str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_' || c == '-' || c == '.'))
            return false;
    }
    return s.n > 0 && s.n <= MCP_NAME_MAX;
}

static void test_join(void **state)
{
    (void)state;
    static const char fits[] =
        "123456789012345678901234567890123456789012345678901234567890"; /* 60 */
    check(str_eq(joined("gh", "create_issue"), STR("gh__create_issue")), "as it is");
    check(str_eq(joined("gh", fits),
                 STR("gh__123456789012345678901234567890123456789012345678901234567890")),
          "to the last character");
    /* Known answers: what is cut must be cut the same tomorrow. */
    check(str_eq(joined("git", fits),
                 STR("git__123456789012345678901234567890123456789012345678_byd5d6at7o")),
          "cut");
    check(is_name(joined("a", "sp ace")) && str_starts(joined("a", "sp ace"), STR("a__sp_ace_")),
          "characters that names lack");
    check(!str_eq(joined("a", "sp ace"), joined("a", "sp_ace")) &&
              !str_eq(joined("a", "sp ace"), joined("a", "sp\tace")),
          "which differ stay different");
    check(is_name(joined("a", "")) && is_name(joined("a", "\xff\xfe")), "any bytes");
    check(str_eq(joined("a", "x y"), joined("a", "x y")), "always the same");
    check(mcp_prefix_is_valid(STR("gh-1.x_Y")) && !mcp_prefix_is_valid(STR("")) &&
              !mcp_prefix_is_valid(STR("a b")),
          "prefixes");
    check(!mcp_prefix_is_valid(STR("1234567890123456789012345")), "a prefix that is too long");
}

static void test_same_name(void **state)
{
    (void)state;
    struct mcp_named rows[] = {
        { .prefix = STR("a__b"), .name = STR("c"), .of = 0 },
        { .prefix = STR("a"), .name = STR("b__c"), .of = 1 },
        { .prefix = STR("a"), .name = STR("x"), .of = 2 },
    };
    assert_int_equal(mcp_names_join(arena, rows, ARRAY_LEN(rows)), E_OK);
    check(mcp_names_find(rows, ARRAY_LEN(rows), STR("a__b__c")) == NULL,
          "nobody is called what two would be");
    check(mcp_names_find(rows, ARRAY_LEN(rows), STR("a__x"))->of == 2, "the others are");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check(is_name(rows[i].joined), "all have a name");
    /* A server that calls its own tool as another's is called when it is cut. */
    str_t cut = joined("a", "b c");
    struct mcp_named thief[] = {
        { .prefix = STR("a"), .name = STR("b c"), .of = 0 },
        { .prefix = STR("a"), .name = str_sub(cut, 3, cut.n), .of = 1 },
    };
    assert_int_equal(mcp_names_join(arena, thief, ARRAY_LEN(thief)), E_OK);
    const struct mcp_named *found = mcp_names_find(thief, ARRAY_LEN(thief), cut);
    check(found != NULL && found->of == 0, "the name stays with whom it is made of");
    check(is_name(thief[0].joined) && is_name(thief[1].joined), "and the other has one too");
    check(mcp_names_find(NULL, 0, STR("x")) == NULL, "none");
}

/* Whatever the order of the rows: the same names, unique, found again. */
static void test_order(void **state)
{
    (void)state;
    static const char *const prefixes[] = { "a", "a__b", "gh", "x.y" };
    static const char *const names[] = {
        "b__c",
        "c",
        "list",
        "a tool",
        "b c",
        "",
        "1234567890123456789012345678901234567890123456789012345678901234567890"
    };
    enum { ALL = 4 * 7 };
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        struct mcp_named one[ALL];
        struct mcp_named two[ALL];
        arena_reset(arena);
        rng_seed_for_test(seed);
        for (size_t i = 0; i < ALL; i++)
            one[i] = (struct mcp_named){ .prefix = str_from_cz(prefixes[i / 7]),
                                         .name = str_from_cz(names[i % 7]),
                                         .of = i };
        memcpy(two, one, sizeof two);
        for (size_t i = ALL - 1; i > 0; i--) {
            size_t k = rng_below(i + 1);
            struct mcp_named t = two[i];
            two[i] = two[k];
            two[k] = t;
        }
        assert_int_equal(mcp_names_join(arena, one, ALL), E_OK);
        assert_int_equal(mcp_names_join(arena, two, ALL), E_OK);
        for (size_t i = 0; i < ALL; i++) {
            check(one[i].of == two[i].of && str_eq(one[i].joined, two[i].joined), "the same order");
            check(is_name(one[i].joined) &&
                      (i == 0 || str_cmp(one[i - 1].joined, one[i].joined) < 0),
                  "unique");
            check(mcp_names_find(one, ALL, one[i].joined) == &one[i], "found");
        }
    }
    rng_seed_for_test(0);
}

static struct mcp_bind bind_of(const struct json *arguments)
{
    return (struct mcp_bind){ .principal = { { 1, 2 } },
                              .method = STR("tools/call"),
                              .name = STR("t"),
                              .arguments = arguments };
}

static void test_state(void **state)
{
    (void)state;
    const secret_t key = { .n = 32, .b = { 7 } };
    const secret_t other_key = { .n = 32, .b = { 8 } };
    const ts_t now = { INT64_C(1700000000000000) };
    const ts_t until = { INT64_C(1700000060000000) };
    CLEANUP(json_freep) struct json *x = NULL;
    CLEANUP(json_freep) struct json *same = NULL;
    CLEANUP(json_freep) struct json *y = NULL;
    str_t text;
    str_t back;
    arena_reset(arena);
    assert_int_equal(json_parse(STR("{\"a\":1,\"b\":1.0}"), NULL, &x), E_OK);
    assert_int_equal(json_parse(STR("{ \"b\":1, \"a\" : 1 }"), NULL, &same), E_OK);
    assert_int_equal(json_parse(STR("{\"a\":2,\"b\":1}"), NULL, &y), E_OK);
    const struct mcp_bind bind = bind_of(x);
    assert_int_equal(mcp_state_seal(arena, &key, &bind, until, STR("payload"), &text), E_OK);
    check(str_starts(text, STR("s1.")) && str_find(text, '\n') == text.n, "one word");

    struct mcp_bind b = bind_of(same);
    assert_int_equal(mcp_state_open(arena, &key, &b, now, text, &back), E_OK);
    check(str_eq(back, STR("payload")), "the same call in other letters");
    assert_int_equal(mcp_state_open(arena, &key, &b, until, text, &back), E_TIMEOUT);
    assert_int_equal(mcp_state_open(arena, &other_key, &b, now, text, &back), E_CORRUPT);
    b = bind_of(y);
    assert_int_equal(mcp_state_open(arena, &key, &b, now, text, &back), E_CORRUPT);
    b = bind_of(NULL);
    assert_int_equal(mcp_state_open(arena, &key, &b, now, text, &back), E_CORRUPT);
    b = bind;
    b.principal.b[15] = 1;
    assert_int_equal(mcp_state_open(arena, &key, &b, now, text, &back), E_CORRUPT);
    b = bind;
    b.method = STR("tools/callt"); /* nothing moves from the method to the name */
    b.name = STR("");
    assert_int_equal(mcp_state_open(arena, &key, &b, now, text, &back), E_CORRUPT);
    char *changed = str_cz(arena, text);
    for (size_t i = 0; i < text.n; i++) {
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        assert_int_equal(mcp_state_open(arena, &key, &bind, now, str_of(changed, text.n), &back),
                         E_CORRUPT);
        changed[i] = text.p[i];
    }
    assert_int_equal(mcp_state_open(arena, &key, &bind, now, STR(""), &back), E_CORRUPT);
    assert_int_equal(mcp_state_open(arena, &key, &bind, now, STR("s1."), &back), E_CORRUPT);
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
        cmocka_unit_test(test_join),
        cmocka_unit_test(test_same_name),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_state),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
