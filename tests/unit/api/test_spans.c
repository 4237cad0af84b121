/* SPDX-License-Identifier: Apache-2.0 */
/* Spans that wait: in order, within their bounds, and every one counted. */
#include "api/spans.h"
#include "base/fault.h"
#include "check.h"

#include <pthread.h>

enum { THREADS = 4, EACH = 3000 };

static struct spans *made(void)
{
    struct spans *s = NULL;
    assert_int_equal(spans_new(&s), E_OK);
    return s;
}

static struct spans_stats stats_of(struct spans *s)
{
    struct spans_stats st;
    spans_stats(s, &st);
    return st;
}

static void test_order(void **state)
{
    (void)state;
    struct spans *s = made();
    struct buf b;
    buf_init(&b, 1024);
    check(spans_take(s, &b) == 0 && b.n == 0, "nothing");
    spans_put(s, STR("{1}"));
    spans_put(s, STR("{2}"));
    spans_put(s, STR("{3}"));
    check(spans_take(s, &b) == 3 && str_eq(buf_str(&b), STR("{1},{2},{3}")), "the oldest first");
    check(stats_of(s).waiting == 0, "they wait no more");
    spans_count(s, 2, 1);
    check(stats_of(s).sent == 2 && stats_of(s).failed == 1, "what became of them");
    buf_fini(&b);
    spans_free(s);
}

static void test_bounds(void **state)
{
    (void)state;
    static char big[SPANS_BYTES_MAX / 4];
    struct spans *s = made();
    struct buf b;
    buf_init(&b, 1024 * 1024);
    for (int i = 0; i < SPANS_MAX + 7; i++)
        spans_put(s, STR("{}"));
    check(stats_of(s).waiting == SPANS_MAX && stats_of(s).dropped == 7, "so many");
    check(spans_take(s, &b) == SPANS_BATCH_MAX, "one batch");
    spans_put(s, STR("{}"));
    check(stats_of(s).dropped == 7, "there is room again");
    spans_drop(s);
    check(stats_of(s).dropped == 7 + SPANS_MAX - SPANS_BATCH_MAX + 1, "all of them");
    for (int i = 0; i < 5; i++)
        spans_put(s, str_of(big, sizeof big));
    check(stats_of(s).waiting == 4, "so many bytes");
    spans_drop(s);
    spans_put(s, str_of(big, sizeof big));
    check(stats_of(s).waiting == 1, "what was dropped takes no room");
    buf_fini(&b);
    spans_free(s);
}

static void *putter(void *arg)
{
    for (int i = 0; i < EACH; i++)
        spans_put(arg, STR("{}"));
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    struct spans *s = made();
    pthread_t threads[THREADS];
    struct buf b;
    size_t taken = 0;
    buf_init(&b, 1024 * 1024);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, putter, s), 0);
    for (int i = 0; i < 20; i++) {
        buf_clear(&b);
        taken += spans_take(s, &b);
    }
    for (size_t i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
    struct spans_stats st = stats_of(s);
    check(taken + st.waiting + st.dropped == (uint64_t)THREADS * EACH, "every one is somewhere");
    check(spans_wait(s, DUR_MS(1), true), "it goes on");
    spans_stop(s);
    check(!spans_wait(s, DUR_S(60), true), "a stop is not waited for");
    buf_fini(&b);
    spans_free(s);
}

static void test_faults(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct spans *s = NULL;
        fault_arm(n);
        err_t e = spans_new(&s);
        if (e == E_OK)
            spans_put(s, STR("{}"));
        bool fired = fault_used();
        fault_disarm();
        check(e == E_OK || e == E_NO_MEMORY, "a failed allocation");
        check(e != E_OK || stats_of(s).waiting + stats_of(s).dropped == 1, "is counted");
        spans_free(s);
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
