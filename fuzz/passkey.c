/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an authenticator says (WebAuthn section 6.1), with a key in CBOR. The input stands behind
 * the hash of the right server, so that its key is reached. What is taken has its bounds, and
 * proves nothing by a signature that it did not make.
 */
#include "plat/crypto/passkey.h"

#include <assert.h>

enum { ARENA_MAX = 1 << 20, INPUT_MAX = 2 * PASSKEY_DATA_MAX };

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

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
    e = passkey_read(a, STR("example.org"), all, NULL, &k);
    assert(e == E_BAD_FIELD);
    arena_free(a);
    return 0;
}
