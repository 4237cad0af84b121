/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key, or a set of keys, as somebody else publishes it. What is taken is written again as the
 * same key, with the same thumbprint; a private or symmetric key is never taken.
 */
#include "plat/jose/jwk.h"

#include <assert.h>

enum { ARENA_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check_again(struct arena *a, const struct pubkey *k)
{
    struct buf b;
    struct jwk again;
    struct json *v = NULL;
    str_t kid;
    str_t kid_again;
    err_t e = jwk_thumbprint(a, k, &kid);
    assert(e == E_OK && kid.n == 43);
    buf_init(&b, KIB(4));
    struct json_out o = json_out_to(&b);
    jwk_write_any(&o, k, kid);
    assert(b.err == E_OK);
    e = json_parse(buf_str(&b), NULL, &v);
    assert(e == E_OK);
    e = jwk_read_any(a, v, NULL, &again);
    assert(e == E_OK && str_eq(again.kid, kid));
    assert(str_eq(str_of(k->spki, k->spki_n), str_of(again.key.spki, again.key.spki_n)));
    e = jwk_thumbprint(a, &again.key, &kid_again);
    assert(e == E_OK && str_eq(kid, kid_again));
    struct pubkey spki;
    e = pubkey_from_spki(str_of(k->spki, k->spki_n), &spki);
    assert(e == E_OK && spki.kind == k->kind);
    json_free(v);
    buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct json *v = NULL;
    struct jwk one;
    struct jwk *set;
    size_t set_n;
    if (crypto_init() != E_OK)
        abort();
    if (json_parse(str_of(p, n), NULL, &v) != E_OK)
        return 0;
    struct arena *a = arena_new(ARENA_MAX);
    assert(a != NULL);
    err_t e = jwk_read_any(a, v, NULL, &one);
    assert(e == E_OK || e == E_BAD_FIELD);
    if (e == E_OK) {
        assert(json_member(v, STR("d")) == NULL && json_member(v, STR("k")) == NULL);
        check_again(a, &one.key);
    }
    e = jwks_read(a, v, NULL, &set, &set_n);
    assert(e == E_OK || e == E_BAD_FIELD);
    for (size_t i = 0; e == E_OK && i < set_n; i++)
        check_again(a, &set[i].key);
    assert(e != E_OK || set_n <= JWKS_MAX);
    json_free(v);
    arena_free(a);
    return 0;
}
