/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page /device (RFC 8628 section 3.3): a person types the code that another machine shows, sees
 * who asks for what from where, and says yes or no. A link with the code in it fills the field and
 * no more: somebody else may have sent it.
 */
#include "api/consent_page.h"
#include "api/handlers_machine.h"
#include "api/page_html.h"
#include "api/services.h"
#include "api/shapes_machine.h"
#include "domain/access/decide.h"
#include "domain/oauth/device_code.h"
#include "domain/oauth/scope.h"
#include "domain/signin/session.h"
#include "domain/signin/throttle.h"

enum { BUCKETS = 2 };

static err_t ask_page(struct request *rq, int status, str_t code, enum phrase note)
{
    struct html *h;
    TRY(page_begin(rq, PHRASE_DEVICE_TITLE, &h));
    if (note != PHRASE_PRODUCT)
        html_note(h, NOTE_BAD, note);
    html_para(h, PHRASE_DEVICE_ASK);
    html_form(h, "/device");
    html_field(h, &(struct html_field){ .name = "user_code",
                                        .label = PHRASE_DEVICE_CODE,
                                        .hint = PHRASE_DEVICE_CODE_HINT,
                                        .value = code,
                                        .max = 64,
                                        .required = true,
                                        .focus = true });
    html_form_end(h, PHRASE_GO_ON);
    return reply_page(rq, status, h);
}

err_t device_page_get(struct request *rq)
{
    const struct device_page_in *in = rq->query;
    struct user_code code;
    char shown[USER_CODE_SHOWN];
    if (in->user_code.p == NULL || user_code_parse(in->user_code, &code) != E_OK)
        return ask_page(rq, 200, STR_NONE, PHRASE_PRODUCT);
    user_code_show(&code, shown);
    return ask_page(rq, 200, str_of(shown, sizeof shown), PHRASE_PRODUCT);
}

static err_t told(struct request *rq, int status, enum note kind, enum phrase what)
{
    struct html *h;
    TRY(page_begin(rq, PHRASE_DEVICE_TITLE, &h));
    html_note(h, kind, what);
    return reply_page(rq, status, h);
}

/* Wrong codes count by who guesses and by where he guesses from. */
static void buckets_of(struct request *rq, int64_t buckets[static BUCKETS])
{
    const struct throttle_key person = { .kind = THROTTLE_USER_CODE, .user = rq->act.actor.id };
    const struct throttle_key network = { .kind = THROTTLE_USER_CODE,
                                          .name = STR(""),
                                          .network = request_peer(rq) };
    buckets[0] = throttle_bucket(&rq->act, &person);
    buckets[1] = throttle_bucket(&rq->act, &network);
}

static err_t guess_wait(struct request *rq, const int64_t buckets[static BUCKETS], bool *ret)
{
    *ret = false;
    for (size_t i = 0; i < BUCKETS; i++) {
        dur_t wait = { 0 };
        TRY(throttle_wait(&rq->act, buckets[i], &wait));
        *ret = *ret || wait.us > 0;
    }
    return E_OK;
}

static err_t guess_failed(struct request *rq, const int64_t buckets[static BUCKETS])
{
    dur_t wait;
    for (size_t i = 0; i < BUCKETS; i++)
        TRY(throttle_failed(&rq->act, buckets[i], &wait));
    return E_OK;
}

/* The request behind the code, and the client that made it. E_NOT_FOUND. */
static err_t asked(struct request *rq, str_t text, struct row_device_code *ret,
                   struct row_application *ret_app)
{
    struct user_code code;
    if (user_code_parse(text, &code) != E_OK)
        return E_NOT_FOUND;
    TRY(device_code_find(&rq->act, &code, ret));
    TRY(application_by_id(&rq->act, ret->application_id, ret_app));
    bool his = ret_app->origin == APP_BUILT_IN || oid_eq(ret_app->org, rq->act.actor.org);
    return his && ret_app->status == APP_ACTIVE ? E_OK : E_NOT_FOUND;
}

static err_t confirm_page(struct request *rq, str_t code, const struct row_device_code *row,
                          const struct row_application *app)
{
    struct html *h;
    struct user_code parsed;
    char shown[USER_CODE_SHOWN];
    TRY(user_code_parse(code, &parsed));
    user_code_show(&parsed, shown);
    TRY(page_begin(rq, PHRASE_DEVICE_TITLE, &h));
    html_para_with(h, PHRASE_DEVICE_CONFIRM, &app->name, 1);
    html_note(h, NOTE_INFO, PHRASE_DEVICE_WARNING);
    html_facts(h);
    html_fact(h, PHRASE_DEVICE_CODE, str_of(shown, sizeof shown));
    html_fact(h, PHRASE_DEVICE_CLIENT, app->name);
    html_fact(h, PHRASE_DEVICE_ADDRESS, row->ip);
    html_fact(h, PHRASE_DEVICE_AGENT, row->agent);
    html_fact(h, PHRASE_DEVICE_PERSON, str_from_cz(rq->act.actor.name));
    html_facts_end(h);
    html_para(h, PHRASE_DEVICE_SCOPES);
    scopes_in_words(h, row->scope);
    html_form(h, "/device");
    html_hidden(h, "user_code", str_of(shown, sizeof shown));
    HTML(h, "<p class=\"row\">");
    html_button(h, BUTTON_MAIN, PHRASE_DEVICE_YES, "decision", "approve");
    html_button(h, BUTTON_DANGER, PHRASE_DEVICE_NO, "decision", "deny");
    HTML(h, "</p>\n");
    html_form_close(h);
    rq->quiet = true;
    return reply_page(rq, 200, h);
}

/* As at any other sign-in to the application, and the client's address is not asked: the person is
 * here. */
static err_t may_use(struct request *rq, const struct row_application *app, str_t scope,
                     const struct row_session *session, bool *ret)
{
    struct access_decision decision;
    const struct access_proof proof = { session->auth_at, session->mfa_at };
    const struct access_ask ask = { .app = app,
                                    .kind = ACTOR_USER,
                                    .principal = rq->act.actor.id,
                                    .org = rq->act.actor.org,
                                    .proof = &proof,
                                    .ip = request_peer(rq),
                                    .scope = scope };
    TRY(access_decide(&rq->act, &ask, &decision));
    *ret = decision.effect == ACCESS_ALLOW;
    return E_OK;
}

static err_t decide(struct request *rq, bool approve, const struct row_device_code *row,
                    const struct row_application *app)
{
    struct row_session session;
    bool may = false;
    rq->act.org = rq->act.actor.org;
    TRY(session_get_live(&rq->act, rq->session_id, &session));
    TRY(may_use(rq, app, row->scope, &session, &may));
    request_target(rq, "application", app->id, app->name);
    rq->event.action = approve && may ? STR("device-code.approved") : STR("device-code.denied");
    err_t e = device_code_decide(&rq->act, row->id, approve && may, rq->act.actor.id, session.amr);
    if (e == E_NOT_FOUND)
        return ask_page(rq, 400, STR_NONE, PHRASE_DEVICE_WRONG);
    TRY(e);
    if (!approve)
        return told(rq, 200, NOTE_INFO, PHRASE_DEVICE_DENIED);
    return may ? told(rq, 200, NOTE_GOOD, PHRASE_DEVICE_APPROVED)
               : told(rq, 403, NOTE_BAD, PHRASE_DEVICE_MAY_NOT);
}

err_t device_page_post(struct request *rq)
{
    const struct device_page_in *in = rq->in;
    struct row_device_code row;
    struct row_application app;
    int64_t buckets[BUCKETS];
    bool wait = false;
    buckets_of(rq, buckets);
    TRY(guess_wait(rq, buckets, &wait));
    rq->quiet = true;
    if (wait)
        return ask_page(rq, 429, STR_NONE, PHRASE_DEVICE_TOO_MANY);
    err_t e = asked(rq, in->user_code, &row, &app);
    if (e == E_NOT_FOUND) {
        act_clear_why(&rq->act);
        TRY(guess_failed(rq, buckets));
        return ask_page(rq, 400, STR_NONE, PHRASE_DEVICE_WRONG);
    }
    TRY(e);
    if (in->decision.p == NULL)
        return confirm_page(rq, in->user_code, &row, &app);
    rq->quiet = false;
    return decide(rq, str_eq(in->decision, STR("approve")), &row, &app);
}
