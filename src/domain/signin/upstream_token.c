/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/signin/upstream_token.h"

#include "plat/jose/jwk.h"

#define LOGOUT_EVENT   STR("http://schemas.openid.net/event/backchannel-logout")
#define LOGOUT_AGE_MAX DUR_S(300)

/* Want of memory is ours; whatever else is wrong proves nothing. */
static err_t not_proven(struct diag *why, err_t e, const char *text)
{
    return e == E_OK || e == E_NO_MEMORY ? e : FAIL(why, E_FORBIDDEN, "%s", text);
}

/* Nothing of its claims is looked at yet. */
err_t upstream_jwt_open(struct arena *a, str_t text, str_t jwks, struct diag *why, struct jwt *ret)
{
    CLEANUP(json_freep) struct json *set = NULL;
    struct jwk *keys = NULL;
    size_t n = 0;
    TRY(not_proven(why, jwt_read(a, text, ret), "the issuer's token is none"));
    err_t e = json_parse(jwks, NULL, &set);
    if (e == E_OK)
        e = jwks_read(a, set, why, &keys, &n);
    TRY(not_proven(why, e, "the issuer's key set cannot be read"));
    const struct jwk *key = jwks_find(keys, n, ret->jws.kid, ret->jws.alg);
    if (key == NULL)
        return FAIL(why, E_NOT_FOUND, "the issuer has no such key");
    return not_proven(why, jwt_verify(ret, &key->key),
                      "the issuer's token is not signed by its key");
}

static err_t copy_claim(struct arena *a, const struct jwt_claims *c, str_t name, str_t *ret)
{
    str_t v = jwt_text(c, name);
    return v.p == NULL ? E_OK : str_copy(a, v, ret);
}

/* A list of texts, or one text. */
static err_t copy_groups(struct arena *a, const struct jwt_claims *c, str_t name,
                         struct upstream_identity *who)
{
    const struct json *v = name.n > 0 ? json_member(c->all, name) : NULL;
    bool list = v != NULL && json_type(v) == JSON_ARRAY;
    size_t n = list ? json_count(v) : 1;
    if (v == NULL || (!list && json_type(v) != JSON_STRING))
        return E_OK;
    n = n < UPSTREAM_GROUPS_MAX ? n : UPSTREAM_GROUPS_MAX;
    str_t *out = ARENA_ARRAY(a, str_t, n + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const struct json *one = list ? json_at(v, i) : v;
        if (json_type(one) == JSON_STRING)
            TRY(str_copy(a, json_string(one), &out[who->groups_n++]));
    }
    who->groups = out;
    return E_OK;
}

err_t upstream_identity_of(struct arena *a, const struct jwt_claims *c, str_t groups_claim,
                           struct upstream_identity *ret)
{
    struct upstream_identity who = { .exp = c->exp };
    const struct json *verified = json_member(c->all, STR("email_verified"));
    TRY(str_copy(a, c->sub, &who.sub));
    TRY(copy_claim(a, c, STR("sid"), &who.sid));
    TRY(copy_claim(a, c, STR("preferred_username"), &who.username));
    TRY(copy_claim(a, c, STR("name"), &who.name));
    TRY(copy_claim(a, c, STR("email"), &who.email));
    who.email_verified =
        verified != NULL && json_type(verified) == JSON_BOOL && json_bool(verified);
    TRY(copy_groups(a, c, groups_claim, &who));
    *ret = who;
    return E_OK;
}

/* OpenID Connect Core section 3.1.3.7: azp where there are several audiences, our nonce. */
static err_t check_id_token(const struct jwt_claims *c, const struct upstream_expect *want,
                            struct diag *why)
{
    const struct jwt_want rules = { .typ = STR("JWT"),
                                    .typ_may_miss = true,
                                    .iss = want->issuer,
                                    .aud = { want->audience },
                                    .now = want->now,
                                    .sub = true,
                                    .iat = true };
    str_t azp = jwt_text(c, STR("azp"));
    TRY(jwt_check(c, &rules, why));
    if ((c->aud_n > 1 && azp.p == NULL) || (azp.p != NULL && !str_eq(azp, want->audience)))
        return FAIL(why, E_FORBIDDEN, "the issuer's token is for another client");
    if (want->nonce.n == 0 || !str_eq(jwt_text(c, STR("nonce")), want->nonce))
        return FAIL(why, E_FORBIDDEN, "the issuer's token has another nonce");
    return E_OK;
}

err_t upstream_id_token(struct arena *a, str_t text, str_t jwks, const struct upstream_expect *want,
                        struct diag *why, struct upstream_identity *ret)
{
    CLEANUP(jwt_fini) struct jwt t = { 0 };
    TRY(upstream_jwt_open(a, text, jwks, why, &t));
    TRY(check_id_token(&t.claims, want, why));
    return upstream_identity_of(a, &t.claims, want->groups_claim, ret);
}

/* An id_token has no business here: it has a nonce, and is for a client. at+jwt is RFC 9068's typ,
 * JWT what most issuers still write. */
static err_t check_access_token(const struct jwt_claims *c, const struct upstream_expect *want,
                                struct diag *why)
{
    const struct jwt_want rules = {
        .iss = want->issuer, .aud = { want->audience }, .now = want->now, .sub = true
    };
    bool typed = c->typ.p == NULL || str_eq_nocase(c->typ, STR("at+jwt")) ||
                 str_eq_nocase(c->typ, STR("application/at+jwt")) ||
                 str_eq_nocase(c->typ, STR("JWT"));
    TRY(jwt_check(c, &rules, why));
    if (!typed || jwt_text(c, STR("nonce")).p != NULL || json_member(c->all, STR("events")) != NULL)
        return FAIL(why, E_FORBIDDEN, "the issuer's token is no access token");
    return E_OK;
}

err_t upstream_access_token(struct arena *a, str_t text, str_t jwks,
                            const struct upstream_expect *want, struct diag *why,
                            struct upstream_identity *ret)
{
    CLEANUP(jwt_fini) struct jwt t = { 0 };
    TRY(upstream_jwt_open(a, text, jwks, why, &t));
    TRY(check_access_token(&t.claims, want, why));
    return upstream_identity_of(a, &t.claims, want->groups_claim, ret);
}

static err_t check_logout_token(const struct jwt_claims *c, const struct upstream_expect *want,
                                struct diag *why)
{
    /* Older issuers write no typ, or JWT; another use's is refused by `events`. */
    const struct jwt_want rules = { .iss = want->issuer,
                                    .aud = { want->audience },
                                    .now = want->now,
                                    .exp_may_miss = true,
                                    .jti = true,
                                    .iat = true,
                                    .age_max = LOGOUT_AGE_MAX };
    bool typed = c->typ.p == NULL || str_eq_nocase(c->typ, STR("logout+jwt")) ||
                 str_eq_nocase(c->typ, STR("application/logout+jwt")) ||
                 str_eq_nocase(c->typ, STR("JWT"));
    const struct json *events = json_member(c->all, STR("events"));
    const struct json *event = events != NULL && json_type(events) == JSON_OBJECT
                                   ? json_member(events, LOGOUT_EVENT)
                                   : NULL;
    TRY(jwt_check(c, &rules, why));
    if (!typed || event == NULL || json_type(event) != JSON_OBJECT ||
        json_member(c->all, STR("nonce")) != NULL)
        return FAIL(why, E_FORBIDDEN, "the issuer's token is no logout token");
    if (c->sub.n == 0 && jwt_text(c, STR("sid")).n == 0)
        return FAIL(why, E_FORBIDDEN, "the logout token says neither sub nor sid");
    return E_OK;
}

err_t upstream_logout_token(struct arena *a, str_t text, str_t jwks,
                            const struct upstream_expect *want, struct diag *why,
                            struct upstream_gone *ret)
{
    CLEANUP(jwt_fini) struct jwt t = { 0 };
    struct upstream_gone gone = { .exp = ts_add(want->now, LOGOUT_AGE_MAX) };
    TRY(upstream_jwt_open(a, text, jwks, why, &t));
    TRY(check_logout_token(&t.claims, want, why));
    if (t.claims.sub.p != NULL)
        TRY(str_copy(a, t.claims.sub, &gone.sub));
    TRY(copy_claim(a, &t.claims, STR("sid"), &gone.sid));
    TRY(str_copy(a, t.claims.jti, &gone.jti));
    *ret = gone;
    return E_OK;
}
