/* SPDX-License-Identifier: Apache-2.0 */
#include "api/handlers_policy.h"

#include "api/page.h"
#include "api/shapes_policy.h"
#include "domain/policy/assignment.h"
#include "domain/policy/policy.h"

static err_t scopes_view(struct request *rq, int64_t scopes, struct strs *ret)
{
    str_t *v = ARENA_ARRAY(rq->act.arena, str_t, SCOPE_DEVICE);
    size_t n = 0;
    if (v == NULL)
        return E_NO_MEMORY;
    for (int k = SCOPE_GLOBAL; k <= SCOPE_DEVICE; k++)
        if ((scopes >> k & 1) != 0)
            v[n++] = str_from_cz(scope_name((enum scope_kind)k));
    *ret = (struct strs){ v, n };
    return E_OK;
}

static err_t policy_view(struct request *rq, const struct row_policy_info *row,
                         struct policy_out *ret)
{
    *ret = (struct policy_out){
        .id = row->id,
        .name = row->name,
        .description = row->description,
        .newest_number = row->newest_number,
        .newest_version = row->newest_version,
        .draft_number = row->draft_number,
        .assignments = row->assignments,
        .managed = row->managed,
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
    TRY(scopes_view(rq, row->scopes, &ret->scopes));
    return etag_make(rq, row->id, row->revision, &ret->etag);
}

static err_t policy_reply(struct request *rq, int status, const struct row_policy_info *row)
{
    struct policy_out *out = ARENA_NEW(rq->act.arena, struct policy_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(policy_view(rq, row, out));
    TRY(reply_header(rq, STR("ETag"), out->etag));
    request_target(rq, "policy", row->id, row->name);
    return reply_obj(rq, status, &policy_out_shape, out);
}

/* The policy of the path, still as the caller knows it. */
static err_t policy_of_path(struct request *rq, struct row_policy_info *ret)
{
    oid_t id;
    str_t etag;
    TRY(request_param_id(rq, 0, &id));
    TRY(policy_get(&rq->act, id, ret));
    TRY(etag_make(rq, id, ret->revision, &etag));
    return etag_check(rq, etag);
}

err_t policies_list(struct request *rq)
{
    const struct policy_query *q = rq->query;
    const struct policy_filter filter = { .search = q->search, .group = q->group };
    struct row_policy_info *rows = NULL;
    struct page page;
    char group[OID_TEXT];
    str_t filters;
    size_t n = 0;
    oid_format(q->group, group);
    TRY(str_format(rq->act.arena, &filters, "%.*s\n%.*s", OID_TEXT, group, STR_ARG(q->search)));
    TRY(page_open(rq, &q->page, filters, &page));
    TRY(policy_list(&rq->act, &filter, page.after, page.limit + 1, &rows, &n));
    struct policy_out *out = ARENA_ARRAY(rq->act.arena, struct policy_out, n);
    if (n > 0 && out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        TRY(policy_view(rq, &rows[i], &out[i]));
    size_t shown = page_shown(&page, n);
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &policy_out_shape, out, shown, page.next);
}

err_t policies_create(struct request *rq)
{
    const struct policy_in *in = rq->in;
    struct row_policy_info row;
    TRY(policy_create(&rq->act, &(struct policy_words){ in->name, in->description }, &row));
    return policy_reply(rq, 201, &row);
}

err_t policies_get(struct request *rq)
{
    struct row_policy_info row;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(policy_get(&rq->act, id, &row));
    return policy_reply(rq, 200, &row);
}

err_t policies_change(struct request *rq)
{
    const struct policy_in *in = rq->in;
    struct row_policy_info row;
    TRY(policy_of_path(rq, &row));
    TRY(policy_change(&rq->act, row.id, &(struct policy_words){ in->name, in->description }, &row));
    return policy_reply(rq, 200, &row);
}

err_t policies_delete(struct request *rq)
{
    struct row_policy_info row;
    TRY(policy_of_path(rq, &row));
    TRY(policy_delete(&rq->act, row.id));
    request_target(rq, "policy", row.id, row.name);
    return reply_empty(rq, 204);
}
