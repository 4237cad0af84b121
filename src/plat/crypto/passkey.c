/* SPDX-License-Identifier: Apache-2.0 */
#include <fido.h> /* first: it brings OpenSSL, whose parameter `rand` base/attr.h poisons */
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>

#include "base/fault.h"
#include "plat/crypto/cbor.h"
#include "plat/crypto/passkey.h"

/* Authenticator data (WebAuthn section 6.1): hash, flags, count; then, where its flag says so, a
 * key: what made it, the length of its id, the id, the key in CBOR; then extensions in CBOR. */
enum {
    RP_ID_MAX = 255,
    HASH_AT = 0,
    FLAGS_AT = 32,
    KEY_AT = FLAGS_AT + 1 + 4,
    ID_LENGTH_AT = KEY_AT + 16,
    ID_AT = ID_LENGTH_AT + 2,
    FLAG_PRESENT = 1,
    FLAG_VERIFIED = 4,
    FLAG_KEY = 64,
    FLAG_EXTENSIONS = 128
};

static void cred_freep(fido_cred_t **c)
{
    fido_cred_free(c);
}
static void assert_freep(fido_assert_t **a)
{
    fido_assert_free(a);
}

static const unsigned char *bytes_of(str_t s)
{
    return (const unsigned char *)s.p;
}

static bool data_is_of(str_t data, str_t rp_id)
{
    digest_t want = sha256_of(rp_id);
    return data.n > FLAGS_AT && memcmp(data.p + HASH_AT, want.b, sizeof want.b) == 0;
}

static bool has_flag(str_t data, unsigned flag)
{
    return (bytes_of(data)[FLAGS_AT] & flag) != 0;
}

static bool cbor_obeys_from(str_t data, size_t at)
{
    return at <= data.n && cbor_obeys(str_sub(data, at, data.n));
}

/* Whether the CBOR in it may be given to libfido2: where that looks for it when a key is made, ...
 */
static bool made_obeys(str_t data)
{
    if (data.n < ID_AT || !has_flag(data, FLAG_KEY))
        return false;
    size_t id_n = (size_t)bytes_of(data)[ID_LENGTH_AT] << 8 | bytes_of(data)[ID_LENGTH_AT + 1];
    return cbor_obeys_from(data, ID_AT + id_n);
}

/* ... and when it is used: no key stands there then. */
static bool used_obeys(str_t data)
{
    return data.n >= KEY_AT && (!has_flag(data, FLAG_EXTENSIONS) || cbor_obeys_from(data, KEY_AT));
}

/* libfido2 takes a key whose members are missing as one of zeros: of Ed25519 that is a point of
 * small order, for which anybody can make signatures. */
static err_t key_check(enum passkey_alg alg, str_t key)
{
    enum { POINT = 32, MODULUS = 256, EXPONENT = 3 };
    struct pubkey k;
    if (alg == PASSKEY_ES256 && key.n == (size_t)2 * POINT)
        return pubkey_from_raw(PUBKEY_P256, str_sub(key, 0, POINT), str_sub(key, POINT, key.n), &k);
    if (alg == PASSKEY_EDDSA && key.n == POINT)
        return pubkey_from_raw(PUBKEY_ED25519, key, STR_NONE, &k);
    if (alg == PASSKEY_RS256 && key.n == MODULUS + EXPONENT)
        return pubkey_from_rsa(str_sub(key, 0, MODULUS), str_sub(key, MODULUS, key.n), &k);
    return E_BAD_FIELD;
}

static err_t key_copy(struct arena *a, const fido_cred_t *c, enum passkey_alg alg,
                      struct passkey *ret)
{
    const str_t id = str_of(fido_cred_id_ptr(c), fido_cred_id_len(c));
    const str_t key = str_of(fido_cred_pubkey_ptr(c), fido_cred_pubkey_len(c));
    struct passkey k = { .alg = alg, .count = fido_cred_sigcount(c) };
    if (id.p == NULL || id.n == 0 || id.n > PASSKEY_ID_MAX || key.p == NULL || key.n == 0 ||
        key.n > PASSKEY_KEY_MAX)
        return E_BAD_FIELD;
    TRY(key_check(alg, key));
    k.verified = (fido_cred_flags(c) & FLAG_VERIFIED) != 0;
    TRY(str_copy(a, id, &k.id));
    TRY(str_copy(a, key, &k.key));
    *ret = k;
    return E_OK;
}

/* libfido2 reads the key only as one of the algorithm that it was told. */
static err_t read_as(struct arena *a, enum passkey_alg alg, str_t data, struct passkey *ret)
{
    CLEANUP(cred_freep) fido_cred_t *c = fault_here() ? NULL : fido_cred_new();
    if (c == NULL)
        return E_NO_MEMORY;
    if (fido_cred_set_type(c, alg) != FIDO_OK ||
        fido_cred_set_authdata_raw(c, bytes_of(data), data.n) != FIDO_OK)
        return E_BAD_FIELD;
    return key_copy(a, c, alg, ret);
}

err_t passkey_read(struct arena *a, str_t rp_id, str_t data, struct diag *why, struct passkey *ret)
{
    static const enum passkey_alg algs[] = { PASSKEY_ES256, PASSKEY_EDDSA, PASSKEY_RS256 };
    if (data.n > PASSKEY_DATA_MAX || !data_is_of(data, rp_id))
        return FAIL(why, E_BAD_FIELD, "the passkey was made for another server");
    if (!has_flag(data, FLAG_PRESENT))
        return FAIL(why, E_BAD_FIELD, "nobody was there when the passkey was made");
    for (size_t i = 0; made_obeys(data) && i < ARRAY_LEN(algs); i++) {
        err_t e = read_as(a, algs[i], data, ret);
        if (e != E_BAD_FIELD)
            return e;
    }
    return FAIL(why, E_BAD_FIELD, "the authenticator's data holds no key of ES256, EdDSA or RS256");
}

static err_t verify_with(const fido_assert_t *a, const struct passkey *known, const void *key)
{
    int done = key == NULL ? FIDO_ERR_INTERNAL : fido_assert_verify(a, 0, known->alg, key);
    return done == FIDO_OK ? E_OK : E_FORBIDDEN;
}

static err_t verify(const fido_assert_t *a, const struct passkey *known)
{
    err_t e = E_NO_MEMORY;
    if (known->alg == PASSKEY_ES256) {
        es256_pk_t *k = es256_pk_new();
        bool good = k != NULL && es256_pk_from_ptr(k, known->key.p, known->key.n) == FIDO_OK;
        e = verify_with(a, known, good ? k : NULL);
        es256_pk_free(&k);
    } else if (known->alg == PASSKEY_EDDSA) {
        eddsa_pk_t *k = eddsa_pk_new();
        bool good = k != NULL && eddsa_pk_from_ptr(k, known->key.p, known->key.n) == FIDO_OK;
        e = verify_with(a, known, good ? k : NULL);
        eddsa_pk_free(&k);
    } else if (known->alg == PASSKEY_RS256) {
        rs256_pk_t *k = rs256_pk_new();
        bool good = k != NULL && rs256_pk_from_ptr(k, known->key.p, known->key.n) == FIDO_OK;
        e = verify_with(a, known, good ? k : NULL);
        rs256_pk_free(&k);
    } else {
        e = E_FORBIDDEN;
    }
    return e;
}

err_t passkey_check(const struct passkey *known, const struct passkey_proof *proof,
                    int64_t *ret_count)
{
    char rp_id[RP_ID_MAX + 1] = { 0 };
    str_t data = proof->authenticator_data;
    if (proof->rp_id.n > RP_ID_MAX || data.n > PASSKEY_DATA_MAX ||
        proof->signature.n > PASSKEY_SIG_MAX || !data_is_of(data, proof->rp_id) ||
        !used_obeys(data))
        return E_FORBIDDEN;
    memcpy(rp_id, proof->rp_id.p, proof->rp_id.n);
    CLEANUP(assert_freep) fido_assert_t *a = fault_here() ? NULL : fido_assert_new();
    if (a == NULL || fido_assert_set_count(a, 1) != FIDO_OK ||
        fido_assert_set_rp(a, rp_id) != FIDO_OK ||
        fido_assert_set_clientdata_hash(a, proof->client_data.b, sizeof proof->client_data.b) !=
            FIDO_OK ||
        fido_assert_set_up(a, FIDO_OPT_TRUE) != FIDO_OK ||
        fido_assert_set_uv(a, proof->verify ? FIDO_OPT_TRUE : FIDO_OPT_OMIT) != FIDO_OK)
        return E_NO_MEMORY;
    if (fido_assert_set_authdata_raw(a, 0, bytes_of(data), data.n) != FIDO_OK ||
        fido_assert_set_sig(a, 0, bytes_of(proof->signature), proof->signature.n) != FIDO_OK)
        return E_FORBIDDEN;
    TRY(verify(a, known));
    *ret_count = fido_assert_sigcount(a, 0);
    return E_OK;
}
