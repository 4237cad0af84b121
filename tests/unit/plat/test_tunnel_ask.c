/* SPDX-License-Identifier: Apache-2.0 */
/* What a caged program may ask of its proxy: CONNECT, as the grammar has it. */
#include "check.h"
#include "plat/http/tunnel.h"
#include "plat/http/tunnel_ask.h"

#define ASK "CONNECT api.example.org:443 HTTP/1.1\r\n"

static const struct {
    const char *name;
    const char *text;
    err_t want;
} rows[] = {
    { "plain", ASK "\r\n", E_OK },
    { "HTTP/1.0, as Python asks", "CONNECT api.example.org:443 HTTP/1.0\r\n\r\n", E_OK },
    { "an address", "CONNECT 192.0.2.7:8443 HTTP/1.1\r\n\r\n", E_OK },
    { "fields", ASK "Host: api.example.org:443\r\nUser-Agent: x\r\n\r\n", E_OK },
    { "another Host, which nobody looks at", ASK "Host: elsewhere\r\n\r\n", E_OK },
    { "what is behind it is not looked at", ASK "\r\nGET / HTTP/1.1\n", E_OK },
    { "nothing", "", E_AGAIN },
    { "no end of line", "CONNECT api.example.org:443 HTTP/1.1", E_AGAIN },
    { "no end of head", ASK, E_AGAIN },
    { "no end of field", ASK "Host: x\r", E_AGAIN },
    { "another method", "GET https://x/ HTTP/1.1\r\n\r\n", E_METHOD_NOT_ALLOWED },
    { "the method in small letters", "connect a.b:1 HTTP/1.1\r\n\r\n", E_METHOD_NOT_ALLOWED },
    { "HTTP/2.0", "CONNECT a.b:443 HTTP/2.0\r\n\r\n", E_BAD_VERSION },
    { "a blank behind", "CONNECT a.b:443 HTTP/1.1 \r\n\r\n", E_BAD_VERSION },
    { "two blanks", "CONNECT  a.b:443 HTTP/1.1\r\n\r\n", E_BAD_REQUEST },
    { "a tab", "CONNECT\ta.b:443 HTTP/1.1\r\n\r\n", E_BAD_REQUEST },
    { "an empty line first", "\r\n" ASK "\r\n", E_BAD_REQUEST },
    { "a bare LF", "CONNECT a.b:443 HTTP/1.1\n\r\n", E_BAD_REQUEST },
    { "a bare LF at the end", ASK "\n", E_BAD_REQUEST },
    { "no port", "CONNECT a.b HTTP/1.1\r\n\r\n", E_BAD_REQUEST },
    { "port 0", "CONNECT a.b:0 HTTP/1.1\r\n\r\n", E_BAD_REQUEST },
    { "an URL", "CONNECT https://a.b:443/ HTTP/1.1\r\n\r\n", E_BAD_REQUEST },
    { "a user", "CONNECT u@a.b:443 HTTP/1.1\r\n\r\n", E_BAD_REQUEST },
    { "IPv6", "CONNECT [::1]:443 HTTP/1.1\r\n\r\n", E_BAD_REQUEST },
    { "an address of one number", "CONNECT 2130706433:443 HTTP/1.1\r\n\r\n", E_BAD_REQUEST },
    { "a length", ASK "Content-Length: 0\r\n\r\n", E_BAD_REQUEST },
    { "chunks", ASK "TRANSFER-encoding: chunked\r\n\r\n", E_BAD_REQUEST },
    { "two hosts", ASK "Host: a\r\nhost: a\r\n\r\n", E_BAD_REQUEST },
    { "a folded line", ASK " x: y\r\n\r\n", E_BAD_REQUEST },
    { "a blank before the colon", ASK "x : y\r\n\r\n", E_BAD_REQUEST },
    { "no colon", ASK "xy\r\n\r\n", E_BAD_REQUEST },
};

/* Whole, and byte by byte: what is refused is refused as soon as it is there. */
static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        str_t text = str_from_cz(rows[i].text);
        struct tunnel_ask ask;
        err_t e = tunnel_ask_read(text, NULL, &ask);
        if (e != rows[i].want)
            fail_msg("%s: %s", rows[i].name, err_info(e)->slug);
        for (size_t n = 0; n <= text.n; n++) {
            struct tunnel_ask part;
            err_t sooner = tunnel_ask_read(str_sub(text, 0, n), NULL, &part);
            check(sooner == E_AGAIN || sooner == rows[i].want, rows[i].name);
            check(e != E_OK || sooner != E_OK || (part.n == ask.n && part.n <= n), rows[i].name);
        }
    }
}

static void test_parts(void **state)
{
    (void)state;
    struct tunnel_ask ask;
    assert_int_equal(tunnel_ask_read(STR(ASK "\r\nbehind"), NULL, &ask), E_OK);
    check(str_eq(ask.host, STR("api.example.org")) && ask.port == 443, "host and port");
    assert_int_equal(ask.n, sizeof ASK - 1 + 2);
    assert_int_equal(tunnel_ask_read(STR("GET /x HTTP/1.1\r\n"), NULL, &ask), E_METHOD_NOT_ALLOWED);
    check(str_eq(ask.target, STR("/x")), "what was wanted is known where it is refused");
}

static void test_sizes(void **state)
{
    (void)state;
    static char text[2 * TUNNEL_HEAD_MAX];
    struct tunnel_ask ask;
    size_t n = sizeof ASK - 1;
    memcpy(text, ASK "X: ", n + 3);
    memset(text + n + 3, 'y', sizeof text - n - 3);
    assert_int_equal(tunnel_ask_read(str_of(text, TUNNEL_HEAD_MAX - 1), NULL, &ask), E_AGAIN);
    assert_int_equal(tunnel_ask_read(str_of(text, TUNNEL_HEAD_MAX), NULL, &ask), E_HEAD_TOO_BIG);
    memcpy(text + TUNNEL_HEAD_MAX - 4, "\r\n\r\n", 4);
    assert_int_equal(tunnel_ask_read(str_of(text, sizeof text), NULL, &ask), E_OK);
    memset(text + TUNNEL_HEAD_MAX - 4, 'y', 4);
    memcpy(text + TUNNEL_HEAD_MAX - 3, "\r\n\r\n", 4);
    assert_int_equal(tunnel_ask_read(str_of(text, sizeof text), NULL, &ask), E_HEAD_TOO_BIG);
    for (size_t fields = 0; fields <= TUNNEL_FIELDS_MAX; fields++) {
        memcpy(text + n + 6 * fields, "X: y\r\n", 6);
        memcpy(text + n + 6 * (fields + 1), "\r\n", 2);
        err_t want = fields < TUNNEL_FIELDS_MAX ? E_OK : E_HEAD_TOO_BIG;
        assert_int_equal(tunnel_ask_read(str_of(text, n + 6 * (fields + 1) + 2), NULL, &ask), want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
