/* SPDX-License-Identifier: Apache-2.0 */
#include "api/gained.h"
#include "api/handlers_identity.h"
#include "api/page.h"
#include "api/shapes_identity.h"
#include "domain/identity/service.h"

static err_t service_view(struct request *rq, const struct row_service_account *row,
                          struct service_out *ret)
{
    *ret = (struct service_out){
        .id = row->id,
        .name = row->name,
        .status = str_from_cz(account_status_name((enum account_status)row->status)),
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
    TRY(roles_shown(rq, row->roles, &ret->roles));
    TRY(groups_shown(rq, ACTOR_SERVICE, row->id, &ret->groups));
    return etag_make(rq, row->id, row->revision, &ret->etag);
}

static err_t service_reply(struct request *rq, int status, const struct row_service_account *row)
{
    struct service_out *out = ARENA_NEW(rq->act.arena, struct service_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(service_view(rq, row, out));
    TRY(reply_header(rq, STR("ETag"), out->etag));
    request_target(rq, "service-account", row->id, row->name);
    return reply_obj(rq, status, &service_out_shape, out);
}

/* The account of the path, still as the caller knows it. */
static err_t service_of_path(struct request *rq, struct row_service_account *ret)
{
    oid_t id;
    str_t etag;
    TRY(request_param_id(rq, 0, &id));
    TRY(service_get(&rq->act, id, ret));
    request_target(rq, "service-account", ret->id, ret->name);
    TRY(etag_make(rq, id, ret->revision, &etag));
    return etag_check(rq, etag);
}

static struct service_in service_words(const struct service_body *b)
{
    return (struct service_in){ .name = b->name,
                                .status = b->status,
                                .roles = names_of(b->roles),
                                .groups = names_of(b->groups) };
}

err_t services_list(struct request *rq)
{
    const struct search_query *q = rq->query;
    struct row_service_account *rows = NULL;
    struct page page;
    int64_t total = 0;
    size_t n = 0;
    TRY(page_open(rq, &q->page, q->search, &page));
    TRY(service_page(&rq->act, q->search, page.after, page.limit + 1, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct service_out *out = ARENA_ARRAY(rq->act.arena, struct service_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        TRY(service_view(rq, &rows[i], &out[i]));
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    TRY(reply_list(rq, &service_out_shape, out, shown, page.next));
    if (!q->count)
        return E_OK;
    TRY(service_count(&rq->act, q->search, &total));
    rq->reply.total = (opt_i64_t){ true, total };
    return E_OK;
}

err_t services_create(struct request *rq)
{
    struct service_in words = service_words(rq->in);
    struct row_service_account row;
    TRY(service_create(&rq->act, &words, &row));
    TRY(gained_note(rq, &(struct access_watch){ .kind = ACTOR_SERVICE, .id = row.id }));
    TRY(account_details(rq, row.roles, account_status_name((enum account_status)row.status)));
    return service_reply(rq, 201, &row);
}

err_t services_get(struct request *rq)
{
    struct row_service_account row;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(service_get(&rq->act, id, &row));
    return service_reply(rq, 200, &row);
}

err_t services_change(struct request *rq)
{
    struct access_watch watch;
    struct service_in words = service_words(rq->in);
    struct row_service_account row;
    TRY(service_of_path(rq, &row));
    TRY(access_watch(&rq->act, ACTOR_SERVICE, row.id, &watch));
    TRY(service_change(&rq->act, row.id, &words, &row));
    TRY(gained_note(rq, &watch));
    TRY(account_details(rq, row.roles, account_status_name((enum account_status)row.status)));
    return service_reply(rq, 200, &row);
}

err_t services_delete(struct request *rq)
{
    struct access_watch watch;
    struct row_service_account row;
    TRY(service_of_path(rq, &row));
    TRY(access_watch(&rq->act, ACTOR_SERVICE, row.id, &watch));
    TRY(service_delete(&rq->act, row.id));
    TRY(gained_note(rq, &watch));
    return reply_empty(rq, 204);
}

static struct service_token_out token_view(const struct row_token *row, str_t text)
{
    return (struct service_token_out){ .id = row->id,
                                       .name = row->name,
                                       .token = text,
                                       .created_at = row->created_at,
                                       .expires_at = row->expires_at };
}

err_t tokens_reply(struct request *rq, struct page *page, const struct row_token *rows, size_t n)
{
    size_t shown = page_shown(page, n);
    struct service_token_out *out = ARENA_ARRAY(rq->act.arena, struct service_token_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        out[i] = token_view(&rows[i], STR_NONE);
    TRY(page_close(rq, page, n, shown > 0 ? rows[shown - 1].id : page->after));
    return reply_list(rq, &service_token_line_shape, out, shown, page->next);
}

err_t token_made_reply(struct request *rq, const struct row_token *row, struct token_text *text)
{
    struct service_token_out *out = ARENA_NEW(rq->act.arena, struct service_token_out);
    str_t shown = STR_NONE;
    err_t e = out == NULL ? E_NO_MEMORY : str_copy(rq->act.arena, str_of(text->p, text->n), &shown);
    explicit_bzero(text, sizeof *text);
    TRY(e);
    *out = token_view(row, shown);
    return reply_obj(rq, 201, &service_token_out_shape, out);
}

err_t tokens_list(struct request *rq)
{
    const struct search_query *q = rq->query;
    struct row_token *rows = NULL;
    struct page page;
    size_t n = 0;
    oid_t service;
    TRY(request_param_id(rq, 0, &service));
    TRY(page_open(rq, &q->page, rq->params[0], &page));
    TRY(service_token_page(&rq->act, service, page.after, page.limit + 1, &rows, &n));
    return tokens_reply(rq, &page, rows, n);
}

err_t tokens_create(struct request *rq)
{
    const struct service_token_body *in = rq->in;
    struct token_text text;
    struct row_token row;
    oid_t service;
    TRY(request_param_id(rq, 0, &service));
    TRY(service_token_create(&rq->act, service, in->name, in->expires_at, &row, &text));
    request_target(rq, "service-account", service, in->name);
    return token_made_reply(rq, &row, &text);
}

err_t tokens_delete(struct request *rq)
{
    struct row_token row;
    oid_t service;
    oid_t token;
    TRY(request_param_id(rq, 0, &service));
    TRY(request_param_id(rq, 1, &token));
    TRY(service_token_delete(&rq->act, service, token, &row));
    request_target(rq, "service-account", service, row.name);
    return reply_empty(rq, 204);
}
