/* SPDX-License-Identifier: Apache-2.0 */
/* Principals: who may be made, by whom, with which rights; and what a token is worth. */
#include "base/fault.h"
#include "domain/identity/actor_load.h"
#include "domain/identity/first_start.h"
#include "domain/identity/group.h"
#include "domain/identity/keys.h"
#include "domain/identity/organisation.h"
#include "domain/identity/service.h"
#include "domain/identity/user.h"
#include "store.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct fixture {
    struct store store;
    struct keys keys;
    struct act act;
    oid_t org;
};

static const str_t role_administrator[] = { { "administrator", 13 } };
static const str_t role_operator[] = { { "operator", 8 } };
static const struct names administrator = { role_administrator, 1, true };
static const struct names role_op = { role_operator, 1, true };
static const struct names nobody = { role_operator, 0, true };

static int setup(void **state)
{
    static struct fixture f;
    memset(&f, 0, sizeof f);
    store_open(&f.store);
    assert_int_equal(db_tx_begin(f.store.db), E_OK);
    f.keys.master.n = 32;
    f.act = (struct act){ .arena = f.store.a,
                          .db = f.store.db,
                          .now = clock_now(),
                          .keys = &f.keys,
                          .actor = { .kind = ACTOR_SYSTEM, .perms = perms_all() } };
    effects_init(&f.act.effects);
    assert_int_equal(first_start(&f.act, &f.org), E_OK);
    f.act.org = f.act.actor.org = f.org;
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    db_tx_rollback(f->store.db);
    store_close(&f->store);
    return 0;
}

static struct row_user_account user_make(struct fixture *f, const char *name, struct names roles)
{
    char email[64];
    struct row_user_account row;
    (void)snprintf(email, sizeof email, "%s@example.org", name);
    struct user_in in = { .username = str_from_cz(name),
                          .email = str_from_cz(email),
                          .roles = roles };
    assert_int_equal(user_create(&f->act, &in, &row), E_OK);
    return row;
}

static struct row_service_account service_make(struct fixture *f, const char *name,
                                               struct names roles)
{
    struct row_service_account row;
    struct service_in in = { .name = str_from_cz(name), .roles = roles };
    assert_int_equal(service_create(&f->act, &in, &row), E_OK);
    return row;
}

static struct row_principal_group group_make(struct fixture *f, const char *name,
                                             struct names roles)
{
    struct row_principal_group row;
    struct group_in in = { .name = str_from_cz(name), .roles = roles };
    assert_int_equal(group_create(&f->act, &in, &row), E_OK);
    return row;
}

static digest_t token_for(struct fixture *f, oid_t service, ts_t expires_at, oid_t *ret_id)
{
    struct token_text text;
    struct row_token row;
    assert_int_equal(service_token_create(&f->act, service, STR("t"), expires_at, &row, &text),
                     E_OK);
    *ret_id = row.id;
    return sha256_of(str_of(text.p, text.n));
}

static bool effect_seen(const struct act *act, enum effect_kind kind, oid_t id)
{
    for (const struct effect *e = act->effects.first; e != NULL; e = e->next) {
        if (e->kind == kind && oid_eq(e->id, id))
            return true;
    }
    return false;
}

static void test_names_are_unique_in_any_case_and_only_here(void **state)
{
    struct fixture *f = *state;
    struct row_user_account row;
    (void)user_make(f, "ada", nobody);
    struct user_in again = { .username = STR("ADA"), .email = STR("other@example.org") };
    assert_int_equal(user_create(&f->act, &again, &row), E_CONFLICT);
    again = (struct user_in){ .username = STR("bob"), .email = STR("Ada@Example.ORG") };
    assert_int_equal(user_create(&f->act, &again, &row), E_CONFLICT);
    struct row_organisation org;
    assert_int_equal(organisation_create(&f->act, STR("acme"), STR("Acme"), &org), E_OK);
    f->act.org = org.id;
    struct row_user_account there = user_make(f, "ada", nobody);
    f->act.org = f->org;
    assert_int_equal(user_get(&f->act, there.id, &row), E_NOT_FOUND);
    assert_int_equal(user_delete(&f->act, there.id), E_NOT_FOUND);
    assert_int_equal(organisation_create(&f->act, STR("acme"), STR("Again"), &org), E_CONFLICT);
}

static void test_a_search_is_a_prefix_in_any_case(void **state)
{
    struct fixture *f = *state;
    (void)user_make(f, "ada", nobody);
    (void)user_make(f, "adam", nobody);
    (void)user_make(f, "bob", nobody);
    static const struct {
        const char *name;
        struct user_filter filter;
        size_t want;
    } cases[] = {
        { "all", { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } }, 3 },
        { "prefix", { { "AD", 2 }, { NULL, 0 }, { NULL, 0 } }, 2 },
        { "no infix", { { "da", 2 }, { NULL, 0 }, { NULL, 0 } }, 0 },
        { "a wildcard is a letter", { { "%", 1 }, { NULL, 0 }, { NULL, 0 } }, 0 },
        { "exact username", { { NULL, 0 }, { "Ada", 3 }, { NULL, 0 } }, 1 },
        { "exact email", { { NULL, 0 }, { NULL, 0 }, { "BOB@example.org", 15 } }, 1 },
        { "both must hold", { { NULL, 0 }, { "ada", 3 }, { "bob@example.org", 15 } }, 0 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct row_user_account *rows = NULL;
        size_t n = 99;
        err_t e = user_page(&f->act, &cases[i].filter, (oid_t){ 0 }, 100, &rows, &n);
        if (e != E_OK || n != cases[i].want)
            fail_msg("%s: %zu rows", cases[i].name, n);
    }
}

/* SAFETY AC18: whatever way a right may be given, nobody gives what he lacks. */
static void test_nobody_gives_what_he_lacks(void **state)
{
    struct fixture *f = *state;
    struct row_principal_group admins = group_make(f, "admins", administrator);
    struct row_principal_group plain = group_make(f, "plain", nobody);
    struct row_service_account robot = service_make(f, "robot", administrator);
    struct row_user_account ada = user_make(f, "ada", nobody);
    f->act.actor.kind = ACTOR_USER;
    f->act.actor.perms = role_perms(ROLE_OPERATOR);
    static const str_t admins_name[] = { { "Admins", 6 } };
    struct names into_admins = { admins_name, 1, true };
    struct row_user_account user;
    struct row_service_account service;
    struct row_principal_group group;
    struct user_in eve = { .username = STR("eve"),
                           .email = STR("eve@example.org"),
                           .roles = administrator };
    assert_int_equal(user_create(&f->act, &eve, &user), E_FORBIDDEN);
    eve.roles = nobody;
    eve.groups = into_admins;
    assert_int_equal(user_create(&f->act, &eve, &user), E_FORBIDDEN);
    struct user_in more = { .roles = administrator };
    assert_int_equal(user_change(&f->act, ada.id, &more, &user), E_FORBIDDEN);
    struct service_in other = { .name = STR("eve"), .roles = administrator };
    assert_int_equal(service_create(&f->act, &other, &service), E_FORBIDDEN);
    struct group_in grow = { .roles = administrator };
    assert_int_equal(group_change(&f->act, plain.id, &grow, &group), E_FORBIDDEN);
    struct member_in member = { .user_id = ada.id };
    struct member m;
    bool added;
    assert_int_equal(group_member_add(&f->act, admins.id, &member, &m, &added), E_FORBIDDEN);
    struct token_text text;
    struct row_token token;
    assert_int_equal(service_token_create(&f->act, robot.id, STR("t"), (ts_t){ 0 }, &token, &text),
                     E_FORBIDDEN);

    more.roles = role_op; /* his own he may give */
    assert_int_equal(user_change(&f->act, ada.id, &more, &user), E_OK);
    struct service_in rename = { .name = STR("robot-2") };
    assert_int_equal(service_change(&f->act, robot.id, &rename, &service), E_FORBIDDEN);
    f->act.actor.perms = role_perms(ROLE_ADMINISTRATOR);
    assert_int_equal(group_member_add(&f->act, admins.id, &member, &m, &added), E_OK);
    assert_true(added);
}

/* docs/adr/0016: of `default` alone, of no group, and out of the reach of administrators. */
static void test_the_whole_server_is_given_by_its_own_alone(void **state)
{
    static const str_t role[] = { { "system-administrator", 20 } };
    const struct names whole = { role, 1, true };
    struct fixture *f = *state;
    struct row_user_account owner = user_make(f, "owner", whole);
    struct row_user_account ada = user_make(f, "ada", administrator);
    struct row_service_account robot = service_make(f, "robot", whole);
    struct row_organisation acme;
    struct row_principal_group group;
    struct row_user_account user;
    oid_t token;
    digest_t hash = token_for(f, robot.id, (ts_t){ 0 }, &token);
    struct actor_loaded got;
    assert_int_equal(actor_load(&f->act, &hash, &got), E_OK);
    assert_int_equal(got.who.actor.perms.bits, perms_all().bits);

    struct group_in all = { .name = STR("all"), .roles = whole };
    assert_int_equal(group_create(&f->act, &all, &group), E_BAD_FIELD);
    assert_int_equal(organisation_create(&f->act, STR("acme"), STR("Acme"), &acme), E_OK);
    f->act.org = acme.id;
    struct user_in eve = { .username = STR("eve"), .email = STR("e@example.org"), .roles = whole };
    assert_int_equal(user_create(&f->act, &eve, &user), E_FORBIDDEN);
    f->act.org = f->org;

    f->act.actor = (struct actor){
        .kind = ACTOR_USER, .id = ada.id, .org = f->org, .perms = role_perms(ROLE_ADMINISTRATOR)
    };
    struct user_in raise = { .roles = whole };
    struct user_in fall = { .roles = nobody };
    struct user_in move = { .email = STR("ada+owner@example.org") };
    struct service_in off = { .status = STR("disabled") };
    struct row_token row;
    assert_int_equal(user_create(&f->act, &eve, &user), E_FORBIDDEN);
    assert_int_equal(user_change(&f->act, ada.id, &raise, &user), E_FORBIDDEN);
    assert_int_equal(user_change(&f->act, owner.id, &fall, &user), E_FORBIDDEN);
    assert_int_equal(user_change(&f->act, owner.id, &move, &user), E_FORBIDDEN);
    assert_int_equal(user_delete(&f->act, owner.id), E_FORBIDDEN);
    assert_int_equal(service_change(&f->act, robot.id, &off, &robot), E_FORBIDDEN);
    assert_int_equal(service_token_delete(&f->act, robot.id, token, &row), E_FORBIDDEN);
    assert_int_equal(service_delete(&f->act, robot.id), E_FORBIDDEN);
}

static void test_a_token_has_the_rights_of_the_account_and_its_groups(void **state)
{
    struct fixture *f = *state;
    struct row_service_account robot = service_make(f, "robot", nobody);
    struct row_principal_group ops = group_make(f, "ops", role_op);
    oid_t token_id;
    digest_t token = token_for(f, robot.id, (ts_t){ 0 }, &token_id);
    struct actor_loaded got;
    assert_int_equal(actor_load(&f->act, &token, &got), E_OK);
    assert_int_equal(got.who.refuse, E_OK);
    assert_int_equal(got.state, TOKEN_CURRENT);
    assert_int_equal(got.who.actor.kind, ACTOR_SERVICE);
    assert_string_equal(got.who.actor.name, "robot");
    assert_true(oid_eq(got.who.actor.org, f->org));
    assert_int_equal(got.who.actor.perms.bits, 0);

    struct member_in in = { .service_account_id = robot.id };
    struct member m;
    bool added;
    assert_int_equal(group_member_add(&f->act, ops.id, &in, &m, &added), E_OK);
    assert_true(effect_seen(&f->act, EFFECT_PRINCIPAL, robot.id));
    assert_int_equal(actor_load(&f->act, &token, &got), E_OK);
    assert_int_equal(got.who.actor.perms.bits, role_perms(ROLE_OPERATOR).bits);
    assert_int_equal(group_member_drop(&f->act, ops.id, robot.id, &m), E_OK);
    assert_int_equal(actor_load(&f->act, &token, &got), E_OK);
    assert_int_equal(got.who.actor.perms.bits, 0);
    assert_int_equal(group_member_drop(&f->act, ops.id, robot.id, &m), E_NOT_FOUND);
}

/* SAFETY AC02: one gate for all. */
static void test_a_disabled_account_may_nothing(void **state)
{
    struct fixture *f = *state;
    struct row_service_account robot = service_make(f, "robot", role_op);
    struct actor_loaded got;
    oid_t token_id;
    digest_t token = token_for(f, robot.id, (ts_t){ 0 }, &token_id);
    struct service_in off = { .status = STR("disabled") };
    struct service_in on = { .status = STR("active") };
    effects_init(&f->act.effects);
    assert_int_equal(service_change(&f->act, robot.id, &off, &robot), E_OK);
    assert_true(effect_seen(&f->act, EFFECT_PRINCIPAL, robot.id));
    assert_int_equal(actor_load(&f->act, &token, &got), E_OK);
    assert_int_equal(got.who.refuse, E_DISABLED);
    assert_int_equal(got.who.actor.perms.bits, 0);
    assert_int_equal(service_change(&f->act, robot.id, &on, &robot), E_OK);
    assert_int_equal(actor_load(&f->act, &token, &got), E_OK);
    assert_int_equal(got.who.refuse, E_OK);
    f->act.actor.id = robot.id;
    assert_int_equal(service_change(&f->act, robot.id, &off, &robot), E_CONFLICT);
    assert_int_equal(service_delete(&f->act, robot.id), E_CONFLICT);
}

static void test_tokens_end(void **state)
{
    struct fixture *f = *state;
    struct row_service_account robot = service_make(f, "robot", role_op);
    struct actor_loaded got;
    struct row_token row;
    struct token_text text;
    oid_t first;
    oid_t second;
    oid_t third;
    clock_freeze((ts_t){ INT64_C(1900000000000000) }, (dur_t){ 0 });
    f->act.now = clock_now();
    assert_int_equal(service_token_create(&f->act, robot.id, STR("t"), f->act.now, &row, &text),
                     E_BAD_FIELD);
    digest_t lasting = token_for(f, robot.id, (ts_t){ 0 }, &first);
    digest_t brief = token_for(f, robot.id, ts_add(f->act.now, DUR_S(10)), &second);
    digest_t other = token_for(f, robot.id, (ts_t){ 0 }, &third);
    clock_freeze(ts_add(f->act.now, (dur_t){ DUR_S(10).us - 1 }), (dur_t){ 0 });
    assert_int_equal(actor_load(&f->act, &brief, &got), E_OK);
    clock_freeze(ts_add(f->act.now, DUR_S(10)),
                 (dur_t){ 0 }); /* AC55: to the second, and not one more */
    assert_int_equal(actor_load(&f->act, &brief, &got), E_UNAUTHENTICATED);
    clock_release();
    assert_int_equal(service_token_delete(&f->act, robot.id, first, &row), E_OK);
    assert_int_equal(service_token_delete(&f->act, robot.id, first, &row), E_NOT_FOUND);
    assert_int_equal(actor_load(&f->act, &lasting, &got), E_UNAUTHENTICATED);
    assert_int_equal(actor_load(&f->act, &other, &got), E_OK);
    assert_int_equal(service_delete(&f->act, robot.id), E_OK);
    assert_int_equal(actor_load(&f->act, &other, &got), E_UNAUTHENTICATED);
    digest_t strange = sha256_of(STR("sen_s_nobody"));
    assert_int_equal(actor_load(&f->act, &strange, &got), E_UNAUTHENTICATED);
}

static void test_a_change_of_a_group_reaches_its_members(void **state)
{
    struct fixture *f = *state;
    struct row_user_account ada = user_make(f, "ada", nobody);
    struct row_principal_group ops = group_make(f, "ops", nobody);
    struct member_in in = { .username = STR("ADA") };
    struct member m;
    bool added;
    assert_int_equal(group_member_add(&f->act, ops.id, &in, &m, &added), E_OK);
    assert_int_equal(group_member_add(&f->act, ops.id, &in, &m, &added), E_OK);
    assert_false(added);
    assert_true(effect_seen(&f->act, EFFECT_SCOPE, ada.id)); /* of the devices that are his */
    effects_init(&f->act.effects);
    struct group_in roles = { .roles = role_op };
    assert_int_equal(group_change(&f->act, ops.id, &roles, &ops), E_OK);
    assert_true(effect_seen(&f->act, EFFECT_PRINCIPAL, ada.id));
    assert_false(effect_seen(&f->act, EFFECT_SCOPE, ops.id));
    struct group_in order = { .priority = { true, 7 } };
    assert_int_equal(group_change(&f->act, ops.id, &order, &ops), E_OK);
    assert_true(effect_seen(&f->act, EFFECT_SCOPE, ops.id));
    effects_init(&f->act.effects);
    assert_int_equal(group_delete(&f->act, ops.id), E_OK);
    assert_true(effect_seen(&f->act, EFFECT_PRINCIPAL, ada.id));
    assert_int_equal(user_delete(&f->act, ada.id), E_OK);
}

static void test_one_member_at_a_time_and_of_this_organisation(void **state)
{
    struct fixture *f = *state;
    struct row_user_account ada = user_make(f, "ada", nobody);
    struct row_principal_group ops = group_make(f, "ops", nobody);
    struct member_in none = { 0 };
    struct member_in both = { .user_id = ada.id, .username = STR("ada") };
    struct member_in strange = { .device_id = oid_make() };
    struct member m;
    bool added;
    assert_int_equal(group_member_add(&f->act, ops.id, &none, &m, &added), E_BAD_FIELD);
    diag_clear(&f->act.why);
    assert_int_equal(group_member_add(&f->act, ops.id, &both, &m, &added), E_BAD_FIELD);
    diag_clear(&f->act.why);
    assert_int_equal(group_member_add(&f->act, ops.id, &strange, &m, &added), E_BAD_FIELD);
    assert_string_equal(f->act.why.field, "device_id");
    struct row_organisation org;
    assert_int_equal(organisation_create(&f->act, STR("acme"), STR("Acme"), &org), E_OK);
    f->act.org = org.id;
    struct row_principal_group theirs = group_make(f, "ops", nobody);
    struct member_in foreign = { .user_id = ada.id };
    assert_int_equal(group_member_add(&f->act, theirs.id, &foreign, &m, &added), E_BAD_FIELD);
    assert_int_equal(group_member_drop(&f->act, ops.id, ada.id, &m), E_NOT_FOUND);
}

/* Everything in one transaction, with each step failing once: either all of it is there, or
 * nothing. */
static err_t household_make(struct act *act)
{
    struct row_principal_group group;
    struct row_user_account user;
    struct row_service_account service;
    struct row_token token;
    struct token_text text;
    static const str_t house[] = { { "house", 5 } };
    struct group_in g = { .name = STR("house"), .roles = role_op };
    struct user_in u = { .username = STR("ada"),
                         .email = STR("ada@example.org"),
                         .groups = { house, 1, true } };
    struct service_in s = { .name = STR("robot"), .groups = { house, 1, true } };
    struct user_in off = { .status = STR("disabled") };
    TRY(group_create(act, &g, &group));
    TRY(user_create(act, &u, &user));
    TRY(service_create(act, &s, &service));
    TRY(service_token_create(act, service.id, STR("t"), (ts_t){ 0 }, &token, &text));
    TRY(user_change(act, user.id, &off, &user));
    TRY(group_delete(act, group.id));
    TRY(service_delete(act, service.id));
    return user_delete(act, user.id);
}

static void test_a_failed_step_fails_the_act(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(db_tx_commit(f->store.db), E_OK);
    for (long n = 0;; n++) {
        arena_reset(f->store.a);
        effects_init(&f->act.effects);
        diag_clear(&f->act.why);
        assert_int_equal(db_tx_begin(f->store.db), E_OK);
        fault_arm(n);
        err_t e = household_make(&f->act);
        bool fired = fault_used();
        fault_disarm();
        assert_true(fired ? e != E_OK : e == E_OK);
        if (!fired)
            break;
        db_tx_rollback(f->store.db);
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_names_are_unique_in_any_case_and_only_here),
        CASE(test_a_search_is_a_prefix_in_any_case),
        CASE(test_nobody_gives_what_he_lacks),
        CASE(test_the_whole_server_is_given_by_its_own_alone),
        CASE(test_a_token_has_the_rights_of_the_account_and_its_groups),
        CASE(test_a_disabled_account_may_nothing),
        CASE(test_tokens_end),
        CASE(test_a_change_of_a_group_reaches_its_members),
        CASE(test_one_member_at_a_time_and_of_this_organisation),
        CASE(test_a_failed_step_fails_the_act),
    };
    return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
