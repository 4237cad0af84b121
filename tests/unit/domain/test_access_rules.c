/* SPDX-License-Identifier: Apache-2.0 */
/* Access rules: times, ages, order, and a failing store or memory, which never lets anybody in. */
#include "access_world.h"
#include "base/fault.h"
#include "domain/access/rule.h"

static struct row_access_rule make(struct access_world *w, struct rule_in in)
{
    static int n;
    char name[32];
    struct row_access_rule row;
    (void)snprintf(name, sizeof name, "rule %d", ++n);
    in.name = str_from_cz(name);
    if (in.effect.p == NULL)
        in.effect = STR("allow");
    assert_int_equal(rule_create(&w->act, &in, &row), E_OK);
    return row;
}

struct guest { /* somebody who is bound, and his application */
    struct row_application app;
    oid_t user;
};

static struct guest invite(struct access_world *w)
{
    struct guest g = { .app = world_app(w, "wiki"), .user = world_user(w, "ada") };
    oid_t group = world_group(w, "family");
    (void)world_bind_group(w, &g.app, group);
    world_join(w, group, g.user);
    return g;
}

static ts_t at(const char *text)
{
    ts_t t = { 0 };
    assert_int_equal(ts_parse(str_from_cz(text), &t), E_OK);
    return t;
}

static void test_hours_and_weekdays_in_their_zone(void **state)
{
    static const struct {
        const char *now;
        const char *hours;
        const char *day;
        const char *tz;
        enum access_effect want;
    } times[] = {
        { "2026-11-20T07:59:59Z", "08:00-18:30", "fri", NULL, ACCESS_DENY },
        { "2026-11-20T08:00:00Z", "08:00-18:30", "fri", NULL, ACCESS_ALLOW },
        { "2026-11-20T18:29:59Z", "08:00-18:30", "fri", NULL, ACCESS_ALLOW },
        { "2026-11-20T18:30:00Z", "08:00-18:30", "fri", NULL, ACCESS_DENY },
        { "2026-11-20T12:00:00Z", "08:00-18:30", "thu", NULL, ACCESS_DENY },
        { "2026-11-20T23:00:00Z", "22:00-06:00", "fri", NULL, ACCESS_ALLOW },
        { "2026-11-20T05:59:59Z", "22:00-06:00", "fri", NULL, ACCESS_ALLOW },
        { "2026-11-20T06:00:00Z", "22:00-06:00", "fri", NULL, ACCESS_DENY },
        { "2026-11-20T23:30:00Z", "00:00-24:00", "fri", "UTC", ACCESS_ALLOW },
        { "1970-01-01T00:00:01Z", "00:00-24:00", "thu", NULL, ACCESS_ALLOW },
    };
    struct access_world *w = *state;
    struct guest g = invite(w);
    for (size_t i = 0; i < ARRAY_LEN(times); i++) {
        str_t day = str_from_cz(times[i].day);
        struct rule_in in = { .hours = str_from_cz(times[i].hours),
                              .weekdays = { &day, 1, true },
                              .tz = str_from_cz(times[i].tz) };
        struct row_access_rule row = make(w, in);
        w->act.now = at(times[i].now);
        if (world_decide(w, &g.app, g.user) != times[i].want)
            fail_msg("%s in %s on %s", times[i].now, times[i].hours, times[i].day);
        assert_int_equal(rule_delete(&w->act, row.id), E_OK);
    }
}

static void test_a_rule_for_all_and_one_for_another(void **state)
{
    struct access_world *w = *state;
    struct guest g = invite(w);
    struct row_application other = world_app(w, "other");
    char id[OID_TEXT];
    oid_format(other.id, id);
    struct row_access_rule theirs =
        make(w, (struct rule_in){ .effect = STR("deny"), .application = str_of(id, sizeof id) });
    assert_int_equal(world_decide(w, &g.app, g.user), ACCESS_ALLOW);
    struct row_access_rule all = make(w, (struct rule_in){ .effect = STR("deny") });
    assert_int_equal(world_decide(w, &g.app, g.user), ACCESS_DENY);
    /* The client of the command line is beyond rules: nobody shuts himself out with one. */
    struct row_application cli;
    assert_int_equal(application_by_client(&w->act, STR(CLI_CLIENT_ID), &cli), E_OK);
    assert_int_equal(world_decide(w, &cli, g.user), ACCESS_ALLOW);
    assert_int_equal(rule_delete(&w->act, all.id), E_OK);
    assert_int_equal(application_delete(&w->act, other.id), E_OK);
    assert_int_equal(rule_get(&w->act, theirs.id, &theirs), E_NOT_FOUND);
}

static void test_no_more_rules_than_there_may_be(void **state)
{
    struct access_world *w = *state;
    struct row_access_rule row;
    for (int i = 0; i < RULES_MAX; i++)
        (void)make(w, (struct rule_in){ .position = { true, i } });
    struct rule_in in = { .name = STR("one more"), .effect = STR("allow") };
    assert_int_equal(rule_create(&w->act, &in, &row), E_CONFLICT);
}

static void test_a_fault_lets_nobody_in(void **state)
{
    static const str_t blocks[] = { { "10.0.0.0/8", 10 } };
    struct access_world *w = *state;
    struct guest g = invite(w);
    (void)make(w, (struct rule_in){ .cidr = { blocks, 1, true },
                                    .when = STR("'family' in groups && request.hour >= 0") });
    for (long n = 0;; n++) {
        struct access_decision d = { .effect = ACCESS_DENY };
        struct access_ask ask = {
            .app = &g.app, .kind = ACTOR_USER, .principal = g.user, .ip = STR("10.1.1.1")
        };
        struct act act = w->act;
        CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
        assert_non_null(a);
        act.arena = a;
        fault_arm(n);
        err_t e = access_decide(&act, &ask, &d);
        bool fired = fault_used();
        assert_true(fired ? e != E_OK || d.effect == ACCESS_DENY
                          : e == E_OK && d.effect == ACCESS_ALLOW);
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_hours_and_weekdays_in_their_zone, access_world_open,
                                        access_world_close),
        cmocka_unit_test_setup_teardown(test_a_rule_for_all_and_one_for_another, access_world_open,
                                        access_world_close),
        cmocka_unit_test_setup_teardown(test_no_more_rules_than_there_may_be, access_world_open,
                                        access_world_close),
        cmocka_unit_test_setup_teardown(test_a_fault_lets_nobody_in, access_world_open,
                                        access_world_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
