/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of service accounts, and the warnings before they end. */
#include "domain/oauth/service_key.h"

#include "domain/identity/service.h"
#include "fleet_world.h"
#include "plat/crypto/key_pem.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

static oid_t account(struct world *w, const char *name)
{
    struct row_service_account row;
    struct service_in in = { .name = str_from_cz(name) };
    assert_int_equal(ACT(w, service_create(&w->act, &in, &row)), E_OK);
    return row.id;
}

/* A public key, as a service account uploads it. */
static str_t made_spki(struct world *w)
{
    CLEANUP(sign_key_freep) struct sign_key *pair = NULL;
    str_t copy = STR_NONE;
    assert_int_equal(sign_key_make(PUBKEY_ED25519, &pair), E_OK);
    const struct pubkey *public = sign_key_public(pair);
    assert_int_equal(str_copy(w->act.arena, str_of(public->spki, public->spki_n), &copy), E_OK);
    return copy;
}

static oid_t key_of(struct world *w, oid_t service, ts_t expires_at)
{
    struct row_service_key row;
    struct service_key_in in = { STR("ci"), made_spki(w), expires_at };
    assert_int_equal(ACT(w, service_key_add(&w->act, service, &in, &row)), E_OK);
    return row.id;
}

static void test_a_key_belongs_to_one_account_of_one_organisation(void **state)
{
    struct world *w = *state;
    oid_t service = account(w, "ci");
    oid_t other = account(w, "backup");
    oid_t key = key_of(w, service, (ts_t){ 0 });
    struct row_service_key row;
    assert_int_equal(service_key_get(&w->act, service, key, &row), E_OK);
    assert_int_equal(row.expires_at.us, ts_add(world_start, SERVICE_KEY_LIFE).us);
    assert_true(str_eq(service_key_alg(row.spki), STR("EdDSA")));
    assert_int_equal(service_key_get(&w->act, other, key, &row), E_NOT_FOUND);
    assert_int_equal(ACT(w, service_key_delete(&w->act, other, key, &row)), E_NOT_FOUND);
    struct service_key_in again = { STR("again"), row.spki, { 0 } };
    assert_int_equal(ACT(w, service_key_add(&w->act, service, &again, &row)), E_CONFLICT);
    assert_int_equal(ACT(w, service_key_add(&w->act, other, &again, &row)), E_OK);
    w->act.org = w->other_org;
    assert_int_equal(service_key_get(&w->act, service, key, &row), E_NOT_FOUND);
    assert_int_equal(ACT(w, service_key_add(&w->act, service, &again, &row)), E_NOT_FOUND);
    assert_int_equal(
        ACT(w, service_key_change(&w->act, service, key, STR_NONE, STR("disabled"), &row)),
        E_NOT_FOUND);
    w->act.org = w->org;
    assert_int_equal(ACT(w, service_delete(&w->act, service)), E_OK); /* its keys go with it */
}

static void test_nobody_gives_what_he_lacks(void **state)
{
    struct world *w = *state;
    const str_t roles[] = { STR("administrator") };
    struct service_in in = { .name = STR("root"), .roles = { roles, 1, true } };
    struct row_service_account service;
    struct row_service_key row;
    assert_int_equal(ACT(w, service_create(&w->act, &in, &service)), E_OK);
    oid_t key = key_of(w, service.id, (ts_t){ 0 });
    assert_int_equal(
        ACT(w, service_key_change(&w->act, service.id, key, STR_NONE, STR("disabled"), &row)),
        E_OK);
    w->act.actor.perms = role_perms(ROLE_OPERATOR);
    struct service_key_in more = { STR("more"), made_spki(w), { 0 } };
    assert_int_equal(ACT(w, service_key_add(&w->act, service.id, &more, &row)), E_FORBIDDEN);
    assert_int_equal(
        ACT(w, service_key_change(&w->act, service.id, key, STR_NONE, STR("active"), &row)),
        E_FORBIDDEN);
    assert_int_equal(
        ACT(w, service_key_change(&w->act, service.id, key, STR("new"), STR_NONE, &row)),
        E_FORBIDDEN);
    assert_int_equal(ACT(w, service_key_delete(&w->act, service.id, key, &row)), E_FORBIDDEN);
}

static void test_ends_and_counts_are_bounded(void **state)
{
    struct world *w = *state;
    oid_t service = account(w, "ci");
    struct row_service_key row;
    static const int64_t days[] = { 0, -1, 3661 };
    for (size_t i = 0; i < ARRAY_LEN(days); i++) {
        struct service_key_in in = { STR("ci"),
                                     made_spki(w),
                                     { world_start.us + days[i] * DUR_DAYS(1).us } };
        assert_int_equal(ACT(w, service_key_add(&w->act, service, &in, &row)), E_BAD_FIELD);
        assert_string_equal(w->act.why.field, "expires_at");
    }
    for (int i = 0; i < SERVICE_KEYS_MAX; i++)
        (void)key_of(w, service, (ts_t){ 0 });
    struct service_key_in in = { STR("ci"), made_spki(w), { 0 } };
    assert_int_equal(ACT(w, service_key_add(&w->act, service, &in, &row)), E_CONFLICT);
}

/* Of a credential that lives `life` days: on each of these days, which step is warned of? */
static const struct {
    const char *name;
    int64_t life;
    struct {
        int64_t day;
        int64_t step; /* 0: nobody is warned */
    } looks[6];
} lives[] = {
    { "a year", 365, { { 334, 0 }, { 336, 30 }, { 340, 0 }, { 358, 7 }, { 359, 0 }, { 364, 1 } } },
    { "ten days", 10, { { 0, 0 }, { 2, 0 }, { 4, 7 }, { 5, 0 }, { 9, 1 }, { 9, 0 } } },
    { "two days", 2, { { 0, 0 }, { 1, 1 }, { 1, 0 } } },
    { "one day", 1, { { 0, 0 } } },
    { "nobody looked for weeks", 365, { { 364, 1 }, { 364, 0 } } },
};

static int64_t warned(struct world *w)
{
    struct credential_ending *endings = NULL;
    size_t n = 7;
    assert_int_equal(ACT(w, credentials_warn(&w->act, 10, &endings, &n)), E_OK);
    assert_true(n <= 1);
    return n == 0 ? 0 : endings[0].days;
}

static void warned_as_said(struct world *w, size_t i)
{
    for (size_t k = 0; k < ARRAY_LEN(lives[i].looks); k++) {
        int64_t day = lives[i].looks[k].day;
        if (k > 0 && day == 0)
            break;
        world_time(w, (ts_t){ world_start.us + day * DUR_DAYS(1).us });
        int64_t step = warned(w);
        if (step != lives[i].looks[k].step)
            fail_msg("%s, day %lld: %lld", lives[i].name, (long long)day, (long long)step);
    }
}

static void test_warnings_come_once_each(void **state)
{
    struct world *w = *state;
    oid_t service = account(w, "ci");
    for (size_t i = 0; i < ARRAY_LEN(lives); i++) {
        struct row_service_key gone;
        world_time(w, world_start);
        ts_t end = { world_start.us + lives[i].life * DUR_DAYS(1).us };
        oid_t key = key_of(w, service, end);
        warned_as_said(w, i);
        assert_int_equal(ACT(w, service_key_delete(&w->act, service, key, &gone)), E_OK);
        world_time(w, world_start);
        struct row_token token;
        struct token_text text;
        assert_int_equal(
            ACT(w, service_token_create(&w->act, service, STR("t"), end, &token, &text)), E_OK);
        warned_as_said(w, i);
        assert_int_equal(ACT(w, service_token_delete(&w->act, service, token.id, &token)), E_OK);
    }
}

static void test_nobody_is_warned_of_what_is_off_or_over(void **state)
{
    struct world *w = *state;
    oid_t service = account(w, "ci");
    oid_t key = key_of(w, service, ts_add(world_start, DUR_DAYS(40)));
    struct row_service_key row;
    assert_int_equal(
        ACT(w, service_key_change(&w->act, service, key, STR_NONE, STR("disabled"), &row)), E_OK);
    world_time(w, ts_add(world_start, DUR_DAYS(20)));
    assert_int_equal(warned(w), 0);
    assert_int_equal(
        ACT(w, service_key_change(&w->act, service, key, STR_NONE, STR("active"), &row)), E_OK);
    world_time(w, ts_add(world_start, DUR_DAYS(40)));
    assert_int_equal(warned(w), 0);
}

static void test_a_key_is_made_wholly_or_not(void **state)
{
    struct world *w = *state;
    oid_t service = account(w, "ci");
    struct service_key_in in = { STR("ci"), made_spki(w), { 0 } };
    for (long n = 0;; n++) {
        struct row_service_key row = { .status = 77 };
        world_begin(w);
        fault_arm(n);
        err_t e = service_key_add(&w->act, service, &in, &row);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(world_end(w, e), e);
        struct row_service_key *rows = NULL;
        size_t count = 0;
        assert_int_equal(service_key_page(&w->act, service, (oid_t){ 0 }, 9, &rows, &count), E_OK);
        assert_int_equal(count, e == E_OK);
        if (!fired) {
            assert_int_equal(e, E_OK);
            break;
        }
        assert_int_not_equal(e, E_OK);
        assert_int_equal(row.status, 77);
    }
}

static void test_a_private_key_as_text_fails_whole(void **state)
{
    struct world *w = *state;
    CLEANUP(sign_key_freep) struct sign_key *pair = NULL;
    assert_int_equal(sign_key_make(PUBKEY_P256, &pair), E_OK);
    for (long n = 0;; n++) {
        CLEANUP(buf_fini) struct buf pem = { 0 };
        buf_init(&pem, KEY_PEM_MAX);
        pem.secret = true;
        fault_arm(n);
        key_pem_write(&pem, w->act.arena, pair);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(pem.err, fired ? E_NO_MEMORY : E_OK);
        assert_true(fired || str_ends(buf_str(&pem), STR("\n-----END PRIVATE KEY-----\n")));
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_key_belongs_to_one_account_of_one_organisation),
        TEST(test_nobody_gives_what_he_lacks),
        TEST(test_ends_and_counts_are_bounded),
        TEST(test_warnings_come_once_each),
        TEST(test_nobody_is_warned_of_what_is_off_or_over),
        TEST(test_a_key_is_made_wholly_or_not),
        TEST(test_a_private_key_as_text_fails_whole),
    };
    return cmocka_run_group_tests_name("service_key", tests, NULL, NULL);
}
