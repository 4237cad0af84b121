/* SPDX-License-Identifier: Apache-2.0 */
/* Second factors: a code is good once, wrong ones count by person, and a passkey proves itself for
 * one challenge of one use (IDENTITY 48, 51; SAFETY AC10). */
#include "domain/signin/factor.h"

#include "domain/identity/data_key.h"
#include "domain/signin/recovery_code.h"
#include "domain/signin/throttle.h"
#include "domain/signin/totp.h"
#include "passkey_device.h"
#include "signin_world.h"

#include <liboath/oath.h>

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

/* What the app shows, from the text that its owner was shown. */
static str_t app_code(struct signin_world *w, str_t secret, int64_t steps_later)
{
    char *key = NULL;
    size_t n = 0;
    char code[OTP_DIGITS + 1];
    str_t text = STR_NONE;
    assert_int_equal(oath_base32_decode(secret.p, secret.n, &key, &n), OATH_OK);
    assert_int_equal(
        oath_totp_generate(key, n,
                           (time_t)(w->act.now.us / 1000000) + (time_t)(steps_later * OTP_STEP_S),
                           OTP_STEP_S, 0, OTP_DIGITS, code),
        OATH_OK);
    free(key);
    assert_int_equal(str_copy(w->act.arena, str_of(code, OTP_DIGITS), &text), E_OK);
    return text;
}

static struct totp_new app_added(struct signin_world *w, oid_t user)
{
    struct totp_new t;
    const struct totp_in in = {
        .user = user, .name = STR("phone"), .issuer = STR("Sen é"), .account = STR("ada:x")
    };
    assert_int_equal(totp_add(&w->act, &in, &t), E_OK);
    return t;
}

static struct totp_new app_confirmed(struct signin_world *w, oid_t user)
{
    struct totp_new t = app_added(w, user);
    assert_int_equal(totp_confirm(&w->act, user, t.row.id, app_code(w, t.secret, 0)), E_OK);
    world_at(w, w->act.now.us - w->start.us + OTP_STEP_S * INT64_C(1000000));
    return t;
}

static enum factor_outcome tried(struct signin_world *w, oid_t user, str_t code, dur_t *wait)
{
    enum factor_outcome out = FACTOR_WAIT;
    assert_int_equal(factor_try(&w->act, user, code, &out, wait), E_OK);
    return out;
}

static struct factors has(struct signin_world *w, oid_t user)
{
    struct factors f;
    assert_int_equal(factors_of(&w->act, user, &f), E_OK);
    return f;
}

static void test_an_app_works_once_it_was_shown_to_work(void **state)
{
    struct signin_world *w = *state;
    dur_t wait;
    struct totp_new t = app_added(w, w->ada);
    struct factors f = has(w, w->ada);
    assert_false(factors_wanted(&f));
    assert_int_equal(tried(w, w->ada, app_code(w, t.secret, 0), &wait), FACTOR_WRONG);
    assert_int_equal(totp_confirm(&w->act, w->ada, t.row.id, STR("000000")), E_BAD_FIELD);
    act_clear_why(&w->act);
    assert_int_equal(totp_confirm(&w->act, w->bob, t.row.id, app_code(w, t.secret, 0)),
                     E_NOT_FOUND);
    assert_int_equal(totp_confirm(&w->act, w->ada, t.row.id, app_code(w, t.secret, 0)), E_OK);
    assert_int_equal(totp_confirm(&w->act, w->ada, t.row.id, app_code(w, t.secret, 1)), E_CONFLICT);
    act_clear_why(&w->act);
    f = has(w, w->ada);
    assert_true(factors_wanted(&f));
    assert_true(str_starts(t.uri, STR("otpauth://totp/Sen%20%C3%A9:ada%3Ax?secret=")));
    assert_true(str_ends(t.uri, STR("&issuer=Sen%20%C3%A9")));
    assert_int_equal(t.secret.n, OTP_BASE32);
}

/* IDENTITY 51: the same code in the same window, at whichever door. */
static void test_identity_51_no_code_twice(void **state)
{
    struct signin_world *w = *state;
    dur_t wait;
    struct totp_new t = app_confirmed(w, w->ada);
    str_t code = app_code(w, t.secret, 0);
    assert_int_equal(tried(w, w->ada, code, &wait), FACTOR_OTP);
    assert_int_equal(tried(w, w->ada, code, &wait), FACTOR_WRONG);
    assert_int_equal(tried(w, w->ada, app_code(w, t.secret, -1), &wait), FACTOR_WRONG);
    assert_int_equal(tried(w, w->ada, app_code(w, t.secret, 1), &wait), FACTOR_OTP);
    assert_int_equal(tried(w, w->bob, app_code(w, t.secret, 1), &wait), FACTOR_WRONG);

    str_t *codes = NULL;
    assert_int_equal(recovery_codes_make(&w->act, w->ada, &codes), E_OK);
    assert_int_equal(has(w, w->ada).codes, RECOVERY_CODES);
    assert_int_equal(tried(w, w->bob, codes[0], &wait), FACTOR_WRONG); /* of another person */
    assert_int_equal(tried(w, w->ada, codes[0], &wait), FACTOR_RECOVERY);
    assert_int_equal(tried(w, w->ada, codes[0], &wait), FACTOR_WRONG);
    assert_int_equal(has(w, w->ada).codes, RECOVERY_CODES - 1);
    str_t old = codes[1];
    assert_int_equal(recovery_codes_make(&w->act, w->ada, &codes), E_OK);
    assert_int_equal(tried(w, w->ada, old, &wait), FACTOR_WRONG); /* new ones end the old */
    char shouted[RECOVERY_CODE_TEXT];
    for (size_t i = 0; i < sizeof shouted; i++)
        shouted[i] = (char)(codes[2].p[i] == '-'   ? ' '
                            : codes[2].p[i] >= 'a' ? codes[2].p[i] - 'a' + 'A'
                                                   : codes[2].p[i]);
    assert_int_equal(tried(w, w->ada, str_of(shouted, sizeof shouted), &wait), FACTOR_RECOVERY);
}

/* IDENTITY 48: a count of its own, by person; while it waits not even the right code is taken, nor
 * used up. */
static void test_identity_48_wrong_codes_count(void **state)
{
    struct signin_world *w = *state;
    dur_t wait = { 0 };
    struct totp_new t = app_confirmed(w, w->ada);
    for (int i = 0; i < THROTTLE_FREE; i++) {
        assert_int_equal(wait.us, 0);
        assert_int_equal(tried(w, w->ada, STR("00 00-00"), &wait), FACTOR_WRONG);
    }
    assert_true(wait.us > 0);
    str_t right = app_code(w, t.secret, 0);
    assert_int_equal(tried(w, w->ada, right, &wait), FACTOR_WAIT);
    struct throttle_key password = { .kind = THROTTLE_PASSWORD, .user = w->ada };
    dur_t other;
    assert_int_equal(throttle_wait(&w->act, throttle_bucket(&w->act, &password), &other), E_OK);
    assert_int_equal(other.us, 0);
    dur_t bobs;
    assert_int_equal(tried(w, w->bob, STR("000000"), &bobs), FACTOR_WRONG);
    assert_int_equal(bobs.us, 0);
    world_at(w, w->act.now.us - w->start.us + wait.us);
    assert_int_equal(tried(w, w->ada, app_code(w, t.secret, 0), &wait), FACTOR_OTP);
}

static void test_apps_are_bounded_and_deleted(void **state)
{
    struct signin_world *w = *state;
    struct totp_new t;
    const struct totp_in in = {
        .user = w->ada, .name = STR("n"), .issuer = STR("S"), .account = STR("a")
    };
    struct totp_in bad = in;
    bad.name = STR("");
    assert_int_equal(totp_add(&w->act, &bad, &t), E_BAD_FIELD);
    act_clear_why(&w->act);
    (void)app_added(w, w->ada);
    (void)app_added(w, w->ada); /* the unconfirmed one before it goes */
    for (int i = 0; i < TOTP_MAX; i++)
        t = app_confirmed(w, w->ada);
    assert_int_equal(totp_add(&w->act, &in, &t), E_CONFLICT);
    act_clear_why(&w->act);
    struct row_totp *rows = NULL;
    size_t n = 0;
    str_t name;
    assert_int_equal(totp_list(&w->act, w->ada, &rows, &n), E_OK);
    assert_int_equal(n, TOTP_MAX);
    assert_int_equal(totp_delete(&w->act, w->bob, rows[0].id, &name), E_NOT_FOUND);
    assert_int_equal(totp_delete(&w->act, w->ada, rows[0].id, &name), E_OK);
    assert_true(str_eq(name, STR("phone")));
    assert_int_equal(factors_reset(&w->act, w->ada), E_OK);
    struct factors f = has(w, w->ada);
    assert_false(factors_wanted(&f));
}

/* What lies in the store opens nothing by itself, and rows cannot be swapped. */
static void test_keys_are_sealed(void **state)
{
    struct signin_world *w = *state;
    dur_t wait;
    struct totp_new t = app_confirmed(w, w->ada);
    struct row_totp *rows = NULL;
    size_t n = 0;
    struct data_resealed done;
    struct data_key fresh;
    assert_int_equal(totp_list(&w->act, w->ada, &rows, &n), E_OK);
    assert_int_equal(rows[0].sealed.n, OTP_KEY + SEAL_NONCE + SEAL_TAG);
    assert_int_equal(data_key_add(&w->act, STR(DATA_KEY_FACTORS), &fresh), E_OK);
    assert_int_equal(totp_reseal(&w->act, 10, &done), E_OK);
    assert_int_equal(done.n, 1);
    assert_int_equal(done.retired_n, 1);
    assert_int_equal(done.retired[0], fresh.epoch - 1);
    struct data_key_line *keys = NULL;
    assert_int_equal(data_key_list(&w->act, STR(DATA_KEY_FACTORS), &keys, &n), E_OK);
    assert_int_equal(n, 1);
    assert_int_equal(keys[0].epoch, fresh.epoch);
    assert_int_equal(tried(w, w->ada, app_code(w, t.secret, 0), &wait), FACTOR_OTP);
    struct totp_new other = app_confirmed(w, w->bob);
    assert_int_equal(
        sql_totp_reseal(w->act.db, &(struct sql_totp_reseal){ .id = other.row.id,
                                                              .epoch = fresh.epoch,
                                                              .sealed = rows[0].sealed }),
        E_OK);
    enum factor_outcome out;
    assert_int_equal(factor_try(&w->act, w->bob, STR("123456"), &out, &wait), E_CORRUPT);
}

static err_t registered(struct signin_world *w, struct device *d, str_t challenge,
                        const char *origin)
{
    const struct passkey_answer answer = {
        .client_data = encoded(&w->act, client_data(&w->act, "webauthn.create", challenge, origin)),
        .authenticator_data = encoded(&w->act, device_data(&w->act, d, UP | UV | AT)),
    };
    const struct passkey_in in = { .user = w->ada,
                                   .name = STR("key"),
                                   .bound = STR("session"),
                                   .server = &device_server,
                                   .answer = &answer };
    struct row_passkey row;
    act_clear_why(&w->act);
    return passkey_add(&w->act, &in, &row);
}

struct assertion {
    const char *type;
    const char *origin;
    str_t challenge;
    str_t bound;
    int flags;
};

static err_t proved(struct signin_world *w, struct device *d, const struct assertion *as)
{
    struct row_passkey row;
    str_t client = client_data(&w->act, as->type, as->challenge, as->origin);
    str_t data = device_data(&w->act, d, as->flags);
    const struct passkey_answer answer = { .credential = encoded(&w->act, STR("key1")),
                                           .client_data = encoded(&w->act, client),
                                           .authenticator_data = encoded(&w->act, data),
                                           .signature = device_proof(&w->act, d, data, client) };
    const struct passkey_ask ask = {
        .bound = as->bound, .verify = true, .server = &device_server, .answer = &answer
    };
    act_clear_why(&w->act);
    err_t e = passkey_prove(&w->act, &ask, &row);
    assert_true(e != E_OK || oid_eq(row.user_id, w->ada));
    return e;
}

static str_t challenged(struct signin_world *w, enum passkey_use use, str_t bound)
{
    str_t text = STR_NONE;
    assert_int_equal(passkey_challenge(&w->act, use, bound, &text), E_OK);
    return text;
}

#define ORIGIN "https://id.example.org"
static void test_a_passkey_is_made_once_for_this_server(void **state)
{
    struct signin_world *w = *state;
    struct device d = { .count = 1 };
    assert_int_equal(sign_key_make(PUBKEY_ED25519, &d.key), E_OK);
    str_t c = challenged(w, PASSKEY_MAKE, STR("session"));
    assert_int_equal(registered(w, &d, c, "https://evil.example"), E_BAD_FIELD);
    assert_int_equal(registered(w, &d, challenged(w, PASSKEY_MAKE, STR("other")), ORIGIN),
                     E_BAD_FIELD);
    assert_int_equal(registered(w, &d, challenged(w, PASSKEY_SIGN_IN, STR("session")), ORIGIN),
                     E_BAD_FIELD);
    assert_int_equal(registered(w, &d, c, ORIGIN), E_OK);
    assert_int_equal(registered(w, &d, c, ORIGIN), E_BAD_FIELD); /* the challenge is used up */
    assert_int_equal(has(w, w->ada).passkeys, 1);
    c = challenged(w, PASSKEY_MAKE, STR("session"));
    world_at(w, PASSKEY_CHALLENGE_LIFE.us);
    assert_int_equal(registered(w, &d, c, ORIGIN), E_BAD_FIELD); /* too late */
    sign_key_free(d.key);
}

static void test_a_passkey_proves_one_challenge(void **state)
{
    struct signin_world *w = *state;
    struct device d = { .count = 1 };
    assert_int_equal(sign_key_make(PUBKEY_ED25519, &d.key), E_OK);
    assert_int_equal(registered(w, &d, challenged(w, PASSKEY_MAKE, STR("session")), ORIGIN), E_OK);
    d.count++;
    struct assertion as = { "webauthn.get", ORIGIN, challenged(w, PASSKEY_SIGN_IN, STR("b")),
                            STR("b"), UP | UV };
    assert_int_equal(proved(w, &d, &as), E_OK);
    d.count++;
    assert_int_equal(proved(w, &d, &as), E_UNAUTHENTICATED); /* replayed */
    const struct assertion wrong[] = {
        { "webauthn.create", ORIGIN, challenged(w, PASSKEY_SIGN_IN, STR("b")), STR("b"), UP | UV },
        { "webauthn.get", "https://evil.example", challenged(w, PASSKEY_SIGN_IN, STR("b")),
          STR("b"), UP | UV },
        { "webauthn.get", "https://id.example.org:8443", challenged(w, PASSKEY_SIGN_IN, STR("b")),
          STR("b"), UP | UV },
        { "webauthn.get", ORIGIN, challenged(w, PASSKEY_SIGN_IN, STR("b")), STR("a"), UP | UV },
        { "webauthn.get", ORIGIN, challenged(w, PASSKEY_MAKE, STR("b")), STR("b"), UP | UV },
        { "webauthn.get", ORIGIN, STR("AAAA"), STR("b"), UP | UV },
        { "webauthn.get", ORIGIN, challenged(w, PASSKEY_SIGN_IN, STR("b")), STR("b"), UP },
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_int_equal(proved(w, &d, &wrong[i]), E_UNAUTHENTICATED);
    as.challenge = challenged(w, PASSKEY_SIGN_IN, STR("b"));
    d.count = 2; /* not more than was seen: a copy */
    assert_int_equal(proved(w, &d, &as), E_UNAUTHENTICATED);
    as.challenge = challenged(w, PASSKEY_SIGN_IN, STR("b"));
    d.count = 9;
    assert_int_equal(proved(w, &d, &as), E_OK);
    assert_int_equal(passkey_purge(&w->act), E_OK);
    d.count = 10;
    assert_int_equal(proved(w, &d, &as), E_UNAUTHENTICATED); /* what is not over yet was kept */
    sign_key_free(d.key);
}

static void test_the_server_as_browsers_know_it(void **state)
{
    (void)state;
    struct passkey_server s = passkey_server_of(STR("https://id.example.org:8443/sub"));
    assert_true(str_eq(s.rp_id, STR("id.example.org")));
    assert_true(str_eq(s.origin, STR("https://id.example.org:8443")));
    s = passkey_server_of(STR("http://localhost:8080"));
    assert_true(str_eq(s.rp_id, STR("localhost")));
    assert_true(str_eq(s.origin, STR("http://localhost:8080")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_app_works_once_it_was_shown_to_work),
        TEST(test_identity_51_no_code_twice),
        TEST(test_identity_48_wrong_codes_count),
        TEST(test_apps_are_bounded_and_deleted),
        TEST(test_keys_are_sealed),
        TEST(test_a_passkey_is_made_once_for_this_server),
        TEST(test_a_passkey_proves_one_challenge),
        TEST(test_the_server_as_browsers_know_it),
    };
    return cmocka_run_group_tests_name("factor", tests, NULL, NULL);
}
