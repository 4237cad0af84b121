/* SPDX-License-Identifier: Apache-2.0 */
/* Where a body ends: by length, by chunks; whole and byte by byte. */
#include "base/buf.h"
#include "plat/http/body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct row {
    const char *name;
    str_t in;
    err_t want; /* E_AGAIN: more is needed */
    const char *body;
};

#define ROW(name, text, want, body)                                                                \
    {                                                                                              \
        name, { text, sizeof(text) - 1 }, want, body                                               \
    }

static const struct row rows[] = {
    ROW("no data", "0\r\n\r\n", E_OK, ""),
    ROW("one chunk", "5\r\nhello\r\n0\r\n\r\n", E_OK, "hello"),
    ROW("two chunks, hexadecimal in either case",
        "a\r\n0123456789\r\nB\r\n0123456789x\r\n0\r\n\r\n", E_OK, "01234567890123456789x"),
    ROW("leading zeros", "0005\r\nhello\r\n000\r\n\r\n", E_OK, "hello"),
    ROW("an extension", "5;a=b;c=\"d e\"\r\nhello\r\n0;x\r\n\r\n", E_OK, "hello"),
    ROW("bad whitespace before an extension", "5 \t;a\r\nhello\r\n0\r\n\r\n", E_OK, "hello"),
    ROW("trailers", "0\r\nA: b\r\nC:\r\n\r\n", E_OK, ""),
    ROW("CRLF inside the data", "4\r\n\r\n\r\n\r\n0\r\n\r\n", E_OK, "\r\n\r\n"),
    ROW("not all there", "5\r\nhel", E_AGAIN, "hel"),
    ROW("no last line", "5\r\nhello\r\n0\r\n", E_AGAIN, "hello"),

    ROW("no size", "\r\nhello", E_BAD_REQUEST, ""),
    ROW("0x", "0x5\r\nhello\r\n0\r\n\r\n", E_BAD_REQUEST, ""),
    ROW("a sign", "+5\r\nhello\r\n0\r\n\r\n", E_BAD_REQUEST, ""),
    ROW("a minus", "-5\r\nhello\r\n0\r\n\r\n", E_BAD_REQUEST, ""),
    ROW("a blank before the size", " 5\r\nhello\r\n0\r\n\r\n", E_BAD_REQUEST, ""),
    ROW("a blank after the size", "5 \r\nhello\r\n0\r\n\r\n", E_BAD_REQUEST, ""),
    ROW("digits after a blank", "5 5;\r\nhello\r\n0\r\n\r\n", E_BAD_REQUEST, ""),
    ROW("an underscore", "5_0\r\nhello\r\n0\r\n\r\n", E_BAD_REQUEST, ""),
    ROW("17 digits", "00000000000000005\r\nhello\r\n0\r\n\r\n", E_BAD_REQUEST, ""),
    ROW("only an extension", ";a\r\nhello\r\n0\r\n\r\n", E_BAD_REQUEST, ""),
    ROW("bare LF after the size", "5\nhello\r\n0\r\n\r\n", E_BAD_REQUEST, ""),
    ROW("bare CR after the size", "5\rhello\r\n0\r\n\r\n", E_BAD_REQUEST, ""),
    ROW("bare LF after the data", "5\r\nhello\n0\r\n\r\n", E_BAD_REQUEST, "hello"),
    ROW("data longer than its size", "5\r\nhello!\r\n0\r\n\r\n", E_BAD_REQUEST, "hello"),
    ROW("bare LF in an extension", "5;a\nhello\r\n0\r\n\r\n", E_BAD_REQUEST, ""),
    ROW("NUL in an extension", "5;a\0\r\nhello\r\n0\r\n\r\n", E_BAD_REQUEST, ""),
    ROW("bare LF after the last chunk", "0\n\r\n", E_BAD_REQUEST, ""),
    ROW("bare LF as the empty line", "0\r\n\n", E_BAD_REQUEST, ""),
    ROW("bare LF in the trailers", "0\r\nA: b\n\r\n", E_BAD_REQUEST, ""),
    ROW("bare CR in the trailers", "0\r\nA: b\rc\r\n\r\n", E_BAD_REQUEST, ""),
    ROW("a trailer without a colon", "0\r\nA\r\n\r\n", E_BAD_REQUEST, ""),
    ROW("a trailer without a name", "0\r\n: b\r\n\r\n", E_BAD_REQUEST, ""),
    ROW("a trailer with a blank before the colon", "0\r\nA : b\r\n\r\n", E_BAD_REQUEST, ""),
    ROW("a folded trailer", "0\r\nA: b\r\n c\r\n\r\n", E_BAD_REQUEST, ""),
    ROW("NUL in a trailer", "0\r\nA: \0\r\n\r\n", E_BAD_REQUEST, ""),
};

/* Feed `step` bytes at a time; *ret_used: what the body took. */
static err_t feed(struct body b, str_t in, size_t step, struct buf *body, size_t *ret_used)
{
    size_t at = 0;
    err_t e = E_AGAIN;
    while (at < in.n && e == E_AGAIN) {
        str_t piece = str_sub(in, at, step);
        size_t had = piece.n;
        do {
            str_t data;
            e = body_next(&b, &piece, NULL, &data);
            if (e == E_OK)
                buf_add(body, data);
        } while (e == E_OK && !body_has_ended(&b));
        at += had - piece.n;
    }
    *ret_used = at;
    return e;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * ARRAY_LEN(rows); i++) {
        const struct row *r = &rows[i / 2];
        struct buf body;
        size_t used;
        buf_init(&body, KIB(1));
        err_t e = feed(body_of_chunks(), r->in, i % 2 == 0 ? r->in.n : 1, &body, &used);
        if (e != r->want || !str_eq(buf_str(&body), str_from_cz(r->body)))
            fail_msg("%s: %d \"%.*s\"", r->name, e, STR_ARG(buf_str(&body)));
        if (e == E_OK && used != r->in.n)
            fail_msg("%s: took %zu of %zu", r->name, used, r->in.n);
        buf_fini(&body);
    }
}

static void test_length(void **state)
{
    (void)state;
    for (size_t step = 1; step < 9; step++) {
        struct buf body;
        size_t used;
        buf_init(&body, KIB(1));
        assert_int_equal(feed(body_of_length(5), STR("helloGET"), step, &body, &used), E_OK);
        assert_true(str_eq(buf_str(&body), STR("hello")));
        assert_int_equal(used, 5); /* what follows is the next request */
        buf_fini(&body);
    }
    struct body none = body_of_length(0);
    assert_true(body_has_ended(&none));
}

/* `head`, then n times `fill`, then `tail`. */
static err_t padded(const char *head, size_t n, char fill, const char *tail)
{
    static char text[3 * BODY_TRAILERS_MAX];
    size_t at = (size_t)snprintf(text, sizeof text, "%s", head);
    memset(text + at, fill, n);
    at += n;
    at += (size_t)snprintf(text + at, sizeof text - at, "%s", tail);
    struct buf body;
    size_t used;
    buf_init(&body, KIB(1));
    err_t e = feed(body_of_chunks(), str_of(text, at), at, &body, &used);
    buf_fini(&body);
    return e;
}

static void test_sizes(void **state)
{
    (void)state;
    assert_int_equal(padded("1;", BODY_EXTENSION_MAX - 1, 'a', "\r\nx\r\n0\r\n\r\n"), E_OK);
    assert_int_equal(padded("1;", BODY_EXTENSION_MAX, 'a', "\r\nx\r\n0\r\n\r\n"), E_BAD_REQUEST);
    assert_int_equal(padded("1", BODY_EXTENSION_MAX + 1, ' ', ""), E_BAD_REQUEST);
    assert_int_equal(padded("0\r\nA:", BODY_TRAILERS_MAX - 4, 'a', "\r\n\r\n"), E_OK);
    assert_int_equal(padded("0\r\nA:", BODY_TRAILERS_MAX - 1, 'a', "\r\n\r\n"), E_BAD_REQUEST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
