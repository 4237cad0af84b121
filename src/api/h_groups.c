/* SPDX-License-Identifier: Apache-2.0 */
#include "api/handlers_identity.h"
#include "api/page.h"
#include "api/shapes_identity.h"
#include "domain/identity/group.h"

static err_t group_view(struct request *rq, const struct row_principal_group *row,
                        struct group_out *ret)
{
    *ret = (struct group_out){
        .id = row->id,
        .name = row->name,
        .priority = row->priority,
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
    TRY(roles_shown(rq, row->roles, &ret->roles));
    return etag_make(rq, row->id, row->revision, &ret->etag);
}

static err_t group_reply(struct request *rq, int status, const struct row_principal_group *row)
{
    struct group_out *out = ARENA_NEW(rq->act.arena, struct group_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(group_view(rq, row, out));
    TRY(reply_header(rq, STR("ETag"), out->etag));
    request_target(rq, "group", row->id, row->name);
    return reply_obj(rq, status, &group_out_shape, out);
}

/* The group of the path, still as the caller knows it. */
static err_t group_of_path(struct request *rq, struct row_principal_group *ret)
{
    oid_t id;
    str_t etag;
    TRY(request_param_id(rq, 0, &id));
    TRY(group_get(&rq->act, id, ret));
    request_target(rq, "group", ret->id, ret->name);
    TRY(etag_make(rq, id, ret->revision, &etag));
    return etag_check(rq, etag);
}

static struct group_in group_words(const struct group_body *b)
{
    return (
        struct group_in){ .name = b->name, .priority = b->priority, .roles = names_of(b->roles) };
}

err_t groups_list(struct request *rq)
{
    const struct group_query *q = rq->query;
    struct group_filter filter = { q->search, q->member_id };
    struct row_principal_group *rows = NULL;
    struct page page;
    int64_t total = 0;
    size_t n = 0;
    TRY(page_open_of(rq, &q->page, q->search, q->member_id, &page));
    TRY(group_page(&rq->act, &filter, page.after, page.limit + 1, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct group_out *out = ARENA_ARRAY(rq->act.arena, struct group_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        TRY(group_view(rq, &rows[i], &out[i]));
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    TRY(reply_list(rq, &group_out_shape, out, shown, page.next));
    if (!q->count)
        return E_OK;
    TRY(group_count(&rq->act, &filter, &total));
    rq->reply.total = (opt_i64_t){ true, total };
    return E_OK;
}

err_t groups_create(struct request *rq)
{
    struct group_in words = group_words(rq->in);
    struct row_principal_group row;
    TRY(group_create(&rq->act, &words, &row));
    TRY(account_details(rq, row.roles, NULL));
    return group_reply(rq, 201, &row);
}

err_t groups_get(struct request *rq)
{
    struct row_principal_group row;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(group_get(&rq->act, id, &row));
    return group_reply(rq, 200, &row);
}

err_t groups_change(struct request *rq)
{
    struct group_in words = group_words(rq->in);
    struct row_principal_group row;
    TRY(group_of_path(rq, &row));
    TRY(group_change(&rq->act, row.id, &words, &row));
    TRY(account_details(rq, row.roles, NULL));
    return group_reply(rq, 200, &row);
}

err_t groups_delete(struct request *rq)
{
    struct row_principal_group row;
    TRY(group_of_path(rq, &row));
    TRY(group_delete(&rq->act, row.id));
    return reply_empty(rq, 204);
}
