/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is compared with a secret is compared whole, once, by bytes_eq_ct, whatever is wrong with it
 * (IDENTITY 36). The linker puts a counter before that function: a memcmp in its place is not
 * counted. Codes and tokens are not compared at all, but looked up by their hash.
 */
#include "check.h"
#include "domain/oauth/client.h"
#include "domain/oauth/client_register.h"
#include "domain/oauth/pkce.h"
#include "oauth_world.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

static size_t compared; /* how often, since it was set to zero */
static size_t compared_bytes;

bool __real_bytes_eq_ct(const void *a, const void *b, size_t n);
bool __wrap_bytes_eq_ct(const void *a, const void *b, size_t n);

bool __wrap_bytes_eq_ct(const void *a, const void *b, size_t n)
{
    compared++;
    compared_bytes += n;
    return __real_bytes_eq_ct(a, b, n);
}

static void once(const char *name)
{
    check(compared == 1, name);
    check(compared_bytes == SHA256_SIZE, name);
    compared = 0;
    compared_bytes = 0;
}

/* The text with another character at `at`. */
static str_t spoilt(struct world *w, str_t text, size_t at)
{
    char *copy = arena_alloc(w->act.arena, text.n);
    assert_non_null(copy);
    memcpy(copy, text.p, text.n);
    copy[at] = copy[at] == 'x' ? 'y' : 'x';
    return str_of(copy, text.n);
}

static err_t prove(struct world *w, str_t id, str_t secret)
{
    struct row_application row;
    struct client_proof proof = { .basic_id = id, .basic_secret = secret };
    act_clear_why(&w->act);
    compared = 0;
    compared_bytes = 0;
    return client_authenticate(&w->act, &proof, &row);
}

static void test_identity_36_the_secret_of_a_client(void **state)
{
    struct world *w = *state;
    struct application_in in = { .name = STR("wiki"), .kind = STR("oidc") };
    struct row_application app;
    struct token_text secret;
    as_admin(w);
    assert_int_equal(ACT(w, application_create(&w->act, &in, &app, &secret)), E_OK);
    str_t good = token_of(&secret);
    assert_int_equal(prove(w, app.client_id, good), E_OK);
    once("the right one");
    const struct {
        const char *name;
        str_t id;
        str_t secret;
    } wrong[] = {
        { "the first character", app.client_id, spoilt(w, good, 0) },
        { "the last character", app.client_id, spoilt(w, good, good.n - 1) },
        { "shorter", app.client_id, str_sub(good, 0, good.n - 1) },
        { "empty", app.client_id, STR("") },
        { "nobody's", STR("nobody"), good },
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        check(prove(w, wrong[i].id, wrong[i].secret) == E_INVALID_CLIENT, wrong[i].name);
        once(wrong[i].name);
    }
}

static void test_identity_36_the_token_of_a_registration(void **state)
{
    struct world *w = *state;
    static const str_t uris[] = { { "https://a.example/cb", 20 } };
    struct client_metadata m = { .redirect_uris = { uris, 1, true } };
    struct names none = { 0 };
    struct registered_client made;
    struct row_application row;
    as_admin(w);
    assert_int_equal(ACT(w, client_register(&w->act, &m, &none, &made)), E_OK);
    str_t good = token_of(&made.token);
    const str_t tokens[] = { good, spoilt(w, good, 0), spoilt(w, good, good.n - 1) };
    for (size_t i = 0; i < ARRAY_LEN(tokens); i++) {
        compared = 0;
        compared_bytes = 0;
        err_t e = client_registration_find(&w->act, made.app.client_id, tokens[i], &row);
        assert_int_equal(e, i == 0 ? E_OK : E_UNAUTHENTICATED);
        once("the token of a registration");
    }
}

static void test_identity_36_the_verifier_of_a_code(void **state)
{
    struct world *w = *state;
    str_t good = STR("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    digest_t d = sha256_of(good);
    const str_t verifiers[] = { good, spoilt(w, good, 0), spoilt(w, good, good.n - 1) };
    for (size_t i = 0; i < ARRAY_LEN(verifiers); i++) {
        compared = 0;
        compared_bytes = 0;
        err_t e = pkce_check(verifiers[i], str_of(d.b, sizeof d.b));
        assert_int_equal(e, i == 0 ? E_OK : E_INVALID_GRANT);
        once("the verifier");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_identity_36_the_secret_of_a_client),
        TEST(test_identity_36_the_token_of_a_registration),
        TEST(test_identity_36_the_verifier_of_a_code),
    };
    return cmocka_run_group_tests_name("secret-compare", tests, NULL, NULL);
}
