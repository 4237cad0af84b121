/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens for programs that act for themselves: client_credentials (RFC 6749 section 4.4) and
 * jwt-bearer (RFC 7523 section 2.1). */
#include "api/client_proof.h"
#include "api/services.h"
#include "api/token_grants.h"
#include "domain/oauth/own_client.h"
#include "domain/oauth/scope.h"

static struct resource_ask resources_of(struct request *rq)
{
    const struct token_in *in = rq->in;
    return (struct resource_ask){ services_settings(rq->services)->issuer, in->resource.v,
                                  in->resource.n };
}

static err_t id_text(struct request *rq, oid_t id, str_t *ret)
{
    char text[OID_TEXT];
    oid_format(id, text);
    return str_copy(rq->act.arena, str_of(text, sizeof text), ret);
}

static void acts(struct request *rq, const struct own_principal *who)
{
    rq->event.org = rq->act.org;
    rq->event.actor_kind = who->kind;
    rq->event.actor_id = who->id;
    rq->event.actor_name = who->name;
}

static dur_t shorter(dur_t a, dur_t b)
{
    return a.us < b.us ? a : b;
}

/* The account is its own client: what it may ask for is what it may do. */
static err_t own_plan(struct request *rq, const struct assertion *a, struct token_plan *ret)
{
    const struct token_in *in = rq->in;
    const struct own_principal who = { a->kind, a->principal, a->name };
    const struct resource_ask resources = resources_of(rq);
    struct token_plan plan = { .kind = a->kind,
                               .principal = a->principal,
                               .key = a->key,
                               .dpop_jkt = rq->dpop_jkt,
                               .life = shorter(OWN_TOKEN_LIFE,
                                               token_lives_default(rq->services).access) };
    rq->act.org = a->org;
    TRY(assertion_holds(&rq->act, a));
    TRY(assertion_spend(&rq->act, a));
    TRY(own_resources_check(&rq->act, &who, &resources, request_peer(rq), &plan.resource));
    bool tools = resources_are_mcp(resources.issuer, plan.resource);
    str_t asked = in->scope.n > 0 ? in->scope : tools ? STR("mcp") : STR("api");
    TRY(words_without(rq->act.arena, asked, STR("openid"), &plan.scope));
    TRY(scope_cut(rq->act.arena, plan.scope, plan.scope, &plan.scope));
    TRY(id_text(rq, a->principal, &plan.client_id));
    acts(rq, &who);
    request_target(rq, a->kind == ACTOR_DEVICE ? "device" : "service-account", a->principal,
                   a->name);
    *ret = plan;
    return E_OK;
}

/* An application speaks for a service account: what it may ask for is what it is registered for. */
static err_t app_plan(struct request *rq, const struct row_application *app,
                      const struct own_principal *who, struct token_plan *ret)
{
    const struct token_in *in = rq->in;
    const struct resource_ask resources = resources_of(rq);
    struct row_oauth_grant unbound = { .dpop_jkt = STR_NONE };
    struct token_plan plan = { .app = app,
                               .client_id = app->client_id,
                               .kind = who->kind,
                               .principal = who->id,
                               .life =
                                   client_lives(app, token_lives_default(rq->services)).access };
    str_t asked = in->scope.n > 0 ? in->scope : app->scopes;
    if (in->scope.n > 0 && !words_cover(app->scopes, in->scope))
        return FAIL(&rq->act.why, E_INVALID_SCOPE,
                    "scope: more than this application is registered for");
    TRY(scope_cut(rq->act.arena, asked, app->scopes, &plan.scope));
    /* These are about a person; here is none. */
    TRY(words_without(rq->act.arena, plan.scope, STR("openid"), &plan.scope));
    TRY(words_without(rq->act.arena, plan.scope, STR("offline_access"), &plan.scope));
    TRY(resources_check(&rq->act, app, &resources, &plan.resource));
    TRY(token_binding(rq, app, &unbound, &plan.dpop_jkt));
    acts(rq, who);
    *ret = plan;
    return E_OK;
}

err_t token_client_credentials(struct request *rq)
{
    const struct token_in *in = rq->in;
    const struct client_proven *proven = rq->proven;
    struct row_application *app = ARENA_NEW(rq->act.arena, struct row_application);
    struct own_principal who;
    struct token_plan plan;
    if (app == NULL)
        return E_NO_MEMORY;
    if (proven != NULL && proven->assertion.kind != ACTOR_NONE) {
        TRY(own_plan(rq, &proven->assertion, &plan));
        return token_answer(rq, &plan);
    }
    TRY(token_client(rq, APP_GRANT_CLIENT_CREDENTIALS, app));
    if (app->client_type.v != CLIENT_CONFIDENTIAL)
        return FAIL(&rq->act.why, E_UNAUTHORIZED_CLIENT,
                    "a public client proves nothing by itself");
    TRY(own_principal_of(&rq->act, app, request_peer(rq), in->scope, &who));
    TRY(app_plan(rq, app, &who, &plan));
    return token_answer(rq, &plan);
}

/* The signature is checked on a worker; what it stands on again in the transaction. */
err_t token_jwt_bearer_prepare(struct request *rq)
{
    const struct token_in *in = rq->in;
    struct token_in *with = ARENA_NEW(rq->act.arena, struct token_in);
    struct assertion *bearer = ARENA_NEW(rq->act.arena, struct assertion);
    struct assertion_ask ask = { .text = in->assertion,
                                 .issuer = services_settings(rq->services)->issuer,
                                 .refuse = E_INVALID_GRANT };
    struct id_jag_look look;
    if (with == NULL || bearer == NULL)
        return E_NO_MEMORY;
    if (in->assertion.p == NULL)
        return FAIL(&rq->act.why, E_INVALID_REQUEST, "assertion is missing");
    TRY(id_jag_look(rq->act.arena, in->assertion, &look));
    if (look.is)
        return id_jag_take_prepare(rq, &look);
    TRY(str_format(rq->act.arena, &ask.endpoint, "%.*s/oauth2/token", STR_ARG(ask.issuer)));
    TRY(assertion_read(&rq->act, &ask, bearer));
    *with = *in;
    with->bearer = bearer;
    rq->in = with;
    return E_OK;
}

/* RFC 7523 section 3.1: a client may say who it is beside the assertion, and need not. */
static bool names_client(struct request *rq)
{
    const struct token_in *in = rq->in;
    return in->client_id.p != NULL || rq->proven != NULL ||
           http_field_count(rq->xchg, STR("Authorization")) > 0;
}

err_t token_jwt_bearer(struct request *rq)
{
    const struct token_in *in = rq->in;
    const struct assertion *a = in->bearer;
    struct row_application *app = ARENA_NEW(rq->act.arena, struct row_application);
    struct token_plan plan;
    if (in->id_jag != NULL)
        return id_jag_take(rq);
    const struct own_principal who = { a->kind, a->principal, a->name };
    if (app == NULL)
        return E_NO_MEMORY;
    if (!names_client(rq)) {
        TRY(own_plan(rq, a, &plan));
        return token_answer(rq, &plan);
    }
    TRY(token_client(rq, APP_GRANT_JWT_BEARER, app));
    if (!oid_eq(app->org, a->org))
        return FAIL(&rq->act.why, E_INVALID_GRANT, "the assertion is of another organisation");
    TRY(assertion_holds(&rq->act, a));
    TRY(assertion_spend(&rq->act, a));
    TRY(own_access(&rq->act, app, &who, request_peer(rq), in->scope));
    TRY(app_plan(rq, app, &who, &plan));
    plan.key = a->key;
    return token_answer(rq, &plan);
}
