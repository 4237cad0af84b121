/* SPDX-License-Identifier: Apache-2.0 */
/* The second step of signing in, and the page on which a person sets his factors up: forms only, no
 * script. Passkeys need one: they are made in the portal, and used at /login/passkey. */
#include "api/handlers_factor.h"

#include "api/page_html.h"
#include "api/redirect.h"
#include "api/signin_parts.h"
#include "domain/signin/factor.h"
#include "domain/signin/recovery_code.h"
#include "domain/signin/totp.h"

#define HERE "/account/factors"

/* ---- the step ---- */

struct step_page {
    int status;
    str_t next;
    enum phrase note; /* PHRASE_PRODUCT: none */
};

static err_t step_show(struct request *rq, const struct step_page *p)
{
    struct factors has;
    struct html *h = NULL;
    TRY(page_begin(rq, PHRASE_FACTOR_TITLE, &h));
    if (p->note != PHRASE_PRODUCT)
        html_note(h, NOTE_BAD, p->note);
    html_para(h, PHRASE_FACTOR_WHAT);
    html_form(h, "/login/factor");
    html_field(h, &(struct html_field){ .name = "code",
                                        .label = PHRASE_FACTOR_CODE,
                                        .autocomplete = "one-time-code",
                                        .hint = PHRASE_FACTOR_CODE_HINT,
                                        .max = 64,
                                        .required = true,
                                        .focus = true });
    html_hidden(h, "next", p->next);
    html_form_end(h, PHRASE_GO_ON);
    TRY(factors_of(&rq->act, rq->act.actor.id, &has));
    if (has.passkeys > 0)
        TRY(passkey_way(rq, h, p->next));
    html_way(h, STR("/logout"), PHRASE_LOGOUT_TITLE);
    return reply_page(rq, p->status, h);
}

err_t factor_page(struct request *rq)
{
    const struct factor_query *q = rq->query;
    struct factors has;
    TRY(factors_of(&rq->act, rq->act.actor.id, &has));
    if (!factors_wanted(&has)) /* an application wants one, and there is none yet */
        return reply_redirect(rq, 303, STR(HERE));
    return step_show(rq, &(struct step_page){ 200, own_path_or_root(q->next), PHRASE_PRODUCT });
}

static err_t step_refused(struct request *rq, const struct factor_form *in,
                          enum factor_outcome outcome, dur_t wait)
{
    bool waits = outcome == FACTOR_WAIT;
    rq->event.action = STR("session.factor-refused");
    if (wait.us > 0)
        TRY(reply_retry_after(rq, (wait.us + 999999) / 1000000));
    return step_show(rq, &(struct step_page){ waits ? 429 : 401, own_path_or_root(in->next),
                                              waits ? PHRASE_FACTOR_WAIT : PHRASE_FACTOR_WRONG });
}

err_t factor_page_post(struct request *rq)
{
    const struct factor_form *in = rq->in;
    enum factor_outcome outcome = FACTOR_WRONG;
    struct token_text cookie = { 0 };
    struct row_session session;
    dur_t wait = { 0 };
    TRY(session_get_live(&rq->act, rq->session_id, &session));
    request_target(rq, "session", session.id, STR_NONE);
    TRY(factor_try(&rq->act, session.user_id, in->code, &outcome, &wait));
    if (outcome == FACTOR_WRONG || outcome == FACTOR_WAIT)
        return step_refused(rq, in, outcome, wait);
    if (outcome == FACTOR_RECOVERY)
        TRY(recovery_code_notice(rq, session.user_id));
    TRY(session_step(&rq->act, session.id, outcome == FACTOR_OTP ? AMR_OTP : AMR_RECOVERY, &session,
                     &cookie));
    TRY(factor_cookie(rq, &session, &cookie));
    return reply_redirect(rq, 303, own_path_or_root(in->next));
}

/* ---- the factors ---- */

static void app_form(struct html *h)
{
    html_heading(h, PHRASE_FACTOR_ADD_APP);
    html_para(h, PHRASE_FACTOR_ADD_APP_WHAT);
    html_form(h, HERE "/totp");
    html_field(h, &(struct html_field){
                      .name = "name", .label = PHRASE_FACTOR_NAME, .max = FACTOR_NAME_MAX });
    html_form_end(h, PHRASE_FACTOR_ADD_APP);
}

static void codes_form(struct html *h, const struct factors *has)
{
    char left[24];
    int n = snprintf(left, sizeof left, "%lld", (long long)has->codes);
    html_heading(h, PHRASE_FACTOR_CODES);
    html_para_with(h, PHRASE_FACTOR_CODES_LEFT, &(str_t){ left, (size_t)n }, 1);
    html_form(h, HERE "/codes");
    HTML(h, "<p class=\"row\">");
    html_button(h, BUTTON_PLAIN, PHRASE_FACTOR_CODES_MAKE, NULL, NULL);
    HTML(h, "</p>\n");
    html_form_close(h);
}

/* What he has, and the way to be rid of it: of a telephone that is gone. */
static void app_shown(struct html *h, const struct row_totp *app)
{
    char id[OID_TEXT];
    oid_format(app->id, id);
    html_form(h, HERE "/remove");
    html_hidden(h, "id", str_of(id, sizeof id));
    HTML(h, "<p class=\"has\"><span>");
    html_text(h, app->name);
    HTML(h, "<br><small>");
    html_say(h, PHRASE_FACTOR_APP);
    HTML(h, "</small></span>");
    html_button(h, BUTTON_DANGER, PHRASE_FACTOR_REMOVE, NULL, NULL);
    HTML(h, "</p>\n");
    html_form_close(h);
}

err_t factors_page(struct request *rq)
{
    struct html *h = NULL;
    struct factors has;
    struct row_totp *apps = NULL;
    size_t n = 0;
    oid_t user = rq->act.actor.id;
    TRY(factors_of(&rq->act, user, &has));
    TRY(totp_list(&rq->act, user, &apps, &n));
    TRY(page_begin(rq, PHRASE_FACTORS_TITLE, &h));
    html_para(h, factors_wanted(&has) ? PHRASE_FACTORS_ON : PHRASE_FACTORS_OFF);
    for (size_t i = 0; i < n; i++) {
        if (ts_is_set(apps[i].confirmed_at))
            app_shown(h, &apps[i]);
    }
    app_form(h);
    codes_form(h, &has);
    html_way(h, STR("/"), PHRASE_GO_HOME);
    return reply_page(rq, 200, h);
}

/* A stale proof of the second factor is asked for again, and then this page. */
static err_t guard_page(struct request *rq, struct row_session *ret, bool *ret_away)
{
    err_t e = factor_guard(rq, ret);
    *ret_away = e == E_STEP_UP;
    if (e != E_STEP_UP)
        return e;
    act_clear_why(&rq->act);
    rq->quiet = true;
    return reply_redirect(rq, 303, STR("/login/factor?next=%2Faccount%2Ffactors"));
}

static err_t confirm_show(struct request *rq, int status, oid_t id, const struct totp_out *made)
{
    struct html *h = NULL;
    char text[OID_TEXT];
    oid_format(id, text);
    TRY(page_begin(rq, PHRASE_FACTOR_ADD_APP, &h));
    if (made != NULL) {
        html_para(h, PHRASE_FACTOR_SCAN);
        html_raw(h, made->qr); /* ours: drawn of modules, its label escaped */
        HTML(h, "<p class=\"secret\">");
        html_text(h, made->secret);
        HTML(h, "</p>\n");
    } else {
        html_note(h, NOTE_BAD, PHRASE_FACTOR_CONFIRM_WRONG);
    }
    html_form(h, HERE "/confirm");
    html_hidden(h, "id", str_of(text, sizeof text));
    html_field(h, &(struct html_field){ .name = "code",
                                        .label = PHRASE_FACTOR_CODE,
                                        .autocomplete = "one-time-code",
                                        .inputmode = "numeric",
                                        .max = 6,
                                        .required = true,
                                        .focus = true });
    html_form_end(h, PHRASE_FACTOR_CONFIRM);
    html_way(h, STR(HERE), PHRASE_FACTORS_TITLE);
    return reply_page(rq, status, h);
}

err_t factors_page_totp(struct request *rq)
{
    const struct totp_body *in = rq->in;
    struct row_session session;
    struct totp_out made;
    bool away;
    TRY(guard_page(rq, &session, &away));
    if (away)
        return E_OK;
    TRY(factor_totp_make(rq, in->name.p != NULL ? in->name : STR("Authenticator"), &made));
    return confirm_show(rq, 201, made.id, &made);
}

/* The codes are shown once: whoever turns two steps on for the first time gets them at once. */
static err_t codes_show(struct request *rq, oid_t user)
{
    struct html *h = NULL;
    str_t *codes = NULL;
    TRY(recovery_codes_make(&rq->act, user, &codes));
    TRY(page_begin(rq, PHRASE_FACTOR_CODES, &h));
    html_note(h, NOTE_GOOD, PHRASE_FACTOR_CODES_KEEP);
    HTML(h, "<ul class=\"codes\">");
    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        HTML(h, "<li><code>");
        html_text(h, codes[i]);
        HTML(h, "</code></li>");
    }
    HTML(h, "</ul>");
    html_link(h, STR(HERE), PHRASE_GO_ON);
    return reply_page(rq, 201, h);
}

err_t factors_page_confirm(struct request *rq)
{
    const struct factor_confirm_form *in = rq->in;
    struct row_session session;
    struct factors has;
    bool away;
    TRY(guard_page(rq, &session, &away));
    if (away)
        return E_OK;
    err_t e = totp_confirm(&rq->act, session.user_id, in->id, in->code);
    if (e == E_BAD_FIELD) {
        act_clear_why(&rq->act);
        rq->quiet = true;
        return confirm_show(rq, 422, in->id, NULL);
    }
    if (e == E_CONFLICT) { /* the second of two clicks: it is confirmed, which that page says */
        act_clear_why(&rq->act);
        rq->quiet = true;
        return reply_redirect(rq, 303, STR(HERE));
    }
    TRY(e);
    TRY(factor_was_first(&rq->act, &session));
    TRY(factor_details(rq, "totp", STR_NONE));
    TRY(factors_of(&rq->act, session.user_id, &has));
    return has.codes > 0 ? reply_redirect(rq, 303, STR(HERE)) : codes_show(rq, session.user_id);
}

err_t factors_page_remove(struct request *rq)
{
    const struct factor_remove_form *in = rq->in;
    struct row_session session;
    str_t name = STR_NONE;
    bool away;
    TRY(guard_page(rq, &session, &away));
    if (away)
        return E_OK;
    TRY(totp_delete(&rq->act, session.user_id, in->id, &name));
    TRY(factor_details(rq, "totp", name));
    return reply_redirect(rq, 303, STR(HERE));
}

err_t factors_page_codes(struct request *rq)
{
    struct row_session session;
    bool away;
    TRY(guard_page(rq, &session, &away));
    if (away)
        return E_OK;
    TRY(factor_details(rq, "recovery-codes", STR_NONE));
    return codes_show(rq, session.user_id);
}
