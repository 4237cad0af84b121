/* SPDX-License-Identifier: Apache-2.0 */
#include "api/handlers_hooks.h"
#include "api/page.h"
#include "api/services.h"
#include "api/shapes_hooks.h"

/* Notices are for people. */
static err_t person(struct request *rq)
{
    return rq->act.actor.kind == ACTOR_USER
               ? E_OK
               : FAIL(&rq->act.why, E_FORBIDDEN, "only people have a portal");
}

err_t notices_list(struct request *rq)
{
    const struct notice_query *q = rq->query;
    struct notice_view *rows = NULL;
    struct page page;
    size_t n = 0;
    enum lang lang = lang_parse(q->lang);
    oid_t who = rq->act.actor.id;
    TRY(person(rq));
    TRY(page_open(rq, &q->page, STR(""), &page));
    if (lang == LANG_NONE)
        TRY(user_lang(&rq->act, who, &lang));
    if (lang == LANG_NONE)
        lang = services_settings(rq->services)->notices.lang;
    const struct notice_ask ask = {
        .user = who, .lang = lang, .before = page.after, .limit = page.limit + 1
    };
    TRY(notice_page(&rq->act, &ask, &rows, &n));
    struct notice_out *out = ARENA_ARRAY(rq->act.arena, struct notice_out, n + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        out[i] = (struct notice_out){ rows[i].id,   rows[i].kind,       rows[i].subject,
                                      rows[i].text, rows[i].created_at, rows[i].read_at };
    size_t shown = page_shown(&page, n);
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &notice_out_shape, out, shown, page.next);
}

err_t notices_read(struct request *rq)
{
    oid_t id;
    TRY(person(rq));
    TRY(request_param_id(rq, 0, &id));
    TRY(notice_read(&rq->act, rq->act.actor.id, id));
    rq->quiet = true; /* what somebody has read is nobody's business */
    return reply_empty(rq, 204);
}

err_t notices_language(struct request *rq)
{
    const struct language_body *in = rq->in;
    const struct actor *who = &rq->act.actor;
    TRY(person(rq));
    TRY(user_lang_set(&rq->act, who->id, lang_parse(in->lang)));
    request_target(rq, "user", who->id, str_from_cz(who->name));
    return reply_empty(rq, 204);
}
