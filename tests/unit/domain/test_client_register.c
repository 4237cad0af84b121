/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that come by themselves: by registering (RFC 7591, 7592), or by a document at a URL
 * (IDENTITY 62, 63). They get what any stranger may have, and look after their own row alone. */
#include "domain/oauth/client_register.h"

#include "domain/access/application.h"
#include "domain/oauth/client_document.h"
#include "fault_loop.h"

#define TEST(f)      cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
#define DOCUMENT_URL "https://agent.example/client.json"

static const str_t callbacks[] = { { "https://agent.example/cb", 24 } };
static const str_t others[] = { { "https://agent.example/other", 27 } };
static const struct names no_groups = { .set = false };

static struct client_metadata metadata(void)
{
    return (struct client_metadata){ .client_name = STR("An agent"),
                                     .redirect_uris = { callbacks, 1, true } };
}

static struct registered_client registered(struct world *w, const struct client_metadata *m)
{
    struct registered_client made;
    err_t e = ACT(w, client_register(&w->act, m, &no_groups, &made));
    check(e == E_OK, w->act.why.text);
    return made;
}

static err_t found_by(struct world *w, str_t client_id, const struct token_text *token)
{
    struct row_application app;
    err_t e =
        ACT(w, client_registration_find(&w->act, client_id, str_of(token->p, token->n), &app));
    w->act.org = w->org;
    return e;
}

static void test_a_token_is_good_for_its_own_client(void **state)
{
    struct world *w = *state;
    struct client_metadata m = metadata();
    const struct registered_client one = registered(w, &m);
    m.client_name = STR("Another");
    const struct registered_client two = registered(w, &m);
    struct token_text forged = one.token;
    assert_true(str_starts(str_of(one.token.p, one.token.n), STR("sen_g_")));
    assert_int_equal(one.app.origin, APP_REGISTERED);
    assert_int_equal(found_by(w, one.app.client_id, &one.token), E_OK);
    assert_int_equal(found_by(w, one.app.client_id, &two.token), E_UNAUTHENTICATED);
    assert_int_equal(found_by(w, two.app.client_id, &one.token), E_UNAUTHENTICATED);
    assert_int_equal(found_by(w, STR("nobody"), &one.token), E_UNAUTHENTICATED);
    forged.p[forged.n - 1] = forged.p[forged.n - 1] == 'A' ? 'B' : 'A';
    assert_int_equal(found_by(w, one.app.client_id, &forged), E_UNAUTHENTICATED);
    forged.n = 0;
    assert_int_equal(found_by(w, one.app.client_id, &forged), E_UNAUTHENTICATED);
    assert_null(
        memmem(one.app.registration_hash.p, one.app.registration_hash.n, one.token.p + 6, 8));
    const struct application_in off = { .status = STR("disabled") };
    struct row_application row;
    assert_int_equal(ACT(w, application_change(&w->act, one.app.id, &off, &row)), E_OK);
    assert_int_equal(found_by(w, one.app.client_id, &one.token), E_UNAUTHENTICATED);
}

static void test_what_an_administrator_made_has_no_such_token(void **state)
{
    struct world *w = *state;
    const struct application_in in = { .name = STR("ours"),
                                       .kind = STR("oidc"),
                                       .client_id = STR("ours"),
                                       .uris[APP_URI_REDIRECT] = { callbacks, 1, true } };
    struct row_application row;
    struct token_text secret;
    struct token_text empty = { .n = 0 };
    assert_int_equal(ACT(w, application_create(&w->act, &in, &row, &secret)), E_OK);
    assert_int_equal(found_by(w, row.client_id, &empty), E_UNAUTHENTICATED);
    assert_int_equal(found_by(w, row.client_id, &secret), E_UNAUTHENTICATED);
}

static void test_strangers_are_counted(void **state)
{
    struct world *w = *state;
    struct client_metadata m = metadata();
    struct registered_client made;
    for (int i = 0; i < REGISTERED_CLIENTS_MAX; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "agent-%d", i);
        m.client_name = str_from_cz(name);
        made = registered(w, &m);
    }
    m.client_name = STR("one more");
    assert_int_equal(ACT(w, client_register(&w->act, &m, &no_groups, &made)), E_CONFLICT);
    w->act.org = w->other_org; /* its own count */
    assert_int_equal(ACT(w, client_register(&w->act, &m, &no_groups, &made)), E_OK);
}

static void test_a_secret_comes_with_the_method_alone(void **state)
{
    struct world *w = *state;
    struct client_metadata m = metadata();
    struct registered_client changed;
    m.auth_method = STR("none");
    const struct registered_client made = registered(w, &m);
    assert_int_equal(made.secret.n, 0);
    m.auth_method = STR("client_secret_basic");
    assert_int_equal(ACT(w, client_registration_change(&w->act, &made.app, &m, &changed)), E_OK);
    assert_true(changed.secret.n > 0);
    assert_int_equal(changed.token.n, 0);
    const struct registered_client before = changed;
    assert_int_equal(ACT(w, client_registration_change(&w->act, &before.app, &m, &changed)), E_OK);
    assert_int_equal(changed.secret.n, 0); /* it has one already */
}

static struct client_document document_of(const char *bytes)
{
    struct client_document doc = { .url = STR(DOCUMENT_URL), .metadata = metadata() };
    doc.hash = sha256_of(str_from_cz(bytes));
    return doc;
}

static err_t kept(struct world *w, const struct client_document *doc, struct row_application *ret,
                  enum client_document_end *ret_end)
{
    err_t e = ACT(w, client_document_keep(&w->act, doc, &no_groups, ret, ret_end));
    w->act.org = w->org;
    return e;
}

static void test_a_row_follows_its_document(void **state)
{
    struct world *w = *state;
    struct client_document doc = document_of("one");
    struct row_application app;
    struct row_application again;
    enum client_document_end end = CLIENT_DOCUMENT_SAME;
    bool has = true;
    assert_int_equal(kept(w, &doc, &app, &end), E_OK);
    assert_int_equal(end, CLIENT_DOCUMENT_NEW);
    assert_true(str_eq(app.client_id, STR(DOCUMENT_URL)));
    assert_true(str_starts(app.name, STR("An agent (agent.example, ")));
    assert_int_equal(kept(w, &doc, &again, &end), E_OK);
    assert_int_equal(end, CLIENT_DOCUMENT_SAME);
    doc = document_of("two");
    doc.metadata.redirect_uris = (struct names){ others, 1, true };
    assert_int_equal(kept(w, &doc, &again, &end), E_OK);
    assert_int_equal(end, CLIENT_DOCUMENT_CHANGED);
    assert_true(oid_eq(app.id, again.id));
    assert_int_equal(application_uri_has(&w->act, app.id, APP_URI_REDIRECT, callbacks[0], &has),
                     E_OK);
    assert_false(has);
    doc = document_of("three");
    doc.metadata.auth_method = STR("client_secret_basic"); /* a document is public */
    assert_int_equal(kept(w, &doc, &again, &end), E_BAD_METADATA);
    const struct application_in off = { .status = STR("disabled") };
    assert_int_equal(ACT(w, application_change(&w->act, app.id, &off, &again)), E_OK);
    doc = document_of("four");
    assert_int_equal(kept(w, &doc, &again, &end), E_OK);
    assert_int_equal(end, CLIENT_DOCUMENT_SAME);
    assert_int_equal(again.status, APP_DISABLED); /* off it stays */
}

static void test_urls_of_documents(void **state)
{
    static const struct {
        const char *url;
        bool good;
    } cases[] = {
        { DOCUMENT_URL, true },
        { "https://agent.example:8443/a/b", true },
        { "http://agent.example/client.json", false },
        { "https://agent.example", false },
        { "https://agent.example/", false },
        { "https://agent.example/c?x=1", false },
        { "https://agent.example/c#x", false },
        { "https://me@agent.example/c", false },
        { "https://agent.example/../c", false },
        { "https://agent.example/%2e%2e/c", false },
        { "https:/agent.example/c", false },
        { "", false },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        check((client_document_url_flaw(str_from_cz(cases[i].url)) == NULL) == cases[i].good,
              cases[i].url);
    assert_true(client_id_is_url(STR(DOCUMENT_URL)));
    assert_false(client_id_is_url(STR("seneschal-cli")));
}

static struct registered_client known; /* of the fault loops */
static str_t known_token;

static err_t register_it(struct world *w, void *ret)
{
    struct client_metadata m = metadata();
    m.client_name = STR("new");
    m.auth_method = STR("client_secret_basic");
    return client_register(&w->act, &m, &no_groups, ret);
}

static err_t find_it(struct world *w, void *ret)
{
    return client_registration_find(&w->act, known.app.client_id, known_token, ret);
}

static err_t change_it(struct world *w, void *ret)
{
    struct client_metadata m = metadata();
    m.auth_method = STR("client_secret_basic");
    m.redirect_uris = (struct names){ others, 1, true };
    return client_registration_change(&w->act, &known.app, &m, ret);
}

struct documented {
    struct row_application app;
    enum client_document_end end;
};

static err_t document_it(struct world *w, void *ret)
{
    struct documented *d = ret;
    const struct client_document doc = document_of("five");
    return client_document_keep(&w->act, &doc, &no_groups, &d->app, &d->end);
}

static void test_each_step_may_fail(void **state)
{
    static const struct fault_case cases[] = {
        { "register", register_it, sizeof(struct registered_client) },
        { "find", find_it, sizeof(struct row_application) },
        { "change", change_it, sizeof(struct registered_client) },
        { "a new document", document_it, sizeof(struct documented) },
    };
    static const struct fault_case changed = { "a changed document", document_it,
                                               sizeof(struct documented) };
    struct world *w = *state;
    struct client_metadata m = metadata();
    const struct client_document doc = document_of("one");
    struct row_application app;
    enum client_document_end end;
    m.auth_method = STR("none");
    known = registered(w, &m);
    known_token = str_of(known.token.p, known.token.n);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        fails_whole(w, &cases[i]);
    assert_int_equal(kept(w, &doc, &app, &end), E_OK);
    fails_whole(w, &changed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_token_is_good_for_its_own_client),
        TEST(test_what_an_administrator_made_has_no_such_token),
        TEST(test_strangers_are_counted),
        TEST(test_a_secret_comes_with_the_method_alone),
        TEST(test_a_row_follows_its_document),
        TEST(test_urls_of_documents),
        TEST(test_each_step_may_fail),
    };
    return cmocka_run_group_tests_name("client_register", tests, NULL, NULL);
}
