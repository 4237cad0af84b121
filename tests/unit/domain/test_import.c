/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include "fleet.h"

#include "domain/fleet/import.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

static struct agent_import_in machine(const char *name, enum device_status status,
                                      const char *token)
{
    struct agent_import_in in = { .machine_id = str_from_cz(name),
                                  .status = status,
                                  .words = { .hostname = STR("Host") },
                                  .enrolled_at = { world_start.us - DUR_DAYS(300).us } };
    in.has_token = token != NULL;
    if (token != NULL)
        in.token = sha256_of(str_from_cz(token));
    return in;
}

static struct agent_import_out imported(struct world *w, const struct agent_import_in *in)
{
    struct agent_import_out out;
    as_admin(w);
    assert_int_equal(ACT(w, agent_import(&w->act, in, &out)), E_OK);
    return out;
}

static enum settle token_settles(struct world *w, const char *token)
{
    digest_t hash = sha256_of(str_from_cz(token));
    oid_t device;
    enum settle outcome;
    assert_int_equal(ACT(w, device_token_settle(&w->act, &hash, &device, &outcome)), E_OK);
    return outcome;
}

static void test_each_status_comes_over(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *name;
        enum device_status status;
        enum settle token;
    } cases[] = {
        { "active", DEVICE_ENROLLED, SETTLE_CURRENT },
        { "uninstalled", DEVICE_UNINSTALLED, SETTLE_SHUT },
        { "revoked", DEVICE_REVOKED, SETTLE_SHUT },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct agent_import_in in = machine(cases[i].name, cases[i].status, cases[i].name);
        struct agent_import_out out;
        in.reason = STR("why");
        in.dry_run = true;
        out = imported(w, &in);
        check(out.outcome == IMPORT_CREATED && !oid_is_set(out.id), cases[i].name);
        check(token_settles(w, cases[i].name) == SETTLE_GONE, "a dry run writes nothing");
        in.dry_run = false;
        out = imported(w, &in);
        check(out.outcome == IMPORT_CREATED, cases[i].name);
        struct row_device d = device_now(w, out.id);
        check(d.status == (int64_t)cases[i].status && d.imported && d.known, cases[i].name);
        check(d.enrolled_at.us == in.enrolled_at.us && d.join_seq == 1, cases[i].name);
        check(ts_is_set(d.revoked_at) == (d.status == DEVICE_REVOKED), cases[i].name);
        check(ts_is_set(d.uninstalled_at) == (d.status == DEVICE_UNINSTALLED), cases[i].name);
        check(token_settles(w, cases[i].name) == cases[i].token, cases[i].name);
        check(imported(w, &in).outcome == IMPORT_UNCHANGED, cases[i].name);
    }
}

static void test_what_changed_here_is_kept(void **state)
{
    struct world *w = *state;
    struct agent_import_in in = machine("pc", DEVICE_ENROLLED, "old");
    struct agent_import_out first = imported(w, &in);
    in.words.hostname = STR("Other");
    assert_int_equal(imported(w, &in).outcome, IMPORT_KEPT);
    in.words.hostname = STR("Host");
    in.token = sha256_of(STR("new"));
    assert_int_equal(imported(w, &in).outcome, IMPORT_KEPT);
    in = machine("pc", DEVICE_REVOKED, "old");
    assert_int_equal(imported(w, &in).outcome, IMPORT_KEPT);
    assert_int_equal(device_now(w, first.id).status, DEVICE_ENROLLED);
    in = machine("pc", DEVICE_ENROLLED, "old");
    assert_int_equal(imported(w, &in).outcome, IMPORT_UNCHANGED);
    as_admin(w);
    assert_int_equal(ACT(w, device_change(&w->act, first.id, MOVE_REVOKE, STR_NONE)), E_OK);
    struct agent_import_out out = imported(w, &in);
    assert_int_equal(out.outcome, IMPORT_KEPT);
    assert_int_equal(out.status, DEVICE_REVOKED);
}

static void test_a_token_has_one_owner(void **state)
{
    struct world *w = *state;
    struct agent_import_in one = machine("one", DEVICE_ENROLLED, "shared");
    struct agent_import_in two = machine("two", DEVICE_ENROLLED, "shared");
    assert_false(imported(w, &one).token_taken);
    struct agent_import_out out = imported(w, &two);
    assert_true(out.token_taken);
    struct row_device d = device_now(w, out.id);
    assert_int_equal(d.join_seq, 0);
    assert_false(ts_is_set(d.token_issued_at));
    assert_int_equal(imported(w, &two).outcome, IMPORT_UNCHANGED);
}

static void test_a_request_that_waits_gives_way_and_one_that_was_refused_does_not(void **state)
{
    struct world *w = *state;
    struct enrol_init_out waiting = asked(w, STR("waiting"));
    struct enrol_init_out refused = asked(w, STR("refused"));
    struct enrol_several several;
    struct enrol_decide_in decide = { .device_id = refused.device_id, .rules = &w->rules };
    struct enrol_confirm_out got;
    as_admin(w);
    assert_int_equal(ACT(w, enrol_refuse(&w->act, &decide, &several)), E_OK);
    struct agent_import_in in = machine("waiting", DEVICE_ENROLLED, "a");
    assert_int_equal(imported(w, &in).outcome, IMPORT_CREATED);
    assert_int_equal(ACT(w, fetch(w, &waiting, STR_NONE, &got)), E_CLAIM_WRONG);
    in = machine("refused", DEVICE_ENROLLED, "b");
    assert_int_equal(imported(w, &in).outcome, IMPORT_KEPT);
}

static void test_adoption_gives_the_first_token_once(void **state)
{
    struct world *w = *state;
    oid_t key = key_made(
        w, (struct enrolment_key_in){ .auto_approve = true, .adopt = true, .uses = { true, 1 } });
    struct agent_import_in bare = machine("bare", DEVICE_ENROLLED, NULL);
    struct agent_import_in owner = machine("owner", DEVICE_ENROLLED, "its own");
    struct agent_enrol_in in = { .machine_id = bare.machine_id,
                                 .words = { .version = STR("2") },
                                 .allow_reactivate = true,
                                 .rules = &w->rules };
    struct agent_enrol_out out;
    (void)imported(w, &bare);
    (void)imported(w, &owner);
    as_key(w, key);
    assert_int_equal(ACT(w, agent_enrol(&w->act, &in, &out)), E_OK);
    assert_false(out.created);
    assert_false(out.reactivated);
    assert_true(str_eq(out.device.client_version, STR("2")));
    assert_true(str_eq(out.device.hostname, STR("Host")));
    assert_int_equal(settled(w, &out.token), SETTLE_CURRENT);
    as_key(w, key);
    assert_int_equal(ACT(w, agent_enrol(&w->act, &in, &out)), E_ALREADY_ENROLLED);
    in.machine_id = owner.machine_id;
    as_key(w, key);
    assert_int_equal(ACT(w, agent_enrol(&w->act, &in, &out)), E_ALREADY_ENROLLED);
    assert_int_equal(imported(w, &bare).outcome, IMPORT_KEPT);
}

static void test_no_failure_leaves_half_a_machine(void **state)
{
    struct world *w = *state;
    struct agent_import_in in = machine("pc", DEVICE_REVOKED, "token");
    for (long n = 0;; n++) {
        struct agent_import_out out = { 0 };
        as_admin(w);
        world_begin(w);
        fault_arm(n);
        err_t e = agent_import(&w->act, &in, &out);
        bool fired = fault_used();
        fault_disarm();
        (void)world_end(w, e);
        if (!fired) {
            assert_int_equal(e, E_OK);
            assert_int_equal(out.outcome, IMPORT_CREATED);
            break;
        }
        assert_int_not_equal(e, E_OK);
        assert_int_equal(token_settles(w, "token"), SETTLE_GONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_status_comes_over),
        TEST(test_what_changed_here_is_kept),
        TEST(test_a_token_has_one_owner),
        TEST(test_a_request_that_waits_gives_way_and_one_that_was_refused_does_not),
        TEST(test_adoption_gives_the_first_token_once),
        TEST(test_no_failure_leaves_half_a_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
