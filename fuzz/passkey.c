/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an authenticator says (WebAuthn section 6.1): when a key is made, with the key in CBOR, and
 * when it is used, where extensions in CBOR may follow. All of it that reaches libfido2 from
 * outside is authenticator data; attestation objects are not taken. The input stands behind the
 * hash of the right server, so that the rest is reached. What is taken has its bounds and was said
 * by somebody who was there; it proves nothing by a signature that was not made over it.
 */
#include "plat/crypto/passkey.h"
#include "base/num.h"
#include "plat/crypto/sign_key.h"

#include <assert.h>

enum {
    ARENA_MAX = 1 << 20,
    INPUT_MAX = 2 * PASSKEY_DATA_MAX,
    UP = 1,
    UV = 4,
    LEAST = SHA256_SIZE + 1 + 4 /* hash, flags, count */
};

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Signed by a key of ours over this data, as it would be for an assertion without client data. */
static str_t signature_of(const struct sign_key *pair, str_t data,
                          uint8_t ret[static SIGNATURE_MAX])
{
    static uint8_t text[SHA256_SIZE + INPUT_MAX + SHA256_SIZE];
    const digest_t none = { { 0 } };
    size_t n = 0;
    memcpy(text, data.p, data.n);
    memcpy(text + data.n, none.b, sizeof none.b);
    err_t e = sign_key_sign(pair, str_of(text, data.n + sizeof none.b), ret, &n);
    assert(e == E_OK);
    return str_of(ret, n);
}

static void assertion_try(str_t data, bool verify)
{
    static struct sign_key *pair;
    uint8_t room[SIGNATURE_MAX];
    int64_t count = -1;
    if (pair == NULL && sign_key_make(PUBKEY_ED25519, &pair) != E_OK)
        abort();
    const struct pubkey *public = sign_key_public(pair);
    const struct passkey known = { .alg = PASSKEY_EDDSA,
                                   .key = str_of(public->spki + public->spki_n - 32, 32) };
    struct passkey_proof proof = { .rp_id = STR("id.example.org"),
                                   .authenticator_data = data,
                                   .signature = signature_of(pair, data, room),
                                   .verify = verify };
    err_t e = passkey_check(&known, &proof, &count);
    assert(e == E_OK || e == E_FORBIDDEN);
    assert((e == E_OK) == (count >= 0));
    if (e == E_OK) {
        const uint8_t *b = (const uint8_t *)data.p;
        assert(data.n >= LEAST && data.n <= PASSKEY_DATA_MAX);
        assert((b[SHA256_SIZE] & UP) != 0 && (!verify || (b[SHA256_SIZE] & UV) != 0));
        assert(count == (int64_t)(num_get_be64(b + LEAST - 8) & UINT32_MAX));
    } else {
        assert(data.n != LEAST || data.p[SHA256_SIZE] != (UP | UV));
    }
    room[0] ^= 1;
    count = -1;
    e = passkey_check(&known, &proof, &count);
    assert(e == E_FORBIDDEN && count == -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static const uint8_t signature[64] = { 1 };
    static uint8_t data[SHA256_SIZE + INPUT_MAX];
    struct passkey k;
    int64_t count = -1;
    if (crypto_init() != E_OK)
        abort();
    if (n > INPUT_MAX)
        return 0;
    digest_t rp = sha256_of(STR("id.example.org"));
    memcpy(data, rp.b, sizeof rp.b);
    memcpy(data + sizeof rp.b, p, n);
    str_t all = str_of(data, sizeof rp.b + n);
    struct arena *a = arena_new(ARENA_MAX);
    assert(a != NULL);
    err_t e = passkey_read(a, STR("id.example.org"), all, NULL, &k);
    assert(e == E_OK || e == E_BAD_FIELD);
    if (e == E_OK) {
        const struct passkey_proof proof = { .rp_id = STR("id.example.org"),
                                             .authenticator_data = all,
                                             .signature = str_of(signature, sizeof signature) };
        assert(all.n <= PASSKEY_DATA_MAX && (p[0] & 1) != 0);
        assert(k.id.n > 0 && k.id.n <= PASSKEY_ID_MAX && k.key.n <= PASSKEY_KEY_MAX);
        assert(k.count >= 0 && k.count <= UINT32_MAX);
        e = passkey_check(&k, &proof, &count);
        assert(e == E_FORBIDDEN && count == -1);
    }
    assertion_try(all, (n & 1) != 0);
    e = passkey_read(a, STR("example.org"), all, NULL, &k);
    assert(e == E_BAD_FIELD);
    arena_free(a);
    return 0;
}
