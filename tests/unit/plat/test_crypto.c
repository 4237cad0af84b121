/* SPDX-License-Identifier: Apache-2.0 */
/* Published vectors, and what must not verify. */
#include "base/enc.h"
#include "base/fault.h"
#include "plat/crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { BYTES_MAX = 256 };

struct bytes {
    uint8_t p[BYTES_MAX];
    size_t n;
};

static struct bytes unhex(const char *text)
{
    struct bytes b = { .n = strlen(text) / 2 };
    assert_true(b.n <= sizeof b.p);
    assert_int_equal(hex_decode(str_from_cz(text), b.p, b.n), E_OK);
    return b;
}

static str_t slice(const struct bytes *b)
{
    return str_of(b->p, b->n);
}

static secret_t secret_unhex(const char *text)
{
    struct bytes b = unhex(text);
    secret_t s = { .n = b.n };
    assert_true(b.n <= sizeof s.b);
    memcpy(s.b, b.p, b.n);
    return s;
}

static void assert_digest(digest_t d, const char *hex)
{
    struct bytes want = unhex(hex);
    assert_int_equal(want.n, sizeof d.b);
    assert_memory_equal(d.b, want.p, want.n);
}

/* FIPS 180-4 (NIST's example values). */
static void test_sha256(void **state)
{
    (void)state;
    static const struct {
        const char *text, *digest;
    } rows[] = {
        { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_digest(sha256_of(str_from_cz(rows[i].text)), rows[i].digest);
    const str_t parts[] = { STR("a"), STR_NONE, STR("bc") };
    assert_digest(sha256_of_parts(parts, ARRAY_LEN(parts)), rows[1].digest);
}

/* Computed with Python's hmac over the parts, each after its length as 8 bytes big-endian. */
static void test_hmac_of_parts(void **state)
{
    (void)state;
    secret_t key = { .n = 20 };
    memset(key.b, 0x0b, key.n);
    const str_t one[] = { STR("Hi There") };
    assert_digest(hmac_of_parts(&key, one, 1),
                  "70454c00e162637b41588d34d6e73e7ab2fb58fdde827b1e084ecaeb378dca60");
    key.n = SECRET_MAX;
    memset(key.b, 0xaa, key.n);
    const str_t ab_c[] = { STR("ab"), STR("c") };
    const str_t a_bc[] = { STR("a"), STR("bc") };
    assert_digest(hmac_of_parts(&key, ab_c, 2),
                  "10641c482bfb6a34e70a494c6c0acebad43c525bf2a05c250504322b51f49e13");
    assert_digest(hmac_of_parts(&key, a_bc, 2),
                  "7a0bfe9cc103bf0b3f6b87953f0b12e39bd9834cce091a8c67fe0134c2799e61");
    const secret_t empty = { 0 };
    assert_digest(hmac_of_parts(&empty, NULL, 0),
                  "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

/* The GCM specification (McGrew, Viega), test cases 14 and 16. */
static const struct gcm_row {
    const char *key, *nonce, *aad, *plain, *cipher, *tag;
} gcm_rows[] = {
    { "0000000000000000000000000000000000000000000000000000000000000000",
      "000000000000000000000000", "", "00000000000000000000000000000000",
      "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919" },
    { "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
      "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
      "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
      "76fc6ece0f4e1768cddf8853bb2d551b" },
};

static void test_unseal_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(gcm_rows); i++) {
        const struct gcm_row *row = &gcm_rows[i];
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(4));
        secret_t key = secret_unhex(row->key);
        struct bytes aad = unhex(row->aad);
        struct bytes want = unhex(row->plain);
        char text[2 * BYTES_MAX];
        snprintf(text, sizeof text, "%s%s%s", row->nonce, row->cipher, row->tag);
        struct bytes sealed = unhex(text);
        str_t plain;
        assert_int_equal(unseal(a, &key, slice(&aad), slice(&sealed), &plain), E_OK);
        assert_true(str_eq(plain, slice(&want)));
    }
}

static void test_seal_round_trip(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    secret_t key = secret_unhex(gcm_rows[1].key);
    str_t aad = STR("table|row|column");
    str_t sealed;
    str_t plain;
    assert_int_equal(seal(a, &key, aad, STR("a secret"), &sealed), E_OK);
    assert_int_equal(sealed.n, 8 + SEAL_NONCE + SEAL_TAG);
    assert_int_equal(unseal(a, &key, aad, sealed, &plain), E_OK);
    assert_true(str_eq(plain, STR("a secret")));

    str_t again;
    assert_int_equal(seal(a, &key, aad, STR("a secret"), &again), E_OK);
    assert_false(str_eq(sealed, again)); /* a nonce of its own */
    assert_int_equal(seal(a, &key, STR_NONE, STR(""), &again), E_OK);
    assert_int_equal(unseal(a, &key, STR_NONE, again, &plain), E_OK);
    assert_int_equal(plain.n, 0);
}

static void test_unseal_refuses_any_change(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    secret_t key = secret_unhex(gcm_rows[1].key);
    str_t sealed;
    str_t plain = STR("untouched");
    assert_int_equal(seal(a, &key, STR("row 1"), STR("a secret"), &sealed), E_OK);
    assert_int_equal(unseal(a, &key, STR("row 2"), sealed, &plain), E_CORRUPT);
    for (size_t i = 0; i < sealed.n; i++) {
        str_t copy;
        assert_int_equal(str_copy(a, sealed, &copy), E_OK);
        ((char *)(uintptr_t)copy.p)[i] ^= 1;
        assert_int_equal(unseal(a, &key, STR("row 1"), copy, &plain), E_CORRUPT);
    }
    for (size_t n = 0; n < sealed.n; n++)
        assert_int_equal(unseal(a, &key, STR("row 1"), str_sub(sealed, 0, n), &plain), E_CORRUPT);
    key.b[0] ^= 1;
    assert_int_equal(unseal(a, &key, STR("row 1"), sealed, &plain), E_CORRUPT);
    assert_true(str_eq(plain, STR("untouched")));
}

/* RFC 8032 section 7.1. */
static const struct {
    const char *seed, *public_key, *message, *signature;
} ed25519_rows[] = {
    { "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555f"
      "b8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
    { "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da08"
      "5ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
    { "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18"
      "ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
};

static void test_ed25519(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(ed25519_rows); i++) {
        secret_t seed = secret_unhex(ed25519_rows[i].seed);
        struct bytes public_key = unhex(ed25519_rows[i].public_key);
        struct bytes message = unhex(ed25519_rows[i].message);
        struct bytes signature = unhex(ed25519_rows[i].signature);
        uint8_t made_key[ED25519_PUBLIC];
        uint8_t made[ED25519_SIG];
        ed25519_public(&seed, made_key);
        ed25519_sign(&seed, slice(&message), made);
        assert_memory_equal(made_key, public_key.p, sizeof made_key);
        assert_memory_equal(made, signature.p, sizeof made);
        secret_t pair;
        ed25519_pair(&seed, &pair);
        ed25519_sign(&pair, slice(&message), made);
        assert_memory_equal(made, signature.p, sizeof made);

        struct pubkey k;
        assert_int_equal(pubkey_from_raw(PUBKEY_ED25519, slice(&public_key), STR_NONE, &k), E_OK);
        assert_int_equal(pubkey_verify(&k, slice(&message), slice(&signature)), E_OK);
        assert_int_equal(pubkey_verify(&k, STR("other"), slice(&signature)), E_FORBIDDEN);
        signature.p[40] ^= 1;
        assert_int_equal(pubkey_verify(&k, slice(&message), slice(&signature)), E_FORBIDDEN);
        assert_int_equal(pubkey_verify(&k, slice(&message), str_of(signature.p, 63)), E_FORBIDDEN);
    }
}

/* RFC 6979 appendix A.2.5, curve P-256 with SHA-256. */
static const char p256_x[] = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
static const char p256_y[] = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
static const struct {
    const char *message, *signature;
} p256_rows[] = {
    { "sample", "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8" },
    { "test", "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
              "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083" },
};

static struct pubkey p256_key(void)
{
    struct bytes x = unhex(p256_x);
    struct bytes y = unhex(p256_y);
    struct pubkey k;
    assert_int_equal(pubkey_from_raw(PUBKEY_P256, slice(&x), slice(&y), &k), E_OK);
    return k;
}

static void test_p256(void **state)
{
    (void)state;
    struct pubkey k = p256_key();
    for (size_t i = 0; i < ARRAY_LEN(p256_rows); i++) {
        str_t message = str_from_cz(p256_rows[i].message);
        struct bytes signature = unhex(p256_rows[i].signature);
        assert_int_equal(pubkey_verify(&k, message, slice(&signature)), E_OK);
        assert_int_equal(pubkey_verify(&k, STR("other"), slice(&signature)), E_FORBIDDEN);
        assert_int_equal(pubkey_verify(&k, message, str_of(signature.p, 63)), E_FORBIDDEN);
        signature.p[0] ^= 1;
        assert_int_equal(pubkey_verify(&k, message, slice(&signature)), E_FORBIDDEN);
    }
    const uint8_t zeros[64] = { 0 }; /* r = s = 0: CVE-2022-21449 of another library */
    assert_int_equal(pubkey_verify(&k, STR("sample"), str_of(zeros, 64)), E_FORBIDDEN);
}

static void test_public_keys_that_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum pubkey_kind kind;
        const char *x, *y;
    } rows[] = {
        { "Ed25519: identity", PUBKEY_ED25519,
          "0100000000000000000000000000000000000000000000000000000000000000", "" },
        { "Ed25519: order 2", PUBKEY_ED25519,
          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "" },
        { "Ed25519: order 8", PUBKEY_ED25519,
          "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "" },
        { "Ed25519: not canonical", PUBKEY_ED25519,
          "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "" },
        { "Ed25519: no point", PUBKEY_ED25519,
          "0200000000000000000000000000000000000000000000000000000000000000", "" },
        { "Ed25519: short", PUBKEY_ED25519,
          "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f70751", "" },
        { "Ed25519 with a y", PUBKEY_ED25519,
          "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "00" },
        { "P-256: not on the curve", PUBKEY_P256, p256_x,
          "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462298" },
        { "P-256: zero", PUBKEY_P256,
          "0000000000000000000000000000000000000000000000000000000000000000",
          "0000000000000000000000000000000000000000000000000000000000000000" },
        { "P-256: x over the field", PUBKEY_P256,
          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", p256_y },
        { "P-256 without y", PUBKEY_P256, p256_x, "" },
        { "no kind", PUBKEY_NONE, p256_x, p256_y },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes x = unhex(rows[i].x);
        struct bytes y = unhex(rows[i].y);
        struct pubkey k = { .kind = PUBKEY_NONE };
        print_message("# %s\n", rows[i].name);
        assert_int_equal(pubkey_from_raw(rows[i].kind, slice(&x), slice(&y), &k), E_BAD_FIELD);
        assert_int_equal(k.kind, PUBKEY_NONE);
    }
}

static void test_spki(void **state)
{
    (void)state;
    struct pubkey p256 = p256_key();
    struct bytes x = unhex(ed25519_rows[0].public_key);
    struct pubkey ed25519;
    assert_int_equal(pubkey_from_raw(PUBKEY_ED25519, slice(&x), STR_NONE, &ed25519), E_OK);
    /* RFC 8410 section 4 and RFC 5480 section 2. */
    struct bytes want = unhex("302a300506032b6570032100"
                              "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    assert_true(str_eq(str_of(ed25519.spki, ed25519.spki_n), slice(&want)));
    assert_int_equal(p256.spki_n, 91);

    const struct pubkey *keys[] = { &p256, &ed25519 };
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        struct pubkey k;
        str_t der = str_of(keys[i]->spki, keys[i]->spki_n);
        assert_int_equal(pubkey_from_spki(der, &k), E_OK);
        assert_int_equal(k.kind, keys[i]->kind);
        digest_t a = pubkey_hash(&k);
        digest_t b = sha256_of(der);
        assert_memory_equal(a.b, b.b, sizeof a.b);
        for (size_t n = 0; n < der.n; n++)
            assert_int_equal(pubkey_from_spki(str_sub(der, 0, n), &k), E_BAD_FIELD);
        uint8_t longer[PUBKEY_SPKI_MAX + 1] = { 0 };
        memcpy(longer, der.p, der.n);
        assert_int_equal(pubkey_from_spki(str_of(longer, der.n + 1), &k), E_BAD_FIELD);
    }
}

/* CRC-32 and base62 computed with Python's zlib and int. */
static void test_tokens(void **state)
{
    (void)state;
    static const struct {
        uint8_t first, step;
        const char *text;
    } rows[] = {
        { 0x00, 0, "sen_d_00000000000000000000000000000000000000000000yxATE" },
        { 0xff, 0, "sen_d_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp12tXNga" },
        { 0x00, 1, "sen_d_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf0RywOS" },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint8_t bytes[TOKEN_BYTES];
        for (size_t j = 0; j < sizeof bytes; j++)
            bytes[j] = (uint8_t)(rows[i].first + rows[i].step * j);
        struct token_text t;
        token_from_bytes(STR("sen_d_"), bytes, &t);
        assert_true(str_eq(str_of(t.p, t.n), str_from_cz(rows[i].text)));
        assert_true(token_is_ours(str_of(t.p, t.n)));
        for (size_t j = 0; j < t.n; j++) {
            char kept = t.p[j];
            t.p[j] = kept == 'A' ? 'B' : 'A';
            assert_false(token_is_ours(str_of(t.p, t.n)));
            t.p[j] = kept;
            assert_false(token_is_ours(str_of(t.p, j)));
        }
    }
    struct token_text one;
    struct token_text other;
    token_make(STR("sen_s_"), &one);
    token_make(STR("sen_s_"), &other);
    assert_true(token_is_ours(str_of(one.p, one.n)));
    assert_false(str_eq(str_of(one.p, one.n), str_of(other.p, other.n)));
}

#ifdef SENESCHAL_FAULTS
static void test_faults_seal(void **state)
{
    (void)state;
    secret_t key = secret_unhex(gcm_rows[1].key);
    for (long n = 0;; n++) {
        fault_arm(n);
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        str_t sealed = STR_NONE;
        str_t plain = STR_NONE;
        err_t e = a == NULL ? E_NO_MEMORY : seal(a, &key, STR("x"), STR("y"), &sealed);
        if (e == E_OK)
            e = unseal(a, &key, STR("x"), sealed, &plain);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_NO_MEMORY : E_OK);
        assert_true((plain.p == NULL) == fired);
        if (!fired)
            break;
    }
}

static void test_faults_verify(void **state)
{
    (void)state;
    struct pubkey k = p256_key();
    struct bytes signature = unhex(p256_rows[0].signature);
    for (long n = 0;; n++) {
        fault_arm(n);
        err_t e = pubkey_verify(&k, STR("sample"), slice(&signature));
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_NO_MEMORY : E_OK);
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
        cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_hmac_of_parts),
        cmocka_unit_test(test_unseal_vectors),
        cmocka_unit_test(test_seal_round_trip),
        cmocka_unit_test(test_unseal_refuses_any_change),
        cmocka_unit_test(test_ed25519),
        cmocka_unit_test(test_p256),
        cmocka_unit_test(test_public_keys_that_are_refused),
        cmocka_unit_test(test_spki),
        cmocka_unit_test(test_tokens),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test(test_faults_seal),
        cmocka_unit_test(test_faults_verify),
#endif
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
