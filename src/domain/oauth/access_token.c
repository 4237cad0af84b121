/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/access_token.h"

#include "plat/json/out.h"

enum { PAYLOAD_MAX = 8 * 1024 };

static void put_list(struct json_out *o, str_t name, const str_t *v, size_t n)
{
    json_out_name(o, name);
    json_out_open(o, '[');
    for (size_t i = 0; i < n; i++)
        json_out_str(o, v[i]);
    json_out_close(o, ']');
}

static void put_id(struct json_out *o, str_t name, oid_t id)
{
    if (!oid_is_set(id))
        return;
    json_out_name(o, name);
    json_out_id(o, id);
}

static void put_bound(struct json_out *o, str_t jkt)
{
    if (jkt.p == NULL)
        return;
    json_out_name(o, STR("cnf"));
    json_out_open(o, '{');
    JSON_OUT(o, "jkt", str, jkt);
    json_out_close(o, '}');
}

/* RFC 9068 section 2.2, and what this server needs to find what the token stands on. */
static void put_claims(struct buf *b, str_t issuer, const struct access_claims *c)
{
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    if (c->act.p != NULL)
        JSON_OUT(&o, "act", raw, c->act);
    put_list(&o, STR("aud"), c->aud, c->aud_n);
    if (ts_is_set(c->auth_at))
        JSON_OUT(&o, "auth_time", i64, c->auth_at.us / 1000000);
    JSON_OUT(&o, "client_id", str, c->client_id);
    put_bound(&o, c->dpop_jkt);
    JSON_OUT(&o, "exp", i64, c->exp.us / 1000000);
    put_id(&o, STR("grant"), c->grant);
    JSON_OUT(&o, "iat", i64, c->iat.us / 1000000);
    JSON_OUT(&o, "iss", str, issuer);
    JSON_OUT(&o, "jti", id, c->jti);
    put_id(&o, STR("key"), c->key);
    JSON_OUT(&o, "kind", str, str_from_cz(actor_kind_name(c->kind)));
    JSON_OUT(&o, "org", id, c->org);
    JSON_OUT(&o, "scope", str, c->scope);
    put_id(&o, STR("sid"), c->session);
    JSON_OUT(&o, "sub", id, c->principal);
    json_out_close(&o, '}');
}

err_t access_token_mint(struct issuer *is, str_t issuer, const struct access_claims *c,
                        struct buf *b)
{
    CLEANUP(buf_fini) struct buf payload = { 0 };
    buf_init(&payload, PAYLOAD_MAX);
    put_claims(&payload, issuer, c);
    TRY(payload.err);
    return issuer_sign(is, ISSUER_ES256, STR(ACCESS_TOKEN_TYP), buf_str(&payload), b);
}

/* An id, or nothing: a claim that is there and is no id is E_UNAUTHENTICATED. */
static err_t claim_id(const struct jwt_claims *c, str_t name, oid_t *ret)
{
    str_t text = jwt_text(c, name);
    if (text.p == NULL && json_member(c->all, name) == NULL)
        return E_OK;
    return oid_parse(text, ret) == E_OK ? E_OK : E_UNAUTHENTICATED;
}

static err_t claim_kind(str_t name, enum actor_kind *ret)
{
    static const enum actor_kind kinds[] = { ACTOR_USER, ACTOR_SERVICE, ACTOR_DEVICE };
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (!str_eq(name, str_from_cz(actor_kind_name(kinds[i]))))
            continue;
        *ret = kinds[i];
        return E_OK;
    }
    return E_UNAUTHENTICATED;
}

static err_t claim_copy(struct arena *a, const struct jwt_claims *c, str_t name, str_t *ret)
{
    str_t text = jwt_text(c, name);
    return text.p == NULL ? E_UNAUTHENTICATED : str_copy(a, text, ret);
}

/* A token whose binding is not understood is bound all the same, and to nobody. */
static err_t claim_bound(struct arena *a, const struct jwt_claims *c, str_t *ret)
{
    const struct json *cnf = json_member(c->all, STR("cnf"));
    if (cnf == NULL)
        return E_OK;
    const struct json *jkt = json_type(cnf) == JSON_OBJECT ? json_member(cnf, STR("jkt")) : NULL;
    if (jkt == NULL || json_type(jkt) != JSON_STRING)
        return E_UNAUTHENTICATED;
    return str_copy(a, json_string(jkt), ret);
}

static err_t claim_act(struct arena *a, const struct jwt_claims *c, str_t *ret)
{
    const struct json *v = json_member(c->all, STR("act"));
    CLEANUP(buf_fini) struct buf b = { 0 };
    if (v == NULL)
        return E_OK;
    buf_init(&b, PAYLOAD_MAX);
    json_write(&b, v);
    TRY(b.err);
    return str_copy(a, buf_str(&b), ret);
}

static err_t claims_take(struct arena *a, const struct jwt_claims *c, struct access_claims *ret)
{
    struct access_claims t = { .aud = c->aud, .aud_n = c->aud_n, .iat = c->iat, .exp = c->exp };
    const struct json *auth = json_member(c->all, STR("auth_time"));
    TRY(claim_kind(jwt_text(c, STR("kind")), &t.kind));
    TRY(claim_id(c, STR("sub"), &t.principal));
    TRY(claim_id(c, STR("org"), &t.org));
    TRY(claim_id(c, STR("jti"), &t.jti));
    TRY(claim_id(c, STR("sid"), &t.session));
    TRY(claim_id(c, STR("grant"), &t.grant));
    TRY(claim_id(c, STR("key"), &t.key));
    TRY(claim_copy(a, c, STR("client_id"), &t.client_id));
    TRY(claim_copy(a, c, STR("scope"), &t.scope));
    TRY(claim_bound(a, c, &t.dpop_jkt));
    TRY(claim_act(a, c, &t.act));
    if (auth != NULL && json_type(auth) == JSON_INT)
        t.auth_at = (ts_t){ json_int(auth) * 1000000 };
    if (!oid_is_set(t.principal) || !oid_is_set(t.org))
        return E_UNAUTHENTICATED;
    *ret = t;
    return E_OK;
}

/* The signature first: nothing else of the token is believed before it. */
static err_t token_check(struct issuer *is, const struct jwt *t, const struct access_token_ask *ask,
                         struct diag *why)
{
    struct pubkey key;
    struct diag flaw = { 0 };
    const struct jwt_want want = { .typ = STR(ACCESS_TOKEN_TYP),
                                   .iss = ask->issuer,
                                   .aud = { ask->audience },
                                   .now = ask->now,
                                   .sub = true,
                                   .jti = true,
                                   .iat = true };
    if (issuer_find(is, t->jws.kid, ask->now, &key) != E_OK)
        return FAIL(why, E_UNAUTHENTICATED, "the token is signed by a key that is not ours");
    err_t e = jwt_verify(t, &key);
    if (e == E_FORBIDDEN)
        return FAIL(why, E_UNAUTHENTICATED, "the signature of the token is wrong");
    TRY(e);
    if (jwt_check(&t->claims, &want, &flaw) != E_OK)
        return FAIL(why, E_UNAUTHENTICATED, "%s", flaw.text);
    if (t->claims.exp.us <= ask->now.us) /* our own clock: no leeway */
        return FAIL(why, E_UNAUTHENTICATED, "the token has expired");
    return E_OK;
}

err_t access_token_verify(struct issuer *is, struct arena *a, const struct access_token_ask *ask,
                          struct diag *why, struct access_claims *ret)
{
    CLEANUP(jwt_fini) struct jwt t = { 0 };
    err_t e = jwt_read(a, ask->text, &t);
    if (e == E_BAD_FIELD)
        return FAIL(why, E_UNAUTHENTICATED, "the token is not well-formed");
    TRY(e);
    TRY(token_check(is, &t, ask, why));
    e = claims_take(a, &t.claims, ret);
    return e == E_UNAUTHENTICATED
               ? FAIL(why, e, "the token lacks a claim that this server's own have")
               : e;
}

perms_t scope_perms(str_t scope)
{
    perms_t all = { 0 };
    str_t word = STR_NONE;
    while (str_split(&scope, ' ', &word)) {
        enum role role = ROLE_NONE;
        if (str_eq(word, STR("api")))
            return perms_all();
        if (role_parse(word, &role) == E_OK)
            all.bits |= role_perms(role).bits;
    }
    return all;
}
