/* SPDX-License-Identifier: Apache-2.0 */
/* Passkeys, with an authenticator made of this house's own keys: what it says is built here byte by
 * byte (WebAuthn section 6.1, RFC 9053), and read by libfido2. */
#include "base/buf.h"
#include "base/fault.h"
#include "plat/crypto/cbor.h"
#include "plat/crypto/passkey.h"
#include "plat/crypto/sign_key.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define RP_ID "id.example.org"
#define CBOR(lit)                                                                                  \
    {                                                                                              \
        lit, sizeof lit - 1                                                                        \
    }
enum { UP = 1, UV = 4, AT = 64 };

static struct arena *arena;
static struct sign_key *device;

static void put_u32(struct buf *b, uint32_t v)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_add_byte(b, (char)(v >> shift));
}

static void put_head(struct buf *b, str_t rp_id, int flags, uint32_t count)
{
    digest_t hash = sha256_of(rp_id);
    buf_add(b, str_of(hash.b, sizeof hash.b));
    buf_add_byte(b, (char)flags);
    put_u32(b, count);
}

/* An Ed25519 key as COSE (RFC 9053 section 7.2): {1: 1, 3: -8, -1: 6, -2: x}. */
static void put_key(struct buf *b)
{
    const struct pubkey *k = sign_key_public(device);
    buf_add(b, STR("\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20"));
    buf_add(b, str_of(k->spki + k->spki_n - 32, 32));
}

/* Authenticator data with this key; absent: that of the device. */
static str_t made_of(str_t rp_id, int flags, str_t cose)
{
    struct buf b;
    str_t data = STR_NONE;
    buf_init(&b, KIB(4));
    put_head(&b, rp_id, flags, 7);
    for (int i = 0; i < 16; i++)
        buf_add_byte(&b, 0); /* aaguid */
    buf_add(&b, STR("\0\4"));
    BUF_ADD(&b, "key1");
    if (cose.p != NULL)
        buf_add(&b, cose);
    else
        put_key(&b);
    assert_int_equal(str_copy(arena, buf_str(&b), &data), E_OK);
    buf_fini(&b);
    return data;
}

static str_t made_with(str_t rp_id, int flags)
{
    return made_of(rp_id, flags, STR_NONE);
}

static void test_made(void **state)
{
    (void)state;
    struct passkey k;
    str_t data = made_with(STR(RP_ID), UP | UV | AT);
    assert_int_equal(passkey_read(arena, STR(RP_ID), data, NULL, &k), E_OK);
    assert_true(str_eq(k.id, STR("key1")));
    assert_int_equal(k.alg, PASSKEY_EDDSA);
    assert_int_equal(k.count, 7);
    assert_true(k.verified);
    struct diag why = { 0 };
    assert_int_equal(passkey_read(arena, STR("example.org"), data, &why, &k), E_BAD_FIELD);
    assert_true(why.text[0] != '\0');
    data = made_with(STR(RP_ID), UV | AT);
    assert_int_equal(passkey_read(arena, STR(RP_ID), data, NULL, &k),
                     E_BAD_FIELD); /* nobody there */
    data = made_with(STR(RP_ID), UP);
    assert_int_equal(passkey_read(arena, STR(RP_ID), data, NULL, &k),
                     E_BAD_FIELD); /* no key said */
}

/* Keys of the other algorithms as COSE (RFC 9053 section 7.1.1, RFC 8230 section 4). */
static str_t cose_es256(const struct sign_key *pair)
{
    struct buf b;
    str_t text = STR_NONE;
    const struct pubkey *k = sign_key_public(pair);
    buf_init(&b, KIB(1));
    buf_add(&b, STR("\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"));
    buf_add(&b, str_of(k->spki + k->spki_n - 64, 32));
    buf_add(&b, STR("\x22\x58\x20"));
    buf_add(&b, str_of(k->spki + k->spki_n - 32, 32));
    assert_int_equal(str_copy(arena, buf_str(&b), &text), E_OK);
    buf_fini(&b);
    return text;
}

static str_t cose_rs256(const struct sign_key *pair)
{
    struct buf b;
    struct pubkey_rsa rsa;
    str_t text = STR_NONE;
    assert_int_equal(pubkey_rsa(sign_key_public(pair), &rsa), E_OK);
    buf_init(&b, KIB(1));
    buf_add(&b, STR("\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x01\x00"));
    buf_add(&b, str_of(rsa.n, rsa.n_n));
    buf_add(&b, STR("\x21\x43"));
    buf_add(&b, str_of(rsa.e, rsa.e_n));
    assert_int_equal(str_copy(arena, buf_str(&b), &text), E_OK);
    buf_fini(&b);
    return text;
}

static void test_keys(void **state)
{
    static const struct {
        enum pubkey_kind kind;
        enum passkey_alg alg;
        str_t (*cose)(const struct sign_key *pair);
    } kinds[] = {
        { PUBKEY_P256, PASSKEY_ES256, cose_es256 },
        { PUBKEY_RSA, PASSKEY_RS256, cose_rs256 },
    };
    /* Without coordinates, so that zeros would be taken for them: the second is the point of small
     * order that anybody signs for. */
    static const str_t bare[] = {
        CBOR("\xa3\x01\x02\x03\x26\x20\x01"),
        CBOR("\xa3\x01\x01\x03\x27\x20\x06"),
        CBOR("\xa2\x01\x03\x03\x39\x01\x00"),
    };
    struct passkey k;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        CLEANUP(sign_key_freep) struct sign_key *pair = NULL;
        assert_int_equal(sign_key_make(kinds[i].kind, &pair), E_OK);
        str_t data = made_of(STR(RP_ID), UP | AT, kinds[i].cose(pair));
        assert_int_equal(passkey_read(arena, STR(RP_ID), data, NULL, &k), E_OK);
        assert_int_equal(k.alg, kinds[i].alg);
    }
    for (size_t i = 0; i < ARRAY_LEN(bare); i++) {
        str_t data = made_of(STR(RP_ID), UP | AT, bare[i]);
        assert_int_equal(passkey_read(arena, STR(RP_ID), data, NULL, &k), E_BAD_FIELD);
    }
}

/* Cut anywhere, it is no key. */
static void test_cut(void **state)
{
    (void)state;
    struct passkey k;
    str_t data = made_with(STR(RP_ID), UP | AT);
    for (size_t n = 0; n < data.n; n++)
        assert_int_equal(passkey_read(arena, STR(RP_ID), str_sub(data, 0, n), NULL, &k),
                         E_BAD_FIELD);
    static char big[PASSKEY_DATA_MAX + 1];
    assert_int_equal(passkey_read(arena, STR(RP_ID), str_of(big, sizeof big), NULL, &k),
                     E_BAD_FIELD);
}

struct proof {
    struct passkey_proof p;
    uint8_t sig[SIGNATURE_MAX];
};

static void prove(struct proof *ret, str_t rp_id, int flags, uint32_t count)
{
    struct buf b;
    size_t n = 0;
    memset(ret, 0, sizeof *ret);
    ret->p.rp_id = STR(RP_ID);
    ret->p.client_data = sha256_of(STR("{\"type\":\"webauthn.get\"}"));
    buf_init(&b, KIB(1));
    put_head(&b, rp_id, flags, count);
    assert_int_equal(str_copy(arena, buf_str(&b), &ret->p.authenticator_data), E_OK);
    buf_add(&b, str_of(ret->p.client_data.b, sizeof ret->p.client_data.b));
    assert_int_equal(sign_key_sign(device, buf_str(&b), ret->sig, &n), E_OK);
    ret->p.signature = str_of(ret->sig, n);
    buf_fini(&b);
}

static struct passkey known(void)
{
    struct passkey k;
    assert_int_equal(passkey_read(arena, STR(RP_ID), made_with(STR(RP_ID), UP | AT), NULL, &k),
                     E_OK);
    return k;
}

static void test_proof(void **state)
{
    (void)state;
    struct passkey k = known();
    struct proof p;
    int64_t count = 0;
    prove(&p, STR(RP_ID), UP, 8);
    assert_int_equal(passkey_check(&k, &p.p, &count), E_OK);
    assert_int_equal(count, 8);
    p.p.verify = true; /* it was only touched */
    assert_int_equal(passkey_check(&k, &p.p, &count), E_FORBIDDEN);
    prove(&p, STR(RP_ID), UP | UV, 9);
    p.p.verify = true;
    assert_int_equal(passkey_check(&k, &p.p, &count), E_OK);
    prove(&p, STR(RP_ID), UV, 9);
    assert_int_equal(passkey_check(&k, &p.p, &count), E_FORBIDDEN); /* nobody there */
    prove(&p, STR("evil.example"), UP, 9);
    assert_int_equal(passkey_check(&k, &p.p, &count), E_FORBIDDEN);
    prove(&p, STR(RP_ID), UP, 9);
    p.p.client_data = sha256_of(STR("another challenge"));
    assert_int_equal(passkey_check(&k, &p.p, &count), E_FORBIDDEN);
    assert_int_equal(count, 9);
}

static void test_changed_bytes(void **state)
{
    (void)state;
    struct passkey k = known();
    struct proof p;
    int64_t count = 0;
    prove(&p, STR(RP_ID), UP, 8);
    for (size_t i = 0; i < p.p.signature.n; i++) {
        p.sig[i] ^= 1;
        assert_int_equal(passkey_check(&k, &p.p, &count), E_FORBIDDEN);
        p.sig[i] ^= 1;
    }
    for (size_t n = 0; n < p.p.signature.n; n++) {
        struct passkey_proof cut = p.p;
        cut.signature.n = n;
        assert_int_equal(passkey_check(&k, &cut, &count), E_FORBIDDEN);
    }
    k.alg = PASSKEY_ES256; /* another algorithm than the key's */
    assert_int_equal(passkey_check(&k, &p.p, &count), E_FORBIDDEN);
    assert_int_equal(count, 0);
}

/* What libcbor would make room for before it looks is refused, and whatever authenticators do not
 * write. */
static void test_cbor(void **state)
{
    static const struct {
        const char *name;
        str_t in;
        bool obeys;
    } cases[] = {
        { "nothing", CBOR(""), true },
        { "an empty map", CBOR("\xa0"), true },
        { "a map", CBOR("\xa1\x61\x61\xf5"), true },
        { "two items", CBOR("\x01\x20"), true },
        { "a long head of a small number", CBOR("\x1b\0\0\0\0\0\0\0\1"), true },
        { "eight deep", CBOR("\x81\x81\x81\x81\x81\x81\x81\x81\x01"), true },
        { "nine deep", CBOR("\x81\x81\x81\x81\x81\x81\x81\x81\x81\x01"), false },
        { "a map of 50 milliards", CBOR("\xbb\x00\x00\x00\x0c\xf6\xe3\xc7\xb0\x01"), false },
        { "a map of all there are", CBOR("\xbb\xff\xff\xff\xff\xff\xff\xff\xff\x01"), false },
        { "half as many twice", CBOR("\xbb\x80\x00\x00\x00\x00\x00\x00\x00\x01"), false },
        { "an array of 4 milliards", CBOR("\x9a\xff\xff\xff\xff\x01"), false },
        { "more bytes than there are", CBOR("\x42\x01"), false },
        { "more text than there is", CBOR("\x62\x61"), false },
        { "a name without its value", CBOR("\xa1\x01"), false },
        { "a head that is cut off", CBOR("\x19\x01"), false },
        { "no end said", CBOR("\x9f\x01\xff"), false },
        { "an end alone", CBOR("\xff"), false },
        { "a tag", CBOR("\xc0\x61\x61"), false },
        { "a reserved length", CBOR("\x1c"), false },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        if (cbor_obeys(cases[i].in) != cases[i].obeys)
            fail_msg("%s", cases[i].name);
    }
}

#ifdef SENESCHAL_FAULTS
static void test_faults(void **state)
{
    (void)state;
    str_t data = made_with(STR(RP_ID), UP | AT);
    struct proof p;
    prove(&p, STR(RP_ID), UP, 8);
    for (long n = 0;; n++) {
        struct passkey k;
        int64_t count = 0;
        fault_arm(n);
        err_t e = passkey_read(arena, STR(RP_ID), data, NULL, &k);
        if (e == E_OK)
            e = passkey_check(&k, &p.p, &count);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_NO_MEMORY : E_OK);
        assert_int_equal(count, fired ? 0 : 8);
        if (!fired)
            break;
    }
}
#endif

static int setup(void **state)
{
    (void)state;
    arena = arena_new(KIB(256));
    return arena != NULL && crypto_init() == E_OK && sign_key_make(PUBKEY_ED25519, &device) == E_OK
               ? 0
               : -1;
}

static int teardown(void **state)
{
    (void)state;
    sign_key_free(device);
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_made),   cmocka_unit_test(test_cut),
        cmocka_unit_test(test_proof),  cmocka_unit_test(test_changed_bytes),
        cmocka_unit_test(test_cbor),   cmocka_unit_test(test_keys),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test(test_faults),
#endif
    };
    return cmocka_run_group_tests_name("passkey", tests, setup, teardown);
}
