/* SPDX-License-Identifier: Apache-2.0 */
/* The sockets: limits, faults, addresses, and exchanges that are lent to another thread. */
#include "http_rig.h"

#include "base/fault.h"
#include "plat/http/leave.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static void test_a_kept_exchange_has_no_deadline(void **state)
{
    (void)state;
    int fd = dial();
    tell(fd, "POST /lend HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
    assert_true(hear(fd, "hello"));
    (void)close(fd);
}

static void test_lent_exchanges_survive_their_peers(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        int fd = dial();
        tell(fd, "POST /lend HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
        if (i % 2 == 0) {
            struct linger reset = { .l_onoff = 1 };
            (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        }
        if (i % 3 != 0)
            settle();
        (void)close(fd);
        while (http_server_conns(rig_server) >= RIG_CONNS_MAX)
            settle();
    }
}

/* Over the most, a few are taken for one request each; over these, connections wait. */
static void test_too_many_connections(void **state)
{
    (void)state;
    int fds[RIG_CONNS_MAX];
    int spare[RIG_CONNS_SPARE];
    for (size_t i = 0; i < RIG_CONNS_MAX; i++) {
        fds[i] = dial();
        tell(fds[i], "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_true(hear(fds[i], "ok"));
    }
    int over = dial();
    tell(over, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(hear_last(over), 503); /* and it is closed */
    while (http_server_conns(rig_server) > RIG_CONNS_MAX)
        settle(); /* its place is free again before the next come */
    for (size_t i = 0; i < RIG_CONNS_SPARE; i++)
        spare[i] = dial();
    while (http_server_conns(rig_server) < RIG_CONNS_MAX + RIG_CONNS_SPARE)
        settle();
    int waits = dial();
    tell(waits, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    pass(DUR_S(1));
    assert_int_equal(http_server_conns(rig_server), RIG_CONNS_MAX + RIG_CONNS_SPARE);
    for (size_t i = 0; i < RIG_CONNS_SPARE; i++)
        assert_true(is_open(spare[i]));
    pass(DUR_S(2)); /* who has a place and says nothing gives it up soon */
    for (size_t i = 0; i < RIG_CONNS_SPARE; i++)
        assert_int_equal(hear_last(spare[i]), 0);
    pass(DUR_S(1));
    assert_int_equal(hear_last(waits), 503);
    tell(fds[0], "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_true(hear(fds[0], "ok")); /* the others live as before */
    for (size_t i = 0; i < RIG_CONNS_MAX; i++)
        (void)close(fds[i]);
}

static void test_no_descriptor_is_left(void **state)
{
    (void)state;
    struct rlimit usual;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_port = htons(http_server_port(rig_server, 0)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
    struct rlimit none = { .rlim_cur = (rlim_t)fd + 1, .rlim_max = usual.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    tell(fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    settle();
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &usual), 0);
    settle();
    assert_true(is_open(fd)); /* it waits its pause out, and does not spin */
    pass(DUR_MS(100));
    assert_true(hear(fd, "ok"));
    (void)close(fd);
}

static void test_a_port_that_is_taken(void **state)
{
    (void)state;
    char address[32];
    struct diag why = { 0 };
    struct http_server *second = NULL;
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", http_server_port(rig_server, 0));
    const struct http_listen same = { .address = address, .fd = -1 };
    struct http_server_cfg other = rig_cfg;
    other.listen = &same;
    assert_int_equal(http_server_new(&other, &why, &second), E_IO);
    assert_non_null(strstr(why.text, "in use"));
    assert_null(second);
}

static void test_bad_addresses(void **state)
{
    (void)state;
    static const char *const texts[] = { "", "127.0.0.1", ":80", "127.0.0.1:x", "[::1:80" };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        const struct http_listen bad = { .address = texts[i], .fd = -1 };
        struct http_server_cfg other = rig_cfg;
        struct http_server *none = NULL;
        other.listen = &bad;
        assert_int_equal(http_server_new(&other, NULL, &none), E_USAGE);
    }
}

static void test_several_loops_share_a_port(void **state)
{
    (void)state;
    struct http_server_cfg other = rig_cfg;
    struct http_server *s = NULL;
    other.loops = 3;
    assert_int_equal(http_server_new(&other, NULL, &s), E_OK);
    assert_int_equal(http_server_start(s, NULL), E_OK);
    assert_int_equal(http_server_loops(s), 3);
    for (int i = 0; i < 20; i++) {
        int fd = connect_to(http_server_port(s, 0));
        tell(fd, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assert_int_equal(hear_last(fd), 200);
    }
    http_server_free(s); /* without a drain: it is one of no length */
}

static void test_a_socket_that_was_handed_over(void **state)
{
    (void)state;
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(listener, 8), 0);
    const struct http_listen given = { .address = "fd", .fd = listener };
    struct http_server_cfg other = rig_cfg;
    struct http_server *s = NULL;
    other.listen = &given;
    other.loops = 2;
    assert_int_equal(http_server_new(&other, NULL, &s), E_OK);
    assert_int_equal(http_server_start(s, NULL), E_OK);
    int fd = connect_to(http_server_port(s, 0));
    tell(fd, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_int_equal(hear_last(fd), 200);
    http_server_free(s);
    assert_int_equal(fcntl(listener, F_GETFD), -1); /* the server has taken it */
}

/* Both ends of a server that makes room: what its successor gets, and what its clients see. */
static void test_a_successor_gets_what_rests(void **state)
{
    (void)state;
    struct http_server_cfg cfg = rig_cfg;
    struct http_server *s = NULL;
    struct http_server *next = NULL;
    int kept[4];
    cfg.loops = 2;
    assert_int_equal(http_server_new(&cfg, NULL, &s), E_OK);
    assert_int_equal(http_server_start(s, NULL), E_OK);
    uint16_t port = http_server_port(s, 0);
    int idle = connect_to(port);
    int over = connect_to(port);
    tell(idle, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_true(hear(idle, "ok"));
    tell(over, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_true(hear(over, "ok"));
    http_server_settle(s, DUR_S(1), DUR_S(1));
    http_server_leave(s, DUR_S(5));
    int late = connect_to(port); /* nobody accepts it, nobody refuses it */
    tell(late, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    tell(idle, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const struct http_listen given = { .address = "same", .fd = http_server_take_listener(s, 0) };
    assert_true(given.fd >= 0);
    size_t n = http_server_take_conns(s, kept, ARRAY_LEN(kept));
    assert_int_equal(n, 2);
    assert_int_equal((kept[0] < 0) + (kept[1] < 0), 1); /* one has had its last answer */
    http_server_free(s);
    cfg.listen = &given;
    cfg.loops = 1;
    cfg.conns = kept;
    cfg.conns_n = n;
    assert_int_equal(http_server_new(&cfg, NULL, &next), E_OK);
    assert_int_equal(http_server_port(next, 0), port);
    assert_int_equal(http_server_start(next, NULL), E_OK);
    assert_true(hear(idle, "ok"));
    assert_true(hear(late, "ok"));
    assert_int_equal(hear_last(over), 0); /* its end, and not a reset */
    (void)close(idle);
    (void)close(late);
    http_server_free(next);
}

/* An address that is named no more: who waited is answered, who comes then is refused. */
static void test_a_socket_that_is_only_emptied(void **state)
{
    (void)state;
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof a;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&a, &size), 0);
    int waiting = connect_to(ntohs(a.sin_port));
    tell(waiting, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const struct http_listen list[] = { { .address = "127.0.0.1:0", .fd = -1 },
                                        { .address = "gone", .fd = listener, .last = true } };
    struct http_server_cfg cfg = rig_cfg;
    struct http_server *s = NULL;
    cfg.listen = list;
    cfg.listen_n = ARRAY_LEN(list);
    assert_int_equal(http_server_new(&cfg, NULL, &s), E_OK);
    assert_int_equal(http_server_start(s, NULL), E_OK);
    assert_true(hear(waiting, "ok"));
    while (fcntl(listener, F_GETFD) != -1)
        (void)sched_yield(); /* it is closed behind the last who waited */
    int late = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(late, (struct sockaddr *)&a, sizeof a), -1);
    (void)close(late);
    (void)close(waiting);
    http_server_free(s);
}

static void test_a_failing_constructor_leaves_nothing(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct http_server *s = NULL;
        fault_arm(n);
        err_t e = http_server_new(&rig_cfg, NULL, &s);
        if (e == E_OK)
            e = http_server_start(s, NULL);
        bool fired = fault_used();
        fault_disarm();
        http_server_free(s);
        if (fired)
            assert_int_not_equal(e, E_OK);
        else
            assert_int_equal(e, E_OK);
        if (!fired)
            break;
        assert_in_range(n, 0, 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(test_a_kept_exchange_has_no_deadline),
        WITH_SERVER(test_lent_exchanges_survive_their_peers),
        WITH_SERVER(test_too_many_connections),
        WITH_SERVER(test_no_descriptor_is_left),
        WITH_SERVER(test_a_port_that_is_taken),
        cmocka_unit_test(test_bad_addresses),
        cmocka_unit_test(test_several_loops_share_a_port),
        cmocka_unit_test(test_a_socket_that_was_handed_over),
        cmocka_unit_test(test_a_successor_gets_what_rests),
        cmocka_unit_test(test_a_socket_that_is_only_emptied),
        cmocka_unit_test(test_a_failing_constructor_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
