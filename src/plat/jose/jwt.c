/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/jose/jwt.h"

#include "base/enc.h"

static err_t claims_read(struct arena *a, const struct json *v, struct jwt_claims *ret) MUST_USE;

err_t jwt_read(struct arena *a, str_t text, struct jwt *ret)
{
    struct jwt t = { .json = NULL };
    str_t payload = STR_NONE;
    TRY(jws_read(a, text, &t.jws));
    if (t.jws.detached)
        return E_BAD_FIELD;
    TRY(base64url_decode(a, t.jws.payload, &payload));
    err_t e = json_parse(payload, NULL, &t.json);
    if (e != E_OK)
        return e == E_NO_MEMORY ? e : E_BAD_FIELD;
    e = json_type(t.json) == JSON_OBJECT ? claims_read(a, t.json, &t.claims) : E_BAD_FIELD;
    if (e != E_OK) {
        jwt_fini(&t);
        return e;
    }
    t.claims.typ = t.jws.typ;
    *ret = t;
    return E_OK;
}

void jwt_fini(struct jwt *t)
{
    json_free(t->json);
    t->json = NULL;
    t->claims.all = NULL;
}

err_t jwt_verify(const struct jwt *t, const struct pubkey *k)
{
    return jws_check(&t->jws, k);
}

static err_t text_read(struct arena *a, const struct json *v, str_t *ret)
{
    if (json_type(v) != JSON_STRING || json_string(v).n == 0 || json_string(v).n > JWT_NAME_MAX)
        return E_BAD_FIELD;
    return str_copy(a, json_string(v), ret);
}

static err_t claim_text(struct arena *a, const struct json *all, str_t name, str_t *ret)
{
    const struct json *v = json_member(all, name);
    return v == NULL ? E_OK : text_read(a, v, ret);
}

/* RFC 7519 section 2, NumericDate; a fraction of a second is no whole number, and not taken. */
static err_t claim_time(const struct json *all, str_t name, ts_t *ret)
{
    static const int64_t seconds_max = INT64_C(253402300799); /* the end of the year 9999 */
    const struct json *v = json_member(all, name);
    if (v == NULL)
        return E_OK;
    if (json_type(v) != JSON_INT || json_int(v) <= 0 || json_int(v) > seconds_max)
        return E_BAD_FIELD;
    *ret = (ts_t){ json_int(v) * 1000000 };
    return E_OK;
}

/* One audience, or a list of them (RFC 7519 section 4.1.3). */
static err_t claim_aud(struct arena *a, const struct json *all, struct jwt_claims *c)
{
    const struct json *v = json_member(all, STR("aud"));
    bool list = v != NULL && json_type(v) == JSON_ARRAY;
    if (v == NULL)
        return E_OK;
    size_t n = list ? json_count(v) : 1;
    str_t *aud = n > JWT_AUD_MAX ? NULL : ARENA_ARRAY(a, str_t, n + 1);
    if (aud == NULL)
        return n > JWT_AUD_MAX ? E_BAD_FIELD : E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        TRY(text_read(a, list ? json_at(v, i) : v, &aud[i]));
    c->aud = aud;
    c->aud_n = n;
    return E_OK;
}

static err_t claims_read(struct arena *a, const struct json *v, struct jwt_claims *ret)
{
    struct jwt_claims c = { .all = v };
    TRY(claim_text(a, v, STR("iss"), &c.iss));
    TRY(claim_text(a, v, STR("sub"), &c.sub));
    TRY(claim_text(a, v, STR("jti"), &c.jti));
    TRY(claim_aud(a, v, &c));
    TRY(claim_time(v, STR("exp"), &c.exp));
    TRY(claim_time(v, STR("nbf"), &c.nbf));
    TRY(claim_time(v, STR("iat"), &c.iat));
    *ret = c;
    return E_OK;
}

str_t jwt_text(const struct jwt_claims *c, str_t name)
{
    const struct json *v = json_member(c->all, name);
    return v != NULL && json_type(v) == JSON_STRING ? json_string(v) : STR_NONE;
}

/* Media types do not differ by case, and "application/" may be left out (RFC 7515 section 4.1.9).
 */
static bool typ_is(str_t typ, str_t want)
{
    static const str_t prefix = { "application/", 12 };
    if (typ.n > prefix.n && str_eq_nocase(str_sub(typ, 0, prefix.n), prefix))
        typ = str_sub(typ, prefix.n, typ.n);
    return str_eq_nocase(typ, want);
}

static err_t check_typ(const struct jwt_claims *c, const struct jwt_want *want, struct diag *why)
{
    if (want->typ.p == NULL || (c->typ.p == NULL && want->typ_may_miss) ||
        (c->typ.p != NULL && typ_is(c->typ, want->typ)))
        return E_OK;
    return FAIL(why, E_FORBIDDEN, "the token is of another kind: its typ must be %.*s",
                STR_ARG(want->typ));
}

static bool aud_has(const struct jwt_claims *c, str_t want)
{
    for (size_t i = 0; i < c->aud_n; i++) {
        if (str_eq(c->aud[i], want))
            return true;
    }
    return false;
}

static err_t check_aud(const struct jwt_claims *c, const struct jwt_want *want, struct diag *why)
{
    bool any = true;
    for (size_t i = 0; i < JWT_WANT_AUD; i++) {
        if (want->aud[i].p == NULL)
            continue;
        any = false;
        if (aud_has(c, want->aud[i]))
            return E_OK;
    }
    return any ? E_OK : FAIL(why, E_FORBIDDEN, "the token is for another audience (aud)");
}

static err_t check_there(const struct jwt_claims *c, const struct jwt_want *want, struct diag *why)
{
    const struct {
        const char *name;
        bool missing;
    } rows[] = {
        { "sub", want->sub && c->sub.p == NULL },
        { "jti", want->jti && c->jti.p == NULL },
        { "iat", (want->iat || want->age_max.us > 0) && !ts_is_set(c->iat) },
        { "exp", !want->exp_may_miss && !ts_is_set(c->exp) },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].missing)
            return FAIL(why, E_FORBIDDEN, "the token has no %s", rows[i].name);
    }
    return E_OK;
}

static err_t check_times(const struct jwt_claims *c, const struct jwt_want *want, struct diag *why)
{
    const dur_t leeway = JWT_LEEWAY;
    int64_t early = want->now.us - leeway.us;
    int64_t late = want->now.us + leeway.us;
    if (ts_is_set(c->exp) && c->exp.us <= early)
        return FAIL(why, E_FORBIDDEN, "the token has expired");
    if (c->nbf.us > late || c->iat.us > late)
        return FAIL(why, E_FORBIDDEN, "the token is not valid yet: its clock is ahead of ours");
    if (ts_is_set(c->exp) && ts_is_set(c->iat) && c->exp.us <= c->iat.us)
        return FAIL(why, E_FORBIDDEN, "the token ends before it begins (exp, iat)");
    if (want->age_max.us > 0 && c->iat.us + want->age_max.us < early)
        return FAIL(why, E_FORBIDDEN, "the token is too old (iat): make a new one");
    if (want->life_max.us > 0 && ts_is_set(c->exp) && c->exp.us > late + want->life_max.us)
        return FAIL(why, E_FORBIDDEN, "the token lives too long (exp): make a shorter one");
    return E_OK;
}

err_t jwt_check(const struct jwt_claims *c, const struct jwt_want *want, struct diag *why)
{
    TRY(check_typ(c, want, why));
    if (want->iss.p != NULL && !str_eq(c->iss, want->iss))
        return FAIL(why, E_FORBIDDEN, "the token is of another issuer (iss)");
    TRY(check_aud(c, want, why));
    TRY(check_there(c, want, why));
    return check_times(c, want, why);
}
