/* SPDX-License-Identifier: Apache-2.0 */
/* The first administrator, by a link that only who runs the server gets (`seneschal setup-link`).
 */
#include "api/handlers_signin.h"

#include "api/new_password.h"
#include "api/page_html.h"
#include "api/redirect.h"
#include "api/services.h"
#include "domain/signin/link.h"
#include "domain/signin/session.h"

static err_t form_show(struct request *rq, int status, const struct new_password_in *in,
                       enum phrase note)
{
    struct html *h;
    str_t path;
    TRY(str_format(rq->act.arena, &path, "/setup/%.*s", STR_ARG(rq->params[0])));
    TRY(page_begin(rq, PHRASE_SETUP_TITLE, &h));
    html_para(h, PHRASE_SETUP_HOW);
    if (note != PHRASE_PRODUCT)
        html_note(h, NOTE_BAD, note);
    html_form_to(h, path);
    html_field(h, &(struct html_field){ .name = "username",
                                        .label = PHRASE_SETUP_NAME,
                                        .autocomplete = "username",
                                        .value = in != NULL ? in->username : STR_NONE,
                                        .max = 128,
                                        .required = true,
                                        .focus = note == PHRASE_PRODUCT });
    html_field(h, &(struct html_field){ .name = "email",
                                        .label = PHRASE_SETUP_EMAIL,
                                        .type = "email",
                                        .autocomplete = "email",
                                        .value = in != NULL ? in->email : STR_NONE,
                                        .max = 254,
                                        .required = true });
    new_password_fields(h, note != PHRASE_PRODUCT);
    html_form_end(h, PHRASE_SETUP_GO);
    return reply_page(rq, status, h);
}

static err_t setup_may(struct request *rq)
{
    struct row_signin_link link;
    bool there = true;
    TRY(administrator_is_there(&rq->act, &there));
    if (there)
        return FAIL(&rq->act.why, E_NOT_FOUND, "there is an administrator already: sign in");
    return link_look(&rq->act, LINK_SETUP, rq->params[0], &link);
}

err_t setup_show(struct request *rq)
{
    static const struct new_password_over over = { PHRASE_SETUP_OVER, "/login",
                                                   PHRASE_LOGIN_TITLE };
    err_t e = setup_may(rq);
    if (e == E_NOT_FOUND)
        return new_password_link_over(rq, &over);
    TRY(e);
    return form_show(rq, 200, NULL, PHRASE_PRODUCT);
}

err_t setup_prepare(struct request *rq)
{
    const struct new_password_in *in = rq->in;
    TRY(signin_limit(rq));
    TRY(setup_may(rq));
    return new_password_prepare(rq, &(struct password_owner){ in->username, in->email });
}

err_t setup_go(struct request *rq)
{
    const struct new_password *p = rq->in;
    struct row_user_account user;
    struct row_session session;
    if (p->flaw != PHRASE_PRODUCT) {
        rq->quiet = true;
        return form_show(rq, 422, p->in, p->flaw);
    }
    const struct setup_in in = { p->in->username, p->in->email, p->hash };
    TRY(setup_finish(&rq->act, rq->params[0], &in, &user));
    rq->event.org = rq->act.org;
    const struct browser_in who = { .user = user.id,
                                    .username = user.username,
                                    .amr = AMR_PWD | AMR_LINK };
    TRY(browser_signs_in(rq, &who, &session));
    return browser_goes_on(rq, &session, LANDING);
}
