/* SPDX-License-Identifier: Apache-2.0 */
/* Replies as they come off a socket: whole, in pieces, too long, and what is none. */
#include "conn.h"

#include "check.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct {
    const char *name;
    const char *bytes;
    enum conn_state want;
    int status;
    const char *body;
    bool close;
} cases[] = {
    { "with a body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", CONN_DONE, 200, "hello",
      false },
    { "a 204 has none", "HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n", CONN_DONE, 204, "", false },
    { "a 304 may say the length of the 200",
      "HTTP/1.1 304 Not Modified\r\ncontent-length: 600\r\n\r\n", CONN_DONE, 304, "", false },
    { "the last of its connection",
      "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
      CONN_DONE, 503, "", true },
    { "more than was asked for", "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200", CONN_GONE, 0, "",
      false },
    { "a length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", CONN_GONE, 0,
      "", false },
    { "a length past all bounds", "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", CONN_GONE,
      0, "", false },
    { "not all of it", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", CONN_WAIT, 0, "",
      false },
};

static char scratch[CONN_SCRATCH];

static struct conn rig_open(int *ret_peer)
{
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
    *ret_peer = fds[1];
    return (struct conn){ .fd = fds[0] };
}

static void one_case(size_t i, size_t piece)
{
    int peer;
    struct conn c = rig_open(&peer);
    struct conn_reply reply = { 0 };
    enum conn_state state = CONN_WAIT;
    size_t n = strlen(cases[i].bytes);
    for (size_t at = 0; at < n && state == CONN_WAIT; at += piece) {
        size_t some = n - at < piece ? n - at : piece;
        assert_int_equal(write(peer, cases[i].bytes + at, some), (ssize_t)some);
        state = conn_read(&c, scratch, &reply);
    }
    if (cases[i].want != CONN_GONE || piece >= n) /* piecewise what is too much comes later */
        check(state == cases[i].want, cases[i].name);
    if (cases[i].want == CONN_DONE) {
        check(reply.status == cases[i].status, cases[i].name);
        check(str_eq(reply.body, str_from_cz(cases[i].body)), cases[i].name);
        check(reply.close == cases[i].close, cases[i].name);
        check(!conn_began(&c), cases[i].name);
    }
    conn_close(&c);
    (void)close(peer);
}

static void test_replies(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        for (size_t piece = 1; piece <= 4096; piece *= 2)
            one_case(i, piece);
}

static void test_next_after_pieces(void **state)
{
    (void)state;
    static const char first[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
    static const char second[] = "HTTP/1.1 204 No Content\r\n\r\n";
    int peer;
    struct conn c = rig_open(&peer);
    struct conn_reply reply;
    assert_int_equal(write(peer, first, sizeof first - 1), sizeof first - 1);
    assert_int_equal(conn_read(&c, scratch, &reply), CONN_WAIT);
    assert_true(conn_began(&c));
    assert_int_equal(write(peer, "abc", 3), 3);
    assert_int_equal(conn_read(&c, scratch, &reply), CONN_DONE);
    assert_true(str_eq(reply.body, STR("abc")));
    assert_int_equal(write(peer, second, sizeof second - 1), sizeof second - 1);
    assert_int_equal(conn_read(&c, scratch, &reply), CONN_DONE);
    assert_int_equal(reply.status, 204);
    assert_int_equal(conn_read(&c, scratch, &reply), CONN_WAIT);
    (void)close(peer);
    assert_int_equal(conn_read(&c, scratch, &reply), CONN_GONE);
    conn_close(&c);
}

static void test_fields(void **state)
{
    (void)state;
    const str_t head = STR("HTTP/1.1 503 X\r\nRetry-After:  7 \r\nX-Retry-After: 9\r\nEmpty:\r\n");
    assert_true(str_eq(conn_field(head, STR("retry-after")), STR("7")));
    assert_true(conn_field(head, STR("Retry")).p == NULL);
    assert_int_equal(conn_field(head, STR("Empty")).n, 0);
    assert_true(conn_field(head, STR("Empty")).p != NULL);
    assert_true(conn_field(head, STR("ETag")).p == NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replies),
        cmocka_unit_test(test_next_after_pieces),
        cmocka_unit_test(test_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
