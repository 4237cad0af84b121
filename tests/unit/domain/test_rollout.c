/* SPDX-License-Identifier: Apache-2.0 */
/* Rollouts against a real store and a clock that stands: each gate, each way that it ends. */
#include "rollout_steps.h"

static void test_ring_by_ring(void **state)
{
    struct rworld *r = *state;
    BEGIN(r, PERCENT(30), PERCENT(100));
    want_state(r, ROLLOUT_RUNNING, 1);
    size_t first = with_target(r);
    assert_true(first > 0 && first < r->n);
    assert_int_equal(count(r, 1, MEMBER_PENDING), first);
    answer_all(r, "applied");
    assert_int_equal(count(r, 1, MEMBER_APPLIED), first);
    tick(r);
    want_state(r, ROLLOUT_RUNNING, 2);
    assert_int_equal(with_target(r), r->n);
    answer_all(r, "applied");
    tick(r);
    want_state(r, ROLLOUT_COMPLETED, 2);
    struct row_policy_info policy;
    assert_int_equal(policy_get(&r->w.act, r->policy, &policy), E_OK);
    assert_int_equal(policy.newest_number.v, 2);
    assert_int_equal(with_target(r), r->n);
}

/* Whoever is not a member keeps its bytes, and completing changes nobody's. */
static void test_same_bytes(void **state)
{
    struct rworld *r = *state;
    digest_t before = config_now(r, 0).etag;
    BEGIN(r, PERCENT(50), PERCENT(100));
    digest_t target = { { 0 } };
    for (size_t i = 0; i < r->n; i++) {
        digest_t now = config_now(r, i).etag;
        if (has_target(r, i))
            target = now;
        else
            assert_memory_equal(now.b, before.b, sizeof before.b);
    }
    answer_all(r, "applied");
    tick(r);
    answer_all(r, "applied");
    tick(r);
    want_state(r, ROLLOUT_COMPLETED, 2);
    for (size_t i = 0; i < r->n; i++) {
        digest_t now = config_now(r, i).etag;
        assert_memory_equal(now.b, target.b, sizeof target.b);
    }
}

static void test_soak_approval_pause(void **state)
{
    struct rworld *r = *state;
    struct rollout ro;
    BEGIN(r,
          { .percent = { true, 50000 },
            .soak_s = { true, 60 },
            .approval = { true, true },
            .pause = { true, true } },
          PERCENT(100));
    answer_all(r, "applied");
    tick(r);
    pass(r, 59);
    see_all(r);
    tick(r);
    ro = rollout_now(r);
    assert_int_equal(rollout_promote(&r->w.act, &ro, 2, false), E_CONFLICT);
    ro = rollout_now(r);
    assert_int_equal(rollout_promote(&r->w.act, &ro, 1, false), E_OK);
    ro = rollout_now(r);
    assert_int_equal(rollout_promote(&r->w.act, &ro, 1, false), E_CONFLICT);
    tick(r);
    want_state(r, ROLLOUT_RUNNING, 1);
    pass(r, 1);
    tick(r);
    want_state(r, ROLLOUT_PAUSED, 1);
    tick(r);
    want_state(r, ROLLOUT_PAUSED, 1);
    ro = rollout_now(r);
    assert_int_equal(rollout_resume(&r->w.act, &ro), E_OK);
    tick(r);
    want_state(r, ROLLOUT_RUNNING, 2);
    ro = rollout_now(r);
    assert_int_equal(rollout_resume(&r->w.act, &ro), E_CONFLICT);
    assert_int_equal(rollout_promote(&r->w.act, &ro, 0, false), E_CONFLICT);
}

static void test_silence_and_absence(void **state)
{
    struct rworld *r = *state;
    for (size_t i = 1; i < r->n; i++)
        r->seen[i] = (ts_t){ 0 };
    BEGIN(r, PERCENT(100));
    assert_int_equal(count(r, 1, MEMBER_PENDING), 1);
    assert_int_equal(count(r, 1, MEMBER_AWAY), r->n - 1);
    pass(r, 10);
    see(r, 0);
    see(r, 1);
    tick(r);
    assert_int_equal(count(r, 1, MEMBER_PENDING), 2);
    pass(r, 91);
    tick(r);
    assert_int_equal(count(r, 1, MEMBER_TIMED_OUT), 1);
    want_state(r, ROLLOUT_ABORTED, 1);
}

/* Somebody who was seen shortly before, and then never again, is away after a while, not failed. */
static void test_recent_then_away(void **state)
{
    struct rworld *r = *state;
    pass(r, 5);
    BEGIN(r, PERCENT(100));
    assert_int_equal(count(r, 1, MEMBER_PENDING), r->n);
    pass(r, 21);
    tick(r);
    assert_int_equal(count(r, 1, MEMBER_AWAY), r->n);
    want_state(r, ROLLOUT_RUNNING, 1);
    answers(r, 0, "applied");
    tick(r);
    want_state(r, ROLLOUT_COMPLETED, 1);
}

/* A server that was down has not seen anybody: nobody is blamed for it. */
static void test_down_time(void **state)
{
    struct rworld *r = *state;
    BEGIN(r, PERCENT(100));
    see_all(r);
    tick(r);
    pass(r, 1000);
    r->up_since = r->w.act.now;
    tick(r);
    assert_int_equal(count(r, 1, MEMBER_PENDING), r->n);
    pass(r, 101);
    tick(r);
    assert_int_equal(count(r, 1, MEMBER_TIMED_OUT), r->n);
}

static void test_loss(void **state)
{
    struct rworld *r = *state;
    BEGIN(r, { .percent = { true, 100000 }, .soak_s = { true, 1000 } });
    answer_all(r, "applied");
    tick(r);
    pass(r, 51);
    for (size_t i = 1; i < r->n; i++)
        see(r, i);
    tick(r);
    assert_int_equal(count(r, 1, MEMBER_LOST), 1);
    want_state(r, ROLLOUT_RUNNING, 1);
    pass(r, 1);
    see(r, 0);
    tick(r);
    assert_int_equal(count(r, 1, MEMBER_LOST), 0);
    pass(r, 51);
    tick(r);
    want_state(r, ROLLOUT_ABORTED, 1);
}

/* Only words of the target count, and only the first about the same bytes. */
static void test_which_words_count(void **state)
{
    struct rworld *r = *state;
    digest_t old = config_now(r, 0).etag;
    BEGIN(r, { .percent = { true, 100000 }, .approval = { true, true } });
    assert_int_equal(try_ack(r, 0, &old, "failed"), E_OK);
    assert_int_equal(count(r, 1, MEMBER_FAILED), 0);
    answers(r, 0, "applied");
    answers(r, 0, "failed");
    assert_int_equal(count(r, 1, MEMBER_APPLIED), 1);
    assert_int_equal(count(r, 1, MEMBER_FAILED), 0);
    /* Another policy changes: these are other bytes, with the target in them too. */
    rworld_reset(r);
    oid_t other = make_policy(&r->w, "other", "{\"w\":1}");
    assert_int_equal(assign(&r->w, other, SCOPE_DEVICE, r->devices[0], 0), E_OK);
    answers(r, 0, "failed");
    assert_int_equal(count(r, 1, MEMBER_APPLIED), 0);
    assert_int_equal(count(r, 1, MEMBER_FAILED), 1);
}

static void test_unchanged(void **state)
{
    struct rworld *r = *state;
    struct row_policy_version v;
    rworld_reset(r);
    publish(&r->w, r->policy, 2);
    struct row_policy_info lock;
    assert_int_equal(policy_create(&r->w.act, &(struct policy_words){ .name = STR("lock") }, &lock),
                     E_OK);
    publish(&r->w, lock.id, draft(&r->w, lock.id, "{\"v\":0}", "[\"/v\"]"));
    assert_int_equal(assign(&r->w, lock.id, SCOPE_GLOBAL, (oid_t){ 0 }, 0), E_OK);
    assert_int_equal(policy_version_find(&r->w.act, r->policy, 1, &v), E_OK);
    assert_int_equal(try_make(r, (const struct rollout_ring_in[]){ PERCENT(100) }, 1), E_OK);
    struct rollout ro = rollout_now(r);
    assert_int_equal(rollout_change(&r->w.act, &ro, &(struct rollout_in){ .to = { true, 1 } }, &ro),
                     E_OK);
    assert_int_equal(try_start(r), E_OK);
    tick(r);
    assert_int_equal(count(r, 1, MEMBER_UNCHANGED), r->n);
    want_state(r, ROLLOUT_COMPLETED, 1);
}

static void set_status(struct rworld *r, size_t i, enum device_status status)
{
    assert_int_equal(
        sql_device_status_set(r->w.act.db, &(struct sql_device_status_set){ .org = r->w.org,
                                                                            .id = r->devices[i],
                                                                            .status = status }),
        E_OK);
}

static void test_gone_and_late(void **state)
{
    struct rworld *r = *state;
    set_status(r, 1, DEVICE_PENDING);
    BEGIN(r, { .percent = { true, 100000 }, .approval = { true, true } });
    assert_int_equal(count(r, 1, MEMBER_PENDING), r->n - 1);
    set_status(r, 0, DEVICE_REVOKED);
    set_status(r, 1, DEVICE_ENROLLED);
    tick(r);
    assert_int_equal(count(r, 1, MEMBER_GONE), 1);
    pass(r, 60);
    see_all(r);
    tick(r);
    assert_int_equal(count(r, 1, MEMBER_PENDING), r->n - 1);
    for (size_t i = 1; i < r->n; i++)
        answers(r, i, "applied");
    tick(r);
    struct rollout ro = rollout_now(r);
    assert_int_equal(rollout_promote(&r->w.act, &ro, 1, false), E_OK);
    tick(r);
    want_state(r, ROLLOUT_COMPLETED, 1);
}

/* A late joiner that speaks before the job finds it is counted once. */
static void test_late_word(void **state)
{
    struct rworld *r = *state;
    set_status(r, 1, DEVICE_PENDING);
    BEGIN(r, { .percent = { true, 100000 }, .approval = { true, true } });
    set_status(r, 1, DEVICE_ENROLLED);
    answers(r, 1, "applied");
    assert_int_equal(count(r, 1, MEMBER_APPLIED), 1);
    pass(r, 60);
    see(r, 1);
    tick(r);
    assert_int_equal(count(r, 1, MEMBER_APPLIED), 1);
}

static void test_groups_labels_owners(void **state)
{
    struct rworld *r = *state;
    oid_t staff = add_group(&r->w, "staff", 1);
    oid_t crowd = add_group(&r->w, "crowd", 2);
    add_member(&r->w, staff, ACTOR_DEVICE, r->devices[3]);
    assert_int_equal(
        sql_device_label_add(r->w.act.db, &(struct sql_device_label_add){ .org = r->w.org,
                                                                          .device = r->devices[4],
                                                                          .name = STR("ring"),
                                                                          .value = STR("early") }),
        E_OK);
    BEGIN(r, { .group = STR("Staff"), .approval = { true, true } },
          { .label = STR("ring=early"), .approval = { true, true } },
          { .group = STR("crowd"), .approval = { true, true } }, PERCENT(100));
    assert_int_equal(with_target(r), 1);
    assert_true(has_target(r, 3));
    /* Out of the group, but taken once. */
    assert_int_equal(
        sql_member_drop(r->w.act.db, &(struct sql_member_drop){ .group_id = staff,
                                                                .kind = ACTOR_DEVICE,
                                                                .member_id = r->devices[3] }),
        E_OK);
    assert_true(has_target(r, 3));
    answers(r, 3, "applied");
    struct rollout ro = rollout_now(r);
    assert_int_equal(rollout_promote(&r->w.act, &ro, 1, true), E_OK);
    tick(r);
    want_state(r, ROLLOUT_RUNNING, 2);
    assert_int_equal(with_target(r), 2);
    answers(r, 4, "applied");
    ro = rollout_now(r);
    assert_int_equal(rollout_promote(&r->w.act, &ro, 2, true), E_OK);
    tick(r);
    /* Nobody is in the third ring: it is met, and waits for its approval only. */
    assert_int_equal(count(r, 3, MEMBER_PENDING), 0);
    add_member(&r->w, crowd, ACTOR_USER, r->w.user);
    assert_int_equal(with_target(r), r->n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RWORLD_TEST(test_ring_by_ring),
        RWORLD_TEST(test_same_bytes),
        RWORLD_TEST(test_soak_approval_pause),
        RWORLD_TEST(test_silence_and_absence),
        RWORLD_TEST(test_recent_then_away),
        RWORLD_TEST(test_down_time),
        RWORLD_TEST(test_loss),
        RWORLD_TEST(test_which_words_count),
        RWORLD_TEST(test_unchanged),
        RWORLD_TEST(test_gone_and_late),
        RWORLD_TEST(test_late_word),
        RWORLD_TEST(test_groups_labels_owners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
