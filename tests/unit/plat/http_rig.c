/* SPDX-License-Identifier: Apache-2.0 */
#include "http_rig.h"

#include "base/num.h"
#include "plat/http/leave.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { BIG = 32 * 1024 * 1024, REPLY_ROOM = 64 * 1024 };

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

static _Atomic int lent; /* exchanges: the server may end when none is out (server.h) */

static void work_done(struct loop_msg *msg)
{
    struct work *w = CONTAINER_OF(msg, struct work, msg);
    assert_int_equal(pthread_join(w->thread, NULL), 0);
    say(w->x, 200, w->x->body);
    free(w);
    atomic_fetch_sub(&lent, 1);
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
    atomic_fetch_add(&lent, 1);
    assert_int_equal(pthread_create(&w->thread, NULL, work_main, w), 0);
}

static char events; /* what x->user of a stream points to */

/* Small pieces, until the socket takes no more for now. */
static void stream_events(struct http_xchg *x)
{
    x->user = &events;
    http_stream_begin(x, 200, STR("Content-Type: text/event-stream\r\n"));
    http_stream_trickle(x);
    for (int i = 0; http_stream_is_empty(x); i++) {
        assert_true(i < 100000); /* the kernel keeps little of it */
        (void)http_stream_write(x, str_of(big, 200));
    }
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
    if (x->spare)
        say(x, 503, STR("full"));
    else if (str_eq(x->path, STR("/big")))
        say(x, 200, str_of(big, sizeof big));
    else if (str_eq(x->path, STR("/lend")))
        lend(x);
    else if (str_eq(x->path, STR("/events")))
        stream_events(x);
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
    if (x->user == &events)
        http_stream_end(x);
}

static void on_drain(void *app, struct http_xchg *x)
{
    (void)app;
    assert_true(http_stream_is_empty(x));
    (void)http_stream_write(x, STR("drained"));
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
    .on_drain = on_drain,
    .on_done = on_done,
};

static const struct http_listen anywhere = { .address = "127.0.0.1:0", .fd = -1 };
const struct http_server_cfg rig_cfg = {
    .calls = &calls,
    .listen = &anywhere,
    .listen_n = 1,
    .loops = 1,
    .conns_max = RIG_CONNS_MAX,
    .conns_spare = RIG_CONNS_SPARE,
};

struct http_server *rig_server;
static dur_t now;

int http_rig_up(void **state)
{
    (void)state;
    now = DUR_HOURS(1);
    clock_freeze((ts_t){ 1 }, now);
    if (http_server_new(&rig_cfg, NULL, &rig_server) != E_OK)
        return -1;
    return http_server_start(rig_server, NULL) == E_OK ? 0 : -1;
}

int http_rig_down(void **state)
{
    (void)state;
    while (atomic_load(&lent) > 0)
        (void)sched_yield();
    http_server_drain(rig_server, DUR_S(1));
    http_server_free(rig_server);
    clock_release();
    return 0;
}

int connect_to(uint16_t port)
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

int dial(void)
{
    return connect_to(http_server_port(rig_server, 0));
}

void tell(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

bool hear(int fd, const char *end)
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

int hear_last(int fd)
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
        loop_timer_start(http_server_loop(rig_server, 0), &b->timer, b->in, beat_fire);
}

struct rounds {
    struct loop_msg msg;
    sem_t done;
    int left;
};

static void rounds_run(struct loop_msg *msg)
{
    struct rounds *r = CONTAINER_OF(msg, struct rounds, msg);
    if (r->left-- > 0)
        loop_post(http_server_loop(rig_server, 0), msg);
    else
        (void)sem_post(&r->done);
}

/* A loop delivers several messages, one after the other, before its sockets have their turn: so
 * often that they had it twice. */
void settle(void)
{
    struct rounds r = { .msg.run = rounds_run, .left = 32 };
    (void)sem_init(&r.done, 0, 0);
    loop_post(http_server_loop(rig_server, 0), &r.msg);
    while (sem_wait(&r.done) != 0)
        continue;
}

void pass(dur_t d)
{
    struct beat b = { .msg.run = beat_run, .in = d };
    (void)sem_init(&b.done, 0, 0);
    settle();
    loop_post(http_server_loop(rig_server, 0), &b.msg);
    settle();
    now.us += d.us + DUR_MS(2 * LOOP_TICK_MS).us;
    clock_freeze((ts_t){ 1 }, now);
    while (sem_wait(&b.done) != 0)
        continue;
    settle();
}

bool is_open(int fd)
{
    char c;
    ssize_t n = recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);
    return n < 0 && errno == EAGAIN;
}
