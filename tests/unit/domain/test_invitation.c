/* SPDX-License-Identifier: Apache-2.0 */
/* Invitations: what their links are worth, when, and by whose rights; accounts that wait. */
#include "domain/signin/invitation.h"

#include "base/rng.h"
#include "domain/identity/service.h"
#include "domain/signin/registration.h"
#include "fleet_world.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

static const str_t role_administrator[] = { { "administrator", 13 } };
static const str_t role_auditor[] = { { "auditor", 7 } };
static const struct names administrator = { role_administrator, 1, true };
static const struct names auditor = { role_auditor, 1, true };

static struct row_user_account person(struct world *w, const char *name, struct names roles)
{
    char email[64];
    struct row_user_account row = { 0 };
    (void)snprintf(email, sizeof email, "%s@example.org", name);
    struct user_in in = { .username = str_from_cz(name),
                          .email = str_from_cz(email),
                          .roles = roles };
    assert_int_equal(ACT(w, user_create(&w->act, &in, &row)), E_OK);
    return row;
}

static struct row_principal_group group(struct world *w, const char *name, struct names roles)
{
    struct row_principal_group row = { 0 };
    struct group_in in = { .name = str_from_cz(name), .roles = roles };
    assert_int_equal(ACT(w, group_create(&w->act, &in, &row)), E_OK);
    return row;
}

static void as_user(struct world *w, const struct row_user_account *u)
{
    w->act.actor = (struct actor){
        .kind = ACTOR_USER, .id = u->id, .org = w->org, .perms = roles_perms((uint32_t)u->roles)
    };
    w->act.org = w->org;
}

static digest_t invited(struct world *w, const struct invitation_in *in, oid_t *ret_id)
{
    struct row_invitation row = { 0 };
    struct token_text token = { 0 };
    assert_int_equal(ACT(w, invitation_make(&w->act, in, &row, &token)), E_OK);
    assert_true(token_is_ours(str_of(token.p, token.n)));
    *ret_id = row.id;
    return sha256_of(str_of(token.p, token.n));
}

static err_t accept(struct world *w, const digest_t *link, const char *name,
                    struct row_user_account *ret)
{
    char email[64];
    struct row_invitation row;
    (void)snprintf(email, sizeof email, "%s@example.net", name);
    struct person who = { .username = str_from_cz(name), .email = str_from_cz(email) };
    as_nobody(w);
    return ACT(w, invitation_accept(&w->act, link, &who, &row, ret));
}

static err_t open_link(struct world *w, const digest_t *link)
{
    struct row_invitation row;
    as_nobody(w);
    return ACT(w, invitation_open(&w->act, link, &row));
}

static void test_a_link_makes_one_account_in_its_groups(void **state)
{
    struct world *w = *state;
    struct row_user_account root = person(w, "root", administrator);
    struct row_user_account user = { 0 };
    struct row_principal_group a = group(w, "family", (struct names){ 0 });
    struct row_principal_group b = group(w, "music", auditor);
    const str_t names[] = { a.name, STR("MUSIC") };
    const str_t *groups = NULL;
    size_t n = 0;
    oid_t id;
    as_user(w, &root);
    struct invitation_in in = { .groups = { names, 2, true } };
    digest_t link = invited(w, &in, &id);
    for (int i = 0; i < 3; i++) /* a mail scanner, a preview, the person */
        assert_int_equal(open_link(w, &link), E_OK);
    assert_int_equal(accept(w, &link, "ada", &user), E_OK);
    assert_int_equal(user.status, ACCOUNT_ACTIVE);
    assert_int_equal(user.roles, 0);
    assert_int_equal(groups_of(&w->act, ACTOR_USER, user.id, &groups, &n), E_OK);
    assert_int_equal(n, 2);
    assert_true(str_eq(groups[0], a.name) && str_eq(groups[1], b.name));
    assert_int_equal(w->act.actor.kind, ACTOR_NONE); /* nobody became his inviter */
    assert_int_equal(accept(w, &link, "eve", &user), E_INVITATION_OVER);
    assert_int_equal(open_link(w, &link), E_INVITATION_OVER);
}

static void test_a_link_ends_to_the_microsecond(void **state)
{
    struct world *w = *state;
    struct row_user_account root = person(w, "root", administrator);
    struct row_user_account user;
    ts_t end = ts_add(world_start, DUR_S(10));
    oid_t id;
    as_user(w, &root);
    digest_t link = invited(w, &(struct invitation_in){ .expires_at = end }, &id);
    world_time(w, (ts_t){ end.us - 1 });
    assert_int_equal(open_link(w, &link), E_OK);
    world_time(w, end);
    assert_int_equal(open_link(w, &link), E_INVITATION_OVER);
    assert_int_equal(accept(w, &link, "ada", &user), E_INVITATION_OVER);
}

static void test_a_failed_acceptance_uses_nothing_up(void **state)
{
    struct world *w = *state;
    struct row_user_account root = person(w, "root", administrator);
    struct row_user_account user;
    struct row_invitation row;
    oid_t id;
    as_user(w, &root);
    digest_t link = invited(w, &(struct invitation_in){ .uses = { true, 2 } }, &id);
    assert_int_equal(accept(w, &link, "root", &user), E_CONFLICT);
    assert_int_equal(accept(w, &link, "root@x", &user), E_BAD_FIELD);
    assert_int_equal(accept(w, &link, "", &user), E_BAD_FIELD);
    assert_int_equal(accept(w, &link, "ada", &user), E_OK);
    assert_int_equal(accept(w, &link, "bob", &user), E_OK);
    assert_int_equal(accept(w, &link, "cy", &user), E_INVITATION_OVER);
    w->act.org = w->org;
    assert_int_equal(invitation_get(&w->act, id, &row), E_OK);
    assert_int_equal(row.uses_left, 0);
}

/* What becomes of whoever invited, and what his link is worth then. */
static void test_a_link_dies_with_its_makers_rights(void **state)
{
    static const struct {
        const char *name;
        struct user_in change;
        bool gone;
    } ends[] = {
        { "disabled", { .status = { "disabled", 8 } }, false },
        { "demoted", { .roles = { role_auditor, 1, true } }, false },
        { .name = "deleted", .gone = true },
    };
    struct world *w = *state;
    struct row_user_account user;
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        oid_t id;
        enum invitation_state state_now;
        struct row_invitation row;
        as_admin(w);
        struct row_user_account maker = person(w, ends[i].name, administrator);
        as_user(w, &maker);
        digest_t link = invited(w, &(struct invitation_in){ 0 }, &id);
        as_admin(w);
        if (ends[i].gone)
            assert_int_equal(ACT(w, user_delete(&w->act, maker.id)), E_OK);
        else
            assert_int_equal(ACT(w, user_change(&w->act, maker.id, &ends[i].change, &user)), E_OK);
        assert_int_equal(accept(w, &link, "ada", &user), E_INVITATION_OVER);
        w->act.org = w->org;
        assert_int_equal(invitation_get(&w->act, id, &row), E_OK);
        assert_int_equal(row.uses_left, 1); /* shown as orphaned, not as used */
        assert_int_equal(invitation_state(&w->act, &row, &state_now), E_OK);
        assert_int_equal(state_now, INVITATION_ORPHANED);
    }
}

static void test_nobody_invites_into_what_he_lacks(void **state)
{
    struct world *w = *state;
    struct row_user_account root = person(w, "root", administrator);
    struct row_user_account user;
    struct row_principal_group admins = group(w, "admins", administrator);
    struct row_principal_group plain = group(w, "plain", (struct names){ 0 });
    struct row_invitation row;
    struct token_text token;
    oid_t id;
    struct invitation_in high = { .groups = { &admins.name, 1, true } };
    struct invitation_in low = { .groups = { &plain.name, 1, true } };
    as_user(w, &root);
    w->act.actor.perms.bits &= ~(UINT64_C(1) << PERM_SECRET_WRITE); /* a token with less */
    assert_int_equal(ACT(w, invitation_make(&w->act, &high, &row, &token)), E_FORBIDDEN);
    digest_t link = invited(w, &low, &id);
    /* The group becomes more than its inviter: the link does not follow. */
    as_admin(w);
    w->act.actor.perms = perms_all();
    struct names operator_too = { (const str_t[]){ STR("operator"), STR("administrator") }, 2,
                                  true };
    struct group_in more = { .roles = operator_too };
    assert_int_equal(ACT(w, group_change(&w->act, plain.id, &more, &plain)), E_OK);
    struct user_in less = { .roles = auditor };
    assert_int_equal(ACT(w, user_change(&w->act, root.id, &less, &root)), E_OK);
    assert_int_equal(accept(w, &link, "ada", &user), E_INVITATION_OVER);
}

static void test_a_link_is_of_its_organisation(void **state)
{
    struct world *w = *state;
    struct row_user_account root = person(w, "root", administrator);
    struct row_user_account user;
    struct row_invitation row;
    oid_t id;
    as_user(w, &root);
    digest_t link = invited(w, &(struct invitation_in){ 0 }, &id);
    w->act.org = w->other_org;
    assert_int_equal(invitation_get(&w->act, id, &row), E_NOT_FOUND);
    assert_int_equal(ACT(w, invitation_delete(&w->act, id)), E_NOT_FOUND);
    struct person who = { .username = STR("ada"), .email = STR("ada@example.org") };
    w->act.actor = (struct actor){ .kind = ACTOR_NONE };
    assert_int_equal(ACT(w, invitation_accept(&w->act, &link, &who, &row, &user)), E_OK);
    assert_true(oid_eq(w->act.org, w->org)); /* wherever it was asked */
    assert_int_equal(user_get(&w->act, user.id, &user), E_OK);
}

static void test_an_address_is_invited_once(void **state)
{
    struct world *w = *state;
    struct row_user_account root = person(w, "root", administrator);
    struct row_invitation row;
    struct row_user_account user;
    struct token_text token;
    oid_t id;
    struct invitation_in in = { .email = STR("Ada@Example.org"), .uses = { true, 1 } };
    as_user(w, &root);
    digest_t link = invited(w, &in, &id);
    assert_int_equal(ACT(w, invitation_make(&w->act, &in, &row, &token)), E_CONFLICT);
    in.email = STR("ROOT@example.org");
    assert_int_equal(ACT(w, invitation_make(&w->act, &in, &row, &token)), E_CONFLICT);
    in = (struct invitation_in){ .email = STR("x@example.org"), .uses = { true, 2 } };
    assert_int_equal(ACT(w, invitation_make(&w->act, &in, &row, &token)), E_BAD_FIELD);
    assert_int_equal(accept(w, &link, "ada", &user), E_BAD_FIELD); /* another address */
    struct person who = { .username = STR("ada") };
    assert_int_equal(ACT(w, invitation_accept(&w->act, &link, &who, &row, &user)), E_OK);
    assert_true(str_eq(user.email, STR("Ada@Example.org")));
}

static void test_an_account_waits_until_it_is_validated_once(void **state)
{
    struct world *w = *state;
    struct row_principal_group g = group(w, "family", (struct names){ 0 });
    struct row_user_account user;
    struct row_user_account gone;
    const struct names groups = { &g.name, 1, true };
    struct person who = { .username = STR("ada"), .email = STR("ada@example.org") };
    as_nobody(w);
    assert_int_equal(ACT(w, registration_make(&w->act, &who, &user)), E_OK);
    assert_int_equal(user.status, ACCOUNT_PENDING);
    as_admin(w);
    assert_int_equal(ACT(w, registration_validate(&w->act, user.id, &groups, &user)), E_OK);
    assert_int_equal(user.status, ACCOUNT_ACTIVE);
    assert_int_equal(ACT(w, registration_validate(&w->act, user.id, &groups, &user)), E_CONFLICT);
    assert_int_equal(ACT(w, registration_reject(&w->act, user.id, &gone)), E_CONFLICT);
    who = (struct person){ .username = STR("bob"), .email = STR("bob@example.org") };
    as_nobody(w);
    assert_int_equal(ACT(w, registration_make(&w->act, &who, &user)), E_OK);
    as_admin(w);
    assert_int_equal(ACT(w, registration_reject(&w->act, user.id, &gone)), E_OK);
    assert_int_equal(user_get(&w->act, user.id, &user), E_NOT_FOUND);
}

/* Each allocation and each statement fails once: nothing is half done. */
static void test_faults(void **state)
{
    struct world *w = *state;
    struct row_user_account root = person(w, "root", administrator);
    struct row_principal_group g = group(w, "family", (struct names){ 0 });
    struct row_user_account user;
    struct row_invitation row;
    oid_t id;
    as_user(w, &root);
    struct invitation_in in = { .groups = { &g.name, 1, true } };
    digest_t link = invited(w, &in, &id);
    for (long n = 0;; n++) {
        struct person who = { .username = STR("ada"), .email = STR("ada@example.net") };
        as_nobody(w);
        world_begin(w);
        fault_arm(n);
        err_t e = invitation_accept(&w->act, &link, &who, &row, &user);
        bool fired = fault_used();
        fault_disarm();
        (void)world_end(w, e); /* as it was */
        if (!fired) {
            assert_int_equal(e, E_OK);
            break;
        }
        assert_int_not_equal(e, E_OK);
        w->act.org = w->org;
        assert_int_equal(invitation_get(&w->act, id, &row), E_OK);
        assert_int_equal(row.uses_left, 1);
    }
    assert_int_equal(user_get(&w->act, user.id, &user), E_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_link_makes_one_account_in_its_groups),
        TEST(test_a_link_ends_to_the_microsecond),
        TEST(test_a_failed_acceptance_uses_nothing_up),
        TEST(test_a_link_dies_with_its_makers_rights),
        TEST(test_nobody_invites_into_what_he_lacks),
        TEST(test_a_link_is_of_its_organisation),
        TEST(test_an_address_is_invited_once),
        TEST(test_an_account_waits_until_it_is_validated_once),
        TEST(test_faults),
    };
    rng_seed_for_test(5);
    return cmocka_run_group_tests_name("invitation", tests, NULL, NULL);
}
