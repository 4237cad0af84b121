/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet.h"

#include "base/glob.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

static const struct {
    const char *pattern;
    const char *text;
    bool match;
} globs[] = {
    { "*", "", true },
    { "*", "anything", true },
    { "pc-*", "pc-17", true },
    { "pc-*", "pc-", true },
    { "pc-*", "srv-17", false },
    { "pc-??", "pc-17", true },
    { "pc-??", "pc-7", false },
    { "*-17", "pc-17-17", true },
    { "a*b*c", "aXbXbYc", true },
    { "a*b*c", "aXbXb", false },
    { "PC", "pc", false },
    { "", "", true },
    { "", "a", false },
    { "**a", "bbba", true },
    { "a?", "a", false },
    { "*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
};

static void test_globs(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(globs); i++) {
        bool match = glob_matches(str_from_cz(globs[i].pattern), str_from_cz(globs[i].text));
        if (match != globs[i].match)
            fail_msg("%s against %s", globs[i].pattern, globs[i].text);
    }
}

static void test_a_key_ends(void **state)
{
    struct world *w = *state;
    oid_t key =
        key_made(w, (struct enrolment_key_in){ .expires_at = ts_add(world_start, DUR_S(10)) });
    struct row_enrolment_key row;
    as_key(w, key);
    assert_int_equal(enrolment_key_check(&w->act, key, STR("pc"), &row), E_OK);
    world_time(w, ts_add(world_start, DUR_S(10)));
    assert_int_equal(enrolment_key_check(&w->act, key, STR("pc"), &row), E_KEY_EXPIRED);
    assert_int_equal(ACT(w, enrolment_key_use(&w->act, key, &row)), E_KEY_EXPIRED);
    struct enrolment_key_in past = { .name = STR("late"), .expires_at = world_start };
    struct token_text text;
    as_admin(w);
    assert_int_equal(ACT(w, enrolment_key_make(&w->act, &past, &row, &text)), E_BAD_FIELD);
}

static void test_a_key_is_for_its_machines(void **state)
{
    struct world *w = *state;
    oid_t key = key_made(w, (struct enrolment_key_in){ .machine_pattern = STR("pc-*") });
    struct enrol_init_out out;
    as_key(w, key);
    assert_int_equal(ACT(w, ask(w, STR("srv-1"), NULL, STR_NONE, &out)), E_FORBIDDEN);
    assert_int_equal(ACT(w, ask(w, STR("pc-1"), NULL, STR_NONE, &out)), E_OK);
}

static void test_an_approving_key_approves_at_the_first_right_confirm(void **state)
{
    struct world *w = *state;
    oid_t key = key_made(w, (struct enrolment_key_in){ .auto_approve = true,
                                                       .uses = { true, 1 },
                                                       .labels = STR("{\"site\":\"paris\"}") });
    struct enrol_init_out a;
    struct enrol_init_out b;
    struct enrol_confirm_out out;
    struct row_enrolment_key row;
    as_key(w, key);
    assert_int_equal(ACT(w, ask(w, STR("a"), NULL, STR_NONE, &a)), E_OK);
    assert_int_equal(ACT(w, ask(w, STR("b"), NULL, STR_NONE, &b)), E_OK);
    assert_int_equal(device_now(w, a.device_id).status, DEVICE_PENDING);
    assert_int_equal(ACT(w, fetch(w, &a, STR_NONE, &out)), E_OK);
    assert_true(out.approved);
    assert_true(str_eq(device_now(w, a.device_id).labels, STR("{\"site\":\"paris\"}")));
    assert_int_equal(ACT(w, fetch(w, &a, STR_NONE, &out)), E_OK);
    assert_false(out.approved); /* the same token again is no second use */
    assert_int_equal(ACT(w, fetch(w, &b, STR_NONE, &out)), E_KEY_EXHAUSTED);
    assert_int_equal(device_now(w, b.device_id).status, DEVICE_PENDING);
    w->act.org = w->org;
    assert_int_equal(enrolment_key_get(&w->act, key, &row), E_OK);
    assert_int_equal(row.uses_left.v, 0);
    assert_int_equal(row.used_n, 1);
}

static void test_nobody_gives_what_he_lacks(void **state)
{
    struct world *w = *state;
    struct enrolment_key_in in = { .name = STR("key"), .may_uninstall = true };
    struct row_enrolment_key row;
    struct token_text text;
    oid_t key = key_made(w, (struct enrolment_key_in){ 0 });
    as_admin(w);
    w->act.actor.perms = role_perms(ROLE_ENROLLER);
    assert_int_equal(ACT(w, enrolment_key_make(&w->act, &in, &row, &text)), E_FORBIDDEN);
    assert_int_equal(ACT(w, enrolment_key_delete(&w->act, key)), E_FORBIDDEN);
    in.may_uninstall = false;
    assert_int_equal(ACT(w, enrolment_key_make(&w->act, &in, &row, &text)), E_OK);
    assert_int_equal(ACT(w, enrolment_key_delete(&w->act, row.id)), E_OK);
    assert_int_equal(enrolment_key_get(&w->act, row.id, &row), E_NOT_FOUND);
    w->act.org = w->other_org;
    assert_int_equal(ACT(w, enrolment_key_delete(&w->act, key)), E_NOT_FOUND);
}

/* locked, refuse-known, was the machine in before: may it come in? */
static const struct {
    bool locked;
    bool refuse;
    bool known;
    err_t err;
} locks[] = {
    { false, false, false, E_OK },        { false, false, true, E_OK },
    { false, true, false, E_OK },         { false, true, true, E_OK },
    { true, false, true, E_OK },          { true, false, false, E_FLEET_LOCKED },
    { true, true, true, E_FLEET_LOCKED }, { true, true, false, E_FLEET_LOCKED },
};

static void test_the_fleet_lock(void **state)
{
    struct world *w = *state;
    struct fleet_lock lock;
    for (size_t i = 0; i < ARRAY_LEN(locks); i++) {
        assert_int_equal(
            ACT(w, fleet_lock_set(&w->act, &w->rules, locks[i].locked, locks[i].refuse)), E_OK);
        assert_int_equal(fleet_lock_check(&w->act, &w->rules, locks[i].known), locks[i].err);
        assert_int_equal(fleet_lock_get(&w->act, &w->rules, &lock), E_OK);
        assert_true(lock.locked == locks[i].locked && lock.refuse_known == locks[i].refuse);
    }
    w->act.org = w->other_org; /* it is the organisation's own */
    assert_int_equal(fleet_lock_check(&w->act, &w->rules, false), E_OK);
    w->rules = (struct fleet_rules){ .locked = true, .locked_by = STR("SENESCHAL_FLEET_LOCKED") };
    assert_int_equal(fleet_lock_check(&w->act, &w->rules, false), E_FLEET_LOCKED);
    assert_int_equal(fleet_lock_check(&w->act, &w->rules, true), E_OK);
    assert_int_equal(ACT(w, fleet_lock_set(&w->act, &w->rules, false, false)), E_CONFLICT);
    assert_int_equal(fleet_lock_get(&w->act, &w->rules, &lock), E_OK);
    assert_true(str_eq(lock.by, STR("SENESCHAL_FLEET_LOCKED")));
}

static void test_a_lock_between_request_and_approval_holds(void **state)
{
    struct world *w = *state;
    struct enrol_init_out request = asked(w, STR("pc"));
    w->rules.locked = true;
    assert_int_equal(ACT(w, approve(w, request.device_id, (oid_t){ 0 })), E_FLEET_LOCKED);
    assert_int_equal(device_now(w, request.device_id).status, DEVICE_PENDING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_globs),
        TEST(test_a_key_ends),
        TEST(test_a_key_is_for_its_machines),
        TEST(test_an_approving_key_approves_at_the_first_right_confirm),
        TEST(test_nobody_gives_what_he_lacks),
        TEST(test_the_fleet_lock),
        TEST(test_a_lock_between_request_and_approval_holds),
    };
    return cmocka_run_group_tests_name("enrolment_key", tests, NULL, NULL);
}
