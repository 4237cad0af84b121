/* SPDX-License-Identifier: Apache-2.0 */
/* Refresh tokens: one lineage, whoever asks how often (IDENTITY 12-14). */
#include "oauth_world.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

static const dur_t grace = { INT64_C(30) * 1000000 };

static err_t use(struct world *w, const struct token_text *t, dur_t within, struct refresh_out *ret)
{
    struct refresh_ask ask = { .text = token_of(t), .life = DUR_DAYS(30), .grace = within };
    as_nobody(w);
    return ACT(w, refresh_use(&w->act, &ask, ret));
}

static bool lives(struct world *w, oid_t grant)
{
    struct row_oauth_grant g;
    err_t e = ACT(w, grant_get_live(&w->act, grant, &g));
    assert_true(e == E_OK || e == E_INVALID_GRANT);
    return e == E_OK;
}

static void later(struct world *w, dur_t by)
{
    world_time(w, ts_add(w->act.now, by));
}

static void test_each_gives_the_next(void **state)
{
    struct world *w = *state;
    struct token_text first;
    struct refresh_out a;
    struct refresh_out b;
    struct row_oauth_grant g = granted(w, user_made(w, "ann"), &first);
    assert_int_equal(use(w, &first, grace, &a), E_OK);
    assert_int_equal(a.found, REFRESH_ROTATED);
    assert_true(oid_eq(a.grant.id, g.id));
    assert_true(token_is_ours(token_of(&a.next)));
    assert_false(same_token(&first, &a.next));
    assert_int_equal(use(w, &a.next, grace, &b), E_OK);
    assert_int_equal(b.found, REFRESH_ROTATED);
    assert_false(same_token(&a.next, &b.next));
    assert_true(lives(w, g.id));
}

static void test_within_the_grace_the_same_again(void **state)
{
    struct world *w = *state;
    struct token_text first;
    struct refresh_out a;
    struct refresh_out b;
    struct row_oauth_grant g = granted(w, user_made(w, "ann"), &first);
    assert_int_equal(use(w, &first, grace, &a), E_OK);
    for (int i = 0; i < REFRESH_REUSE_MAX; i++) {
        assert_int_equal(use(w, &first, grace, &b), E_OK);
        assert_int_equal(b.found, REFRESH_AGAIN);
        assert_true(same_token(&a.next, &b.next));
    }
    assert_true(lives(w, g.id));
    assert_int_equal(use(w, &first, grace, &b), E_OK); /* so often asks no honest client */
    assert_int_equal(b.found, REFRESH_REUSED);
    assert_int_equal(b.next.n, 0);
    assert_false(lives(w, g.id));
}

static void test_after_the_grace_the_family_dies(void **state)
{
    struct world *w = *state;
    struct token_text first;
    struct refresh_out a;
    struct refresh_out b;
    struct row_oauth_grant g = granted(w, user_made(w, "ann"), &first);
    assert_int_equal(use(w, &first, grace, &a), E_OK);
    later(w, grace);
    assert_int_equal(use(w, &first, grace, &b), E_OK);
    assert_int_equal(b.found, REFRESH_REUSED);
    assert_int_equal(w->act.effects.first->kind, EFFECT_PRINCIPAL);
    assert_false(lives(w, g.id));
    assert_int_equal(use(w, &a.next, grace, &b), E_INVALID_GRANT);
}

static void test_no_fork_within_the_grace(void **state)
{
    struct world *w = *state;
    struct token_text first;
    struct refresh_out a;
    struct refresh_out b;
    struct row_oauth_grant g = granted(w, user_made(w, "ann"), &first);
    assert_int_equal(use(w, &first, grace, &a), E_OK);
    assert_int_equal(use(w, &a.next, grace, &b), E_OK);
    assert_int_equal(use(w, &first, grace, &a), E_OK); /* its successor has been used already */
    assert_int_equal(a.found, REFRESH_REUSED);
    assert_false(lives(w, g.id));
}

static void test_strict_knows_no_grace(void **state)
{
    struct world *w = *state;
    struct token_text first;
    struct refresh_out a;
    granted(w, user_made(w, "ann"), &first);
    assert_int_equal(use(w, &first, (dur_t){ 0 }, &a), E_OK);
    assert_int_equal(use(w, &first, (dur_t){ 0 }, &a), E_OK);
    assert_int_equal(a.found, REFRESH_REUSED);
}

static void test_who_may_not(void **state)
{
    struct world *w = *state;
    struct token_text first;
    struct token_text none;
    struct refresh_out out;
    struct refresh_out before = { 0 };
    oid_t user = user_made(w, "ann");
    struct row_oauth_grant g = granted(w, user, &first);
    token_make(STR("sen_r_"), &none);
    out = before;
    assert_int_equal(use(w, &none, grace, &out), E_INVALID_GRANT);
    struct refresh_ask other = {
        .text = token_of(&first), .application = oid_make(), .life = DUR_DAYS(30), .grace = grace
    };
    assert_int_equal(ACT(w, refresh_use(&w->act, &other, &out)), E_INVALID_GRANT);
    assert_memory_equal(&out, &before, sizeof out); /* and nothing has changed: */
    as_admin(w);
    struct user_in off = { .status = STR("disabled") };
    struct row_user_account row;
    assert_int_equal(ACT(w, user_change(&w->act, user, &off, &row)), E_OK);
    assert_int_equal(use(w, &first, grace, &out), E_INVALID_GRANT);
    as_admin(w);
    struct user_in on = { .status = STR("active") };
    assert_int_equal(ACT(w, user_change(&w->act, user, &on, &row)), E_OK);
    err_t e = use(w, &first, grace, &out); /* unless being disabled has ended it for good */
    assert_true(e == E_OK || !lives(w, g.id));
}

static void test_it_runs_out_and_is_forgotten(void **state)
{
    struct world *w = *state;
    struct token_text first;
    struct refresh_out out;
    struct row_oauth_grant g = granted(w, user_made(w, "ann"), &first);
    bool more = true;
    later(w, DUR_DAYS(30));
    assert_int_equal(use(w, &first, grace, &out), E_INVALID_GRANT);
    assert_int_equal(ACT(w, oauth_expire(&w->act, 10, &more)), E_OK);
    assert_false(more);
    struct sql_oauth_grant_get by = { .id = g.id };
    assert_int_equal(sql_oauth_grant_get(w->store.db, w->store.a, &by, &g), E_OK);
    later(w, DUR_DAYS(2));
    assert_int_equal(ACT(w, oauth_expire(&w->act, 1, &more)), E_OK);
    assert_true(more);
    assert_int_equal(sql_oauth_grant_get(w->store.db, w->store.a, &by, &g), E_NOT_FOUND);
}

#ifdef SENESCHAL_FAULTS
static void test_each_failure_leaves_nothing(void **state)
{
    struct world *w = *state;
    struct token_text first;
    granted(w, user_made(w, "ann"), &first);
    struct refresh_ask ask = { .text = token_of(&first), .life = DUR_DAYS(30), .grace = grace };
    for (long n = 0;; n++) {
        struct refresh_out out = { 0 };
        world_begin(w);
        fault_arm(n);
        err_t e = refresh_use(&w->act, &ask, &out);
        bool fired = fault_used();
        fault_disarm();
        (void)world_end(w, e);
        assert_int_equal(e == E_OK, !fired);
        assert_int_equal(out.next.n > 0, !fired);
        assert_int_equal(out.found, fired ? REFRESH_NONE : REFRESH_ROTATED);
        if (!fired)
            break;
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_gives_the_next),
        TEST(test_within_the_grace_the_same_again),
        TEST(test_after_the_grace_the_family_dies),
        TEST(test_no_fork_within_the_grace),
        TEST(test_strict_knows_no_grace),
        TEST(test_who_may_not),
        TEST(test_it_runs_out_and_is_forgotten),
#ifdef SENESCHAL_FAULTS
        TEST(test_each_failure_leaves_nothing),
#endif
    };
    return cmocka_run_group_tests_name("oauth-refresh", tests, NULL, NULL);
}
