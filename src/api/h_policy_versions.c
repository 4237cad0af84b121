/* SPDX-License-Identifier: Apache-2.0 */
#include "api/handlers_policy.h"

#include "api/page.h"
#include "api/shapes_policy.h"
#include "base/num.h"
#include "domain/policy/policy.h"

struct version_path {
    oid_t policy;
    int64_t number;
};

static err_t version_path(struct request *rq, struct version_path *ret)
{
    TRY(request_param_id(rq, 0, &ret->policy));
    if (num_parse_i64(rq->params[1], &ret->number) != E_OK)
        return FAIL(&rq->act.why, E_NOT_FOUND, "want the number of a version");
    return E_OK;
}

/* As stored: a JSON array of texts. */
static err_t locks_view(struct request *rq, str_t stored, struct strs *ret)
{
    CLEANUP(json_freep) struct json *list = NULL;
    if (stored.n == 0)
        return E_OK; /* a line of the list, which does not show them */
    TRY(json_parse(stored, &rq->act.why, &list));
    str_t *locks = ARENA_ARRAY(rq->act.arena, str_t, json_count(list) + 1);
    if (locks == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < json_count(list); i++)
        TRY(str_copy(rq->act.arena, json_string(json_at(list, i)), &locks[i]));
    *ret = (struct strs){ locks, json_count(list) };
    return E_OK;
}

static err_t version_view(struct request *rq, const struct row_policy_version *row,
                          struct policy_version_out *ret)
{
    *ret = (struct policy_version_out){
        .number = row->number,
        .state = str_from_cz(policy_state_name(row->state)),
        .version = row->version,
        .enabled = row->enabled,
        .content = { row->content },
        .created_at = row->created_at,
        .updated_at = row->updated_at,
        .published_at = row->published_at,
    };
    TRY(locks_view(rq, row->locked, &ret->locked));
    return etag_make(rq, row->id, row->revision, &ret->etag);
}

static err_t version_reply(struct request *rq, int status, const struct shape *shape,
                           const struct row_policy_version *row)
{
    struct policy_version_out *out = ARENA_NEW(rq->act.arena, struct policy_version_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(version_view(rq, row, out));
    TRY(reply_header(rq, STR("ETag"), out->etag));
    return reply_obj(rq, status, shape, out);
}

/* The record names the policy, and the version in its details. */
static err_t version_target(struct request *rq, const struct row_policy_version *row)
{
    struct row_policy_info policy;
    str_t details;
    TRY(policy_get(&rq->act, row->policy_id, &policy));
    request_target(rq, "policy", policy.id, policy.name);
    TRY(str_format(rq->act.arena, &details, "{\"number\":%lld}", (long long)row->number));
    if (row->version.p != NULL)
        TRY(str_format(rq->act.arena, &details, "{\"number\":%lld,\"version\":\"%.*s\"}",
                       (long long)row->number, STR_ARG(row->version)));
    request_details(rq, details);
    return E_OK;
}

/* The version of the path, still as the caller knows it. */
static err_t version_of_path(struct request *rq, struct row_policy_version *ret)
{
    struct version_path at;
    str_t etag;
    TRY(version_path(rq, &at));
    TRY(policy_version_find(&rq->act, at.policy, at.number, ret));
    TRY(etag_make(rq, ret->id, ret->revision, &etag));
    return etag_check(rq, etag);
}

static struct policy_content content_of(const struct request *rq)
{
    const struct policy_version_in *in = rq->in;
    return (struct policy_content){ in->content.text, in->locked.text, in->enabled };
}

/* A line of the list has no content, so that a page is small. */
static err_t line_view(struct request *rq, const struct row_policy_version_line *row,
                       struct policy_version_out *ret)
{
    return version_view(rq,
                        &(struct row_policy_version){ .id = row->id,
                                                      .number = row->number,
                                                      .state = row->state,
                                                      .version = row->version,
                                                      .enabled = row->enabled,
                                                      .created_at = row->created_at,
                                                      .updated_at = row->updated_at,
                                                      .published_at = row->published_at,
                                                      .revision = row->revision },
                        ret);
}

err_t versions_list(struct request *rq)
{
    const struct policy_query *q = rq->query;
    struct row_policy_version_line *rows = NULL;
    struct page page;
    size_t n = 0;
    oid_t policy;
    TRY(request_param_id(rq, 0, &policy));
    TRY(page_open_number(rq, &q->page, oid_bytes(&policy), &page));
    TRY(policy_version_page(&rq->act, policy, page.before, page.limit + 1, &rows, &n));
    struct policy_version_out *out = ARENA_ARRAY(rq->act.arena, struct policy_version_out, n);
    if (n > 0 && out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        TRY(line_view(rq, &rows[i], &out[i]));
    size_t shown = page_shown(&page, n);
    TRY(page_close_number(rq, &page, n, shown > 0 ? rows[shown - 1].number : page.before));
    return reply_list(rq, &policy_version_line_shape, out, shown, page.next);
}

err_t versions_create(struct request *rq)
{
    struct policy_content content = content_of(rq);
    struct row_policy_version row;
    oid_t policy;
    TRY(request_param_id(rq, 0, &policy));
    TRY(policy_version_make(&rq->act, policy, &content, &row));
    TRY(version_target(rq, &row));
    return version_reply(rq, 201, &policy_version_line_shape, &row);
}

err_t versions_get(struct request *rq)
{
    struct row_policy_version row;
    struct version_path at;
    TRY(version_path(rq, &at));
    TRY(policy_version_find(&rq->act, at.policy, at.number, &row));
    return version_reply(rq, 200, &policy_version_out_shape, &row);
}

err_t versions_change(struct request *rq)
{
    struct policy_content content = content_of(rq);
    struct row_policy_version row;
    TRY(version_of_path(rq, &row));
    TRY(policy_version_change(&rq->act, &row, &content, &row));
    TRY(version_target(rq, &row));
    return version_reply(rq, 200, &policy_version_line_shape, &row);
}

err_t versions_delete(struct request *rq)
{
    struct row_policy_version row;
    TRY(version_of_path(rq, &row));
    TRY(policy_version_delete(&rq->act, &row));
    TRY(version_target(rq, &row));
    return reply_empty(rq, 204);
}

err_t versions_publish(struct request *rq)
{
    struct row_policy_version row;
    TRY(version_of_path(rq, &row));
    TRY(policy_publish(&rq->act, &row, &row));
    TRY(version_target(rq, &row));
    return version_reply(rq, 200, &policy_version_line_shape, &row);
}

err_t versions_rollback(struct request *rq)
{
    const struct policy_rollback_in *in = rq->in;
    struct row_policy_version row;
    oid_t policy;
    TRY(request_param_id(rq, 0, &policy));
    TRY(policy_rollback(&rq->act, policy, in->number, &row));
    TRY(version_target(rq, &row));
    return version_reply(rq, 201, &policy_version_line_shape, &row);
}
