/* SPDX-License-Identifier: Apache-2.0 */
/* The issuer's keys, and the access tokens that they sign (IDENTITY 19, 21, 22, 23, 65). */
#include "domain/oauth/access_token.h"
#include "domain/oauth/issuer_keys.h"

#include "base/enc.h"
#include "fleet_world.h"
#include "plat/jose/jwk.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define ISSUER  "https://id.example.org"

static struct issuer *issuer;

static void opened(struct world *w)
{
    issuer_free(issuer);
    assert_int_equal(issuer_new(&issuer), E_OK);
    assert_int_equal(ACT(w, issuer_keys_open(&w->act, issuer)), E_OK);
}

static int setup(void **state)
{
    int failed = world_setup(state);
    if (failed == 0)
        opened(*state);
    return failed;
}

static int teardown(void **state)
{
    issuer_free(issuer);
    issuer = NULL;
    return world_teardown(state);
}

static str_t jwks_text(struct world *w)
{
    struct buf b;
    str_t text = STR_NONE;
    buf_init(&b, KIB(32));
    issuer_put_jwks(issuer, w->act.now, &b);
    assert_int_equal(b.err, E_OK);
    assert_int_equal(str_copy(w->act.arena, buf_str(&b), &text), E_OK);
    buf_fini(&b);
    return text;
}

static size_t jwks_count(struct world *w)
{
    CLEANUP(json_freep) struct json *set = NULL;
    struct jwk *keys = NULL;
    size_t n = 0;
    assert_int_equal(json_parse(jwks_text(w), NULL, &set), E_OK);
    assert_int_equal(jwks_read(w->act.arena, set, NULL, &keys, &n),
                     E_OK); /* refuses private ones */
    return n;
}

/* A new key of this algorithm, in the store and then in memory. */
static err_t rotated(struct world *w, enum issuer_alg alg, dur_t keep, str_t *ret_kid)
{
    struct issuer_entry e = { .alg = alg };
    struct issuer_key_in in = { .alg = alg, .keep = keep };
    struct row_issuer_key row;
    assert_int_equal(sign_key_make(issuer_kind(alg), &e.key), E_OK);
    assert_int_equal(sign_key_write(e.key, w->act.arena, &in.der), E_OK);
    err_t err = ACT(w, issuer_key_keep(&w->act, &in, &row));
    if (err != E_OK) {
        sign_key_free(e.key);
        return err;
    }
    *ret_kid = row.kid;
    return issuer_put(issuer, &e, ts_add(w->act.now, keep));
}

static struct access_claims claims_of(struct world *w)
{
    static const str_t aud[] = { { ISSUER AUDIENCE_API, sizeof ISSUER AUDIENCE_API - 1 } };
    return (struct access_claims){ .kind = ACTOR_USER,
                                   .principal = oid_make(),
                                   .org = w->org,
                                   .client_id = STR("seneschal-cli"),
                                   .scope = STR("api openid"),
                                   .aud = aud,
                                   .aud_n = ARRAY_LEN(aud),
                                   .session = oid_make(),
                                   .grant = oid_make(),
                                   .jti = oid_make(),
                                   .iat = w->act.now,
                                   .exp = ts_add(w->act.now, DUR_HOURS(1)),
                                   .act = STR("{\"sub\":\"x\"}") };
}

static str_t minted(struct world *w, const struct access_claims *c)
{
    struct buf b;
    str_t text = STR_NONE;
    buf_init(&b, JWT_TEXT_MAX);
    assert_int_equal(access_token_mint(issuer, STR(ISSUER), c, &b), E_OK);
    assert_int_equal(str_copy(w->act.arena, buf_str(&b), &text), E_OK);
    buf_fini(&b);
    return text;
}

static err_t verified(struct world *w, str_t text, str_t audience, struct access_claims *ret)
{
    const struct access_token_ask ask = {
        .text = text, .issuer = STR(ISSUER), .audience = audience, .now = w->act.now
    };
    return access_token_verify(issuer, w->act.arena, &ask, &w->act.why, ret);
}

static void test_a_token_is_read_as_it_was_made(void **state)
{
    struct world *w = *state;
    struct access_claims c = claims_of(w);
    struct access_claims got;
    assert_int_equal(verified(w, minted(w, &c), STR(ISSUER AUDIENCE_API), &got), E_OK);
    assert_int_equal(got.kind, c.kind);
    assert_true(oid_eq(got.principal, c.principal) && oid_eq(got.org, c.org));
    assert_true(oid_eq(got.session, c.session) && oid_eq(got.grant, c.grant));
    assert_true(oid_eq(got.jti, c.jti));
    assert_true(str_eq(got.client_id, c.client_id) && str_eq(got.scope, c.scope));
    assert_true(str_eq(got.act, c.act));
    assert_true(got.exp.us == c.exp.us && got.iat.us == c.iat.us);
    assert_null(got.dpop_jkt.p);
    c.dpop_jkt = STR("thumb");
    c.session = (oid_t){ 0 };
    assert_int_equal(verified(w, minted(w, &c), STR_NONE, &got), E_OK);
    assert_true(str_eq(got.dpop_jkt, c.dpop_jkt));
    assert_false(oid_is_set(got.session));
}

static void test_another_audience_or_time_is_none(void **state)
{
    struct world *w = *state;
    struct access_claims c = claims_of(w);
    struct access_claims got;
    str_t text = minted(w, &c);
    assert_int_equal(verified(w, text, STR(ISSUER AUDIENCE_MCP), &got), E_UNAUTHENTICATED);
    assert_int_equal(verified(w, text, STR(ISSUER), &got), E_UNAUTHENTICATED);
    static const str_t info[] = { { ISSUER "/oauth2/userinfo",
                                    sizeof ISSUER "/oauth2/userinfo" - 1 } };
    struct access_claims about = claims_of(w);
    about.aud = info; /* IDENTITY 22 */
    str_t for_info = minted(w, &about);
    assert_int_equal(verified(w, for_info, info[0], &got), E_OK);
    assert_int_equal(verified(w, for_info, STR(ISSUER AUDIENCE_MCP), &got), E_UNAUTHENTICATED);
    assert_int_equal(verified(w, for_info, STR(ISSUER AUDIENCE_API), &got), E_UNAUTHENTICATED);
    world_time(w, ts_add(c.exp, (dur_t){ -1 }));
    assert_int_equal(verified(w, text, STR_NONE, &got), E_OK);
    world_time(w, c.exp); /* to the second, whatever the leeway for others */
    assert_int_equal(verified(w, text, STR_NONE, &got), E_UNAUTHENTICATED);
}

/* What this issuer signs for another purpose opens nothing (IDENTITY 22, 23). */
static void test_another_kind_of_token_is_none(void **state)
{
    struct world *w = *state;
    static const char *const typs[] = { "JWT", "logout+jwt", "dpop+jwt", "seneschal-lease+jwt" };
    struct access_claims c = claims_of(w);
    struct access_claims got;
    str_t text = minted(w, &c);
    str_t payload = STR_NONE;
    str_t rest = text;
    str_t part = STR_NONE;
    assert_true(str_split(&rest, '.', &part) && str_split(&rest, '.', &part));
    assert_int_equal(base64url_decode(w->act.arena, part, &payload), E_OK);
    for (size_t i = 0; i < ARRAY_LEN(typs); i++) {
        struct buf b;
        buf_init(&b, JWT_TEXT_MAX);
        assert_int_equal(issuer_sign(issuer, ISSUER_ES256, str_from_cz(typs[i]), payload, &b),
                         E_OK);
        assert_int_equal(verified(w, buf_str(&b), STR_NONE, &got), E_UNAUTHENTICATED);
        buf_fini(&b);
    }
    struct buf b; /* the right kind, but not the claims of an access token */
    buf_init(&b, JWT_TEXT_MAX);
    assert_int_equal(issuer_sign(issuer, ISSUER_ES256, STR(ACCESS_TOKEN_TYP),
                                 STR("{\"iss\":\"" ISSUER "\",\"sub\":\"x\",\"jti\":\"y\",\"iat\":"
                                     "1790000000,\"exp\":1790000300}"),
                                 &b),
                     E_OK);
    assert_int_equal(verified(w, buf_str(&b), STR_NONE, &got), E_UNAUTHENTICATED);
    buf_fini(&b);
}

/* The same claims by a key of somebody else, with our kid: the key that we know decides. */
static void test_another_key_is_none(void **state)
{
    struct world *w = *state;
    struct access_claims c = claims_of(w);
    struct access_claims got;
    struct issuer *ours = issuer;
    assert_int_equal(issuer_new(&issuer), E_OK);
    struct issuer_entry e = { .alg = ISSUER_ES256 };
    assert_int_equal(sign_key_make(PUBKEY_P256, &e.key), E_OK);
    assert_int_equal(issuer_put(issuer, &e, (ts_t){ 0 }), E_OK);
    str_t theirs = minted(w, &c);
    issuer_free(issuer);
    issuer = ours;
    assert_int_equal(verified(w, theirs, STR_NONE, &got), E_UNAUTHENTICATED);
    str_t mine = minted(w, &c);
    size_t sig = theirs.n;
    while (theirs.p[sig - 1] != '.')
        sig--;
    size_t head = mine.n;
    while (mine.p[head - 1] != '.')
        head--;
    str_t mixed = STR_NONE;
    assert_int_equal(str_format(w->act.arena, &mixed, "%.*s%.*s", (int)head, mine.p,
                                (int)(theirs.n - sig), theirs.p + sig),
                     E_OK);
    assert_int_equal(verified(w, mixed, STR_NONE, &got), E_UNAUTHENTICATED);
}

/* IDENTITY 65: a new kid signs; what the old key signed is good until the longest life is over. */
static void test_identity_65_rotation(void **state)
{
    struct world *w = *state;
    struct access_claims c = claims_of(w);
    struct access_claims got;
    str_t before = minted(w, &c);
    str_t kid = STR_NONE;
    dur_t keep;
    c.exp = ts_add(w->act.now, DUR_HOURS(24));
    str_t longest = minted(w, &c);
    assert_int_equal(jwks_count(w), 1);
    assert_int_equal(ACT(w, issuer_keep_time(&w->act, &keep)), E_OK);
    assert_true(keep.us >= DUR_HOURS(24).us);
    assert_int_equal(rotated(w, ISSUER_ES256, keep, &kid), E_OK);
    assert_int_equal(jwks_count(w), 2);
    assert_int_equal(verified(w, before, STR_NONE, &got), E_OK);
    str_t after = minted(w, &c);
    struct jwt t;
    assert_int_equal(jwt_read(w->act.arena, after, &t), E_OK);
    assert_true(str_eq(t.jws.kid, kid));
    jwt_fini(&t);

    opened(w); /* a restart knows the same keys */
    assert_int_equal(jwks_count(w), 2);
    assert_int_equal(verified(w, before, STR_NONE, &got), E_OK);
    world_time(w, ts_add(c.exp, (dur_t){ -1 }));
    assert_int_equal(verified(w, longest, STR_NONE, &got), E_OK);
    world_time(w, ts_add(world_start, keep));
    assert_int_equal(jwks_count(w), 1);
    str_t *gone = NULL;
    size_t n = 0;
    assert_int_equal(ACT(w, issuer_keys_retire(&w->act, 10, &gone, &n)), E_OK);
    assert_int_equal(n, 1);
    assert_false(str_eq(gone[0], kid));
    struct row_issuer_key *rows = NULL;
    assert_int_equal(ACT(w, issuer_keys_list(&w->act, &rows, &n)), E_OK);
    assert_int_equal(n, 1);
    assert_true(str_eq(rows[0].kid, kid));
}

static void test_at_once_nothing_older_is_believed(void **state)
{
    struct world *w = *state;
    struct access_claims c = claims_of(w);
    struct access_claims got;
    str_t kid = STR_NONE;
    str_t first = minted(w, &c);
    assert_int_equal(rotated(w, ISSUER_ES256, DUR_HOURS(1), &kid), E_OK);
    str_t second = minted(w, &c);
    assert_int_equal(rotated(w, ISSUER_ES256, (dur_t){ 0 }, &kid), E_OK);
    for (int restart = 0; restart < 2; restart++) {
        assert_int_equal(verified(w, first, STR_NONE, &got), E_UNAUTHENTICATED);
        assert_int_equal(verified(w, second, STR_NONE, &got), E_UNAUTHENTICATED);
        assert_int_equal(jwks_count(w), 1);
        opened(w);
    }
    assert_int_equal(verified(w, minted(w, &c), STR_NONE, &got), E_OK);
}

static void test_a_set_is_bounded(void **state)
{
    struct world *w = *state;
    str_t kid = STR_NONE;
    for (int i = 1; i < ISSUER_KEYS_MAX - 1; i++)
        assert_int_equal(rotated(w, ISSUER_ES256, DUR_HOURS(1), &kid), E_OK);
    assert_int_equal(rotated(w, ISSUER_ES256, DUR_HOURS(1), &kid), E_CONFLICT);
    assert_int_equal(rotated(w, ISSUER_ES256, (dur_t){ 0 }, &kid), E_OK);
    assert_int_equal(jwks_count(w), 1);
}

static void test_each_algorithm_for_itself(void **state)
{
    struct world *w = *state;
    struct buf b;
    str_t kid = STR_NONE;
    buf_init(&b, JWT_TEXT_MAX);
    assert_false(issuer_has(issuer, ISSUER_RS256));
    assert_int_equal(issuer_sign(issuer, ISSUER_RS256, STR("JWT"), STR("{}"), &b), E_NOT_FOUND);
    assert_int_equal(b.n, 0);
    assert_int_equal(rotated(w, ISSUER_RS256, DUR_HOURS(1), &kid), E_OK);
    assert_true(issuer_has(issuer, ISSUER_ES256)); /* it was not replaced */
    assert_int_equal(issuer_sign(issuer, ISSUER_RS256, STR("JWT"), STR("{}"), &b), E_OK);
    struct jwt t;
    struct pubkey key;
    assert_int_equal(jwt_read(w->act.arena, buf_str(&b), &t), E_OK);
    assert_true(str_eq(t.jws.alg, STR("RS256")));
    assert_int_equal(issuer_find(issuer, t.jws.kid, w->act.now, &key), E_OK);
    assert_int_equal(jwt_verify(&t, &key), E_OK);
    jwt_fini(&t);
    buf_fini(&b);
    opened(w);
    assert_true(issuer_has(issuer, ISSUER_RS256));
    assert_int_equal(jwks_count(w), 2);
}

/* With another master key nothing is opened, and nothing made over it. */
static void test_sealed(void **state)
{
    struct world *w = *state;
    struct issuer *other = NULL;
    struct row_issuer_key *rows = NULL;
    size_t n = 0;
    w->keys.master.b[0] ^= 1;
    assert_int_equal(issuer_new(&other), E_OK);
    assert_int_equal(ACT(w, issuer_keys_open(&w->act, other)), E_SEALED);
    assert_false(issuer_has(other, ISSUER_ES256));
    issuer_free(other);
    w->keys.master.b[0] ^= 1;
    assert_int_equal(ACT(w, issuer_keys_list(&w->act, &rows, &n)), E_OK);
    assert_int_equal(n, 1);
}

static void test_scopes(void **state)
{
    (void)state;
    assert_int_equal(scope_perms(STR("openid profile")).bits, 0);
    assert_int_equal(scope_perms(STR("")).bits, 0);
    assert_int_equal(scope_perms(STR("openid api")).bits, perms_all().bits);
    assert_int_equal(scope_perms(STR("auditor enroller")).bits,
                     role_perms(ROLE_AUDITOR).bits | role_perms(ROLE_ENROLLER).bits);
    assert_int_equal(scope_perms(STR("none apis administrators")).bits, 0);
}

#ifdef SENESCHAL_FAULTS
static void test_faults(void **state)
{
    struct world *w = *state;
    for (long n = 0;; n++) {
        struct issuer *is = NULL;
        world_begin(w);
        fault_arm(n);
        err_t e = issuer_new(&is);
        if (e == E_OK)
            e = issuer_keys_open(&w->act, is);
        bool fired = fault_used();
        fault_disarm();
        (void)world_end(w, e);
        assert_true(fired ? e != E_OK && (is == NULL || !issuer_has(is, ISSUER_ES256))
                          : e == E_OK && issuer_has(is, ISSUER_ES256));
        issuer_free(is);
        if (!fired)
            break;
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_token_is_read_as_it_was_made),
        TEST(test_another_audience_or_time_is_none),
        TEST(test_another_kind_of_token_is_none),
        TEST(test_another_key_is_none),
        TEST(test_identity_65_rotation),
        TEST(test_at_once_nothing_older_is_believed),
        TEST(test_a_set_is_bounded),
        TEST(test_each_algorithm_for_itself),
        TEST(test_sealed),
        TEST(test_scopes),
#ifdef SENESCHAL_FAULTS
        TEST(test_faults),
#endif
    };
    return cmocka_run_group_tests_name("oauth_issuer", tests, NULL, NULL);
}
