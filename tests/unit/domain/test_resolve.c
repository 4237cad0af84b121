/* SPDX-License-Identifier: Apache-2.0 */
/* The body of the effective configuration: levels, `enabled`, `version`, canonical bytes. */
#include "domain/policy/resolve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { VERSIONS_MAX = 4, LOCKS_MAX = 2, NO = 1, YES = 2 };

struct given {
    int level; /* 0: no more */
    const char *content;
    const char *locks[LOCKS_MAX];
    int enabled;     /* 0: does not say */
    const char *day; /* NULL: 2026-11-22 */
    int64_t number;
};

static const struct {
    const char *name;
    struct given given[VERSIONS_MAX];
    const char *want;
} cases[] = {
    { "no policy at all", { { 0 } }, "{\"config\":{},\"enabled\":false,\"version\":null}" },
    { "one version",
      { { 1, "{\"b\":1,\"a\":{\"z\":[1.5,true],\"y\":null}}", .number = 3 } },
      "{\"config\":{\"a\":{\"z\":[1.5,true]},\"b\":1},\"enabled\":true,"
      "\"version\":\"2026-11-22.3\"}" },
    { "within a level what applies later wins",
      { { 2, "{\"a\":1}", .number = 1 }, { 2, "{\"a\":2}", .number = 2 } },
      "{\"config\":{\"a\":2},\"enabled\":true,\"version\":\"2026-11-22.2\"}" },
    { "a lock does not bind its own level",
      { { 2, "{\"a\":1}", { "/a" }, .number = 1 },
        { 2, "{\"a\":2}", .number = 2 },
        { 3, "{\"a\":3}", .number = 3 } },
      "{\"config\":{\"a\":2},\"enabled\":true,\"version\":\"2026-11-22.3\"}" },
    { "a lock binds over an empty level between",
      { { 1, "{\"a\":1}", { "/a" }, .number = 1 }, { 5, "{\"a\":3}", .number = 2 } },
      "{\"config\":{\"a\":1},\"enabled\":true,\"version\":\"2026-11-22.2\"}" },
    { "false from the most specific that says so empties the configuration",
      { { 1, "{\"a\":1}", .enabled = YES, .number = 1 },
        { 2, "{\"b\":1}", .enabled = NO, .number = 2 },
        { 5, "{\"c\":1}", .number = 3 } },
      "{\"config\":{},\"enabled\":false,\"version\":\"2026-11-22.3\"}" },
    { "true from a more specific one overrides false",
      { { 1, "{\"a\":1}", .enabled = NO, .number = 1 }, { 2, "{}", .enabled = YES, .number = 2 } },
      "{\"config\":{\"a\":1},\"enabled\":true,\"version\":\"2026-11-22.2\"}" },
    { "a locked false stays",
      { { 1, "{\"a\":1}", { "enabled" }, NO, .number = 1 },
        { 2, "{}", .enabled = YES, .number = 2 } },
      "{\"config\":{},\"enabled\":false,\"version\":\"2026-11-22.2\"}" },
    { "a locked silence stays: nobody below can switch off",
      { { 1, "{\"a\":1}", { "enabled" }, .number = 1 }, { 2, "{}", .enabled = NO, .number = 2 } },
      "{\"config\":{\"a\":1},\"enabled\":true,\"version\":\"2026-11-22.2\"}" },
    { "a locked `enabled` does not bind its own level",
      { { 1, "{}", { "enabled" }, YES, .number = 1 }, { 1, "{}", .enabled = NO, .number = 2 } },
      "{\"config\":{},\"enabled\":false,\"version\":\"2026-11-22.2\"}" },
    { "the word `enabled` locks no member of the configuration",
      { { 1, "{\"enabled\":1}", { "enabled" }, .number = 1 },
        { 2, "{\"enabled\":2}", .number = 2 } },
      "{\"config\":{\"enabled\":2},\"enabled\":true,\"version\":\"2026-11-22.2\"}" },
    { "the pointer /enabled locks the member, not the switch",
      { { 1, "{\"enabled\":1}", { "/enabled" }, .number = 1 },
        { 2, "{\"enabled\":2}", .enabled = NO, .number = 2 },
        { 3, "{}", .enabled = YES, .number = 3 } },
      "{\"config\":{\"enabled\":1},\"enabled\":true,\"version\":\"2026-11-22.3\"}" },
    { "the newest version is by number, not by text",
      { { 1, "{}", .number = 10 }, { 2, "{}", .number = 9 } },
      "{\"config\":{},\"enabled\":true,\"version\":\"2026-11-22.10\"}" },
    { "and by day before number",
      { { 1, "{}", .day = "2026-11-23", .number = 1 }, { 2, "{}", .number = 9 } },
      "{\"config\":{},\"enabled\":true,\"version\":\"2026-11-23.1\"}" },
    { "integers of 64 bits stay as they are",
      { { 1, "{\"max\":9223372036854775807,\"min\":-9223372036854775808}", .number = 1 } },
      "{\"config\":{\"max\":9223372036854775807,\"min\":-9223372036854775808},"
      "\"enabled\":true,\"version\":\"2026-11-22.1\"}" },
    { "members are sorted by bytes",
      { { 1, "{\"b\":1,\"B\":2,\"\xc3\xa9\":3,\"aa\":4,\"a\":5,\"\":6}", .number = 1 } },
      "{\"config\":{\"\":6,\"B\":2,\"a\":5,\"aa\":4,\"b\":1,\"\xc3\xa9\":3},"
      "\"enabled\":true,\"version\":\"2026-11-22.1\"}" },
};

static void add(struct resolve *r, const struct given *g)
{
    CLEANUP(json_freep) struct json *content = NULL;
    assert_int_equal(json_parse(str_from_cz(g->content), NULL, &content), E_OK);
    str_t locked[LOCKS_MAX];
    size_t n = 0;
    while (n < LOCKS_MAX && g->locks[n] != NULL) {
        locked[n] = str_from_cz(g->locks[n]);
        n++;
    }
    const char *day = g->day != NULL ? g->day : "2026-11-22";
    char text[32];
    int len = snprintf(text, sizeof text, "%s.%lld", day, (long long)g->number);
    struct resolve_version v = {
        .level = g->level,
        .content = content,
        .locked = locked,
        .locked_n = n,
        .enabled = { .set = g->enabled != 0, .v = g->enabled == YES },
        .version = str_of(text, (size_t)len),
        .day = str_from_cz(day),
        .day_number = g->number,
    };
    assert_int_equal(resolve_add(r, &v), E_OK);
}

static void test_bodies(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        struct resolve r;
        struct buf body;
        buf_init(&body, KIB(4));
        assert_int_equal(resolve_init(&r, a), E_OK);
        for (size_t k = 0; k < VERSIONS_MAX && cases[i].given[k].level != 0; k++)
            add(&r, &cases[i].given[k]);
        resolve_write(&r, &body);
        assert_int_equal(body.err, E_OK);
        if (!str_eq(buf_str(&body), str_from_cz(cases[i].want)))
            fail_msg("%s: %.*s", cases[i].name, STR_ARG(buf_str(&body)));
        buf_fini(&body);
        resolve_fini(&r);
    }
}

static void test_too_big_is_told(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    struct resolve r;
    struct buf body;
    buf_init(&body, 40);
    assert_int_equal(resolve_init(&r, a), E_OK);
    add(&r, &(struct given){ 1, "{\"a\":\"0123456789\"}", .number = 1 });
    resolve_write(&r, &body);
    assert_int_equal(body.err, E_TOO_BIG);
    buf_fini(&body);
    resolve_fini(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_too_big_is_told),
    };
    return cmocka_run_group_tests_name("domain/policy/resolve", tests, NULL, NULL);
}
