/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/jose/jws.h"

#include "base/enc.h"
#include "plat/jose/jwk.h"

#include <assert.h>

/* RFC 8037 section 3.1, RFC 7518 sections 3.4 and 3.3, with the lengths of their signatures. What
 * is signed here has the first name of its kind; Ed25519 is a second one (RFC 9864 section 2.2). */
static const struct jws_alg_row {
    enum pubkey_kind kind;
    str_t name;
    size_t least;
    size_t most;
} algs[] = {
    { PUBKEY_ED25519, { "EdDSA", 5 }, ED25519_SIG, ED25519_SIG },
    { PUBKEY_ED25519, { "Ed25519", 7 }, ED25519_SIG, ED25519_SIG },
    { PUBKEY_P256, { "ES256", 5 }, 64, 64 },
    { PUBKEY_RSA, { "RS256", 5 }, RSA_BYTES_MIN, RSA_BYTES_MAX },
};

enum { JWS_KEY_ARENA = 2048, JWS_SIGN_HEAD = 256 };

static err_t head_read(struct arena *a, str_t head, struct jws *ret) MUST_USE;

err_t jws_key_make(const secret_t *seed, struct jws_key *ret)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(JWS_KEY_ARENA);
    struct jws_key k;
    uint8_t raw[ED25519_PUBLIC];
    str_t kid;
    if (a == NULL)
        return E_NO_MEMORY;
    ed25519_pair(seed, &k.pair);
    ed25519_public(seed, raw);
    err_t e = pubkey_from_raw(PUBKEY_ED25519, str_of(raw, sizeof raw), STR_NONE, &k.public);
    if (e == E_OK)
        e = jwk_thumbprint(a, &k.public, &kid);
    if (e == E_OK) {
        assert(kid.n == JWS_KID);
        memcpy(k.kid, kid.p, JWS_KID);
        *ret = k;
    }
    jws_key_fini(&k);
    return e;
}

void jws_key_fini(struct jws_key *k)
{
    secret_wipe(&k->pair);
}

/* Sign what stands in the buffer from `from` on, and put the signature behind it. */
static void sign_from(struct buf *b, const struct jws_key *k, size_t from)
{
    uint8_t signature[ED25519_SIG];
    if (b->err != E_OK)
        return;
    ed25519_sign(&k->pair, str_of(b->p + from, b->n - from), signature);
    buf_add_byte(b, '.');
    buf_add_base64url(b, signature, sizeof signature);
}

void jws_sign_detached(struct buf *b, const struct jws_key *k, str_t bytes)
{
    char head[JWS_SIGN_HEAD];
    int n = snprintf(head, sizeof head,
                     "{\"alg\":\"EdDSA\",\"b64\":false,\"crit\":[\"b64\"],\"kid\":\"%.*s\"}",
                     JWS_KID, k->kid);
    assert(n > 0 && n < (int)sizeof head);
    struct buf input; /* RFC 7797 section 3: the header, a dot, and the bytes */
    buf_init(&input, bytes.n + JWS_HEAD_MAX);
    buf_add_base64url(&input, head, (size_t)n);
    buf_add(b, buf_str(&input));
    buf_add_byte(b, '.');
    buf_add_byte(&input, '.');
    buf_add(&input, bytes);
    size_t signed_n = input.n;
    sign_from(&input, k, 0);
    if (input.err == E_OK)
        buf_add(b, str_sub(buf_str(&input), signed_n, input.n));
    else if (b->err == E_OK)
        b->err = input.err;
    buf_fini(&input);
}

void jws_sign(struct buf *b, const struct jws_key *k, str_t typ, str_t payload)
{
    char head[JWS_SIGN_HEAD];
    int n = snprintf(head, sizeof head, "{\"alg\":\"EdDSA\",\"kid\":\"%.*s\",\"typ\":\"%.*s\"}",
                     JWS_KID, k->kid, STR_ARG(typ));
    assert(n > 0 && n < (int)sizeof head);
    size_t from = b->n;
    buf_add_base64url(b, head, (size_t)n);
    buf_add_byte(b, '.');
    buf_add_base64url(b, payload.p, payload.n);
    sign_from(b, k, from);
}

str_t jws_alg(enum pubkey_kind kind)
{
    for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
        if (algs[i].kind == kind)
            return algs[i].name;
    }
    assert(false);
    return STR_NONE;
}

bool jws_alg_is_of(str_t alg, enum pubkey_kind kind)
{
    for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
        if (algs[i].kind == kind && str_eq(algs[i].name, alg))
            return true;
    }
    return false;
}

void jws_sign_with(struct buf *b, const struct sign_key *k, str_t kid, str_t typ, str_t payload)
{
    char head[JWS_SIGN_HEAD];
    uint8_t signature[SIGNATURE_MAX];
    size_t signature_n = 0;
    int n = snprintf(head, sizeof head, "{\"alg\":\"%.*s\",\"kid\":\"%.*s\",\"typ\":\"%.*s\"}",
                     STR_ARG(jws_alg(sign_key_public(k)->kind)), STR_ARG(kid), STR_ARG(typ));
    assert(n > 0 && n < (int)sizeof head);
    size_t from = b->n;
    buf_add_base64url(b, head, (size_t)n);
    buf_add_byte(b, '.');
    buf_add_base64url(b, payload.p, payload.n);
    if (b->err == E_OK)
        b->err = sign_key_sign(k, str_of(b->p + from, b->n - from), signature, &signature_n);
    buf_add_byte(b, '.');
    buf_add_base64url(b, signature, signature_n);
}

/* A length that the algorithm has; with one that is not known here nothing verifies. */
static bool signature_fits(const struct jws *j)
{
    for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
        if (str_eq(algs[i].name, j->alg))
            return j->signature.n >= algs[i].least && j->signature.n <= algs[i].most;
    }
    return j->signature.n > 0 && j->signature.n <= RSA_BYTES_MAX;
}

err_t jws_read(struct arena *a, str_t text, struct jws *ret)
{
    struct jws j = { 0 };
    str_t rest = text;
    str_t signature = STR_NONE;
    if (text.n > JWS_TEXT_MAX || !str_split(&rest, '.', &j.head) ||
        !str_split(&rest, '.', &j.payload) || !str_split(&rest, '.', &signature) || rest.p != NULL)
        return E_BAD_FIELD;
    if (j.head.n > JWS_HEAD_MAX)
        return E_BAD_FIELD;
    TRY(base64url_decode(a, signature, &j.signature));
    TRY(head_read(a, j.head, &j));
    if (!signature_fits(&j))
        return E_BAD_FIELD;
    if (j.detached && j.payload.n > 0) /* RFC 7797 section 5.2 allows it; nobody here sends it */
        return E_BAD_FIELD;
    *ret = j;
    return E_OK;
}

/* Every extension that must be understood: b64, which must be marked so (RFC 7797 section 6). */
static err_t head_critical(const struct json *head, bool *ret_detached)
{
    const struct json *b64 = json_member(head, STR("b64"));
    const struct json *crit = json_member(head, STR("crit"));
    if (b64 == NULL && crit == NULL) {
        *ret_detached = false;
        return E_OK;
    }
    if (b64 == NULL || json_type(b64) != JSON_BOOL || json_bool(b64))
        return E_BAD_FIELD;
    if (crit == NULL || json_type(crit) != JSON_ARRAY || json_count(crit) != 1)
        return E_BAD_FIELD;
    const struct json *only = json_at(crit, 0);
    if (json_type(only) != JSON_STRING || !str_eq(json_string(only), STR("b64")))
        return E_BAD_FIELD;
    *ret_detached = true;
    return E_OK;
}

static err_t head_name(struct arena *a, const struct json *head, str_t name, str_t *ret)
{
    const struct json *v = json_member(head, name);
    if (v == NULL)
        return E_OK;
    if (json_type(v) != JSON_STRING)
        return E_BAD_FIELD;
    str_t text = json_string(v);
    if (text.n == 0 || text.n > JWS_NAME_MAX)
        return E_BAD_FIELD;
    return str_copy(a, text, ret);
}

/* Members that are not known and not critical are nobody's business (RFC 7515 section 4); a key
 * that a header brings along is one of them. */
static err_t head_read(struct arena *a, str_t head, struct jws *ret)
{
    str_t text = STR_NONE;
    CLEANUP(json_freep) struct json *v = NULL;
    TRY(base64url_decode(a, head, &text));
    err_t e = json_parse(text, NULL, &v);
    if (e != E_OK)
        return e == E_NO_MEMORY ? e : E_BAD_FIELD;
    if (json_type(v) != JSON_OBJECT)
        return E_BAD_FIELD;
    TRY(head_critical(v, &ret->detached));
    TRY(head_name(a, v, STR("alg"), &ret->alg));
    TRY(head_name(a, v, STR("kid"), &ret->kid));
    TRY(head_name(a, v, STR("typ"), &ret->typ));
    return ret->alg.p != NULL ? E_OK : E_BAD_FIELD;
}

/* The signing input is the header, a dot and `payload` (RFC 7515 section 5.2, RFC 7797 section 3).
 */
static err_t check(const struct jws *j, const struct pubkey *k, str_t payload)
{
    struct buf input;
    if (!jws_alg_is_of(j->alg, k->kind))
        return E_FORBIDDEN;
    buf_init(&input, j->head.n + 1 + payload.n);
    buf_add(&input, j->head);
    buf_add_byte(&input, '.');
    buf_add(&input, payload);
    err_t e = input.err;
    if (e == E_OK)
        e = pubkey_verify(k, buf_str(&input), j->signature);
    buf_fini(&input);
    return e;
}

err_t jws_check(const struct jws *j, const struct pubkey *k)
{
    return j->detached ? E_FORBIDDEN : check(j, k, j->payload);
}

err_t jws_verify(struct arena *a, const struct jws *j, const struct pubkey *k, str_t *ret_payload)
{
    str_t payload = STR_NONE;
    TRY(jws_check(j, k));
    err_t e = base64url_decode(a, j->payload, &payload);
    if (e != E_OK)
        return e == E_NO_MEMORY ? e : E_FORBIDDEN;
    *ret_payload = payload;
    return E_OK;
}

err_t jws_verify_detached(const struct jws *j, const struct pubkey *k, str_t bytes)
{
    return j->detached ? check(j, k, bytes) : E_FORBIDDEN;
}
