/* SPDX-License-Identifier: Apache-2.0 */
/* Rates that are set while the server runs: what holds, what is kept, and which of two is newer. */
#include "domain/identity/rates.h"
#include "domain/live/live.h"
#include "fault_loop.h"
#include "sql/store.h"

static struct rates configured(void)
{
    struct rates r = { .on = true };
    for (size_t i = 0; i < RATES; i++)
        r.configured[i] = 100 + (int64_t)i;
    rates_init(&r);
    return r;
}

static void what_is_set_goes_before_what_is_configured(void **state)
{
    struct rates r = configured();
    int64_t set[RATES] = { [RATE_DEVICE] = 600 };
    (void)state;
    check(rates_per_minute(&r, RATE_DEVICE) == 100 + RATE_DEVICE, "as configured");
    check(rates_apply(&r, set, rates_turn(&r)), "set");
    check(rates_per_minute(&r, RATE_DEVICE) == 600, "as set");
    check(rates_per_minute(&r, RATE_SIGNIN) == 100 + RATE_SIGNIN, "the others as configured");
    check(rates_get(&r, RATE_DEVICE).interval_us == 100000, "ten a second");
    check(rates_get(&r, RATE_DEVICE).burst_us == 2000000, "twenty at once");
    check(rates_get(&r, RATE_ADDRESS).burst_us ==
              rates_get(&r, RATE_ADDRESS).interval_us * (100 + RATE_ADDRESS),
          "a burst of as many as the rate");
    r.on = false;
    check(rates_get(&r, RATE_DEVICE).interval_us == 0, "off is no limit");
    rates_fini(&r);
}

static enum live_found call(struct live *l)
{
    struct live_ask ask = { .token = { .b = { 1 } }, .mono = { 1 }, .charge = true };
    struct live_hit hit;
    dur_t wait;
    return live_find(l, &ask, &hit, &wait);
}

static void a_rate_holds_for_its_kind_of_actor_and_from_the_next_call_on(void **state)
{
    const struct live_cfg cfg = { .principals_max = 10,
                                  .tokens_max = 10,
                                  .scopes_max = 10,
                                  .effectives_max = 2,
                                  .signers_max = 2 };
    const struct live_principal who = { .actor = { .kind = ACTOR_DEVICE, .id = { { 2 } } } };
    const digest_t token = { .b = { 1 } };
    struct live_guard g;
    struct live *l = NULL;
    (void)state;
    assert_int_equal(live_new(&cfg, &l), E_OK);
    live_guard_take(l, &g);
    assert_int_equal(live_fill_token(l, &g, &token, &who), E_OK);
    live_set_rate(l, ACTOR_USER, gcra_per_minute(60, 0));
    check(call(l) == LIVE_HIT, "another kind's rate");
    check(call(l) == LIVE_HIT, "is not this one's");
    live_set_rate(l, ACTOR_DEVICE, gcra_per_minute(60, 0));
    check(call(l) == LIVE_HIT, "one");
    check(call(l) == LIVE_LIMITED, "and one too many");
    live_set_rate(l, ACTOR_DEVICE, (struct gcra_rate){ 0 });
    check(call(l) == LIVE_HIT, "no limit any more");
    live_free(l);
}

/* Two changes may reach memory in another order than they were kept. */
static void memory_keeps_the_newer_of_two(void **state)
{
    struct rates r = configured();
    uint64_t first = rates_turn(&r);
    uint64_t second = rates_turn(&r);
    (void)state;
    check(rates_apply(&r, (int64_t[RATES]){ 222, 222, 222, 222, 222 }, second), "the newer");
    check(!rates_apply(&r, (int64_t[RATES]){ 111, 111, 111, 111, 111 }, first), "the older");
    check(rates_per_minute(&r, RATE_KEY) == 222, "the newer stays");
    rates_fini(&r);
}

static void what_is_kept_comes_back(void **state)
{
    struct world *w = *state;
    int64_t got[RATES];
    check(ACT(w, rates_load(&w->act, got)) == E_OK, "nothing is kept");
    for (size_t i = 0; i < RATES; i++)
        check(got[i] == 0, rate_infos[i].name);
    int64_t set[RATES] = { [RATE_ADDRESS] = 10, [RATE_KEY] = RATE_MOST };
    check(ACT(w, rates_keep(&w->act, set)) == E_OK, "the least and the most");
    check(ACT(w, rates_load(&w->act, got)) == E_OK, "loaded");
    check(memcmp(got, set, sizeof got) == 0, "the same");
    memset(set, 0, sizeof set);
    check(ACT(w, rates_keep(&w->act, set)) == E_OK, "given back");
    check(ACT(w, rates_load(&w->act, got)) == E_OK, "loaded");
    check(memcmp(got, set, sizeof got) == 0, "nothing is kept any more");
}

static void bounds(void **state)
{
    struct world *w = *state;
    int64_t got[RATES];
    for (size_t i = 0; i < RATES; i++) {
        int64_t set[RATES] = { 0 };
        set[i] = rate_infos[i].least - 1;
        check(ACT(w, rates_keep(&w->act, set)) == E_BAD_FIELD, rate_infos[i].name);
        set[i] = RATE_MOST + 1;
        check(ACT(w, rates_keep(&w->act, set)) == E_BAD_FIELD, rate_infos[i].name);
        set[i] = -1;
        check(ACT(w, rates_keep(&w->act, set)) == E_BAD_FIELD, rate_infos[i].name);
    }
    check(ACT(w, rates_load(&w->act, got)) == E_OK, "loaded");
    for (size_t i = 0; i < RATES; i++)
        check(got[i] == 0, "nothing of it was kept");
}

/* A store that somebody has written into by hand locks nobody out. */
static void what_another_hand_wrote(void **state)
{
    struct world *w = *state;
    int64_t got[RATES];
    struct sql_setting_set in = { .name = STR("limits.address"),
                                  .value = STR("1"),
                                  .now = w->act.now };
    check(ACT(w, sql_setting_set(w->act.db, &in)) == E_OK, "one a minute");
    check(ACT(w, rates_load(&w->act, got)) == E_OK, "loaded");
    check(got[RATE_ADDRESS] == rate_infos[RATE_ADDRESS].least, "the least");
    in.value = STR("many");
    check(ACT(w, sql_setting_set(w->act.db, &in)) == E_OK, "a word");
    check(ACT(w, rates_load(&w->act, got)) == E_CORRUPT, "is no rate");
}

static err_t keep_run(struct world *w, void *ret)
{
    (void)ret;
    return rates_keep(&w->act, (int64_t[RATES]){ 100, 100, 100, 100, 100 });
}

static err_t load_run(struct world *w, void *ret)
{
    return rates_load(&w->act, ret);
}

static void each_step_may_fail(void **state)
{
    static const struct fault_case cases[] = {
        { "rates_keep", keep_run, 0 },
        { "rates_load", load_run, RATES * sizeof(int64_t) },
    };
    struct world *w = *state;
    check(ACT(w, keep_run(w, NULL)) == E_OK, "kept");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        fails_whole(w, &cases[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_set_goes_before_what_is_configured),
        cmocka_unit_test(a_rate_holds_for_its_kind_of_actor_and_from_the_next_call_on),
        cmocka_unit_test(memory_keeps_the_newer_of_two),
        cmocka_unit_test_setup_teardown(what_is_kept_comes_back, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(bounds, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(what_another_hand_wrote, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(each_step_may_fail, world_setup, world_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
