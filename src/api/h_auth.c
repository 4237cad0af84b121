/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of simple clients: sign in, refresh, sign out. Who am I is in h_me.c, the list of sessions
 * in h_sessions.c, registration in h_registration.c. */
#include "api/handlers_identity.h"
#include "api/handlers_signin.h"
#include "api/services.h"
#include "domain/oauth/access_token.h"
#include "domain/oauth/refresh.h"
#include "domain/signin/factor.h"
#include "domain/signin/session.h"

enum { TOKEN_BODY_MAX = 8 * 1024, RESOURCES = 2 };
#define SIMPLE_CLIENT                                                                              \
    STR("seneschal-api") /* whom tokens of POST /auth/login name as their client */
#define SIMPLE_SCOPE STR("api mcp")

struct auth_made { /* by the handler, for auth_finish */
    struct access_claims claims;
    str_t aud[RESOURCES];
    str_t refresh;
    int64_t life_s;
};

static err_t audiences(struct request *rq, str_t ret[static RESOURCES])
{
    str_t issuer = services_settings(rq->services)->issuer;
    TRY(str_format(rq->act.arena, &ret[0], "%.*s" AUDIENCE_API, STR_ARG(issuer)));
    return str_format(rq->act.arena, &ret[1], "%.*s" AUDIENCE_MCP, STR_ARG(issuer));
}

/* What after COMMIT becomes the answer. */
static err_t tokens_plan(struct request *rq, const struct row_oauth_grant *grant, ts_t auth_at,
                         const struct token_text *refresh)
{
    struct auth_made *made = ARENA_NEW(rq->act.arena, struct auth_made);
    dur_t life = services_settings(rq->services)->token_access_life;
    if (made == NULL)
        return E_NO_MEMORY;
    TRY(audiences(rq, made->aud));
    TRY(str_copy(rq->act.arena, str_of(refresh->p, refresh->n), &made->refresh));
    made->life_s = life.us / 1000000;
    made->claims = (struct access_claims){
        .kind = ACTOR_USER,
        .principal = grant->principal,
        .org = grant->org,
        .client_id = SIMPLE_CLIENT,
        .scope = SIMPLE_SCOPE,
        .aud = made->aud,
        .aud_n = RESOURCES,
        .session = grant->session_id,
        .grant = grant->id,
        .jti = oid_make(),
        .auth_at = auth_at,
        .iat = rq->act.now,
        .exp = ts_add(rq->act.now, life),
    };
    rq->made = made;
    return E_OK;
}

err_t auth_finish(struct request *rq)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    const struct auth_made *made = rq->made;
    struct tokens_out *out = ARENA_NEW(rq->act.arena, struct tokens_out);
    if (out == NULL)
        return E_NO_MEMORY;
    buf_init(&b, TOKEN_BODY_MAX);
    b.secret = true;
    *out = (struct tokens_out){ .token_type = STR("Bearer"),
                                .expires_in = made->life_s,
                                .refresh_token = made->refresh };
    TRY(access_token_mint(rq->services->issuer, services_settings(rq->services)->issuer,
                          &made->claims, &b));
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &out->access_token));
    return reply_obj(rq, 200, &tokens_out_shape, out);
}

static err_t login_refuse(struct request *rq, enum signin_outcome out, dur_t wait)
{
    int64_t seconds = (wait.us + 999999) / 1000000;
    act_clear_why(&rq->act);
    if (out == SIGNIN_WAIT) {
        TRY(reply_retry_after(rq, seconds));
        return reply_refusal(rq,
                             FAIL(&rq->act.why, E_RATE_LIMITED,
                                  "too many attempts: try again in %lld s", (long long)seconds));
    }
    return reply_refusal(rq, FAIL(&rq->act.why, E_UNAUTHENTICATED,
                                  "the name or the password is wrong, or the account is not "
                                  "active"));
}

static err_t grant_make(struct request *rq, const struct row_session *s,
                        struct row_oauth_grant *ret, struct token_text *ret_refresh)
{
    const struct settings *set = services_settings(rq->services);
    str_t aud[RESOURCES];
    struct grant_in in = {
        .kind = GRANT_SIGNIN,
        .principal_kind = ACTOR_USER,
        .principal = s->user_id,
        .session = s->id,
        .scope = SIMPLE_SCOPE,
        .life = set->token_refresh_life,
    };
    TRY(audiences(rq, aud));
    TRY(str_format(rq->act.arena, &in.resource, "%.*s %.*s", STR_ARG(aud[0]), STR_ARG(aud[1])));
    TRY(grant_open(&rq->act, &in, ret));
    return refresh_issue(&rq->act, ret, set->token_refresh_life, ret_refresh);
}

/* Who has a second factor shows it in the same call. *ret: the proofs together; 0: it was refused,
 * and the answer is made. */
static err_t login_factor(struct request *rq, const struct login_do *l, int64_t *ret)
{
    struct factors has;
    enum factor_outcome out = FACTOR_WRONG;
    dur_t wait = { 0 };
    TRY(factors_of(&rq->act, l->look.user, &has));
    *ret = AMR_PWD;
    if (!factors_wanted(&has))
        return E_OK;
    if (l->in->otp.n > 0)
        TRY(factor_try(&rq->act, l->look.user, l->in->otp, &out, &wait));
    *ret = out == FACTOR_OTP        ? AMR_PWD | AMR_OTP
           : out == FACTOR_RECOVERY ? AMR_PWD | AMR_RECOVERY
                                    : 0;
    if (*ret != 0)
        return out == FACTOR_RECOVERY ? recovery_code_notice(rq, l->look.user) : E_OK;
    rq->event.action = STR("session.refused");
    request_target(rq, "user", l->look.user, l->look.username);
    request_reason(rq, STR("second-factor"));
    if (out == FACTOR_WAIT)
        return login_refuse(rq, SIGNIN_WAIT, wait);
    act_clear_why(&rq->act);
    return reply_refusal(rq, FAIL(&rq->act.why, E_UNAUTHENTICATED,
                                  "otp: this account wants the code of its second factor"));
}

err_t auth_login(struct request *rq)
{
    const struct login_do *l = rq->in;
    int64_t amr;
    struct row_session session;
    struct row_oauth_grant grant;
    struct token_text refresh;
    enum signin_outcome out;
    dur_t wait;
    TRY(login_decide(rq, l, &out, &wait));
    if (out != SIGNIN_RIGHT)
        return login_refuse(rq, out, wait);
    TRY(login_factor(rq, l, &amr));
    if (amr == 0)
        return E_OK;
    TRY(client_signs_in(rq, l->look.user, amr, &session));
    TRY(grant_make(rq, &session, &grant, &refresh));
    request_target(rq, "user", l->look.user, l->look.username);
    err_t e = tokens_plan(rq, &grant, session.auth_at, &refresh);
    explicit_bzero(&refresh, sizeof refresh);
    return e;
}

/* Whatever is wrong with it, the answer is the same: 401. */
static err_t refresh_refuse(struct request *rq, err_t e)
{
    if (e != E_INVALID_GRANT)
        return e;
    act_clear_why(&rq->act);
    return FAIL(&rq->act.why, E_UNAUTHENTICATED,
                "the refresh token is not good any more: sign in again");
}

err_t auth_refresh(struct request *rq)
{
    const struct refresh_in *in = rq->in;
    const struct settings *set = services_settings(rq->services);
    const struct refresh_ask ask = { .text = in->refresh_token,
                                     .life = set->token_refresh_life,
                                     .grace = REFRESH_GRACE_PUBLIC };
    struct row_session session;
    struct refresh_out out;
    err_t e = refresh_use(&rq->act, &ask, &out);
    if (e != E_OK)
        return refresh_refuse(rq, e);
    rq->act.org = out.grant.org;
    rq->event.org = out.grant.org;
    request_target(rq, "user", out.grant.principal, STR_NONE);
    if (out.found == REFRESH_REUSED) { /* the grant has ended, and that stays */
        rq->event.action = STR("session.reused");
        return reply_refusal(rq, refresh_refuse(rq, E_INVALID_GRANT));
    }
    TRY(session_get_live(&rq->act, out.grant.session_id, &session));
    TRY(session_seen(&rq->act, session.id, rq->act.now, (dur_t){ 0 }));
    TRY(session_details(rq, &session, NULL));
    e = tokens_plan(rq, &out.grant, session.auth_at, &out.next);
    explicit_bzero(&out, sizeof out);
    return e;
}

err_t auth_logout(struct request *rq)
{
    struct row_session session;
    if (!oid_is_set(rq->act.actor.session))
        return FAIL(&rq->act.why, E_CONFLICT,
                    "this credential follows from no signing-in: delete the token instead");
    TRY(session_get_live(&rq->act, rq->act.actor.session, &session));
    TRY(session_end(&rq->act, session.id, STR("signed-out")));
    request_target(rq, "user", session.user_id, str_from_cz(rq->act.actor.name));
    TRY(session_details(rq, &session, "signed-out"));
    if (rq->by_cookie)
        TRY(browser_signs_out(rq));
    return reply_empty(rq, 204);
}
