/* SPDX-License-Identifier: Apache-2.0 */
/* Whom this server may call for somebody else (SAFETY rule 10). */
#include "plat/http/outbound.h"

#include "base/fault.h"
#include "plat/http/outbound_range.h"

#include "check.h"

#include <arpa/inet.h>

/* The address as a resolver would give it. */
static const struct {
    const char *ip;
    enum outbound_reach reach;
} addresses[] = {
    { "1.1.1.1", OUTBOUND_PUBLIC },
    { "9.255.255.255", OUTBOUND_PUBLIC },
    { "10.0.0.0", OUTBOUND_PRIVATE },
    { "10.255.255.255", OUTBOUND_PRIVATE },
    { "11.0.0.0", OUTBOUND_PUBLIC },
    { "100.63.255.255", OUTBOUND_PUBLIC },
    { "100.64.0.0", OUTBOUND_PRIVATE },
    { "100.127.255.255", OUTBOUND_PRIVATE },
    { "100.128.0.0", OUTBOUND_PUBLIC },
    { "100.100.100.200", OUTBOUND_NEVER },
    { "168.63.129.16", OUTBOUND_NEVER },
    { "172.15.255.255", OUTBOUND_PUBLIC },
    { "172.16.0.0", OUTBOUND_PRIVATE },
    { "172.31.255.255", OUTBOUND_PRIVATE },
    { "172.32.0.0", OUTBOUND_PUBLIC },
    { "192.168.0.1", OUTBOUND_PRIVATE },
    { "192.169.0.0", OUTBOUND_PUBLIC },
    { "0.0.0.0", OUTBOUND_NEVER },
    { "0.1.2.3", OUTBOUND_NEVER },
    { "127.0.0.1", OUTBOUND_LOOPBACK },
    { "127.255.255.254", OUTBOUND_LOOPBACK },
    { "128.0.0.1", OUTBOUND_PUBLIC },
    { "169.254.169.254", OUTBOUND_NEVER },
    { "169.254.0.1", OUTBOUND_NEVER },
    { "192.0.0.192", OUTBOUND_NEVER },
    { "192.0.2.1", OUTBOUND_NEVER },
    { "192.88.99.1", OUTBOUND_NEVER },
    { "198.18.0.1", OUTBOUND_NEVER },
    { "198.19.255.255", OUTBOUND_NEVER },
    { "198.51.100.1", OUTBOUND_NEVER },
    { "203.0.113.1", OUTBOUND_NEVER },
    { "223.255.255.255", OUTBOUND_PUBLIC },
    { "224.0.0.1", OUTBOUND_NEVER },
    { "239.255.255.255", OUTBOUND_NEVER },
    { "240.0.0.1", OUTBOUND_NEVER },
    { "255.255.255.255", OUTBOUND_NEVER },
    { "::", OUTBOUND_NEVER },
    { "::1", OUTBOUND_LOOPBACK },
    { "::2", OUTBOUND_NEVER },
    { "::127.0.0.1", OUTBOUND_NEVER },
    { "::ffff:127.0.0.1", OUTBOUND_NEVER },
    { "::ffff:1.1.1.1", OUTBOUND_NEVER },
    { "::ffff:0:127.0.0.1", OUTBOUND_NEVER },
    { "64:ff9b::127.0.0.1", OUTBOUND_NEVER },
    { "64:ff9b::1.1.1.1", OUTBOUND_NEVER },
    { "64:ff9b:1::a00:1", OUTBOUND_NEVER },
    { "100::1", OUTBOUND_NEVER },
    { "1fff:ffff::1", OUTBOUND_NEVER },
    { "2000::1", OUTBOUND_PUBLIC },
    { "2001::1", OUTBOUND_NEVER },
    { "2001:0:7f00:1::", OUTBOUND_NEVER },
    { "2001:20::1", OUTBOUND_NEVER },
    { "2001:1ff:ffff::1", OUTBOUND_NEVER },
    { "2001:200::1", OUTBOUND_PUBLIC },
    { "2001:db8::1", OUTBOUND_NEVER },
    { "2002:7f00:1::", OUTBOUND_NEVER },
    { "2003::1", OUTBOUND_PUBLIC },
    { "2606:4700:4700::1111", OUTBOUND_PUBLIC },
    { "3fff::1", OUTBOUND_NEVER },
    { "3fff:1000::1", OUTBOUND_PUBLIC },
    { "4000::1", OUTBOUND_NEVER },
    { "5f00::1", OUTBOUND_NEVER },
    { "fc00::1", OUTBOUND_PRIVATE },
    { "fdff:ffff::1", OUTBOUND_PRIVATE },
    { "fd00:ec2::254", OUTBOUND_NEVER },
    { "fd20:ce::254", OUTBOUND_NEVER },
    { "fe00::1", OUTBOUND_NEVER },
    { "fe80::1", OUTBOUND_NEVER },
    { "febf::1", OUTBOUND_NEVER },
    { "fec0::1", OUTBOUND_NEVER },
    { "ff02::1", OUTBOUND_NEVER },
};

static void test_ranges(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
        const char *text = addresses[i].ip;
        struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
        struct sockaddr_in four = { .sin_family = AF_INET };
        uint8_t ip[16];
        bool is_six = strchr(text, ':') != NULL;
        int ok = is_six ? inet_pton(AF_INET6, text, &six.sin6_addr)
                        : inet_pton(AF_INET, text, &four.sin_addr);
        check(ok == 1, text);
        const void *at = is_six ? (const void *)&six : (const void *)&four;
        check(outbound_reach_of(at, ip) == addresses[i].reach, text);
    }
}

static void test_other_families(void **state)
{
    struct sockaddr_in6 zoned = { .sin6_family = AF_INET6, .sin6_scope_id = 1 };
    struct sockaddr local = { .sa_family = AF_UNIX };
    uint8_t ip[16];
    (void)state;
    zoned.sin6_addr.s6_addr[0] = 0x20;
    assert_int_equal(outbound_reach_of((const void *)&zoned, ip), OUTBOUND_NEVER);
    assert_int_equal(outbound_reach_of(&local, ip), OUTBOUND_NEVER);
}

static const struct outbound_allow home[] = {
    { .name = { "ntfy.home.arpa", 14 } },
    { .name = { "*.lan", 5 } },
    { .block = { { [10] = 0xff, [11] = 0xff, [12] = 192, [13] = 168 }, 112 } },
};
static const struct outbound_rules strict = { 0 };
static const struct outbound_rules homely = { .allow = home, .allow_n = ARRAY_LEN(home) };
static const struct outbound_rules local = { .loopback = true };
static const struct outbound_rules near = { .private = true };

static const struct {
    const char *url;
    const struct outbound_rules *rules;
    err_t want;
} urls[] = {
    { "https://example.org/hook?x=1", &strict, E_OK },
    { "https://example.org:8443", &strict, E_OK },
    { "HTTPS://1.1.1.1/", &strict, E_OK },
    { "https://[2606:4700:4700::1111]/", &strict, E_OK },
    { "http://example.org/", &strict, E_FORBIDDEN },
    { "http://1.1.1.1/", &homely, E_FORBIDDEN },
    { "https://127.0.0.1/", &strict, E_FORBIDDEN },
    { "https://127.1/", &strict, E_FORBIDDEN },
    { "https://2130706433/", &strict, E_FORBIDDEN },
    { "https://0x7f.0.0.1/", &strict, E_FORBIDDEN },
    { "https://0177.0.0.1/", &strict, E_FORBIDDEN },
    { "https://[::1]/", &strict, E_FORBIDDEN },
    { "https://[::ffff:127.0.0.1]/", &strict, E_FORBIDDEN },
    { "https://[::ffff:127.0.0.1]/", &local, E_FORBIDDEN },
    { "https://[::127.0.0.1]/", &local, E_FORBIDDEN },
    { "https://169.254.169.254/latest/meta-data", &local, E_FORBIDDEN },
    { "https://169.254.169.254/", &near, E_FORBIDDEN },
    { "https://[fe80::1]/", &near, E_FORBIDDEN },
    { "https://192.168.1.1/", &strict, E_FORBIDDEN },
    { "http://192.168.1.1/", &homely, E_OK },
    { "http://192.168.1.1/", &near, E_OK },
    { "http://10.0.0.1/", &homely, E_FORBIDDEN },
    { "http://127.0.0.1:8080/", &local, E_OK },
    { "http://127.0.0.1:8080/", &homely, E_FORBIDDEN },
    { "http://ntfy.home.arpa/topic", &homely, E_OK },
    { "http://NTFY.home.arpa./topic", &homely, E_OK },
    { "http://nas.lan/", &homely, E_OK },
    { "ftp://example.org/", &strict, E_BAD_FIELD },
    { "file:///etc/passwd", &local, E_BAD_FIELD },
    { "gopher://example.org/", &strict, E_BAD_FIELD },
    { "https://user@example.org/", &strict, E_BAD_FIELD },
    { "https://user:secret@example.org/", &strict, E_BAD_FIELD },
    { "https://example.org/#part", &strict, E_BAD_FIELD },
    { "https://exa%6dple.org%00.evil/", &strict, E_BAD_FIELD },
    { "https://[fe80::1%25lo]/", &local, E_BAD_FIELD },
    { "https:///path", &strict, E_BAD_FIELD },
    { "https:/example.org", &strict, E_BAD_FIELD },
    { "https://example.org\\@127.0.0.1/", &strict, E_BAD_FIELD },
    { "https://exa mple.org/", &strict, E_BAD_FIELD },
    { "https://example.org:0/", &strict, E_BAD_FIELD },
    { "https://example.org:65536/", &strict, E_BAD_FIELD },
    { "https://", &strict, E_BAD_FIELD },
    { "example.org", &strict, E_BAD_FIELD },
    { "/path", &strict, E_BAD_FIELD },
    { "", &strict, E_BAD_FIELD },
};

static void test_urls(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        struct diag why = { 0 };
        err_t e = outbound_url_check(urls[i].rules, a, str_from_cz(urls[i].url), &why);
        check(e == urls[i].want, urls[i].url);
        check((e == E_OK) == (why.text[0] == '\0'), urls[i].url);
    }
}

static const struct {
    const char *text;
    bool ok;
} allowed[] = {
    { "10.0.0.0/8", true },  { "fd00::/8", true }, { "nas", true },  { "*.home.arpa", true },
    { "10.0.0.1/8", false }, { "10.0.0", false },  { "*", false },   { "*.", false },
    { "http://nas", false }, { "nas:80", false },  { "a b", false }, { "", false },
    { "*.*.x", false },
};

static void test_allowed(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(allowed); i++) {
        struct outbound_allow row;
        err_t e = outbound_allow_parse(str_from_cz(allowed[i].text), &row);
        check(e == (allowed[i].ok ? E_OK : E_BAD_FIELD), allowed[i].text);
    }
}

/* What libcurl is told and what it is kept from are tried for real in tests/e2e/outbound.test.mjs.
 */
static void test_call_is_refused_before_it_connects(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    struct http_call call = { .method = "GET",
                              .url = "https://[::ffff:127.0.0.1]/",
                              .connect_max = DUR_S(1),
                              .total_max = DUR_S(1) };
    struct http_answer answer = { .status = -1 };
    (void)state;
    assert_int_equal(outbound_call(&local, a, &call, NULL, &answer), E_FORBIDDEN);
    call.url = "http://nas.example/";
    assert_int_equal(outbound_url_check(&strict, a, STR("http://nas.example/"), NULL), E_FORBIDDEN);
    assert_int_equal(answer.status, -1);
}

static void test_faults(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        fault_arm(n);
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        err_t e = a == NULL ? E_NO_MEMORY
                            : outbound_url_check(&strict, a, STR("https://1.1.1.1:444/a"), NULL);
        bool fired = fault_used();
        fault_disarm();
        check(fired ? e != E_OK : e == E_OK, "a failed step refuses");
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_other_families),
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_allowed),
        cmocka_unit_test(test_call_is_refused_before_it_connects),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
