/* SPDX-License-Identifier: Apache-2.0 */
#include "api/handlers_access.h"
#include "api/page.h"
#include "api/shapes_identity.h"
#include "domain/identity/personal_token.h"

static struct service_token_out token_view(const struct row_token *row, str_t text)
{
    return (struct service_token_out){ .id = row->id,
                                       .name = row->name,
                                       .token = text,
                                       .created_at = row->created_at,
                                       .expires_at = row->expires_at };
}

err_t personal_tokens_list(struct request *rq)
{
    const struct search_query *q = rq->query;
    struct row_token *rows = NULL;
    struct page page;
    size_t n = 0;
    TRY(page_open(rq, &q->page, STR_NONE, &page));
    TRY(personal_token_page(&rq->act, page.after, page.limit + 1, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct service_token_out *out = ARENA_ARRAY(rq->act.arena, struct service_token_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        out[i] = token_view(&rows[i], STR_NONE);
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &service_token_line_shape, out, shown, page.next);
}

err_t personal_tokens_create(struct request *rq)
{
    const struct service_token_body *in = rq->in;
    struct service_token_out *out = ARENA_NEW(rq->act.arena, struct service_token_out);
    struct token_text text = { .n = 0 };
    struct row_token row;
    str_t shown;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(personal_token_create(&rq->act, in->name, in->expires_at, &row, &text));
    err_t e = str_copy(rq->act.arena, str_of(text.p, text.n), &shown);
    explicit_bzero(&text, sizeof text);
    TRY(e);
    *out = token_view(&row, shown);
    request_target(rq, "user", rq->act.actor.id, in->name);
    return reply_obj(rq, 201, &service_token_out_shape, out);
}

err_t personal_tokens_delete(struct request *rq)
{
    struct row_token row;
    oid_t token;
    TRY(request_param_id(rq, 0, &token));
    TRY(personal_token_delete(&rq->act, token, &row));
    request_target(rq, "user", rq->act.actor.id, row.name);
    return reply_empty(rq, 204);
}
