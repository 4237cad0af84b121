/* SPDX-License-Identifier: Apache-2.0 */
/* Last use of devices and sessions: what memory notes, and when it is handed out. */
#include "check.h"
#include "domain/live/seen.h"

static struct live *make_live(void)
{
    struct live_cfg cfg = { .principals_max = 100,
                            .tokens_max = 100,
                            .scopes_max = 100,
                            .effectives_max = 2,
                            .signers_max = 2 };
    struct live *l = NULL;
    assert_int_equal(live_new(&cfg, &l), E_OK);
    return l;
}

static void a_session_in_use_is_collected_once_a_minute(void **state)
{
    (void)state;
    struct live *l = make_live();
    struct live_guard g;
    struct live_session_seen seen[8];
    struct live_hit hit;
    dur_t wait;
    struct live_principal who = {
        .actor = { .kind = ACTOR_USER, .id = (oid_t){ { 1 } }, .session = (oid_t){ { 9 } } }
    };
    digest_t t = { .b = { 1 } };
    clock_freeze((ts_t){ 1000000 }, (dur_t){ 1 });
    live_guard_take(l, &g);
    assert_int_equal(live_fill_token(l, &g, &t, &who), E_OK);
    struct live_principal device = { .actor = { .kind = ACTOR_DEVICE, .id = (oid_t){ { 2 } } } };
    digest_t of_device = { .b = { 2 } };
    assert_int_equal(live_fill_token(l, &g, &of_device, &device), E_OK);
    assert_int_equal(live_sessions_collect(l, DUR_S(60), seen, 8), 0);
    struct live_ask ask = { .token = t, .now = { DUR_S(60).us }, .mono = { 1 } };
    assert_int_equal(live_find(l, &ask, &hit, &wait), LIVE_HIT);
    assert_int_equal(live_sessions_collect(l, DUR_S(60), seen, 8), 0); /* only looked at */
    ask.seen = true;
    assert_int_equal(live_find(l, &ask, &hit, &wait), LIVE_HIT);
    assert_int_equal(live_sessions_collect(l, DUR_S(60), seen, 8), 1);
    assert_true(oid_eq(seen[0].session, (oid_t){ { 9 } }));
    assert_int_equal(seen[0].at.us, DUR_S(60).us);
    ask.now.us = DUR_S(119).us;
    assert_int_equal(live_find(l, &ask, &hit, &wait), LIVE_HIT);
    assert_int_equal(live_sessions_collect(l, DUR_S(60), seen, 8), 0);
    ask.now.us = DUR_S(120).us;
    assert_int_equal(live_find(l, &ask, &hit, &wait), LIVE_HIT);
    assert_int_equal(live_sessions_collect(l, DUR_S(60), seen, 8), 1);
    clock_release();
    live_free(l);
}

static void seen_devices_are_collected_once(void **state)
{
    (void)state;
    struct live *l = make_live();
    struct live_guard g;
    struct live_hit hit;
    struct live_seen seen[4];
    dur_t wait;
    const oid_t id = { { 2 } };
    const struct live_principal device = { .actor = { .kind = ACTOR_DEVICE, .id = id } };
    const digest_t token = { .b = { 2 } };
    live_guard_take(l, &g);
    assert_int_equal(live_fill_token(l, &g, &token, &device), E_OK);
    struct live_ask ask = { .token = token, .now = { 90000000 }, .seen = true };
    assert_int_equal(live_seen_at(l, id).us, 0);
    assert_int_equal(live_find(l, &ask, &hit, &wait), LIVE_HIT);
    assert_int_equal(live_seen_at(l, id).us, 90000000);
    assert_int_equal(live_seen_at(l, (oid_t){ { 3 } }).us, 0);
    assert_int_equal(live_seen_collect(l, DUR_S(60), seen, 4), 1);
    assert_true(oid_eq(seen[0].device, id));
    assert_int_equal(live_seen_collect(l, DUR_S(60), seen, 4), 0);
    live_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_in_use_is_collected_once_a_minute),
        cmocka_unit_test(seen_devices_are_collected_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
