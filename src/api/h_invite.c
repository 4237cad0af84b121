/* SPDX-License-Identifier: Apache-2.0 */
/* What the link of an invitation opens, as a page and as JSON; and accounts without one. Reading a
 * link uses nothing up: mail scanners and previews read all of them. */
#include "api/handlers_identity.h"
#include "api/handlers_people.h"
#include "api/page_html.h"
#include "api/people.h"
#include "api/services.h"
#include "domain/signin/password.h"
#include "domain/signin/registration.h"

/* The hash of the password, which is slow, before the transaction. A page shows its form again, so
 * what is wrong is kept for the handler. */
static err_t person_prepare(struct request *rq, bool page)
{
    const struct person_body *in = rq->in;
    struct person_body *with = ARENA_NEW(rq->act.arena, struct person_body);
    const struct password_owner owner = { in->username, in->email };
    if (with == NULL)
        return E_NO_MEMORY;
    *with = *in;
    err_t e = page && !str_eq(in->password, in->password_again)
                  ? E_CONFLICT
                  : password_hash(&rq->act, in->password, &owner, &with->hash);
    if (page && (e == E_CONFLICT || e == E_BAD_FIELD)) {
        with->flaw = e;
        e = E_OK;
    }
    rq->in = with;
    return e;
}

err_t invite_prepare(struct request *rq)
{
    return person_prepare(rq, true);
}

err_t invitations_accept_prepare(struct request *rq)
{
    return person_prepare(rq, false);
}

/* Without an invitation only where that is on: else no time is spent. */
static err_t register_open(struct request *rq)
{
    const struct settings *s = services_settings(rq->services);
    if (s->registration_open)
        return E_OK;
    return FAIL(&rq->act.why, E_REGISTRATION_CLOSED,
                "accounts are made by invitation: %.*s/access says whom to ask",
                STR_ARG(str_sub(s->issuer, 0, 128)));
}

err_t auth_register_prepare(struct request *rq)
{
    const struct person_body *in = rq->in;
    if (in->invitation.n == 0)
        TRY(register_open(rq));
    return person_prepare(rq, false);
}

err_t register_prepare(struct request *rq)
{
    return services_settings(rq->services)->registration_open ? person_prepare(rq, true) : E_OK;
}

static err_t account_reply(struct request *rq, const struct row_user_account *user)
{
    struct account_out *out = ARENA_NEW(rq->act.arena, struct account_out);
    if (out == NULL)
        return E_NO_MEMORY;
    *out = (struct account_out){
        .id = user->id,
        .username = user->username,
        .email = user->email,
        .status = str_from_cz(account_status_name((enum account_status)user->status)),
    };
    TRY(groups_shown(rq, ACTOR_USER, user->id, &out->groups));
    return reply_obj(rq, 201, &account_out_shape, out);
}

err_t invitations_accept(struct request *rq)
{
    struct row_user_account user;
    TRY(people_accept(rq, rq->params[0], rq->in, &user));
    return account_reply(rq, &user);
}

err_t auth_register(struct request *rq)
{
    const struct person_body *in = rq->in;
    struct row_user_account user;
    if (in->invitation.n > 0) {
        TRY(people_accept(rq, in->invitation, in, &user));
        rq->event.action = STR("invitation.accepted");
    } else {
        TRY(people_register(rq, in, &user));
    }
    return account_reply(rq, &user);
}

/* A page instead of the event that there is none of. */
static err_t page_only(struct request *rq, int status, struct html *h)
{
    act_clear_why(&rq->act);
    rq->quiet = true;
    return reply_page(rq, status, h);
}

static void say_contact(struct request *rq, struct html *h)
{
    str_t contact = services_settings(rq->services)->access_contact;
    html_para(h, PHRASE_ACCESS_HOW);
    if (contact.n > 0)
        html_para_with(h, PHRASE_ACCESS_CONTACT, &contact, 1);
}

static err_t over_page(struct request *rq)
{
    struct html *h = NULL;
    TRY(page_begin(rq, PHRASE_INVITE_OVER_TITLE, &h));
    html_note(h, NOTE_BAD, PHRASE_INVITE_OVER);
    say_contact(rq, h);
    html_way(h, STR("/login"), PHRASE_PERSON_HAS_ACCOUNT); /* who has used it already */
    return page_only(rq, 403, h);
}

struct person_form {
    enum phrase title;
    enum phrase lead;
    str_t action;
    const struct row_invitation *invitation; /* NULL: none */
    const struct person_body *said;          /* NULL: nothing yet */
    enum phrase wrong;                       /* PHRASE_PRODUCT: nothing */
    int status;
};

static str_t value_of(str_t said, str_t proposed)
{
    return said.n > 0 ? said : proposed.n > 0 ? proposed : STR("");
}

static void passwords_put(struct html *h)
{
    html_field(h, &(struct html_field){ .name = "password",
                                        .label = PHRASE_PERSON_PASSWORD,
                                        .type = "password",
                                        .autocomplete = "new-password",
                                        .hint = PHRASE_PERSON_PASSWORD_HINT,
                                        .max = PASSWORD_MAX,
                                        .required = true });
    html_field(h, &(struct html_field){ .name = "password_again",
                                        .label = PHRASE_PERSON_PASSWORD_AGAIN,
                                        .type = "password",
                                        .autocomplete = "new-password",
                                        .max = PASSWORD_MAX,
                                        .required = true });
}

/* The form of a person; what was said before stands in it again, but for passwords. */
static err_t person_page(struct request *rq, const struct person_form *f)
{
    static const struct person_body nothing = { 0 };
    static const struct row_invitation nobody = { 0 };
    const struct person_body *said = f->said != NULL ? f->said : &nothing;
    const struct row_invitation *inv = f->invitation != NULL ? f->invitation : &nobody;
    struct html *h = NULL;
    TRY(page_begin(rq, f->title, &h));
    if (f->wrong != PHRASE_PRODUCT)
        html_note(h, NOTE_BAD, f->wrong);
    if (inv->by_name.n > 0)
        html_para_with(h, f->lead, &inv->by_name, 1);
    else
        html_para(h, f->lead);
    html_form_to(h, f->action);
    html_field(h, &(struct html_field){ .name = "username",
                                        .label = PHRASE_PERSON_USERNAME,
                                        .autocomplete = "username",
                                        .hint = PHRASE_PERSON_USERNAME_HINT,
                                        .value = value_of(said->username, inv->username),
                                        .max = PERSON_NAME_MAX,
                                        .required = true,
                                        .focus = true });
    html_field(h, &(struct html_field){ .name = "display_name",
                                        .label = PHRASE_PERSON_DISPLAY_NAME,
                                        .autocomplete = "name",
                                        .value = value_of(said->display_name, inv->display_name),
                                        .max = PERSON_NAME_MAX });
    if (inv->email.n > 0) {
        html_facts(h);
        html_fact(h, PHRASE_PERSON_EMAIL, inv->email);
        html_facts_end(h);
    } else {
        html_field(h, &(struct html_field){ .name = "email",
                                            .label = PHRASE_PERSON_EMAIL,
                                            .type = "email",
                                            .autocomplete = "email",
                                            .value = value_of(said->email, STR_NONE),
                                            .max = PERSON_EMAIL_MAX,
                                            .required = true });
    }
    passwords_put(h);
    html_form_end(h, PHRASE_PERSON_GO);
    html_way(h, STR("/login"), PHRASE_PERSON_HAS_ACCOUNT);
    return page_only(rq, f->status, h);
}

static enum phrase flaw_phrase(struct request *rq, err_t e)
{
    bool email = strcmp(rq->act.why.field, "email") == 0;
    if (e == E_CONFLICT)
        return PHRASE_PERSON_TAKEN;
    return email ? PHRASE_PERSON_EMAIL_WRONG : PHRASE_PERSON_USERNAME_WRONG;
}

static enum phrase password_phrase(err_t flaw)
{
    return flaw == E_OK         ? PHRASE_PRODUCT
           : flaw == E_CONFLICT ? PHRASE_PERSON_PASSWORDS_DIFFER
                                : PHRASE_PERSON_PASSWORD_WEAK;
}

static err_t invite_form(struct request *rq, const struct row_invitation *inv,
                         const struct person_body *said, enum phrase wrong)
{
    struct person_form f = { .title = PHRASE_INVITE_TITLE,
                             .lead = PHRASE_INVITE_LEAD,
                             .invitation = inv,
                             .said = said,
                             .wrong = wrong,
                             .status = wrong == PHRASE_PRODUCT ? 200 : 422 };
    TRY(str_format(rq->act.arena, &f.action, "/invite/%.*s", STR_ARG(rq->params[0])));
    return person_page(rq, &f);
}

err_t invite_get(struct request *rq)
{
    digest_t hash = sha256_of(rq->params[0]);
    struct row_invitation inv;
    err_t e = invitation_open(&rq->act, &hash, &inv);
    if (e == E_INVITATION_OVER)
        return over_page(rq);
    TRY(e);
    return invite_form(rq, &inv, NULL, PHRASE_PRODUCT);
}

static err_t ready_page(struct request *rq, enum phrase title, enum phrase text,
                        const struct row_user_account *user, enum phrase link)
{
    struct html *h = NULL;
    TRY(page_begin(rq, title, &h));
    html_note_with(h, NOTE_GOOD, text, &user->username, 1);
    if (link != PHRASE_PRODUCT)
        html_link(h, STR("/"), link);
    return reply_page(rq, 201, h);
}

/* What is wrong is found before anything is written, so that the form can be shown again. */
err_t invite_post(struct request *rq)
{
    const struct person_body *in = rq->in;
    const struct person who = { in->username, in->email, in->display_name };
    digest_t hash = sha256_of(rq->params[0]);
    struct row_invitation inv = { 0 };
    struct row_user_account user;
    err_t e = invitation_admit(&rq->act, &hash, &who, &inv);
    if (e == E_INVITATION_OVER)
        return over_page(rq);
    if (e == E_BAD_FIELD || e == E_CONFLICT)
        return invite_form(rq, &inv, in, flaw_phrase(rq, e));
    TRY(e);
    if (in->flaw != E_OK)
        return invite_form(rq, &inv, in, password_phrase(in->flaw));
    TRY(people_accept(rq, rq->params[0], in, &user));
    return ready_page(rq, PHRASE_INVITE_DONE_TITLE, PHRASE_INVITE_DONE, &user,
                      PHRASE_INVITE_DONE_GO);
}

static err_t closed_page(struct request *rq)
{
    struct html *h = NULL;
    TRY(page_begin(rq, PHRASE_ACCESS_TITLE, &h));
    html_note(h, NOTE_INFO, PHRASE_REGISTER_CLOSED);
    say_contact(rq, h);
    return page_only(rq, 403, h);
}

static err_t register_form(struct request *rq, const struct person_body *said, enum phrase wrong)
{
    return person_page(rq, &(struct person_form){ .title = PHRASE_REGISTER_TITLE,
                                                  .lead = PHRASE_REGISTER_LEAD,
                                                  .action = STR("/register"),
                                                  .said = said,
                                                  .wrong = wrong,
                                                  .status = wrong == PHRASE_PRODUCT ? 200 : 422 });
}

err_t register_get(struct request *rq)
{
    return services_settings(rq->services)->registration_open
               ? register_form(rq, NULL, PHRASE_PRODUCT)
               : closed_page(rq);
}

err_t register_post(struct request *rq)
{
    const struct person_body *in = rq->in;
    const struct person who = { in->username, in->email, in->display_name };
    struct row_user_account user;
    if (!services_settings(rq->services)->registration_open)
        return closed_page(rq);
    err_t e = registration_check(&rq->act, &who);
    if (e == E_BAD_FIELD || e == E_CONFLICT)
        return register_form(rq, in, flaw_phrase(rq, e));
    TRY(e);
    if (in->flaw != E_OK)
        return register_form(rq, in, password_phrase(in->flaw));
    TRY(people_register(rq, in, &user));
    return ready_page(rq, PHRASE_REGISTER_DONE_TITLE, PHRASE_REGISTER_DONE, &user, PHRASE_PRODUCT);
}

err_t access_page(struct request *rq)
{
    struct html *h = NULL;
    TRY(page_begin(rq, PHRASE_ACCESS_TITLE, &h));
    say_contact(rq, h);
    html_para(h, PHRASE_ACCESS_INVITED);
    if (services_settings(rq->services)->registration_open)
        html_way(h, STR("/register"), PHRASE_ACCESS_REGISTER);
    html_way(h, STR("/docs/access"), PHRASE_ACCESS_GUIDE);
    return page_only(rq, 200, h);
}
