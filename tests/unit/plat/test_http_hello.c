/* SPDX-License-Identifier: Apache-2.0 */
/* The budget of handshakes, without a socket: who may go on, and who waits. The loop does not run,
 * so that all of it is one turn. */
#include "check.h"
#include "plat/http/lane.h"

enum { CONNS = 4 };

struct fixture {
    struct lane lane;
    struct conn conns[CONNS];
};

static dur_t now;

static void pass_us(int64_t us)
{
    now.us += us;
    clock_freeze((ts_t){ 1 }, now);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    now = DUR_S(1);
    pass_us(0);
    assert_int_equal(loop_new(NULL, &f->lane.loop), E_OK);
    for (size_t i = 0; i < CONNS; i++)
        f->conns[i] = (struct conn){ .lane = &f->lane, .state = CONN_HELLO };
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < CONNS; i++)
        hello_forget(&f->conns[i]);
    assert_null(f->lane.hellos.first);
    assert_null(f->lane.hellos.last);
    loop_free(f->lane.loop); /* the message that would have served them finds nobody */
    clock_release();
    free(f);
    return 0;
}

static void greet(struct conn *c, int64_t us)
{
    assert_true(hello_may(c));
    pass_us(us);
    hello_done(c);
}

static void one_is_always_made_and_the_next_waits(void **state)
{
    struct fixture *f = *state;
    greet(&f->conns[0], 50000);
    assert_false(hello_may(&f->conns[1]));
    assert_true(f->conns[1].hello.waits);
    assert_false(f->conns[0].hello.waits);
}

static void short_ones_share_a_turn(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 4; i++)
        greet(&f->conns[0], HELLO_BUDGET.us / 4);
    assert_false(hello_may(&f->conns[0]));
}

static void they_wait_in_their_order(void **state)
{
    struct fixture *f = *state;
    struct conn *c = f->conns;
    greet(&c[0], HELLO_BUDGET.us);
    assert_false(hello_may(&c[1]));
    assert_false(hello_may(&c[2]));
    assert_false(hello_may(&c[1])); /* asking again does not queue twice */
    assert_false(hello_may(&c[3]));
    f->lane.hellos.spent = (dur_t){ 0 }; /* the next turn */
    assert_false(hello_may(&c[0]));      /* a newcomer does not go before those who wait */
    greet(&c[1], 1);
    hello_forget(&c[3]); /* it has left */
    greet(&c[2], 1);
    greet(&c[0], 1);
    assert_null(f->lane.hellos.first);
}

static void who_leaves_breaks_no_queue(void **state)
{
    struct fixture *f = *state;
    struct conn *c = f->conns;
    greet(&c[0], HELLO_BUDGET.us);
    for (size_t i = 0; i < CONNS; i++)
        assert_false(hello_may(&c[i]));
    hello_forget(&c[1]); /* in the middle */
    hello_forget(&c[1]); /* twice is once */
    hello_forget(&c[0]); /* the first */
    hello_forget(&c[3]); /* the last */
    assert_ptr_equal(f->lane.hellos.first, &c[2]);
    assert_ptr_equal(f->lane.hellos.last, &c[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_is_always_made_and_the_next_waits, setup, teardown),
        cmocka_unit_test_setup_teardown(short_ones_share_a_turn, setup, teardown),
        cmocka_unit_test_setup_teardown(they_wait_in_their_order, setup, teardown),
        cmocka_unit_test_setup_teardown(who_leaves_breaks_no_queue, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
