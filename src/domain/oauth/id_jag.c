/* SPDX-License-Identifier: Apache-2.0 */
/* Identity assertions that come here: signed by whom we sign people in by, or by ourselves. */
#include "domain/oauth/id_jag.h"

static err_t refused(struct act *act, const char *text)
{
    act_clear_why(act);
    return FAIL(&act->why, E_INVALID_GRANT, "the identity assertion %s", text);
}

err_t id_jag_look(struct arena *a, str_t text, struct id_jag_look *ret)
{
    CLEANUP(jwt_fini) struct jwt t = { 0 };
    struct id_jag_look look = { .is = false };
    err_t e = jwt_read(a, text, &t);
    if (e == E_NO_MEMORY)
        return e;
    if (e == E_OK) {
        str_t client = jwt_text(&t.claims, STR("client_id"));
        str_t typ = t.claims.typ;
        look.is = typ.p != NULL && (str_eq_nocase(typ, STR(ID_JAG_TYP)) ||
                                    str_eq_nocase(typ, STR("application/" ID_JAG_TYP)));
        if (t.claims.iss.p != NULL)
            TRY(str_copy(a, t.claims.iss, &look.iss));
        if (client.p != NULL)
            TRY(str_copy(a, client, &look.client_id));
    }
    *ret = look;
    return E_OK;
}

static err_t open_own(struct act *act, struct issuer *is, str_t text, struct jwt *t)
{
    struct pubkey key;
    err_t e = jwt_read(act->arena, text, t);
    if (e == E_OK)
        e = issuer_find(is, t->jws.kid, act->now, &key);
    if (e == E_OK)
        e = jwt_verify(t, &key);
    return e == E_OK || e == E_NO_MEMORY ? e : refused(act, "is not signed by a key of its issuer");
}

static err_t open_theirs(struct act *act, const struct id_jag_ask *ask, struct jwt *t)
{
    err_t e = upstream_jwt_open(act->arena, ask->text, ask->jwks, &act->why, t);
    return e == E_FORBIDDEN ? refused(act, "is not signed by a key of its issuer") : e;
}

/* Section 4.4.1 of the draft; RFC 7523 section 3. */
static err_t check(struct act *act, const struct id_jag_ask *ask, const struct jwt_claims *c)
{
    struct diag flaw = { 0 };
    const struct jwt_want want = { .typ = STR(ID_JAG_TYP),
                                   .iss =
                                       ask->provider != NULL ? ask->provider->issuer : ask->issuer,
                                   .aud = { ask->issuer },
                                   .now = act->now,
                                   .sub = true,
                                   .jti = true,
                                   .iat = true,
                                   .age_max = ASSERTION_AGE_MAX,
                                   .life_max = ASSERTION_LIFE_MAX };
    if (jwt_check(c, &want, &flaw) != E_OK)
        return FAIL(&act->why, E_INVALID_GRANT, "the identity assertion: %s", flaw.text);
    if (c->aud_n != 1)
        return refused(act, "is for others too: aud must be this issuer alone");
    return E_OK;
}

/* One text or a list of them (RFC 8707 section 2). */
static err_t take_resource(struct act *act, const struct jwt_claims *c, struct id_jag *j)
{
    const struct json *v = json_member(c->all, STR("resource"));
    bool list = v != NULL && json_type(v) == JSON_ARRAY;
    size_t n = list ? json_count(v) : 1;
    if (v == NULL || n == 0 || n > RESOURCES_MAX)
        return refused(act, "does not say what it is for: it wants `resource`");
    str_t *out = ARENA_ARRAY(act->arena, str_t, n);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const struct json *one = list ? json_at(v, i) : v;
        if (json_type(one) != JSON_STRING || json_string(one).n == 0)
            return refused(act, "has a `resource` that is no text");
        TRY(str_copy(act->arena, json_string(one), &out[i]));
    }
    j->resource = out;
    j->resource_n = n;
    return E_OK;
}

/* Of a binding that is not understood nobody can show the key. */
static err_t take_bound(struct act *act, const struct jwt_claims *c, struct id_jag *j)
{
    const struct json *cnf = json_member(c->all, STR("cnf"));
    if (cnf == NULL)
        return E_OK;
    const struct json *jkt = json_type(cnf) == JSON_OBJECT ? json_member(cnf, STR("jkt")) : NULL;
    if (jkt == NULL || json_type(jkt) != JSON_STRING)
        return refused(act, "is bound in a way that is not known here: want `jkt`");
    return str_copy(act->arena, json_string(jkt), &j->dpop_jkt);
}

static err_t take_client(struct act *act, const struct jwt_claims *c, struct id_jag *j)
{
    str_t client = jwt_text(c, STR("client_id"));
    str_t scope = jwt_text(c, STR("scope"));
    if (client.n == 0)
        return refused(act, "names no client: it wants `client_id`");
    if (scope.p == NULL && json_member(c->all, STR("scope")) != NULL)
        return refused(act, "has a `scope` that is no text");
    TRY(str_copy(act->arena, client, &j->client_id));
    return scope.p == NULL ? E_OK : str_copy(act->arena, scope, &j->scope);
}

static err_t take_person(struct act *act, const struct id_jag_ask *ask, const struct jwt_claims *c,
                         struct id_jag *j)
{
    if (ask->provider != NULL)
        return upstream_identity_of(act->arena, c, ask->provider->groups_claim, &j->who);
    if (oid_parse(c->sub, &j->user) != E_OK ||
        oid_parse(jwt_text(c, STR("sid")), &j->session) != E_OK)
        return refused(act, "lacks a claim that this server's own have");
    return E_OK;
}

static err_t take(struct act *act, const struct id_jag_ask *ask, const struct jwt *t,
                  struct id_jag *ret)
{
    struct id_jag j = { .provider = ask->provider };
    str_t signer = ask->provider != NULL ? oid_bytes(&ask->provider->id) : ask->issuer;
    TRY(check(act, ask, &t->claims));
    TRY(take_client(act, &t->claims, &j));
    TRY(take_resource(act, &t->claims, &j));
    TRY(take_bound(act, &t->claims, &j));
    TRY(take_person(act, ask, &t->claims, &j));
    j.spent = (struct assertion){ .once = assertion_once(signer, t),
                                  .until = ts_add(t->claims.exp, JWT_LEEWAY),
                                  .refuse = E_INVALID_GRANT };
    *ret = j;
    return E_OK;
}

err_t id_jag_read(struct act *act, struct issuer *is, const struct id_jag_ask *ask,
                  struct id_jag *ret)
{
    CLEANUP(jwt_fini) struct jwt t = { 0 };
    TRY(ask->provider == NULL ? open_own(act, is, ask->text, &t) : open_theirs(act, ask, &t));
    return take(act, ask, &t, ret);
}
