/* SPDX-License-Identifier: Apache-2.0 */
/* An HTTP client on a loop: what its owner does to what is under way. */
#include "check.h"
#include "fetch_rig.h"

/* Backpressure: paused after the first part, looked at after a while, resumed. */

struct slow {
    struct rig rig;
    struct loop_timer timer;
    unsigned long long seen[2]; /* what the peer had sent when it was looked at */
    int looks;
    size_t got;
};

static void slow_on_look(struct loop_timer *timer)
{
    struct slow *s = CONTAINER_OF(timer, struct slow, timer);
    s->seen[s->looks++] = atomic_load(&s->rig.peer.sent);
    if (s->looks == 1) {
        loop_timer_start(s->rig.loop, timer, DUR_MS(200), slow_on_look);
        return;
    }
    fetch_pause(s->rig.fetch, false);
}

static void slow_on_body(void *arg, str_t part)
{
    struct slow *s = arg;
    s->got += part.n;
    if (s->looks == 0) {
        fetch_pause(s->rig.fetch, true);
        loop_timer_start(s->rig.loop, &s->timer, DUR_MS(300), slow_on_look);
    } else if (s->got > MIB(32)) {
        fetch_cancel(s->rig.fetch);
        loop_stop(s->rig.loop);
    }
}

static void test_a_paused_peer_waits(void **state)
{
    static const struct fetch_events events = { .body = slow_on_body };
    static struct slow s;
    (void)state;
    rig_up(&s.rig, &rig_near, serve_flood);
    struct fetch_request req = rig_request(&s.rig);
    req.on = &events;
    req.arg = &s;
    req.idle_max = DUR_MS(100); /* less than the pause, which does not count */
    rig_start(&s.rig, &req);
    loop_run(s.rig.loop);
    assert_true(s.got > MIB(32));
    assert_true(s.seen[0] < MIB(16));
    assert_true(s.seen[0] == s.seen[1]);
    rig_down(&s.rig);
}

/* What callbacks may do to their fetch, to others and to the fetcher. */

struct act {
    struct rig rig;
    struct fetch *other;
    int what;
    bool head; /* or at the body, or the end */
    bool body;
};

static void act_now(struct act *t)
{
    if (t->what == 0)
        fetch_cancel(t->rig.fetch);
    if (t->what == 1)
        fetch_cancel(t->other);
    if (t->what == 2) {
        fetcher_free(t->rig.fetcher);
        t->rig.fetcher = NULL;
    }
    if (t->what != 1)
        loop_stop(t->rig.loop);
}

static void act_on_head(void *arg, const struct http_answer *head)
{
    struct act *t = arg;
    (void)head;
    if (t->head)
        act_now(t);
}

static void act_on_body(void *arg, str_t part)
{
    struct act *t = arg;
    (void)part;
    if (t->body)
        act_now(t);
}

static void act_on_end(void *arg, const struct fetch_end *end)
{
    struct act *t = arg;
    assert_int_equal(end->e, E_OK);
    assert_true(t->what == 1 || !(t->head || t->body));
    t->rig.ended++;
    if (!t->head && !t->body && t->what != 0)
        act_now(t);
    loop_stop(t->rig.loop);
}

static void other_end(void *arg, const struct fetch_end *end)
{
    const struct act *t = arg;
    (void)end;
    check(t->what == 0, "told of a fetch that was cancelled");
}

static void test_callbacks_may_end_everything(void **state)
{
    static const struct fetch_events events = { act_on_head, act_on_body, act_on_end };
    static const struct fetch_events other = { .end = other_end };
    (void)state;
    for (int i = 0; i < 9; i++) {
        struct act t = { .what = i % 3, .head = i / 3 == 0, .body = i / 3 == 1 };
        rig_up(&t.rig, &rig_near, serve_ok);
        fetcher_free(t.rig.fetcher);
        struct fetcher_cfg cfg = rig_cfg(&t.rig);
        cfg.connections_max = 1; /* the other one waits */
        assert_int_equal(fetcher_new(&cfg, NULL, &t.rig.fetcher), E_OK);
        struct fetch_request req = rig_request(&t.rig);
        req.on = &events;
        req.arg = &t;
        rig_start(&t.rig, &req);
        req.on = &other;
        assert_int_equal(fetch_start(t.rig.fetcher, &req, NULL, &t.other), E_OK);
        loop_run(t.rig.loop);
        rig_down(&t.rig);
    }
}

static void test_several_at_once(void **state)
{
    struct rig r;
    (void)state;
    rig_up(&r, &rig_near, serve_ok);
    struct fetch_request req = rig_request(&r);
    r.wanted = 50;
    for (int i = 0; i < 50; i++)
        rig_start(&r, &req);
    loop_run(r.loop);
    assert_int_equal(r.ended, 50);
    assert_int_equal(r.body.n, 250);
    assert_true(atomic_load(&r.peer.conns_n) <= 4);
    rig_down(&r);
}

int main(int argc, char **argv)
{
    (void)argv;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_paused_peer_waits),
        cmocka_unit_test(test_callbacks_may_end_everything),
        cmocka_unit_test(test_several_at_once),
    };
    rig_library = argc > 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
