/* SPDX-License-Identifier: Apache-2.0 */
/* The wheel by its own ticks; the mailbox and the watches with a real loop. */
#include "plat/loop/loop.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct counted {
    struct loop_timer timer;
    struct wheel *wheel;
    struct counted *other;
    int fired;
};

static void count_fire(struct loop_timer *t)
{
    CONTAINER_OF(t, struct counted, timer)->fired++;
}

static void start(struct wheel *w, struct counted *c, uint64_t due)
{
    c->timer.fire = count_fire;
    wheel_start(w, &c->timer, due);
}

static void test_wheel_fires_at_its_tick(void **state)
{
    (void)state;
    static struct wheel w;
    struct counted soon = { 0 };
    struct counted round = { 0 };
    wheel_init(&w, 1000);
    start(&w, &soon, 1003);
    start(&w, &round, 1003 + WHEEL_SLOTS); /* the same slot, a round later */
    wheel_advance(&w, 1002);
    assert_int_equal(soon.fired, 0);
    wheel_advance(&w, 1003);
    assert_int_equal(soon.fired, 1);
    assert_int_equal(round.fired, 0);
    wheel_advance(&w, 1003 + 3 * WHEEL_SLOTS); /* a clock that jumps misses nothing */
    assert_int_equal(round.fired, 1);
    assert_int_equal(w.started, 0);
}

static void test_wheel_moves_and_stops(void **state)
{
    (void)state;
    static struct wheel w;
    struct counted a = { 0 };
    struct counted b = { 0 };
    wheel_init(&w, 0);
    start(&w, &a, 5);
    start(&w, &b, 5);
    start(&w, &a, 9);
    wheel_stop(&w, &b.timer);
    wheel_stop(&w, &b.timer); /* twice is fine */
    wheel_advance(&w, 8);
    assert_int_equal(a.fired + b.fired, 0);
    wheel_advance(&w, 9);
    assert_int_equal(a.fired, 1);
    start(&w, &b, 3); /* in the past: the next tick */
    wheel_advance(&w, 10);
    assert_int_equal(b.fired, 1);
}

static void stop_other(struct loop_timer *t)
{
    struct counted *c = CONTAINER_OF(t, struct counted, timer);
    c->fired++;
    wheel_stop(c->wheel, &c->other->timer);
    wheel_start(c->wheel, t, c->wheel->tick + 2);
}

static void test_a_firing_timer_may_stop_its_neighbour(void **state)
{
    (void)state;
    static struct wheel w;
    struct counted b = { 0 };
    struct counted a = { .wheel = &w, .other = &b, .timer.fire = stop_other };
    wheel_init(&w, 0);
    wheel_start(&w, &a.timer, 1);
    start(&w, &b, 1);
    wheel_advance(&w, 1);
    assert_int_equal(a.fired, 1);
    assert_int_equal(b.fired, 0);
    wheel_advance(&w, 3);
    assert_int_equal(a.fired, 2);
}

enum { MESSAGES = 1000, SENDERS = 4 };

struct numbered {
    struct loop_msg msg;
    int sender;
    int number;
};

struct post_office {
    struct loop *loop;
    struct numbered letters[SENDERS][MESSAGES];
    int next[SENDERS];
    int total;
};

static struct post_office office;

static void receive(struct loop_msg *msg)
{
    struct numbered *n = CONTAINER_OF(msg, struct numbered, msg);
    assert_int_equal(office.next[n->sender]++, n->number);
    if (++office.total == SENDERS * MESSAGES)
        loop_stop(office.loop);
}

static void *send_all(void *arg)
{
    struct numbered *letters = arg;
    for (int i = 0; i < MESSAGES; i++)
        loop_post(office.loop, &letters[i].msg);
    return NULL;
}

static void test_mailbox_keeps_the_order_of_each_sender(void **state)
{
    (void)state;
    pthread_t senders[SENDERS];
    assert_int_equal(loop_new(NULL, &office.loop), E_OK);
    for (int s = 0; s < SENDERS; s++) {
        for (int i = 0; i < MESSAGES; i++)
            office.letters[s][i] =
                (struct numbered){ .msg.run = receive, .sender = s, .number = i };
        assert_int_equal(pthread_create(&senders[s], NULL, send_all, office.letters[s]), 0);
    }
    loop_run(office.loop);
    for (int s = 0; s < SENDERS; s++)
        (void)pthread_join(senders[s], NULL);
    assert_int_equal(office.total, SENDERS * MESSAGES);
    loop_free(office.loop);
}

/* Two loops that throw one message to and fro: a message that nobody is woken for ends the game. */

struct ball {
    struct loop_msg msg;
    struct loop *sides[2];
    int flights;
};

enum { FLIGHTS = 20000 };

static void ball_flies(struct loop_msg *msg)
{
    struct ball *b = CONTAINER_OF(msg, struct ball, msg);
    if (++b->flights < FLIGHTS) {
        loop_post(b->sides[b->flights % 2], &b->msg);
        return;
    }
    loop_stop(b->sides[0]);
    loop_stop(b->sides[1]);
}

static void *ball_side(void *arg)
{
    loop_run(arg);
    return NULL;
}

static void test_a_loop_that_sleeps_is_woken(void **state)
{
    struct ball b = { .msg.run = ball_flies };
    pthread_t threads[2];
    (void)state;
    for (int i = 0; i < 2; i++)
        assert_int_equal(loop_new(NULL, &b.sides[i]), E_OK);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ball_side, b.sides[i]), 0);
    loop_post(b.sides[0], &b.msg);
    for (int i = 0; i < 2; i++)
        (void)pthread_join(threads[i], NULL);
    assert_int_equal(b.flights, FLIGHTS);
    for (int i = 0; i < 2; i++)
        loop_free(b.sides[i]);
}

/* A message that posts itself again and again does not keep the timers from their turn. */

struct restless {
    struct loop_msg msg;
    struct loop *loop;
    struct loop_timer timer;
};

static void restless_runs(struct loop_msg *msg)
{
    struct restless *r = CONTAINER_OF(msg, struct restless, msg);
    loop_post(r->loop, msg);
}

static void restless_ends(struct loop_timer *t)
{
    struct restless *r = CONTAINER_OF(t, struct restless, timer);
    loop_stop(r->loop);
}

static void restless_rests(struct loop_msg *msg)
{
    (void)msg;
}

static void test_messages_leave_time_for_others(void **state)
{
    struct restless r = { .msg.run = restless_runs };
    (void)state;
    assert_int_equal(loop_new(NULL, &r.loop), E_OK);
    loop_timer_start(r.loop, &r.timer, DUR_MS(1), restless_ends);
    loop_post(r.loop, &r.msg);
    loop_run(r.loop);
    r.msg.run = restless_rests;
    loop_free(r.loop);
}

struct watched {
    struct loop_watch watch;
    struct loop *loop;
    int fds[2];
    unsigned seen;
};

static void on_closed(struct loop_watch *w)
{
    struct watched *t = CONTAINER_OF(w, struct watched, watch);
    close(t->fds[0]);
    loop_stop(t->loop);
}

static void on_ready(struct loop_watch *w, unsigned events)
{
    struct watched *t = CONTAINER_OF(w, struct watched, watch);
    t->seen |= events;
    if (events == LOOP_WRITE) {
        assert_int_equal(write(t->fds[1], "x", 1), 1);
        loop_watch_arm(w, LOOP_READ | LOOP_LEFT);
    } else if ((events & LOOP_LEFT) == 0) {
        (void)shutdown(t->fds[1], SHUT_WR);
    } else {
        loop_watch_close(w, on_closed);
    }
}

static void test_watch_tells_what_happens(void **state)
{
    (void)state;
    struct watched t = { 0 };
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, t.fds), 0);
    assert_int_equal(loop_new(NULL, &t.loop), E_OK);
    assert_int_equal(loop_watch_open(t.loop, &t.watch, t.fds[0], on_ready), E_OK);
    loop_watch_arm(&t.watch, LOOP_WRITE);
    loop_run(t.loop);
    assert_int_equal(t.seen, LOOP_WRITE | LOOP_READ | LOOP_LEFT);
    close(t.fds[1]);
    loop_free(t.loop);
}

struct timed {
    struct loop_timer timer;
    struct loop *loop;
    int fired;
};

static void fire_and_stop(struct loop_timer *t)
{
    struct timed *x = CONTAINER_OF(t, struct timed, timer);
    x->fired++;
    loop_stop(x->loop);
}

static void pass_an_hour(struct loop_msg *msg)
{
    (void)msg;
    clock_freeze((ts_t){ 1 }, DUR_HOURS(2));
}

/* The wheel goes by base/clock, so that a test need not wait. */
static void test_timers_go_by_the_clock(void **state)
{
    (void)state;
    struct timed x = { 0 };
    struct loop_msg msg = { .run = pass_an_hour };
    clock_freeze((ts_t){ 1 }, DUR_HOURS(1));
    assert_int_equal(loop_new(NULL, &x.loop), E_OK);
    loop_timer_start(x.loop, &x.timer, DUR_S(3599), fire_and_stop);
    loop_post(x.loop, &msg);
    loop_run(x.loop);
    assert_int_equal(x.fired, 1);
    loop_free(x.loop);
    clock_release();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wheel_fires_at_its_tick),
        cmocka_unit_test(test_wheel_moves_and_stops),
        cmocka_unit_test(test_a_firing_timer_may_stop_its_neighbour),
        cmocka_unit_test(test_mailbox_keeps_the_order_of_each_sender),
        cmocka_unit_test(test_a_loop_that_sleeps_is_woken),
        cmocka_unit_test(test_messages_leave_time_for_others),
        cmocka_unit_test(test_watch_tells_what_happens),
        cmocka_unit_test(test_timers_go_by_the_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
