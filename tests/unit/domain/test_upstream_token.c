/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of other issuers: what each use takes, and nothing else (IDENTITY 19 to 23; SAFETY AC03,
 * AC04). */
#include "domain/signin/upstream_token.h"

#include "base/enc.h"
#include "fault_loop.h"
#include "plat/jose/jwk.h"
#include "plat/json/out.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define ISSUER  "https://kc.example/realms/a"
#define CLIENT  "seneschal"

static struct sign_key *theirs;
static struct sign_key *nobodys;
static str_t jwks;

static str_t jwks_of(struct world *w, const struct sign_key *pair)
{
    struct buf b;
    str_t text = STR_NONE;
    buf_init(&b, KIB(4));
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    json_out_name(&o, STR("keys"));
    json_out_open(&o, '[');
    jwk_write_any(&o, sign_key_public(pair), STR("k1"));
    json_out_close(&o, ']');
    json_out_close(&o, '}');
    assert_int_equal(str_copy(w->act.arena, buf_str(&b), &text), E_OK);
    buf_fini(&b);
    return text;
}

static int setup(void **state)
{
    int failed = world_setup(state);
    assert_int_equal(sign_key_make(PUBKEY_P256, &theirs), E_OK);
    assert_int_equal(sign_key_make(PUBKEY_P256, &nobodys), E_OK);
    jwks = jwks_of(*state, theirs);
    return failed;
}

static int teardown(void **state)
{
    sign_key_free(theirs);
    sign_key_free(nobodys);
    return world_teardown(state);
}

/* ' stands for a quote, and a number behind ~ for seconds from now. */
static str_t claims_of(struct world *w, const char *form)
{
    struct buf b;
    str_t text = STR_NONE;
    buf_init(&b, KIB(4));
    for (const char *p = form; *p != '\0'; p++) {
        if (*p == '~') {
            int64_t n = 0;
            bool minus = *++p == '-';
            while (p[1] >= '0' && p[1] <= '9')
                n = n * 10 + (*++p - '0');
            buf_add_i64(&b, w->act.now.us / 1000000 + (minus ? -n : n));
        } else {
            buf_add_byte(&b, *p == '\'' ? '"' : *p);
        }
    }
    assert_int_equal(str_copy(w->act.arena, buf_str(&b), &text), E_OK);
    buf_fini(&b);
    return text;
}

static str_t token_of(struct world *w, const struct sign_key *pair, const char *kid,
                      const char *typ, const char *form)
{
    struct buf b;
    str_t text = STR_NONE;
    str_t head = STR_NONE;
    str_t claims = claims_of(w, form);
    uint8_t sig[SIGNATURE_MAX];
    size_t n = 0;
    assert_int_equal(str_format(w->act.arena, &head, "{\"alg\":\"ES256\",\"kid\":\"%s\"%s%s%s}",
                                kid, typ != NULL ? ",\"typ\":\"" : "", typ != NULL ? typ : "",
                                typ != NULL ? "\"" : ""),
                     E_OK);
    buf_init(&b, KIB(8));
    buf_add_base64url(&b, head.p, head.n);
    buf_add_byte(&b, '.');
    buf_add_base64url(&b, claims.p, claims.n);
    assert_int_equal(sign_key_sign(pair, buf_str(&b), sig, &n), E_OK);
    buf_add_byte(&b, '.');
    buf_add_base64url(&b, sig, n);
    assert_int_equal(b.err, E_OK);
    assert_int_equal(str_copy(w->act.arena, buf_str(&b), &text), E_OK);
    buf_fini(&b);
    return text;
}

static struct upstream_expect expect_of(const struct world *w)
{
    return (struct upstream_expect){ .issuer = STR(ISSUER),
                                     .audience = STR(CLIENT),
                                     .nonce = STR("n-1"),
                                     .groups_claim = STR("groups"),
                                     .now = w->act.now };
}

#define WHO    "'iss':'" ISSUER "','sub':'u1',"
#define FOR_US "'aud':'" CLIENT "',"
#define NOW    "'iat':~-1,'exp':~+300"
#define NONCE  ",'nonce':'n-1'"
#define EVENT  ",'events':{'http://schemas.openid.net/event/backchannel-logout':{}}"

struct token_case {
    const char *name;
    const char *typ;
    const char *claims;
    bool good;
};

/* clang-format off */
static const struct token_case id_tokens[] = {
    { "as it should be",         "JWT", "{" WHO FOR_US NOW NONCE "}", true },
    { "without typ",             NULL,  "{" WHO FOR_US NOW NONCE "}", true },
    { "an access token",         "at+jwt", "{" WHO FOR_US NOW NONCE "}", false },
    { "a logout token",          "logout+jwt", "{" WHO FOR_US NOW NONCE "}", false },
    { "another issuer",          "JWT", "{'iss':'" ISSUER "/','sub':'u1'," FOR_US NOW NONCE "}", false },
    { "no issuer",               "JWT", "{'sub':'u1'," FOR_US NOW NONCE "}", false },
    { "nobody",                  "JWT", "{'iss':'" ISSUER "'," FOR_US NOW NONCE "}", false },
    { "another audience",        "JWT", "{" WHO "'aud':'other'," NOW NONCE "}", false },
    { "no audience",             "JWT", "{" WHO NOW NONCE "}", false },
    { "two audiences",           "JWT", "{" WHO "'aud':['" CLIENT "','b']," NOW NONCE "}", false },
    { "two audiences, for us",   "JWT", "{" WHO "'aud':['" CLIENT "','b'],'azp':'" CLIENT "'," NOW NONCE "}", true },
    { "two, for the other",      "JWT", "{" WHO "'aud':['" CLIENT "','b'],'azp':'b'," NOW NONCE "}", false },
    { "one, for another party",  "JWT", "{" WHO FOR_US "'azp':'b'," NOW NONCE "}", false },
    { "another nonce",           "JWT", "{" WHO FOR_US NOW ",'nonce':'n-2'}", false },
    { "no nonce",                "JWT", "{" WHO FOR_US NOW "}", false },
    { "a nonce of no text",      "JWT", "{" WHO FOR_US NOW ",'nonce':1}", false },
    { "over",                    "JWT", "{" WHO FOR_US "'iat':~-300,'exp':~-61" NONCE "}", false },
    { "over, by a clock's width", "JWT", "{" WHO FOR_US "'iat':~-300,'exp':~-59" NONCE "}", true },
    { "without end",             "JWT", "{" WHO FOR_US "'iat':~-1" NONCE "}", false },
    { "from tomorrow",           "JWT", "{" WHO FOR_US "'iat':~+86400,'exp':~+90000" NONCE "}", false },
    { "not yet",                 "JWT", "{" WHO FOR_US NOW ",'nbf':~+120" NONCE "}", false },
};

static const struct token_case access_tokens[] = {
    { "as RFC 9068 says",        "at+jwt", "{" WHO FOR_US NOW "}", true },
    { "as most still write",     "JWT", "{" WHO FOR_US NOW "}", true },
    { "without typ",             NULL,  "{" WHO FOR_US NOW "}", true },
    { "one of many audiences",   "at+jwt", "{" WHO "'aud':['a','" CLIENT "']," NOW "}", true },
    { "an id_token",             "JWT", "{" WHO FOR_US NOW NONCE "}", false },
    { "a logout token",          "JWT", "{" WHO FOR_US NOW EVENT "}", false },
    { "a logout token's typ",    "logout+jwt", "{" WHO FOR_US NOW "}", false },
    { "a proof of a key",        "dpop+jwt", "{" WHO FOR_US NOW "}", false },
    { "another audience",        "at+jwt", "{" WHO "'aud':'other'," NOW "}", false },
    { "no audience",             "at+jwt", "{" WHO NOW "}", false },
    { "another issuer",          "at+jwt", "{'iss':'https://evil.example','sub':'u1'," FOR_US NOW "}", false },
    { "nobody",                  "at+jwt", "{'iss':'" ISSUER "'," FOR_US NOW "}", false },
    { "over",                    "at+jwt", "{" WHO FOR_US "'exp':~-61}", false },
};

static const struct token_case logout_tokens[] = {
    { "by its sub",              "logout+jwt", "{" WHO FOR_US NOW ",'jti':'1'" EVENT "}", true },
    { "by its sid",              "JWT", "{'iss':'" ISSUER "','sid':'s1'," FOR_US NOW ",'jti':'1'" EVENT "}", true },
    { "of an older issuer",      NULL,  "{" WHO FOR_US "'iat':~-1,'jti':'1'" EVENT "}", true },
    { "without jti",             "logout+jwt", "{" WHO FOR_US NOW EVENT "}", false },
    { "without iat",             "logout+jwt", "{" WHO FOR_US "'exp':~+300,'jti':'1'" EVENT "}", false },
    { "older than five minutes", "logout+jwt", "{" WHO FOR_US "'iat':~-400,'jti':'1'" EVENT "}", false },
    { "of nobody",               "logout+jwt", "{'iss':'" ISSUER "'," FOR_US NOW ",'jti':'1'" EVENT "}", false },
    { "with a nonce",            "logout+jwt", "{" WHO FOR_US NOW ",'jti':'1'" NONCE EVENT "}", false },
    { "without its event",       "logout+jwt", "{" WHO FOR_US NOW ",'jti':'1','events':{}}", false },
    { "with events as a list",   "logout+jwt", "{" WHO FOR_US NOW ",'jti':'1','events':[]}", false },
    { "with an event of text",   "logout+jwt", "{" WHO FOR_US NOW ",'jti':'1',"
      "'events':{'http://schemas.openid.net/event/backchannel-logout':'x'}}", false },
    { "an access token",         "at+jwt", "{" WHO FOR_US NOW ",'jti':'1'" EVENT "}", false },
    { "for another client",      "logout+jwt", "{" WHO "'aud':'other'," NOW ",'jti':'1'" EVENT "}", false },
};
/* clang-format on */

static err_t read_as(struct world *w, int use, str_t text, str_t keys)
{
    const struct upstream_expect want = expect_of(w);
    struct upstream_identity who;
    struct upstream_gone gone;
    diag_clear(&w->act.why);
    if (use == 0)
        return upstream_id_token(w->act.arena, text, keys, &want, &w->act.why, &who);
    if (use == 1)
        return upstream_access_token(w->act.arena, text, keys, &want, &w->act.why, &who);
    return upstream_logout_token(w->act.arena, text, keys, &want, &w->act.why, &gone);
}

static void test_each_use_takes_its_own(void **state)
{
    static const struct {
        const struct token_case *rows;
        size_t n;
    } uses[] = {
        { id_tokens, ARRAY_LEN(id_tokens) },
        { access_tokens, ARRAY_LEN(access_tokens) },
        { logout_tokens, ARRAY_LEN(logout_tokens) },
    };
    struct world *w = *state;
    for (int use = 0; use < 3; use++) {
        for (size_t i = 0; i < uses[use].n; i++) {
            const struct token_case *c = &uses[use].rows[i];
            err_t e = read_as(w, use, token_of(w, theirs, "k1", c->typ, c->claims), jwks);
            if (e != (c->good ? E_OK : E_FORBIDDEN))
                fail_msg("use %d, %s: %s (%s)", use, c->name, err_info(e)->slug, w->act.why.text);
            check(c->good || w->act.why.text[0] != '\0', c->name);
        }
    }
}

/* The key decides the algorithm, and only keys of the issuer's own set count. */
static void test_keys_of_the_issuer_alone(void **state)
{
    static const char good[] = "{" WHO FOR_US NOW NONCE "}";
    /* {"alg":"none"} and {"alg":"HS256","kid":"k1"}, without a signature and with one of 32 bytes
     */
    static const char *const forged[] = {
        "eyJhbGciOiJub25lIn0.e30.",
        "eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIn0.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "",
        "..",
        "e30.e30.e30",
    };
    struct world *w = *state;
    assert_int_equal(read_as(w, 0, token_of(w, nobodys, "k1", "JWT", good), jwks), E_FORBIDDEN);
    assert_int_equal(read_as(w, 0, token_of(w, theirs, "k2", "JWT", good), jwks), E_NOT_FOUND);
    for (size_t i = 0; i < ARRAY_LEN(forged); i++) {
        err_t e = read_as(w, 0, str_from_cz(forged[i]), jwks);
        check(e == E_FORBIDDEN || e == E_NOT_FOUND, forged[i]);
    }
    str_t text = token_of(w, theirs, "k1", "JWT", good);
    static const char *const sets[] = { "",
                                        "{}",
                                        "[]",
                                        "{\"keys\":1}",
                                        "{\"keys\":[]}x",
                                        "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"}]}" };
    for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
        err_t e = read_as(w, 0, text, str_from_cz(sets[i]));
        check(e == E_FORBIDDEN || e == E_NOT_FOUND, sets[i]);
    }
    assert_int_equal(read_as(w, 0, str_sub(text, 0, text.n - 1), jwks), E_FORBIDDEN);
    assert_int_equal(read_as(w, 0, text, jwks), E_OK);
}

static void test_what_it_says_of_a_person(void **state)
{
    static const struct {
        const char *groups;
        size_t n;
    } lists[] = {
        { "", 0 },
        { ",'groups':['a','b',7,'c']", 3 },
        { ",'groups':'a'", 1 },
        { ",'groups':[]", 0 },
        { ",'groups':{'a':1}", 0 },
        { ",'groups':null", 0 },
    };
    struct world *w = *state;
    const struct upstream_expect want = expect_of(w);
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        struct upstream_identity who;
        str_t form;
        assert_int_equal(str_format(w->act.arena, &form,
                                    "{" WHO FOR_US NOW NONCE
                                    ",'preferred_username':'ann','email':'a@b.example',"
                                    "'email_verified':'true','name':7,'sid':'s1'%s}",
                                    lists[i].groups),
                         E_OK);
        str_t text = token_of(w, theirs, "k1", "JWT", form.p);
        assert_int_equal(upstream_id_token(w->act.arena, text, jwks, &want, NULL, &who), E_OK);
        assert_int_equal(who.groups_n, lists[i].n);
        assert_true(str_eq(who.sub, STR("u1")));
        assert_true(str_eq(who.username, STR("ann")));
        assert_true(str_eq(who.sid, STR("s1")));
        assert_null(who.name.p);
        assert_false(who.email_verified); /* a text is no yes */
    }
}

static str_t tokens[3]; /* of the fault loops, by use */

static err_t id_token_it(struct world *w, void *ret)
{
    const struct upstream_expect want = expect_of(w);
    return upstream_id_token(w->act.arena, tokens[0], jwks, &want, &w->act.why, ret);
}

static err_t access_token_it(struct world *w, void *ret)
{
    const struct upstream_expect want = expect_of(w);
    return upstream_access_token(w->act.arena, tokens[1], jwks, &want, &w->act.why, ret);
}

static err_t logout_token_it(struct world *w, void *ret)
{
    const struct upstream_expect want = expect_of(w);
    return upstream_logout_token(w->act.arena, tokens[2], jwks, &want, &w->act.why, ret);
}

/* Want of memory here is not a token that proves nothing: the caller asks again. */
static void test_each_step_may_fail(void **state)
{
    static const struct fault_case cases[] = {
        { "id_token", id_token_it, sizeof(struct upstream_identity) },
        { "access token", access_token_it, sizeof(struct upstream_identity) },
        { "logout token", logout_token_it, sizeof(struct upstream_gone) },
    };
    struct world *w = *state;
    tokens[0] = token_of(w, theirs, "k1", "JWT", "{" WHO FOR_US NOW NONCE ",'groups':['a','b']}");
    tokens[1] = token_of(w, theirs, "k1", "at+jwt", "{" WHO FOR_US NOW ",'groups':'a'}");
    tokens[2] = token_of(w, theirs, "k1", "logout+jwt",
                         "{" WHO FOR_US NOW ",'jti':'1','sid':'s1'" EVENT "}");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        fails_whole(w, &cases[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_use_takes_its_own),
        TEST(test_keys_of_the_issuer_alone),
        TEST(test_what_it_says_of_a_person),
        TEST(test_each_step_may_fail),
    };
    return cmocka_run_group_tests_name("upstream_token", tests, NULL, NULL);
}
