/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys and RSA: published vectors, both halves of each kind, and what is no key. */
#include "base/enc.h"
#include "base/fault.h"
#include "plat/crypto/sign_key.h"
#include "plat/jose/jwk.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* RFC 7515 appendix A.2.1: the modulus, signing input and signature. */
#define A2_N                                                                                       \
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm"  \
    "4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5"  \
    "rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGh"  \
    "yxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
#define A2_INPUT                                                                                   \
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlL"   \
    "mNvbS9pc19yb290Ijp0cnVlfQ"
#define A2_SIG                                                                                     \
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp"  \
    "5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMH"  \
    "lb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w"  \
    "9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
#define E_65537 "AQAB"

static struct arena *arena;

static str_t decoded(const char *text)
{
    str_t bytes = STR_NONE;
    assert_int_equal(base64url_decode(arena, str_from_cz(text), &bytes), E_OK);
    return bytes;
}

static struct pubkey rsa_key(void)
{
    struct pubkey k;
    assert_int_equal(pubkey_from_rsa(decoded(A2_N), decoded(E_65537), &k), E_OK);
    return k;
}

static void test_rsa_known_answer(void **state)
{
    (void)state;
    struct pubkey k = rsa_key();
    struct pubkey again;
    struct pubkey_rsa raw;
    str_t sig = decoded(A2_SIG);
    assert_int_equal(pubkey_verify(&k, STR(A2_INPUT), sig), E_OK);
    assert_int_equal(pubkey_verify(&k, STR(A2_INPUT "x"), sig), E_FORBIDDEN);
    assert_int_equal(pubkey_verify(&k, STR(A2_INPUT), str_sub(sig, 0, sig.n - 1)), E_FORBIDDEN);
    assert_int_equal(pubkey_rsa(&k, &raw), E_OK);
    assert_true(str_eq(str_of(raw.n, raw.n_n), decoded(A2_N)));
    assert_true(str_eq(str_of(raw.e, raw.e_n), decoded(E_65537)));
    assert_int_equal(pubkey_from_spki(str_of(k.spki, k.spki_n), &again), E_OK);
    assert_int_equal(again.kind, PUBKEY_RSA);
    assert_true(str_eq(str_of(again.spki, again.spki_n), str_of(k.spki, k.spki_n)));
}

/* One spelling: nothing behind, nothing missing. */
static void test_rsa_spki(void **state)
{
    (void)state;
    struct pubkey k = rsa_key();
    struct pubkey again;
    uint8_t more[PUBKEY_SPKI_MAX + 1] = { 0 };
    memcpy(more, k.spki, k.spki_n);
    assert_int_equal(pubkey_from_spki(str_of(more, k.spki_n + 1), &again), E_BAD_FIELD);
    assert_int_equal(pubkey_from_spki(str_of(more, k.spki_n - 1), &again), E_BAD_FIELD);
    assert_int_equal(pubkey_from_spki(str_of(more, sizeof more), &again), E_BAD_FIELD);
}

static void test_no_rsa_key(void **state)
{
    (void)state;
    static uint8_t n[RSA_BYTES_MAX + 1];
    static uint8_t zero_first[RSA_BYTES_MIN + 1];
    struct pubkey k;
    memset(n, 0xff, sizeof n);
    memset(zero_first + 1, 0xff, RSA_BYTES_MIN);
    const struct {
        const char *name;
        str_t n;
        str_t e;
        err_t want;
    } rows[] = {
        { "2048 bits", str_of(n, 256), STR("\1\0\1"), E_OK },
        { "4096 bits", str_of(n, 512), STR("\1\0\1"), E_OK },
        { "2040 bits", str_of(n, 255), STR("\1\0\1"), E_BAD_FIELD },
        { "more than 4096 bits", str_of(n, 513), STR("\1\0\1"), E_BAD_FIELD },
        { "a leading zero", str_of(zero_first, sizeof zero_first), STR("\1\0\1"), E_BAD_FIELD },
        { "exponent 3", str_of(n, 256), STR("\3"), E_BAD_FIELD },
        { "exponent 1", str_of(n, 256), STR("\1"), E_BAD_FIELD },
        { "exponent 0", str_of(n, 256), STR("\0"), E_BAD_FIELD },
        { "no exponent", str_of(n, 256), STR(""), E_BAD_FIELD },
        { "an even exponent", str_of(n, 256), STR("\1\0\2"), E_BAD_FIELD },
        { "an exponent of 40 bits", str_of(n, 256), STR("\1\0\0\0\1"), E_BAD_FIELD },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        print_message("# %s\n", rows[i].name);
        assert_int_equal(pubkey_from_rsa(rows[i].n, rows[i].e, &k), rows[i].want);
    }
    n[255] = 0xfe;
    assert_int_equal(pubkey_from_rsa(str_of(n, 256), STR("\1\0\1"), &k), E_BAD_FIELD); /* even */
}

static void check_round(const struct sign_key *k)
{
    uint8_t sig[SIGNATURE_MAX];
    size_t n = 0;
    assert_int_equal(sign_key_sign(k, STR("message"), sig, &n), E_OK);
    assert_int_equal(n, sign_key_public(k)->kind == PUBKEY_RSA ? SIGN_KEY_RSA_BITS / 8 : 64);
    assert_int_equal(pubkey_verify(sign_key_public(k), STR("message"), str_of(sig, n)), E_OK);
    assert_int_equal(pubkey_verify(sign_key_public(k), STR("massage"), str_of(sig, n)),
                     E_FORBIDDEN);
    sig[n / 2] ^= 1;
    assert_int_equal(pubkey_verify(sign_key_public(k), STR("message"), str_of(sig, n)),
                     E_FORBIDDEN);
}

/* Made, written, read again: the same key, by either copy. */
static void test_kinds(void **state)
{
    (void)state;
    static const enum pubkey_kind kinds[] = { PUBKEY_ED25519, PUBKEY_P256, PUBKEY_RSA };
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        CLEANUP(sign_key_freep) struct sign_key *k = NULL;
        CLEANUP(sign_key_freep) struct sign_key *again = NULL;
        struct sign_key *none = NULL;
        str_t der = STR_NONE;
        assert_int_equal(sign_key_make(kinds[i], &k), E_OK);
        assert_int_equal(sign_key_public(k)->kind, kinds[i]);
        check_round(k);
        assert_int_equal(sign_key_write(k, arena, &der), E_OK);
        assert_int_equal(sign_key_read(der, &again), E_OK);
        check_round(again);
        digest_t one = pubkey_hash(sign_key_public(k));
        digest_t two = pubkey_hash(sign_key_public(again));
        assert_memory_equal(one.b, two.b, sizeof one.b);
        assert_int_equal(sign_key_read(str_sub(der, 0, der.n - 1), &none), E_BAD_FIELD);
        char *room = arena_alloc(arena, der.n + 1);
        memcpy(room, der.p, der.n);
        room[der.n] = 0;
        assert_int_equal(sign_key_read(str_of(room, der.n + 1), &none), E_BAD_FIELD);
        room[der.n - 3] ^= 1; /* another private half than its public one, or no key at all */
        if (kinds[i] == PUBKEY_RSA)
            assert_int_equal(sign_key_read(str_of(room, der.n), &none), E_BAD_FIELD);
        assert_null(none);
    }
}

/* RFC 8410 section 10.3: the private key as others write it, and its public half. */
static void test_ed25519_pkcs8(void **state)
{
    (void)state;
    uint8_t der[48];
    uint8_t public[32];
    CLEANUP(sign_key_freep) struct sign_key *k = NULL;
    str_t written = STR_NONE;
    assert_int_equal(
        hex_decode(STR("302e020100300506032b657004220420"
                       "d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842"),
                   der, sizeof der),
        E_OK);
    assert_int_equal(
        hex_decode(STR("19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"), public,
                   sizeof public),
        E_OK);
    assert_int_equal(sign_key_read(str_of(der, sizeof der), &k), E_OK);
    const struct pubkey *p = sign_key_public(k);
    assert_memory_equal(p->spki + p->spki_n - sizeof public, public, sizeof public);
    assert_int_equal(sign_key_write(k, arena, &written), E_OK);
    assert_true(str_eq(written, str_of(der, sizeof der)));
}

static void test_no_private_key(void **state)
{
    (void)state;
    struct sign_key *k = NULL;
    static const char *const texts[] = { "", "x", "-----BEGIN PRIVATE KEY-----", "\x30\x00",
                                         "\x30\x82\xff\xff" };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        assert_int_equal(sign_key_read(str_from_cz(texts[i]), &k), E_BAD_FIELD);
    assert_int_equal(sign_key_make(PUBKEY_NONE, &k), E_BAD_FIELD);
    assert_null(k);
}

#ifdef SENESCHAL_FAULTS
static err_t whole_life(enum pubkey_kind kind, size_t *ret_n)
{
    CLEANUP(sign_key_freep) struct sign_key *k = NULL;
    CLEANUP(sign_key_freep) struct sign_key *again = NULL;
    uint8_t sig[SIGNATURE_MAX];
    str_t der = STR_NONE;
    size_t n = 0;
    arena_reset(arena);
    TRY(sign_key_make(kind, &k));
    TRY(sign_key_write(k, arena, &der));
    TRY(sign_key_read(der, &again));
    TRY(sign_key_sign(again, STR("m"), sig, &n));
    TRY(pubkey_verify(sign_key_public(k), STR("m"), str_of(sig, n)));
    *ret_n = n;
    return E_OK;
}

static void test_faults(void **state)
{
    (void)state;
    static const enum pubkey_kind kinds[] = { PUBKEY_ED25519, PUBKEY_P256 };
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        for (long n = 0;; n++) {
            size_t sig_n = 0;
            fault_arm(n);
            err_t e = whole_life(kinds[i], &sig_n);
            bool fired = fault_used();
            fault_disarm();
            assert_int_equal(e, fired ? E_NO_MEMORY : E_OK);
            assert_true(fired == (sig_n == 0));
            if (!fired)
                break;
        }
    }
}
#endif

static int setup(void **state)
{
    (void)state;
    arena = arena_new(KIB(256));
    return arena != NULL && crypto_init() == E_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rsa_known_answer), cmocka_unit_test(test_rsa_spki),
        cmocka_unit_test(test_no_rsa_key),       cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_ed25519_pkcs8),    cmocka_unit_test(test_no_private_key),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test(test_faults),
#endif
    };
    return cmocka_run_group_tests_name("sign_key", tests, setup, teardown);
}
