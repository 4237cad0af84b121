/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/exchange.h"

#include "domain/access/decide.h"
#include "domain/oauth/access_load.h"
#include "domain/oauth/scope.h"
#include "domain/signin/session.h"
#include "plat/json/out.h"

enum { ACT_MAX = 2048 };

static err_t refused(struct act *act, const char *text)
{
    return FAIL(&act->why, E_INVALID_GRANT, "%s", text);
}

/* All that a bearer of it would be asked. */
static err_t is_live(struct act *act, const struct access_claims *c, const char *text)
{
    struct actor_loaded loaded;
    err_t e = access_token_load(act, c, &loaded);
    if (e == E_OK && loaded.who.refuse == E_OK)
        return E_OK;
    if (e != E_OK && e != E_UNAUTHENTICATED)
        return e;
    act_clear_why(act);
    return refused(act, text);
}

err_t token_concerns(struct act *act, const struct row_application *app,
                     const struct access_claims *c, bool *ret)
{
    bool concerns = str_eq(c->client_id, app->client_id);
    for (size_t i = 0; i < c->aud_n && !concerns; i++) {
        concerns = str_eq(c->aud[i], app->client_id);
        if (!concerns)
            TRY(application_uri_has(act, app->id, APP_URI_RESOURCE, c->aud[i], &concerns));
    }
    *ret = concerns;
    return E_OK;
}

static size_t chain_length(const struct json *act)
{
    size_t n = 0;
    for (; act != NULL && json_type(act) == JSON_OBJECT && n <= EXCHANGE_CHAIN_MAX; n++)
        act = json_member(act, STR("act"));
    return n;
}

/* Section 4.1: who acts now, and inside it who acted before. */
static err_t chain_make(struct act *act, const struct exchange_ask *ask, str_t *ret)
{
    CLEANUP(json_freep) struct json *before = NULL;
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t old = ask->subject->act;
    if (old.p != NULL)
        TRY(json_parse(old, NULL, &before));
    if (chain_length(before) >= EXCHANGE_CHAIN_MAX)
        return refused(act, "the token has passed through too many hands");
    buf_init(&b, ACT_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    if (old.p != NULL)
        JSON_OUT(&o, "act", raw, old);
    JSON_OUT(&o, "client_id", str, ask->app->client_id);
    if (ask->actor != NULL)
        JSON_OUT(&o, "sub", id, ask->actor->principal);
    else
        JSON_OUT(&o, "sub", str, ask->app->client_id);
    json_out_close(&o, '}');
    TRY(b.err);
    return str_copy(act->arena, buf_str(&b), ret);
}

/* As at sign-in: may this person use the application that asks now? */
static err_t may_use(struct act *act, const struct exchange_ask *ask, str_t scope)
{
    const struct access_claims *s = ask->subject;
    struct access_decision decision;
    struct access_proof proof;
    struct row_session session;
    struct access_ask in = { .app = ask->app,
                             .kind = s->kind,
                             .principal = s->principal,
                             .org = s->org,
                             .ip = ask->ip,
                             .scope = scope };
    if (oid_is_set(s->session)) {
        TRY(session_get_live(act, s->session, &session));
        proof = (struct access_proof){ session.auth_at, session.mfa_at };
        in.proof = &proof;
    }
    TRY(access_decide(act, &in, &decision));
    return decision.effect == ACCESS_ALLOW
               ? E_OK
               : refused(act, "the subject may not use this application now");
}

static err_t scope_left(struct act *act, const struct exchange_ask *ask, str_t *ret)
{
    str_t asked = ask->scope.n > 0 ? ask->scope : ask->subject->scope;
    if (!words_cover(ask->subject->scope, asked))
        return FAIL(&act->why, E_INVALID_SCOPE, "scope: more than the subject_token has");
    TRY(scope_cut(act->arena, asked, ask->app->scopes, ret));
    /* Who signed in is said once, to the client that he signed in to. */
    return words_without(act->arena, *ret, STR("openid"), ret);
}

err_t exchange(struct act *act, const struct exchange_ask *ask, struct exchange_out *ret)
{
    struct exchange_out out = { .exp = ask->subject->exp };
    bool concerns = false;
    TRY(is_live(act, ask->subject, "the subject_token has ended"));
    if (ask->actor != NULL)
        TRY(is_live(act, ask->actor, "the actor_token has ended"));
    if (ask->app->origin != APP_BUILT_IN && !oid_eq(ask->subject->org, ask->app->org))
        return refused(act, "the subject_token is of another organisation");
    TRY(token_concerns(act, ask->app, ask->subject, &concerns));
    if (!concerns)
        return refused(act, "the subject_token was given neither to this client nor for it");
    TRY(scope_left(act, ask, &out.scope));
    TRY(resources_check(act, ask->app, &ask->resource, &out.resource));
    TRY(may_use(act, ask, out.scope));
    TRY(chain_make(act, ask, &out.act));
    *ret = out;
    return E_OK;
}
