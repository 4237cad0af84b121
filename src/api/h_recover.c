/* SPDX-License-Identifier: Apache-2.0 */
/* A new password by a link that was sent by mail, or handed over by an administrator. */
#include "api/handlers_signin.h"

#include "api/new_password.h"
#include "api/page_html.h"
#include "api/redirect.h"
#include "api/services.h"
#include "domain/identity/user.h"
#include "domain/signin/link.h"
#include "domain/signin/session.h"

err_t recover_show(struct request *rq)
{
    struct html *h;
    TRY(page_begin(rq, PHRASE_RECOVER_TITLE, &h));
    html_para(h, PHRASE_RECOVER_HOW);
    html_form(h, "/recover");
    html_field(h, &(struct html_field){ .name = "name",
                                        .label = PHRASE_LOGIN_NAME,
                                        .autocomplete = "username",
                                        .max = 254,
                                        .required = true,
                                        .focus = true });
    html_form_end(h, PHRASE_RECOVER_GO);
    html_way(h, STR("/login"), PHRASE_LOGIN_TITLE);
    return reply_page(rq, 200, h);
}

/* The same answer for whoever is meant, so that nobody learns who is here. */
err_t recover_go(struct request *rq)
{
    const struct recover_in *in = rq->in;
    const struct settings *s = services_settings(rq->services);
    struct recovery_ask ask = { .name = in->name, .cfg = &s->notices };
    struct row_user_account user;
    struct html *h;
    TRY(signin_limit(rq));
    TRY(str_format(rq->act.arena, &ask.url_begin, "%.*s/recover/", STR_ARG(s->issuer)));
    err_t e = signin_org(rq, in->org);
    if (e == E_OK)
        TRY(recovery_ask(&rq->act, &ask, &user));
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    rq->quiet = e != E_OK || !oid_is_set(user.id);
    if (!rq->quiet)
        request_target(rq, "user", user.id, user.username);
    act_clear_why(&rq->act);
    TRY(page_begin(rq, PHRASE_RECOVER_TITLE, &h));
    html_note(h, NOTE_GOOD, PHRASE_RECOVER_SENT);
    html_para(h, PHRASE_RECOVER_NOT_COME);
    html_way(h, STR("/login"), PHRASE_LOGIN_TITLE);
    return reply_page(rq, 200, h);
}

static err_t form_show(struct request *rq, int status, str_t link, enum phrase note)
{
    struct html *h;
    str_t path;
    TRY(str_format(rq->act.arena, &path, "/recover/%.*s", STR_ARG(link)));
    TRY(page_begin(rq, PHRASE_RECOVERY_TITLE, &h));
    if (note != PHRASE_PRODUCT)
        html_note(h, NOTE_BAD, note);
    html_form_to(h, path);
    new_password_fields(h, true);
    html_form_end(h, PHRASE_RECOVERY_GO);
    return reply_page(rq, status, h);
}

/* Mail scanners and previews open links: looking uses nothing up. */
err_t recovery_show(struct request *rq)
{
    static const struct new_password_over over = { PHRASE_RECOVERY_OVER, "/recover",
                                                   PHRASE_RECOVERY_ANEW };
    struct row_signin_link link;
    err_t e = link_look(&rq->act, LINK_RECOVERY, rq->params[0], &link);
    if (e == E_NOT_FOUND)
        return new_password_link_over(rq, &over);
    TRY(e);
    return form_show(rq, 200, rq->params[0], PHRASE_PRODUCT);
}

err_t recovery_prepare(struct request *rq)
{
    struct row_signin_link link;
    struct row_user_account user;
    TRY(signin_limit(rq));
    TRY(link_look(&rq->act, LINK_RECOVERY, rq->params[0], &link));
    TRY(user_get(&rq->act, link.user_id, &user));
    return new_password_prepare(rq, &(struct password_owner){ user.username, user.email });
}

err_t recovery_go(struct request *rq)
{
    const struct new_password *in = rq->in;
    struct row_signin_link link;
    struct row_user_account user;
    struct row_session session;
    if (in->flaw != PHRASE_PRODUCT) {
        rq->quiet = true;
        return form_show(rq, 422, rq->params[0], in->flaw);
    }
    TRY(link_use(&rq->act, LINK_RECOVERY, rq->params[0], &link));
    TRY(user_get(&rq->act, link.user_id, &user));
    rq->event.org = rq->act.org;
    TRY(user_password_set(&rq->act, user.id, in->hash, (oid_t){ 0 }));
    TRY(password_changed_notice(rq, &user));
    const struct browser_in who = { .user = user.id, .username = user.username, .amr = AMR_LINK };
    TRY(browser_signs_in(rq, &who, &session));
    return browser_goes_on(rq, &session, LANDING);
}
