/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"
#include "domain/audit/refusals.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int setup(void **state)
{
    struct refusals *r = NULL;
    if (refusals_new(&r) != E_OK)
        return -1;
    *state = r;
    return 0;
}

static int teardown(void **state)
{
    refusals_free(*state);
    return 0;
}

static void test_a_principal_is_told_on_once_an_hour(void **state)
{
    struct refusals *r = *state;
    static const char row[] = "/users";
    static const char other_row[] = "/groups";
    struct refusal what = { oid_make(), row, E_FORBIDDEN, { { 0 } } };
    ts_t now = { 1000000 };
    assert_true(refusal_is_due(r, &what, now));
    assert_false(refusal_is_due(r, &what, now));
    assert_false(refusal_is_due(r, &what, ts_add(now, DUR_S(3599))));
    assert_true(refusal_is_due(r, &what, ts_add(now, DUR_S(3600))));
    struct refusal elsewhere = { what.principal, other_row, E_FORBIDDEN, { { 0 } } };
    assert_true(refusal_is_due(r, &elsewhere, now));
    struct refusal otherwise = { what.principal, row, E_DISABLED, { { 0 } } };
    assert_true(refusal_is_due(r, &otherwise, now));
    struct refusal another = { oid_make(), row, E_FORBIDDEN, { { 0 } } };
    assert_true(refusal_is_due(r, &another, now));
}

/* A crowd of others pushes nobody out so far that he could write without bound, and needs no more
 * memory. */
static void test_a_crowd_stays_bounded(void **state)
{
    struct refusals *r = *state;
    ts_t now = { 1000000 };
    int written = 0;
    struct refusal one = { oid_make(), "/users", E_FORBIDDEN, { { 0 } } };
    for (int i = 0; i < 100000; i++) {
        struct refusal what = { oid_make(), "/users", E_FORBIDDEN, { { 0 } } };
        assert_true(refusal_is_due(r, &what, ts_add(now, (dur_t){ i })));
        written += refusal_is_due(r, &one, ts_add(now, (dur_t){ i })) ? 1 : 0;
    }
    assert_in_range(written, 1, 100);
}

static void test_nameless_refusals_are_summed(void **state)
{
    struct refusals *r = *state;
    static const char row[] = "/devices/enroll/confirm";
    static const uint8_t v4[16] = {
        [10] = 0xff, [11] = 0xff, [12] = 192, [13] = 0, [14] = 2, [15] = 9
    };
    static const uint8_t v6[16] = { 0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
    uint8_t near[16];
    for (uint8_t i = 0; i < 7; i++) {
        memcpy(near, v4, sizeof near);
        near[15] = i;
        refusal_count(r, row, E_CLAIM_WRONG, near);
    }
    refusal_count(r, row, E_CLAIM_WRONG, v6);
    struct refusal_summary got[8];
    assert_int_equal(refusals_take(r, got, 8), 2);
    assert_int_equal(got[0].n, 7);
    assert_string_equal(got[0].peer, "192.0.2.0/24");
    assert_int_equal(got[1].n, 1);
    assert_string_equal(got[1].peer, "2001:db8:1:2::/64");
    memset(got, 0, sizeof got); /* its job failed: the same again, and what comes meanwhile waits */
    refusal_count(r, row, E_CLAIM_WRONG, v6);
    assert_int_equal(refusals_take(r, got, 8), 2);
    assert_int_equal(got[0].n + got[1].n, 8);
    refusals_written(r);
    assert_int_equal(refusals_take(r, got, 8), 1);
    refusals_written(r);
    assert_int_equal(refusals_take(r, got, 8), 0);
}

static void count(struct refusals *r, const struct actor *who, const char *row, ts_t now)
{
    const struct refusal what = { .principal = who->id, .row = row, .reason = E_FORBIDDEN };
    refusal_count_known(r, &what, who, "192.0.2.9", now);
}

static void test_reads_of_somebody_are_summed_once_an_hour(void **state)
{
    struct refusals *r = *state;
    static const char users[] = "/users";
    static const char groups[] = "/groups";
    const struct actor ada = {
        .kind = ACTOR_USER, .id = oid_make(), .org = oid_make(), .name = "Ada"
    };
    const struct actor grace = { .kind = ACTOR_USER, .id = oid_make(), .name = "Grace" };
    struct refusal_summary got[8];
    ts_t now = { 1000000 };
    for (int i = 0; i < 7; i++)
        count(r, &ada, users, now);
    count(r, &ada, groups, now);
    count(r, &grace, users, now);
    assert_int_equal(refusals_take(r, got, 8), 3);
    assert_int_equal(got[0].n, 7);
    assert_string_equal(got[0].row, users);
    assert_string_equal(got[0].peer, "192.0.2.9");
    assert_string_equal(got[0].who.name, "Ada");
    assert_true(oid_eq(got[0].who.id, ada.id) && oid_eq(got[0].who.org, ada.org));
    assert_int_equal(got[1].n + got[2].n, 2);
    refusals_written(r);
    count(r, &ada, users, ts_add(now, DUR_S(3599)));
    assert_int_equal(refusals_take(r, got, 8), 0);
    count(r, &ada, users, ts_add(now, DUR_S(3600)));
    assert_int_equal(refusals_take(r, got, 8), 1);
    assert_int_equal(got[0].n, 1);
}

/* What the writer has put on the record is not told of a second time. */
static void test_what_has_an_event_is_not_summed(void **state)
{
    struct refusals *r = *state;
    const struct actor ada = { .kind = ACTOR_USER, .id = oid_make() };
    const struct refusal what = { ada.id, "/users", E_FORBIDDEN, oid_make() };
    struct refusal_summary got[8];
    ts_t now = { 1000000 };
    assert_true(refusal_is_due(r, &what, now));
    count(r, &ada, what.row, now);
    assert_int_equal(refusals_take(r, got, 8), 0);
}

/* Neither of them hides the other, and no crowd of principals writes without bound. */
static void test_a_crowd_of_principals_is_bounded(void **state)
{
    struct refusals *r = *state;
    static struct refusal_summary got[REFUSALS_SLICE];
    static const uint8_t ip[16] = { [15] = 1 };
    int64_t named = 0;
    int64_t sum = 0;
    for (int i = 0; i < 5000; i++) {
        struct actor one = { .kind = ACTOR_DEVICE, .id = oid_make() };
        refusal_count(r, "/", E_UNAUTHENTICATED, ip);
        count(r, &one, "/users", (ts_t){ 1000000 });
    }
    for (size_t n = REFUSALS_SLICE; n > 0;) {
        n = refusals_take(r, got, REFUSALS_SLICE);
        for (size_t i = 0; i < n; i++) {
            named += got[i].who.kind == ACTOR_DEVICE ? 1 : 0;
            sum += got[i].n;
        }
        refusals_written(r);
    }
    assert_int_equal(sum, 10000);
    assert_in_range(named, 100, 300);
}

/* A group that is lost runs its jobs again: the event of the first time went with it. */
static void test_a_job_that_runs_again_is_told_on_again(void **state)
{
    struct refusals *r = *state;
    ts_t now = { 1000000 };
    struct refusal what = { oid_make(), "/users", E_FORBIDDEN, oid_make() };
    struct refusal later = what;
    later.request = oid_make();
    assert_true(refusal_is_due(r, &what, now));
    assert_false(refusal_is_due(r, &later, now));
    assert_true(refusal_is_due(r, &what, ts_add(now, DUR_S(1))));
    refusal_forget(r, &later); /* it is not his */
    assert_false(refusal_is_due(r, &later, now));
    refusal_forget(r, &what);
    assert_true(refusal_is_due(r, &later, now));
    assert_false(refusal_is_due(r, &what, now));
}

static void test_a_flood_of_addresses_loses_no_count(void **state)
{
    struct refusals *r = *state;
    for (int i = 0; i < 5000; i++) {
        uint8_t ip[16] = {
            [10] = 0xff, [11] = 0xff, [12] = 10, [13] = (uint8_t)(i / 256), [14] = (uint8_t)i
        };
        refusal_count(r, "/", E_UNAUTHENTICATED, ip);
    }
    struct refusal_summary got[100];
    int64_t sum = 0;
    int other = 0;
    for (size_t n = refusals_take(r, got, 100); n > 0; n = refusals_take(r, got, 100)) {
        for (size_t i = 0; i < n; i++) {
            sum += got[i].n;
            other += strcmp(got[i].peer, "other") == 0 ? 1 : 0;
        }
        refusals_written(r);
    }
    assert_int_equal(sum, 5000);
    assert_int_equal(other, 1);
}

static void test_no_memory_is_said(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct refusals *r = NULL;
        fault_arm(n);
        err_t e = refusals_new(&r);
        bool fired = fault_used();
        fault_disarm();
        assert_true(fired ? e == E_NO_MEMORY && r == NULL : e == E_OK && r != NULL);
        refusals_free(r);
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_principal_is_told_on_once_an_hour, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_crowd_stays_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nameless_refusals_are_summed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reads_of_somebody_are_summed_once_an_hour, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_what_has_an_event_is_not_summed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_crowd_of_principals_is_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_job_that_runs_again_is_told_on_again, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_flood_of_addresses_loses_no_count, setup, teardown),
        cmocka_unit_test(test_no_memory_is_said),
    };
    return cmocka_run_group_tests_name("refusals", tests, NULL, NULL);
}
