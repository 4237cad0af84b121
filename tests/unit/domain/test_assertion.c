/* SPDX-License-Identifier: Apache-2.0 */
/* Assertions of service accounts and devices (RFC 7523): IDENTITY 18, 24 and 25. */
#include "domain/oauth/assertion.h"

#include "domain/identity/service.h"
#include "domain/oauth/service_key.h"
#include "fleet.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

static const str_t issuer = { "https://id.example.org", 22 };

struct party {
    struct sign_key *pair;
    oid_t service;
    oid_t key;
};

static oid_t uploaded(struct world *w, oid_t service, const struct sign_key *pair, ts_t end)
{
    const struct pubkey *public = sign_key_public(pair);
    struct service_key_in in = { STR("k"), str_of(public->spki, public->spki_n), end };
    struct row_service_key row;
    assert_int_equal(ACT(w, service_key_add(&w->act, service, &in, &row)), E_OK);
    return row.id;
}

static struct party party_make(struct world *w, const char *name, ts_t end)
{
    struct party p = { .pair = NULL };
    struct service_in in = { .name = str_from_cz(name) };
    struct row_service_account row;
    assert_int_equal(ACT(w, service_create(&w->act, &in, &row)), E_OK);
    assert_int_equal(sign_key_make(PUBKEY_ED25519, &p.pair), E_OK);
    p.service = row.id;
    p.key = uploaded(w, row.id, p.pair, end);
    return p;
}

static str_t id_text(struct world *w, oid_t id)
{
    char text[OID_TEXT];
    str_t copy = STR_NONE;
    oid_format(id, text);
    assert_int_equal(str_copy(w->act.arena, str_of(text, sizeof text), &copy), E_OK);
    return copy;
}

/* {I} is the account's id, {A} this issuer, a number after a + or - seconds from now. */
static str_t claims_of(struct world *w, const char *form, oid_t sub)
{
    struct buf b;
    str_t copy = STR_NONE;
    buf_init(&b, KIB(4));
    for (const char *p = form; *p != '\0'; p++) {
        if (*p == '@') {
            buf_add(&b, id_text(w, sub));
        } else if (*p == '!') {
            buf_add(&b, issuer);
        } else if (*p == '~') {
            int64_t n = 0;
            bool minus = *++p == '-';
            while (p[1] >= '0' && p[1] <= '9')
                n = n * 10 + (*++p - '0');
            buf_add_i64(&b, w->act.now.us / 1000000 + (minus ? -n : n));
        } else {
            buf_add_byte(&b, *p == '\'' ? '"' : *p);
        }
    }
    assert_int_equal(str_copy(w->act.arena, buf_str(&b), &copy), E_OK);
    buf_fini(&b);
    return copy;
}

static str_t signed_as(struct world *w, const struct sign_key *pair, str_t kid, str_t typ,
                       str_t claims)
{
    struct buf b;
    str_t copy = STR_NONE;
    buf_init(&b, KIB(16));
    jws_sign_with(&b, pair, kid, typ, claims);
    assert_int_equal(b.err, E_OK);
    assert_int_equal(str_copy(w->act.arena, buf_str(&b), &copy), E_OK);
    buf_fini(&b);
    return copy;
}

#define GOOD "{'iss':'@','sub':'@','aud':'!','iat':~-1,'exp':~+300,'jti':'1'}"

static str_t assertion_of(struct world *w, const struct party *p, const char *form)
{
    return signed_as(w, p->pair, id_text(w, p->key), STR("JWT"), claims_of(w, form, p->service));
}

static err_t read_one(struct world *w, str_t text, struct assertion *ret)
{
    const struct assertion_ask ask = { .text = text,
                                       .issuer = issuer,
                                       .endpoint = STR("https://id.example.org/oauth2/token"),
                                       .refuse = E_INVALID_GRANT };
    diag_clear(&w->act.why);
    return assertion_read(&w->act, &ask, ret);
}

static const struct {
    const char *name;
    const char *claims;
    const char *why; /* NULL: it is good */
} forms[] = {
    { "as it should be", GOOD, NULL },
    { "for the token endpoint",
      "{'iss':'@','sub':'@','aud':'!/oauth2/token','iat':~-1,'exp':~+300}", NULL },
    { "aud as a list of one", "{'iss':'@','sub':'@','aud':['!'],'iat':~-1,'exp':~+300}", NULL },
    { "a clock 50 s ahead", "{'iss':'@','sub':'@','aud':'!','iat':~+50,'exp':~+300}", NULL },
    { "a clock 50 s behind", "{'iss':'@','sub':'@','aud':'!','iat':~-300,'exp':~-50}", NULL },
    { "wrong aud", "{'iss':'@','sub':'@','aud':'https://other.example','iat':~-1,'exp':~+9}",
      "audience" },
    { "aud with somebody else", "{'iss':'@','sub':'@','aud':['!','x'],'iat':~-1,'exp':~+9}",
      "alone" },
    { "no aud", "{'iss':'@','sub':'@','iat':~-1,'exp':~+9}", "alone" },
    { "aud that begins like ours", "{'iss':'@','sub':'@','aud':'!/','iat':~-1,'exp':~+9}",
      "audience" },
    { "iss is not sub", "{'iss':'@','sub':'root','aud':'!','iat':~-1,'exp':~+9}", "same" },
    { "no sub", "{'iss':'@','aud':'!','iat':~-1,'exp':~+9}", "same" },
    { "no exp", "{'iss':'@','sub':'@','aud':'!','iat':~-1}", "no exp" },
    { "no iat", "{'iss':'@','sub':'@','aud':'!','exp':~+9}", "no iat" },
    { "iat more than an hour ago", "{'iss':'@','sub':'@','aud':'!','iat':~-3700,'exp':~+9}",
      "too old" },
    { "exp far away", "{'iss':'@','sub':'@','aud':'!','iat':~-1,'exp':~+3700}", "too long" },
    { "expired", "{'iss':'@','sub':'@','aud':'!','iat':~-300,'exp':~-61}", "expired" },
    { "nbf to come", "{'iss':'@','sub':'@','aud':'!','iat':~-1,'nbf':~+70,'exp':~+300}", "yet" },
    { "iat to come", "{'iss':'@','sub':'@','aud':'!','iat':~+70,'exp':~+300}", "yet" },
    { "exp before iat", "{'iss':'@','sub':'@','aud':'!','iat':~+30,'exp':~+20}", "before" },
};

static void test_identity_24_claims(void **state)
{
    struct world *w = *state;
    struct party p = party_make(w, "ci", (ts_t){ 0 });
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        struct assertion a;
        err_t e = read_one(w, assertion_of(w, &p, forms[i].claims), &a);
        bool fits = forms[i].why == NULL
                        ? e == E_OK && oid_eq(a.principal, p.service)
                        : e == E_INVALID_GRANT && strstr(w->act.why.text, forms[i].why) != NULL;
        if (!fits)
            fail_msg("%s: %d %s", forms[i].name, e, w->act.why.text);
    }
    sign_key_free(p.pair);
}

static void test_identity_24_keys(void **state)
{
    struct world *w = *state;
    struct party p = party_make(w, "ci", ts_add(world_start, DUR_DAYS(2)));
    struct party other = party_make(w, "other", (ts_t){ 0 });
    struct assertion a;
    struct row_service_key row;
    str_t claims = claims_of(w, GOOD, p.service);
    const str_t kids[] = { STR("nobody"), STR("../../etc/passwd"), STR("' OR 1=1 --"),
                           STR_NONE,      id_text(w, other.key),   id_text(w, oid_make()) };
    for (size_t i = 0; i < ARRAY_LEN(kids); i++) {
        str_t kid = kids[i].p != NULL ? kids[i] : STR("");
        assert_int_equal(read_one(w, signed_as(w, p.pair, kid, STR("JWT"), claims), &a),
                         E_INVALID_GRANT);
    }
    /* another account's key for this account, by its own and by this kid */
    assert_int_equal(
        read_one(w, signed_as(w, other.pair, id_text(w, other.key), STR("JWT"), claims), &a),
        E_INVALID_GRANT);
    assert_int_equal(
        read_one(w, signed_as(w, other.pair, id_text(w, p.key), STR("JWT"), claims), &a),
        E_INVALID_GRANT);
    /* a token for something else */
    static const str_t typs[] = { { "at+jwt", 6 }, { "dpop+jwt", 8 }, { "logout+jwt", 10 } };
    for (size_t i = 0; i < ARRAY_LEN(typs); i++)
        assert_int_equal(read_one(w, signed_as(w, p.pair, id_text(w, p.key), typs[i], claims), &a),
                         E_INVALID_GRANT);
    assert_int_equal(
        ACT(w, service_key_change(&w->act, p.service, p.key, STR_NONE, STR("disabled"), &row)),
        E_OK);
    assert_int_equal(read_one(w, assertion_of(w, &p, GOOD), &a), E_INVALID_GRANT);
    assert_non_null(strstr(w->act.why.text, "switched off"));
    assert_int_equal(
        ACT(w, service_key_change(&w->act, p.service, p.key, STR_NONE, STR("active"), &row)), E_OK);
    assert_int_equal(read_one(w, assertion_of(w, &p, GOOD), &a), E_OK);
    world_time(w, ts_add(world_start, DUR_DAYS(2)));
    assert_int_equal(read_one(w, assertion_of(w, &p, GOOD), &a), E_INVALID_GRANT);
    assert_non_null(strstr(w->act.why.text, "expired on 2026-"));
    sign_key_free(p.pair);
    sign_key_free(other.pair);
}

static void test_identity_25_once(void **state)
{
    struct world *w = *state;
    struct party p = party_make(w, "ci", (ts_t){ 0 });
    struct party q = party_make(w, "other", (ts_t){ 0 });
    static const char again[] = "{'iss':'@','sub':'@','aud':'!','iat':~-2,'exp':~+200,'jti':'1'}";
    static const char bare[] = "{'iss':'@','sub':'@','aud':'!','iat':~-2,'exp':~+200}";
    struct assertion a;
    struct assertion b;
    assert_int_equal(read_one(w, assertion_of(w, &p, GOOD), &a), E_OK);
    assert_int_equal(ACT(w, assertion_spend(&w->act, &a)), E_OK);
    assert_int_equal(ACT(w, assertion_spend(&w->act, &a)), E_INVALID_GRANT);
    assert_int_equal(read_one(w, assertion_of(w, &p, again), &b), E_OK);
    assert_int_equal(ACT(w, assertion_spend(&w->act, &b)), E_INVALID_GRANT); /* the same jti */
    assert_int_equal(read_one(w, assertion_of(w, &q, GOOD), &b), E_OK);
    assert_int_equal(ACT(w, assertion_spend(&w->act, &b)), E_OK); /* another's */
    assert_int_equal(read_one(w, assertion_of(w, &p, bare), &b), E_OK);
    assert_int_equal(ACT(w, assertion_spend(&w->act, &b)), E_OK);
    assert_int_equal(ACT(w, assertion_spend(&w->act, &b)), E_INVALID_GRANT);
    /* it is forgotten when nobody can show it any more, not earlier */
    world_time(w, a.until);
    assert_int_equal(ACT(w, assertions_expire(&w->act, 10)), E_OK);
    assert_int_equal(ACT(w, assertion_spend(&w->act, &a)), E_INVALID_GRANT);
    world_time(w, ts_add(a.until, DUR_S(1)));
    assert_int_equal(ACT(w, assertions_expire(&w->act, 10)), E_OK);
    assert_int_equal(ACT(w, assertion_spend(&w->act, &a)), E_OK);
    assert_int_equal(read_one(w, assertion_of(w, &p, GOOD), &b), E_OK);
    sign_key_free(p.pair);
    sign_key_free(q.pair);
}

static void test_identity_18_a_disabled_account(void **state)
{
    struct world *w = *state;
    struct party p = party_make(w, "ci", (ts_t){ 0 });
    struct assertion a;
    struct row_service_account row;
    struct service_in off = { .status = STR("disabled") };
    assert_int_equal(read_one(w, assertion_of(w, &p, GOOD), &a), E_OK);
    assert_int_equal(assertion_holds(&w->act, &a), E_OK);
    assert_int_equal(ACT(w, service_change(&w->act, p.service, &off, &row)), E_OK);
    assert_int_equal(assertion_holds(&w->act, &a), E_INVALID_GRANT);
    assert_int_equal(read_one(w, assertion_of(w, &p, GOOD), &a), E_INVALID_GRANT);
    sign_key_free(p.pair);
}

static void test_an_assertion_is_spent_wholly_or_not(void **state)
{
    struct world *w = *state;
    struct party p = party_make(w, "ci", (ts_t){ 0 });
    str_t text = assertion_of(w, &p, GOOD);
    for (long n = 0;; n++) {
        struct assertion a = { .kind = ACTOR_NONE };
        world_begin(w);
        fault_arm(n);
        err_t e = read_one(w, text, &a);
        if (e == E_OK)
            e = assertion_spend(&w->act, &a);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(world_end(w, e), e);
        if (!fired) {
            assert_int_equal(e, E_OK);
            break;
        }
        assert_int_not_equal(e, E_OK);
        assert_int_not_equal(e, E_INVALID_GRANT); /* a fault of ours is not his */
    }
    sign_key_free(p.pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_identity_24_claims),
        TEST(test_identity_24_keys),
        TEST(test_identity_25_once),
        TEST(test_identity_18_a_disabled_account),
        TEST(test_an_assertion_is_spent_wholly_or_not),
    };
    return cmocka_run_group_tests_name("assertion", tests, NULL, NULL);
}
