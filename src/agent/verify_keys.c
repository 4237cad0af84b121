/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/verify.h"
#include "base/enc.h"
#include "plat/jose/jwk.h"

#include <assert.h>

static err_t set_keys(struct arena *a, const struct json *list, struct verify_keys *k)
{
    if (list == NULL || json_type(list) != JSON_ARRAY || json_count(list) == 0 ||
        json_count(list) > VERIFY_KEYS_MAX)
        return E_BAD_FIELD;
    for (size_t i = 0; i < json_count(list); i++) {
        str_t kid;
        struct verify_key *to = &k->key[k->count];
        TRY(jwk_set_key_read(a, json_at(list, i), NULL, &to->key, &kid));
        if (to->key.kind != PUBKEY_ED25519 || kid.n != JWS_KID)
            return E_BAD_FIELD;
        memcpy(to->kid, kid.p, JWS_KID);
        k->count++;
    }
    return E_OK;
}

static err_t set_read(struct arena *a, const struct verify_pin *pin, int64_t newest, str_t body,
                      struct verify_keys *ret)
{
    CLEANUP(json_freep) struct json *v = NULL;
    struct verify_keys k = { 0 };
    TRY(json_parse(body, NULL, &v));
    if (json_type(v) != JSON_OBJECT)
        return E_BAD_FIELD;
    const struct json *n = json_member(v, STR("n"));
    const struct json *org = json_member(v, STR("org"));
    if (n == NULL || json_type(n) != JSON_INT || json_int(n) < 1 || json_int(n) < newest ||
        org == NULL || json_type(org) != JSON_STRING || !str_eq(json_string(org), pin->org))
        return E_BAD_FIELD;
    k.n = json_int(n);
    TRY(set_keys(a, json_member(v, STR("keys")), &k));
    *ret = k;
    return E_OK;
}

static err_t set_is_signed(struct arena *a, const struct verify_pin *pin, str_t body,
                           str_t signature)
{
    struct jws j;
    if (signature.p == NULL)
        return E_FORBIDDEN;
    TRY(jws_read(a, signature, &j));
    return jws_verify_detached(&j, &pin->root, body);
}

err_t verify_key_set(struct arena *a, const struct verify_pin *pin, int64_t newest,
                     const struct verify_set *in, enum verify_refusal *ret_refusal,
                     struct verify_keys *ret)
{
    struct verify_keys k;
    err_t e = set_is_signed(a, pin, in->body, in->signature);
    if (e == E_OK)
        e = set_read(a, pin, newest, in->body, &k);
    if (e == E_NO_MEMORY)
        return e;
    *ret_refusal = e == E_OK ? VERIFY_GOOD : VERIFY_KEY_SET_INVALID;
    if (e == E_OK)
        *ret = k;
    return E_OK;
}

void verify_keys_write(struct buf *b, const struct verify_keys *keys)
{
    for (size_t i = 0; i < keys->count; i++) {
        const struct pubkey *k = &keys->key[i].key;
        if (i > 0)
            buf_add_byte(b, ' ');
        /* The raw key ends its SPKI (RFC 8410 section 4). */
        buf_add_base64url(b, k->spki + k->spki_n - ED25519_PUBLIC, ED25519_PUBLIC);
    }
}

err_t verify_keys_read(struct arena *a, int64_t n, str_t text, struct verify_keys *ret)
{
    struct verify_keys k = { .n = n };
    str_t part;
    while (text.n > 0 && str_split(&text, ' ', &part)) {
        uint8_t x[ED25519_PUBLIC];
        str_t kid;
        if (k.count == VERIFY_KEYS_MAX || base64url_decode_n(part, x, sizeof x) != E_OK)
            return E_CORRUPT;
        struct verify_key *to = &k.key[k.count];
        if (pubkey_from_raw(PUBKEY_ED25519, str_of(x, sizeof x), STR_NONE, &to->key) != E_OK)
            return E_CORRUPT;
        TRY(jwk_thumbprint(a, &to->key, &kid));
        assert(kid.n == JWS_KID);
        memcpy(to->kid, kid.p, JWS_KID);
        k.count++;
    }
    *ret = k;
    return E_OK;
}
