/* SPDX-License-Identifier: Apache-2.0 */
/* Every deadline of a connection, without waiting for it: heads, bodies, idleness, slow readers. */
#include "http_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static void test_a_head_has_10_seconds(void **state)
{
    (void)state;
    int fd = dial();
    int quiet = dial();
    tell(fd, "GET / HTTP/1.1\r\n");
    pass(DUR_S(9));
    assert_true(is_open(fd));
    assert_true(is_open(quiet));
    tell(fd, "Host: a\r\n"); /* progress does not extend it */
    pass(DUR_S(1));
    assert_int_equal(hear_last(fd), 408);
    assert_int_equal(hear_last(quiet), 0); /* it asked for nothing */
}

static void test_an_idle_connection_has_60_seconds(void **state)
{
    (void)state;
    int fd = dial();
    for (int i = 0; i < 3; i++) {
        tell(fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_true(hear(fd, "ok"));
        pass(DUR_S(59));
        assert_true(is_open(fd));
    }
    pass(DUR_S(1));
    assert_int_equal(hear_last(fd), 0);
}

static void test_the_next_head_has_10_seconds_too(void **state)
{
    (void)state;
    int fd = dial();
    tell(fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET");
    assert_true(hear(fd, "ok"));
    pass(DUR_S(10));
    assert_int_equal(hear_last(fd), 408);
}

/* A body of 20,000 bytes by `rate` bytes a second: the status, after *ret_s seconds. */
static int send_slowly(size_t rate, int *ret_s)
{
    static char piece[KIB(8)];
    size_t left = 20000;
    int fd = dial();
    tell(fd, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 20000\r\n\r\n");
    settle();
    int seconds = 0;
    for (; left > 0 && is_open(fd); seconds++) {
        size_t n = rate < left ? rate : left;
        if (n > 0)
            assert_int_equal(send(fd, piece, n, MSG_NOSIGNAL), (ssize_t)n);
        left -= n;
        pass(DUR_MS(1000 - 2 * LOOP_TICK_MS));
    }
    *ret_s = seconds;
    return hear_last(fd);
}

static void test_a_body_has_its_pace(void **state)
{
    (void)state;
    int seconds;
    assert_int_equal(send_slowly(0, &seconds), 408);
    assert_in_range(seconds, 5, 6);
    assert_int_equal(send_slowly(300, &seconds), 408);
    assert_in_range(seconds, 6, 9);
    assert_int_equal(send_slowly(1100, &seconds), 200); /* slow, honest, just above */
    assert_in_range(seconds, 18, 20);
}

static void test_an_early_burst_buys_no_stall(void **state)
{
    (void)state;
    static char piece[KIB(100)];
    int fd = dial();
    tell(fd, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
    assert_int_equal(send(fd, piece, sizeof piece, MSG_NOSIGNAL), (ssize_t)sizeof piece);
    pass(DUR_S(6));
    assert_int_equal(hear_last(fd), 408);
}

static void test_a_stalled_reader_has_15_seconds(void **state)
{
    (void)state;
    int fd = dial();
    tell(fd, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    pass(DUR_S(14));
    assert_int_equal(http_server_conns(rig_server), 1);
    pass(DUR_S(1));
    assert_int_equal(http_server_conns(rig_server), 0);
    (void)close(fd);
}

/* Of a stream of any length only the end is kept. */
static bool hear_until(int fd, const char *end)
{
    static char text[KIB(64)];
    size_t n = 0;
    ssize_t got;
    while ((got = recv(fd, text + n, sizeof text - n, 0)) > 0) {
        n += (size_t)got;
        if (memmem(text, n, end, strlen(end)) != NULL)
            return true;
        size_t keep = n < 16 ? n : 16;
        memmove(text, text + n - keep, keep);
        n = keep;
    }
    return false;
}

static void test_a_stream_says_when_all_has_left_and_may_rest_for_long(void **state)
{
    (void)state;
    int fd = dial();
    tell(fd, "GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_true(hear_until(fd, "drained"));
    pass(DUR_S(100));
    assert_true(is_open(fd));
    (void)close(fd);
    settle();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(test_a_head_has_10_seconds),
        WITH_SERVER(test_an_idle_connection_has_60_seconds),
        WITH_SERVER(test_the_next_head_has_10_seconds_too),
        WITH_SERVER(test_a_body_has_its_pace),
        WITH_SERVER(test_an_early_burst_buys_no_stall),
        WITH_SERVER(test_a_stalled_reader_has_15_seconds),
        WITH_SERVER(test_a_stream_says_when_all_has_left_and_may_rest_for_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
