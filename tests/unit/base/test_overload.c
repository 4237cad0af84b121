/* SPDX-License-Identifier: Apache-2.0 */
/* The controllers of overload: classes, CoDel, the pace of a batch server, when to come back. */
#include "base/codel.h"
#include "base/load.h"
#include "base/pace.h"
#include "base/pressure.h"
#include "check.h"

enum { MS = 1000 };

static const struct codel_law law = { { 5 * MS }, { 100 * MS } };

static void each_class_keeps_room_for_those_above(void **state)
{
    (void)state;
    for (size_t room = 1; room <= 4096; room *= 2) {
        for (size_t c = 0; c + 1 < LOAD_CLASSES; c++) {
            size_t known = load_share(room, (enum load_class)c, true);
            size_t strange = load_share(room, (enum load_class)c, false);
            check(known <= load_share(room, (enum load_class)(c + 1), true), "higher has no less");
            check(strange <= known, "who is known has no less");
            check(known <= room && strange >= 1, "never over the room, never nothing");
        }
    }
    assert_int_equal(load_share(1024, LOAD_BULK, true), 512);
    assert_int_equal(load_share(1024, LOAD_CHECK_IN, true), 768);
    assert_int_equal(load_share(1024, LOAD_CHECK_IN, false), 704);
    assert_int_equal(load_share(1024, LOAD_ADMIN, true), 1024);
    assert_int_equal((enum load_class){ 0 }, LOAD_BULK); /* what says nothing waits longest */
    for (size_t c = 0; c < LOAD_CLASSES; c++) {
        const struct codel_law *own = load_law((enum load_class)c);
        check(own->interval.us == 20 * own->target.us, "RFC 8289 section 4.4");
        check((own->target.us > 5 * MS) == (c != LOAD_ENROL), "only newcomers are refused early");
    }
}

/* A queue that is left every millisecond by one who waited `waited_ms`; how many are refused. */
static size_t refused_in(struct codel *c, int64_t from_ms, int64_t to_ms, int64_t waited_ms)
{
    size_t n = 0;
    for (int64_t ms = from_ms; ms < to_ms; ms++)
        n += codel_refuses(c, &law, (dur_t){ ms * MS }, (dur_t){ waited_ms * MS }, false);
    return n;
}

static void a_short_wait_is_never_refused(void **state)
{
    (void)state;
    struct codel c = { 0 };
    assert_int_equal(refused_in(&c, 1, 5000, 5), 0);
}

static void a_burst_is_served_and_a_standing_queue_is_not(void **state)
{
    (void)state;
    struct codel c = { 0 };
    assert_int_equal(refused_in(&c, 1, 101, 50), 0); /* not before a whole interval */
    assert_int_equal(refused_in(&c, 101, 201, 50), 100);
    assert_true(c.stands);
    assert_int_equal(refused_in(&c, 201, 301, 10), 0); /* twice the target is still served */
    assert_true(c.stands);
}

static void one_short_wait_in_an_interval_says_that_it_does_not_stand(void **state)
{
    (void)state;
    struct codel c = { 0 };
    for (int64_t ms = 1; ms < 2000; ms += 50) {
        assert_int_equal(refused_in(&c, ms, ms + 49, 60), 0);
        assert_int_equal(refused_in(&c, ms + 49, ms + 50, 4), 0);
    }
}

static void an_empty_queue_ends_it_at_once(void **state)
{
    (void)state;
    struct codel c = { 0 };
    assert_int_equal(refused_in(&c, 1, 201, 50), 100);
    assert_false(codel_refuses(&c, &law, (dur_t){ 201 * MS }, (dur_t){ 500 * MS }, true));
    assert_false(c.stands);
    assert_int_equal(refused_in(&c, 202, 301, 50), 0); /* and the next burst has its intervals */
    assert_int_equal(refused_in(&c, 301, 401, 50), 0);
    assert_int_equal(refused_in(&c, 401, 501, 50), 100);
}

static void a_slow_disk_shortens_its_queue(void **state)
{
    (void)state;
    struct pace p;
    pace_init(&p, DUR_MS(250), 256, 4096);
    assert_int_equal(p.limit, 4096);
    for (int i = 0; i < 64; i++)
        pace_note(&p, 256, DUR_MS(8), true); /* 32,000 a second: 8,000 would fit */
    assert_int_equal(p.limit, 4096);
    for (int i = 0; i < 64; i++)
        pace_note(&p, 100, DUR_MS(20), true); /* 5,000 a second */
    assert_int_equal(p.limit, 1250);
    for (int i = 0; i < 64; i++)
        pace_note(&p, 256, DUR_S(2), true);
    assert_int_equal(p.limit, 256);    /* one group is always taken */
    pace_note(&p, 1, DUR_S(2), false); /* nobody waits, but it hangs */
    assert_int_equal(p.limit, 256);
    for (int i = 0; i < 64; i++)
        pace_note(&p, 1, DUR_MS(4), false); /* never full: nothing speaks against the most */
    assert_int_equal(p.limit, 4096);
}

static void a_pace_has_its_bounds(void **state)
{
    (void)state;
    struct pace p;
    pace_init(&p, DUR_MS(250), 256, 4); /* a room smaller than one group */
    for (int i = 0; i < 64; i++) {
        pace_note(&p, 1, DUR_S(60), true);
        assert_int_equal(p.limit, 4);
    }
    pace_note(&p, SIZE_MAX >> 32, (dur_t){ 0 }, true); /* a clock that stands still */
    assert_int_equal(p.limit, 4);
}

/* The least and the greatest answer, and how many different ones there were. */
static size_t retries(struct pressure *p, dur_t now, int64_t *ret_least, int64_t *ret_most)
{
    bool seen[RETRY_SPREAD_MAX_S + 2] = { false };
    size_t n = 0;
    *ret_least = INT64_MAX;
    *ret_most = 0;
    for (uint64_t random = 0; random < 10000; random++) {
        int64_t s = pressure_retry_s(p, now, random * 0x9e3779b97f4a7c15U);
        assert_in_range(s, 1, RETRY_SPREAD_MAX_S + 1);
        n += !seen[s];
        seen[s] = true;
        *ret_least = s < *ret_least ? s : *ret_least;
        *ret_most = s > *ret_most ? s : *ret_most;
    }
    return n;
}

static void who_is_refused_comes_back_spread(void **state)
{
    (void)state;
    struct pressure p = { 0 };
    int64_t least;
    int64_t most;
    dur_t now = DUR_S(1000);
    assert_int_equal(retries(&p, now, &least, &most), RETRY_SPREAD_MIN_S + 1);
    for (int i = 0; i < 2000; i++)
        pressure_served(&p, now);
    for (int i = 0; i < 10000; i++)
        pressure_shed(&p, now);
    assert_int_equal(retries(&p, now, &least, &most), 13); /* 2 + 2 * 10000 / 2000, and 0 */
    assert_int_equal(least, 1);
    assert_int_equal(most, 13);
    now.us += DUR_S(1).us; /* the second before counts */
    (void)retries(&p, now, &least, &most);
    assert_int_equal(most, 13);
    now.us += DUR_S(1).us; /* and is forgotten */
    (void)retries(&p, now, &least, &most);
    assert_int_equal(most, 1 + RETRY_SPREAD_MIN_S);
}

static void a_server_that_serves_nobody_spreads_them_most(void **state)
{
    (void)state;
    struct pressure p = { 0 };
    int64_t least;
    int64_t most;
    for (int i = 0; i < 100000; i++)
        pressure_shed(&p, DUR_S(7));
    (void)retries(&p, DUR_S(7), &least, &most);
    assert_int_equal(most, 1 + RETRY_SPREAD_MAX_S);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_class_keeps_room_for_those_above),
        cmocka_unit_test(a_short_wait_is_never_refused),
        cmocka_unit_test(a_burst_is_served_and_a_standing_queue_is_not),
        cmocka_unit_test(one_short_wait_in_an_interval_says_that_it_does_not_stand),
        cmocka_unit_test(an_empty_queue_ends_it_at_once),
        cmocka_unit_test(a_slow_disk_shortens_its_queue),
        cmocka_unit_test(a_pace_has_its_bounds),
        cmocka_unit_test(who_is_refused_comes_back_spread),
        cmocka_unit_test(a_server_that_serves_nobody_spreads_them_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
