/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a request: every row of SAFETY's table that a head can break, read whole and byte by
 * byte. */
#include "plat/http/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define H "Host: a\r\n"

struct row {
    const char *name;
    str_t in;
    err_t want;
};

#define ROW(name, text, want)                                                                      \
    {                                                                                              \
        name, { text, sizeof(text) - 1 }, want                                                     \
    }

static const struct row rows[] = {
    ROW("a plain request", "GET / HTTP/1.1\r\n" H "\r\n", E_OK),
    ROW("one empty line before it", "\r\nGET / HTTP/1.1\r\n" H "\r\n", E_OK),
    ROW("names in any case", "GET / HTTP/1.1\r\nhOST: a\r\n\r\n", E_OK),
    ROW("an empty value", "GET / HTTP/1.1\r\n" H "X:\r\n\r\n", E_OK),
    ROW("obs-text in a value", "GET / HTTP/1.1\r\n" H "X: caf\xc3\xa9\xff, more text\r\n\r\n",
        E_OK),
    ROW("blanks around a value", "GET / HTTP/1.1\r\n" H "X: \t a \t\r\n\r\n", E_OK),
    ROW("HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", E_OK),
    ROW("absolute form with its own Host", "GET http://a/x HTTP/1.1\r\n" H "\r\n", E_OK),
    ROW("absolute form without a path", "GET http://a?q HTTP/1.1\r\n" H "\r\n", E_OK),
    ROW("OPTIONS of the whole server", "OPTIONS * HTTP/1.1\r\n" H "\r\n", E_OK),
    ROW("an unknown method has its framing", "BREW / HTTP/1.1\r\n" H "\r\n", E_OK),
    ROW("a length", "POST / HTTP/1.1\r\n" H "Content-Length: 33\r\n\r\n", E_OK),
    ROW("the greatest length",
        "POST / HTTP/1.1\r\n" H "Content-Length: 9223372036854775807\r\n\r\n", E_OK),
    ROW("chunked", "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n", E_OK),
    ROW("Host with a port", "GET / HTTP/1.1\r\nHost: a.example:8080\r\n\r\n", E_OK),
    ROW("Host with IPv6", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", E_OK),

    ROW("two empty lines before it", "\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n", E_BAD_REQUEST),
    ROW("HTTP/0.9", "GET /\r\n", E_BAD_REQUEST),
    ROW("two spaces", "GET  / HTTP/1.1\r\n" H "\r\n", E_BAD_REQUEST),
    ROW("a space more at the end", "GET / HTTP/1.1 \r\n" H "\r\n", E_BAD_REQUEST),
    ROW("a space before the method", " GET / HTTP/1.1\r\n" H "\r\n", E_BAD_REQUEST),
    ROW("a tab for a space", "GET\t/ HTTP/1.1\r\n" H "\r\n", E_BAD_REQUEST),
    ROW("no method", " / HTTP/1.1\r\n" H "\r\n", E_BAD_REQUEST),
    ROW("a method that is no token", "GE(T / HTTP/1.1\r\n" H "\r\n", E_BAD_REQUEST),
    ROW("lower-case version", "GET / http/1.1\r\n" H "\r\n", E_BAD_REQUEST),
    ROW("HTTP/1.10", "GET / HTTP/1.10\r\n" H "\r\n", E_BAD_REQUEST),
    ROW("HTTP/9.9", "GET / HTTP/9.9\r\n" H "\r\n", E_BAD_VERSION),
    ROW("HTTP/2.0", "GET / HTTP/2.0\r\n" H "\r\n", E_BAD_VERSION),
    ROW("CONNECT", "CONNECT a:443 HTTP/1.1\r\n" H "\r\n", E_BAD_REQUEST),
    ROW("a fragment", "GET /#x HTTP/1.1\r\n" H "\r\n", E_BAD_REQUEST),
    ROW("a target that is not ASCII", "GET /\xc3\xa9 HTTP/1.1\r\n" H "\r\n", E_BAD_REQUEST),
    ROW("a control character in the target", "GET /\x01 HTTP/1.1\r\n" H "\r\n", E_BAD_REQUEST),
    ROW("a target without a slash", "GET x HTTP/1.1\r\n" H "\r\n", E_BAD_REQUEST),
    ROW("another scheme", "GET ftp://a/ HTTP/1.1\r\n" H "\r\n", E_BAD_REQUEST),
    ROW("GET *", "GET * HTTP/1.1\r\n" H "\r\n", E_BAD_REQUEST),
    ROW("bare LF", "GET / HTTP/1.1\n" H "\r\n", E_BAD_REQUEST),
    ROW("bare LF after a field", "GET / HTTP/1.1\r\nHost: a\n\r\n", E_BAD_REQUEST),
    ROW("bare LF as the empty line", "GET / HTTP/1.1\r\n" H "\n", E_BAD_REQUEST),
    ROW("bare CR in a value", "GET / HTTP/1.1\r\n" H "X: a\rb\r\n\r\n", E_BAD_REQUEST),
    ROW("CR CR LF", "GET / HTTP/1.1\r\n" H "X: a\r\r\n\r\n", E_BAD_REQUEST),
    ROW("NUL in a value", "GET / HTTP/1.1\r\n" H "X: a\0b\r\n\r\n", E_BAD_REQUEST),
    ROW("NUL far in a value", "GET / HTTP/1.1\r\n" H "X: abcdefghijk\0lmnop\r\n\r\n",
        E_BAD_REQUEST),
    ROW("DEL in a value", "GET / HTTP/1.1\r\n" H "X: abcdefgh\x7fijklmnop\r\n\r\n", E_BAD_REQUEST),
    ROW("a control next to obs-text",
        "GET / HTTP/1.1\r\n" H "X: abc\xff\x01"
        "efgh\r\n\r\n",
        E_BAD_REQUEST),
    ROW("a space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", E_BAD_REQUEST),
    ROW("obs-fold", "GET / HTTP/1.1\r\n" H "X: a\r\n b\r\n\r\n", E_BAD_REQUEST),
    ROW("a first field line that is folded", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", E_BAD_REQUEST),
    ROW("no colon", "GET / HTTP/1.1\r\n" H "X\r\n\r\n", E_BAD_REQUEST),
    ROW("an empty name", "GET / HTTP/1.1\r\n" H ": a\r\n\r\n", E_BAD_REQUEST),
    ROW("a name that is no token", "GET / HTTP/1.1\r\n" H "X(: a\r\n\r\n", E_BAD_REQUEST),
    ROW("a name that is not ASCII", "GET / HTTP/1.1\r\n" H "X\xe9: a\r\n\r\n", E_BAD_REQUEST),
    ROW("no Host", "GET / HTTP/1.1\r\nX: a\r\n\r\n", E_BAD_REQUEST),
    ROW("two Hosts", "GET / HTTP/1.1\r\n" H H "\r\n", E_BAD_REQUEST),
    ROW("an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", E_BAD_REQUEST),
    ROW("Host with userinfo", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", E_BAD_REQUEST),
    ROW("Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", E_BAD_REQUEST),
    ROW("Host with a blank", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", E_BAD_REQUEST),
    ROW("Host with two ports", "GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n", E_BAD_REQUEST),
    ROW("Host with a port over 65535", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", E_BAD_REQUEST),
    ROW("Host with an open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", E_BAD_REQUEST),
    ROW("Host with no address in it", "GET / HTTP/1.1\r\nHost: [x]\r\n\r\n", E_BAD_REQUEST),
    ROW("Host with a bad escape", "GET / HTTP/1.1\r\nHost: a%zz\r\n\r\n", E_BAD_REQUEST),
    ROW("absolute form with another Host", "GET http://b/ HTTP/1.1\r\n" H "\r\n", E_BAD_REQUEST),
    ROW("absolute form with userinfo", "GET http://u@a/ HTTP/1.1\r\n" H "\r\n", E_BAD_REQUEST),
    ROW("absolute form without Host", "GET http://a/ HTTP/1.1\r\n\r\n", E_BAD_REQUEST),
    ROW("length and chunks",
        "POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        E_BAD_REQUEST),
    ROW("chunks and length",
        "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
        E_BAD_REQUEST),
    ROW("two equal lengths",
        "POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nContent-Length: 3\r\n\r\n", E_BAD_REQUEST),
    ROW("a length with a sign", "POST / HTTP/1.1\r\n" H "Content-Length: +33\r\n\r\n",
        E_BAD_REQUEST),
    ROW("a list of lengths", "POST / HTTP/1.1\r\n" H "Content-Length: 33,33\r\n\r\n",
        E_BAD_REQUEST),
    ROW("a negative length", "POST / HTTP/1.1\r\n" H "Content-Length: -1\r\n\r\n", E_BAD_REQUEST),
    ROW("a hexadecimal length", "POST / HTTP/1.1\r\n" H "Content-Length: 0x3\r\n\r\n",
        E_BAD_REQUEST),
    ROW("an empty length", "POST / HTTP/1.1\r\n" H "Content-Length:\r\n\r\n", E_BAD_REQUEST),
    ROW("a length of 2^63", "POST / HTTP/1.1\r\n" H "Content-Length: 9223372036854775808\r\n\r\n",
        E_BAD_REQUEST),
    ROW("a length over 2^64",
        "POST / HTTP/1.1\r\n" H "Content-Length: 99999999999999999999\r\n\r\n", E_BAD_REQUEST),
    ROW("another coding", "POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip\r\n\r\n", E_BAD_REQUEST),
    ROW("a list of codings", "POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n",
        E_BAD_REQUEST),
    ROW("identity", "POST / HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\n\r\n", E_BAD_REQUEST),
    ROW("an empty coding", "POST / HTTP/1.1\r\n" H "Transfer-Encoding:\r\n\r\n", E_BAD_REQUEST),
    ROW("chunked twice in a line",
        "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked, chunked\r\n\r\n", E_BAD_REQUEST),
    ROW("chunked with a vertical tab",
        "POST / HTTP/1.1\r\n" H "Transfer-Encoding: \x0b"
        "chunked\r\n\r\n",
        E_BAD_REQUEST),
    ROW("chunked in another case", "POST / HTTP/1.1\r\n" H "Transfer-Encoding: Chunked\r\n\r\n",
        E_BAD_REQUEST),
    ROW("two codings in two fields",
        "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        E_BAD_REQUEST),
    ROW("chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        E_BAD_REQUEST),
};

/* The engine's own order: head, target, fields. `step` bytes arrive at a time. */
static err_t verdict(str_t in, size_t step)
{
    struct http_field fields[HTTP_FIELDS_MAX];
    struct head h;
    struct uri u;
    struct frame f;
    err_t e = E_AGAIN;
    head_init(&h, fields);
    for (size_t n = step; e == E_AGAIN; n += step) {
        e = head_parse(&h, str_sub(in, 0, n), NULL);
        if (n >= in.n)
            break;
    }
    if (e == E_OK)
        e = uri_split(h.target, h.method == HTTP_OPTIONS, NULL, &u);
    return e == E_OK ? frame_read(&h, &u, NULL, &f) : e;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (verdict(rows[i].in, rows[i].in.n) != rows[i].want)
            fail_msg("%s: whole: %d", rows[i].name, verdict(rows[i].in, rows[i].in.n));
        if (verdict(rows[i].in, 1) != rows[i].want)
            fail_msg("%s: byte by byte: %d", rows[i].name, verdict(rows[i].in, 1));
    }
}

static void test_an_open_head_asks_for_more(void **state)
{
    (void)state;
    static const char text[] = "GET / HTTP/1.1\r\n" H "X: y\r\n\r\n";
    for (size_t n = 0; n + 1 < sizeof text - 1; n++)
        assert_int_equal(verdict((str_t){ text, n }, n), E_AGAIN);
}

static void test_what_is_kept(void **state)
{
    (void)state;
    static const char text[] =
        "POST http://a:80/x%20y?q=1 HTTP/1.0\r\nHost: a:80\r\nConnection: x, Keep-Alive\r\n"
        "Content-Length: 007\r\nExpect: 100-Continue\r\nX:  b c \r\n\r\nrest";
    struct http_field fields[HTTP_FIELDS_MAX];
    struct head h;
    struct uri u;
    struct frame f;
    head_init(&h, fields);
    assert_int_equal(head_parse(&h, str_of(text, sizeof text - 1), NULL), E_OK);
    assert_int_equal(h.line, sizeof text - 1 - 4);
    assert_int_equal(h.method, HTTP_POST);
    assert_int_equal(h.minor, 0);
    assert_int_equal(h.fields_n, 5);
    assert_true(str_eq(h.fields[4].name, STR("X")));
    assert_true(str_eq(h.fields[4].value, STR("b c")));
    assert_int_equal(uri_split(h.target, false, NULL, &u), E_OK);
    assert_true(str_eq(u.target, STR("/x%20y?q=1")));
    assert_true(str_eq(u.path, STR("/x%20y")));
    assert_true(str_eq(u.query, STR("q=1")));
    assert_int_equal(frame_read(&h, &u, NULL, &f), E_OK);
    assert_true(f.keep_alive);
    assert_false(f.wants_100); /* nobody waits for it in HTTP/1.0 */
    assert_int_equal(f.body.left, 7);
    assert_true(str_eq(f.host, STR("a:80")));
}

/* A request line or head of exactly n bytes, CRLFs counted. */
static err_t sized(size_t line_n, size_t head_n, size_t fields_n)
{
    static char text[3 * HTTP_HEAD_MAX];
    size_t n = (size_t)snprintf(text, sizeof text, "GET /");
    size_t tail = sizeof " HTTP/1.1\r\n" - 1;
    while (n + tail < line_n)
        text[n++] = 'a';
    n += (size_t)snprintf(text + n, sizeof text - n, " HTTP/1.1\r\nHost: a\r\n");
    for (size_t i = 1; i < fields_n; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "F: v\r\n");
    if (head_n > n) {
        n += (size_t)snprintf(text + n, sizeof text - n, "X: ");
        while (n + 4 < head_n)
            text[n++] = 'v';
        n += (size_t)snprintf(text + n, sizeof text - n, "\r\n");
    }
    n += (size_t)snprintf(text + n, sizeof text - n, "\r\n");
    err_t e = verdict((str_t){ text, n }, n);
    assert_int_equal(verdict((str_t){ text, n }, 1), e);
    return e;
}

static void test_sizes(void **state)
{
    (void)state;
    assert_int_equal(sized(HTTP_LINE_MAX, 0, 1), E_OK);
    assert_int_equal(sized(HTTP_LINE_MAX + 1, 0, 1), E_URI_TOO_LONG);
    assert_int_equal(sized(0, HTTP_HEAD_MAX, 1), E_OK);
    assert_int_equal(sized(0, HTTP_HEAD_MAX + 1, 1), E_HEAD_TOO_BIG);
    assert_int_equal(sized(0, 0, HTTP_FIELDS_MAX), E_OK);
    assert_int_equal(sized(0, 0, HTTP_FIELDS_MAX + 1), E_HEAD_TOO_BIG);
}

static void test_an_endless_line_is_refused_before_it_ends(void **state)
{
    (void)state;
    static char text[HTTP_HEAD_MAX + 2];
    memset(text, 'a', sizeof text);
    assert_int_equal(verdict((str_t){ text, HTTP_LINE_MAX }, 512), E_AGAIN);
    assert_int_equal(verdict((str_t){ text, HTTP_LINE_MAX + 1 }, 512), E_URI_TOO_LONG);
    memcpy(text, "GET / HTTP/1.1\r\n", 16);
    assert_int_equal(verdict((str_t){ text, HTTP_HEAD_MAX }, 512), E_AGAIN);
    assert_int_equal(verdict((str_t){ text, HTTP_HEAD_MAX + 1 }, 512), E_HEAD_TOO_BIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_an_open_head_asks_for_more),
        cmocka_unit_test(test_what_is_kept),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_an_endless_line_is_refused_before_it_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
