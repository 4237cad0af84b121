/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions: what a cookie is worth, when it is worth nothing any more, and what ends with it. */
#include "domain/signin/session.h"

#include "base/fault.h"
#include "domain/identity/actor_load.h"
#include "domain/identity/first_start.h"
#include "domain/identity/group.h"
#include "domain/identity/organisation.h"
#include "domain/identity/user.h"
#include "signin_world.h"

static bool effect_seen(const struct act *act, oid_t id)
{
    for (const struct effect *e = act->effects.first; e != NULL; e = e->next) {
        if (e->kind == EFFECT_PRINCIPAL && oid_eq(e->id, id))
            return true;
    }
    return false;
}

static err_t load(struct signin_world *w, const struct token_text *cookie, struct actor_loaded *ret)
{
    digest_t hash = sha256_of(str_of(cookie->p, cookie->n));
    diag_clear(&w->act.why);
    return actor_load(&w->act, &hash, ret);
}

static void a_cookie_is_its_person_while_the_session_lasts(void **state)
{
    struct signin_world *w = *state;
    struct token_text cookie;
    struct actor_loaded who;
    struct row_session s = session_of(w, w->ada, SESSION_BROWSER, SESSION_WHOLE, &cookie);
    assert_true(token_is_ours(str_of(cookie.p, cookie.n)));
    assert_int_equal(load(w, &cookie, &who), E_OK);
    assert_int_equal(who.who.actor.kind, ACTOR_USER);
    assert_true(oid_eq(who.who.actor.id, w->ada));
    assert_true(oid_eq(who.who.actor.session, s.id));
    assert_true(perms_have(live_actor(&who.who).perms, PERM_USER_WRITE));
    assert_false(who.who.actor.half);
    world_at(w, DUR_DAYS(14).us - 1);
    assert_int_equal(load(w, &cookie, &who), E_OK);
    world_at(w, DUR_DAYS(14).us);
    assert_int_equal(load(w, &cookie, &who), E_UNAUTHENTICATED); /* nobody used it */
}

static void use_moves_the_end_on_but_not_beyond_its_life(void **state)
{
    struct signin_world *w = *state;
    struct token_text cookie;
    struct actor_loaded who;
    struct row_session s = session_of(w, w->ada, SESSION_BROWSER, SESSION_WHOLE, &cookie);
    for (int day = 10; day < 30; day += 10) {
        world_at(w, DUR_DAYS(day).us);
        assert_int_equal(load(w, &cookie, &who), E_OK);
        assert_int_equal(session_seen(&w->act, s.id, w->act.now, DUR_DAYS(14)), E_OK);
    }
    assert_int_equal(session_seen(&w->act, s.id, w->start, DUR_DAYS(14)), E_OK); /* never back */
    world_at(w, DUR_DAYS(30).us - 1);
    assert_int_equal(load(w, &cookie, &who), E_OK);
    world_at(w, DUR_DAYS(30).us);
    assert_int_equal(load(w, &cookie, &who), E_UNAUTHENTICATED);
    assert_int_equal(session_get_live(&w->act, s.id, &s), E_UNAUTHENTICATED);
}

static void a_half_session_has_no_right_until_its_step_and_then_another_cookie(void **state)
{
    struct signin_world *w = *state;
    struct token_text first;
    struct token_text second;
    struct actor_loaded who;
    struct row_session s = session_of(w, w->ada, SESSION_BROWSER, SESSION_HALF, &first);
    assert_int_equal(load(w, &first, &who), E_OK);
    assert_true(who.who.actor.half);
    assert_int_equal(live_actor(&who.who).perms.bits, 0);
    world_at(w, DUR_S(5).us);
    assert_int_equal(session_step(&w->act, s.id, AMR_OTP, &s, &second), E_OK);
    assert_true(effect_seen(&w->act, w->ada));
    assert_int_equal(s.level, SESSION_WHOLE);
    assert_int_equal(s.amr, AMR_PWD | AMR_OTP);
    assert_int_equal(s.mfa_at.us, w->act.now.us);
    assert_int_equal(s.auth_at.us, w->act.now.us);
    assert_int_equal(load(w, &first, &who), E_UNAUTHENTICATED);
    assert_int_equal(load(w, &second, &who), E_OK);
    assert_false(who.who.actor.half);
    assert_true(perms_have(live_actor(&who.who).perms, PERM_USER_WRITE));
    world_at(w, DUR_S(9).us);
    assert_int_equal(session_again(&w->act, s.id, SESSION_HALF, AMR_PWD, &s, &first), E_OK);
    assert_int_equal(s.amr, AMR_PWD); /* proofs of before do not count */
    assert_false(ts_is_set(s.mfa_at));
    assert_int_equal(load(w, &second, &who), E_UNAUTHENTICATED);
    assert_int_equal(load(w, &first, &who), E_OK);
    assert_true(who.who.actor.half);
}

static void what_has_no_cookie_is_found_by_none(void **state)
{
    struct signin_world *w = *state;
    struct token_text cookie;
    struct actor_loaded who;
    (void)session_of(w, w->ada, SESSION_API, SESSION_WHOLE, &cookie);
    assert_int_equal(cookie.n, 0);
    assert_int_equal(load(w, &cookie, &who), E_UNAUTHENTICATED);
    (void)session_of(w, w->ada, SESSION_CLI, SESSION_WHOLE, &cookie); /* two without one are fine */
}

static void ending_one_leaves_the_others(void **state)
{
    struct signin_world *w = *state;
    struct token_text kept;
    struct token_text gone;
    struct actor_loaded who;
    struct row_session a = session_of(w, w->ada, SESSION_BROWSER, SESSION_WHOLE, &kept);
    struct row_session b = session_of(w, w->ada, SESSION_BROWSER, SESSION_WHOLE, &gone);
    assert_int_equal(session_end(&w->act, b.id, STR("revoked")), E_OK);
    assert_true(effect_seen(&w->act, w->ada));
    assert_int_equal(load(w, &gone, &who), E_UNAUTHENTICATED);
    assert_int_equal(load(w, &kept, &who), E_OK);
    assert_int_equal(session_end(&w->act, b.id, STR("revoked")), E_NOT_FOUND);
    assert_int_equal(session_get_live(&w->act, b.id, &b), E_UNAUTHENTICATED);
    diag_clear(&w->act.why);
    struct row_session *open = NULL;
    size_t n = 0;
    assert_int_equal(session_page(&w->act, w->ada, (oid_t){ 0 }, 10, &open, &n), E_OK);
    assert_int_equal(n, 1);
    assert_true(oid_eq(open[0].id, a.id));
}

static void all_but_one_end_together(void **state)
{
    struct signin_world *w = *state;
    struct token_text cookies[3];
    struct actor_loaded who;
    struct row_session s[3];
    for (size_t i = 0; i < 3; i++)
        s[i] = session_of(w, w->ada, SESSION_BROWSER, SESSION_WHOLE, &cookies[i]);
    struct token_text of_bob;
    (void)session_of(w, w->bob, SESSION_BROWSER, SESSION_WHOLE, &of_bob);
    assert_int_equal(session_end_all(&w->act, w->ada, s[1].id, STR("password")), E_OK);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(load(w, &cookies[i], &who), i == 1 ? E_OK : E_UNAUTHENTICATED);
    assert_int_equal(load(w, &of_bob, &who), E_OK);
}

static void a_disabled_or_deleted_person_has_no_session(void **state)
{
    struct signin_world *w = *state;
    struct token_text cookie;
    struct actor_loaded who;
    struct row_user_account row;
    struct row_session s = session_of(w, w->bob, SESSION_BROWSER, SESSION_WHOLE, &cookie);
    struct user_in off = { .status = STR("disabled") };
    struct user_in on = { .status = STR("active") };
    assert_int_equal(user_change(&w->act, w->bob, &off, &row), E_OK);
    assert_int_equal(load(w, &cookie, &who), E_UNAUTHENTICATED);
    assert_int_equal(session_get_live(&w->act, s.id, &s), E_UNAUTHENTICATED);
    struct session_in in = world_session(w, w->bob);
    assert_int_equal(session_open(&w->act, &in, &s, &cookie), E_FORBIDDEN);
    diag_clear(&w->act.why);
    assert_int_equal(user_change(&w->act, w->bob, &on, &row), E_OK);
    assert_int_equal(load(w, &cookie, &who), E_UNAUTHENTICATED); /* it does not come back */
    (void)session_of(w, w->bob, SESSION_BROWSER, SESSION_WHOLE, &cookie);
    assert_int_equal(user_delete(&w->act, w->bob), E_OK);
    assert_int_equal(load(w, &cookie, &who), E_UNAUTHENTICATED);
}

static void a_person_who_waits_for_validation_opens_none(void **state)
{
    struct signin_world *w = *state;
    struct token_text cookie;
    struct row_session s;
    struct row_user_account user;
    assert_int_equal(user_get(&w->act, w->ada, &user), E_OK);
    user.status = ACCOUNT_PENDING;
    assert_int_equal(signin_gate(&w->act, &user), E_FORBIDDEN);
    diag_clear(&w->act.why);
    struct session_in in = world_session(w, w->org); /* nobody's id */
    assert_int_equal(session_open(&w->act, &in, &s, &cookie), E_NOT_FOUND);
}

static void another_organisation_sees_and_ends_nothing(void **state)
{
    struct signin_world *w = *state;
    struct token_text cookie;
    struct actor_loaded who;
    struct row_organisation acme;
    struct row_session s = session_of(w, w->ada, SESSION_BROWSER, SESSION_WHOLE, &cookie);
    assert_int_equal(organisation_create(&w->act, STR("acme"), STR("Acme"), &acme), E_OK);
    w->act.org = acme.id;
    struct row_session *open = NULL;
    size_t n = 1;
    assert_int_equal(session_page(&w->act, w->ada, (oid_t){ 0 }, 10, &open, &n), E_OK);
    assert_int_equal(n, 0);
    assert_int_equal(session_end(&w->act, s.id, STR("x")), E_NOT_FOUND);
    assert_int_equal(session_end_all(&w->act, w->ada, (oid_t){ 0 }, STR("x")), E_NOT_FOUND);
    struct token_text next;
    assert_int_equal(session_step(&w->act, s.id, AMR_OTP, &s, &next), E_UNAUTHENTICATED);
    w->act.org = w->org;
    assert_int_equal(load(w, &cookie, &who), E_OK);
}

static void the_longest_unused_makes_room(void **state)
{
    struct signin_world *w = *state;
    struct token_text first;
    struct token_text other;
    struct actor_loaded who;
    struct row_session s = session_of(w, w->ada, SESSION_BROWSER, SESSION_WHOLE, &first);
    struct row_session old = session_of(w, w->ada, SESSION_API, SESSION_WHOLE, &other);
    world_at(w, DUR_HOURS(1).us);
    assert_int_equal(session_seen(&w->act, s.id, w->act.now, DUR_DAYS(14)), E_OK);
    for (int i = 0; i < SESSIONS_MAX - 1; i++)
        (void)session_of(w, w->ada, SESSION_API, SESSION_WHOLE, &other);
    assert_int_equal(load(w, &first, &who), E_OK);
    assert_int_equal(session_get_live(&w->act, old.id, &old), E_UNAUTHENTICATED);
}

static void what_ran_out_is_dropped_a_day_later(void **state)
{
    struct signin_world *w = *state;
    struct token_text cookie;
    bool more = true;
    struct row_session plain = session_of(w, w->ada, SESSION_API, SESSION_WHOLE, &cookie);
    struct sql_session_get get = { .org = w->org, .id = plain.id };
    struct row_session row;
    world_at(w, DUR_DAYS(31).us);
    assert_int_equal(session_purge(&w->act, 10, &more), E_OK);
    assert_int_equal(sql_session_get(w->act.db, w->act.arena, &get, &row), E_OK); /* just over */
    world_at(w, DUR_DAYS(31).us + 1);
    assert_int_equal(session_purge(&w->act, 10, &more), E_OK);
    assert_false(more);
    assert_int_equal(sql_session_get(w->act.db, w->act.arena, &get, &row), E_NOT_FOUND);
}

static void what_a_client_calls_itself_is_cut_and_cleaned(void **state)
{
    struct signin_world *w = *state;
    struct token_text cookie;
    struct row_session s;
    char long_name[300];
    memset(long_name, 'a', sizeof long_name);
    memcpy(long_name + 255, "\xc3\xa9", 2); /* the cut would fall into this letter */
    struct session_in in = world_session(w, w->ada);
    in.agent = str_of(long_name, sizeof long_name);
    assert_int_equal(session_open(&w->act, &in, &s, &cookie), E_OK);
    assert_int_equal(s.agent.n, 255);
    in.agent = STR("\xff\xfe");
    assert_int_equal(session_open(&w->act, &in, &s, &cookie), E_OK);
    assert_null(s.agent.p);
}

static err_t open_and_end(struct signin_world *w, struct arena *a)
{
    struct act act = w->act;
    struct row_session s;
    struct token_text cookie;
    struct session_in in = world_session(w, w->ada);
    act.arena = a;
    effects_init(&act.effects);
    TRY(session_open(&act, &in, &s, &cookie));
    TRY(session_step(&act, s.id, AMR_OTP, &s, &cookie));
    TRY(session_again(&act, s.id, SESSION_WHOLE, AMR_PWD, &s, &cookie));
    TRY(session_end(&act, s.id, STR("signed-out")));
    return session_end_all(&act, w->ada, (oid_t){ 0 }, STR("revoked"));
}

static void a_failed_step_is_told_each_time(void **state)
{
    struct signin_world *w = *state;
    for (long n = 0;; n++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
        fault_arm(n);
        err_t e = open_and_end(w, a);
        bool fired = fault_used();
        fault_disarm();
        if (fired ? e == E_OK : e != E_OK)
            fail_msg("fault %ld: %s", n, err_info(e)->slug);
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
        CASE(a_cookie_is_its_person_while_the_session_lasts),
        CASE(use_moves_the_end_on_but_not_beyond_its_life),
        CASE(a_half_session_has_no_right_until_its_step_and_then_another_cookie),
        CASE(what_has_no_cookie_is_found_by_none),
        CASE(ending_one_leaves_the_others),
        CASE(all_but_one_end_together),
        CASE(a_disabled_or_deleted_person_has_no_session),
        CASE(a_person_who_waits_for_validation_opens_none),
        CASE(another_organisation_sees_and_ends_nothing),
        CASE(the_longest_unused_makes_room),
        CASE(what_ran_out_is_dropped_a_day_later),
        CASE(what_a_client_calls_itself_is_cut_and_cleaned),
        CASE(a_failed_step_is_told_each_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
