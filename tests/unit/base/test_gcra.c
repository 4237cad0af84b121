/* SPDX-License-Identifier: Apache-2.0 */
/* How often somebody may call: a burst, then the steady rate, also where the rate changes between
 * two calls. */
#include "base/gcra.h"

#include "check.h"

static const dur_t start = { INT64_C(5000000000) };

static dur_t later(dur_t from, int64_t ms)
{
    return (dur_t){ from.us + ms * 1000 };
}

/* How many of `asked` are let in at one moment. */
static int taken(_Atomic int64_t *bucket, struct gcra_rate rate, dur_t now, int asked)
{
    int n = 0;
    dur_t wait;
    for (int i = 0; i < asked; i++)
        n += gcra_take(bucket, rate, now, &wait);
    return n;
}

static void a_burst_and_then_the_steady_rate(void **state)
{
    struct gcra_rate rate = gcra_per_minute(60, 20);
    _Atomic int64_t bucket = 0;
    dur_t wait = { 0 };
    (void)state;
    check(taken(&bucket, rate, start, 100) == 21, "the burst and the one that is due");
    check(!gcra_take(&bucket, rate, later(start, 400), &wait), "too early");
    check(wait.us == 600000, "the time until it is not");
    check(taken(&bucket, rate, later(start, 1000), 5) == 1, "one a second");
    check(taken(&bucket, rate, later(start, 4000), 5) == 3, "what was saved since");
    check(taken(&bucket, rate, later(start, 3600000), 100) == 21, "and never more than the burst");
}

static void no_rate_is_no_limit(void **state)
{
    _Atomic int64_t bucket = 0;
    (void)state;
    check(taken(&bucket, (struct gcra_rate){ 0 }, start, 100000) == 100000, "all of them");
    check(bucket == 0, "and nothing is owed when there is one again");
}

static void a_higher_rate_forgives_what_a_lower_one_had_owed(void **state)
{
    struct gcra_rate low = gcra_per_minute(1, 10);
    struct gcra_rate high = gcra_per_minute(600, 10);
    _Atomic int64_t bucket = 0;
    dur_t wait;
    (void)state;
    check(taken(&bucket, low, start, 100) == 11, "eleven minutes ahead");
    check(taken(&bucket, high, start, 100) == 1, "at once one, not the burst anew");
    check(!gcra_take(&bucket, high, later(start, 50), &wait), "then ten a second");
    check(taken(&bucket, high, later(start, 100), 5) == 1, "and no more");
    check(taken(&bucket, high, later(start, 60000), 100) == 11, "rested");
}

static void a_lower_rate_holds_at_once(void **state)
{
    struct gcra_rate high = gcra_per_minute(6000, 100);
    struct gcra_rate low = gcra_per_minute(6, 1);
    _Atomic int64_t bucket = 0;
    (void)state;
    check(taken(&bucket, high, start, 1000) == 101, "a burst of the higher one");
    check(taken(&bucket, low, later(start, 2000), 100) == 2, "the lower one's");
    check(taken(&bucket, low, later(start, 12000), 100) == 1, "one in ten seconds");
}

/* Clocks of two threads differ a little: that forgives nobody anything. */
static void a_clock_a_little_behind_forgives_nothing(void **state)
{
    struct gcra_rate rate = gcra_per_minute(60, 20);
    _Atomic int64_t bucket = 0;
    (void)state;
    (void)taken(&bucket, rate, start, 100);
    for (int ms = -40; ms <= 0; ms++)
        check(taken(&bucket, rate, later(start, ms), 3) == 0, "too early");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_and_then_the_steady_rate),
        cmocka_unit_test(no_rate_is_no_limit),
        cmocka_unit_test(a_higher_rate_forgives_what_a_lower_one_had_owed),
        cmocka_unit_test(a_lower_rate_holds_at_once),
        cmocka_unit_test(a_clock_a_little_behind_forgives_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
