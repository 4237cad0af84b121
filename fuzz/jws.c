/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signature as it comes from outside. What is read is the text again, part by part; what does not
 * carry the known key's signature never verifies, and what is signed anew does.
 */
#include "plat/jose/jws.h"
#include "base/enc.h"

#include <assert.h>

enum { ARENA_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* RFC 8032 section 7.1, test 1: the key of RFC 8037's examples, whose signatures are in the corpus.
 */
static void key_make(struct jws_key *ret)
{
    static const char seed[] = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    secret_t s = { .n = ED25519_SEED };
    err_t e = hex_decode(str_from_cz(seed), s.b, s.n);
    assert(e == E_OK);
    e = jws_key_make(&s, ret);
    assert(e == E_OK);
}

/* One spelling: the parts are the text. */
static void check_parts(const struct jws *j, str_t text)
{
    struct buf b;
    buf_init(&b, JWS_TEXT_MAX);
    buf_add(&b, j->head);
    buf_add_byte(&b, '.');
    buf_add(&b, j->payload);
    buf_add_byte(&b, '.');
    buf_add_base64url(&b, j->signature.p, j->signature.n);
    assert(b.err == E_OK && str_eq(buf_str(&b), text));
    buf_fini(&b);
}

static void check_signing(struct arena *a, const struct jws_key *k, str_t bytes)
{
    struct buf b;
    struct jws j;
    str_t payload;
    buf_init(&b, JWS_TEXT_MAX);
    jws_sign(&b, k, STR("t"), bytes);
    if (b.err == E_OK) {
        err_t e = jws_read(a, buf_str(&b), &j);
        assert(e == E_OK && !j.detached);
        e = jws_verify(a, &j, &k->public, &payload);
        assert(e == E_OK && str_eq(payload, bytes));
    }
    buf_clear(&b);
    jws_sign_detached(&b, k, bytes);
    err_t e = jws_read(a, buf_str(&b), &j);
    assert(e == E_OK && j.detached);
    e = jws_verify_detached(&j, &k->public, bytes);
    assert(e == E_OK);
    buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct jws_key k;
    struct jws j;
    str_t text = str_of(p, n);
    str_t payload;
    if (crypto_init() != E_OK)
        abort();
    key_make(&k);
    struct arena *a = arena_new(ARENA_MAX);
    assert(a != NULL);
    check_signing(a, &k, text);
    err_t e = jws_read(a, text, &j);
    assert(e == E_OK || e == E_BAD_FIELD);
    if (e == E_OK) {
        check_parts(&j, text);
        assert(j.head.n > 0 && j.alg.n > 0 && (!j.detached || j.payload.n == 0));
        e = jws_verify(a, &j, &k.public, &payload);
        assert(e == E_FORBIDDEN || !j.detached);
        assert(e != E_OK || str_eq(j.alg, STR("EdDSA")));
        e = jws_verify_detached(&j, &k.public, STR("bytes that the corpus has no signature of"));
        assert(e == E_FORBIDDEN);
    }
    arena_free(a);
    return 0;
}
