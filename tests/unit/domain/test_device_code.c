/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in on another machine (RFC 8628): the code that a person types, and what a client is told
 * at each poll (IDENTITY 8, 32, 33). */
#include "domain/oauth/device_code.h"

#include "base/rng.h"
#include "domain/access/application.h"
#include "domain/identity/user.h"
#include "fault_loop.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static oid_t tv; /* the application that asks */
static oid_t ann;

static oid_t application_of(struct world *w, const char *name)
{
    static const str_t grants[] = { { "urn:ietf:params:oauth:grant-type:device_code", 44 } };
    const struct application_in in = { .name = str_from_cz(name),
                                       .kind = STR("oidc"),
                                       .client_type = STR("public"),
                                       .grants = { grants, 1, true } };
    struct row_application row;
    struct token_text secret;
    err_t e = ACT(w, application_create(&w->act, &in, &row, &secret));
    check(e == E_OK, w->act.why.text);
    return row.id;
}

static int setup(void **state)
{
    const struct user_in in = { .username = STR("ann"), .email = STR("ann@example.org") };
    struct row_user_account row;
    rng_seed_for_test(33);
    int failed = world_setup(state);
    struct world *w = *state;
    tv = application_of(w, "tv");
    assert_int_equal(ACT(w, user_create(&w->act, &in, &row)), E_OK);
    ann = row.id;
    return failed;
}

static int teardown(void **state)
{
    rng_seed_for_test(0);
    return world_teardown(state);
}

/* Section 6.1: nothing that makes words, nothing that is taken for something else, 34 bits. */
static void test_codes_are_typed_easily_and_guessed_hardly(void **state)
{
    enum { CODES = 4000 };
    static const char forbidden[] = "AEIOUY01";
    size_t seen[256] = { 0 };
    size_t letters = 0;
    (void)state;
    for (int i = 0; i < CODES; i++) {
        struct user_code c = user_code_make();
        struct user_code again;
        char shown[USER_CODE_SHOWN];
        user_code_show(&c, shown);
        assert_int_equal(shown[4], '-');
        assert_int_equal(user_code_parse(str_of(shown, sizeof shown), &again), E_OK);
        assert_memory_equal(&c, &again, sizeof c);
        for (size_t k = 0; k < USER_CODE; k++)
            seen[(unsigned char)c.p[k]]++;
    }
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        if (seen[i] == 0)
            continue;
        letters++;
        assert_true(i >= 'A' && i <= 'Z');
        assert_null(memchr(forbidden, (int)i, sizeof forbidden - 1));
        /* Each about as often as any other. */
        assert_in_range(seen[i], CODES * USER_CODE / 20 * 3 / 4, CODES * USER_CODE / 20 * 5 / 4);
    }
    assert_int_equal(letters, 20); /* 20 to the 8th: 34.5 bits */
}

static const struct {
    const char *name;
    const char *text;
    bool good;
} typed[] = {
    { "as it is shown", "BCDF-GHJK", true },
    { "small", "bcdf-ghjk", true },
    { "without a dash", "BCDFGHJK", true },
    { "with blanks around", "  BcDf ghJK ", true },
    { "with dots and lines", "b.c.d_f-g.h_j-k", true },
    { "one too few", "BCDF-GHJ", false },
    { "one too many", "BCDF-GHJKL", false },
    { "a vowel", "BCDF-GHJA", false },
    { "a digit", "BCDF-GHJ0", false },
    { "nothing", "", false },
    { "dashes alone", "--------", false },
    { "a letter with an accent", "BCDF-GHJ\xc3\xa9", false },
    { "a NUL's neighbour", "BCDF-GHJ\x01", false },
    { "long", "B C D F G H J K                                                         ", false },
};

static void test_it_is_read_as_people_type_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
        struct user_code c = { .p = "........" };
        err_t e = user_code_parse(str_from_cz(typed[i].text), &c);
        check(e == (typed[i].good ? E_OK : E_BAD_FIELD), typed[i].name);
        check(memcmp(c.p, typed[i].good ? "BCDFGHJK" : "........", USER_CODE) == 0, typed[i].name);
    }
}

static struct device_code_made asked(struct world *w)
{
    struct device_code_made made;
    const struct device_code_in in = { .org = w->org,
                                       .application = tv,
                                       .scope = STR("openid"),
                                       .resource = STR(""),
                                       .ip = STR("192.0.2.1"),
                                       .agent = STR("TV/1.0") };
    assert_int_equal(ACT(w, device_code_make(&w->act, &in, &made)), E_OK);
    return made;
}

static err_t polled(struct world *w, const struct device_code_made *made, oid_t application,
                    enum device_poll *ret)
{
    struct row_device_code row;
    return ACT(
        w, device_code_poll(&w->act, str_of(made->text.p, made->text.n), application, ret, &row));
}

static enum device_poll told(struct world *w, const struct device_code_made *made)
{
    enum device_poll poll = DEVICE_POLL_GOOD;
    assert_int_equal(polled(w, made, tv, &poll), E_OK);
    return poll;
}

static err_t decided(struct world *w, const struct device_code_made *made, bool approve)
{
    struct row_device_code row;
    err_t e = device_code_find(&w->act, &made->code, &row);
    return e != E_OK ? e : ACT(w, device_code_decide(&w->act, row.id, approve, ann, 1));
}

static void after(struct world *w, int64_t us)
{
    world_time(w, (ts_t){ w->act.now.us + us });
}

static void test_a_client_that_asks_too_soon_has_to_wait_longer(void **state)
{
    enum { S = 1000000 };
    struct world *w = *state;
    const dur_t slack = DEVICE_CODE_SLACK;
    const struct device_code_made made = asked(w);
    assert_int_equal(told(w, &made), DEVICE_POLL_PENDING); /* the first is never too soon */
    after(w, 4 * S);
    assert_int_equal(told(w, &made), DEVICE_POLL_SLOW); /* ten seconds from now on */
    after(w, 9 * S);
    assert_int_equal(told(w, &made), DEVICE_POLL_SLOW); /* fifteen */
    after(w, 15 * S - slack.us);
    assert_int_equal(told(w, &made), DEVICE_POLL_PENDING);
    assert_int_equal(decided(w, &made, true), E_OK);
    assert_int_equal(told(w, &made), DEVICE_POLL_GOOD); /* nobody waits for what is there */
}

static void test_a_code_is_spent_once_by_its_client(void **state)
{
    struct world *w = *state;
    const struct device_code_made made = asked(w);
    struct device_code_made forged = made;
    struct row_device_code row;
    enum device_poll poll = DEVICE_POLL_DENIED;
    forged.text.p[forged.text.n - 1] = made.text.p[made.text.n - 1] == 'A' ? 'B' : 'A';
    assert_int_equal(polled(w, &made, oid_make(), &poll), E_INVALID_GRANT);
    assert_int_equal(polled(w, &forged, tv, &poll), E_INVALID_GRANT);
    assert_int_equal(decided(w, &made, true), E_OK);
    assert_int_equal(decided(w, &made, false), E_NOT_FOUND); /* decided is decided */
    assert_int_equal(device_code_find(&w->act, &made.code, &row), E_NOT_FOUND);
    assert_int_equal(polled(w, &made, oid_make(), &poll), E_INVALID_GRANT); /* and not used up */
    assert_int_equal(told(w, &made), DEVICE_POLL_GOOD);
    assert_int_equal(polled(w, &made, tv, &poll), E_INVALID_GRANT);
    assert_int_equal(poll, DEVICE_POLL_DENIED); /* untouched */
    const struct device_code_made other = asked(w);
    assert_int_equal(decided(w, &other, false), E_OK);
    assert_int_equal(told(w, &other), DEVICE_POLL_DENIED);
    assert_int_equal(told(w, &other), DEVICE_POLL_DENIED);
}

static void test_what_ran_out_is_over_for_both(void **state)
{
    struct world *w = *state;
    const dur_t life = DEVICE_CODE_LIFE;
    const struct device_code_made made = asked(w);
    struct row_device_code row;
    enum device_poll poll;
    assert_int_equal(device_code_find(&w->act, &made.code, &row), E_OK);
    after(w, life.us);
    assert_int_equal(told(w, &made), DEVICE_POLL_EXPIRED);
    assert_int_equal(ACT(w, device_code_decide(&w->act, row.id, true, ann, 1)), E_NOT_FOUND);
    assert_int_equal(decided(w, &made, true), E_NOT_FOUND);
    assert_int_equal(ACT(w, device_codes_expire(&w->act, 10)), E_OK);
    assert_int_equal(told(w, &made), DEVICE_POLL_EXPIRED); /* its client may still ask */
    after(w, INT64_C(3600) * 1000000 + 1);
    assert_int_equal(ACT(w, device_codes_expire(&w->act, 10)), E_OK);
    assert_int_equal(polled(w, &made, tv, &poll), E_INVALID_GRANT);
}

/* Who has the store has neither code. */
static void test_the_store_holds_no_code(void **state)
{
    struct world *w = *state;
    const struct device_code_made made = asked(w);
    struct row_device_code row;
    assert_int_equal(device_code_find(&w->act, &made.code, &row), E_OK);
    w->keys.by_use[KEY_TOKEN].b[0] ^= 1; /* its hash is good for this server alone */
    assert_int_equal(device_code_find(&w->act, &made.code, &row), E_NOT_FOUND);
}

static void test_names_of_clients_are_cut_between_letters(void **state)
{
    struct world *w = *state;
    char agent[DEVICE_CODE_AGENT_MAX + 4];
    struct device_code_made made;
    struct row_device_code row;
    memset(agent, 'x', sizeof agent);
    memcpy(agent + DEVICE_CODE_AGENT_MAX - 2, "\xe2\x82\xac", 3); /* the euro does not fit */
    const struct device_code_in in = { .org = w->org,
                                       .application = tv,
                                       .scope = STR(""),
                                       .resource = STR(""),
                                       .ip = STR(""),
                                       .agent = str_of(agent, sizeof agent) };
    assert_int_equal(ACT(w, device_code_make(&w->act, &in, &made)), E_OK);
    assert_int_equal(device_code_find(&w->act, &made.code, &row), E_OK);
    assert_int_equal(row.agent.n, DEVICE_CODE_AGENT_MAX - 2);
}

static struct device_code_made known; /* of the fault loops */
static oid_t known_id;

struct answer {
    enum device_poll poll;
    struct row_device_code row;
};

static err_t make_it(struct world *w, void *ret)
{
    const struct device_code_in in = { .org = w->org,
                                       .application = tv,
                                       .scope = STR("openid"),
                                       .resource = STR(""),
                                       .ip = STR(""),
                                       .agent = STR("") };
    return device_code_make(&w->act, &in, ret);
}

static err_t find_it(struct world *w, void *ret)
{
    return device_code_find(&w->act, &known.code, ret);
}

static err_t poll_it(struct world *w, void *ret)
{
    struct answer *a = ret;
    return device_code_poll(&w->act, str_of(known.text.p, known.text.n), tv, &a->poll, &a->row);
}

static err_t decide_it(struct world *w, void *ret)
{
    (void)ret;
    return device_code_decide(&w->act, known_id, true, ann, 1);
}

static void test_each_step_may_fail(void **state)
{
    static const struct fault_case cases[] = {
        { "make", make_it, sizeof(struct device_code_made) },
        { "find", find_it, sizeof(struct row_device_code) },
        { "poll", poll_it, sizeof(struct answer) },
        { "decide", decide_it, 0 },
    };
    static const struct fault_case spend = { "spend", poll_it, sizeof(struct answer) };
    struct world *w = *state;
    struct row_device_code row;
    known = asked(w);
    assert_int_equal(device_code_find(&w->act, &known.code, &row), E_OK);
    known_id = row.id;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        fails_whole(w, &cases[i]);
    assert_int_equal(decided(w, &known, true), E_OK);
    fails_whole(w, &spend);
    assert_int_equal(told(w, &known), DEVICE_POLL_GOOD); /* no failure has used it up */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_codes_are_typed_easily_and_guessed_hardly),
        TEST(test_it_is_read_as_people_type_it),
        TEST(test_a_client_that_asks_too_soon_has_to_wait_longer),
        TEST(test_a_code_is_spent_once_by_its_client),
        TEST(test_what_ran_out_is_over_for_both),
        TEST(test_the_store_holds_no_code),
        TEST(test_names_of_clients_are_cut_between_letters),
        TEST(test_each_step_may_fail),
    };
    return cmocka_run_group_tests_name("device_code", tests, NULL, NULL);
}
