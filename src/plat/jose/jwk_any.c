/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of others, and of this issuer for others: RSA too, and members that this house knows nothing
 * of. */
#include "base/enc.h"
#include "plat/jose/jwk_rsa.h"
#include "plat/jose/jws.h"

#include <assert.h>

enum { COORDINATE = 32 };

/* Of a private key, and of a symmetric one (RFC 7518 sections 6.2.2, 6.3.2, 6.4.1). */
static const char *const private_members[] = { "d", "p", "q", "dp", "dq", "qi", "oth", "k" };

static str_t text_of(const struct json *jwk, const char *name)
{
    const struct json *v = json_member(jwk, str_from_cz(name));
    return v != NULL && json_type(v) == JSON_STRING ? json_string(v) : STR_NONE;
}

/* A big-endian number without leading zeros (RFC 7518 section 2, Base64urlUInt). */
static err_t number_read(struct arena *a, const struct json *jwk, const char *name,
                         struct diag *why, str_t *ret)
{
    str_t text = text_of(jwk, name);
    err_t e = text.n == 0 || text.n > 2 * (size_t)RSA_BYTES_MAX ? E_BAD_FIELD
                                                                : base64url_decode(a, text, ret);
    return e == E_BAD_FIELD ? diag_set_field(why, e, name, "want base64url of a number") : e;
}

err_t jwk_rsa_read(struct arena *a, const struct json *jwk, struct diag *why, struct pubkey *ret)
{
    str_t n = STR_NONE;
    str_t exponent = STR_NONE;
    TRY(number_read(a, jwk, "n", why, &n));
    TRY(number_read(a, jwk, "e", why, &exponent));
    err_t e = pubkey_from_rsa(n, exponent, ret);
    if (e == E_BAD_FIELD)
        return diag_set_field(why, e, "n",
                              "want RSA of 2048 to 4096 bits with an odd exponent from 65537 on");
    return e;
}

static void put_number(struct json_out *o, str_t name, const uint8_t *bytes, size_t n)
{
    json_out_name(o, name);
    json_out_raw(o, STR("\""));
    buf_add_base64url(o->b, bytes, n);
    buf_add_byte(o->b, '"');
}

void jwk_rsa_put(struct json_out *o, const struct pubkey *k, str_t kid)
{
    struct pubkey_rsa raw;
    err_t e = pubkey_rsa(k, &raw);
    if (e != E_OK) {
        o->b->err = e;
        return;
    }
    json_out_open(o, '{');
    if (kid.p != NULL)
        JSON_OUT(o, "alg", str, jws_alg(k->kind));
    put_number(o, STR("e"), raw.e, raw.e_n);
    if (kid.p != NULL)
        JSON_OUT(o, "kid", str, kid);
    JSON_OUT(o, "kty", str, STR("RSA"));
    put_number(o, STR("n"), raw.n, raw.n_n);
    if (kid.p != NULL)
        JSON_OUT(o, "use", str, STR("sig"));
    json_out_close(o, '}');
}

/* The coordinates end the SPKI. */
static void put_coordinate(struct json_out *o, str_t name, const struct pubkey *k, size_t from_end)
{
    put_number(o, name, k->spki + k->spki_n - from_end, COORDINATE);
}

void jwk_write_any(struct json_out *o, const struct pubkey *k, str_t kid)
{
    bool p256 = k->kind == PUBKEY_P256;
    if (k->kind == PUBKEY_RSA) {
        jwk_rsa_put(o, k, kid);
        return;
    }
    assert(p256 || k->kind == PUBKEY_ED25519);
    json_out_open(o, '{');
    JSON_OUT(o, "alg", str, jws_alg(k->kind));
    JSON_OUT(o, "crv", str, p256 ? STR("P-256") : STR("Ed25519"));
    JSON_OUT(o, "kid", str, kid);
    JSON_OUT(o, "kty", str, p256 ? STR("EC") : STR("OKP"));
    JSON_OUT(o, "use", str, STR("sig"));
    put_coordinate(o, STR("x"), k, p256 ? (size_t)2 * COORDINATE : COORDINATE);
    if (p256)
        put_coordinate(o, STR("y"), k, COORDINATE);
    json_out_close(o, '}');
}

static err_t curve_read(const struct json *jwk, enum pubkey_kind kind, struct diag *why,
                        struct pubkey *ret)
{
    uint8_t x[COORDINATE];
    uint8_t y[COORDINATE];
    bool p256 = kind == PUBKEY_P256;
    if (!str_eq(text_of(jwk, "crv"), p256 ? STR("P-256") : STR("Ed25519")))
        return diag_set_field(why, E_BAD_FIELD, "crv", "want %s", p256 ? "P-256" : "Ed25519");
    if (base64url_decode_n(text_of(jwk, "x"), x, sizeof x) != E_OK)
        return diag_set_field(why, E_BAD_FIELD, "x", "want base64url of %d bytes", COORDINATE);
    if (p256 && base64url_decode_n(text_of(jwk, "y"), y, sizeof y) != E_OK)
        return diag_set_field(why, E_BAD_FIELD, "y", "want base64url of %d bytes", COORDINATE);
    err_t e =
        pubkey_from_raw(kind, str_of(x, sizeof x), p256 ? str_of(y, sizeof y) : STR_NONE, ret);
    if (e == E_BAD_FIELD)
        return diag_set_field(why, e, "x", "not a point of the curve that a key may be");
    return e;
}

static err_t key_read(struct arena *a, const struct json *jwk, struct diag *why, struct pubkey *ret)
{
    str_t kty = text_of(jwk, "kty");
    if (str_eq(kty, STR("RSA")))
        return jwk_rsa_read(a, jwk, why, ret);
    if (str_eq(kty, STR("EC")))
        return curve_read(jwk, PUBKEY_P256, why, ret);
    if (str_eq(kty, STR("OKP")))
        return curve_read(jwk, PUBKEY_ED25519, why, ret);
    return diag_set_field(why, E_BAD_FIELD, "kty", "want RSA, EC or OKP");
}

/* RFC 7517 section 4.3: what the key may do, if it says so. */
static bool may_verify(const struct json *jwk)
{
    const struct json *ops = json_member(jwk, STR("key_ops"));
    if (ops == NULL)
        return true;
    if (json_type(ops) != JSON_ARRAY)
        return false;
    for (size_t i = 0; i < json_count(ops); i++) {
        const struct json *op = json_at(ops, i);
        if (json_type(op) == JSON_STRING && str_eq(json_string(op), STR("verify")))
            return true;
    }
    return false;
}

static bool is_private(const struct json *jwk)
{
    for (size_t i = 0; i < ARRAY_LEN(private_members); i++) {
        if (json_member(jwk, str_from_cz(private_members[i])) != NULL)
            return true;
    }
    return false;
}

/* A member that is absent, or this text. */
static bool says(const struct json *jwk, str_t name, str_t want)
{
    const struct json *v = json_member(jwk, name);
    return v == NULL || (json_type(v) == JSON_STRING && str_eq(json_string(v), want));
}

static bool says_alg(const struct json *jwk, enum pubkey_kind kind)
{
    const struct json *v = json_member(jwk, STR("alg"));
    return v == NULL || (json_type(v) == JSON_STRING && jws_alg_is_of(json_string(v), kind));
}

err_t jwk_read_any(struct arena *a, const struct json *jwk, struct diag *why, struct jwk *ret)
{
    struct jwk k = { .kid = STR_NONE };
    if (json_type(jwk) != JSON_OBJECT)
        return FAIL(why, E_BAD_FIELD, "want a JWK object");
    if (is_private(jwk))
        return diag_set_field(why, E_BAD_FIELD, "d", "a private key must never be sent");
    TRY(key_read(a, jwk, why, &k.key));
    if (!says(jwk, STR("use"), STR("sig")))
        return diag_set_field(why, E_BAD_FIELD, "use", "want sig");
    if (!may_verify(jwk))
        return diag_set_field(why, E_BAD_FIELD, "key_ops", "want verify among them");
    if (!says_alg(jwk, k.key.kind))
        return diag_set_field(why, E_BAD_FIELD, "alg", "want %.*s of a key of this kind",
                              STR_ARG(jws_alg(k.key.kind)));
    const struct json *kid = json_member(jwk, STR("kid"));
    if (kid != NULL) {
        if (json_type(kid) != JSON_STRING || json_string(kid).n > JWK_KID_MAX)
            return diag_set_field(why, E_BAD_FIELD, "kid", "want text of at most %d bytes",
                                  JWK_KID_MAX);
        TRY(str_copy(a, json_string(kid), &k.kid));
    }
    *ret = k;
    return E_OK;
}

err_t jwks_read(struct arena *a, const struct json *set, struct diag *why, struct jwk **ret,
                size_t *ret_n)
{
    const struct json *keys = json_type(set) == JSON_OBJECT ? json_member(set, STR("keys")) : NULL;
    if (keys == NULL || json_type(keys) != JSON_ARRAY)
        return diag_set_field(why, E_BAD_FIELD, "keys", "want {\"keys\":[...]} (RFC 7517)");
    size_t most = json_count(keys) < JWKS_MAX ? json_count(keys) : JWKS_MAX;
    struct jwk *all = ARENA_ARRAY(a, struct jwk, most + 1);
    size_t n = 0;
    if (all == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < most; i++) {
        const struct json *jwk = json_at(keys, i);
        if (json_type(jwk) == JSON_OBJECT && is_private(jwk))
            return diag_set_field(why, E_BAD_FIELD, "keys", "a private key must never be sent");
        err_t e = jwk_read_any(a, jwk, NULL, &all[n]);
        if (e == E_NO_MEMORY)
            return e;
        if (e == E_OK)
            n++;
    }
    *ret = all;
    *ret_n = n;
    return E_OK;
}

const struct jwk *jwks_find(const struct jwk *keys, size_t n, str_t kid, str_t alg)
{
    const struct jwk *found = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!jws_alg_is_of(alg, keys[i].key.kind) || (kid.p != NULL && !str_eq(keys[i].kid, kid)))
            continue;
        if (found != NULL)
            return NULL; /* which one was meant is not said */
        found = &keys[i];
    }
    return found;
}
