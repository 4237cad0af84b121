/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens and the keys of others: published vectors, and the ways in which tokens were ever forged.
 */
#include "base/enc.h"
#include "base/fault.h"
#include "plat/jose/jwk.h"
#include "plat/jose/jwt.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* RFC 7638 section 3.1. */
#define RSA_N                                                                                      \
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJEC"  \
    "PebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2Qvz"  \
    "qY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZ"  \
    "u0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
#define RSA_THUMBPRINT "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
#define RSA_JWK(more)  "{\"kty\":\"RSA\",\"n\":\"" RSA_N "\",\"e\":\"AQAB\"" more "}"
/* RFC 7515 appendix A.3; RFC 8037 appendix A.2. */
#define EC_XY                                                                                      \
    "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","                                       \
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""
#define EC_JWK(more)  "{\"kty\":\"EC\",\"crv\":\"P-256\"," EC_XY more "}"
#define OKP_X         "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\""
#define OKP_JWK(more) "{\"kty\":\"OKP\",\"crv\":\"Ed25519\"," OKP_X more "}"
#define SIG64                                                                                      \
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"

enum { KINDS = 3 };
static struct arena *arena;
static struct sign_key *keys[KINDS];
static const ts_t now = { INT64_C(1700000000) * 1000000 };

static struct json *parsed(const char *text)
{
    struct json *v = NULL;
    assert_int_equal(json_parse(str_from_cz(text), NULL, &v), E_OK);
    return v;
}

/* clang-format off */
static const struct { const char *name; const char *jwk; err_t want; const char *field; } jwks[] = {
    { "RSA",                     RSA_JWK(""),                                E_OK,        "" },
    { "RSA with all it may say", RSA_JWK(",\"use\":\"sig\",\"alg\":\"RS256\",\"key_ops\":[\"verify\"],\"kid\":\"2011-04-29\",\"x5t\":\"a\""), E_OK, "" },
    { "P-256",                   EC_JWK(""),                                 E_OK,        "" },
    { "Ed25519",                 OKP_JWK(",\"alg\":\"EdDSA\""),              E_OK,        "" },
    { "Ed25519 by its second name", OKP_JWK(",\"alg\":\"Ed25519\""),       E_OK,        "" },
    { "P-256 by that name",      EC_JWK(",\"alg\":\"Ed25519\""),           E_BAD_FIELD, "alg" },
    { "for encryption",          RSA_JWK(",\"use\":\"enc\""),                E_BAD_FIELD, "use" },
    { "for signing, not verifying", RSA_JWK(",\"key_ops\":[\"sign\"]"),      E_BAD_FIELD, "key_ops" },
    { "key_ops is text",         RSA_JWK(",\"key_ops\":\"verify\""),         E_BAD_FIELD, "key_ops" },
    { "of another padding",      RSA_JWK(",\"alg\":\"PS256\""),              E_BAD_FIELD, "alg" },
    { "of another kind",         RSA_JWK(",\"alg\":\"ES256\""),              E_BAD_FIELD, "alg" },
    { "symmetric alg",           RSA_JWK(",\"alg\":\"HS256\""),              E_BAD_FIELD, "alg" },
    { "a private exponent",      RSA_JWK(",\"d\":\"AQAB\""),                 E_BAD_FIELD, "d" },
    { "a prime",                 RSA_JWK(",\"p\":\"AQAB\""),                 E_BAD_FIELD, "d" },
    { "a private EC key",        EC_JWK(",\"d\":\"AQAB\""),                  E_BAD_FIELD, "d" },
    { "symmetric",               "{\"kty\":\"oct\",\"k\":\"AQAB\"}",         E_BAD_FIELD, "d" },
    { "short RSA",               "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}", E_BAD_FIELD, "n" },
    { "no exponent",             "{\"kty\":\"RSA\",\"n\":\"" RSA_N "\"}",    E_BAD_FIELD, "e" },
    { "padded modulus",          "{\"kty\":\"RSA\",\"n\":\"" RSA_N "==\",\"e\":\"AQAB\"}", E_BAD_FIELD, "n" },
    { "no point",                "{\"kty\":\"EC\",\"crv\":\"P-256\"," OKP_X ",\"y\":\"AQAB\"}", E_BAD_FIELD, "y" },
    { "another curve",           "{\"kty\":\"EC\",\"crv\":\"P-384\"," EC_XY "}", E_BAD_FIELD, "crv" },
    { "X25519",                  "{\"kty\":\"OKP\",\"crv\":\"X25519\"," OKP_X "}", E_BAD_FIELD, "crv" },
    { "kid is a number",         EC_JWK(",\"kid\":7"),                       E_BAD_FIELD, "kid" },
    { "a list",                  "[]",                                       E_BAD_FIELD, "" },
};
/* clang-format on */

static void test_keys_of_others(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(jwks); i++) {
        CLEANUP(json_freep) struct json *v = parsed(jwks[i].jwk);
        struct diag why = { 0 };
        struct jwk k;
        print_message("# %s\n", jwks[i].name);
        assert_int_equal(jwk_read_any(arena, v, &why, &k), jwks[i].want);
        assert_string_equal(why.field, jwks[i].field);
    }
}

static void test_thumbprint(void **state)
{
    (void)state;
    CLEANUP(json_freep) struct json *v = parsed(RSA_JWK(",\"kid\":\"2011-04-29\""));
    struct jwk k;
    str_t kid = STR_NONE;
    struct buf b;
    assert_int_equal(jwk_read_any(arena, v, NULL, &k), E_OK);
    assert_true(str_eq(k.kid, STR("2011-04-29")));
    assert_int_equal(jwk_thumbprint(arena, &k.key, &kid), E_OK);
    assert_true(str_eq(kid, STR(RSA_THUMBPRINT)));
    buf_init(&b, KIB(2));
    struct json_out o = json_out_to(&b);
    jwk_write_any(&o, &k.key, STR("a"));
    assert_true(str_eq(buf_str(&b), STR("{\"alg\":\"RS256\",\"e\":\"AQAB\",\"kid\":\"a\",\"kty\":"
                                        "\"RSA\",\"n\":\"" RSA_N "\",\"use\":\"sig\"}")));
    buf_fini(&b);
}

static void test_sets(void **state)
{
    (void)state;
    CLEANUP(json_freep)
    struct json *v = parsed("{\"keys\":[" EC_JWK(",\"kid\":\"a\"") ",7,{\"kty\":\"X\"}," RSA_JWK(
        ",\"kid\":\"a\"") "," OKP_JWK(",\"kid\":\"b\"") "," OKP_JWK(",\"kid\":\"c\"") "]}");
    struct jwk *set = NULL;
    size_t n = 0;
    assert_int_equal(jwks_read(arena, v, NULL, &set, &n), E_OK);
    assert_int_equal(n, 4); /* what is not understood is skipped */
    const struct jwk *found = jwks_find(set, n, STR("a"), STR("RS256"));
    assert_non_null(found);
    assert_int_equal(found->key.kind, PUBKEY_RSA);
    found = jwks_find(set, n, STR_NONE, STR("ES256"));
    assert_non_null(found);
    assert_int_equal(found->key.kind, PUBKEY_P256);
    assert_null(jwks_find(set, n, STR_NONE, STR("EdDSA"))); /* which of the two? */
    assert_null(jwks_find(set, n, STR("d"), STR("EdDSA")));
    assert_null(jwks_find(set, n, STR("a"), STR("none")));
    static const char *const no_sets[] = { "[]", "{}", "{\"keys\":{}}",
                                           "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AQAB\"}]}" };
    for (size_t i = 0; i < ARRAY_LEN(no_sets); i++) {
        CLEANUP(json_freep) struct json *none = parsed(no_sets[i]);
        assert_int_equal(jwks_read(arena, none, NULL, &set, &n), E_BAD_FIELD);
    }
}

static str_t token_of(const struct sign_key *k, str_t typ, str_t claims)
{
    struct buf b;
    str_t text = STR_NONE;
    buf_init(&b, KIB(16));
    jws_sign_with(&b, k, STR("kid"), typ, claims);
    assert_int_equal(b.err, E_OK);
    assert_int_equal(str_copy(arena, buf_str(&b), &text), E_OK);
    buf_fini(&b);
    return text;
}

/* Each kind's own algorithm, and no key for a token of another kind. */
static void test_each_key_its_algorithm(void **state)
{
    (void)state;
    static const char *const algs[KINDS] = { "EdDSA", "ES256", "RS256" };
    for (size_t i = 0; i < KINDS; i++) {
        CLEANUP(jwt_fini) struct jwt t = { 0 };
        str_t text = token_of(keys[i], STR("at+jwt"), STR("{\"iss\":\"i\"}"));
        assert_int_equal(jwt_read(arena, text, &t), E_OK);
        assert_true(str_eq(t.jws.alg, str_from_cz(algs[i])));
        assert_true(str_eq(t.jws.kid, STR("kid")));
        assert_true(str_eq(t.claims.typ, STR("at+jwt")));
        for (size_t k = 0; k < KINDS; k++)
            assert_int_equal(jwt_verify(&t, sign_key_public(keys[k])), k == i ? E_OK : E_FORBIDDEN);
    }
}

/* The head and payload of a token with another head, and a signature that fits nothing. */
static str_t forged(const char *head, const char *payload, const char *signature)
{
    struct buf b;
    str_t text = STR_NONE;
    buf_init(&b, KIB(4));
    buf_add_base64url(&b, head, strlen(head));
    buf_add_byte(&b, '.');
    buf_add_base64url(&b, payload, strlen(payload));
    buf_add_byte(&b, '.');
    buf_add(&b, str_from_cz(signature));
    assert_int_equal(str_copy(arena, buf_str(&b), &text), E_OK);
    buf_fini(&b);
    return text;
}

/* clang-format off */
static const struct { const char *name; const char *head; const char *payload; const char *sig; err_t read; } forgeries[] = {
    { "alg none, no signature",  "{\"alg\":\"none\"}",                    "{}",             "",        E_BAD_FIELD },
    { "alg none, a signature",   "{\"alg\":\"none\"}",                    "{}",             SIG64,     E_OK },
    { "alg None",                "{\"alg\":\"None\"}",                    "{}",             SIG64,     E_OK },
    { "HS256",                   "{\"alg\":\"HS256\"}",                   "{}",             SIG64,     E_OK },
    { "an empty signature",      "{\"alg\":\"ES256\"}",                   "{}",             "",        E_BAD_FIELD },
    { "all zeros",               "{\"alg\":\"ES256\"}",                   "{}",             "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", E_OK },
    { "a padded signature",      "{\"alg\":\"ES256\"}",                   "{}",             SIG64 "==", E_BAD_FIELD },
    { "bits over",               "{\"alg\":\"ES256\"}",                   "{}",             "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", E_BAD_FIELD },
    { "a blank behind",          "{\"alg\":\"ES256\"}",                   "{}",             SIG64 " ", E_BAD_FIELD },
    { "critical",                "{\"alg\":\"ES256\",\"crit\":[\"exp\"]}", "{}",            SIG64,     E_BAD_FIELD },
    { "a list of claims",        "{\"alg\":\"ES256\"}",                   "[]",             SIG64,     E_BAD_FIELD },
    { "no JSON",                 "{\"alg\":\"ES256\"}",                   "x",              SIG64,     E_BAD_FIELD },
    { "iss twice",               "{\"alg\":\"ES256\"}",                   "{\"iss\":\"a\",\"iss\":\"b\"}", SIG64, E_BAD_FIELD },
    { "iss is a number",         "{\"alg\":\"ES256\"}",                   "{\"iss\":7}",    SIG64,     E_BAD_FIELD },
    { "sub is empty",            "{\"alg\":\"ES256\"}",                   "{\"sub\":\"\"}", SIG64,     E_BAD_FIELD },
    { "aud holds a number",      "{\"alg\":\"ES256\"}",                   "{\"aud\":[\"a\",7]}", SIG64, E_BAD_FIELD },
    { "aud is an object",        "{\"alg\":\"ES256\"}",                   "{\"aud\":{}}",   SIG64,     E_BAD_FIELD },
    { "exp is text",             "{\"alg\":\"ES256\"}",                   "{\"exp\":\"1\"}", SIG64,    E_BAD_FIELD },
    { "exp is a fraction",       "{\"alg\":\"ES256\"}",                   "{\"exp\":1.5}",  SIG64,     E_BAD_FIELD },
    { "exp is null",             "{\"alg\":\"ES256\"}",                   "{\"exp\":null}", SIG64,     E_BAD_FIELD },
    { "exp overflows",           "{\"alg\":\"ES256\"}",                   "{\"exp\":9223372036854775807}", SIG64, E_BAD_FIELD },
    { "exp is zero",             "{\"alg\":\"ES256\"}",                   "{\"exp\":0}",    SIG64,     E_BAD_FIELD },
    { "iat is negative",         "{\"alg\":\"ES256\"}",                   "{\"iat\":-1}",   SIG64,     E_BAD_FIELD },
};
/* clang-format on */

static void test_forgeries(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(forgeries); i++) {
        struct jwt t = { 0 };
        print_message("# %s\n", forgeries[i].name);
        str_t text = forged(forgeries[i].head, forgeries[i].payload, forgeries[i].sig);
        assert_int_equal(jwt_read(arena, text, &t), forgeries[i].read);
        for (size_t k = 0; forgeries[i].read == E_OK && k < KINDS; k++)
            assert_int_equal(jwt_verify(&t, sign_key_public(keys[k])), E_FORBIDDEN);
        jwt_fini(&t);
    }
}

/* Detached over nothing, it is no token. */
static void test_detached(void **state)
{
    (void)state;
    struct jwt t;
    str_t text = forged("{\"alg\":\"EdDSA\",\"b64\":false,\"crit\":[\"b64\"]}", "", SIG64);
    assert_int_equal(jwt_read(arena, text, &t), E_BAD_FIELD);
}

#define ISS "https://id.example.org"
#define API "https://id.example.org/api/v1"
/* clang-format off */
static const struct { const char *name; const char *typ; const char *claims; err_t want; } checks[] = {
    { "as it should be",         "at+jwt", "\"aud\":\"" API "\",\"exp\":1700000300,\"iat\":1699999990", E_OK },
    { "among other audiences",   "at+jwt", "\"aud\":[\"x\",\"" API "\"],\"exp\":1700000300",            E_OK },
    { "the whole media type",    "application/AT+JWT", "\"aud\":\"" API "\",\"exp\":1700000300",        E_OK },
    { "an id token",             "JWT",    "\"aud\":\"" API "\",\"exp\":1700000300",                    E_FORBIDDEN },
    { "a logout token",          "logout+jwt", "\"aud\":\"" API "\",\"exp\":1700000300",                E_FORBIDDEN },
    { "another audience",        "at+jwt", "\"aud\":\"" API "/\",\"exp\":1700000300",                   E_FORBIDDEN },
    { "no audience",             "at+jwt", "\"exp\":1700000300",                                        E_FORBIDDEN },
    { "an empty list",           "at+jwt", "\"aud\":[],\"exp\":1700000300",                             E_FORBIDDEN },
    { "no end",                  "at+jwt", "\"aud\":\"" API "\"",                                       E_FORBIDDEN },
    { "59 seconds too late",     "at+jwt", "\"aud\":\"" API "\",\"exp\":1699999941",                    E_OK },
    { "60 seconds too late",     "at+jwt", "\"aud\":\"" API "\",\"exp\":1699999940",                    E_FORBIDDEN },
    { "made 60 seconds ahead",   "at+jwt", "\"aud\":\"" API "\",\"exp\":1700000300,\"iat\":1700000060", E_OK },
    { "made 61 seconds ahead",   "at+jwt", "\"aud\":\"" API "\",\"exp\":1700000300,\"iat\":1700000061", E_FORBIDDEN },
    { "valid in 61 seconds",     "at+jwt", "\"aud\":\"" API "\",\"exp\":1700000300,\"nbf\":1700000061", E_FORBIDDEN },
    { "ends before it begins",   "at+jwt", "\"aud\":\"" API "\",\"exp\":1700000050,\"iat\":1700000055", E_FORBIDDEN },
    { "ends as it begins",       "at+jwt", "\"aud\":\"" API "\",\"exp\":1700000050,\"iat\":1700000050", E_FORBIDDEN },
    { "older than an hour",      "at+jwt", "\"aud\":\"" API "\",\"exp\":1700000300,\"iat\":1699996339", E_FORBIDDEN },
    { "as old as it may be",     "at+jwt", "\"aud\":\"" API "\",\"exp\":1700000300,\"iat\":1699996340", E_OK },
    { "longer than a day",       "at+jwt", "\"aud\":\"" API "\",\"exp\":1700086461",                    E_FORBIDDEN },
};
/* clang-format on */

/* IDENTITY 26: exp after iat. IDENTITY 66: a minute's skew either way, and no more. */
static void test_identity_26_and_66_claims(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
        CLEANUP(jwt_fini) struct jwt t = { 0 };
        str_t claims = STR_NONE;
        struct diag why = { 0 };
        struct jwt_want want = {
            .typ = STR("at+jwt"), .iss = STR(ISS), .aud = { STR(API) }, .now = now
        };
        print_message("# %s\n", checks[i].name);
        assert_int_equal(str_format(arena, &claims, "{\"iss\":\"" ISS "\",%s}", checks[i].claims),
                         E_OK);
        assert_int_equal(jwt_read(arena, token_of(keys[1], str_from_cz(checks[i].typ), claims), &t),
                         E_OK);
        want.life_max = DUR_DAYS(1);
        if (ts_is_set(t.claims.iat))
            want.age_max = DUR_HOURS(1);
        assert_int_equal(jwt_check(&t.claims, &want, &why), checks[i].want);
        assert_int_equal(why.text[0] != '\0', checks[i].want != E_OK);
        want.iss = STR(ISS "/");
        assert_int_equal(jwt_check(&t.claims, &want, NULL), E_FORBIDDEN);
    }
}

static void test_what_must_be_there(void **state)
{
    (void)state;
    CLEANUP(jwt_fini) struct jwt t = { 0 };
    const struct jwt_want rows[] = {
        { .now = now, .exp_may_miss = true, .sub = true },
        { .now = now, .exp_may_miss = true, .jti = true },
        { .now = now, .exp_may_miss = true, .iat = true },
        { .now = now, .exp_may_miss = true, .age_max = DUR_HOURS(1) },
        { .now = now, .exp_may_miss = true, .typ = STR("x") },
        { .now = now },
    };
    const struct jwt_want none = { .now = now, .exp_may_miss = true };
    assert_int_equal(jwt_read(arena, forged("{\"alg\":\"ES256\"}", "{}", SIG64), &t), E_OK);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(jwt_check(&t.claims, &rows[i], NULL), E_FORBIDDEN);
    assert_int_equal(jwt_check(&t.claims, &none, NULL), E_OK);
    const struct jwt_want typ = {
        .now = now, .exp_may_miss = true, .typ = STR("x"), .typ_may_miss = true
    };
    assert_int_equal(jwt_check(&t.claims, &typ, NULL), E_OK);
}

/* 16 KiB and no more; what stands in it is copied, or refused. */
static void test_limits(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *big = arena_new(KIB(128));
    struct jwt t = { 0 };
    char *text = arena_alloc(big, JWT_TEXT_MAX + 1);
    memset(text, 'A', JWT_TEXT_MAX + 1);
    memcpy(text, "eyJhbGciOiJFUzI1NiJ9.", 21);
    assert_int_equal(jwt_read(big, str_of(text, JWT_TEXT_MAX + 1), &t), E_BAD_FIELD);
    char long_name[JWT_NAME_MAX + 2];
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    str_t claims = STR_NONE;
    assert_int_equal(str_format(arena, &claims, "{\"sub\":\"%s\"}", long_name), E_OK);
    assert_int_equal(jwt_read(arena, forged("{\"alg\":\"ES256\"}", claims.p, SIG64), &t),
                     E_BAD_FIELD);
    assert_int_equal(
        jwt_read(arena,
                 forged("{\"alg\":\"ES256\"}",
                        "{\"aud\":[\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\","
                        "\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\"]}",
                        SIG64),
                 &t),
        E_BAD_FIELD);
}

#ifdef SENESCHAL_FAULTS
static err_t read_and_verify(str_t text, size_t *ret_n)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(16));
    CLEANUP(jwt_fini) struct jwt t = { 0 };
    if (a == NULL)
        return E_NO_MEMORY;
    TRY(jwt_read(a, text, &t));
    TRY(jwt_verify(&t, sign_key_public(keys[1])));
    *ret_n = t.claims.aud_n;
    return E_OK;
}

static void test_faults(void **state)
{
    (void)state;
    str_t text = token_of(keys[1], STR("JWT"), STR("{\"aud\":[\"a\",\"b\"],\"iss\":\"i\"}"));
    for (long n = 0;; n++) {
        size_t aud_n = 0;
        fault_arm(n);
        err_t e = read_and_verify(text, &aud_n);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_NO_MEMORY : E_OK);
        assert_int_equal(aud_n, fired ? 0 : 2);
        if (!fired)
            break;
    }
}
#endif

static int setup(void **state)
{
    (void)state;
    static const enum pubkey_kind kinds[KINDS] = { PUBKEY_ED25519, PUBKEY_P256, PUBKEY_RSA };
    arena = arena_new(KIB(512));
    if (arena == NULL || crypto_init() != E_OK)
        return -1;
    for (size_t i = 0; i < KINDS; i++) {
        if (sign_key_make(kinds[i], &keys[i]) != E_OK)
            return -1;
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++)
        sign_key_free(keys[i]);
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_of_others),
        cmocka_unit_test(test_thumbprint),
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_each_key_its_algorithm),
        cmocka_unit_test(test_forgeries),
        cmocka_unit_test(test_detached),
        cmocka_unit_test(test_identity_26_and_66_claims),
        cmocka_unit_test(test_what_must_be_there),
        cmocka_unit_test(test_limits),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test(test_faults),
#endif
    };
    return cmocka_run_group_tests_name("jwt", tests, setup, teardown);
}
