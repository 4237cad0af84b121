/* SPDX-License-Identifier: Apache-2.0 */
/* Identity assertions (domain/oauth/id_jag.h) at POST /oauth2/token: given for an id_token by token
 * exchange, taken for an access token by jwt-bearer. */
#include "api/services.h"
#include "api/token_grants.h"
#include "api/upstream_docs.h"
#include "api/upstream_who.h"
#include "domain/oauth/id_jag.h"
#include "domain/oauth/id_token.h"
#include "domain/oauth/own_client.h"
#include "domain/oauth/scope.h"
#include "domain/signin/session.h"

static str_t issuer_of(struct request *rq)
{
    return services_settings(rq->services)->issuer;
}

static err_t no_grant(struct request *rq, const char *text)
{
    act_clear_why(&rq->act);
    return FAIL(&rq->act.why, E_INVALID_GRANT, "%s", text);
}

/* Section 8.1 of the draft: an identity assertion is for clients that can prove who they are. */
static err_t client_of(struct request *rq, enum app_grant grant, struct row_application *ret)
{
    TRY(token_client(rq, grant, ret));
    if (ret->client_type.v != CLIENT_CONFIDENTIAL)
        return FAIL(&rq->act.why, E_UNAUTHORIZED_CLIENT,
                    "a public client has no use for identity assertions: send people to "
                    "/oauth2/authorize");
    rq->act.org = ret->org;
    return E_OK;
}

/* What is about a person's presence stays with the client that he signed in to. */
static err_t scope_left(struct request *rq, const struct row_application *app, str_t asked,
                        str_t *ret)
{
    struct arena *a = rq->act.arena;
    str_t left = STR_NONE;
    TRY(scope_cut(a, asked, app->scopes, &left));
    TRY(words_without(a, left, STR("openid"), &left));
    TRY(words_without(a, left, STR("offline_access"), &left));
    if (left.n == 0)
        return FAIL(&rq->act.why, E_INVALID_SCOPE,
                    "this application is registered with none of these scopes");
    *ret = left;
    return E_OK;
}

/* ---- the half of an issuer of identity ---- */

static err_t asked_well(struct request *rq, const struct token_in *in)
{
    if (in->subject_token.p == NULL)
        return FAIL(&rq->act.why, E_INVALID_REQUEST, "subject_token is missing");
    if (!str_eq(in->subject_token_type, STR(TOKEN_TYPE_ID)))
        return FAIL(&rq->act.why, E_INVALID_REQUEST, "subject_token_type: want %s", TOKEN_TYPE_ID);
    if (in->actor_token.p != NULL)
        return FAIL(&rq->act.why, E_INVALID_REQUEST,
                    "actor_token: an identity assertion is about one person alone");
    if (in->audience.n != 1 || in->resource.n == 0)
        return FAIL(&rq->act.why, E_INVALID_REQUEST,
                    "want one audience, the issuer that it is for, and the resource there");
    return E_OK;
}

err_t id_jag_give_prepare(struct request *rq)
{
    const struct token_in *in = rq->in;
    struct token_in *with = ARENA_NEW(rq->act.arena, struct token_in);
    struct id_token_claims *c = ARENA_NEW(rq->act.arena, struct id_token_claims);
    if (with == NULL || c == NULL)
        return E_NO_MEMORY;
    TRY(asked_well(rq, in));
    err_t e = id_token_read(&rq->act, rq->services->issuer, issuer_of(rq), in->subject_token, c);
    if (e == E_INVALID_REQUEST)
        return no_grant(rq, "subject_token is no id_token of this server");
    TRY(e);
    if (c->exp.us <= rq->act.now.us)
        return no_grant(rq, "the subject_token has expired: sign in again");
    *with = *in;
    with->id_token = c;
    rq->in = with;
    return E_OK;
}

/* Another server and what it protects are what an administrator has registered. */
static err_t targets_check(struct request *rq, const struct row_application *app, str_t *ret)
{
    const struct token_in *in = rq->in;
    const struct resource_ask ask = { issuer_of(rq), in->resource.v, in->resource.n };
    bool known = str_eq(in->audience.v[0], ask.issuer);
    if (!known)
        TRY(application_uri_has(&rq->act, app->id, APP_URI_RESOURCE, in->audience.v[0], &known));
    if (!known)
        return FAIL(&rq->act.why, E_INVALID_TARGET,
                    "audience is not a server that this application is registered with");
    return resources_check(&rq->act, app, &ask, ret);
}

static err_t may_still(struct request *rq, const struct row_application *app, oid_t user,
                       oid_t session, str_t scope)
{
    const struct row_oauth_grant as = {
        .principal_kind = ACTOR_USER, .principal = user, .org = app->org, .session_id = session
    };
    return token_access(rq, app, &as, scope);
}

static err_t assertion_plan(struct request *rq, const struct row_application *app,
                            struct id_jag_in *jag)
{
    const struct token_in *in = rq->in;
    const struct id_token_claims *c = in->id_token;
    struct profile *profile = ARENA_NEW(rq->act.arena, struct profile);
    struct row_session session;
    if (profile == NULL)
        return E_NO_MEMORY;
    TRY(targets_check(rq, app, &jag->resource));
    TRY(scope_left(rq, app, in->scope.n > 0 ? in->scope : app->scopes, &jag->scope));
    TRY(may_still(rq, app, c->sub, c->sid, jag->scope));
    TRY(session_get_live(&rq->act, c->sid, &session));
    TRY(profile_load(&rq->act, c->sub,
                     words_have(app->scopes, STR("email")) ? STR("email") : STR(""), profile));
    jag->issuer = issuer_of(rq);
    jag->audience = in->audience.v[0];
    jag->client_id = app->client_id;
    jag->session = c->sid;
    jag->auth_at = session.auth_at;
    jag->second = (session.amr & AMR_SECOND) != 0;
    jag->now = rq->act.now;
    jag->profile = profile;
    return E_OK;
}

err_t id_jag_give(struct request *rq)
{
    const struct token_in *in = rq->in;
    const struct id_token_claims *c = in->id_token;
    struct row_application *app = ARENA_NEW(rq->act.arena, struct row_application);
    struct id_jag_in *jag = ARENA_NEW(rq->act.arena, struct id_jag_in);
    if (app == NULL || jag == NULL)
        return E_NO_MEMORY;
    TRY(client_of(rq, APP_GRANT_TOKEN_EXCHANGE, app));
    if (!str_eq(c->client_id, app->client_id) || !oid_is_set(c->sid))
        return no_grant(rq, "the subject_token was given to another client");
    TRY(assertion_plan(rq, app, jag));
    const struct token_plan plan = { .app = app,
                                     .kind = ACTOR_USER,
                                     .principal = c->sub,
                                     .session = c->sid,
                                     .scope = jag->scope,
                                     .id_jag = jag,
                                     .issued_token_type = STR(TOKEN_TYPE_ID_JAG),
                                     .life = ID_JAG_LIFE };
    return token_answer(rq, &plan);
}

/* ---- the half of the authorization server that it is for ---- */

/* Whom people of the client's organisation sign in by; NULL: this server itself. */
static err_t provider_of(struct request *rq, const struct id_jag_look *look,
                         struct row_provider **ret)
{
    struct row_application app;
    struct row_provider *p = ARENA_NEW(rq->act.arena, struct row_provider);
    if (p == NULL)
        return E_NO_MEMORY;
    if (str_eq(look->iss, issuer_of(rq))) {
        *ret = NULL;
        return E_OK;
    }
    err_t e = look->iss.n == 0 || look->client_id.n == 0
                  ? E_NOT_FOUND
                  : application_by_client(&rq->act, look->client_id, &app);
    if (e == E_OK)
        e = sql_provider_of_issuer(
            rq->act.db, rq->act.arena,
            &(struct sql_provider_of_issuer){ .org = app.org, .issuer = look->iss }, p);
    if (e == E_NOT_FOUND || (e == E_OK && p->status != ACCOUNT_ACTIVE))
        return no_grant(rq, "the identity assertion names no issuer that people sign in by here, "
                            "or no client of theirs");
    TRY(e);
    *ret = p;
    return E_OK;
}

/* A key that is not in the set may be a new one. */
static err_t read_theirs(struct request *rq, struct id_jag_ask *ask, struct id_jag *ret)
{
    for (int i = 0; i < 2; i++) {
        struct upstream_doc doc;
        err_t e =
            upstream_doc_get(rq, ask->provider->issuer, i == 0 ? REMOTE_KNOWN : REMOTE_NEWER, &doc);
        if (e == E_FORBIDDEN)
            return no_grant(rq, "the issuer of the identity assertion publishes no keys");
        TRY(e);
        ask->jwks = doc.jwks;
        e = id_jag_read(&rq->act, rq->services->issuer, ask, ret);
        if (e != E_NOT_FOUND)
            return e;
        act_clear_why(&rq->act);
    }
    return no_grant(rq, "the identity assertion is not signed by a key of its issuer");
}

err_t id_jag_take_prepare(struct request *rq, const struct id_jag_look *look)
{
    const struct token_in *in = rq->in;
    struct token_in *with = ARENA_NEW(rq->act.arena, struct token_in);
    struct id_jag *jag = ARENA_NEW(rq->act.arena, struct id_jag);
    struct row_provider *provider = NULL;
    if (with == NULL || jag == NULL)
        return E_NO_MEMORY;
    TRY(provider_of(rq, look, &provider));
    struct id_jag_ask ask = { .text = in->assertion,
                              .issuer = issuer_of(rq),
                              .provider = provider };
    if (provider == NULL) {
        TRY(id_jag_read(&rq->act, rq->services->issuer, &ask, jag));
    } else {
        request_leave_store(rq); /* a slow issuer must not hold it */
        TRY(read_theirs(rq, &ask, jag));
    }
    *with = *in;
    with->id_jag = jag;
    rq->in = with;
    return E_OK;
}

/* What was so when it was read. */
static err_t still_fits(struct request *rq, const struct row_application *app,
                        const struct id_jag *jag)
{
    struct row_provider p;
    if (!str_eq(jag->client_id, app->client_id))
        return no_grant(rq, "the identity assertion is for another client");
    if (jag->provider == NULL)
        return E_OK;
    err_t e = provider_get(&rq->act, jag->provider->id, &p);
    if (e == E_NOT_FOUND || (e == E_OK && p.status != ACCOUNT_ACTIVE))
        return no_grant(rq, "the issuer of the identity assertion is not accepted any more");
    return e;
}

static err_t person_of(struct request *rq, const struct id_jag *jag, oid_t *ret)
{
    if (jag->provider == NULL) {
        *ret = jag->user;
        return E_OK;
    }
    err_t e = upstream_who(rq, jag->provider, &jag->who, jag->who.groups != NULL, ret);
    if (e != E_FORBIDDEN)
        return e;
    rq->act.why.err = E_INVALID_GRANT; /* in the words of RFC 7521 section 4.1.1 */
    return E_INVALID_GRANT;
}

/* No more than the assertion says, and of that what was asked for. */
static err_t what_for(struct request *rq, const struct row_application *app,
                      const struct id_jag *jag, struct token_plan *plan)
{
    const struct token_in *in = rq->in;
    struct resource_ask ask = { issuer_of(rq), jag->resource, jag->resource_n };
    str_t may = jag->scope.p != NULL ? jag->scope : app->scopes;
    for (size_t i = 0; i < in->resource.n; i++) {
        bool said = false;
        for (size_t k = 0; k < jag->resource_n; k++)
            said = said || str_eq(in->resource.v[i], jag->resource[k]);
        if (!said)
            return FAIL(&rq->act.why, E_INVALID_TARGET,
                        "resource: not one that the identity assertion is for");
    }
    if (in->resource.n > 0)
        ask = (struct resource_ask){ ask.issuer, in->resource.v, in->resource.n };
    TRY(resources_check(&rq->act, app, &ask, &plan->resource));
    if (!words_cover(may, in->scope.n > 0 ? in->scope : may))
        return FAIL(&rq->act.why, E_INVALID_SCOPE, "scope: more than the identity assertion says");
    return scope_left(rq, app, in->scope.n > 0 ? in->scope : may, &plan->scope);
}

/* The person sees it among what he has granted, and can end it. */
static err_t grant_of(struct request *rq, struct token_plan *plan)
{
    struct row_oauth_grant grant;
    const struct grant_in in = { .kind = GRANT_EXCHANGE,
                                 .application = plan->app->id,
                                 .principal_kind = ACTOR_USER,
                                 .principal = plan->principal,
                                 .session = plan->session,
                                 .scope = plan->scope,
                                 .resource = plan->resource,
                                 .dpop_jkt = plan->dpop_jkt,
                                 .life = plan->life };
    TRY(grant_open(&rq->act, &in, &grant));
    plan->grant = grant.id;
    return E_OK;
}

err_t id_jag_take(struct request *rq)
{
    const struct token_in *in = rq->in;
    const struct id_jag *jag = in->id_jag;
    const struct row_oauth_grant bound = { .dpop_jkt = jag->dpop_jkt };
    struct row_application *app = ARENA_NEW(rq->act.arena, struct row_application);
    struct token_plan plan = { .app = app, .kind = ACTOR_USER, .session = jag->session };
    if (app == NULL)
        return E_NO_MEMORY;
    TRY(client_of(rq, APP_GRANT_JWT_BEARER, app));
    TRY(still_fits(rq, app, jag));
    TRY(assertion_spend(&rq->act, &jag->spent));
    TRY(what_for(rq, app, jag, &plan));
    TRY(person_of(rq, jag, &plan.principal));
    TRY(may_still(rq, app, plan.principal, plan.session, plan.scope));
    TRY(token_binding(rq, app, &bound, &plan.dpop_jkt));
    plan.life = client_lives(app, token_lives_default(rq->services)).access;
    if (plan.life.us > OWN_TOKEN_LIFE.us) /* its issuer is to be asked again soon */
        plan.life = OWN_TOKEN_LIFE;
    TRY(grant_of(rq, &plan));
    return token_answer(rq, &plan);
}
