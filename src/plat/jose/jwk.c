/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/jose/jwk.h"

#include "base/enc.h"
#include "plat/jose/jwk_rsa.h"

#include <assert.h>

enum { JWK_COORDINATE = 32 };

/* RFC 8037 section 2; RFC 7518 section 6.2.1. */
static const struct jwk_kind {
    enum pubkey_kind kind;
    str_t kty;
    str_t crv;
    size_t coordinates; /* x, or x and y; they end the SPKI */
} kinds[] = {
    { PUBKEY_ED25519, { "OKP", 3 }, { "Ed25519", 7 }, 1 },
    { PUBKEY_P256, { "EC", 2 }, { "P-256", 5 }, 2 },
};

static const struct jwk_kind *jwk_kind_of(const struct pubkey *k)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (kinds[i].kind == k->kind)
            return &kinds[i];
    }
    assert(false);
    return NULL;
}

/* A member that is text; absent when it is missing or something else. */
static str_t jwk_text(const struct json *jwk, str_t name)
{
    const struct json *v = json_member(jwk, name);
    return v != NULL && json_type(v) == JSON_STRING ? json_string(v) : STR_NONE;
}

/* `more`: members beside those of the key itself. */
static err_t jwk_check_names(const struct json *jwk, const struct jwk_kind *kind, size_t more,
                             struct diag *why)
{
    if (json_member(jwk, STR("d")) != NULL)
        return diag_set_field(why, E_BAD_FIELD, "d", "a private key must never be sent");
    if (kind->coordinates == 1 && json_member(jwk, STR("y")) != NULL)
        return diag_set_field(why, E_BAD_FIELD, "y", "an Ed25519 key has no y");
    if (json_count(jwk) != 2 + kind->coordinates + more)
        return diag_set_field(why, E_BAD_FIELD, "",
                              "want the members kty, crv, x%s%s and no others",
                              kind->coordinates == 2 ? ", y" : "", more > 0 ? ", kid, use" : "");
    return E_OK;
}

static err_t jwk_coordinate(const struct json *jwk, const char *name, struct diag *why,
                            uint8_t ret[static JWK_COORDINATE])
{
    str_t text = jwk_text(jwk, str_from_cz(name));
    if (base64url_decode_n(text, ret, JWK_COORDINATE) != E_OK)
        return diag_set_field(why, E_BAD_FIELD, name, "want base64url of %d bytes", JWK_COORDINATE);
    return E_OK;
}

static err_t jwk_read_with(const struct json *jwk, size_t more, struct diag *why,
                           struct pubkey *ret)
{
    if (json_type(jwk) != JSON_OBJECT)
        return FAIL(why, E_BAD_FIELD, "want a JWK object");
    str_t kty = jwk_text(jwk, STR("kty"));
    str_t crv = jwk_text(jwk, STR("crv"));
    const struct jwk_kind *kind = NULL;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (str_eq(kty, kinds[i].kty))
            kind = &kinds[i];
    }
    if (kind == NULL)
        return diag_set_field(why, E_BAD_FIELD, "kty", "want OKP or EC");
    if (!str_eq(crv, kind->crv))
        return diag_set_field(why, E_BAD_FIELD, "crv", "want %.*s", STR_ARG(kind->crv));
    TRY(jwk_check_names(jwk, kind, more, why));

    uint8_t x[JWK_COORDINATE];
    uint8_t y[JWK_COORDINATE];
    TRY(jwk_coordinate(jwk, "x", why, x));
    if (kind->coordinates == 2)
        TRY(jwk_coordinate(jwk, "y", why, y));
    err_t e = pubkey_from_raw(kind->kind, str_of(x, sizeof x),
                              kind->coordinates == 2 ? str_of(y, sizeof y) : STR_NONE, ret);
    if (e == E_BAD_FIELD)
        return diag_set_field(why, e, "x", "not a point of the curve that a key may be");
    return e;
}

err_t jwk_read(const struct json *jwk, struct diag *why, struct pubkey *ret)
{
    return jwk_read_with(jwk, 0, why, ret);
}

err_t jwk_set_key_read(struct arena *a, const struct json *jwk, struct diag *why,
                       struct pubkey *ret, str_t *ret_kid)
{
    struct pubkey k = { .kind = PUBKEY_NONE };
    str_t kid = STR_NONE;
    TRY(jwk_read_with(jwk, 2, why, &k));
    TRY(jwk_thumbprint(a, &k, &kid));
    if (!str_eq(jwk_text(jwk, STR("use")), STR("sig")))
        return diag_set_field(why, E_BAD_FIELD, "use", "want sig");
    if (!str_eq(jwk_text(jwk, STR("kid")), kid))
        return diag_set_field(why, E_BAD_FIELD, "kid", "want the RFC 7638 thumbprint of the key");
    *ret = k;
    *ret_kid = kid;
    return E_OK;
}

/* base64url needs no escaping, so it may go into the buffer as it is. */
static void jwk_put_coordinate(struct json_out *o, str_t name, const struct pubkey *k,
                               size_t from_end)
{
    json_out_name(o, name);
    json_out_raw(o, STR("\""));
    buf_add_base64url(o->b, k->spki + k->spki_n - from_end, JWK_COORDINATE);
    buf_add_byte(o->b, '"');
}

/* The members in byte order; without a kid it is what the thumbprint hashes (RFC 7638 section 3).
 */
static void jwk_put(struct json_out *o, const struct pubkey *k, str_t kid)
{
    const struct jwk_kind *kind = jwk_kind_of(k);
    json_out_open(o, '{');
    JSON_OUT(o, "crv", str, kind->crv);
    if (kid.p != NULL)
        JSON_OUT(o, "kid", str, kid);
    JSON_OUT(o, "kty", str, kind->kty);
    if (kid.p != NULL)
        JSON_OUT(o, "use", str, STR("sig"));
    jwk_put_coordinate(o, STR("x"), k, kind->coordinates * JWK_COORDINATE);
    if (kind->coordinates == 2)
        jwk_put_coordinate(o, STR("y"), k, JWK_COORDINATE);
    json_out_close(o, '}');
}

void jwk_write(struct buf *b, const struct pubkey *k)
{
    struct json_out o = json_out_to(b);
    if (k->kind == PUBKEY_RSA)
        jwk_rsa_put(&o, k, STR_NONE);
    else
        jwk_put(&o, k, STR_NONE);
}

void jwk_set_key_write(struct json_out *o, const struct pubkey *k, str_t kid)
{
    jwk_put(o, k, kid);
}

err_t jwk_thumbprint(struct arena *a, const struct pubkey *k, str_t *ret)
{
    struct buf b;
    buf_init(&b, KIB(1));
    jwk_write(&b, k); /* the members that RFC 7638 section 3.2 names, and no others */
    err_t e = b.err;
    digest_t d = sha256_of(buf_str(&b));
    buf_fini(&b);
    TRY(e);
    return base64url_make(a, d.b, sizeof d.b, ret);
}
