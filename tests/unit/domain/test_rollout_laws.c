/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What holds in every history of a rollout: a real store, generated devices, rings and events; each
 * case is named by its seed. Whoever has the target keeps it while it is under way, nobody has it
 * beyond the ring, nobody has it after an abort, and what is counted is what is written down.
 */
#include "base/rng.h"
#include "domain/policy/rollout_arm.h"
#include "domain/policy/rollout_hash.h"
#include "rollout_steps.h"

enum { CASES = 10000, DEVICES = 4, STEPS = 8 };

struct history {
    struct rworld *r;
    uint64_t seed;
    bool had[DEVICES];
    struct row_rollout was;
};

static void broken(const struct history *h, const char *law)
{
    fail_msg("seed %llu: %s", (unsigned long long)h->seed, law);
}

static bool has_arm(struct history *h, size_t i)
{
    struct rollout_arm arm;
    assert_int_equal(rollout_arm(&h->r->w.act, h->r->policy, h->r->devices[i], &arm), E_OK);
    return oid_is_set(arm.rollout);
}

static bool is_legal(int64_t from, int64_t to)
{
    if (from == to)
        return true;
    for (int act = 0; act < ROLLOUT_ACTS; act++) {
        enum rollout_state next;
        if (rollout_may((enum rollout_state)from, (enum rollout_act)act, &next) &&
            next == (enum rollout_state)to)
            return true;
    }
    return false;
}

static void check_step(struct history *h)
{
    struct rollout ro = rollout_now(h->r);
    bool under_way = ro.r.arms == ARMS_RINGS;
    int64_t reached =
        ro.rings[ro.r.ring - 1].percent.v; /* as written down, not as the arms have it */
    if (ro.r.ring < h->was.ring || ro.r.percent < h->was.percent)
        broken(h, "a ring was taken back");
    /* A tick may make several moves: out of a state it may reach any that follows. */
    if (!is_legal(h->was.state, ro.r.state) && h->was.state > ro.r.state)
        broken(h, "an illegal move");
    for (size_t i = 0; i < DEVICES; i++) {
        bool has = has_arm(h, i);
        if (under_way && h->had[i] && !has)
            broken(h, "a member lost the target");
        if (under_way && has && !rollout_takes(ro.r.seed, h->r->devices[i], reached))
            broken(h, "the target beyond the ring");
        if (ro.r.arms == ARMS_HELD && has && !h->had[i])
            broken(h, "the target after an abort");
        if (ro.r.arms == ARMS_NONE && has)
            broken(h, "the target of nothing");
        h->had[i] = has;
    }
    h->was = ro.r;
}

/* The counters are the rows, and every decision has its number. */
static void check_counts(struct history *h)
{
    struct rollout ro = rollout_now(h->r);
    for (size_t i = 0; i < ro.rings_n; i++) {
        struct rollout_counts c = rollout_ring_counts(&ro.rings[i]);
        for (int s = 0; s < MEMBER_STATES; s++) {
            struct row_rollout_line *rows = NULL;
            size_t n = 0;
            if (c.n[s] == 0 && s != MEMBER_APPLIED && s != MEMBER_PENDING)
                continue;
            struct sql_rollout_device_list in = { .rollout = ro.r.id,
                                                  .state = { true, s },
                                                  .ring = { true, ro.rings[i].n },
                                                  .limit = 100 };
            assert_int_equal(sql_rollout_device_list(h->r->w.act.db, h->r->step, &in, &rows, &n),
                             E_OK);
            if ((int64_t)n != c.n[s])
                broken(h, "a count that is not its rows");
        }
    }
    struct row_rollout_event *events = NULL;
    size_t n = 0;
    assert_int_equal(sql_rollout_event_list(h->r->w.act.db, h->r->step,
                                            &(struct sql_rollout_event_list){ .rollout = ro.r.id,
                                                                              .before = INT64_MAX,
                                                                              .limit = 500 },
                                            &events, &n),
                     E_OK);
    if ((int64_t)n != ro.r.event_n || (n > 0 && events[n - 1].n != 1))
        broken(h, "a decision without its number");
}

static bool chance(uint64_t of)
{
    return rng_below(of) == 0;
}

static void any_rollout(struct history *h)
{
    struct rollout_ring_in rings[3] = { 0 };
    size_t n = 1 + rng_below(3);
    int64_t percent = 0;
    struct rollout ro;
    for (size_t i = 0; i < n; i++) {
        percent += 1 + (int64_t)rng_below((uint64_t)(99000 - percent));
        rings[i].percent = (opt_milli_t){ true, i + 1 == n ? ROLLOUT_WHOLE : percent };
        rings[i].soak_s = (opt_i64_t){ true, (int64_t)rng_below(2) * 10 };
        rings[i].approval = (opt_bool_t){ true, chance(4) };
        rings[i].pause = (opt_bool_t){ true, chance(4) };
    }
    struct row_policy_version v;
    struct policy_content content = { .content = STR("{\"v\":2}") };
    rworld_reset(h->r);
    assert_int_equal(policy_version_make(&h->r->w.act, h->r->policy, &content, &v), E_OK);
    char seed[16];
    int seed_n = snprintf(seed, sizeof seed, "%llu", (unsigned long long)h->seed);
    struct rollout_in in = {
        .policy_id = h->r->policy,
        .to = { true, v.number },
        .seed = str_of(seed, (size_t)seed_n),
        .rings = rings,
        .rings_n = n,
        .min_executed = { true, (int64_t)rng_below(3) },
        .max_failed = { true, (int64_t)rng_below(3) * 30000 },
        .timeout_s = { true, 40 },
        .lost_after_s = { true, 30 },
        .away_after_s = { true, 20 },
        .auto_rollback = { true, !chance(4) },
    };
    assert_int_equal(rollout_create(&h->r->w.act, &in, &ro), E_OK);
    h->r->rollout = ro.r.id;
}

static void any_word(struct history *h)
{
    size_t i = rng_below(DEVICES);
    answers(h->r, i, chance(4) ? "failed" : "applied");
}

/* What a person does; refused where the table says so. */
static void any_act(struct history *h)
{
    struct rollout ro = rollout_now(h->r);
    enum rollout_state to;
    enum rollout_state from = (enum rollout_state)ro.r.state;
    struct act *act = &h->r->w.act;
    err_t e;
    switch (rng_below(5)) {
    case 0:
        e = rollout_pause(act, &ro, STR_NONE);
        assert_int_equal(e == E_OK, rollout_may(from, ROLLOUT_PAUSE, &to));
        return;
    case 1:
    case 2:
        e = rollout_resume(act, &ro);
        assert_int_equal(e == E_OK, rollout_may(from, ROLLOUT_RESUME, &to));
        return;
    case 3:
        e = rollout_promote(act, &ro, 0, chance(3));
        assert_true(e == E_CONFLICT || rollout_may(from, ROLLOUT_PROMOTE, &to));
        return;
    default:
        if (!chance(3))
            return;
        e = rollout_abort(act, &ro, (opt_bool_t){ chance(2), chance(2) }, STR_NONE);
        assert_true(e == E_CONFLICT || rollout_may(from, ROLLOUT_ABORT, &to));
    }
}

static void any_event(struct history *h)
{
    switch (rng_below(8)) {
    case 0:
        pass(h->r, 1 + (int64_t)rng_below(45));
        return;
    case 1:
        see(h->r, rng_below(DEVICES));
        return;
    case 2:
        any_act(h);
        return;
    case 3:
        tick(h->r);
        return;
    default:
        any_word(h);
        tick(h->r);
    }
}

/* Whatever happened, it can be brought to an end, and then nobody is left in between. */
static void finish(struct history *h)
{
    for (int i = 0; i < 4; i++) {
        struct rollout ro = rollout_now(h->r);
        if (ts_is_set(ro.r.ended_at))
            break;
        if (ro.r.arms != ARMS_NONE)
            assert_int_equal(rollout_abort(&h->r->w.act, &ro, (opt_bool_t){ true, true }, STR_NONE),
                             E_OK);
        check_step(h);
        pass(h->r, 50);
        tick(h->r);
        check_step(h);
    }
    struct rollout ro = rollout_now(h->r);
    if (!ts_is_set(ro.r.ended_at))
        broken(h, "it does not end");
    check_counts(h);
    ro = rollout_now(h->r);
    assert_int_equal(rollout_delete(&h->r->w.act, &ro), E_OK);
    tick(h->r);
}

static void laws(void **state)
{
    struct rworld *r = *state;
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        struct history h = { .r = r, .seed = seed };
        rng_seed_for_test(seed);
        any_rollout(&h);
        assert_int_equal(try_start(r), E_OK);
        tick(r);
        check_step(&h);
        for (int i = 0; i < STEPS; i++) {
            any_event(&h);
            check_step(&h);
        }
        finish(&h);
    }
    rng_seed_for_test(0);
}

static int set_up(void **state)
{
    static struct rworld r;
    rworld_open(&r, DEVICES);
    *state = &r;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(laws, set_up, rworld_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
