/* SPDX-License-Identifier: Apache-2.0 */
/* An authenticator made of this house's own keys: what it says, byte by byte (WebAuthn section
 * 6.1), and what a browser says of it. */
#ifndef TESTS_DOMAIN_PASSKEY_DEVICE_H
#define TESTS_DOMAIN_PASSKEY_DEVICE_H

#include "base/enc.h"
#include "check.h"
#include "domain/signin/passkeys.h"
#include "plat/crypto/sign_key.h"

enum { UP = 1, UV = 4, AT = 64 };

struct device {
    struct sign_key *key;
    uint32_t count;
};
static const struct passkey_server device_server = { { "id.example.org", 14 },
                                                     { "https://id.example.org", 22 } };

static inline str_t encoded(struct act *act, str_t bytes)
{
    str_t text = STR_NONE;
    assert_int_equal(base64url_make(act->arena, bytes.p, bytes.n, &text), E_OK);
    return text;
}

static inline str_t client_data(struct act *act, const char *type, str_t challenge,
                                const char *origin)
{
    str_t text = STR_NONE;
    assert_int_equal(str_format(act->arena, &text,
                                "{\"type\":\"%s\",\"challenge\":\"%.*s\",\"origin\":\"%s\"}", type,
                                STR_ARG(challenge), origin),
                     E_OK);
    return text;
}

/* Authenticator data of an Ed25519 key, with the key itself where it is made. */
static inline str_t device_data(struct act *act, struct device *d, int flags)
{
    struct buf b;
    str_t text = STR_NONE;
    digest_t rp = sha256_of(device_server.rp_id);
    const struct pubkey *k = sign_key_public(d->key);
    buf_init(&b, KIB(1));
    buf_add(&b, str_of(rp.b, sizeof rp.b));
    buf_add_byte(&b, (char)flags);
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_add_byte(&b, (char)(d->count >> shift));
    if ((flags & AT) != 0) {
        for (int i = 0; i < 16; i++)
            buf_add_byte(&b, 0);
        buf_add(&b, STR("\0\4key1\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20"));
        buf_add(&b, str_of(k->spki + k->spki_n - 32, 32));
    }
    assert_int_equal(str_copy(act->arena, buf_str(&b), &text), E_OK);
    buf_fini(&b);
    return text;
}

/* Its signature over these data and what the browser says. */
static inline str_t device_proof(struct act *act, const struct device *d, str_t data, str_t client)
{
    uint8_t sig[SIGNATURE_MAX];
    size_t n = 0;
    struct buf b;
    digest_t hash = sha256_of(client);
    buf_init(&b, KIB(1));
    buf_add(&b, data);
    buf_add(&b, str_of(hash.b, sizeof hash.b));
    assert_int_equal(sign_key_sign(d->key, buf_str(&b), sig, &n), E_OK);
    buf_fini(&b);
    return encoded(act, str_of(sig, n));
}

#endif
