/* SPDX-License-Identifier: Apache-2.0 */
/* People ask for applications: who may, what an approval is, and that one decision is made. */
#include "domain/signin/access_request.h"

#include "access_world.h"
#include "base/fault.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, access_world_open, access_world_close)

static void as_user(struct access_world *w, oid_t id)
{
    w->act.actor = (struct actor){ .kind = ACTOR_USER, .id = id, .org = w->org };
}

static void as_admin(struct access_world *w)
{
    w->act.actor = (struct actor){ .kind = ACTOR_SYSTEM, .org = w->org, .perms = perms_all() };
}

static oid_t application(struct access_world *w, const char *name, bool admin,
                         const struct names *groups)
{
    static const str_t uris[] = { { "https://app.example/cb", 22 } };
    struct application_in in = {
        .name = str_from_cz(name), .kind = STR("oidc"), .admin = { true, admin }, .groups = *groups
    };
    struct row_application row = { 0 };
    struct token_text secret = { 0 };
    in.uris[APP_URI_REDIRECT] = (struct names){ uris, 1, true };
    assert_int_equal(application_create(&w->act, &in, &row, &secret), E_OK);
    return row.id;
}

static oid_t group_made(struct access_world *w, const char *name, struct names roles)
{
    struct row_principal_group row = { 0 };
    struct group_in in = { .name = str_from_cz(name), .roles = roles };
    assert_int_equal(group_create(&w->act, &in, &row), E_OK);
    return row.id;
}

static void test_one_request_one_answer(void **state)
{
    struct access_world *w = *state;
    const str_t names[] = { STR("music"), STR("photos") };
    oid_t user = world_user(w, "ada");
    (void)group_made(w, "music", (struct names){ 0 });
    (void)group_made(w, "photos", (struct names){ 0 });
    (void)group_made(w, "other", (struct names){ 0 });
    oid_t app = application(w, "app", false, &(struct names){ names, 2, true });
    struct row_access_request row;
    as_user(w, user);
    assert_int_equal(access_request_make(&w->act, app, STR("please"), &row), E_OK);
    assert_true(str_eq(row.reason, STR("please")) && str_eq(row.application, STR("app")));
    as_admin(w);
    struct row_access_request done;
    assert_int_equal(access_request_approve(&w->act, row.id, STR(""), STR(""), &done), E_BAD_FIELD);
    assert_non_null(strstr(w->act.why.text, "music, photos"));
    diag_clear(&w->act.why);
    assert_int_equal(access_request_approve(&w->act, row.id, STR("other"), STR(""), &done),
                     E_BAD_FIELD);
    assert_int_equal(access_request_approve(&w->act, row.id, STR("PHOTOS"), STR(""), &done), E_OK);
    assert_true(str_eq(done.group_name, STR("photos")));
    assert_int_equal(access_request_refuse(&w->act, row.id, STR(""), &done), E_CONFLICT);
    as_user(w, user);
    assert_int_equal(access_request_make(&w->act, app, STR(""), &row), E_CONFLICT); /* he is in */
}

static void test_what_is_not_for_his_eyes_is_not_there(void **state)
{
    struct access_world *w = *state;
    const struct names none = { 0 };
    struct row_access_request row;
    oid_t user = world_user(w, "ada");
    oid_t hidden = application(w, "hidden", true, &none);
    oid_t disabled = application(w, "off", false, &none);
    struct application_in off = { .status = STR("disabled") };
    struct row_application app;
    assert_int_equal(application_change(&w->act, disabled, &off, &app), E_OK);
    assert_int_equal(access_request_make(&w->act, hidden, STR(""), &row), E_FORBIDDEN);
    as_user(w, user);
    assert_int_equal(access_request_make(&w->act, hidden, STR(""), &row), E_NOT_FOUND);
    assert_int_equal(access_request_make(&w->act, disabled, STR(""), &row), E_NOT_FOUND);
    assert_int_equal(access_request_make(&w->act, user, STR(""), &row), E_NOT_FOUND);
}

static void test_nobody_gives_what_he_lacks(void **state)
{
    static const str_t administrator[] = { { "administrator", 13 } };
    struct access_world *w = *state;
    const str_t rich[] = { STR("rich") };
    struct row_access_request row;
    oid_t user = world_user(w, "ada");
    (void)group_made(w, "rich", (struct names){ administrator, 1, true });
    oid_t app = application(w, "app", false, &(struct names){ rich, 1, true });
    oid_t bare = application(w, "bare", false, &(struct names){ 0 });
    as_user(w, user);
    assert_int_equal(access_request_make(&w->act, app, STR(""), &row), E_OK);
    as_admin(w);
    w->act.actor.perms = role_perms(ROLE_OPERATOR);
    struct row_access_request done;
    assert_int_equal(access_request_approve(&w->act, row.id, STR(""), STR(""), &done), E_FORBIDDEN);
    as_user(w, user);
    assert_int_equal(access_request_make(&w->act, bare, STR(""), &row), E_OK);
    as_admin(w);
    assert_int_equal(access_request_approve(&w->act, row.id, STR(""), STR(""), &done), E_CONFLICT);
}

static void test_a_person_asks_for_so_much_at_once(void **state)
{
    struct access_world *w = *state;
    struct row_access_request row;
    char name[16];
    oid_t apps[ACCESS_REQUESTS_OPEN_MAX + 1];
    oid_t user = world_user(w, "ada");
    for (size_t i = 0; i < ARRAY_LEN(apps); i++) {
        (void)snprintf(name, sizeof name, "app%zu", i);
        apps[i] = application(w, name, false, &(struct names){ 0 });
    }
    as_user(w, user);
    for (size_t i = 0; i < ACCESS_REQUESTS_OPEN_MAX; i++)
        assert_int_equal(access_request_make(&w->act, apps[i], STR(""), &row), E_OK);
    assert_int_equal(access_request_make(&w->act, apps[0], STR(""), &row), E_CONFLICT);
    assert_int_equal(access_request_make(&w->act, apps[ACCESS_REQUESTS_OPEN_MAX], STR(""), &row),
                     E_CONFLICT);
}

/* Each allocation and each statement fails once. */
static void test_faults(void **state)
{
    struct access_world *w = *state;
    const str_t names[] = { STR("music") };
    oid_t user = world_user(w, "ada");
    (void)group_made(w, "music", (struct names){ 0 });
    oid_t app = application(w, "app", false, &(struct names){ names, 1, true });
    assert_int_equal(db_tx_commit(w->store.db), E_OK);
    for (long n = 0;; n++) {
        struct row_access_request row;
        struct row_access_request done;
        assert_int_equal(db_tx_begin(w->store.db), E_OK);
        effects_init(&w->act.effects);
        diag_clear(&w->act.why);
        as_user(w, user);
        fault_arm(n);
        err_t e = access_request_make(&w->act, app, STR("r"), &row);
        as_admin(w);
        if (e == E_OK)
            e = access_request_approve(&w->act, row.id, STR(""), STR(""), &done);
        bool fired = fault_used();
        fault_disarm();
        db_tx_rollback(w->store.db);
        assert_true(fired ? e != E_OK : e == E_OK);
        if (!fired)
            break;
    }
    assert_int_equal(db_tx_begin(w->store.db), E_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_request_one_answer),
        TEST(test_what_is_not_for_his_eyes_is_not_there),
        TEST(test_nobody_gives_what_he_lacks),
        TEST(test_a_person_asks_for_so_much_at_once),
        TEST(test_faults),
    };
    return cmocka_run_group_tests_name("access_request", tests, NULL, NULL);
}
