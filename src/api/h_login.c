/* SPDX-License-Identifier: Apache-2.0 */
/* The pages by which people sign in and out. */
#include "api/handlers_signin.h"

#include "api/cookie.h"
#include "api/handlers_factor.h"
#include "api/page_html.h"
#include "api/redirect.h"
#include "api/services.h"
#include "api/signin_parts.h"
#include "api/upstream_links.h"
#include "domain/signin/link.h"
#include "domain/signin/session.h"

struct login_page { /* what the form has when it is shown */
    str_t name;
    str_t next;
    str_t org;
};

static err_t login_form(struct request *rq, struct html *h, const struct login_page *p)
{
    html_form(h, "/login");
    html_field(h, &(struct html_field){ .name = "name",
                                        .label = PHRASE_LOGIN_NAME,
                                        .autocomplete = "username",
                                        .value = p->name,
                                        .max = 254,
                                        .required = true,
                                        .focus = p->name.n == 0 });
    html_field(h, &(struct html_field){ .name = "password",
                                        .label = PHRASE_LOGIN_PASSWORD,
                                        .type = "password",
                                        .autocomplete = "current-password",
                                        .max = 512,
                                        .required = true,
                                        .focus = p->name.n > 0 });
    if (p->next.n > 0)
        html_hidden(h, "next", p->next);
    if (p->org.n > 0)
        html_hidden(h, "org", p->org);
    html_form_end(h, PHRASE_LOGIN_GO);
    TRY(passkey_way(rq, h, p->next));
    html_way(h, STR("/recover"), PHRASE_LOGIN_FORGOTTEN);
    html_way(h, STR("/access"), PHRASE_ACCESS_TITLE);
    if (str_starts(p->next, STR("/oauth2/")) || str_starts(p->next, STR("/forward-auth/")))
        html_leads_out(h); /* the way goes on to the application */
    return upstream_links(rq, h, p->next, p->org);
}

static str_t next_of(str_t next)
{
    return own_path(next) ? next : LANDING;
}

err_t login_show(struct request *rq)
{
    const struct login_query *q = rq->query;
    const struct login_page page = { .name = q->hint,
                                     .next = own_path(q->next) ? q->next : STR_NONE,
                                     .org = q->org };
    struct html *h;
    bool inhabited;
    if (oid_is_set(rq->session_id) && !rq->half && q->again.p == NULL)
        return reply_redirect(rq, 303, next_of(q->next));
    TRY(page_begin(rq, PHRASE_LOGIN_TITLE, &h));
    TRY(anybody_is_there(&rq->act, &inhabited));
    if (!inhabited)
        html_note(h, NOTE_INFO, PHRASE_LOGIN_EMPTY);
    TRY(login_form(rq, h, &page));
    return reply_page(rq, 200, h);
}

/* The same page and status for whatever was wrong. */
static err_t login_again(struct request *rq, const struct login_do *l, enum signin_outcome out,
                         dur_t wait)
{
    const struct login_page page = { .name = l->in->name,
                                     .next = own_path(l->in->next) ? l->in->next : STR_NONE,
                                     .org = l->in->org };
    int64_t seconds = (wait.us + 999999) / 1000000;
    struct html *h;
    str_t text[1];
    TRY(page_begin(rq, PHRASE_LOGIN_TITLE, &h));
    if (out == SIGNIN_WAIT) {
        TRY(str_format(rq->act.arena, &text[0], "%lld", (long long)seconds));
        TRY(reply_retry_after(rq, seconds));
        html_note_with(h, NOTE_BAD, PHRASE_LOGIN_WAIT, text, ARRAY_LEN(text));
    } else {
        html_note(h, NOTE_BAD, PHRASE_LOGIN_WRONG);
    }
    TRY(login_form(rq, h, &page));
    return reply_page(rq, out == SIGNIN_WAIT ? 429 : 401, h);
}

err_t login_go(struct request *rq)
{
    const struct login_do *l = rq->in;
    struct row_session session;
    enum signin_outcome out;
    dur_t wait;
    TRY(login_decide(rq, l, &out, &wait));
    if (out != SIGNIN_RIGHT)
        return login_again(rq, l, out, wait);
    const struct browser_in who = { .user = l->look.user,
                                    .username = l->look.username,
                                    .amr = AMR_PWD };
    TRY(browser_signs_in(rq, &who, &session));
    return browser_goes_on(rq, &session, next_of(l->in->next));
}

err_t logout_show(struct request *rq)
{
    struct html *h;
    TRY(page_begin(rq, PHRASE_LOGOUT_TITLE, &h));
    if (oid_is_set(rq->session_id)) {
        html_para(h, PHRASE_LOGOUT_SURE);
        html_form(h, "/logout");
        html_form_end(h, PHRASE_LOGOUT_GO);
    } else {
        html_note(h, NOTE_GOOD, PHRASE_LOGOUT_DONE);
        html_way(h, STR("/login"), PHRASE_LOGIN_TITLE);
    }
    return reply_page(rq, 200, h);
}

err_t logout_go(struct request *rq)
{
    struct row_session session;
    err_t e = E_UNAUTHENTICATED;
    if (oid_is_set(rq->session_id))
        e = session_get_live(&rq->act, rq->session_id, &session);
    if (e == E_OK) {
        TRY(session_end(&rq->act, rq->session_id, STR("signed-out")));
        request_target(rq, "user", rq->act.actor.id, str_from_cz(rq->act.actor.name));
        TRY(session_details(rq, &session, "signed-out"));
    } else if (e == E_UNAUTHENTICATED) {
        act_clear_why(&rq->act);
        rq->quiet = true;
    } else {
        return e;
    }
    TRY(browser_signs_out(rq));
    return reply_redirect(rq, 303, STR("/logout"));
}
