/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a token is worth now (RFC 7662), and its end before its time (RFC 7009). Asked by clients
 * that have proven themselves, about tokens that were given to them or for them; about any other
 * they learn nothing.
 */
#include "api/client_proof.h"
#include "api/handlers_machine.h"
#include "api/services.h"
#include "api/shapes_machine.h"
#include "api/token_grants.h"
#include "domain/oauth/access_load.h"
#include "domain/oauth/exchange.h"
#include "domain/oauth/refresh.h"
#include "domain/oauth/revoke.h"

static err_t asks(struct request *rq, struct row_application *ret)
{
    const struct token_ask_in *in = rq->in;
    const struct client_proof form = { .post_id = in->client_id, .post_secret = in->client_secret };
    return request_client(rq, &form, ret);
}

static err_t prepare_client(struct request *rq)
{
    const struct token_ask_in *in = rq->in;
    const struct client_words words = { in->client_id, in->client_assertion_type,
                                        in->client_assertion };
    if (in->token.p == NULL)
        return FAIL(&rq->act.why, E_INVALID_REQUEST, "token is missing");
    return client_assertion_prepare(rq, &words);
}

static bool is_refresh(str_t text)
{
    return str_starts(text, STR("sen_r_"));
}

static err_t id_text(struct request *rq, oid_t id, str_t *ret)
{
    char text[OID_TEXT];
    if (!oid_is_set(id))
        return E_OK;
    oid_format(id, text);
    return str_copy(rq->act.arena, str_of(text, sizeof text), ret);
}

/* E_UNAUTHENTICATED: none of ours. */
static err_t access_read(struct request *rq, struct access_claims *ret)
{
    const struct token_ask_in *in = rq->in;
    struct diag flaw = { 0 };
    const struct access_token_ask ask = { .text = in->token,
                                          .issuer = services_settings(rq->services)->issuer,
                                          .now = rq->act.now };
    return access_token_verify(rq->services->issuer, rq->act.arena, &ask, &flaw, ret);
}

static err_t show_access(struct request *rq, const struct row_application *app,
                         struct introspection_out *out)
{
    struct access_claims c;
    struct actor_loaded who;
    bool concerns = false;
    TRY(access_read(rq, &c));
    TRY(token_concerns(&rq->act, app, &c, &concerns));
    if (!concerns)
        return E_UNAUTHENTICATED;
    TRY(access_token_load(&rq->act, &c, &who));
    if (who.who.refuse != E_OK)
        return E_UNAUTHENTICATED;
    *out = (struct introspection_out){ .active = true,
                                       .client_id = c.client_id,
                                       .scope = c.scope,
                                       .token_type =
                                           c.dpop_jkt.p != NULL ? STR("DPoP") : STR("Bearer"),
                                       .iss = services_settings(rq->services)->issuer,
                                       .aud = { c.aud, c.aud_n },
                                       .exp = { true, c.exp.us / 1000000 },
                                       .iat = { true, c.iat.us / 1000000 },
                                       .username = who.who.name,
                                       .act.text = c.act };
    if (c.dpop_jkt.p != NULL)
        TRY(str_format(rq->act.arena, &out->cnf.text, "{\"jkt\":\"%.*s\"}", STR_ARG(c.dpop_jkt)));
    TRY(id_text(rq, c.principal, &out->sub));
    TRY(id_text(rq, c.jti, &out->jti));
    return id_text(rq, c.session, &out->sid);
}

static err_t show_refresh(struct request *rq, const struct row_application *app,
                          struct introspection_out *out)
{
    const struct token_ask_in *in = rq->in;
    struct row_oauth_grant grant;
    TRY(refresh_grant(&rq->act, in->token, app->id, &grant));
    *out = (struct introspection_out){ .active = true,
                                       .client_id = app->client_id,
                                       .scope = grant.scope,
                                       .token_type = STR("refresh_token"),
                                       .iss = services_settings(rq->services)->issuer,
                                       .exp = { true, grant.expires_at.us / 1000000 },
                                       .iat = { true, grant.created_at.us / 1000000 } };
    TRY(id_text(rq, grant.session_id, &out->sid));
    return id_text(rq, grant.principal, &out->sub);
}

static bool is_no_answer(err_t e)
{
    return e == E_UNAUTHENTICATED || e == E_INVALID_GRANT || e == E_NOT_FOUND;
}

static err_t show(struct request *rq)
{
    const struct token_ask_in *in = rq->in;
    struct introspection_out *out = ARENA_NEW(rq->act.arena, struct introspection_out);
    struct row_application app;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(asks(rq, &app));
    if (app.client_type.v != CLIENT_CONFIDENTIAL)
        return FAIL(&rq->act.why, E_INVALID_CLIENT, "only a client that proves itself may ask");
    err_t e = is_refresh(in->token) ? show_refresh(rq, &app, out) : show_access(rq, &app, out);
    if (e != E_OK && !is_no_answer(e))
        return e;
    if (e != E_OK)
        *out = (struct introspection_out){ .active = false };
    act_clear_why(&rq->act);
    rq->quiet = true;
    return reply_obj(rq, 200, &introspection_out_shape, out);
}

/* Only an assertion, which is spent, needs the writer. */
err_t introspect_prepare(struct request *rq)
{
    TRY(prepare_client(rq));
    return rq->proven != NULL ? E_OK : show(rq);
}

err_t introspect(struct request *rq)
{
    return show(rq);
}

err_t revoke_prepare(struct request *rq)
{
    return prepare_client(rq);
}

/* Who asks: an application, or a service account by its key. */
static err_t revoker(struct request *rq, struct row_application *app, str_t *ret_client_id)
{
    const struct client_proven *p = rq->proven;
    if (p == NULL || p->assertion.kind == ACTOR_NONE) {
        TRY(asks(rq, app));
        *ret_client_id = app->client_id;
        return E_OK;
    }
    TRY(assertion_holds(&rq->act, &p->assertion));
    TRY(assertion_spend(&rq->act, &p->assertion));
    rq->act.org = p->assertion.org;
    *app = (struct row_application){ .org = p->assertion.org };
    return id_text(rq, p->assertion.principal, ret_client_id);
}

static err_t end_access(struct request *rq, str_t client_id)
{
    struct access_claims c;
    TRY(access_read(rq, &c));
    if (!str_eq(c.client_id, client_id))
        return E_UNAUTHENTICATED;
    rq->act.org = c.org;
    rq->event.org = c.org;
    return access_token_revoke(&rq->act, &c);
}

static err_t end_refresh(struct request *rq, const struct row_application *app)
{
    const struct token_ask_in *in = rq->in;
    struct row_oauth_grant grant;
    if (!oid_is_set(app->id))
        return E_INVALID_GRANT;
    TRY(refresh_grant(&rq->act, in->token, app->id, &grant));
    rq->act.org = grant.org;
    rq->event.org = grant.org;
    return grant_end(&rq->act, &grant, STR("revoked"));
}

/* Section 2.2: a token that is not known, or not his, is as good as ended. */
err_t revoke(struct request *rq)
{
    const struct token_ask_in *in = rq->in;
    struct row_application app;
    str_t client_id = STR_NONE;
    TRY(revoker(rq, &app, &client_id));
    err_t e = is_refresh(in->token) ? end_refresh(rq, &app) : end_access(rq, client_id);
    if (e != E_OK && !is_no_answer(e))
        return e;
    rq->quiet = e != E_OK;
    act_clear_why(&rq->act);
    return reply_empty(rq, 200);
}
