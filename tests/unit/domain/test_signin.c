/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords, what wrong ones cost, and links: by a clock that stands still. */
#include "base/fault.h"
#include "domain/signin/link.h"
#include "domain/signin/password.h"
#include "domain/signin/signin.h"
#include "domain/signin/throttle.h"
#include "signin_world.h"

static const struct password_owner ada = { { "ada.lovelace", 12 }, { "countess@example.org", 20 } };

static void what_everybody_tries_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *password;
        err_t want;
    } cases[] = {
        { "a few words", "five red balloons", E_OK },
        { "ten letters of another script count as ten", "éèêëàâîïôû", E_OK },
        { "nine do not", "éèêëàâîïô", E_BAD_FIELD },
        { "short", "k7#Pq9!zL", E_BAD_FIELD },
        { "ten are enough", "k7#Pq9!zLw", E_OK },
        { "a common word with something behind it", "Password2024!", E_BAD_FIELD },
        { "a French one", "motdepasse123", E_BAD_FIELD },
        { "with a word before it, it is none", "not a password", E_OK },
        { "keys in a row", "qwertyuiop", E_BAD_FIELD },
        { "up", "1234567890", E_BAD_FIELD },
        { "down", "9876543210", E_BAD_FIELD },
        { "the same", "aaaaaaaaaaaa", E_BAD_FIELD },
        { "only signs", "!!!!!!!!!!!!", E_BAD_FIELD },
        { "one's own name", "Ada.Lovelace", E_BAD_FIELD },
        { "with a year", "ada.lovelace1815", E_BAD_FIELD },
        { "one's own address", "countess@example.org", E_BAD_FIELD },
        { "its local part", "COUNTESS1815", E_BAD_FIELD },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct diag why = { 0 };
        check(password_allowed(&why, str_from_cz(cases[i].password), &ada) == cases[i].want,
              cases[i].name);
        check(cases[i].want == E_OK || strcmp(why.field, "password") == 0, cases[i].name);
        check(strstr(why.text, cases[i].password) == NULL, cases[i].name);
    }
}

static void a_password_has_an_end(void **state)
{
    (void)state;
    char text[PASSWORD_MAX + 1];
    struct diag why = { 0 };
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i * 7 % 26);
    assert_int_equal(password_allowed(&why, str_of(text, PASSWORD_MAX), &ada), E_OK);
    assert_int_equal(password_allowed(&why, str_of(text, PASSWORD_MAX + 1), &ada), E_BAD_FIELD);
}

static void a_hash_tells_the_right_one_and_its_costs(void **state)
{
    struct signin_world *w = *state;
    struct pwhash_found found;
    str_t hash;
    str_t again;
    assert_int_equal(pwhash_make(w->store.a, STR("five red balloons"), &hash), E_OK);
    assert_int_equal(pwhash_make(w->store.a, STR("five red balloons"), &again), E_OK);
    assert_true(str_starts(hash, STR("$argon2id$v=19$m=19456,t=2,p=1$")));
    assert_false(str_eq(hash, again)); /* salted */
    pwhash_check(STR("five red balloons"), hash, &found);
    assert_true(found.right);
    assert_false(found.old);
    pwhash_check(STR("five red balloon"), hash, &found);
    assert_false(found.right);
    pwhash_check(STR(""), STR_NONE, &found); /* nobody's is right for nobody */
    assert_false(found.right);
    pwhash_check(STR("five red balloons"), STR("$argon2id$broken"), &found);
    assert_false(found.right);
    /* The same password, with less memory and fewer passes than today. */
    pwhash_check(STR("five red balloons"),
                 STR("$argon2id$v=19$m=8,t=1,p=1$fIRBtaR08GizLemS1K3UHQ$78EHx1N0f7"
                     "e8n52EIbaLWl5xic26Z7AXn4hzsc1Nphs"),
                 &found);
    assert_true(found.right);
    assert_true(found.old);
}

static int64_t waits(struct signin_world *w, int64_t bucket)
{
    dur_t wait;
    assert_int_equal(throttle_wait(&w->act, bucket, &wait), E_OK);
    return wait.us / 1000000;
}

static void each_failure_costs_more_and_time_forgives(void **state)
{
    struct signin_world *w = *state;
    const struct throttle_key key = { .name = STR("ada"), .network = STR("n") };
    int64_t b = throttle_bucket(&w->act, &key);
    int64_t at = 0;
    dur_t cost;
    for (int i = 1; i < THROTTLE_FREE; i++) {
        assert_int_equal(throttle_failed(&w->act, b, &cost), E_OK);
        assert_int_equal(cost.us, 0);
    }
    for (int i = 0; i < 12; i++) {
        int64_t want = i < 10 ? INT64_C(1) << i : 900;
        assert_int_equal(waits(w, b), 0);
        assert_int_equal(throttle_failed(&w->act, b, &cost), E_OK);
        assert_int_equal(cost.us, want * 1000000);
        assert_int_equal(waits(w, b), want);
        world_at(w, at + cost.us - 1);
        assert_int_equal(waits(w, b), 0); /* less than a second is left, but it is left */
        at += cost.us;
        world_at(w, at);
    }
    at += DUR_DAYS(2).us; /* all is forgiven */
    world_at(w, at);
    assert_int_equal(throttle_failed(&w->act, b, &cost), E_OK);
    assert_int_equal(cost.us, 0);
    world_at(w, 0); /* a clock that was set back holds nobody for ever */
    assert_true(waits(w, b) <= 900);
    assert_int_equal(throttle_worked(&w->act, b), E_OK);
    assert_int_equal(waits(w, b), 0);
}

static void who_and_from_where_make_the_bucket(void **state)
{
    struct signin_world *w = *state;
    const oid_t browser = { { 7 } };
    const struct throttle_key base = { .name = STR("ada"), .network = STR("n") };
    const struct throttle_key others[] = {
        { .name = STR("bob"), .network = STR("n") },
        { .name = STR("ada"), .network = STR("m") },
        { .name = STR("ada"), .network = STR("n"), .kind = THROTTLE_OTP },
        { .user = w->ada, .name = STR("ada"), .network = STR("n") },
        { .name = STR("ada"), .network = STR("n"), .browser = browser },
    };
    int64_t b = throttle_bucket(&w->act, &base);
    assert_in_range(b, 0, THROTTLE_BUCKETS - 1);
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        assert_int_not_equal(throttle_bucket(&w->act, &others[i]), b);
    const struct throttle_key by_name = { .user = w->ada, .name = STR("ada"), .network = STR("n") };
    const struct throttle_key by_mail = { .user = w->ada, .name = STR("a@b"), .network = STR("n") };
    assert_int_equal(throttle_bucket(&w->act, &by_name), throttle_bucket(&w->act, &by_mail));
    const struct throttle_key here = { .user = w->ada, .network = STR("n"), .browser = browser };
    const struct throttle_key there = { .user = w->ada, .network = STR("m"), .browser = browser };
    assert_int_equal(throttle_bucket(&w->act, &here), throttle_bucket(&w->act, &there));
}

static struct signin_look look(struct signin_world *w, const char *name, const digest_t *cookie)
{
    struct signin_ask ask = { .name = str_from_cz(name), .network = STR("n"), .cookie = cookie };
    struct signin_look l;
    assert_int_equal(signin_look(&w->act, &ask, &l), E_OK);
    return l;
}

static void password_put(struct signin_world *w, oid_t user, const char *text)
{
    str_t hash;
    assert_int_equal(pwhash_make(w->store.a, str_from_cz(text), &hash), E_OK);
    assert_int_equal(user_password_set(&w->act, user, hash, (oid_t){ 0 }), E_OK);
}

static enum signin_outcome try(struct signin_world *w, const struct signin_look *l,
                               const char *password)
{
    struct signin_proof proof;
    enum signin_outcome out;
    dur_t wait;
    assert_int_equal(signin_prove(w->store.a, l, str_from_cz(password), &proof), E_OK);
    assert_int_equal(signin_decide(&w->act, l, &proof, &out, &wait), E_OK);
    return out;
}

static void what_changed_since_the_look_counts(void **state)
{
    struct signin_world *w = *state;
    struct row_user_account row;
    struct user_in off = { .status = STR("disabled") };
    password_put(w, w->ada, "the first of them");
    struct signin_look l = look(w, "ADA@example.org", NULL);
    assert_true(oid_eq(l.user, w->ada));
    assert_int_equal(try(w, &l, "the first of them"), SIGNIN_RIGHT);
    password_put(w, w->ada, "the second of them");
    assert_int_equal(try(w, &l, "the first of them"),
                     SIGNIN_WRONG); /* it was right when looked at */
    l = look(w, "ada", NULL);
    assert_int_equal(user_change(&w->act, w->ada, &off, &row), E_OK);
    assert_int_equal(try(w, &l, "the second of them"), SIGNIN_WRONG);
    l = look(w, "ada", NULL);
    assert_false(l.may);
    assert_int_equal(try(w, &l, "the second of them"), SIGNIN_WRONG);
}

static void many_that_looked_at_once_are_counted_one_by_one(void **state)
{
    struct signin_world *w = *state;
    password_put(w, w->ada, "the first of them");
    struct signin_look l = look(w, "ada", NULL);
    for (int i = 0; i < THROTTLE_FREE; i++)
        assert_int_equal(try(w, &l, "a guess"), SIGNIN_WRONG);
    assert_int_equal(try(w, &l, "the first of them"), SIGNIN_WAIT);
    struct sql_signin_failure_get get = { .bucket = l.bucket };
    struct row_signin_failure f;
    for (int i = THROTTLE_FREE; i < 50; i++)
        assert_int_equal(try(w, &l, "a guess"), SIGNIN_WAIT);
    assert_int_equal(sql_signin_failure_get(w->act.db, w->act.arena, &get, &f), E_OK);
    assert_int_equal(f.failures, 50);
}

static void a_browser_is_known_for_its_person_only(void **state)
{
    struct signin_world *w = *state;
    digest_t cookie = sha256_of(STR("a browser"));
    bool strange = true;
    assert_int_equal(browser_remember(&w->act, w->ada, &cookie, &strange), E_OK);
    assert_false(strange); /* the first one of all */
    assert_int_equal(browser_remember(&w->act, w->ada, &cookie, &strange), E_OK);
    assert_false(strange);
    struct signin_look of_ada = look(w, "ada", &cookie);
    assert_true(oid_is_set(of_ada.browser));
    assert_false(oid_is_set(look(w, "bob", &cookie).browser));
    assert_false(oid_is_set(look(w, "nobody", &cookie).browser));
    assert_int_not_equal(of_ada.bucket, look(w, "ada", NULL).bucket);
    for (int i = 0; i < 60; i++) { /* the oldest makes room */
        world_at(w, DUR_S(i + 1).us);
        digest_t other = sha256_of(str_of(&i, sizeof i));
        assert_int_equal(browser_remember(&w->act, w->ada, &other, &strange), E_OK);
        assert_true(strange);
    }
    assert_false(oid_is_set(look(w, "ada", &cookie).browser));
    world_at(w, DUR_DAYS(401).us);
    int last = 59;
    digest_t newest = sha256_of(str_of(&last, sizeof last));
    assert_true(oid_is_set(look(w, "ada", &newest).browser));
    assert_int_equal(signin_purge(&w->act, 100), E_OK);
    assert_false(oid_is_set(look(w, "ada", &newest).browser));
}

static str_t link_of(struct signin_world *w, enum link_purpose purpose, oid_t user)
{
    struct token_text text;
    str_t copy;
    assert_int_equal(link_make(&w->act, purpose, user, &text), E_OK);
    assert_int_equal(str_copy(w->store.a, str_of(text.p, text.n), &copy), E_OK);
    return copy;
}

static void a_link_is_good_once_for_an_hour_for_its_purpose(void **state)
{
    struct signin_world *w = *state;
    struct row_signin_link row;
    str_t a = link_of(w, LINK_RECOVERY, w->ada);
    str_t b = link_of(w, LINK_RECOVERY, w->ada);
    str_t c = link_of(w, LINK_RECOVERY, w->ada);
    assert_int_equal(link_look(&w->act, LINK_SETUP, a, &row), E_NOT_FOUND);
    world_at(w, LINK_LIFE.us - 1);
    assert_int_equal(link_look(&w->act, LINK_RECOVERY, a, &row), E_OK);
    assert_int_equal(link_use(&w->act, LINK_RECOVERY, a, &row), E_OK);
    assert_int_equal(link_use(&w->act, LINK_RECOVERY, a, &row), E_NOT_FOUND);
    password_put(w, w->ada, "ends the other links");
    assert_int_equal(link_use(&w->act, LINK_RECOVERY, b, &row), E_NOT_FOUND);
    str_t d = link_of(w, LINK_RECOVERY, w->bob);
    world_at(w, 2 * LINK_LIFE.us - 1);
    assert_int_equal(link_look(&w->act, LINK_RECOVERY, d, &row), E_NOT_FOUND); /* to the second */
    assert_int_equal(link_use(&w->act, LINK_RECOVERY, c, &row), E_NOT_FOUND);
}

static void the_first_administrator_is_made_once(void **state)
{
    struct signin_world *w = *state;
    struct row_user_account row;
    bool there = true;
    struct setup_in in = { STR("grace"), STR("grace@example.org"), STR("$argon2id$x") };
    str_t a = link_of(w, LINK_SETUP, (oid_t){ 0 });
    str_t b = link_of(w, LINK_SETUP, (oid_t){ 0 });
    assert_int_equal(administrator_is_there(&w->act, &there), E_OK);
    assert_false(there); /* ada is one, but has no password */
    w->act.actor = (struct actor){ .kind = ACTOR_NONE };
    assert_int_equal(setup_finish(&w->act, a, &in, &row), E_OK);
    assert_int_equal(row.roles, INT64_C(1) << ROLE_SYSTEM_ADMINISTRATOR);
    assert_int_equal(w->act.actor.kind, ACTOR_NONE);
    in.username = STR("eve");
    in.email = STR("eve@example.org");
    assert_int_equal(setup_finish(&w->act, b, &in, &row), E_CONFLICT);
}

static err_t all_of_it(struct signin_world *w, struct arena *a)
{
    struct act act = w->act;
    struct signin_look l;
    struct signin_proof proof = { .right = false };
    enum signin_outcome out;
    struct row_user_account user;
    struct row_signin_link row;
    struct token_text text;
    dur_t wait;
    bool strange;
    digest_t cookie = sha256_of(STR("a browser"));
    const struct notice_cfg cfg = { .server = STR("s") };
    const struct signin_ask ask = { .name = STR("ada"), .network = STR("n"), .cookie = &cookie };
    const struct recovery_ask recovery = { STR("bob"), STR("https://x/"), &cfg };
    act.arena = a;
    effects_init(&act.effects);
    TRY(browser_remember(&act, w->ada, &cookie, &strange));
    TRY(signin_look(&act, &ask, &l));
    TRY(signin_decide(&act, &l, &proof, &out, &wait));
    TRY(recovery_ask(&act, &recovery, &user));
    TRY(link_make(&act, LINK_RECOVERY, w->ada, &text));
    TRY(link_use(&act, LINK_RECOVERY, str_of(text.p, text.n), &row));
    TRY(user_password_set(&act, w->ada, STR("$argon2id$x"), (oid_t){ 0 }));
    return signin_purge(&act, 10);
}

static void a_failed_step_is_told_each_time(void **state)
{
    struct signin_world *w = *state;
    for (long n = 0;; n++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
        fault_arm(n);
        err_t e = all_of_it(w, a);
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
        cmocka_unit_test(what_everybody_tries_is_refused),
        cmocka_unit_test(a_password_has_an_end),
        CASE(a_hash_tells_the_right_one_and_its_costs),
        CASE(each_failure_costs_more_and_time_forgives),
        CASE(who_and_from_where_make_the_bucket),
        CASE(what_changed_since_the_look_counts),
        CASE(many_that_looked_at_once_are_counted_one_by_one),
        CASE(a_browser_is_known_for_its_person_only),
        CASE(a_link_is_good_once_for_an_hour_for_its_purpose),
        CASE(the_first_administrator_is_made_once),
        CASE(a_failed_step_is_told_each_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
