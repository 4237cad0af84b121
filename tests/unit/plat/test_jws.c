/* SPDX-License-Identifier: Apache-2.0 */
#include "base/enc.h"
#include "base/fault.h"
#include "plat/jose/jwk.h"
#include "plat/jose/jws.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* RFC 8037 appendix A.1 to A.5. */
#define D   "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
#define X   "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define KID "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
#define RFC8037                                                                                    \
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-"        \
    "09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
/* Made with Python's cryptography by the key above. */
#define BYTES "{\"config\":{},\"enabled\":false,\"version\":null}"
#define DETACHED                                                                                   \
    "eyJhbGciOiJFZERTQSIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il0sImtpZCI6ImtQcktfcW14VldhWVZBOXd3QkY2" \
    "SXVvM3ZWeno3VHhIQ1R3WEJ5Z3JTNGsifQ..ZpEsmwh0D_RIrIdAWtn_"                                     \
    "4PksaeJ3jEVdTRu2xrlWir00iTzpU7SbSEcwRg-6rq2Ao3Q0LDzJDKHHU48PUzeaCA"
#define COMPACT                                                                                    \
    "eyJhbGciOiJFZERTQSIsImtpZCI6ImtQcktfcW14VldhWVZBOXd3QkY2SXVvM3ZWeno3VHhIQ1R3WEJ5Z3JTNGsiLCJ0" \
    "eXAiOiJzZW5lc2NoYWwtbGVhc2Urand0In0.eyJzZXEiOjd9."                                            \
    "qswBTMnFGfvF6qNMiZSAS7BLQciFm4MsqPcf83XaKHnvU1UTawlkoNQ0LAeJ7Jy9b8nI1tRQ7LniZ2GpDkuECA"
/* RFC 7515 appendix A.3, and its key. */
#define ES256                                                                                      \
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmN" \
    "vbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQ" \
    "xfKTUJqPP3-Kg6NU1Q"
#define P256_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define P256_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"

static struct arena *arena;
static struct jws_key signer;
static struct pubkey p256;

static struct jws read_ok(str_t text)
{
    struct jws j;
    assert_int_equal(jws_read(arena, text, &j), E_OK);
    return j;
}

static void test_known_answers(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, KIB(4));
    assert_true(str_eq(str_of(signer.kid, JWS_KID), STR(KID)));
    jws_sign_detached(&b, &signer, STR(BYTES));
    assert_true(str_eq(buf_str(&b), STR(DETACHED)));
    buf_clear(&b);
    jws_sign(&b, &signer, STR("seneschal-lease+jwt"), STR("{\"seq\":7}"));
    assert_true(str_eq(buf_str(&b), STR(COMPACT)));
    buf_fini(&b);

    str_t payload;
    struct jws j = read_ok(STR(RFC8037));
    assert_true(str_eq(j.alg, STR("EdDSA")));
    assert_null(j.kid.p);
    assert_int_equal(jws_verify(arena, &j, &signer.public, &payload), E_OK);
    assert_true(str_eq(payload, STR("Example of Ed25519 signing")));

    j = read_ok(STR(COMPACT));
    assert_true(str_eq(j.kid, STR(KID)));
    assert_true(str_eq(j.typ, STR("seneschal-lease+jwt")));
    assert_int_equal(jws_verify(arena, &j, &signer.public, &payload), E_OK);
    assert_true(str_eq(payload, STR("{\"seq\":7}")));

    j = read_ok(STR(DETACHED));
    assert_true(j.detached);
    assert_int_equal(jws_verify_detached(&j, &signer.public, STR(BYTES)), E_OK);

    j = read_ok(STR(ES256));
    assert_int_equal(jws_verify(arena, &j, &p256, &payload), E_OK);
    assert_true(str_starts(payload, STR("{\"iss\":\"joe\"")));
}

/* One form never passes for the other, and no key for one of another algorithm. */
static void test_no_confusion(void **state)
{
    (void)state;
    str_t payload = STR_NONE;
    struct jws j = read_ok(STR(DETACHED));
    assert_int_equal(jws_verify(arena, &j, &signer.public, &payload), E_FORBIDDEN);
    j = read_ok(STR(COMPACT));
    assert_int_equal(jws_verify_detached(&j, &signer.public, STR("eyJzZXEiOjd9")), E_FORBIDDEN);
    assert_int_equal(jws_verify(arena, &j, &p256, &payload), E_FORBIDDEN);
    j = read_ok(STR(ES256));
    assert_int_equal(jws_verify(arena, &j, &signer.public, &payload), E_FORBIDDEN);
    const struct pubkey none = { .kind = PUBKEY_NONE };
    assert_int_equal(jws_verify(arena, &j, &none, &payload), E_FORBIDDEN);
    assert_null(payload.p);
}

/* Every bit of header, payload and signature counts. */
static void test_changed_bytes(void **state)
{
    (void)state;
    static const char compact[] = COMPACT;
    for (size_t at = 0; at < sizeof compact - 1; at++) {
        char text[sizeof compact];
        struct jws j;
        str_t payload = STR_NONE;
        memcpy(text, compact, sizeof compact);
        text[at] = text[at] == 'A' ? 'B' : 'A';
        arena_reset(arena);
        err_t e = jws_read(arena, str_of(text, sizeof compact - 1), &j);
        if (e == E_OK)
            e = jws_verify(arena, &j, &signer.public, &payload);
        assert_true(e == E_BAD_FIELD || e == E_FORBIDDEN);
        assert_null(payload.p);
    }
    static const char bytes[] = BYTES;
    struct jws j = read_ok(STR(DETACHED));
    for (size_t at = 0; at < sizeof bytes - 1; at++) {
        char text[sizeof bytes];
        memcpy(text, bytes, sizeof bytes);
        text[at] ^= 1;
        assert_int_equal(jws_verify_detached(&j, &signer.public, str_of(text, sizeof bytes - 1)),
                         E_FORBIDDEN);
    }
    assert_int_equal(jws_verify_detached(&j, &signer.public, STR(BYTES " ")), E_FORBIDDEN);
    assert_int_equal(jws_verify_detached(&j, &signer.public, STR("")), E_FORBIDDEN);
}

/* Each is signed by the right key: only its header is wrong, or strange. */
static const struct {
    const char *name;
    const char *head;
    err_t read;
    err_t verify;
} heads[] = {
    { "as it should be", "{\"alg\":\"EdDSA\"}", E_OK, E_OK },
    { "what it brings along is not looked at", "{\"alg\":\"EdDSA\",\"jwk\":{\"kty\":\"oct\"}}",
      E_OK, E_OK },
    { "none", "{\"alg\":\"none\"}", E_OK, E_FORBIDDEN },
    { "an algorithm of symmetric keys", "{\"alg\":\"HS256\"}", E_OK, E_FORBIDDEN },
    { "an algorithm of other keys", "{\"alg\":\"ES256\"}", E_OK, E_FORBIDDEN },
    { "its second name", "{\"alg\":\"Ed25519\"}", E_OK, E_OK },
    { "another spelling of that", "{\"alg\":\"ed25519\"}", E_OK, E_FORBIDDEN },
    { "an algorithm of a larger curve", "{\"alg\":\"Ed448\"}", E_OK, E_FORBIDDEN },
    { "another spelling", "{\"alg\":\"eddsa\"}", E_OK, E_FORBIDDEN },
    { "no algorithm", "{\"kid\":\"a\"}", E_BAD_FIELD, E_OK },
    { "two of them", "{\"alg\":\"EdDSA\",\"alg\":\"EdDSA\"}", E_BAD_FIELD, E_OK },
    { "no text", "{\"alg\":null}", E_BAD_FIELD, E_OK },
    { "a list", "[\"EdDSA\"]", E_BAD_FIELD, E_OK },
    { "no JSON", "{\"alg\":\"EdDSA\"", E_BAD_FIELD, E_OK },
    { "nothing", "", E_BAD_FIELD, E_OK },
    { "kid is a number", "{\"alg\":\"EdDSA\",\"kid\":7}", E_BAD_FIELD, E_OK },
    { "kid is empty", "{\"alg\":\"EdDSA\",\"kid\":\"\"}", E_BAD_FIELD, E_OK },
    { "typ is a list", "{\"alg\":\"EdDSA\",\"typ\":[]}", E_BAD_FIELD, E_OK },
    { "b64 without crit", "{\"alg\":\"EdDSA\",\"b64\":false}", E_BAD_FIELD, E_OK },
    { "crit without b64", "{\"alg\":\"EdDSA\",\"crit\":[\"b64\"]}", E_BAD_FIELD, E_OK },
    { "crit says what nobody knows", "{\"alg\":\"EdDSA\",\"crit\":[\"exp\"]}", E_BAD_FIELD, E_OK },
    { "crit says more", "{\"alg\":\"EdDSA\",\"b64\":false,\"crit\":[\"b64\",\"exp\"]}", E_BAD_FIELD,
      E_OK },
    { "crit twice the same", "{\"alg\":\"EdDSA\",\"b64\":false,\"crit\":[\"b64\",\"b64\"]}",
      E_BAD_FIELD, E_OK },
    { "b64 is true", "{\"alg\":\"EdDSA\",\"b64\":true,\"crit\":[\"b64\"]}", E_BAD_FIELD, E_OK },
    { "b64 is text", "{\"alg\":\"EdDSA\",\"b64\":\"false\",\"crit\":[\"b64\"]}", E_BAD_FIELD,
      E_OK },
    { "unencoded, but not detached", "{\"alg\":\"EdDSA\",\"b64\":false,\"crit\":[\"b64\"]}",
      E_BAD_FIELD, E_OK },
};

static void test_heads(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        struct buf b;
        struct jws j;
        uint8_t signature[ED25519_SIG];
        str_t payload = STR_NONE;
        print_message("# %s\n", heads[i].name);
        buf_init(&b, KIB(4));
        buf_add_base64url(&b, heads[i].head, strlen(heads[i].head));
        BUF_ADD(&b, ".eA"); /* "x" */
        ed25519_sign(&signer.pair, buf_str(&b), signature);
        buf_add_byte(&b, '.');
        buf_add_base64url(&b, signature, sizeof signature);
        assert_int_equal(jws_read(arena, buf_str(&b), &j), heads[i].read);
        if (heads[i].read == E_OK) {
            assert_int_equal(jws_verify(arena, &j, &signer.public, &payload), heads[i].verify);
            assert_int_equal(payload.p != NULL, heads[i].verify == E_OK);
        }
        buf_fini(&b);
    }
}

#define HEAD "eyJhbGciOiJFZERTQSJ9"
#define SIG86                                                                                      \
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"

static void test_not_a_jws(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        ".",
        "..",
        HEAD,
        HEAD ".eA",
        HEAD ".eA.",
        HEAD ".eA." SIG86 ".",
        HEAD ".eA." SIG86 "." SIG86,
        HEAD ".eA." SIG86 "A",
        HEAD ".eA." SIG86 "==",
        " " HEAD ".eA." SIG86,
        HEAD "=.eA." SIG86,
        "!" HEAD ".eA." SIG86,
        "." SIG86 "." SIG86,
    };
    struct jws j;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        assert_int_equal(jws_read(arena, str_from_cz(texts[i]), &j), E_BAD_FIELD);
    CLEANUP(arena_freep) struct arena *big = arena_new(KIB(64));
    char *long_text = arena_alloc(big, JWS_TEXT_MAX + 1);
    memset(long_text, 'A', JWS_TEXT_MAX + 1);
    assert_int_equal(jws_read(arena, str_of(long_text, JWS_TEXT_MAX + 1), &j), E_BAD_FIELD);
}

static err_t set_key(const char *text, str_t *kid)
{
    CLEANUP(json_freep) struct json *v = NULL;
    struct pubkey k;
    assert_int_equal(json_parse(str_from_cz(text), NULL, &v), E_OK);
    return jwk_set_key_read(arena, v, NULL, &k, kid);
}

#define SET_KEY(kid, use)                                                                          \
    "{\"crv\":\"Ed25519\",\"kid\":\"" kid "\",\"kty\":\"OKP\",\"use\":\"" use "\",\"x\":\"" X "\"" \
    "}"

static void test_keys_of_sets(void **state)
{
    (void)state;
    str_t kid = STR_NONE;
    struct buf b;
    buf_init(&b, KIB(1));
    struct json_out o = json_out_to(&b);
    jwk_set_key_write(&o, &signer.public, STR(KID));
    assert_true(str_eq(buf_str(&b), STR(SET_KEY(KID, "sig"))));
    buf_fini(&b);
    assert_int_equal(set_key(SET_KEY(KID, "sig"), &kid), E_OK);
    assert_true(str_eq(kid, STR(KID)));
    kid = STR_NONE;
    assert_int_equal(set_key(SET_KEY(X, "sig"), &kid), E_BAD_FIELD); /* not its thumbprint */
    assert_int_equal(set_key(SET_KEY(KID, "enc"), &kid), E_BAD_FIELD);
    assert_int_equal(set_key("{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"" X "\"}", &kid),
                     E_BAD_FIELD);
    assert_null(kid.p);
}

#ifdef SENESCHAL_FAULTS
static err_t sign_and_verify(const secret_t *seed, str_t *ret)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(4));
    struct jws_key k;
    struct jws j;
    struct buf b;
    if (a == NULL)
        return E_NO_MEMORY;
    TRY(jws_key_make(seed, &k));
    buf_init(&b, KIB(4));
    jws_sign_detached(&b, &k, STR(BYTES));
    err_t e = b.err;
    if (e == E_OK)
        e = jws_read(a, buf_str(&b), &j);
    if (e == E_OK)
        e = jws_verify_detached(&j, &k.public, STR(BYTES));
    buf_clear(&b);
    jws_sign(&b, &k, STR("t"), STR("{}"));
    if (e == E_OK)
        e = b.err;
    if (e == E_OK)
        e = jws_read(a, buf_str(&b), &j);
    if (e == E_OK)
        e = jws_verify(a, &j, &k.public, ret);
    buf_fini(&b);
    return e;
}

static void test_faults(void **state)
{
    (void)state;
    secret_t seed = { .n = ED25519_SEED };
    for (long n = 0;; n++) {
        str_t payload = STR_NONE;
        fault_arm(n);
        err_t e = sign_and_verify(&seed, &payload);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_NO_MEMORY : E_OK);
        assert_true((payload.p == NULL) == fired);
        if (!fired)
            break;
    }
}
#endif

static int setup(void **state)
{
    (void)state;
    uint8_t x[32];
    uint8_t y[32];
    secret_t seed = { .n = ED25519_SEED };
    arena = arena_new(KIB(64));
    bool ok = arena != NULL && crypto_init() == E_OK &&
              base64url_decode_n(STR(D), seed.b, seed.n) == E_OK &&
              base64url_decode_n(STR(P256_X), x, sizeof x) == E_OK &&
              base64url_decode_n(STR(P256_Y), y, sizeof y) == E_OK &&
              jws_key_make(&seed, &signer) == E_OK &&
              pubkey_from_raw(PUBKEY_P256, str_of(x, sizeof x), str_of(y, sizeof y), &p256) == E_OK;
    return ok ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    jws_key_fini(&signer);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers), cmocka_unit_test(test_no_confusion),
        cmocka_unit_test(test_changed_bytes), cmocka_unit_test(test_heads),
        cmocka_unit_test(test_not_a_jws),     cmocka_unit_test(test_keys_of_sets),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test(test_faults),
#endif
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
