/* SPDX-License-Identifier: Apache-2.0 */
#include "api/handlers_access.h"
#include "api/handlers_factor.h"
#include "api/handlers_identity.h"
#include "api/page.h"
#include "api/shapes_identity.h"
#include "domain/identity/personal_token.h"

err_t personal_tokens_list(struct request *rq)
{
    const struct search_query *q = rq->query;
    struct row_token *rows = NULL;
    struct page page;
    size_t n = 0;
    TRY(page_open(rq, &q->page, STR_NONE, &page));
    TRY(personal_token_page(&rq->act, page.after, page.limit + 1, &rows, &n));
    return tokens_reply(rq, &page, rows, n);
}

err_t personal_tokens_create(struct request *rq)
{
    const struct service_token_body *in = rq->in;
    struct token_text text = { .n = 0 };
    struct row_token row;
    TRY(credential_guard(rq));
    TRY(personal_token_create(&rq->act, in->name, in->expires_at, &row, &text));
    request_target(rq, "user", rq->act.actor.id, in->name);
    return token_made_reply(rq, &row, &text);
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
