/* SPDX-License-Identifier: Apache-2.0 */
/* Token exchange (RFC 8693; SAFETY AC20): less than the subject has, for who it concerns, as long
 * as it lives, and with the whole chain of who acted. */
#include "domain/oauth/exchange.h"

#include "domain/access/binding.h"
#include "domain/oauth/grant.h"
#include "fault_loop.h"
#include "oauth_world.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, world_teardown)
#define ISSUER  "https://id.example.org"

static oid_t ann;
static struct row_application web;     /* whose token the subject is */
static struct row_application service; /* that exchanges it */
static struct access_claims subject;
static str_t audience[1];

static struct row_application application_of(struct world *w, const char *name)
{
    static const str_t scopes[] = { { "openid", 6 }, { "profile", 7 }, { "email", 5 } };
    static const str_t grants[] = { { "authorization_code", 18 },
                                    { "urn:ietf:params:oauth:grant-type:token-exchange", 47 } };
    static const str_t uris[] = { { "https://a.example/cb", 20 } };
    const struct application_in in = { .name = str_from_cz(name),
                                       .kind = STR("oidc"),
                                       .client_id = str_from_cz(name),
                                       .client_type = STR("confidential"),
                                       .uris[APP_URI_REDIRECT] = { uris, 1, true },
                                       .grants = { grants, 2, true },
                                       .scopes = { scopes, 3, true } };
    const struct binding_in bound = { .user_id = ann };
    struct row_application row;
    struct row_binding binding;
    struct token_text secret;
    bool fresh;
    err_t e = ACT(w, application_create(&w->act, &in, &row, &secret));
    check(e == E_OK, w->act.why.text);
    assert_int_equal(ACT(w, binding_add(&w->act, &row, &bound, &binding, &fresh)), E_OK);
    return row;
}

static int setup(void **state)
{
    int failed = world_setup(state);
    struct world *w = *state;
    struct row_oauth_grant grant;
    ann = user_made(w, "ann");
    web = application_of(w, "web");
    service = application_of(w, "service");
    const struct grant_in in = { .kind = GRANT_SIGNIN,
                                 .principal_kind = ACTOR_USER,
                                 .principal = ann,
                                 .application = web.id,
                                 .scope = STR("openid profile"),
                                 .life = DUR_HOURS(1) };
    assert_int_equal(ACT(w, grant_open(&w->act, &in, &grant)), E_OK);
    audience[0] = service.client_id;
    subject = (struct access_claims){ .kind = ACTOR_USER,
                                      .principal = ann,
                                      .org = w->org,
                                      .client_id = web.client_id,
                                      .scope = STR("openid profile"),
                                      .aud = audience,
                                      .aud_n = 1,
                                      .grant = grant.id,
                                      .jti = oid_make(),
                                      .iat = w->act.now,
                                      .exp = ts_add(w->act.now, DUR_S(600)) };
    return failed;
}

static struct exchange_ask ask_of(void)
{
    return (struct exchange_ask){ .app = &service,
                                  .subject = &subject,
                                  .resource = { .issuer = STR(ISSUER) },
                                  .ip = STR("192.0.2.1") };
}

static err_t exchanged(struct world *w, const struct exchange_ask *ask, struct exchange_out *ret)
{
    return ACT(w, exchange(&w->act, ask, ret));
}

static void test_it_says_less_than_its_subject(void **state)
{
    struct world *w = *state;
    struct exchange_ask ask = ask_of();
    struct exchange_out out;
    assert_int_equal(exchanged(w, &ask, &out), E_OK);
    assert_true(str_eq(out.scope, STR("profile"))); /* who signed in is not said again */
    assert_int_equal(out.exp.us, subject.exp.us);
    assert_true(str_eq(out.act, STR("{\"client_id\":\"service\",\"sub\":\"service\"}")));
    ask.scope = STR("profile email");
    assert_int_equal(exchanged(w, &ask, &out), E_INVALID_SCOPE);
    const str_t elsewhere[] = { STR("https://elsewhere.example") };
    ask = ask_of();
    ask.resource.v = elsewhere;
    ask.resource.n = 1;
    assert_int_equal(exchanged(w, &ask, &out), E_INVALID_TARGET);
}

static void test_only_for_whom_it_concerns(void **state)
{
    struct world *w = *state;
    struct exchange_ask ask = ask_of();
    struct exchange_out out;
    bool concerns = false;
    const str_t other[] = { STR("other") };
    assert_int_equal(token_concerns(&w->act, &web, &subject, &concerns), E_OK);
    assert_true(concerns); /* it was given to it */
    subject.aud = other;
    assert_int_equal(token_concerns(&w->act, &service, &subject, &concerns), E_OK);
    assert_false(concerns);
    assert_int_equal(exchanged(w, &ask, &out), E_INVALID_GRANT); /* stolen */
    subject.aud = audience;
    subject.org = w->other_org;
    assert_int_equal(exchanged(w, &ask, &out), E_INVALID_GRANT);
}

static void test_it_ends_with_what_it_stands_on(void **state)
{
    struct world *w = *state;
    struct exchange_ask ask = ask_of();
    struct exchange_out out;
    struct row_user_account row;
    const struct user_in off = { .status = STR("disabled") };
    struct access_claims actor = subject;
    actor.grant = oid_make();
    ask.actor = &actor;
    assert_int_equal(exchanged(w, &ask, &out), E_INVALID_GRANT); /* nothing stands under it */
    actor = subject;
    assert_int_equal(exchanged(w, &ask, &out), E_OK);
    assert_int_equal(ACT(w, user_change(&w->act, ann, &off, &row)), E_OK);
    ask.actor = NULL;
    assert_int_equal(exchanged(w, &ask, &out), E_INVALID_GRANT);
}

static void test_the_chain_is_kept_and_has_an_end(void **state)
{
    struct world *w = *state;
    struct exchange_ask ask = ask_of();
    struct exchange_out out;
    for (int i = 0; i < EXCHANGE_CHAIN_MAX; i++) {
        str_t before = subject.act;
        assert_int_equal(exchanged(w, &ask, &out), E_OK);
        assert_true(before.p == NULL || memmem(out.act.p, out.act.n, before.p, before.n) != NULL);
        subject.act = out.act;
    }
    assert_int_equal(exchanged(w, &ask, &out), E_INVALID_GRANT);
}

static void test_who_may_not_open_it_gets_no_token_for_it(void **state)
{
    struct world *w = *state;
    struct exchange_ask ask = ask_of();
    struct exchange_out out;
    struct row_binding *rows = NULL;
    struct row_binding gone;
    size_t n = 0;
    assert_int_equal(binding_page(&w->act, service.id, (oid_t){ { 0 } }, 9, &rows, &n), E_OK);
    assert_int_equal(n, 1);
    assert_int_equal(ACT(w, binding_drop(&w->act, service.id, rows[0].id, &gone)), E_OK);
    assert_int_equal(exchanged(w, &ask, &out), E_INVALID_GRANT);
}

static err_t exchange_it(struct world *w, void *ret)
{
    static struct access_claims actor;
    struct exchange_ask ask = ask_of();
    actor = subject;
    ask.actor = &actor;
    return exchange(&w->act, &ask, ret);
}

static void test_each_step_may_fail(void **state)
{
    static const struct fault_case whole = { "exchange", exchange_it, sizeof(struct exchange_out) };
    struct world *w = *state;
    subject.act = STR("{\"client_id\":\"x\",\"sub\":\"y\"}");
    fails_whole(w, &whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_it_says_less_than_its_subject),
        TEST(test_only_for_whom_it_concerns),
        TEST(test_it_ends_with_what_it_stands_on),
        TEST(test_the_chain_is_kept_and_has_an_end),
        TEST(test_who_may_not_open_it_gets_no_token_for_it),
        TEST(test_each_step_may_fail),
    };
    return cmocka_run_group_tests_name("exchange", tests, NULL, NULL);
}
