/* SPDX-License-Identifier: Apache-2.0 */
#include "base/enc.h"
#include "base/fault.h"
#include "plat/jose/jwk.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* RFC 8037 appendix A.2; RFC 7515 appendix A.3. */
#define ED25519_X "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define P256_X    "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define P256_Y    "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define ED25519_D "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"

static err_t read_text(const char *text, struct diag *why, struct pubkey *ret)
{
    CLEANUP(json_freep) struct json *v = NULL;
    assert_int_equal(json_parse(str_from_cz(text), NULL, &v), E_OK);
    return jwk_read(v, why, ret);
}

static const struct {
    const char *name;
    const char *text;
    err_t want;
    const char *field;
} rows[] = {
    { "Ed25519", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED25519_X "\"}", E_OK, "" },
    { "P-256", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" P256_X "\",\"y\":\"" P256_Y "\"}", E_OK,
      "" },
    { "a private d",
      "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED25519_X "\",\"d\":\"" ED25519_D "\"}",
      E_BAD_FIELD, "d" },
    { "kid is not wanted",
      "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED25519_X "\",\"kid\":\"1\"}", E_BAD_FIELD,
      "" },
    { "y on Ed25519",
      "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED25519_X "\",\"y\":\"" P256_Y "\"}",
      E_BAD_FIELD, "y" },
    { "no y on P-256", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" P256_X "\"}", E_BAD_FIELD, "" },
    { "another member for y",
      "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" P256_X "\",\"z\":\"" P256_Y "\"}", E_BAD_FIELD,
      "y" },
    { "x is y", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" P256_Y "\",\"y\":\"" P256_X "\"}",
      E_BAD_FIELD, "x" },
    { "RSA", "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}", E_BAD_FIELD, "kty" },
    { "symmetric", "{\"kty\":\"oct\",\"k\":\"AQAB\"}", E_BAD_FIELD, "kty" },
    { "X25519", "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"" ED25519_X "\"}", E_BAD_FIELD,
      "crv" },
    { "curve of the other kind", "{\"kty\":\"OKP\",\"crv\":\"P-256\",\"x\":\"" ED25519_X "\"}",
      E_BAD_FIELD, "crv" },
    { "x is a number", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":7}", E_BAD_FIELD, "x" },
    { "x with padding", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED25519_X "=\"}",
      E_BAD_FIELD, "x" },
    { "x in base64, not base64url",
      "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
      E_BAD_FIELD, "x" },
    { "x with bits over", /* the last character holds two bits that must be zero */
      "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURp\"}",
      E_BAD_FIELD, "x" },
    { "empty", "{}", E_BAD_FIELD, "kty" },
    { "no object", "\"OKP\"", E_BAD_FIELD, "" },
    { "list", "[]", E_BAD_FIELD, "" },
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct diag why = { 0 };
        struct pubkey k = { .kind = PUBKEY_NONE };
        print_message("# %s\n", rows[i].name);
        assert_int_equal(read_text(rows[i].text, &why, &k), rows[i].want);
        assert_int_equal(why.err, rows[i].want);
        assert_string_equal(why.field, rows[i].field);
        assert_int_equal(k.kind != PUBKEY_NONE, rows[i].want == E_OK);
    }
}

static void test_write_reads_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct pubkey k;
        assert_int_equal(read_text(rows[i].text, NULL, &k), E_OK);
        struct buf b;
        buf_init(&b, KIB(1));
        jwk_write(&b, &k);
        buf_add_byte(&b, '\0');
        assert_int_equal(b.err, E_OK);
        struct pubkey again;
        assert_int_equal(read_text(b.p, NULL, &again), E_OK);
        assert_true(str_eq(str_of(k.spki, k.spki_n), str_of(again.spki, again.spki_n)));
        buf_fini(&b);
    }
}

/* RFC 8037 appendix A.3. */
static void test_thumbprint(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(4));
    struct pubkey k;
    str_t thumbprint;
    assert_int_equal(read_text(rows[0].text, NULL, &k), E_OK);
    assert_int_equal(jwk_thumbprint(a, &k, &thumbprint), E_OK);
    assert_true(str_eq(thumbprint, STR("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")));
}

/* RFC 7515 appendix A.3: the ES256 example verifies under its JWK. */
static void test_es256_example(void **state)
{
    (void)state;
    static const char signed_text[] =
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlL"
        "mNvbS9pc19yb290Ijp0cnVlfQ";
    uint8_t signature[64];
    assert_int_equal(base64url_decode_n(STR("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5d"
                                            "jxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"),
                                        signature, sizeof signature),
                     E_OK);
    struct pubkey k;
    assert_int_equal(read_text(rows[1].text, NULL, &k), E_OK);
    str_t s = str_of(signature, sizeof signature);
    assert_int_equal(pubkey_verify(&k, str_from_cz(signed_text), s), E_OK);
    assert_int_equal(pubkey_verify(&k, STR("eyJhbGciOiJFUzI1NiJ9."), s), E_FORBIDDEN);
}

#ifdef SENESCHAL_FAULTS
static void test_faults(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        fault_arm(n);
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(4));
        CLEANUP(json_freep) struct json *v = NULL;
        struct pubkey k;
        str_t thumbprint = STR_NONE;
        err_t e = a == NULL ? E_NO_MEMORY : json_parse(str_from_cz(rows[1].text), NULL, &v);
        if (e == E_OK)
            e = jwk_read(v, NULL, &k);
        if (e == E_OK)
            e = jwk_thumbprint(a, &k, &thumbprint);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_NO_MEMORY : E_OK);
        assert_true((thumbprint.p == NULL) == fired);
        if (!fired)
            break;
    }
}
#endif

static int setup(void **state)
{
    (void)state;
    return crypto_init() == E_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),       cmocka_unit_test(test_write_reads_back),
        cmocka_unit_test(test_thumbprint), cmocka_unit_test(test_es256_example),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test(test_faults),
#endif
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
