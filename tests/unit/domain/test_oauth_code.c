/* SPDX-License-Identifier: Apache-2.0 */
/* Codes and the requests before them: each once, for whom it was made, and nothing half done. */
#include "domain/oauth/auth_request.h"
#include "domain/oauth/client.h"
#include "domain/oauth/code.h"
#include "domain/oauth/consent.h"
#include "oauth_world.h"

#define TEST(f)   cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
#define CB        "https://app.example.org/cb"
#define ISSUER    "https://id.example.org"
#define VERIFIER  "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static struct row_application app_made(struct world *w, struct token_text *secret)
{
    static const str_t uris[] = { { CB, sizeof CB - 1 } };
    static const str_t scopes[] = { { "openid", 6 }, { "email", 5 }, { "offline_access", 14 } };
    struct application_in in = { .name = STR("wiki"), .kind = STR("oidc") };
    struct row_application row;
    in.uris[APP_URI_REDIRECT] = (struct names){ uris, 1, true };
    in.scopes = (struct names){ scopes, ARRAY_LEN(scopes), true };
    as_admin(w);
    assert_int_equal(ACT(w, application_create(&w->act, &in, &row, secret)), E_OK);
    return row;
}

static struct auth_words words_for(const struct row_application *app)
{
    return (struct auth_words){
        .client_id = app->client_id,
        .redirect_uri = STR(CB),
        .response_type = STR("code"),
        .scope = STR("openid email more"),
        .code_challenge = STR(CHALLENGE),
        .code_challenge_method = STR("S256"),
    };
}

static err_t check(struct world *w, const struct auth_words *words, struct row_auth_request *ret)
{
    struct row_application app;
    act_clear_why(&w->act);
    TRY(auth_request_client(&w->act, words, &app));
    return auth_request_check(&w->act, words, &app, STR(ISSUER), ret);
}

static void test_what_a_request_may_say(void **state)
{
    struct world *w = *state;
    struct token_text secret;
    struct row_application app = app_made(w, &secret);
    struct row_auth_request row;
    struct auth_words words = words_for(&app);
    assert_int_equal(check(w, &words, &row), E_OK);
    assert_true(str_eq(row.scope, STR("openid email")));
    assert_int_equal(row.challenge.n, SHA256_SIZE);
    words.scope = STR_NONE;
    assert_int_equal(check(w, &words, &row), E_OK);
    assert_true(str_eq(row.scope, STR("openid email"))); /* not while the person is away */
    static const str_t own = { ISSUER "/api/v1", sizeof ISSUER "/api/v1" - 1 };
    static const str_t longer = { ISSUER "/api/v1/x", sizeof ISSUER "/api/v1/x" - 1 };
    words.resource = &own;
    words.resource_n = 1;
    assert_int_equal(check(w, &words, &row), E_OK);
    words.resource = &longer;
    assert_int_equal(check(w, &words, &row), E_INVALID_TARGET);

    words = words_for(&app);
    words.code_challenge_method = STR("plain");
    assert_int_equal(check(w, &words, &row), E_INVALID_REQUEST);
    words = words_for(&app);
    words.response_type = STR("code token");
    assert_int_equal(check(w, &words, &row), E_UNSUPPORTED_RESPONSE);
    words = words_for(&app);
    words.scope = STR("more");
    assert_int_equal(check(w, &words, &row), E_INVALID_SCOPE);
    words = words_for(&app);
    words.prompt = STR("none consent");
    assert_int_equal(check(w, &words, &row), E_INVALID_REQUEST);
    words = words_for(&app);
    words.redirect_uri = STR(CB "/");
    assert_int_equal(check(w, &words, &row), E_INVALID_REQUEST);
}

static void test_a_request_is_answered_once(void **state)
{
    struct world *w = *state;
    struct token_text secret;
    struct token_text text;
    struct row_auth_request row;
    struct row_application app = app_made(w, &secret);
    struct auth_words words = words_for(&app);
    assert_int_equal(check(w, &words, &row), E_OK);
    assert_int_equal(ACT(w, auth_request_save(&w->act, &row, AUTH_REQUEST_LIFE, &text)), E_OK);
    assert_int_equal(auth_request_find(&w->act, token_of(&text), true, &row), E_NOT_FOUND);
    assert_int_equal(auth_request_find(&w->act, token_of(&text), false, &row), E_OK);
    assert_int_equal(ACT(w, auth_request_use(&w->act, &row)), E_OK);
    assert_int_equal(ACT(w, auth_request_use(&w->act, &row)), E_NOT_FOUND);
    assert_int_equal(auth_request_find(&w->act, token_of(&text), false, &row), E_NOT_FOUND);
    assert_int_equal(ACT(w, auth_request_save(&w->act, &row, AUTH_REQUEST_LIFE, &text)), E_OK);
    world_time(w, ts_add(w->act.now, AUTH_REQUEST_LIFE));
    assert_int_equal(auth_request_find(&w->act, token_of(&text), false, &row), E_NOT_FOUND);
}

static err_t prove(struct world *w, struct client_proof proof, struct row_application *ret)
{
    act_clear_why(&w->act);
    return client_authenticate(&w->act, &proof, ret);
}

/* IDENTITY 36: one answer, whatever is wrong; the compare takes a time that depends on nothing. */
static void test_a_client_proves_itself(void **state)
{
    struct world *w = *state;
    struct token_text secret;
    struct row_application row;
    struct row_application app = app_made(w, &secret);
    str_t id = app.client_id;
    str_t good = token_of(&secret);
    assert_int_equal(prove(w, (struct client_proof){ .basic_id = id, .basic_secret = good }, &row),
                     E_OK);
    assert_int_equal(prove(w, (struct client_proof){ .post_id = id, .post_secret = good }, &row),
                     E_OK);
    const struct client_proof bad[] = {
        { .basic_id = id, .basic_secret = STR("wrong") },
        { .basic_id = id, .basic_secret = STR("") },
        { .basic_id = STR("nobody"), .basic_secret = good },
        { .post_id = id },
        { .post_secret = good },
        { .post_id = STR_NONE },
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(prove(w, bad[i], &row), E_INVALID_CLIENT);
    const struct client_proof twice = {
        .basic_id = id, .basic_secret = good, .post_id = id, .post_secret = good
    };
    assert_int_equal(prove(w, twice, &row), E_INVALID_REQUEST);
    struct application_in off = { .status = STR("disabled") };
    as_admin(w);
    assert_int_equal(ACT(w, application_change(&w->act, app.id, &off, &row)), E_OK);
    assert_int_equal(prove(w, (struct client_proof){ .basic_id = id, .basic_secret = good }, &row),
                     E_INVALID_CLIENT);
}

static struct code_in code_for(struct world *w, const struct row_application *app, oid_t user)
{
    static digest_t challenge;
    challenge = sha256_of(STR(VERIFIER));
    w->act.org = w->org;
    return (struct code_in){ .application = app->id,
                             .user = user,
                             .scope = STR("openid"),
                             .resource = STR(""),
                             .redirect_uri = STR(CB),
                             .challenge = str_of(challenge.b, sizeof challenge.b) };
}

static err_t redeem(struct world *w, const struct row_application *app, const struct token_text *t,
                    struct code_out *ret)
{
    struct code_ask ask = { .text = token_of(t),
                            .application = app->id,
                            .redirect_uri = STR(CB),
                            .verifier = STR(VERIFIER) };
    return ACT(w, code_redeem(&w->act, &ask, ret));
}

static void test_a_code_is_good_once(void **state)
{
    struct world *w = *state;
    struct token_text secret;
    struct token_text text;
    struct code_out out;
    struct row_oauth_grant grant;
    struct row_application app = app_made(w, &secret);
    oid_t user = user_made(w, "ann");
    struct code_in in = code_for(w, &app, user);
    assert_int_equal(ACT(w, code_issue(&w->act, &in, &text)), E_OK);
    assert_int_equal(redeem(w, &app, &text, &out), E_OK);
    assert_int_equal(out.found, CODE_GOOD);
    assert_int_equal(ACT(w, grant_extend(&w->act, out.grant.id, ts_add(w->act.now, DUR_DAYS(1)))),
                     E_OK);
    world_time(w, ts_add(w->act.now, DUR_S(3600))); /* it is known long after it could be used */
    assert_int_equal(grant_get_live(&w->act, out.grant.id, &grant), E_OK);
    assert_int_equal(redeem(w, &app, &text, &out), E_OK);
    assert_int_equal(out.found, CODE_REUSED);
    assert_int_equal(grant_get_live(&w->act, out.grant.id, &grant), E_INVALID_GRANT);
    assert_int_equal(ACT(w, code_issue(&w->act, &in, &text)), E_OK);
    world_time(w, ts_add(w->act.now, CODE_LIFE));
    assert_int_equal(redeem(w, &app, &text, &out), E_INVALID_GRANT);
}

static void test_consent_is_remembered(void **state)
{
    struct world *w = *state;
    struct token_text secret;
    bool due;
    struct row_application app = app_made(w, &secret);
    oid_t user = user_made(w, "ann");
    assert_int_equal(consent_is_due(&w->act, &app, user, STR("openid"), &due), E_OK);
    assert_int_equal(due, app.consent != 0);
    app.consent = 1;
    assert_int_equal(consent_is_due(&w->act, &app, user, STR("openid"), &due), E_OK);
    assert_true(due);
    assert_int_equal(ACT(w, consent_give(&w->act, &app, user, STR("openid email"))), E_OK);
    assert_int_equal(consent_is_due(&w->act, &app, user, STR("email"), &due), E_OK);
    assert_false(due);
    assert_int_equal(consent_is_due(&w->act, &app, user, STR("email groups"), &due), E_OK);
    assert_true(due);
    app.consent = 0;
    app.origin = APP_REGISTERED; /* nobody can say that it need not be asked about */
    assert_int_equal(consent_is_due(&w->act, &app, user, STR("email groups"), &due), E_OK);
    assert_true(due);
    app.origin = APP_BUILT_IN;
    assert_int_equal(consent_is_due(&w->act, &app, user, STR("email"), &due), E_OK);
    assert_false(due);
    app.native = 1;
    assert_int_equal(consent_is_due(&w->act, &app, user, STR("email"), &due), E_OK);
    assert_true(due);
}

#ifdef SENESCHAL_FAULTS
static void test_each_failure_leaves_nothing(void **state)
{
    struct world *w = *state;
    struct token_text secret;
    struct row_application app = app_made(w, &secret);
    struct code_in in = code_for(w, &app, user_made(w, "ann"));
    struct code_out out;
    for (long n = 0;; n++) {
        struct token_text text = { .n = 0 };
        in = code_for(w, &app, in.user);
        world_begin(w);
        fault_arm(n);
        err_t e = code_issue(&w->act, &in, &text);
        bool fired = fault_used();
        fault_disarm();
        (void)world_end(w, e);
        assert_int_equal(e == E_OK, !fired);
        assert_int_equal(text.n > 0, !fired);
        if (fired)
            continue;
        assert_int_equal(redeem(w, &app, &text, &out), E_OK);
        break;
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_a_request_may_say),      TEST(test_a_request_is_answered_once),
        TEST(test_a_client_proves_itself),      TEST(test_a_code_is_good_once),
        TEST(test_consent_is_remembered),
#ifdef SENESCHAL_FAULTS
        TEST(test_each_failure_leaves_nothing),
#endif
    };
    return cmocka_run_group_tests_name("oauth-code", tests, NULL, NULL);
}
