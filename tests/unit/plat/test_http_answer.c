/* SPDX-License-Identifier: Apache-2.0 */
/* The head of an answer: what is believed, where its body ends, and where the head itself does,
 * however it comes. */
#include "plat/http/answer.h"

#include "check.h"

/* How the body ends. */
enum end { NONE, LENGTH, CHUNKS, CLOSE };

static const struct {
    const char *name;
    const char *in;
    err_t want;
    int status;
    enum end end;
    bool keep_alive;
} rows[] = {
    { "a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", E_OK, 200, LENGTH, true },
    { "the same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
      E_OK, 200, LENGTH, true },
    { "chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n", E_OK, 200, CHUNKS, true },
    { "neither", "HTTP/1.1 200 OK\r\n\r\n", E_OK, 200, CLOSE, false },
    { "chunks beside a length",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", E_OK, 200,
      CHUNKS, false },
    { "it closes", "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 5\r\n\r\n", E_OK,
      200, LENGTH, false },
    { "HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", E_OK, 200, LENGTH, false },
    { "HTTP/1.0 that stays",
      "HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n", E_OK, 200, LENGTH,
      true },
    { "204 has no body", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", E_OK, 204, NONE,
      true },
    { "304 has none", "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", E_OK, 304,
      NONE, true },
    { "an interim one has none", "HTTP/1.1 100 Continue\r\n\r\n", E_OK, 100, NONE, true },
    { "no reason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", E_OK, 200, NONE, true },
    { "bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 5\n\n", E_OK, 200, LENGTH, true },

    { "another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n", E_IO, 0, NONE, false },
    { "HTTP/2", "HTTP/2 200\r\n\r\n", E_IO, 0, NONE, false },
    { "HTTP/1.2", "HTTP/1.2 200 OK\r\n\r\n", E_IO, 0, NONE, false },
    { "a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", E_IO, 0, NONE, false },
    { "a status of four", "HTTP/1.1 2000 OK\r\n\r\n", E_IO, 0, NONE, false },
    { "a status below 100", "HTTP/1.1 099 OK\r\n\r\n", E_IO, 0, NONE, false },
    { "two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", E_IO, 0,
      NONE, false },
    { "a list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n", E_IO, 0, NONE,
      false },
    { "a length below zero", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", E_IO, 0, NONE,
      false },
    { "a length past all", "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\n", E_IO,
      0, NONE, false },
    { "a coding nobody asked for", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
      E_IO, 0, NONE, false },
    { "chunks twice",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", E_IO,
      0, NONE, false },
    { "chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", E_IO, 0, NONE,
      false },
    { "a folded line", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", E_IO, 0, NONE, false },
    { "a blank before the colon", "HTTP/1.1 200 OK\r\nX : a\r\n\r\n", E_IO, 0, NONE, false },
    { "no colon", "HTTP/1.1 200 OK\r\nhello\r\n\r\n", E_IO, 0, NONE, false },
    { "a lone CR in a value", "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n", E_IO, 0, NONE, false },
};

static enum end end_of(const struct answer *a)
{
    if (a->to_close)
        return CLOSE;
    if (body_has_ended(&a->body))
        return NONE;
    return a->body.state == BODY_DATA ? LENGTH : CHUNKS;
}

static void test_heads(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct answer a;
        struct diag why = { 0 };
        str_t in = str_from_cz(rows[i].in);
        size_t seen = 0;
        check(answer_end(in, &seen) == in.n, rows[i].name);
        check(answer_read(in, &why, &a) == rows[i].want, rows[i].name);
        if (rows[i].want != E_OK)
            continue;
        check(answer_may_begin(in), rows[i].name);
        check(a.status == rows[i].status, rows[i].name);
        check(end_of(&a) == rows[i].end, rows[i].name);
        check(a.keep_alive == rows[i].keep_alive, rows[i].name);
    }
}

/* Byte by byte: its end is found when it is there, and not before. */
static void test_the_end_comes_in_pieces(void **state)
{
    static const char *const heads[] = { "HTTP/1.1 200 OK\r\nA: b\r\n\r\n",
                                         "HTTP/1.1 200 OK\nA: b\n\n",
                                         "HTTP/1.1 200 OK\nA: b\n\r\n" };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        str_t in = str_from_cz(heads[i]);
        size_t seen = 0;
        for (size_t n = 0; n < in.n; n++) {
            assert_int_equal(answer_end(str_sub(in, 0, n), &seen), 0);
            assert_true(answer_may_begin(str_sub(in, 0, n)));
        }
        assert_int_equal(answer_end(in, &seen), in.n);
    }
    assert_false(answer_may_begin(STR("HTTPS")));
}

static void test_too_many_fields(void **state)
{
    char text[4096] = "HTTP/1.1 200 OK\r\n";
    size_t n = strlen(text);
    struct answer a;
    struct diag why = { 0 };
    (void)state;
    for (int i = 0; i < ANSWER_FIELDS_MAX; i++, n += 6)
        memcpy(text + n, "A: b\r\n", 6);
    memcpy(text + n, "\r\n", 2);
    assert_int_equal(answer_read(str_of(text, n + 2), &why, &a), E_OK);
    assert_int_equal(a.fields_n, ANSWER_FIELDS_MAX);
    memcpy(text + n, "A: b\r\n\r\n", 8);
    assert_int_equal(answer_read(str_of(text, n + 8), &why, &a), E_TOO_BIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heads),
        cmocka_unit_test(test_the_end_comes_in_pieces),
        cmocka_unit_test(test_too_many_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
