/* SPDX-License-Identifier: Apache-2.0 */
#include "fault_loop.h"
#include "fleet.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

static const char nonce_a[] = "aaaaaaaaaaaaaaaaaaaaaa";
static const char nonce_b[] = "bbbbbbbbbbbbbbbbbbbbbb";

static bool same(const struct token_text *a, const struct token_text *b)
{
    return a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

static err_t turn(struct world *w, oid_t id, int64_t join_seq, const char *nonce,
                  struct rotate_out *ret)
{
    as_device(w, id, join_seq);
    return device_rotate(&w->act, join_seq, str_from_cz(nonce), ret);
}

static void test_two_phases(void **state)
{
    struct world *w = *state;
    struct token_text old;
    struct rotate_out first;
    struct rotate_out again;
    oid_t id = enrolled(w, STR("pc"), &old);
    assert_int_equal(ACT(w, turn(w, id, 1, nonce_a, &first)), E_OK);
    assert_int_equal(ACT(w, turn(w, id, 1, nonce_a, &again)), E_OK);
    assert_true(same(&first.token, &again.token));
    assert_int_equal(first.join_seq, 2);
    assert_false(first.clone);
    assert_int_equal(settled(w, &old), SETTLE_CURRENT); /* good until the new one is used */
    assert_int_equal(settled(w, &first.token), SETTLE_GOOD);
    assert_int_equal(device_now(w, id).join_seq, 2);
    assert_int_equal(ACT(w, turn(w, id, 1, nonce_a, &again)), E_CONFLICT);
    assert_int_equal(ACT(w, turn(w, id, 2, nonce_a, &again)), E_OK);
    assert_false(same(&first.token, &again.token));
}

static void test_an_older_token_is_a_clone(void **state)
{
    struct world *w = *state;
    struct token_text old;
    struct rotate_out next;
    oid_t id = enrolled(w, STR("pc"), &old);
    assert_int_equal(ACT(w, turn(w, id, 1, nonce_a, &next)), E_OK);
    assert_int_equal(settled(w, &next.token), SETTLE_GOOD);
    assert_int_equal(settled(w, &old), SETTLE_CLONE);
    struct row_device d = device_now(w, id);
    assert_int_equal(d.status, DEVICE_BLOCKED);
    assert_true(str_eq(device_reason(&d), DEVICE_REASON_CLONE));
    assert_int_equal(settled(w, &next.token), SETTLE_SHUT);
    as_admin(w);
    assert_int_equal(ACT(w, device_change(&w->act, id, MOVE_UNBLOCK, STR_NONE)), E_OK);
    assert_int_equal(settled(w, &next.token), SETTLE_CURRENT);
    assert_int_equal(settled(w, &old), SETTLE_CLONE);
}

static void test_a_second_nonce_is_a_clone(void **state)
{
    struct world *w = *state;
    struct token_text token;
    struct rotate_out out;
    oid_t id = enrolled(w, STR("pc"), &token);
    assert_int_equal(ACT(w, turn(w, id, 1, nonce_a, &out)), E_OK);
    assert_int_equal(ACT(w, turn(w, id, 1, nonce_b, &out)), E_OK);
    assert_true(out.clone);
    assert_int_equal(out.token.n, 0);
    assert_int_equal(device_now(w, id).status, DEVICE_BLOCKED);
    assert_int_equal(ACT(w, turn(w, id, 1, nonce_a, &out)), E_DEVICE_BLOCKED);
}

static void test_an_administrators_rotate_kills_at_once(void **state)
{
    struct world *w = *state;
    struct token_text old;
    struct enrol_init_out back = { 0 };
    struct enrol_confirm_out out;
    oid_t id = enrolled(w, STR("pc"), &old);
    as_admin(w);
    assert_int_equal(ACT(w, device_rotate_by_admin(&w->act, id, &back.claim)), E_OK);
    assert_int_equal(settled(w, &old), SETTLE_GONE);
    back.device_id = id;
    assert_int_equal(ACT(w, fetch(w, &back, STR_NONE, &out)), E_OK);
    assert_int_equal(out.join_seq, 2);
    assert_int_equal(settled(w, &out.token), SETTLE_GOOD);
    as_admin(w);
    assert_int_equal(ACT(w, device_change(&w->act, id, MOVE_BLOCK, STR_NONE)), E_OK);
    assert_int_equal(ACT(w, device_rotate_by_admin(&w->act, id, &back.claim)), E_CONFLICT);
}

static void test_a_revoked_token_never_works_again(void **state)
{
    struct world *w = *state;
    struct token_text old;
    struct token_text fresh;
    oid_t id = enrolled(w, STR("pc"), &old);
    as_admin(w);
    assert_int_equal(ACT(w, device_change(&w->act, id, MOVE_REVOKE, STR("stolen"))), E_OK);
    assert_int_equal(settled(w, &old), SETTLE_SHUT); /* known still, so that it is told why */
    as_admin(w);
    assert_int_equal(ACT(w, device_change(&w->act, id, MOVE_REINSTATE, STR_NONE)), E_OK);
    assert_int_equal(settled(w, &old), SETTLE_GONE);
    assert_true(oid_eq(enrolled(w, STR("pc"), &fresh), id));
    assert_int_equal(settled(w, &old), SETTLE_GONE);
    assert_int_equal(settled(w, &fresh), SETTLE_CURRENT);
    assert_false(same(&old, &fresh));
}

/* Every door that a machine can try: none opens, and the reason stays what it was. */
static void test_a_revoked_device_stays_out(void **state)
{
    struct world *w = *state;
    struct token_text token;
    struct enrol_init_out request = { 0 };
    struct enrol_init_out init;
    struct enrol_confirm_out out;
    struct rotate_out rotated;
    struct row_device d;
    struct agent_enrol_out agent;
    struct agent_enrol_in arrive = { .machine_id = STR("pc"),
                                     .allow_reactivate = true,
                                     .rules = &w->rules };
    oid_t key =
        key_made(w, (struct enrolment_key_in){ .auto_approve = true, .may_uninstall = true });
    oid_t id = enrolled(w, STR("pc"), &token);
    as_admin(w);
    assert_int_equal(ACT(w, device_rotate_by_admin(&w->act, id, &request.claim)), E_OK);
    request.device_id = id;
    assert_int_equal(ACT(w, device_change(&w->act, id, MOVE_REVOKE, STR("stolen"))), E_OK);

    as_nobody(w);
    assert_int_equal(ACT(w, ask(w, STR("pc"), NULL, STR_NONE, &init)), E_DEVICE_REVOKED);
    assert_int_equal(ACT(w, fetch(w, &request, STR_NONE, &out)), E_DEVICE_REVOKED);
    assert_int_equal(ACT(w, turn(w, id, 1, nonce_a, &rotated)), E_DEVICE_REVOKED);
    as_device(w, id, 1);
    assert_int_equal(ACT(w, agent_uninstall(&w->act, STR("pc"), STR("update"), &d)),
                     E_DEVICE_REVOKED);
    assert_int_equal(ACT(w, agent_uninstall(&w->act, STR("pc"), STR("admin_revoke"), &d)),
                     E_DEVICE_REVOKED);
    assert_int_equal(ACT(w, agent_heartbeat(&w->act, STR("pc"), STR("9"))), E_DEVICE_REVOKED);
    as_key(w, key);
    assert_int_equal(ACT(w, ask(w, STR("pc"), NULL, STR_NONE, &init)), E_DEVICE_REVOKED);
    assert_int_equal(ACT(w, agent_enrol(&w->act, &arrive, &agent)), E_DEVICE_REVOKED);
    as_admin(w);
    assert_int_equal(ACT(w, agent_uninstall(&w->act, STR("pc"), STR("other"), &d)),
                     E_DEVICE_REVOKED);
    assert_int_equal(ACT(w, device_change(&w->act, id, MOVE_REVOKE, STR("other"))), E_CONFLICT);

    d = device_now(w, id);
    assert_int_equal(d.status, DEVICE_REVOKED);
    assert_true(str_eq(device_reason(&d), STR("stolen")));
    assert_true(ts_is_set(d.revoked_at));
}

static void test_the_history_keeps_every_revocation(void **state)
{
    struct world *w = *state;
    struct token_text token;
    struct row_device_event *events;
    size_t n;
    oid_t id = enrolled(w, STR("pc"), &token);
    as_admin(w);
    assert_int_equal(ACT(w, device_change(&w->act, id, MOVE_REVOKE, STR("first"))), E_OK);
    assert_int_equal(ACT(w, device_change(&w->act, id, MOVE_REINSTATE, STR_NONE)), E_OK);
    struct row_device d = device_now(w, id);
    assert_true(str_eq(d.revoke_reason, STR("first"))); /* no other move writes these columns */
    assert_int_equal(ACT(w, device_change(&w->act, id, MOVE_REVOKE, STR("second"))), E_OK);
    assert_int_equal(device_history(&w->act, id, &events, &n), E_OK);
    assert_int_equal(n, 4);
    assert_true(str_eq(events[0].reason, STR("second")));
    assert_true(str_eq(events[2].reason, STR("first")));
    assert_int_equal(events[3].action, MOVE_APPROVE);
}

static err_t expire(struct world *w, dur_t later, int64_t limit, bool *ret_more)
{
    world_time(w, ts_add(world_start, later));
    err_t e = ACT(w, retired_tokens_expire(&w->act, limit, ret_more));
    world_time(w, world_start);
    return e;
}

/* Who shows a token that was forgotten is nobody; before that he is a clone. */
static void test_a_retired_token_is_forgotten_a_year_after_its_successor(void **state)
{
    struct world *w = *state;
    struct token_text old;
    struct rotate_out next;
    bool more = true;
    oid_t id = enrolled(w, STR("pc"), &old);
    world_time(w, ts_add(world_start, DUR_DAYS(300)));
    assert_int_equal(ACT(w, turn(w, id, 1, nonce_a, &next)), E_OK);
    assert_int_equal(settled(w, &next.token), SETTLE_GOOD);
    assert_int_equal(expire(w, DUR_DAYS(600), 10, &more), E_OK); /* its own age does not count */
    assert_false(more);
    assert_int_equal(settled(w, &old), SETTLE_CLONE);
    as_admin(w);
    assert_int_equal(ACT(w, device_change(&w->act, id, MOVE_UNBLOCK, STR_NONE)), E_OK);
    assert_int_equal(expire(w, DUR_DAYS(666), 1, &more), E_OK);
    assert_true(more); /* as many as it may */
    assert_int_equal(expire(w, DUR_DAYS(666), 1, &more), E_OK);
    assert_false(more);
    assert_int_equal(settled(w, &old), SETTLE_GONE);
    assert_int_equal(settled(w, &next.token), SETTLE_CURRENT);
}

static err_t expire_run(struct world *w, void *ret)
{
    return retired_tokens_expire(&w->act, 10, ret);
}

static void test_each_step_of_forgetting_may_fail(void **state)
{
    static const struct fault_case one = { "expire", expire_run, sizeof(bool) };
    fails_whole(*state, &one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_two_phases),
        TEST(test_an_older_token_is_a_clone),
        TEST(test_a_second_nonce_is_a_clone),
        TEST(test_an_administrators_rotate_kills_at_once),
        TEST(test_a_revoked_token_never_works_again),
        TEST(test_a_revoked_device_stays_out),
        TEST(test_the_history_keeps_every_revocation),
        TEST(test_a_retired_token_is_forgotten_a_year_after_its_successor),
        TEST(test_each_step_of_forgetting_may_fail),
    };
    return cmocka_run_group_tests_name("rotation", tests, NULL, NULL);
}
