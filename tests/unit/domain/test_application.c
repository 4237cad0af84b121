/* SPDX-License-Identifier: Apache-2.0 */
/* Applications: what may be saved, who may open them, and what ends with a binding. */
#include "access_world.h"
#include "base/fault.h"
#include "domain/access/app_uri.h"
#include "domain/access/app_words.h"

static const str_t role_administrator[] = { { "administrator", 13 } };

static void test_redirect_uris(void **state)
{
    static const struct {
        const char *text;
        bool native;
        bool good;
    } cases[] = {
        { "https://app.example.org/cb", false, true },
        { "https://app.example.org:8443/cb?x=1", false, true },
        { "HTTPS://app.example.org/cb", false, true },
        { "http://127.0.0.1/cb", false, true },
        { "http://[::1]:7000/cb", false, true },
        { "http://localhost:7000/cb", false, true },
        { "http://app.example.org/cb", false, false },
        { "http://127.0.0.1.example.org/cb", false, false },
        { "http://localhost@example.org/cb", false, false },
        { "https://user@app.example.org/cb", false, false },
        { "https://user:word@app.example.org/cb", false, false },
        { "https://app.example.org/cb#x", false, false },
        { "https://app.example.org/a/../cb", false, false },
        { "https://app.example.org/a/%2e%2E/cb", false, false },
        { "https://app.example.org/a/.%2e", false, false },
        { "https://app.example.org/%00", false, false },
        { "https://app.example.org/%0d%0a", false, false },
        { "https://app.example.org/%zz", false, false },
        { "https://app.example.org/%2", false, false },
        { "https://*.example.org/cb", false, false },
        { "https://app.example.org/*", false, false },
        { "https://app.example.org\\@evil.example/cb", false, false },
        { "https://app.example.org/a b", false, false },
        { "https://app.example.org/\"><script>", false, false },
        { "https://app.example.org:0/cb", false, false },
        { "https://app.example.org:70000/cb", false, false },
        { "https://app.example.org:/cb", false, false },
        { "https:app.example.org/cb", false, false },
        { "https:///cb", false, false },
        { "//app.example.org/cb", false, false },
        { "/cb", false, false },
        { "", false, false },
        { "javascript:alert(1)", false, false },
        { "javascript:alert(1)", true, false },
        { "data:text/html,x", true, false },
        { "vbscript:x", true, false },
        { "file:///etc/passwd", true, false },
        { "org.example.app:/cb", true, true },
        { "org.example.app:/cb", false, false },
        { "myapp:/cb", true, false },
        { "org.example.app:", true, false },
        { "https://b\xc3\xbc"
          "cher.example/cb",
          false, false },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *flaw = redirect_uri_flaw(str_from_cz(cases[i].text), cases[i].native);
        if ((flaw == NULL) != cases[i].good)
            fail_msg("%s: %s", cases[i].text, flaw != NULL ? flaw : "taken");
    }
}

static void test_other_urls(void **state)
{
    (void)state;
    assert_null(icon_flaw(STR("https://cdn.example.org/i.png")));
    assert_null(icon_flaw(STR("/assets/wiki.png")));
    assert_non_null(icon_flaw(STR("//evil.example/i.png")));
    assert_non_null(icon_flaw(STR("data:image/svg+xml;base64,PHN2Zz4=")));
    assert_non_null(icon_flaw(STR("<svg onload=alert(1)>")));
    assert_non_null(icon_flaw(STR("http://example.org/i.png")));
    assert_null(launch_url_flaw(STR("http://wiki.lan/")));
    assert_non_null(launch_url_flaw(STR("javascript:alert(1)")));
    assert_null(origin_flaw(STR("https://app.example.org:8443")));
    assert_non_null(origin_flaw(STR("https://app.example.org/")));
    assert_non_null(origin_flaw(STR("null")));
    assert_non_null(service_url_flaw(STR("http://169.254.169.254/")));
}

static void test_canonical_hosts(void **state)
{
    struct access_world *w = *state;
    str_t host = STR_NONE;
    assert_int_equal(host_canonical(w->act.arena, STR("WIKI.Example.ORG.:8443"), &host), E_OK);
    assert_true(str_eq(host, STR("wiki.example.org")));
    static const char *const bad[] = { "",   ".",   "a..b", "a b",      "[::1]",     "a@b",   "a/b",
                                       "-a", "a:0", "a:x",  "a.b.:1:2", "wiki,evil", "a\r\nb" };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(host_canonical(w->act.arena, str_from_cz(bad[i]), &host), E_BAD_FIELD);
}

static err_t try_make(struct access_world *w, const struct application_in *in)
{
    struct row_application row;
    struct token_text secret;
    act_clear_why(&w->act);
    return application_create(&w->act, in, &row, &secret);
}

static void test_what_does_not_go_together_is_refused(void **state)
{
    struct access_world *w = *state;
    static const str_t code[] = { { "authorization_code", 18 } };
    static const str_t machine[] = { { "client_credentials", 18 } };
    static const str_t uri[] = { { "https://a.example/cb", 20 } };
    const struct names code_only = { code, 1, true };
    const struct names machine_only = { machine, 1, true };
    struct application_in in = { .name = STR("a"), .kind = STR("oidc"), .host = STR("a.example") };
    assert_int_equal(try_make(w, &in), E_BAD_FIELD);
    assert_string_equal(w->act.why.field, "host");
    in = (struct application_in){ .name = STR("a"), .kind = STR("forward_auth") };
    assert_int_equal(try_make(w, &in), E_BAD_FIELD);
    in.host = STR("a.example");
    in.grants = code_only;
    assert_int_equal(try_make(w, &in), E_BAD_FIELD);
    in.grants = (struct names){ 0 };
    in.uris[APP_URI_REDIRECT] = (struct names){ uri, 1, true };
    assert_int_equal(try_make(w, &in), E_BAD_FIELD);
    in = (struct application_in){
        .name = STR("a"), .kind = STR("oidc"), .client_type = STR("public"), .grants = machine_only
    };
    assert_int_equal(try_make(w, &in), E_BAD_FIELD);
    assert_string_equal(w->act.why.field, "grants");
    in = (struct application_in){ .name = STR("a"),
                                  .kind = STR("oidc"),
                                  .client_type = STR("public"),
                                  .auth_method = STR("client_secret") };
    assert_int_equal(try_make(w, &in), E_BAD_FIELD);
    in.auth_method = STR_NONE;
    in.pkce = (opt_bool_t){ true, false };
    assert_int_equal(try_make(w, &in), E_BAD_FIELD);
    in = (struct application_in){ .name = STR("a"),
                                  .kind = STR("oidc"),
                                  .auth_method = STR("private_key_jwt") };
    assert_int_equal(try_make(w, &in), E_BAD_FIELD);
    in.jwks = STR("{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"a\",\"d\":\"b\"}]}");
    assert_int_equal(try_make(w, &in), E_BAD_FIELD);
    assert_string_equal(w->act.why.field, "jwks");
    in.jwks = STR("{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"a\"}]}");
    assert_int_equal(try_make(w, &in), E_OK);
    assert_int_equal(try_make(w, &in), E_CONFLICT);
}

static void test_a_secret_is_kept_as_its_hash(void **state)
{
    struct access_world *w = *state;
    struct row_application row;
    struct row_application again;
    struct token_text first;
    struct token_text second;
    struct application_in in = { .name = STR("Wiki"), .kind = STR("oidc") };
    assert_int_equal(application_create(&w->act, &in, &row, &first), E_OK);
    assert_true(token_is_ours(str_of(first.p, first.n)));
    digest_t hash = sha256_of(str_of(first.p, first.n));
    assert_true(str_eq(row.secret_hash, str_of(hash.b, sizeof hash.b)));
    assert_int_equal(application_renew_secret(&w->act, row.id, &again, &second), E_OK);
    assert_false(str_eq(row.secret_hash, again.secret_hash));
    assert_int_equal(again.revision, row.revision + 1);
    in = (struct application_in){ .client_type = STR("public") };
    assert_int_equal(application_change(&w->act, row.id, &in, &again), E_OK);
    assert_int_equal(again.secret_hash.n, 0);
    assert_int_equal(application_renew_secret(&w->act, row.id, &again, &second), E_CONFLICT);
}

static void test_nobody_without_a_binding(void **state)
{
    struct access_world *w = *state;
    struct row_application app = world_app(w, "wiki");
    oid_t ada = world_user(w, "ada");
    oid_t bob = world_user(w, "bob");
    oid_t group = world_group(w, "family");
    assert_int_equal(world_decide(w, &app, ada), ACCESS_DENY);
    oid_t binding = world_bind_group(w, &app, group);
    world_join(w, group, ada);
    assert_int_equal(world_decide(w, &app, ada), ACCESS_ALLOW);
    assert_int_equal(world_decide(w, &app, bob), ACCESS_DENY);
    struct binding_in by_name = { .username = STR("BOB") };
    struct row_binding row;
    bool is_new = false;
    assert_int_equal(binding_add(&w->act, &app, &by_name, &row, &is_new), E_OK);
    assert_true(is_new);
    assert_int_equal(world_decide(w, &app, bob), ACCESS_ALLOW);
    assert_int_equal(binding_add(&w->act, &app, &by_name, &row, &is_new), E_OK);
    assert_false(is_new);
    world_leave(w, group, ada);
    assert_int_equal(world_decide(w, &app, ada), ACCESS_DENY);
    world_join(w, group, ada);
    assert_int_equal(group_delete(&w->act, group), E_CONFLICT);
    assert_int_equal(binding_drop(&w->act, app.id, binding, &row), E_OK);
    assert_int_equal(world_decide(w, &app, ada), ACCESS_DENY);
    struct user_in off = { .status = STR("disabled") };
    struct row_user_account user;
    assert_int_equal(user_change(&w->act, bob, &off, &user), E_OK);
    assert_int_equal(world_decide(w, &app, bob), ACCESS_DENY);
    assert_int_equal(user_delete(&w->act, bob), E_OK);
    struct row_binding *left = NULL;
    size_t left_n = 1;
    assert_int_equal(binding_page(&w->act, app.id, (oid_t){ 0 }, 10, &left, &left_n), E_OK);
    assert_int_equal(left_n, 0);
}

/* As the store has it now, but of a client that registered itself. */
static enum access_effect stranger_decide(struct access_world *w, oid_t id, oid_t user)
{
    struct row_application app;
    assert_int_equal(application_get(&w->act, id, &app), E_OK);
    app.origin = APP_REGISTERED;
    return world_decide(w, &app, user);
}

/* Whoever takes the last binding away, or deletes the last person, wants fewer to come in. */
static void test_a_client_that_was_bound_never_opens_again(void **state)
{
    struct access_world *w = *state;
    struct row_application app = world_app(w, "agent");
    oid_t ada = world_user(w, "ada");
    oid_t bob = world_user(w, "bob");
    assert_int_equal(stranger_decide(w, app.id, ada), ACCESS_ALLOW);
    struct binding_in in = { .user_id = bob };
    struct row_binding row;
    bool is_new = false;
    assert_int_equal(binding_add(&w->act, &app, &in, &row, &is_new), E_OK);
    assert_int_equal(stranger_decide(w, app.id, ada), ACCESS_DENY);
    assert_int_equal(stranger_decide(w, app.id, bob), ACCESS_ALLOW);
    assert_int_equal(binding_drop(&w->act, app.id, row.id, &row), E_OK);
    assert_int_equal(stranger_decide(w, app.id, ada), ACCESS_DENY);
    assert_int_equal(stranger_decide(w, app.id, bob), ACCESS_DENY);
    assert_int_equal(binding_add(&w->act, &app, &in, &row, &is_new), E_OK);
    assert_int_equal(user_delete(&w->act, bob), E_OK);
    assert_int_equal(stranger_decide(w, app.id, ada), ACCESS_DENY);
}

static void test_the_other_tenant(void **state)
{
    struct access_world *w = *state;
    struct row_application app = world_app(w, "wiki");
    struct row_application row;
    struct row_organisation org;
    struct row_binding binding;
    bool is_new = false;
    assert_int_equal(organisation_create(&w->act, STR("acme"), STR("Acme"), &org), E_OK);
    oid_t here = world_user(w, "ada");
    w->act.org = org.id;
    oid_t there = world_user(w, "ada");
    oid_t group = world_group(w, "family");
    assert_int_equal(application_get(&w->act, app.id, &row), E_NOT_FOUND);
    assert_int_equal(application_delete(&w->act, app.id), E_NOT_FOUND);
    w->act.org = w->org;
    struct binding_in foreign = { .group_id = group };
    assert_int_equal(binding_add(&w->act, &app, &foreign, &binding, &is_new), E_BAD_FIELD);
    foreign = (struct binding_in){ .user_id = there };
    assert_int_equal(binding_add(&w->act, &app, &foreign, &binding, &is_new), E_BAD_FIELD);
    foreign = (struct binding_in){ .user_id = here };
    assert_int_equal(binding_add(&w->act, &app, &foreign, &binding, &is_new), E_OK);
    assert_int_equal(world_decide(w, &app, here), ACCESS_ALLOW);
    assert_int_equal(world_decide(w, &app, there), ACCESS_DENY);
    struct access_decision d;
    struct access_ask ask = { .app = &app, .kind = ACTOR_USER, .principal = here, .org = org.id };
    assert_int_equal(access_decide(&w->act, &ask, &d), E_OK);
    assert_int_equal(d.effect, ACCESS_DENY);
}

static void test_applications_of_administrators(void **state)
{
    struct access_world *w = *state;
    struct row_application app = world_app(w, "argocd");
    struct row_application *list = NULL;
    size_t n = 0;
    oid_t ada = world_user(w, "ada");
    oid_t group = world_group(w, "operators");
    (void)world_bind_group(w, &app, group);
    world_join(w, group, ada);
    struct application_in in = { .admin = { true, true } };
    assert_int_equal(application_change(&w->act, app.id, &in, &app), E_OK);
    assert_int_equal(world_decide(w, &app, ada), ACCESS_DENY);
    assert_int_equal(access_of(&w->act, ACTOR_USER, ada, &list, &n), E_OK);
    assert_int_equal(n, 0);
    struct group_in roles = { .roles = { role_administrator, 1, true } };
    struct row_principal_group row;
    assert_int_equal(group_change(&w->act, group, &roles, &row), E_OK);
    assert_int_equal(world_decide(w, &app, ada), ACCESS_ALLOW);
    assert_int_equal(access_of(&w->act, ACTOR_USER, ada, &list, &n), E_OK);
    assert_int_equal(n, 1);
    /* Who may read applications but not write them sees no trace of it. */
    w->act.actor.perms = role_perms(ROLE_AUDITOR);
    assert_int_equal(application_get(&w->act, app.id, &app), E_NOT_FOUND);
    assert_int_equal(
        application_page(&w->act, &(struct application_filter){ 0 }, (oid_t){ 0 }, 10, &list, &n),
        E_OK);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(list[i].admin, 0);
}

static void test_the_client_of_the_command_line(void **state)
{
    struct access_world *w = *state;
    struct row_application cli;
    struct row_application again;
    struct row_organisation org;
    assert_int_equal(application_by_client(&w->act, STR(CLI_CLIENT_ID), &cli), E_OK);
    assert_int_equal(applications_complete(&w->act, w->org), E_OK);
    assert_int_equal(application_by_client(&w->act, STR(CLI_CLIENT_ID), &again), E_OK);
    assert_true(oid_eq(cli.id, again.id));
    assert_int_equal(application_delete(&w->act, cli.id), E_CONFLICT);
    struct application_in in = { .name = STR("mine") };
    assert_int_equal(application_change(&w->act, cli.id, &in, &again), E_CONFLICT);
    assert_int_equal(organisation_create(&w->act, STR("acme"), STR("Acme"), &org), E_OK);
    w->act.org = org.id;
    oid_t ada = world_user(w, "ada");
    struct access_decision d;
    struct access_ask ask = { .app = &cli, .kind = ACTOR_USER, .principal = ada, .org = org.id };
    assert_int_equal(access_decide(&w->act, &ask, &d), E_OK);
    assert_int_equal(d.effect, ACCESS_ALLOW);
    in = (struct application_in){ .name = STR("Thief"),
                                  .kind = STR("oidc"),
                                  .client_id = STR(CLI_CLIENT_ID) };
    assert_int_equal(try_make(w, &in), E_CONFLICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redirect_uris),
        cmocka_unit_test(test_other_urls),
        cmocka_unit_test_setup_teardown(test_canonical_hosts, access_world_open,
                                        access_world_close),
        cmocka_unit_test_setup_teardown(test_what_does_not_go_together_is_refused,
                                        access_world_open, access_world_close),
        cmocka_unit_test_setup_teardown(test_a_secret_is_kept_as_its_hash, access_world_open,
                                        access_world_close),
        cmocka_unit_test_setup_teardown(test_nobody_without_a_binding, access_world_open,
                                        access_world_close),
        cmocka_unit_test_setup_teardown(test_a_client_that_was_bound_never_opens_again,
                                        access_world_open, access_world_close),
        cmocka_unit_test_setup_teardown(test_the_other_tenant, access_world_open,
                                        access_world_close),
        cmocka_unit_test_setup_teardown(test_applications_of_administrators, access_world_open,
                                        access_world_close),
        cmocka_unit_test_setup_teardown(test_the_client_of_the_command_line, access_world_open,
                                        access_world_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
