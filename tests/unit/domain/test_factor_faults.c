/* SPDX-License-Identifier: Apache-2.0 */
/* Second factors while memory or the store fails: nothing is half made, and nobody is let in or his
 * code used up by a fault. */
#include "domain/signin/factor.h"

#include "domain/identity/user.h"
#include "domain/signin/recovery_code.h"
#include "domain/signin/totp.h"
#include "fault_loop.h"
#include "passkey_device.h"

#include <liboath/oath.h>

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define ORIGIN  "https://id.example.org"

static oid_t ann;
static struct device device;
static const struct totp_in app = { .name = { "phone", 5 },
                                    .issuer = { "Home", 4 },
                                    .account = { "ann", 3 } };

static int setup(void **state)
{
    const struct user_in in = { .username = STR("ann"), .email = STR("ann@example.org") };
    struct row_user_account row;
    int failed = world_setup(state);
    struct world *w = *state;
    assert_int_equal(ACT(w, user_create(&w->act, &in, &row)), E_OK);
    ann = row.id;
    device.count = 1;
    assert_int_equal(sign_key_make(PUBKEY_ED25519, &device.key), E_OK);
    return failed;
}

static int teardown(void **state)
{
    sign_key_free(device.key);
    return world_teardown(state);
}

static str_t app_code(struct world *w, str_t secret)
{
    char *key = NULL;
    size_t n = 0;
    char code[OTP_DIGITS + 1];
    str_t text = STR_NONE;
    assert_int_equal(oath_base32_decode(secret.p, secret.n, &key, &n), OATH_OK);
    assert_int_equal(oath_totp_generate(key, n, (time_t)(w->act.now.us / 1000000), OTP_STEP_S, 0,
                                        OTP_DIGITS, code),
                     OATH_OK);
    free(key);
    assert_int_equal(str_copy(w->store.a, str_of(code, OTP_DIGITS), &text), E_OK);
    return text;
}

static struct totp_new known; /* an app, and a code of it or of a list, of the fault loops */
static str_t code;

static err_t add_app(struct world *w, void *ret)
{
    struct totp_in in = app;
    in.user = ann;
    return totp_add(&w->act, &in, ret);
}

static err_t confirm_app(struct world *w, void *ret)
{
    (void)ret;
    return totp_confirm(&w->act, ann, known.row.id, code);
}

struct tried {
    enum factor_outcome outcome;
    dur_t wait;
};

static err_t try_code(struct world *w, void *ret)
{
    struct tried *t = ret;
    return factor_try(&w->act, ann, code, &t->outcome, &t->wait);
}

static err_t list_factors(struct world *w, void *ret)
{
    return factors_of(&w->act, ann, ret);
}

static err_t reseal_apps(struct world *w, void *ret)
{
    return totp_reseal(&w->act, 10, ret);
}

static err_t reset_factors(struct world *w, void *ret)
{
    (void)ret;
    return factors_reset(&w->act, ann);
}

static err_t make_codes(struct world *w, void *ret)
{
    return recovery_codes_make(&w->act, ann, ret);
}

static enum factor_outcome outcome(struct world *w)
{
    struct tried t;
    assert_int_equal(ACT(w, try_code(w, &t)), E_OK);
    return t.outcome;
}

static void test_apps(void **state)
{
    static const struct fault_case add = { "add", add_app, sizeof(struct totp_new) };
    static const struct fault_case confirm = { "confirm", confirm_app, 0 };
    static const struct fault_case cases[] = {
        { "a code", try_code, sizeof(struct tried) },
        { "which there are", list_factors, sizeof(struct factors) },
        { "sealing anew", reseal_apps, sizeof(struct data_resealed) },
        { "reset", reset_factors, 0 },
    };
    struct world *w = *state;
    struct data_key key;
    fails_whole(w, &add);
    assert_int_equal(ACT(w, add_app(w, &known)), E_OK);
    code = app_code(w, known.secret);
    fails_whole(w, &confirm);
    assert_int_equal(ACT(w, confirm_app(w, NULL)), E_OK);
    world_time(w, ts_add(w->act.now, DUR_S(OTP_STEP_S)));
    code = app_code(w, known.secret);
    assert_int_equal(ACT(w, data_key_add(&w->act, STR(DATA_KEY_FACTORS), &key)), E_OK);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        fails_whole(w, &cases[i]);
    assert_int_equal(outcome(w), FACTOR_OTP);
    assert_int_equal(outcome(w), FACTOR_WRONG);
    fails_whole(w, &cases[0]); /* a wrong one, whose count is written */
}

static void test_recovery_codes(void **state)
{
    static const struct fault_case make = { "make", make_codes, sizeof(str_t *) };
    static const struct fault_case use = { "use", try_code, sizeof(struct tried) };
    struct world *w = *state;
    str_t *codes = NULL;
    fails_whole(w, &make);
    assert_int_equal(ACT(w, make_codes(w, &codes)), E_OK);
    fails_whole(w, &make); /* in the place of older ones */
    code = codes[0];
    fails_whole(w, &use);
    assert_int_equal(outcome(w), FACTOR_RECOVERY);
    assert_int_equal(outcome(w), FACTOR_WRONG);
}

static struct passkey_answer answer; /* of the fault loops */

static str_t challenged(struct world *w, enum passkey_use use)
{
    str_t text = STR_NONE;
    assert_int_equal(passkey_challenge(&w->act, use, STR("session"), &text), E_OK);
    return text;
}

static err_t challenge(struct world *w, void *ret)
{
    return passkey_challenge(&w->act, PASSKEY_SIGN_IN, STR("session"), ret);
}

static err_t add_passkey(struct world *w, void *ret)
{
    const struct passkey_in in = { .user = ann,
                                   .name = STR("key"),
                                   .bound = STR("session"),
                                   .server = &device_server,
                                   .answer = &answer };
    return passkey_add(&w->act, &in, ret);
}

static err_t prove_passkey(struct world *w, void *ret)
{
    const struct passkey_ask ask = {
        .bound = STR("session"), .verify = true, .server = &device_server, .answer = &answer
    };
    return passkey_prove(&w->act, &ask, ret);
}

static void test_passkeys(void **state)
{
    static const struct fault_case ask = { "challenge", challenge, sizeof(str_t) };
    static const struct fault_case add = { "add", add_passkey, sizeof(struct row_passkey) };
    static const struct fault_case prove = { "prove", prove_passkey, sizeof(struct row_passkey) };
    struct world *w = *state;
    struct row_passkey row;
    fails_whole(w, &ask);
    str_t client = client_data(&w->act, "webauthn.create", challenged(w, PASSKEY_MAKE), ORIGIN);
    answer = (struct passkey_answer){
        .client_data = encoded(&w->act, client),
        .authenticator_data = encoded(&w->act, device_data(&w->act, &device, UP | UV | AT)),
    };
    fails_whole(w, &add);
    assert_int_equal(ACT(w, add_passkey(w, &row)), E_OK); /* no fault has used its challenge up */
    device.count++;
    client = client_data(&w->act, "webauthn.get", challenged(w, PASSKEY_SIGN_IN), ORIGIN);
    str_t data = device_data(&w->act, &device, UP | UV);
    answer = (struct passkey_answer){ .credential = encoded(&w->act, STR("key1")),
                                      .client_data = encoded(&w->act, client),
                                      .authenticator_data = encoded(&w->act, data),
                                      .signature = device_proof(&w->act, &device, data, client) };
    fails_whole(w, &prove);
    assert_int_equal(ACT(w, prove_passkey(w, &row)), E_OK);
    assert_true(oid_eq(row.user_id, ann));
    assert_int_equal(ACT(w, prove_passkey(w, &row)), E_UNAUTHENTICATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_apps),
        TEST(test_recovery_codes),
        TEST(test_passkeys),
    };
    return cmocka_run_group_tests_name("factor_faults", tests, NULL, NULL);
}
