/* SPDX-License-Identifier: Apache-2.0 */
#include "api/forwarded.h"

#include "api/request.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Two proxies of ours: one on this machine, one in 10.0.0.0/8. */
static const struct {
    const char *name;
    const char *peer;
    const char *first; /* X-Forwarded-For, twice as a field of its own */
    const char *second;
    const char *want; /* NULL: 400 */
} cases[] = {
    { "no proxy", "198.51.100.7", NULL, NULL, "198.51.100.7" },
    { "a stranger who writes the header", "198.51.100.7", "127.0.0.1", NULL, "198.51.100.7" },
    { "a stranger who writes nonsense", "198.51.100.7", "nonsense", NULL, "198.51.100.7" },
    { "a proxy", "127.0.0.1", "203.0.113.9", NULL, "203.0.113.9" },
    { "a proxy that says nothing", "127.0.0.1", NULL, NULL, "127.0.0.1" },
    { "what the client wrote before", "127.0.0.1", "192.0.2.1, 203.0.113.9", NULL, "203.0.113.9" },
    { "nonsense that the client wrote before", "127.0.0.1", "x, 203.0.113.9", NULL, "203.0.113.9" },
    { "two proxies", "127.0.0.1", "192.0.2.1, 203.0.113.9, 10.1.2.3", NULL, "203.0.113.9" },
    { "two fields", "127.0.0.1", "192.0.2.1, 203.0.113.9", "10.1.2.3", "203.0.113.9" },
    { "only proxies", "127.0.0.1", "10.9.9.9, 10.1.2.3", NULL, "10.9.9.9" },
    { "IPv6", "127.0.0.1", "2001:db8::9", NULL, "2001:db8::9" },
    { "IPv6 in brackets with a port", "127.0.0.1", "[2001:db8::9]:443", NULL, "2001:db8::9" },
    { "with a port", "127.0.0.1", "203.0.113.9:1234", NULL, "203.0.113.9" },
    { "nonsense from the proxy", "127.0.0.1", "unknown", NULL, NULL },
    { "empty from the proxy", "127.0.0.1", "", NULL, NULL },
    { "an empty hop", "127.0.0.1", "203.0.113.9,", NULL, NULL },
    { "an unclosed bracket", "127.0.0.1", "[2001:db8::9", NULL, NULL },
};

static struct settings make_settings(struct cidr proxies[static 2])
{
    assert_int_equal(cidr_parse(STR("127.0.0.1"), &proxies[0]), E_OK);
    assert_int_equal(cidr_parse(STR("10.0.0.0/8"), &proxies[1]), E_OK);
    return (struct settings){ .proxies = proxies, .proxies_n = 2 };
}

static void the_client_is_the_last_hop_that_is_no_proxy(void **state)
{
    (void)state;
    struct cidr proxies[2];
    struct settings s = make_settings(proxies);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct http_field fields[] = { { STR("X-Forwarded-For"), str_from_cz(cases[i].first) },
                                       { STR("x-forwarded-for"), str_from_cz(cases[i].second) } };
        struct http_xchg x = { .fields = fields };
        char text[PEER_TEXT_MAX];
        struct diag why = { 0 };
        x.fields_n = (cases[i].first != NULL ? 1U : 0U) + (cases[i].second != NULL ? 1U : 0U);
        assert_int_equal(ip_parse(str_from_cz(cases[i].peer), x.peer.ip), E_OK);
        err_t e = forwarded_apply(&s, &x, &why);
        if (cases[i].want == NULL ? e != E_BAD_REQUEST : e != E_OK)
            fail_msg("%s: %s", cases[i].name, err_info(e)->slug);
        str_t want = str_from_cz(e == E_OK ? cases[i].want : cases[i].peer);
        if (!str_eq(peer_text(&x.peer, text), want))
            fail_msg("%s: %s", cases[i].name, text);
    }
}

static void a_name_counts_only_from_a_proxy(void **state)
{
    (void)state;
    struct cidr proxies[2];
    struct settings s = make_settings(proxies);
    struct http_field fields[] = { { STR("X-Forwarded-Host"), STR("id.example") },
                                   { STR("X-Forwarded-Host"), STR("evil.example") } };
    struct http_xchg x = { .fields = fields, .fields_n = 1, .host = STR("inner") };
    assert_int_equal(ip_parse(STR("198.51.100.7"), x.peer.ip), E_OK);
    assert_int_equal(forwarded_apply(&s, &x, NULL), E_OK);
    assert_true(str_eq(x.host, STR("inner")));
    assert_int_equal(ip_parse(STR("127.0.0.1"), x.peer.ip), E_OK);
    assert_int_equal(forwarded_apply(&s, &x, NULL), E_OK);
    assert_true(str_eq(x.host, STR("id.example")));
    x.fields_n = 2;
    assert_int_equal(forwarded_apply(&s, &x, NULL), E_BAD_REQUEST);
    x.fields_n = 1;
    fields[0].value = STR("a, b");
    assert_int_equal(forwarded_apply(&s, &x, NULL), E_BAD_REQUEST);
    assert_true(str_eq(x.host, STR("id.example")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_client_is_the_last_hop_that_is_no_proxy),
        cmocka_unit_test(a_name_counts_only_from_a_proxy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
