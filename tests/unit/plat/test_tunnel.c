/* SPDX-License-Identifier: Apache-2.0 */
/* The proxy of a caged program on a loop of its own: whatever fails on the way, nothing of it is
 * left, and it can be closed at any moment. */
#include "base/fault.h"
#include "check.h"
#include "plat/http/tunnel.h"
#include "plat/os/net.h"

#include <dirent.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { ANSWER_S = 10 };

struct world {
    struct loop *loop;
    struct outbound_lookups *lookups;
    int host; /* who is wanted */
    struct host_rule rule;
    int listener; /* of the proxy, which takes it over */
    uint16_t door;
    struct loop_msg over;
    struct loop_timer cut;
    struct tunnel *tunnel;
    char said[256];
    int joined;
    int refused;
    bool closed;
};

static void on_joined(void *arg)
{
    ((struct world *)arg)->joined++;
}

static void on_refused(void *arg, str_t target, const char *why)
{
    (void)target;
    (void)why;
    ((struct world *)arg)->refused++;
}

static void on_closed(void *arg)
{
    struct world *w = arg;
    w->closed = true;
    loop_stop(w->loop);
}

static const struct tunnel_events events = { on_joined, on_refused, on_closed };

static void on_over(struct loop_msg *msg)
{
    struct world *w = CONTAINER_OF(msg, struct world, over);
    loop_stop(w->loop);
}

/* The program: it asks, hears the answer to its end or a word behind it, and goes. */
static void *program_main(void *arg)
{
    struct world *w = arg;
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(w->door) };
    const struct timeval patience = { .tv_sec = ANSWER_S };
    char ask[128];
    size_t n = 0;
    ssize_t got = 1;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    snprintf(ask, sizeof ask, "CONNECT localhost:%u HTTP/1.1\r\n\r\n", (unsigned)w->rule.port);
    if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
        send(fd, ask, strlen(ask), MSG_NOSIGNAL) > 0) {
        while (got > 0 && n < sizeof w->said - 1 && strstr(w->said, "\r\n\r\n") == NULL) {
            got = recv(fd, w->said + n, sizeof w->said - 1 - n, 0);
            n += got > 0 ? (size_t)got : 0;
        }
    }
    close(fd);
    loop_post(w->loop, &w->over);
    return NULL;
}

static size_t descriptors(void)
{
    size_t n = 0;
    DIR *d = opendir("/proc/self/fd");
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

static void world_up(struct world *w)
{
    memset(w, 0, sizeof *w);
    w->over.run = on_over;
    assert_int_equal(loop_new(NULL, &w->loop), E_OK);
    w->lookups = outbound_lookups_new(2);
    assert_int_equal(net_listen("127.0.0.1:0", NULL, &w->host), E_OK);
    assert_int_equal(net_listen("127.0.0.1:0", NULL, &w->listener), E_OK);
    w->door = net_port(w->listener);
    w->rule = (struct host_rule){ STR("localhost"), net_port(w->host) };
}

static void world_down(struct world *w)
{
    assert_int_equal(loop_watches(w->loop), 0);
    loop_free(w->loop);
    outbound_lookups_free(w->lookups);
    close(w->host);
}

static err_t tunnel_up(struct world *w)
{
    static const struct outbound_rules rules = { .loopback = true };
    const struct tunnel_cfg cfg = { .listener = w->listener,
                                    .loop = w->loop,
                                    .rules = &rules,
                                    .lookups = w->lookups,
                                    .hosts = &w->rule,
                                    .hosts_n = 1,
                                    .on = &events,
                                    .arg = w };
    return tunnel_new(&cfg, &w->tunnel);
}

static void tunnel_down(struct world *w)
{
    tunnel_close(w->tunnel);
    tunnel_close(w->tunnel); /* once more is nothing more */
    while (!w->closed)
        loop_run(w->loop);
}

static void test_faults(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct world w;
        pthread_t program;
        world_up(&w);
        size_t before = descriptors();
        fault_arm(n);
        err_t e = tunnel_up(&w);
        if (e == E_OK) {
            assert_int_equal(pthread_create(&program, NULL, program_main, &w), 0);
            loop_run(w.loop);
            pthread_join(program, NULL);
            tunnel_down(&w);
        }
        bool fired = fault_used();
        fault_disarm();
        check(e == E_OK || (fired && (e == E_NO_MEMORY || e == E_IO)), "it could not be made");
        check(fired || (w.joined == 1 && w.refused == 0), "all is well");
        check(fired || strstr(w.said, " 200 ") != NULL, w.said);
        assert_int_equal(descriptors() + 1, before); /* the listener */
        world_down(&w);
        if (!fired)
            break;
        check(n < 100, "it ends");
    }
}

static void on_cut(struct loop_timer *timer)
{
    struct world *w = CONTAINER_OF(timer, struct world, cut);
    tunnel_close(w->tunnel);
}

/* While it is asked, looks up, connects or has joined: each of them gets its turn. */
static void test_closed_early(void **state)
{
    (void)state;
    for (int ms = 0; ms < 10; ms++) {
        struct world w;
        pthread_t program;
        world_up(&w);
        size_t before = descriptors();
        assert_int_equal(tunnel_up(&w), E_OK);
        assert_int_equal(pthread_create(&program, NULL, program_main, &w), 0);
        if (ms == 0)
            tunnel_close(w.tunnel);
        else
            loop_timer_start(w.loop, &w.cut, DUR_MS(10 * ms), on_cut);
        while (!w.closed)
            loop_run(w.loop);
        pthread_join(program, NULL);
        loop_timer_stop(w.loop, &w.cut);
        assert_int_equal(descriptors() + 1, before); /* the listener */
        world_down(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_closed_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
