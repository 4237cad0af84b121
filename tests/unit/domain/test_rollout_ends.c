/* SPDX-License-Identifier: Apache-2.0 */
/* How rollouts end before everybody has the version, what is kept of it, and what stands in the
 * way. */
#include "rollout_steps.h"

static void test_abort_and_rollback(void **state)
{
    struct rworld *r = *state;
    BEGIN(r, { .percent = { true, 100000 }, .soak_s = { true, 5 } });
    digest_t target = config_now(r, 0).etag;
    for (size_t i = 0; i < 4; i++)
        answers(r, i, "applied");
    answers(r, 4, "failed");
    tick(r);
    want_state(r, ROLLOUT_RUNNING, 1);
    answers(r, 5, "rejected");
    tick(r);
    want_state(r, ROLLOUT_ABORTED, 1);
    assert_int_equal(with_target(r), 0);
    see_all(r);
    tick(r);
    want_state(r, ROLLOUT_ABORTED, 1);
    for (size_t i = 0; i < 3; i++)
        answers(r, i, "applied");
    /* A word of the target that was under way: one more to wait for. */
    rworld_reset(r);
    assert_int_equal(try_ack(r, 6, &target, "applied"), E_OK);
    tick(r);
    want_state(r, ROLLOUT_ABORTED, 1);
    answers(r, 6, "applied");
    tick(r);
    want_state(r, ROLLOUT_ABORTED, 1);
    pass(r, 101); /* device 3 is there, and says nothing */
    see(r, 3);
    tick(r);
    want_state(r, ROLLOUT_ROLLED_BACK, 1);
}

static void test_rollback_of_who_is_away(void **state)
{
    struct rworld *r = *state;
    BEGIN(r, { .percent = { true, 100000 }, .approval = { true, true } });
    answer_all(r, "applied");
    pass(r, 1);
    struct rollout ro = rollout_now(r);
    assert_int_equal(rollout_abort(&r->w.act, &ro, (opt_bool_t){ 0 }, STR_NONE), E_OK);
    pass(r, 21);
    tick(r);
    want_state(r, ROLLOUT_ROLLED_BACK, 1);
}

static void test_held(void **state)
{
    struct rworld *r = *state;
    BEGIN(r, { .percent = { true, 100000 }, .approval = { true, true } });
    answers(r, 0, "applied");
    answers(r, 1, "failed");
    struct rollout ro = rollout_now(r);
    assert_int_equal(rollout_abort(&r->w.act, &ro, (opt_bool_t){ true, false }, STR_NONE), E_OK);
    assert_true(has_target(r, 0));
    assert_int_equal(with_target(r), 1);
    tick(r);
    want_state(r, ROLLOUT_ABORTED, 1);
    rworld_reset(r);
    assert_int_equal(rollout_policy_is_free(&r->w.act, r->policy), E_CONFLICT);
    ro = rollout_now(r);
    assert_int_equal(rollout_abort(&r->w.act, &ro, (opt_bool_t){ true, false }, STR_NONE), E_OK);
    assert_int_equal(with_target(r), 0);
    answers(r, 0, "applied");
    tick(r);
    want_state(r, ROLLOUT_ROLLED_BACK, 1);
}

static bool had_target(struct rworld *r, size_t i, ts_t at)
{
    struct config_plan plan;
    struct config_body body;
    rworld_reset(r);
    assert_int_equal(
        config_plan(&r->w.act, &(struct config_ask){ .device = r->devices[i], .at = at }, &plan),
        E_OK);
    assert_int_equal(config_compute(&r->w.act, &plan, &body), E_OK);
    return holds_text(body.bytes, STR("\"v\":2"));
}

/* What each device had, asked later: in each ring, after the abort, and while it was held. */
static void test_history(void **state)
{
    struct rworld *r = *state;
    bool had[5][FLEET_MAX];
    ts_t at[5];
    struct rollout ro;
    pass(r, 10);
    for (int moment = 0; moment < 5; moment++) {
        for (size_t i = 0; i < r->n; i++)
            had[moment][i] = has_target(r, i);
        at[moment] = r->w.act.now;
        pass(r, 10);
        switch (moment) {
        case 0:
            BEGIN(r, PERCENT(50), { .percent = { true, 100000 }, .approval = { true, true } });
            break;
        case 1:
            answer_all(r, "applied");
            tick(r);
            want_state(r, ROLLOUT_RUNNING, 2);
            break;
        case 2:
            ro = rollout_now(r);
            assert_int_equal(rollout_abort(&r->w.act, &ro, (opt_bool_t){ true, false }, STR_NONE),
                             E_OK);
            break;
        case 3:
            ro = rollout_now(r);
            assert_int_equal(rollout_abort(&r->w.act, &ro, (opt_bool_t){ true, true }, STR_NONE),
                             E_OK);
            break;
        default:
            break;
        }
    }
    assert_int_equal(with_target(r), 0);
    for (int moment = 0; moment < 5; moment++) {
        for (size_t i = 0; i < r->n; i++)
            assert_int_equal(had_target(r, i, at[moment]), had[moment][i]);
    }
}

static void test_overlap(void **state)
{
    struct rworld *r = *state;
    oid_t first = r->rollout;
    rworld_reset(r);
    oid_t users = make_policy(&r->w, "users", "{\"a\":1}");
    oid_t devices = make_policy(&r->w, "devices", "{\"b\":1}");
    assert_int_equal(assign(&r->w, users, SCOPE_GROUP, r->w.g_high, 0), E_OK);
    draft(&r->w, users, "{\"a\":2}", NULL);
    draft(&r->w, devices, "{\"b\":2}", NULL);
    r->policy = users;
    BEGIN(r, { .percent = { true, 100000 }, .approval = { true, true } });
    first = r->rollout;
    r->policy = devices;
    assert_int_equal(try_make(r, (const struct rollout_ring_in[]){ PERCENT(100) }, 1), E_OK);
    /* Nobody follows it yet: an assignment that would meet the other one is refused when it starts,
     * and when it is under way. */
    rworld_reset(r);
    assert_int_equal(assign(&r->w, devices, SCOPE_DEVICE, r->w.device, 0), E_OK);
    assert_int_equal(try_start(r), E_CONFLICT);
    char id[OID_TEXT];
    oid_format(first, id);
    assert_true(holds_text(str_from_cz(r->w.act.why.text), str_of(id, sizeof id)));
    rworld_reset(r);
    struct row_assignment *rows = NULL;
    size_t n = 0;
    assert_int_equal(assignment_list(&r->w.act, &(struct assignment_filter){ .policy_id = devices },
                                     (oid_t){ 0 }, 10, &rows, &n),
                     E_OK);
    assert_int_equal(assignment_delete(&r->w.act, &rows[0]), E_OK);
    assert_int_equal(try_start(r), E_OK);
    rworld_reset(r);
    assert_int_equal(assign(&r->w, devices, SCOPE_USER, r->w.user, 0), E_CONFLICT);
}

/* Policies that nobody follows yet share no device: only their number is bounded. */
static void test_room(void **state)
{
    struct rworld *r = *state;
    const struct rollout_ring_in rings[] = { { .percent = { true, 100000 },
                                               .approval = { true, true } } };
    for (int i = 0; i <= ROLLOUT_OPEN_MAX; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "p-%d", i);
        rworld_reset(r);
        r->policy = make_policy(&r->w, name, "{\"v\":1}");
        draft(&r->w, r->policy, "{\"v\":2}", NULL);
        assert_int_equal(try_make(r, rings, 1), E_OK);
        assert_int_equal(try_start(r), i < ROLLOUT_OPEN_MAX ? E_OK : E_CONFLICT);
    }
    tick(r);
}

/* With each failure of memory or the store nothing is half done: a tick that failed is made again.
 */
static void test_faults(void **state)
{
    struct rworld *r = *state;
    assert_int_equal(try_make(r, (const struct rollout_ring_in[]){ PERCENT(50), PERCENT(100) }, 2),
                     E_OK);
    assert_int_equal(try_start(r), E_OK);
    answer_all(r, "applied");
    assert_int_equal(db_tx_commit(r->w.store.db), E_OK);
    for (long n = 0;; n++) {
        assert_int_equal(db_tx_begin(r->w.store.db), E_OK);
        fault_arm(n);
        err_t e = try_tick(r);
        bool fired = fault_used();
        fault_disarm();
        assert_true(fired ? e != E_OK : e == E_OK);
        if (!fired)
            break;
        db_tx_rollback(r->w.store.db);
        assert_int_equal(db_tx_begin(r->w.store.db), E_OK);
        want_state(r, ROLLOUT_RUNNING, 1);
        assert_int_equal(count(r, 1, MEMBER_UNCHANGED), 0);
        db_tx_rollback(r->w.store.db);
    }
    want_state(r, ROLLOUT_RUNNING, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RWORLD_TEST(test_abort_and_rollback),
        RWORLD_TEST(test_rollback_of_who_is_away),
        RWORLD_TEST(test_held),
        RWORLD_TEST(test_history),
        RWORLD_TEST(test_overlap),
        RWORLD_TEST(test_room),
        RWORLD_TEST(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
