/* SPDX-License-Identifier: Apache-2.0 */
#include "api/redirect.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct {
    const char *name;
    const char *path;
    bool own;
} cases[] = {
    { "the root", "/", true },
    { "a page", "/portal", true },
    { "a page below", "/portal/devices/", true },
    { "with a query", "/oauth2/authorize?request=sen_p_abc&x=%2Fy", true },
    { "another place in the query", "/login?next=https://evil.example/", true },
    { "a blank in percent form", "/a%20b", true },
    { "nothing", "", false },
    { "relative", "portal", false },
    { "another host", "//evil.example", false },
    { "another host behind a backslash", "/\\evil.example", false },
    { "backslashes", "\\\\evil.example", false },
    { "a scheme", "https://evil.example/", false },
    { "javascript", "javascript:alert(1)", false },
    { "data", "data:text/html,x", false },
    { "three slashes", "///evil.example", false },
    { "a slash in percent form", "/%2fevil.example", false },
    { "the same in capitals", "/%2Fevil.example", false },
    { "a backslash in percent form", "/%5cevil.example", false },
    { "a tab that browsers drop", "/\t/evil.example", false },
    { "a line break", "/\r\nSet-Cookie: a=b", false },
    { "a line break in percent form", "/%0d%0aSet-Cookie:%20a=b", false },
    { "NUL in percent form", "/%00", false },
    { "a blank in front", " /portal", false },
    { "a blank inside", "/a b", false },
    { "up and out", "/../..//evil.example", false },
    { "dots", "/a/../b", false },
    { "one dot", "/./b", false },
    { "dots in percent form", "/%2e%2e//evil.example", false },
    { "two slashes later", "/a//evil.example", false },
    { "a fragment", "/a#b", false },
    { "beyond ASCII", "/\xC3\xA9", false },
    { "percent without digits", "/%", false },
    { "percent with one digit", "/%2", false },
    { "user and host", "/@evil.example", true },
    { "a name with a dot", "/assets/pages.css", true },
    { "markup", "/<script>", false },
    { "a quote", "/\"onclick", false },
};

static void only_own_paths_are_followed(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        str_t path = str_from_cz(cases[i].path);
        if (own_path(path) != cases[i].own)
            fail_msg("%s: %s", cases[i].name, cases[i].path);
        assert_true(str_eq(own_path_or_root(path), cases[i].own ? path : STR("/")));
    }
    assert_false(own_path(STR_NONE));
    assert_false(own_path(str_of("/a\0b", 4)));
}

static void a_long_path_is_none(void **state)
{
    (void)state;
    char path[OWN_PATH_MAX + 1];
    memset(path, 'a', sizeof path);
    path[0] = '/';
    assert_true(own_path(str_of(path, OWN_PATH_MAX)));
    assert_false(own_path(str_of(path, OWN_PATH_MAX + 1)));
}

static void urls_are_built_of_encoded_parts(void **state)
{
    (void)state;
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, KIB(1));
    BUF_ADD(&b, "https://client.example/cb");
    url_add_param(&b, STR("code"), STR("a b&c=d/é"));
    url_add_param(&b, STR("gone"), STR_NONE);
    url_add_param(&b, STR("state"), STR(""));
    url_add_param(&b, STR("nul"), str_of("\0\r\n", 3));
    assert_int_equal(b.err, E_OK);
    assert_true(
        str_eq(buf_str(&b), STR("https://client.example/cb?code=a%20b%26c%3Dd%2F%C3%A9&state="
                                "&nul=%00%0D%0A")));
    buf_clear(&b);
    BUF_ADD(&b, "https://client.example/cb?kept=1");
    url_add_param(&b, STR("iss"), STR("https://a.example"));
    assert_true(
        str_eq(buf_str(&b), STR("https://client.example/cb?kept=1&iss=https%3A%2F%2Fa.example")));
}

static void a_browser_comes_back_where_it_wanted_to_go(void **state)
{
    (void)state;
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct http_xchg x = { .method = HTTP_GET, .target = STR("/portal?a=b") };
    buf_init(&b, KIB(1));
    login_url(&b, &x);
    assert_true(str_eq(buf_str(&b), STR("/login?next=%2Fportal%3Fa%3Db")));
    buf_clear(&b);
    x.target = STR("//evil.example/");
    login_url(&b, &x);
    assert_true(str_eq(buf_str(&b), STR("/login")));
    buf_clear(&b);
    x.target = STR("/portal");
    x.method = HTTP_POST; /* a form that was sent is not sent again by itself */
    login_url(&b, &x);
    assert_true(str_eq(buf_str(&b), STR("/login")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_own_paths_are_followed),
        cmocka_unit_test(a_long_path_is_none),
        cmocka_unit_test(urls_are_built_of_encoded_parts),
        cmocka_unit_test(a_browser_comes_back_where_it_wanted_to_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
