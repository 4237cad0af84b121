/* SPDX-License-Identifier: Apache-2.0 */
/* Redirect addresses, scopes and PKCE: the parts of domain/oauth that look at text alone. */
#include "base/enc.h"
#include "domain/oauth/pkce.h"
#include "domain/oauth/redirect_uri.h"
#include "domain/oauth/scope.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define CB "https://app.example.org/cb"

static void test_redirects(void **state)
{
    static const struct {
        const char *name;
        const char *registered;
        const char *given;
        bool strict;
        bool native;
    } rows[] = {
        { "the same", CB, CB, true, true },
        { "a suffix", CB, CB "/x", false, false },
        { "a query", CB, CB "?x=1", false, false },
        { "a dot segment", CB, "https://app.example.org/./cb", false, false },
        { "userinfo", CB, "https://app.example.org@evil.example/cb", false, false },
        { "another case", CB, "https://app.example.org/CB", false, false },
        { "nothing", "", "", false, false },
        { "any port", "http://127.0.0.1/cb", "http://127.0.0.1:4711/cb", false, true },
        { "another port", "http://127.0.0.1:1/cb", "http://127.0.0.1:2/cb", false, true },
        { "no port any more", "http://[::1]:1/cb", "http://[::1]/cb", false, true },
        { "port 0", "http://127.0.0.1/cb", "http://127.0.0.1:0/cb", false, false },
        { "a port too big", "http://127.0.0.1/cb", "http://127.0.0.1:65536/cb", false, false },
        { "a port of six digits", "http://127.0.0.1/cb", "http://127.0.0.1:000080/cb", false,
          false },
        { "an empty port", "http://127.0.0.1/cb", "http://127.0.0.1:/cb", false, false },
        { "userinfo as port", "http://127.0.0.1/cb", "http://127.0.0.1:1@evil/cb", false, false },
        { "the name goes on", "http://127.0.0.1/cb", "http://127.0.0.1.evil/cb", false, false },
        { "another path", "http://127.0.0.1/cb", "http://127.0.0.1:1/cb/", false, false },
        { "another host", "http://127.0.0.1/cb", "http://[::1]/cb", false, false },
        { "localhost is a name", "http://localhost:1/cb", "http://localhost:2/cb", false, false },
        { "with TLS", "https://127.0.0.1/cb", "https://127.0.0.1:1/cb", false, false },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        str_t a = str_from_cz(rows[i].registered);
        str_t b = str_from_cz(rows[i].given);
        if (redirect_uri_matches(a, b, false) != rows[i].strict ||
            redirect_uri_matches(a, b, true) != rows[i].native)
            fail_msg("%s", rows[i].name);
    }
    assert_false(redirect_uri_matches(STR(CB), STR(CB "\0"), true));
}

static void test_scopes(void **state)
{
    static const struct {
        const char *asked;
        const char *allowed;
        const char *got; /* NULL: E_INVALID_SCOPE */
    } rows[] = {
        { "openid email", "email openid", "openid email" },
        { "openid  openid x", "openid", "openid" },
        { "", "openid", "" },
        { " ", "openid", "" },
        { "open", "openid", "" },
        { "a\"b", "openid", NULL },
        { "a\\b", "openid", NULL },
        { "a\nb", "openid", NULL },
        { "\xc3\xa4", "openid", NULL },
    };
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    assert_non_null(a);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        str_t got = STR_NONE;
        err_t e = scope_cut(a, str_from_cz(rows[i].asked), str_from_cz(rows[i].allowed), &got);
        assert_int_equal(e, rows[i].got == NULL ? E_INVALID_SCOPE : E_OK);
        if (rows[i].got == NULL ? got.p != NULL : !str_eq(got, str_from_cz(rows[i].got)))
            fail_msg("%s: %.*s", rows[i].asked, STR_ARG(got));
    }
    assert_true(words_cover(STR("a b c"), STR("c a")));
    assert_true(words_cover(STR("a"), STR("")));
    assert_false(words_cover(STR("ab"), STR("a")));
    str_t joined = STR_NONE;
    assert_int_equal(words_join(a, STR("a b"), STR("b c"), &joined), E_OK);
    assert_true(str_eq(joined, STR("a b c")));
    assert_int_equal(words_without(a, STR("a b c"), STR("b"), &joined), E_OK);
    assert_true(str_eq(joined, STR("a c")));
}

/* RFC 7636 appendix B. */
#define VERIFIER  "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static void test_pkce(void **state)
{
    (void)state;
    digest_t d;
    digest_t untouched = { { 7 } };
    assert_int_equal(crypto_init(), E_OK);
    assert_int_equal(pkce_challenge(STR(CHALLENGE), &d), E_OK);
    str_t stored = str_of(d.b, sizeof d.b);
    assert_int_equal(pkce_check(STR(VERIFIER), stored), E_OK);
    assert_int_equal(pkce_check(STR_NONE, STR_NONE), E_OK);
    assert_int_equal(pkce_check(STR_NONE, stored), E_INVALID_GRANT);
    assert_int_equal(pkce_check(STR(VERIFIER), STR_NONE), E_INVALID_GRANT);
    assert_int_equal(pkce_check(STR(""), stored), E_INVALID_GRANT);
    assert_int_equal(pkce_check(STR(CHALLENGE), stored), E_INVALID_GRANT); /* `plain` */
    assert_int_equal(pkce_check(STR("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX "), stored),
                     E_INVALID_GRANT);
    d = untouched;
    assert_int_equal(pkce_challenge(STR("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN"), &d),
                     E_INVALID_REQUEST); /* its last bits are not zero */
    assert_int_equal(pkce_challenge(STR("short"), &d), E_INVALID_REQUEST);
    assert_memory_equal(&d, &untouched, sizeof d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redirects),
        cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_pkce),
    };
    return cmocka_run_group_tests_name("oauth-words", tests, NULL, NULL);
}
