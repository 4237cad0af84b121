/* SPDX-License-Identifier: Apache-2.0 */
#include "api/router.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct route rows[] = {
    { .method = HTTP_GET, .path = "/devices", .both = true },
    { .method = HTTP_GET, .path = "/devices/{id}", .both = true },
    { .method = HTTP_DELETE, .path = "/devices/{id}", .both = true },
    { .method = HTTP_GET, .path = "/devices/self", .both = true },
    { .method = HTTP_POST, .path = "/devices/{id}/revoke", .both = true },
    { .method = HTTP_POST, .path = "/devices/self/rotate", .both = true },
    { .method = HTTP_GET, .path = "/groups/{id}/members/{member}" },
    { .method = HTTP_GET, .path = "/livez", .root = true },
};
static const struct route_table part = { rows, ARRAY_LEN(rows) };
static const struct route_table *const parts[] = { &part };

static const struct {
    const char *name;
    enum http_method method;
    const char *path;
    int row; /* -1: none */
    err_t err;
} cases[] = {
    { "literal", HTTP_GET, "/api/v1/devices", 0, E_OK },
    { "also at the root", HTTP_GET, "/devices", 0, E_OK },
    { "HEAD wherever GET", HTTP_HEAD, "/devices", 0, E_OK },
    { "parameter", HTTP_GET, "/api/v1/devices/7", 1, E_OK },
    { "parameter, other method", HTTP_DELETE, "/devices/7", 2, E_OK },
    { "a literal wins over a parameter", HTTP_GET, "/devices/self", 3, E_OK },
    { "below a parameter", HTTP_POST, "/devices/7/revoke", 4, E_OK },
    { "below a literal", HTTP_POST, "/devices/self/rotate", 5, E_OK },
    { "two parameters", HTTP_GET, "/api/v1/groups/a/members/b", 6, E_OK },
    { "only below /api/v1", HTTP_GET, "/groups/a/members/b", -1, E_NOT_FOUND },
    { "only at the root", HTTP_GET, "/livez", 7, E_OK },
    { "not below /api/v1", HTTP_GET, "/api/v1/livez", -1, E_NOT_FOUND },
    { "unknown", HTTP_GET, "/nothing", -1, E_NOT_FOUND },
    { "part of a path", HTTP_GET, "/api/v1", -1, E_NOT_FOUND },
    { "one segment too many", HTTP_GET, "/devices/7/8/9", -1, E_NOT_FOUND },
    { "slash at the end", HTTP_GET, "/devices/", -1, E_NOT_FOUND },
    { "two slashes", HTTP_GET, "//devices", -1, E_NOT_FOUND },
    { "case counts", HTTP_GET, "/Devices", -1, E_NOT_FOUND },
    { "method not taken", HTTP_PUT, "/devices", -1, E_METHOD_NOT_ALLOWED },
    { "method not taken by the literal", HTTP_DELETE, "/devices/self", -1, E_METHOD_NOT_ALLOWED },
    { "empty", HTTP_GET, "", -1, E_NOT_FOUND },
};

static void paths_find_their_rows(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    struct router *r = NULL;
    assert_int_equal(router_new(a, parts, ARRAY_LEN(parts), &r), E_OK);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct route_match m = router_match(r, cases[i].method, str_from_cz(cases[i].path));
        if (m.err != cases[i].err || m.route != (cases[i].row < 0 ? NULL : &rows[cases[i].row]))
            fail_msg("%s: got %s", cases[i].name,
                     m.route != NULL ? m.route->path : err_info(m.err)->slug);
    }
}

static void parameters_are_what_stands_there(void **state)
{
    (void)state;
    str_t params[ROUTER_PARAMS_MAX];
    assert_int_equal(route_params(&rows[6], STR("/api/v1/groups/a%20b/members/c"), params), 2);
    assert_true(str_eq(params[0], STR("a%20b")));
    assert_true(str_eq(params[1], STR("c")));
    assert_int_equal(route_params(&rows[4], STR("/devices/7/revoke"), params), 1);
    assert_true(str_eq(params[0], STR("7")));
    assert_int_equal(route_params(&rows[4], STR("/api/v1/devices/8/revoke"), params), 1);
    assert_true(str_eq(params[0], STR("8")));
}

static void allow_lists_what_a_path_takes(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    struct router *r = NULL;
    str_t text;
    assert_int_equal(router_new(a, parts, ARRAY_LEN(parts), &r), E_OK);
    struct route_match m = router_match(r, HTTP_PUT, STR("/devices/7"));
    assert_int_equal(methods_text(a, m.methods, &text), E_OK);
    assert_true(str_eq(text, STR("GET, HEAD, DELETE, OPTIONS")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_find_their_rows),
        cmocka_unit_test(parameters_are_what_stands_there),
        cmocka_unit_test(allow_lists_what_a_path_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
