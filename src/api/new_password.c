/* SPDX-License-Identifier: Apache-2.0 */
#include "api/new_password.h"

#include "api/page_html.h"
#include "api/people.h"

static enum phrase flaw_of(const struct new_password_in *in, const struct password_owner *who)
{
    struct diag why = { 0 };
    if (!str_eq(in->password, in->again))
        return PHRASE_PERSON_PASSWORDS_DIFFER;
    if (password_allowed(&why, in->password, who) == E_OK)
        return PHRASE_PRODUCT;
    return password_is_short(in->password) ? PHRASE_PASSWORD_SHORT : PHRASE_PASSWORD_COMMON;
}

err_t new_password_prepare(struct request *rq, const struct password_owner *who)
{
    struct new_password *p = ARENA_NEW(rq->act.arena, struct new_password);
    if (p == NULL)
        return E_NO_MEMORY;
    p->in = rq->in;
    p->flaw = flaw_of(p->in, who);
    request_leave_store(rq);
    if (p->flaw == PHRASE_PRODUCT)
        TRY(password_hash(&rq->act, p->in->password, who, &p->hash));
    rq->in = p;
    return E_OK;
}

void new_password_fields(struct html *h, bool focus)
{
    html_field(h, &(struct html_field){ .name = "password",
                                        .label = PHRASE_PASSWORD_NEW,
                                        .type = "password",
                                        .autocomplete = "new-password",
                                        .hint = PHRASE_PASSWORD_RULES,
                                        .max = PASSWORD_MAX,
                                        .required = true,
                                        .focus = focus });
    html_field(h, &(struct html_field){ .name = "again",
                                        .label = PHRASE_PASSWORD_AGAIN,
                                        .type = "password",
                                        .autocomplete = "new-password",
                                        .max = PASSWORD_MAX,
                                        .required = true });
}

err_t new_password_link_over(struct request *rq, const struct new_password_over *is)
{
    struct html *h;
    act_clear_why(&rq->act);
    TRY(page_begin(rq, PHRASE_LINK_OVER_TITLE, &h));
    html_note(h, NOTE_BAD, is->why);
    html_way(h, str_from_cz(is->href), is->way);
    return reply_page(rq, 404, h);
}

err_t password_changed_notice(struct request *rq, const struct row_user_account *user)
{
    const struct notice_field fields[] = { { .name = "username", .value = user->username } };
    return people_tell(rq, (struct notice_in){ .kind = NOTICE_PASSWORD_CHANGED,
                                               .user = user->id,
                                               .fields = fields,
                                               .fields_n = ARRAY_LEN(fields) });
}
