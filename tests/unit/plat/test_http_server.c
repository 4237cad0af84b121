/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server with real sockets and a clock that the test moves: every deadline of SAFETY's table
 * without waiting for it, limits, faults, and exchanges that are lent to another thread.
 */
#include "base/fault.h"
#include "base/num.h"
#include "plat/http/server.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { BIG = 32 * 1024 * 1024, REPLY_ROOM = 64 * 1024, CONNS_MAX = 8 };

static char big[BIG];

static void say(struct http_xchg *x, int status, str_t body)
{
    struct http_reply r = { .status = status, .body = body };
    http_reply(x, &r);
}

struct work {
    struct loop_msg msg;
    struct http_xchg *x;
    pthread_t thread;
};

static void work_done(struct loop_msg *msg)
{
    struct work *w = CONTAINER_OF(msg, struct work, msg);
    assert_int_equal(pthread_join(w->thread, NULL), 0);
    say(w->x, 200, w->x->body);
    free(w);
}

static void *work_main(void *arg)
{
    struct work *w = arg;
    str_t copy;
    assert_int_equal(str_copy(w->x->arena, w->x->body, &copy), E_OK);
    loop_post(http_loop(w->x), &w->msg);
    return NULL;
}

static void lend(struct http_xchg *x)
{
    struct work *w = calloc(1, sizeof *w);
    assert_non_null(w);
    assert_non_null(http_arena(x));
    *w = (struct work){ .msg.run = work_done, .x = x };
    assert_int_equal(pthread_create(&w->thread, NULL, work_main, w), 0);
}

static struct http_take on_head(void *app, struct http_xchg *x)
{
    (void)app;
    (void)x;
    return (struct http_take){ .body_max = MIB(1) };
}

static void on_message(void *app, struct http_xchg *x)
{
    (void)app;
    if (str_eq(x->path, STR("/big")))
        say(x, 200, str_of(big, sizeof big));
    else if (str_eq(x->path, STR("/lend")))
        lend(x);
    else
        say(x, 200, STR("ok"));
}

static void on_refuse(void *app, struct http_xchg *x, err_t e, const struct diag *why)
{
    (void)app;
    say(x, err_info(e)->status, str_from_cz(why->text));
}

static void on_gone(void *app, struct http_xchg *x)
{
    (void)app;
    (void)x;
}

static void on_done(void *app, struct http_xchg *x, int status, size_t bytes)
{
    (void)app;
    (void)x;
    (void)status;
    (void)bytes;
}

static const struct http_app calls = {
    .on_head = on_head,
    .on_message = on_message,
    .on_refuse = on_refuse,
    .on_gone = on_gone,
    .on_drain = on_gone,
    .on_done = on_done,
};

static const struct http_listen anywhere = { .address = "127.0.0.1:0", .fd = -1 };
static const struct http_server_cfg cfg = {
    .calls = &calls,
    .listen = &anywhere,
    .listen_n = 1,
    .loops = 1,
    .conns_max = CONNS_MAX,
};

static struct http_server *server;
static dur_t now;

static int set_up(void **state)
{
    (void)state;
    now = DUR_HOURS(1);
    clock_freeze((ts_t){ 1 }, now);
    if (http_server_new(&cfg, NULL, &server) != E_OK)
        return -1;
    return http_server_start(server, NULL) == E_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    http_server_drain(server, DUR_S(1));
    http_server_free(server);
    clock_release();
    return 0;
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_port = htons(port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct timeval patience = { .tv_sec = 20 };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

static int dial(void)
{
    return connect_to(http_server_port(server, 0));
}

static void tell(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Read until the text ends so; false at the end of the connection. */
static bool hear(int fd, const char *end)
{
    static char text[REPLY_ROOM];
    size_t n = 0;
    for (;;) {
        ssize_t got = recv(fd, text + n, sizeof text - n, 0);
        if (got < 0 && errno == EAGAIN)
            fail_msg("no answer that ends in \"%s\"", end);
        if (got <= 0)
            return false;
        n += (size_t)got;
        if (str_ends(str_of(text, n), str_from_cz(end)))
            return true;
    }
}

/* Status of the one reply before the connection ends; 0: none. */
static int hear_last(int fd)
{
    char text[REPLY_ROOM] = "";
    size_t n = 0;
    ssize_t got;
    while ((got = recv(fd, text + n, sizeof text - 1 - n, 0)) > 0)
        n += (size_t)got;
    assert_true(got == 0); /* a FIN, in time */
    (void)close(fd);
    uint64_t status = 0;
    if (n > 0)
        assert_int_equal(num_parse_u64(str_of(text + sizeof "HTTP/1.1", 3), &status), E_OK);
    return (int)status;
}

struct beat {
    struct loop_msg msg;
    struct loop_timer timer;
    sem_t done;
    dur_t in;
};

static void beat_fire(struct loop_timer *t)
{
    (void)sem_post(&CONTAINER_OF(t, struct beat, timer)->done);
}

static void beat_run(struct loop_msg *msg)
{
    struct beat *b = CONTAINER_OF(msg, struct beat, msg);
    if (b->in.us == 0)
        (void)sem_post(&b->done);
    else
        loop_timer_start(http_server_loop(server, 0), &b->timer, b->in, beat_fire);
}

/* The loop has seen all that was sent to it before. */
static void settle(void)
{
    for (int i = 0; i < 2; i++) { /* one batch of events may hold the message before the bytes */
        struct beat b = { .msg.run = beat_run };
        (void)sem_init(&b.done, 0, 0);
        loop_post(http_server_loop(server, 0), &b.msg);
        while (sem_wait(&b.done) != 0)
            continue;
    }
}

/* Time passes for the server, and its timers have fired. */
static void pass(dur_t d)
{
    struct beat b = { .msg.run = beat_run, .in = d };
    (void)sem_init(&b.done, 0, 0);
    settle();
    loop_post(http_server_loop(server, 0), &b.msg);
    settle();
    now.us += d.us + DUR_MS(2 * LOOP_TICK_MS).us;
    clock_freeze((ts_t){ 1 }, now);
    while (sem_wait(&b.done) != 0)
        continue;
    settle();
}

static bool is_open(int fd)
{
    char c;
    ssize_t n = recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);
    return n < 0 && errno == EAGAIN;
}

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
    assert_int_equal(http_server_conns(server), 1);
    pass(DUR_S(1));
    assert_int_equal(http_server_conns(server), 0);
    (void)close(fd);
}

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
        while (http_server_conns(server) >= CONNS_MAX)
            settle();
    }
}

static void test_the_newest_connection_is_refused(void **state)
{
    (void)state;
    int fds[CONNS_MAX];
    for (size_t i = 0; i < CONNS_MAX; i++) {
        fds[i] = dial();
        tell(fds[i], "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_true(hear(fds[i], "ok"));
    }
    assert_int_equal(hear_last(dial()), 0);
    for (size_t i = 0; i < CONNS_MAX; i++)
        (void)close(fds[i]);
}

static void test_no_descriptor_is_left(void **state)
{
    (void)state;
    struct rlimit usual;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_port = htons(http_server_port(server, 0)),
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
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", http_server_port(server, 0));
    const struct http_listen same = { .address = address, .fd = -1 };
    struct http_server_cfg other = cfg;
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
        struct http_server_cfg other = cfg;
        struct http_server *none = NULL;
        other.listen = &bad;
        assert_int_equal(http_server_new(&other, NULL, &none), E_USAGE);
    }
}

static void test_several_loops_share_a_port(void **state)
{
    (void)state;
    struct http_server_cfg other = cfg;
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
    struct http_server_cfg other = cfg;
    struct http_server *s = NULL;
    other.listen = &given;
    other.loops = 2;
    assert_int_equal(http_server_new(&other, NULL, &s), E_OK);
    assert_int_equal(http_server_start(s, NULL), E_OK);
    int fd = connect_to(http_server_port(s, 0));
    tell(fd, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_int_equal(hear_last(fd), 200);
    http_server_free(s);
    (void)close(listener);
}

static void test_a_failing_constructor_leaves_nothing(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct http_server *s = NULL;
        fault_arm(n);
        err_t e = http_server_new(&cfg, NULL, &s);
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

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(test_a_head_has_10_seconds),
        WITH_SERVER(test_an_idle_connection_has_60_seconds),
        WITH_SERVER(test_the_next_head_has_10_seconds_too),
        WITH_SERVER(test_a_body_has_its_pace),
        WITH_SERVER(test_an_early_burst_buys_no_stall),
        WITH_SERVER(test_a_stalled_reader_has_15_seconds),
        WITH_SERVER(test_a_kept_exchange_has_no_deadline),
        WITH_SERVER(test_lent_exchanges_survive_their_peers),
        WITH_SERVER(test_the_newest_connection_is_refused),
        WITH_SERVER(test_no_descriptor_is_left),
        WITH_SERVER(test_a_port_that_is_taken),
        cmocka_unit_test(test_bad_addresses),
        cmocka_unit_test(test_several_loops_share_a_port),
        cmocka_unit_test(test_a_socket_that_was_handed_over),
        cmocka_unit_test(test_a_failing_constructor_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
