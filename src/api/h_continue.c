/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request that a person must answer: GET /oauth2/continue, again after each step of the sign-in,
 * until nothing is missing; POST is what he said on the consent page. What is missing is decided
 * from the request's row and the session's row alone, so no step can be left out by asking for the
 * next one (AC09).
 */
#include "api/authorize_answer.h"
#include "api/consent_page.h"
#include "api/handlers_oauth.h"
#include "api/redirect.h"
#include "api/shapes_oauth.h"
#include "domain/access/decide.h"
#include "domain/oauth/code.h"
#include "domain/oauth/consent.h"
#include "domain/signin/session.h"
#include "sql/identity.h"

enum step {
    STEP_CODE,   /* nothing is missing */
    STEP_LOGIN,  /* nobody is signed in */
    STEP_AGAIN,  /* he must prove anew that it is he, or somebody else must come */
    STEP_FACTOR, /* a second factor */
    STEP_CONSENT,
    STEP_REFUSE, /* he may not, and no step helps */
};

struct turn {
    struct row_auth_request row;
    struct row_application app;
    struct row_session session;
    bool signed_in;
    bool fresh;     /* he has signed in since the request came */
    bool consented; /* just now */
};

/* A session counts in its own organisation; clients of the server itself serve all. */
static err_t turn_session(struct request *rq, struct turn *t)
{
    const struct actor *actor = &rq->act.actor;
    bool person = rq->by_cookie && !rq->half && actor->kind == ACTOR_USER;
    if (!person || (!oid_eq(actor->org, t->app.org) && t->app.origin != APP_BUILT_IN))
        return E_OK;
    rq->act.org = actor->org;
    err_t e = session_get_live(&rq->act, rq->session_id, &t->session);
    if (e == E_UNAUTHENTICATED) { /* it has just ended: he signs in again */
        act_clear_why(&rq->act);
        return E_OK;
    }
    TRY(e);
    t->signed_in = t->session.level == SESSION_WHOLE;
    t->fresh = t->session.auth_at.us > t->row.created_at.us;
    return E_OK;
}

static err_t turn_load(struct request *rq, str_t text, struct turn *t)
{
    TRY(auth_request_find(&rq->act, text, false, &t->row));
    TRY(auth_request_still_stands(&rq->act, &t->row, &t->app));
    rq->event.org = t->app.org;
    request_target(rq, "application", t->app.id, t->app.name);
    return turn_session(rq, t);
}

/* prompt, max_age and id_token_hint: is this the sign-in that the client wants to hear of? */
static bool wants_another(const struct turn *t)
{
    dur_t age = ts_diff(t->row.created_at, t->session.auth_at);
    bool asked = (t->row.prompt & (PROMPT_LOGIN | PROMPT_ACCOUNT)) != 0;
    bool old = t->row.max_age.set && age.us / 1000000 > t->row.max_age.v;
    bool other = oid_is_set(t->row.hint_sub) && !oid_eq(t->row.hint_sub, t->session.user_id);
    return other || (!t->fresh && (asked || old));
}

static err_t step_of_rules(struct request *rq, const struct turn *t, enum step *ret)
{
    const struct access_proof proof = { t->session.auth_at, t->session.mfa_at };
    struct access_decision decision;
    const struct access_ask ask = {
        .app = &t->app,
        .kind = ACTOR_USER,
        .principal = t->session.user_id,
        .org = t->session.org,
        .proof = &proof,
        .ip = request_peer(rq),
        .scope = t->row.scope,
    };
    TRY(access_decide(&rq->act, &ask, &decision));
    request_reason(rq, decision.reason);
    switch (decision.effect) {
    case ACCESS_ALLOW:
        *ret = STEP_CODE;
        return E_OK;
    case ACCESS_REQUIRE_MFA:
        *ret = STEP_FACTOR;
        return E_OK;
    case ACCESS_REQUIRE_REAUTH:
        *ret = t->fresh ? STEP_REFUSE : STEP_AGAIN;
        return E_OK;
    case ACCESS_DENY:
    case ACCESS_EFFECT_COUNT:
        break;
    }
    *ret = STEP_REFUSE;
    return E_OK;
}

static err_t step_of(struct request *rq, const struct turn *t, enum step *ret)
{
    enum step step = STEP_LOGIN;
    bool due = false;
    if (t->signed_in && wants_another(t))
        step = t->fresh ? STEP_REFUSE : STEP_AGAIN;
    else if (t->signed_in)
        TRY(step_of_rules(rq, t, &step));
    if (step == STEP_CODE && !t->consented) {
        TRY(consent_is_due(&rq->act, &t->app, t->session.user_id, t->row.scope, &due));
        if (due || (t->row.prompt & PROMPT_CONSENT) != 0)
            step = STEP_CONSENT;
    }
    *ret = step;
    return E_OK;
}

/* Back here when the step is done. */
static err_t go_to_login(struct request *rq, const struct turn *t, str_t text, enum step step)
{
    CLEANUP(buf_fini) struct buf back = { 0 };
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct row_organisation org;
    str_t url = STR_NONE;
    buf_init(&back, KIB(1));
    buf_init(&b, KIB(4));
    BUF_ADD(&back, "/oauth2/continue");
    url_add_param(&back, STR("request"), text);
    TRY(sql_organisation_by_id(rq->act.db, rq->act.arena,
                               &(struct sql_organisation_by_id){ .id = t->app.org }, &org));
    buf_add(&b, step == STEP_FACTOR ? STR("/login/factor") : STR("/login"));
    url_add_param(&b, STR("next"), buf_str(&back));
    if (!t->signed_in && t->app.origin != APP_BUILT_IN)
        url_add_param(&b, STR("org"), org.slug);
    url_add_param(&b, STR("hint"), t->row.login_hint);
    url_add_param(&b, STR("again"), step == STEP_AGAIN ? STR("1") : STR_NONE);
    TRY(back.err);
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &url));
    rq->quiet = true;
    return reply_redirect(rq, 303, url);
}

static err_t refuse(struct request *rq, const struct turn *t, err_t e, const char *text)
{
    struct answer_to to = answer_to_row(&t->row);
    rq->event.action = STR("authorization.denied");
    rq->event.org = rq->act.org;
    TRY(auth_request_use(&rq->act, &t->row));
    act_clear_why(&rq->act);
    err_ignore(FAIL(&rq->act.why, e, "%s", text));
    return answer_error(rq, &to, e);
}

/* prompt=none: nobody is asked anything. */
static err_t refuse_silently(struct request *rq, const struct turn *t, enum step step)
{
    switch (step) {
    case STEP_CONSENT:
        return refuse(rq, t, E_CONSENT_REQUIRED, "the person has not allowed this yet");
    case STEP_FACTOR:
        return refuse(rq, t, E_INTERACTION_REQUIRED, "the person must prove more");
    case STEP_LOGIN:
    case STEP_AGAIN:
    case STEP_CODE:
    case STEP_REFUSE:
        break;
    }
    return refuse(rq, t, E_LOGIN_REQUIRED, "nobody is signed in, or not as it is wanted");
}

static err_t give_code(struct request *rq, const struct turn *t)
{
    struct token_text text;
    str_t code = STR_NONE;
    str_t details = STR_NONE;
    struct answer_to to = answer_to_row(&t->row);
    const struct code_in in = {
        .application = t->app.id,
        .user = t->session.user_id,
        .session = t->session.id,
        .scope = t->row.scope,
        .resource = t->row.resource,
        .redirect_uri = t->row.redirect_uri,
        .challenge = t->row.challenge,
        .nonce = t->row.nonce,
        .dpop_jkt = t->row.dpop_jkt,
    };
    TRY(auth_request_use(&rq->act, &t->row));
    TRY(code_issue(&rq->act, &in, &text));
    err_t e = str_copy(rq->act.arena, str_of(text.p, text.n), &code);
    explicit_bzero(&text, sizeof text);
    TRY(e);
    TRY(str_format(rq->act.arena, &details, "{\"scope\":\"%.*s\"}", STR_ARG(t->row.scope)));
    rq->event.org = rq->act.org;
    request_reason(rq, STR_NONE);
    request_details(rq, details); /* a scope has no byte that JSON would escape (scope_cut) */
    return answer_code(rq, &to, code);
}

static err_t take_step(struct request *rq, const struct turn *t, str_t text)
{
    enum step step;
    TRY(step_of(rq, t, &step));
    if ((t->row.prompt & PROMPT_NONE) != 0 && step != STEP_CODE && step != STEP_REFUSE)
        return refuse_silently(rq, t, step);
    switch (step) {
    case STEP_CODE:
        return give_code(rq, t);
    case STEP_CONSENT:
        rq->quiet = true;
        return consent_page(rq, &(struct consent_ask){ &t->app, &t->row, text });
    case STEP_REFUSE:
        if (wants_another(t))
            return refuse(rq, t, E_LOGIN_REQUIRED, "another person has signed in");
        return refuse(rq, t, E_FORBIDDEN, "the person may not use this application");
    case STEP_LOGIN:
    case STEP_AGAIN:
    case STEP_FACTOR:
        break;
    }
    return go_to_login(rq, t, text, step);
}

err_t continue_get(struct request *rq)
{
    const struct continue_in *in = rq->query;
    struct turn t = { 0 };
    TRY(turn_load(rq, in->request, &t));
    return take_step(rq, &t, in->request);
}

err_t continue_decide(struct request *rq)
{
    const struct continue_in *in = rq->in;
    struct turn t = { 0 };
    TRY(turn_load(rq, in->request, &t));
    if (!str_eq(in->decision, STR("allow")))
        return refuse(rq, &t, E_FORBIDDEN, "the person has said no");
    t.consented = true;
    enum step step;
    TRY(step_of(rq, &t, &step));
    if (step == STEP_CODE)
        TRY(consent_give(&rq->act, &t.app, t.session.user_id, t.row.scope));
    return take_step(rq, &t, in->request);
}
