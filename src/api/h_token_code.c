/* SPDX-License-Identifier: Apache-2.0 */
/* Codes and refresh tokens at POST /oauth2/token (RFC 6749 sections 4.1.3 and 6). */
#include "api/token_grants.h"

#include "api/services.h"
#include "domain/oauth/code.h"
#include "domain/oauth/refresh.h"
#include "domain/oauth/scope.h"
#include "domain/signin/session.h"

/* RFC 6749 section 6, RFC 8707 section 2.2: what is asked for now was granted then. */
static err_t narrowed(struct request *rq, const struct row_oauth_grant *grant,
                      struct token_plan *plan)
{
    const struct token_in *in = rq->in;
    str_t resource = STR("");
    plan->scope = in->scope.n > 0 ? in->scope : grant->scope;
    plan->resource = grant->resource;
    if (!words_cover(grant->scope, plan->scope))
        return FAIL(&rq->act.why, E_INVALID_SCOPE, "scope: more than was granted");
    for (size_t i = 0; i < in->resource.n; i++) {
        if (!words_have(grant->resource, in->resource.v[i]))
            return FAIL(&rq->act.why, E_INVALID_TARGET, "resource: not one that was granted");
        TRY(words_join(rq->act.arena, resource, in->resource.v[i], &resource));
    }
    if (resource.n > 0)
        plan->resource = resource;
    return scope_cut(rq->act.arena, plan->scope, grant->scope, &plan->scope);
}

static err_t plan_of(struct request *rq, const struct row_application *app,
                     const struct row_oauth_grant *grant, struct token_plan *ret)
{
    struct token_plan plan = {
        .app = app,
        .kind = (enum actor_kind)grant->principal_kind,
        .principal = grant->principal,
        .session = grant->session_id,
        .grant = grant->id,
        .life = client_lives(app, token_lives_default(rq->services)).access,
    };
    rq->act.org = grant->org;
    TRY(narrowed(rq, grant, &plan));
    TRY(token_access(rq, app, grant, plan.scope));
    TRY(token_binding(rq, app, grant, &plan.dpop_jkt));
    *ret = plan;
    return E_OK;
}

/* Somebody has what he should not have: what was ended stays ended, the answer is a refusal, and
 * the record says it. */
static err_t reused(struct request *rq, const struct row_oauth_grant *grant, str_t what)
{
    rq->event.action = STR("token.reused");
    rq->event.org = grant->org;
    request_reason(rq, what);
    return reply_refusal(rq, E_INVALID_GRANT);
}

static err_t text_keep(struct request *rq, struct token_text *text, str_t *ret)
{
    err_t e = str_copy(rq->act.arena, str_of(text->p, text->n), ret);
    explicit_bzero(text, sizeof *text);
    return e;
}

/* The first refresh token of a grant; without one the grant lasts as long as its access token. */
static err_t refresh_first(struct request *rq, const struct row_oauth_grant *grant,
                           struct token_plan *plan)
{
    struct token_text text;
    struct token_lives lives = client_lives(plan->app, token_lives_default(rq->services));
    TRY(grant_extend(&rq->act, grant->id, ts_add(rq->act.now, lives.access)));
    if ((plan->app->grants & APP_GRANT_REFRESH) == 0)
        return E_OK;
    TRY(refresh_issue(&rq->act, grant, lives.refresh, &text));
    return text_keep(rq, &text, &plan->refresh);
}

err_t token_code(struct request *rq)
{
    const struct token_in *in = rq->in;
    struct row_application app;
    struct code_out out;
    struct token_plan plan;
    TRY(token_client(rq, APP_GRANT_CODE, &app));
    if (in->code.p == NULL)
        return FAIL(&rq->act.why, E_INVALID_REQUEST, "code is missing");
    const struct code_ask ask = { .text = in->code,
                                  .application = app.id,
                                  .redirect_uri = in->redirect_uri,
                                  .verifier = in->code_verifier };
    TRY(code_redeem(&rq->act, &ask, &out));
    if (out.found == CODE_REUSED)
        return reused(rq, &out.grant, STR("code"));
    TRY(plan_of(rq, &app, &out.grant, &plan));
    plan.nonce = out.nonce;
    TRY(refresh_first(rq, &out.grant, &plan));
    return token_answer(rq, &plan);
}

/* An application that a person uses keeps his session from ending by disuse; others than a
 * browser's have no such end. */
static err_t session_used(struct request *rq, oid_t id)
{
    struct row_session session;
    dur_t idle = { 0 };
    if (!oid_is_set(id))
        return E_OK;
    TRY(session_get_live(&rq->act, id, &session));
    if (session.kind == SESSION_BROWSER)
        idle = services_settings(rq->services)->session.idle;
    return session_seen(&rq->act, id, rq->act.now, idle);
}

err_t token_refresh(struct request *rq)
{
    const struct token_in *in = rq->in;
    struct row_application app;
    struct refresh_out out;
    struct token_plan plan;
    TRY(token_client(rq, APP_GRANT_REFRESH, &app));
    if (in->refresh_token.p == NULL)
        return FAIL(&rq->act.why, E_INVALID_REQUEST, "refresh_token is missing");
    const struct refresh_ask ask = {
        .text = in->refresh_token,
        .application = app.id,
        .life = client_lives(&app, token_lives_default(rq->services)).refresh,
        .grace = client_grace(&app),
    };
    TRY(refresh_use(&rq->act, &ask, &out));
    if (out.found == REFRESH_REUSED)
        return reused(rq, &out.grant, STR("refresh-token"));
    str_t next = STR_NONE;
    TRY(text_keep(rq, &out.next, &next));
    TRY(plan_of(rq, &app, &out.grant, &plan));
    plan.refresh = next;
    TRY(session_used(rq, out.grant.session_id));
    return token_answer(rq, &plan);
}
