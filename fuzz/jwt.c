/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token as it comes from outside. What is read has one spelling and times that fit; what the
 * known key did not sign never verifies; and the input as claims, signed by that key, is read as it
 * was written.
 */
#include "plat/jose/jwt.h"
#include "base/enc.h"

#include <assert.h>

enum { ARENA_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* RFC 8032 section 7.1, test 1, in the form of RFC 8410. */
static struct sign_key *key_make(void)
{
    static const char der[] = "302e020100300506032b657004220420"
                              "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    uint8_t bytes[48];
    struct sign_key *k = NULL;
    err_t e = hex_decode(str_from_cz(der), bytes, sizeof bytes);
    assert(e == E_OK);
    e = sign_key_read(str_of(bytes, sizeof bytes), &k);
    assert(e == E_OK);
    return k;
}

static void check_claims(const struct jwt_claims *c)
{
    const ts_t times[] = { c->exp, c->nbf, c->iat };
    const struct jwt_want want = { .iss = STR("i"), .aud = { STR("a") }, .now = { 1 } };
    for (size_t i = 0; i < ARRAY_LEN(times); i++)
        assert(times[i].us >= 0 && times[i].us % 1000000 == 0);
    assert(c->aud_n <= JWT_AUD_MAX && c->iss.n <= JWT_NAME_MAX && c->sub.n <= JWT_NAME_MAX);
    if (jwt_check(c, &want, NULL) != E_OK)
        return;
    assert(str_eq(c->iss, STR("i")) && c->aud_n > 0 && ts_is_set(c->exp));
    assert(c->exp.us > c->iat.us || !ts_is_set(c->iat));
}

static void check_signed(struct arena *a, const struct sign_key *k, str_t claims)
{
    struct buf b;
    struct jwt t;
    buf_init(&b, JWT_TEXT_MAX);
    jws_sign_with(&b, k, STR("kid"), STR("t"), claims);
    if (b.err == E_OK && jwt_read(a, buf_str(&b), &t) == E_OK) {
        err_t e = jwt_verify(&t, sign_key_public(k));
        assert(e == E_OK);
        check_claims(&t.claims);
        jwt_fini(&t);
    }
    buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct jwt t = { 0 };
    str_t text = str_of(p, n);
    if (crypto_init() != E_OK)
        abort();
    struct sign_key *k = key_make();
    struct arena *a = arena_new(ARENA_MAX);
    assert(a != NULL);
    err_t e = jwt_read(a, text, &t);
    assert(e == E_OK || e == E_BAD_FIELD);
    if (e == E_OK) {
        assert(n <= JWT_TEXT_MAX && !t.jws.detached);
        e = jwt_verify(&t, sign_key_public(k));
        assert(e == E_FORBIDDEN || (e == E_OK && str_eq(t.jws.alg, STR("EdDSA"))));
        check_claims(&t.claims);
        jwt_fini(&t);
    }
    check_signed(a, k, text);
    arena_free(a);
    sign_key_free(k);
    return 0;
}
