/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a device sends to prove itself: a JWK, then after a line feed a signature as base64url. A
 * key that is accepted has one spelling as SPKI and as JWK; a random signature never verifies.
 */
#include "base/enc.h"
#include "plat/jose/jwk.h"

#include <assert.h>

enum { ARENA_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check_key(struct arena *a, const struct pubkey *k)
{
    struct pubkey from_spki;
    struct pubkey from_jwk;
    err_t e = pubkey_from_spki(str_of(k->spki, k->spki_n), &from_spki);
    assert(e == E_OK && from_spki.kind == k->kind);

    struct buf b;
    struct json *v = NULL;
    buf_init(&b, KIB(1));
    jwk_write(&b, k);
    e = json_parse(buf_str(&b), NULL, &v);
    assert(e == E_OK);
    e = jwk_read(v, NULL, &from_jwk);
    assert(e == E_OK);
    assert(str_eq(str_of(from_jwk.spki, from_jwk.spki_n), str_of(k->spki, k->spki_n)));
    str_t thumbprint;
    e = jwk_thumbprint(a, &from_jwk, &thumbprint);
    assert(e == E_OK && thumbprint.n == 43);
    json_free(v);
    buf_fini(&b);
}

static void check_signature(struct arena *a, const struct pubkey *k, str_t text)
{
    str_t signature;
    if (base64url_decode(a, text, &signature) != E_OK)
        return;
    str_t again;
    err_t e = base64url_make(a, signature.p, signature.n, &again);
    assert(e == E_OK && str_eq(again, text)); /* one spelling */
    e = pubkey_verify(k, STR("a text that the fuzzer signs for no key"), signature);
    assert(e == E_FORBIDDEN);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    if (crypto_init() != E_OK)
        abort();
    str_t rest = str_of(p, n);
    str_t text;
    struct json *v = NULL;
    struct pubkey k;
    struct diag why = { 0 };
    if (!str_split(&rest, '\n', &text) || json_parse(text, NULL, &v) != E_OK)
        return 0;
    err_t e = jwk_read(v, &why, &k);
    json_free(v);
    if (e != E_OK) {
        assert(e == E_BAD_FIELD && why.err == e);
        return 0;
    }
    struct arena *a = arena_new(ARENA_MAX);
    assert(a != NULL);
    check_key(a, &k);
    check_signature(a, &k, rest);
    arena_free(a);
    return 0;
}
