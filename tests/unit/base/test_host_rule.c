/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts that may be connected to: as they are written down, and as they are asked for. */
#include "base/host_rule.h"
#include "check.h"

static const struct {
    const char *rule;
    err_t want;
    uint16_t port;
} rules[] = {
    { "api.example.org", E_OK, 443 },
    { "*.example.org", E_OK, 443 },
    { "api.example.org:8443", E_OK, 8443 },
    { "localhost:1", E_OK, 1 },
    { "192.0.2.7:65535", E_OK, 65535 },
    { "a_b.xn--p1ai", E_OK, 443 },
    { "", E_BAD_FIELD, 0 },
    { "*", E_BAD_FIELD, 0 },
    { "*.", E_BAD_FIELD, 0 },
    { "**.example.org", E_BAD_FIELD, 0 },
    { "api.*.org", E_BAD_FIELD, 0 },
    { "*.192.0.2.7", E_BAD_FIELD, 0 },
    { ".example.org", E_BAD_FIELD, 0 },
    { "example.org.", E_BAD_FIELD, 0 },
    { "example..org", E_BAD_FIELD, 0 },
    { "exam ple.org", E_BAD_FIELD, 0 },
    { "https://example.org", E_BAD_FIELD, 0 },
    { "example.org/x", E_BAD_FIELD, 0 },
    { "u@example.org", E_BAD_FIELD, 0 },
    { "example.org:", E_BAD_FIELD, 0 },
    { "example.org:0", E_BAD_FIELD, 0 },
    { "example.org:65536", E_BAD_FIELD, 0 },
    { "example.org:000443", E_BAD_FIELD, 0 },
    { "example.org:+443", E_BAD_FIELD, 0 },
    { "example.org:443:443", E_BAD_FIELD, 0 },
    { "2130706433", E_BAD_FIELD, 0 },
    { "0x7f.1", E_BAD_FIELD, 0 },
    { "127.0x1", E_BAD_FIELD, 0 },
    { "010.0.0.1", E_BAD_FIELD, 0 },
    { "127.1", E_BAD_FIELD, 0 },
    { "[::1]:443", E_BAD_FIELD, 0 },
    { "::1", E_BAD_FIELD, 0 },
};

static void test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        struct host_rule rule;
        err_t e = host_rule_parse(str_from_cz(rules[i].rule), 443, &rule);
        check(e == rules[i].want && (e != E_OK || rule.port == rules[i].port), rules[i].rule);
    }
}

static void test_length(void **state)
{
    (void)state;
    char text[300];
    struct host_rule rule;
    memset(text, 'a', sizeof text);
    for (size_t i = 49; i < sizeof text; i += 50)
        text[i] = '.';
    text[252] = 'a';
    assert_int_equal(host_rule_parse(str_of(text, HOST_NAME_MAX_N), 443, &rule), E_OK);
    assert_int_equal(host_rule_parse(str_of(text, HOST_NAME_MAX_N + 1), 443, &rule), E_BAD_FIELD);
    memset(text, 'a', sizeof text);
    assert_int_equal(host_rule_parse(str_of(text, 63), 443, &rule), E_OK);
    assert_int_equal(host_rule_parse(str_of(text, 64), 443, &rule), E_BAD_FIELD);
}

static void test_asked(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        err_t want;
    } rows[] = {
        { "api.example.org:443", E_OK },
        { "192.0.2.7:80", E_OK },
        { "api.example.org", E_BAD_FIELD },
        { "*.example.org:443", E_BAD_FIELD },
        { "[::1]:443", E_BAD_FIELD },
        { ":443", E_BAD_FIELD },
        { "api.example.org:", E_BAD_FIELD },
        { "api.example.org:443 ", E_BAD_FIELD },
        { "api.example.org%00:443", E_BAD_FIELD },
        { "3232235777:443", E_BAD_FIELD },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        str_t host;
        uint16_t port;
        check(host_port_parse(str_from_cz(rows[i].text), &host, &port) == rows[i].want,
              rows[i].text);
    }
}

static void test_names(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        const char *host;
        bool want;
    } rows[] = {
        { "api.example.org", "api.example.org", true },
        { "api.example.org", "API.Example.ORG", true },
        { "api.example.org", "example.org", false },
        { "api.example.org", "x.api.example.org", false },
        { "api.example.org", "api.example.org.evil.test", false },
        { "*.example.org", "api.example.org", true },
        { "*.example.org", "a.b.EXAMPLE.org", true },
        { "*.example.org", "example.org", false },
        { "*.example.org", ".example.org", false },
        { "*.example.org", "evilexample.org", false },
        { "192.0.2.7", "192.0.2.7", true },
        { "192.0.2.7", "192.0.2.70", false },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct host_rule rule;
        assert_int_equal(host_rule_parse(str_from_cz(rows[i].rule), 443, &rule), E_OK);
        check(host_rule_names(&rule, str_from_cz(rows[i].host)) == rows[i].want, rows[i].host);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_asked),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
