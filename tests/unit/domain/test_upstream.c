/* SPDX-License-Identifier: Apache-2.0 */
/* Other issuers: what may be saved of one, who of theirs is whom here, and what their logout ends.
 */
#include "domain/signin/upstream.h"

#include "base/enc.h"
#include "domain/identity/group.h"
#include "domain/identity/user.h"
#include "domain/signin/session.h"
#include "fault_loop.h"
#include "plat/crypto/crypto.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
#define TEXT(lit)                                                                                  \
    {                                                                                              \
        lit, sizeof lit - 1                                                                        \
    } /* STR for what is constant */

/* What is absent is as it usually is. */
static struct provider_in usual(struct provider_in in)
{
    if (in.name.p == NULL)
        in.name = STR("keycloak");
    if (in.issuer.p == NULL)
        in.issuer = STR("https://kc.example/realms/a");
    if (in.client_id.p == NULL)
        in.client_id = STR("seneschal");
    return in;
}

static struct row_provider provider_of(struct world *w, struct provider_in in)
{
    struct row_provider row;
    in = usual(in);
    err_t e = ACT(w, provider_create(&w->act, &in, &row));
    check(e == E_OK, w->act.why.text);
    return row;
}

static oid_t group_of(struct world *w, const char *name, const char *role)
{
    const str_t roles[] = { str_from_cz(role != NULL ? role : "") };
    const struct group_in in = { .name = str_from_cz(name),
                                 .roles = { roles, role != NULL, role != NULL } };
    struct row_principal_group row;
    assert_int_equal(ACT(w, group_create(&w->act, &in, &row)), E_OK);
    return row.id;
}

static oid_t user_of(struct world *w, const char *name)
{
    struct row_user_account row;
    str_t email;
    assert_int_equal(str_format(w->store.a, &email, "%s@example.org", name), E_OK);
    const struct user_in in = { .username = str_from_cz(name), .email = email };
    assert_int_equal(ACT(w, user_create(&w->act, &in, &row)), E_OK);
    return row.id;
}

static err_t person(struct world *w, const struct row_provider *p,
                    const struct upstream_identity *who, oid_t *ret, bool *ret_new)
{
    return ACT(w, upstream_person(&w->act, p, who, ret, ret_new));
}

static bool is_member(struct world *w, oid_t group, oid_t user)
{
    struct member_in in = { .user_id = user };
    struct member m;
    bool fresh = true;
    world_begin(w);
    assert_int_equal(group_member_add(&w->act, group, &in, &m, &fresh), E_OK);
    db_tx_rollback(w->store.db);
    return !fresh;
}

static const struct {
    const char *name;
    const char *field;
    struct provider_in in;
} refused[] = {
    { "a name for no path", "name", { .name = TEXT("Key Cloak") } },
    { "a name of two segments", "name", { .name = TEXT("a/b") } },
    { "no name", "name", { .name = TEXT("") } },
    { "a long name", "name", { .name = TEXT("abcdefghijklmnopqrstuvwxyz0123456") } },
    { "no title", "title", { .title = TEXT("") } },
    { "no client", "client_id", { .client_id = TEXT("") } },
    { "no openid", "scopes", { .scopes = TEXT("profile openidx") } },
    { "a status of people", "status", { .status = TEXT("pending") } },
};

static void test_what_is_no_provider_is_refused(void **state)
{
    struct world *w = *state;
    struct row_provider row;
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        const struct provider_in in = usual(refused[i].in);
        err_t e = ACT(w, provider_create(&w->act, &in, &row));
        if (e != E_BAD_FIELD || strcmp(w->act.why.field, refused[i].field) != 0)
            fail_msg("%s: %s, %s", refused[i].name, err_info(e)->slug, w->act.why.field);
    }
    const struct row_provider mine = provider_of(w, (struct provider_in){ 0 });
    struct provider_in in = usual((struct provider_in){ .name = STR("other") });
    assert_int_equal(ACT(w, provider_create(&w->act, &in, &row)), E_CONFLICT); /* its issuer */
    in = usual((struct provider_in){ .issuer = STR("https://other.example") });
    assert_int_equal(ACT(w, provider_create(&w->act, &in, &row)), E_CONFLICT); /* its name */
    w->act.org = w->other_org;
    assert_int_equal(provider_get(&w->act, mine.id, &row), E_NOT_FOUND);
    assert_int_equal(provider_named(&w->act, mine.name, &row), E_NOT_FOUND);
    assert_int_equal(ACT(w, provider_delete(&w->act, mine.id)), E_NOT_FOUND);
    (void)provider_of(w, (struct provider_in){ 0 }); /* it may have the same */
}

static void test_its_secret_is_sealed(void **state)
{
    struct world *w = *state;
    str_t secret = STR_NONE;
    struct row_provider p = provider_of(w, (struct provider_in){ .client_secret = STR("s3cret") });
    assert_null(memmem(p.sealed.p, p.sealed.n, "s3cret", 6));
    assert_int_equal(provider_secret(&w->act, &p, &secret), E_OK);
    assert_true(str_eq(secret, STR("s3cret")));
    struct provider_in in = { .title = STR("Keycloak") };
    const struct row_provider was = p;
    assert_int_equal(ACT(w, provider_change(&w->act, &was, &in, &p)), E_OK);
    assert_int_equal(provider_secret(&w->act, &p, &secret), E_OK);
    assert_true(str_eq(secret, STR("s3cret"))); /* absent leaves it */
    struct row_provider other = provider_of(
        w, (struct provider_in){ .name = STR("other"), .issuer = STR("https://other.example") });
    other.sealed = p.sealed;
    other.epoch = p.epoch;
    other.key_id = p.key_id;
    assert_int_equal(provider_secret(&w->act, &other, &secret), E_CORRUPT);
    in = (struct provider_in){ .client_secret = STR("") };
    const struct row_provider then = p;
    assert_int_equal(ACT(w, provider_change(&w->act, &then, &in, &p)), E_OK);
    assert_int_equal(provider_secret(&w->act, &p, &secret), E_OK);
    assert_int_equal(secret.n, 0); /* a public client */
}

static void test_one_that_is_off_is_not_found_by_name(void **state)
{
    struct world *w = *state;
    struct row_provider row;
    const struct row_provider p = provider_of(w, (struct provider_in){ 0 });
    const struct provider_in off = { .status = STR("disabled") };
    assert_int_equal(provider_named(&w->act, STR("keycloak"), &row), E_OK);
    assert_int_equal(ACT(w, provider_change(&w->act, &p, &off, &row)), E_OK);
    assert_int_equal(provider_named(&w->act, STR("keycloak"), &row), E_NOT_FOUND);
}

/* AC18: by a mapping nobody gives what he lacks. */
static void test_nobody_maps_what_he_lacks(void **state)
{
    struct world *w = *state;
    (void)group_of(w, "admins", "administrator");
    const struct provider_map map[] = { { STR("boss"), STR("admins") } };
    const struct provider_in in =
        usual((struct provider_in){ .map = map, .map_n = 1, .map_set = true });
    struct row_provider row;
    w->act.actor.perms = role_perms(ROLE_OPERATOR);
    assert_int_equal(ACT(w, provider_create(&w->act, &in, &row)), E_FORBIDDEN);
    as_admin(w);
    assert_int_equal(ACT(w, provider_create(&w->act, &in, &row)), E_OK);
    struct provider_map many[PROVIDER_GROUPS_MAX + 1];
    for (size_t i = 0; i < ARRAY_LEN(many); i++)
        many[i] = map[0];
    const struct provider_in more = { .map = many, .map_n = ARRAY_LEN(many), .map_set = true };
    const struct row_provider was = row;
    assert_int_equal(ACT(w, provider_change(&w->act, &was, &more, &row)), E_BAD_FIELD);
}

static void test_who_somebody_is(void **state)
{
    struct world *w = *state;
    struct upstream_identity who = { .sub = STR("u1"),
                                     .username = STR("ann"),
                                     .email = STR("Ann@Example.org") };
    struct row_provider p = provider_of(w, (struct provider_in){ 0 });
    const struct provider_in sign_up = { .sign_up = { true, true } };
    const struct provider_in link = { .link_email = { true, true } };
    oid_t id = { { 0 } };
    oid_t again = { { 0 } };
    bool fresh = true;
    assert_int_equal(person(w, &p, &who, &id, &fresh), E_FORBIDDEN); /* by default nobody */
    const oid_t ann = user_of(w, "ann");
    assert_int_equal(person(w, &p, &who, &id, &fresh), E_FORBIDDEN);
    struct row_provider was = p;
    assert_int_equal(ACT(w, provider_change(&w->act, &was, &sign_up, &p)), E_OK);
    assert_int_equal(person(w, &p, &who, &id, &fresh), E_FORBIDDEN); /* the address is hers */
    was = p;
    assert_int_equal(ACT(w, provider_change(&w->act, &was, &link, &p)), E_OK);
    assert_int_equal(person(w, &p, &who, &id, &fresh), E_FORBIDDEN); /* not verified */
    who.email_verified = true;
    assert_int_equal(person(w, &p, &who, &id, &fresh), E_OK);
    assert_true(oid_eq(id, ann));
    assert_false(fresh);

    who = (struct upstream_identity){ .sub = STR("u2"),
                                      .username = STR("ANN"),
                                      .email = STR("other@example.org") };
    assert_int_equal(person(w, &p, &who, &id, &fresh), E_OK);
    assert_true(fresh);
    assert_false(oid_eq(id, ann));
    struct row_user_account row;
    assert_int_equal(user_get(&w->act, id, &row), E_OK);
    assert_true(str_starts(row.username, STR("ANN-"))); /* hers is taken, in any case */
    assert_int_equal(person(w, &p, &who, &again, &fresh), E_OK);
    assert_false(fresh);
    assert_true(oid_eq(id, again));
    who = (struct upstream_identity){ .sub = STR("u3"), .username = STR("nameless") };
    assert_int_equal(person(w, &p, &who, &id, &fresh), E_FORBIDDEN); /* no address */
    assert_int_equal(w->act.actor.kind, ACTOR_USER);                 /* he is himself again */
    w->act.org = w->other_org;
    const struct row_provider other = { .id = oid_make(), .org = w->other_org };
    assert_int_equal(upstream_linked(&w->act, &other, STR("u2"), &id), E_NOT_FOUND);
    w->act.org = w->org;
    assert_int_equal(ACT(w, provider_delete(&w->act, p.id)), E_OK);
    assert_int_equal(upstream_linked(&w->act, &p, STR("u2"), &id), E_NOT_FOUND);
}

static void test_groups_follow_the_claim(void **state)
{
    struct world *w = *state;
    const oid_t family = group_of(w, "family", NULL);
    const oid_t guests = group_of(w, "guests", NULL);
    const oid_t own = group_of(w, "own", NULL);
    const struct provider_map map[] = { { STR("fam"), STR("family") },
                                        { STR("kin"), STR("family") },
                                        { STR("gst"), STR("guests") } };
    const struct row_provider p = provider_of(
        w, (struct provider_in){
               .sign_up = { true, true }, .map = map, .map_n = ARRAY_LEN(map), .map_set = true });
    const str_t all[] = { STR("kin"), STR("gst"), STR("own") };
    struct upstream_identity who = {
        .sub = STR("u1"), .email = STR("a@example.org"), .groups = all, .groups_n = 3
    };
    oid_t user = { { 0 } };
    bool fresh = false;
    assert_int_equal(person(w, &p, &who, &user, &fresh), E_OK);
    assert_int_equal(ACT(w, upstream_groups(&w->act, &p, &who, user)), E_OK);
    assert_true(is_member(w, guests, user));
    assert_true(is_member(w, family, user));
    assert_false(is_member(w, own, user)); /* a name alone maps nothing */
    struct member_in in = { .user_id = user };
    struct member m;
    assert_int_equal(ACT(w, group_member_add(&w->act, own, &in, &m, &fresh)), E_OK);
    who.groups_n = 1;
    assert_int_equal(ACT(w, upstream_groups(&w->act, &p, &who, user)), E_OK);
    assert_true(is_member(w, family, user));
    assert_false(is_member(w, guests, user));
    who.groups_n = 0;
    assert_int_equal(ACT(w, upstream_groups(&w->act, &p, &who, user)), E_OK);
    assert_int_equal(w->act.actor.kind, ACTOR_USER);
    assert_false(is_member(w, family, user));
    assert_true(is_member(w, own, user)); /* none of the mapping's */
}

static void test_an_administrator_links(void **state)
{
    struct world *w = *state;
    const struct row_provider p = provider_of(w, (struct provider_in){ 0 });
    const oid_t ann = user_of(w, "ann");
    const oid_t bob = user_of(w, "bob");
    struct row_user_account row;
    oid_t id;
    const str_t roles[] = { STR("administrator") };
    const struct user_in raised = { .roles = { roles, 1, true } };
    assert_int_equal(ACT(w, provider_link(&w->act, p.id, STR("u1"), ann, &row)), E_OK);
    assert_int_equal(ACT(w, provider_link(&w->act, p.id, STR("u1"), bob, &row)), E_CONFLICT);
    assert_int_equal(upstream_linked(&w->act, &p, STR("u1"), &id), E_OK);
    assert_true(oid_eq(id, ann));
    const str_t whole[] = { STR("system-administrator") };
    const struct user_in owner = { .roles = { whole, 1, true } };
    assert_int_equal(ACT(w, user_change(&w->act, ann, &owner, &row)), E_OK);
    assert_int_equal(upstream_linked(&w->act, &p, STR("u1"), &id), E_FORBIDDEN);
    assert_int_equal(ACT(w, provider_link(&w->act, p.id, STR("u3"), ann, &row)), E_FORBIDDEN);
    assert_int_equal(ACT(w, user_change(&w->act, bob, &raised, &row)), E_OK);
    w->act.actor.perms = role_perms(ROLE_OPERATOR);
    assert_int_equal(ACT(w, provider_link(&w->act, p.id, STR("u2"), bob, &row)), E_FORBIDDEN);
}

static oid_t session_of(struct world *w, oid_t user, oid_t upstream, const char *sub,
                        const char *sid)
{
    struct row_session row;
    struct token_text cookie;
    const struct session_in in = { .user = user,
                                   .kind = SESSION_BROWSER,
                                   .level = SESSION_WHOLE,
                                   .lasts = { DUR_DAYS(1), DUR_DAYS(1) },
                                   .upstream = upstream,
                                   .upstream_sub = str_from_cz(sub),
                                   .upstream_sid = str_from_cz(sid) };
    assert_int_equal(ACT(w, session_open(&w->act, &in, &row, &cookie)), E_OK);
    return row.id;
}

static bool lives(struct world *w, oid_t session)
{
    struct row_session row;
    diag_clear(&w->act.why);
    return session_get_live(&w->act, session, &row) == E_OK;
}

static void test_their_logout_ends_what_came_from_there(void **state)
{
    struct world *w = *state;
    const oid_t p = oid_make();
    const oid_t other = oid_make();
    const oid_t ann = user_of(w, "ann");
    const oid_t s1 = session_of(w, ann, p, "u1", "s1");
    const oid_t s2 = session_of(w, ann, p, "u1", "s2");
    const oid_t elsewhere = session_of(w, ann, other, "u1", "s1");
    const ts_t exp = ts_add(w->act.now, DUR_S(300));
    struct upstream_gone gone = { .sid = STR("s1"), .jti = STR("j1"), .exp = exp };
    size_t n = 99;
    assert_int_equal(ACT(w, upstream_logout(&w->act, p, &gone, &n)), E_OK);
    assert_int_equal(n, 1);
    assert_false(lives(w, s1));
    assert_true(lives(w, s2));
    assert_int_equal(ACT(w, upstream_logout(&w->act, p, &gone, &n)), E_CONFLICT); /* replayed */
    assert_int_equal(ACT(w, upstream_logout(&w->act, oid_make(), &gone, &n)), E_OK);
    assert_int_equal(n, 0);
    gone =
        (struct upstream_gone){ .sub = STR("u1"), .sid = STR("s1"), .jti = STR("j2"), .exp = exp };
    assert_int_equal(ACT(w, upstream_logout(&w->act, p, &gone, &n)), E_OK);
    assert_true(lives(w, s2)); /* both are said: both must be its */
    gone = (struct upstream_gone){ .sub = STR("u1"), .jti = STR("j3"), .exp = exp };
    assert_int_equal(ACT(w, upstream_logout(&w->act, p, &gone, &n)), E_OK);
    assert_false(lives(w, s2));
    assert_true(lives(w, elsewhere));
}

static void test_proofs_follow_from_the_state(void **state)
{
    struct world *w = *state;
    struct upstream_proofs a;
    struct upstream_proofs same;
    struct upstream_proofs other;
    struct buf b;
    upstream_proofs_of(&w->act, STR("state-1"), &a);
    upstream_proofs_of(&w->act, STR("state-1"), &same);
    upstream_proofs_of(&w->act, STR("state-2"), &other);
    assert_memory_equal(&a, &same, sizeof a);
    assert_memory_not_equal(a.nonce, other.nonce, sizeof a.nonce);
    assert_memory_not_equal(a.verifier, other.verifier, sizeof a.verifier);
    assert_memory_not_equal(a.nonce, a.verifier, sizeof a.nonce); /* one is sent at the start */
    digest_t d = sha256_of(str_of(a.verifier, sizeof a.verifier));
    buf_init(&b, 64);
    buf_add_base64url(&b, d.b, sizeof d.b);
    assert_int_equal(b.n, sizeof a.challenge);
    assert_memory_equal(a.challenge, b.p, b.n);
    buf_fini(&b);
    w->keys.by_use[KEY_TOKEN].b[0] ^= 1; /* of another server */
    upstream_proofs_of(&w->act, STR("state-1"), &same);
    assert_memory_not_equal(a.verifier, same.verifier, sizeof a.verifier);
}

static struct row_provider known; /* of the fault loops */
static oid_t someone;
static const str_t claimed[] = { TEXT("fam") };
static const struct provider_map mapping[] = { { TEXT("fam"), TEXT("family") },
                                               { TEXT("gst"), TEXT("guests") } };

struct found {
    oid_t user;
    bool fresh;
};

static err_t create_it(struct world *w, void *ret)
{
    const struct provider_in in = { .name = STR("other"),
                                    .issuer = STR("https://other.example"),
                                    .client_id = STR("c"),
                                    .client_secret = STR("s"),
                                    .map = mapping,
                                    .map_n = ARRAY_LEN(mapping),
                                    .map_set = true };
    return provider_create(&w->act, &in, ret);
}

static err_t change_it(struct world *w, void *ret)
{
    const struct provider_in in = {
        .client_secret = STR("t"), .map = mapping, .map_n = 1, .map_set = true
    };
    return provider_change(&w->act, &known, &in, ret);
}

static err_t accept_it(struct world *w, void *ret)
{
    (void)ret;
    TRY(provider_accept(&w->act, known.issuer, STR("aud-1")));
    return provider_accept(&w->act, STR("https://new.example"), STR("aud-2"));
}

static err_t named_it(struct world *w, void *ret)
{
    return provider_named(&w->act, known.name, ret);
}

static err_t groups_it(struct world *w, void *ret)
{
    const struct upstream_identity who = { .groups = claimed, .groups_n = 1 };
    (void)ret;
    return upstream_groups(&w->act, &known, &who, someone);
}

static err_t newcomer_it(struct world *w, void *ret)
{
    struct found *f = ret;
    const struct upstream_identity who = { .sub = STR("u9"),
                                           .username = STR("ann"),
                                           .email = STR("n@example.org") };
    return upstream_person(&w->act, &known, &who, &f->user, &f->fresh);
}

static err_t by_address_it(struct world *w, void *ret)
{
    struct found *f = ret;
    const struct upstream_identity who = { .sub = STR("u8"),
                                           .email = STR("ann@example.org"),
                                           .email_verified = true };
    return upstream_person(&w->act, &known, &who, &f->user, &f->fresh);
}

static err_t link_it(struct world *w, void *ret)
{
    return provider_link(&w->act, known.id, STR("u7"), someone, ret);
}

static err_t logout_it(struct world *w, void *ret)
{
    const struct upstream_gone gone = { .sub = STR("u1"),
                                        .jti = STR("j1"),
                                        .exp = ts_add(w->act.now, DUR_S(300)) };
    return upstream_logout(&w->act, known.id, &gone, ret);
}

static err_t delete_it(struct world *w, void *ret)
{
    (void)ret;
    return provider_delete(&w->act, known.id);
}

static void test_each_step_may_fail(void **state)
{
    static const struct fault_case cases[] = {
        { "create", create_it, sizeof(struct row_provider) },
        { "change", change_it, sizeof(struct row_provider) },
        { "accept", accept_it, 0 },
        { "by name", named_it, sizeof(struct row_provider) },
        { "somebody new", newcomer_it, sizeof(struct found) },
        { "somebody with an address", by_address_it, sizeof(struct found) },
        { "groups", groups_it, 0 },
        { "link", link_it, sizeof(struct row_user_account) },
        { "logout", logout_it, sizeof(size_t) },
        { "delete", delete_it, 0 },
    };
    struct world *w = *state;
    (void)group_of(w, "family", NULL);
    (void)group_of(w, "guests", NULL);
    someone = user_of(w, "ann");
    known = provider_of(w, (struct provider_in){ .client_secret = STR("s"),
                                                 .sign_up = { true, true },
                                                 .link_email = { true, true },
                                                 .map = mapping,
                                                 .map_n = ARRAY_LEN(mapping),
                                                 .map_set = true });
    (void)session_of(w, someone, known.id, "u1", "s1");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        fails_whole(w, &cases[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_no_provider_is_refused),
        TEST(test_its_secret_is_sealed),
        TEST(test_one_that_is_off_is_not_found_by_name),
        TEST(test_nobody_maps_what_he_lacks),
        TEST(test_who_somebody_is),
        TEST(test_groups_follow_the_claim),
        TEST(test_an_administrator_links),
        TEST(test_their_logout_ends_what_came_from_there),
        TEST(test_proofs_follow_from_the_state),
        TEST(test_each_step_may_fail),
    };
    return cmocka_run_group_tests_name("upstream", tests, NULL, NULL);
}
