/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in on another machine (RFC 8628): the client's side. */
#include "api/client_proof.h"
#include "api/handlers_machine.h"
#include "api/services.h"
#include "api/shapes_machine.h"
#include "api/token_grants.h"
#include "domain/oauth/device_code.h"
#include "domain/oauth/refresh.h"
#include "domain/oauth/resource.h"
#include "domain/oauth/scope.h"
#include "domain/signin/session.h"

err_t device_authorization_prepare(struct request *rq)
{
    const struct device_authorization_in *in = rq->in;
    const struct client_words words = { in->client_id, in->client_assertion_type,
                                        in->client_assertion };
    TRY(client_assertion_prepare(rq, &words));
    return dpop_prepare(rq);
}

static err_t authorization_reply(struct request *rq, struct device_code_made *made)
{
    struct device_authorization_out *out =
        ARENA_NEW(rq->act.arena, struct device_authorization_out);
    str_t issuer = services_settings(rq->services)->issuer;
    char shown[USER_CODE_SHOWN];
    err_t e = out == NULL
                  ? E_NO_MEMORY
                  : str_copy(rq->act.arena, str_of(made->text.p, made->text.n), &out->device_code);
    explicit_bzero(&made->text, sizeof made->text);
    TRY(e);
    user_code_show(&made->code, shown);
    TRY(str_copy(rq->act.arena, str_of(shown, sizeof shown), &out->user_code));
    TRY(str_format(rq->act.arena, &out->verification_uri, "%.*s/device", STR_ARG(issuer)));
    TRY(str_format(rq->act.arena, &out->verification_uri_complete, "%.*s/device?user_code=%.*s",
                   STR_ARG(issuer), (int)sizeof shown, shown));
    out->expires_in = DEVICE_CODE_LIFE.us / 1000000;
    out->interval = DEVICE_CODE_INTERVAL_S;
    return reply_obj(rq, 200, &device_authorization_out_shape, out);
}

err_t device_authorization(struct request *rq)
{
    const struct device_authorization_in *in = rq->in;
    const struct client_proof form = { .post_id = in->client_id, .post_secret = in->client_secret };
    const struct resource_ask resources = { services_settings(rq->services)->issuer, in->resource.v,
                                            in->resource.n };
    struct row_application app;
    struct device_code_made made;
    struct device_code_in ask = { .dpop_jkt = rq->dpop_jkt,
                                  .ip = request_peer(rq),
                                  .agent = http_field(rq->xchg, STR("User-Agent")) };
    TRY(request_client(rq, &form, &app));
    TRY(client_may(&rq->act, &app, APP_GRANT_DEVICE_CODE));
    if (in->scope.n > 0 && !words_cover(app.scopes, in->scope))
        return FAIL(&rq->act.why, E_INVALID_SCOPE,
                    "scope: more than this application is registered for");
    ask.org = app.org;
    ask.application = app.id;
    TRY(scope_cut(rq->act.arena, in->scope.n > 0 ? in->scope : app.scopes, app.scopes, &ask.scope));
    TRY(resources_check(&rq->act, &app, &resources, &ask.resource));
    TRY(device_code_make(&rq->act, &ask, &made));
    return authorization_reply(rq, &made);
}

/* What the client is told while there is nothing for it; what was written down stays. */
static err_t not_yet(struct request *rq, enum device_poll poll)
{
    static const err_t answers[] = {
        [DEVICE_POLL_GOOD] = E_OK,
        [DEVICE_POLL_PENDING] = E_AUTH_PENDING,
        [DEVICE_POLL_SLOW] = E_SLOW_DOWN,
        [DEVICE_POLL_DENIED] = E_AUTH_DENIED,
        [DEVICE_POLL_EXPIRED] = E_AUTH_EXPIRED,
    };
    rq->quiet = true; /* a client asks every five seconds: nothing has happened */
    return reply_refusal(rq, answers[poll]);
}

/* The person may have been shut out since he said yes. */
static err_t session_begin(struct request *rq, const struct row_device_code *code,
                           struct row_session *ret)
{
    const struct session_in in = { .user = code->user_id,
                                   .kind = SESSION_CLI,
                                   .level = SESSION_WHOLE,
                                   .amr = code->amr.v,
                                   .lasts = services_settings(rq->services)->session,
                                   .ip = code->ip,
                                   .agent = code->agent };
    struct token_text none;
    err_t e = session_open(&rq->act, &in, ret, &none);
    if (e == E_FORBIDDEN || e == E_NOT_FOUND) {
        act_clear_why(&rq->act);
        return E_AUTH_DENIED;
    }
    return e;
}

static err_t grant_begin(struct request *rq, const struct row_application *app,
                         const struct row_device_code *code, oid_t session,
                         struct row_oauth_grant *ret)
{
    const struct grant_in in = { .kind = GRANT_DEVICE,
                                 .application = app->id,
                                 .principal_kind = ACTOR_USER,
                                 .principal = code->user_id,
                                 .session = session,
                                 .scope = code->scope,
                                 .resource = code->resource,
                                 .dpop_jkt = code->dpop_jkt,
                                 .life =
                                     client_lives(app, token_lives_default(rq->services)).access };
    return grant_open(&rq->act, &in, ret);
}

static err_t give(struct request *rq, const struct row_application *app,
                  const struct row_device_code *code)
{
    struct row_session session;
    struct row_oauth_grant grant;
    struct token_lives lives = client_lives(app, token_lives_default(rq->services));
    rq->act.org = code->org;
    TRY(session_begin(rq, code, &session));
    TRY(grant_begin(rq, app, code, session.id, &grant));
    struct token_plan plan = { .app = app,
                               .client_id = app->client_id,
                               .kind = ACTOR_USER,
                               .principal = code->user_id,
                               .session = session.id,
                               .grant = grant.id,
                               .scope = grant.scope,
                               .resource = grant.resource,
                               .life = lives.access };
    TRY(token_access(rq, app, &grant, grant.scope));
    TRY(token_binding(rq, app, &grant, &plan.dpop_jkt));
    if ((app->grants & APP_GRANT_REFRESH) != 0) {
        struct token_text text;
        TRY(refresh_issue(&rq->act, &grant, lives.refresh, &text));
        err_t e = str_copy(rq->act.arena, str_of(text.p, text.n), &plan.refresh);
        explicit_bzero(&text, sizeof text);
        TRY(e);
    }
    rq->event.org = code->org;
    rq->event.actor_kind = ACTOR_USER;
    rq->event.actor_id = code->user_id;
    return token_answer(rq, &plan);
}

err_t token_device_code(struct request *rq)
{
    const struct token_in *in = rq->in;
    struct row_application *app = ARENA_NEW(rq->act.arena, struct row_application);
    struct row_device_code code;
    enum device_poll poll = DEVICE_POLL_EXPIRED;
    if (app == NULL)
        return E_NO_MEMORY;
    TRY(token_client(rq, APP_GRANT_DEVICE_CODE, app));
    if (in->device_code.p == NULL)
        return FAIL(&rq->act.why, E_INVALID_REQUEST, "device_code is missing");
    TRY(device_code_poll(&rq->act, in->device_code, app->id, &poll, &code));
    return poll == DEVICE_POLL_GOOD ? give(rq, app, &code) : not_yet(rq, poll);
}
