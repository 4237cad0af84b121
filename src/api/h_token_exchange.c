/* SPDX-License-Identifier: Apache-2.0 */
/* Token exchange at POST /oauth2/token (RFC 8693). */
#include "api/services.h"
#include "api/token_grants.h"
#include "domain/oauth/exchange.h"
#include "domain/oauth/scope.h"

static bool type_is_token(str_t type)
{
    return str_eq(type, STR(TOKEN_TYPE_ACCESS)) || str_eq(type, STR(TOKEN_TYPE_JWT));
}

/* One of ours, for whatever audience: whether it concerns the client is asked in the transaction.
 */
static err_t token_read(struct request *rq, const char *name, str_t text, str_t type,
                        const struct access_claims **ret)
{
    struct access_claims *c = ARENA_NEW(rq->act.arena, struct access_claims);
    struct diag flaw = { 0 };
    const struct access_token_ask ask = { .text = text,
                                          .issuer = services_settings(rq->services)->issuer,
                                          .now = rq->act.now };
    if (c == NULL)
        return E_NO_MEMORY;
    if (!type_is_token(type))
        return FAIL(&rq->act.why, E_INVALID_REQUEST, "%s_type: want %s", name, TOKEN_TYPE_ACCESS);
    err_t e = access_token_verify(rq->services->issuer, rq->act.arena, &ask, &flaw, c);
    if (e == E_UNAUTHENTICATED)
        return FAIL(&rq->act.why, E_INVALID_GRANT, "%s: %s", name, flaw.text);
    TRY(e);
    *ret = c;
    return E_OK;
}

err_t token_exchange_prepare(struct request *rq)
{
    const struct token_in *in = rq->in;
    struct token_in *with = ARENA_NEW(rq->act.arena, struct token_in);
    if (str_eq(in->requested_token_type, STR(TOKEN_TYPE_ID_JAG)))
        return id_jag_give_prepare(rq);
    if (with == NULL)
        return E_NO_MEMORY;
    *with = *in;
    if (in->requested_token_type.p != NULL && !type_is_token(in->requested_token_type))
        return FAIL(&rq->act.why, E_INVALID_REQUEST, "requested_token_type: want %s",
                    TOKEN_TYPE_ACCESS);
    if (in->subject_token.p == NULL)
        return FAIL(&rq->act.why, E_INVALID_REQUEST, "subject_token is missing");
    TRY(token_read(rq, "subject_token", in->subject_token, in->subject_token_type, &with->subject));
    if (in->actor_token.p != NULL)
        TRY(token_read(rq, "actor_token", in->actor_token, in->actor_token_type, &with->actor));
    rq->in = with;
    return E_OK;
}

/* Section 2.1: `audience` is a name where `resource` is a place; ours are both. */
static err_t resources_asked(struct request *rq, struct resource_ask *ret)
{
    const struct token_in *in = rq->in;
    str_t *list = ARENA_ARRAY(rq->act.arena, str_t, in->resource.n + in->audience.n + 1);
    if (list == NULL)
        return E_NO_MEMORY;
    *ret = (struct resource_ask){ .issuer = services_settings(rq->services)->issuer, .v = list };
    for (size_t i = 0; i < in->resource.n; i++)
        list[ret->n++] = in->resource.v[i];
    for (size_t i = 0; i < in->audience.n; i++)
        list[ret->n++] = in->audience.v[i];
    return E_OK;
}

static dur_t life_left(struct request *rq, const struct row_application *app, ts_t exp)
{
    dur_t life = client_lives(app, token_lives_default(rq->services)).access;
    dur_t left = ts_diff(exp, rq->act.now);
    return left.us < life.us ? left : life;
}

err_t token_exchange(struct request *rq)
{
    const struct token_in *in = rq->in;
    struct row_application *app = ARENA_NEW(rq->act.arena, struct row_application);
    const struct row_oauth_grant unbound = { .dpop_jkt = STR_NONE };
    struct exchange_ask ask = { .app = app,
                                .subject = in->subject,
                                .actor = in->actor,
                                .scope = in->scope,
                                .ip = request_peer(rq) };
    struct exchange_out out;
    if (in->id_token != NULL)
        return id_jag_give(rq);
    if (app == NULL)
        return E_NO_MEMORY;
    TRY(token_client(rq, APP_GRANT_TOKEN_EXCHANGE, app));
    if (app->client_type.v != CLIENT_CONFIDENTIAL)
        return FAIL(&rq->act.why, E_UNAUTHORIZED_CLIENT, "a public client exchanges no tokens");
    TRY(resources_asked(rq, &ask.resource));
    TRY(exchange(&rq->act, &ask, &out));
    struct token_plan plan = { .app = app,
                               .client_id = app->client_id,
                               .kind = in->subject->kind,
                               .principal = in->subject->principal,
                               .session = in->subject->session,
                               .grant = in->subject->grant,
                               .key = in->subject->key,
                               .scope = out.scope,
                               .resource = out.resource,
                               .act = out.act,
                               .issued_token_type = STR(TOKEN_TYPE_ACCESS),
                               .life = life_left(rq, app, out.exp) };
    TRY(token_binding(rq, app, &unbound, &plan.dpop_jkt));
    rq->act.org = in->subject->org;
    return token_answer(rq, &plan);
}
