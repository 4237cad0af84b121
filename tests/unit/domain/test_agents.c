/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

static err_t arrive(struct world *w, oid_t key, str_t machine, struct agent_words words,
                    struct agent_enrol_out *ret)
{
    struct agent_enrol_in in = {
        .machine_id = machine, .words = words, .allow_reactivate = true, .rules = &w->rules
    };
    as_key(w, key);
    return agent_enrol(&w->act, &in, ret);
}

static err_t leave(struct world *w, str_t machine, str_t reason, struct row_device *ret)
{
    as_admin(w);
    return agent_uninstall(&w->act, machine, reason, ret);
}

static const struct agent_words no_words;

static void test_a_new_machine_comes_in(void **state)
{
    struct world *w = *state;
    oid_t key = key_made(w, (struct enrolment_key_in){ .auto_approve = true });
    struct agent_enrol_out out;
    struct agent_words words = { .hostname = STR("Host"), .version = STR("1.0") };
    assert_int_equal(ACT(w, arrive(w, key, STR("pc"), words, &out)), E_OK);
    assert_true(out.created);
    assert_false(out.reactivated);
    assert_int_equal(out.device.status, DEVICE_ENROLLED);
    assert_int_equal(out.device.join_seq, 1);
    assert_int_equal(settled(w, &out.token), SETTLE_CURRENT);
    assert_int_equal(ACT(w, arrive(w, key, STR("pc"), words, &out)), E_ALREADY_ENROLLED);
    assert_int_equal(ACT(w, arrive(w, key, STR("PC"), words, &out)), E_OK); /* case matters */
    assert_true(out.created);
}

static void test_a_key_that_does_not_approve_lets_nobody_in(void **state)
{
    struct world *w = *state;
    oid_t key = key_made(w, (struct enrolment_key_in){ .auto_approve = false });
    struct agent_enrol_out out;
    struct agent_enrol_in in = { .machine_id = STR("pc"), .rules = &w->rules };
    assert_int_equal(ACT(w, arrive(w, key, STR("pc"), no_words, &out)), E_APPROVAL_REQUIRED);
    as_admin(w);
    assert_int_equal(ACT(w, agent_enrol(&w->act, &in, &out)), E_APPROVAL_REQUIRED);
}

static void test_reactivation_keeps_what_is_not_said(void **state)
{
    struct world *w = *state;
    oid_t key = key_made(w, (struct enrolment_key_in){ .auto_approve = true });
    struct agent_enrol_out first;
    struct agent_enrol_out again;
    struct row_device d;
    struct agent_words words = { .hostname = STR("host"),
                                 .user_name = STR("Ada"),
                                 .version = STR("1") };
    assert_int_equal(ACT(w, arrive(w, key, STR("pc"), words, &first)), E_OK);
    assert_int_equal(ACT(w, leave(w, STR("pc"), STR("update"), &d)), E_OK);
    assert_true(str_eq(d.uninstall_reason, STR("update")));
    assert_int_equal(ACT(w, leave(w, STR("pc"), STR("again"), &d)), E_OK);
    assert_true(str_eq(d.uninstall_reason, STR("update")));
    world_time(w, ts_add(world_start, DUR_S(90)));
    words = (struct agent_words){ .version = STR("2") };
    assert_int_equal(ACT(w, arrive(w, key, STR("pc"), words, &again)), E_OK);
    assert_true(again.reactivated);
    assert_false(again.created);
    assert_true(str_eq(again.device.hostname, STR("host")));
    assert_true(str_eq(again.device.agent_user_name, STR("Ada")));
    assert_true(str_eq(again.device.client_version, STR("2")));
    assert_false(ts_is_set(again.device.uninstalled_at));
    assert_null(again.device.uninstall_reason.p);
    assert_int_equal(again.device.enrolled_at.us, w->act.now.us);
    assert_int_equal(again.device.last_seen_at.us, w->act.now.us);
    assert_int_equal(settled(w, &first.token), SETTLE_GONE);
    assert_int_equal(settled(w, &again.token), SETTLE_CURRENT);
}

/* A stranger's init makes the machine PENDING; that must not turn a reactivation into a first time.
 */
static void test_another_key_takes_over_nothing(void **state)
{
    struct world *w = *state;
    oid_t key = key_made(w, (struct enrolment_key_in){ .auto_approve = true });
    oid_t other = key_made(w, (struct enrolment_key_in){ .auto_approve = true });
    struct agent_enrol_out out;
    struct row_device d;
    assert_int_equal(ACT(w, arrive(w, key, STR("pc"), no_words, &out)), E_OK);
    assert_int_equal(ACT(w, leave(w, STR("pc"), STR_NONE, &d)), E_OK);
    assert_int_equal(ACT(w, arrive(w, other, STR("pc"), no_words, &out)), E_ALREADY_KNOWN);
    (void)asked(w, STR("pc"));
    assert_int_equal(ACT(w, arrive(w, other, STR("pc"), no_words, &out)), E_ALREADY_KNOWN);
    assert_int_equal(ACT(w, arrive(w, key, STR("pc"), no_words, &out)), E_OK);
    assert_true(out.reactivated);
    struct agent_enrol_in in = { .machine_id = STR("pc"),
                                 .allow_reactivate = false,
                                 .rules = &w->rules };
    assert_int_equal(ACT(w, leave(w, STR("pc"), STR_NONE, &d)), E_OK);
    as_key(w, key);
    assert_int_equal(ACT(w, agent_enrol(&w->act, &in, &out)), E_ALREADY_KNOWN);
}

static void test_who_may_uninstall(void **state)
{
    struct world *w = *state;
    oid_t plain = key_made(w, (struct enrolment_key_in){ .auto_approve = true });
    oid_t strong =
        key_made(w, (struct enrolment_key_in){ .auto_approve = true, .may_uninstall = true });
    struct agent_enrol_out a;
    struct agent_enrol_out b;
    struct row_device d;
    assert_int_equal(ACT(w, arrive(w, plain, STR("a"), no_words, &a)), E_OK);
    assert_int_equal(ACT(w, arrive(w, strong, STR("b"), no_words, &b)), E_OK);
    as_key(w, plain);
    assert_int_equal(ACT(w, agent_uninstall(&w->act, STR("a"), STR_NONE, &d)), E_FORBIDDEN);
    as_key(w, strong);
    assert_int_equal(ACT(w, agent_uninstall(&w->act, STR("a"), STR_NONE, &d)), E_FORBIDDEN);
    as_device(w, b.device.id, 1);
    assert_int_equal(ACT(w, agent_uninstall(&w->act, STR("a"), STR_NONE, &d)), E_FORBIDDEN);
    assert_int_equal(ACT(w, agent_heartbeat(&w->act, STR("a"), STR_NONE)), E_FORBIDDEN);
    assert_int_equal(ACT(w, agent_heartbeat(&w->act, STR("nobody"), STR_NONE)), E_OK);
    as_key(w, strong);
    assert_int_equal(ACT(w, agent_uninstall(&w->act, STR("b"), STR_NONE, &d)), E_OK);
    as_device(w, a.device.id, 1);
    assert_int_equal(ACT(w, agent_uninstall(&w->act, STR("a"), STR("admin_revoke"), &d)), E_OK);
    assert_int_equal(d.status, DEVICE_UNINSTALLED); /* by the device it is only a word */
    assert_int_equal(ACT(w, leave(w, STR("nobody"), STR_NONE, &d)), E_NOT_FOUND);
    assert_int_equal(ACT(w, leave(w, STR("b"), STR("admin_revoke"), &d)), E_OK);
    assert_int_equal(d.status, DEVICE_REVOKED);
    assert_true(str_eq(d.revoke_reason, STR("admin_revoke")));
}

static void test_verify_tells_only_who_is_in(void **state)
{
    struct world *w = *state;
    oid_t key = key_made(w, (struct enrolment_key_in){ .auto_approve = true });
    struct agent_enrol_out out;
    str_t who;
    int64_t n;
    assert_int_equal(ACT(w, arrive(w, key, STR("pc"), no_words, &out)), E_OK);
    str_t token = str_of(out.token.p, out.token.n);
    as_admin(w);
    assert_int_equal(agent_verify(&w->act, token, &who), E_OK);
    assert_true(str_eq(who, STR("pc")));
    assert_int_equal(agent_verify(&w->act, STR("imported"), &who), E_OK);
    assert_null(who.p);
    w->act.org = w->other_org;
    assert_int_equal(agent_verify(&w->act, token, &who), E_OK);
    assert_null(who.p);
    as_admin(w);
    assert_int_equal(ACT(w, device_change(&w->act, out.device.id, MOVE_BLOCK, STR_NONE)), E_OK);
    assert_int_equal(agent_verify(&w->act, token, &who), E_OK);
    assert_null(who.p);
    assert_int_equal(agent_count(&w->act, DEVICE_NONE, &n), E_OK);
    assert_int_equal(n, 1);
    assert_int_equal(agent_count(&w->act, DEVICE_ENROLLED, &n), E_OK);
    assert_int_equal(n, 0);
}

static void test_the_newest_enrolment_is_listed_first(void **state)
{
    struct world *w = *state;
    oid_t key = key_made(w, (struct enrolment_key_in){ .auto_approve = true });
    const str_t names[] = { STR("a"), STR("b"), STR("c") };
    struct agent_enrol_out out;
    struct row_device *rows;
    size_t n;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        world_time(w, ts_add(world_start, DUR_S((int64_t)i)));
        assert_int_equal(ACT(w, arrive(w, key, names[i], no_words, &out)), E_OK);
    }
    struct agent_page page = { .limit = 2 };
    assert_int_equal(agent_list(&w->act, DEVICE_NONE, page, &rows, &n), E_OK);
    assert_int_equal(n, 2);
    assert_true(str_eq(rows[0].machine_id, STR("c")));
    page.at = rows[1].enrolled_at;
    page.id = rows[1].id;
    assert_int_equal(agent_list(&w->act, DEVICE_NONE, page, &rows, &n), E_OK);
    assert_int_equal(n, 1);
    assert_true(str_eq(rows[0].machine_id, STR("a")));
}

static void test_a_key_counts_what_it_let_in(void **state)
{
    struct world *w = *state;
    oid_t key = key_made(w, (struct enrolment_key_in){ .auto_approve = true, .uses = { true, 2 } });
    struct agent_enrol_out out;
    assert_int_equal(ACT(w, arrive(w, key, STR("a"), no_words, &out)), E_OK);
    assert_int_equal(ACT(w, arrive(w, key, STR("a"), no_words, &out)), E_ALREADY_ENROLLED);
    assert_int_equal(ACT(w, arrive(w, key, STR("b"), no_words, &out)), E_OK);
    assert_int_equal(ACT(w, arrive(w, key, STR("c"), no_words, &out)), E_KEY_EXHAUSTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_new_machine_comes_in),
        TEST(test_a_key_that_does_not_approve_lets_nobody_in),
        TEST(test_reactivation_keeps_what_is_not_said),
        TEST(test_another_key_takes_over_nothing),
        TEST(test_who_may_uninstall),
        TEST(test_verify_tells_only_who_is_in),
        TEST(test_the_newest_enrolment_is_listed_first),
        TEST(test_a_key_counts_what_it_let_in),
    };
    return cmocka_run_group_tests_name("agents", tests, NULL, NULL);
}
