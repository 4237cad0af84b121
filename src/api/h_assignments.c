/* SPDX-License-Identifier: Apache-2.0 */
#include "api/handlers_policy.h"

#include "api/page.h"
#include "api/shapes_policy.h"
#include "domain/policy/assignment.h"

static err_t assignment_view(struct request *rq, const struct row_assignment *row,
                             struct assignment_out *ret)
{
    enum scope_kind scope = (enum scope_kind)row->scope;
    bool single = scope == SCOPE_GLOBAL || scope == SCOPE_ORG;
    oid_t none = { 0 };
    *ret = (struct assignment_out){
        .id = row->id,
        .policy_id = row->policy_id,
        .number = row->number,
        .scope = str_from_cz(scope_name(scope)),
        .target_id = single ? none : row->target,
        .target_name = row->target_name,
        .priority = row->priority,
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
    return etag_make(rq, row->id, row->revision, &ret->etag);
}

static err_t assignment_reply(struct request *rq, int status, const struct row_assignment *row)
{
    struct assignment_out *out = ARENA_NEW(rq->act.arena, struct assignment_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(assignment_view(rq, row, out));
    TRY(reply_header(rq, STR("ETag"), out->etag));
    return reply_obj(rq, status, &assignment_out_shape, out);
}

/* The record tells which policy goes where. */
static err_t assignment_target(struct request *rq, const struct row_assignment *row)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t details;
    buf_init(&b, KIB(1));
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "policy_id", id, row->policy_id);
    JSON_OUT(&o, "scope", str, str_from_cz(scope_name((enum scope_kind)row->scope)));
    JSON_OUT(&o, "target_id", id, row->target);
    JSON_OUT(&o, "priority", i64, row->priority);
    if (row->number.set)
        JSON_OUT(&o, "number", i64, row->number.v);
    json_out_close(&o, '}');
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &details));
    request_target(rq, "assignment", row->id, STR_NONE);
    request_details(rq, details);
    return E_OK;
}

static err_t assignment_of_path(struct request *rq, struct row_assignment *ret)
{
    oid_t id;
    str_t etag;
    TRY(request_param_id(rq, 0, &id));
    TRY(assignment_get(&rq->act, id, ret));
    TRY(etag_make(rq, id, ret->revision, &etag));
    return etag_check(rq, etag);
}

err_t request_scope(struct request *rq, str_t name, enum scope_kind *ret)
{
    *ret = (enum scope_kind)0;
    if (name.n == 0 || scope_parse(name, ret) == E_OK)
        return E_OK;
    return diag_set_field(&rq->act.why, E_BAD_FIELD, "scope",
                          "want global, org, group, user or device");
}

static err_t body_of(struct request *rq, struct assignment_in *ret)
{
    const struct assignment_body *in = rq->in;
    *ret = (struct assignment_in){
        .policy_id = in->policy_id,
        .target_id = in->target_id,
        .priority = in->priority,
        .number = in->number,
    };
    return request_scope(rq, in->scope, &ret->scope);
}

/* Which list it is: the cursor of another one is refused. */
static err_t filters_of(struct request *rq, const struct assignment_query *q, str_t *ret)
{
    char policy[OID_TEXT];
    char target[OID_TEXT];
    oid_format(q->policy_id, policy);
    oid_format(q->target_id, target);
    return str_format(rq->act.arena, ret, "%.*s|%.*s|%.*s", OID_TEXT, policy, OID_TEXT, target,
                      STR_ARG(q->scope));
}

err_t assignments_list(struct request *rq)
{
    const struct assignment_query *q = rq->query;
    struct assignment_filter f = { .policy_id = q->policy_id, .target_id = q->target_id };
    struct row_assignment *rows = NULL;
    struct page page;
    size_t n = 0;
    str_t filters;
    TRY(request_scope(rq, q->scope, &f.scope));
    TRY(filters_of(rq, q, &filters));
    TRY(page_open(rq, &q->page, filters, &page));
    TRY(assignment_list(&rq->act, &f, page.after, page.limit + 1, &rows, &n));
    struct assignment_out *out = ARENA_ARRAY(rq->act.arena, struct assignment_out, n);
    if (n > 0 && out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        TRY(assignment_view(rq, &rows[i], &out[i]));
    size_t shown = page_shown(&page, n);
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &assignment_out_shape, out, shown, page.next);
}

err_t assignments_create(struct request *rq)
{
    struct assignment_in in;
    struct row_assignment row;
    TRY(body_of(rq, &in));
    TRY(assignment_create(&rq->act, &in, &row));
    TRY(assignment_target(rq, &row));
    return assignment_reply(rq, 201, &row);
}

err_t assignments_get(struct request *rq)
{
    struct row_assignment row;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(assignment_get(&rq->act, id, &row));
    return assignment_reply(rq, 200, &row);
}

err_t assignments_change(struct request *rq)
{
    struct assignment_in in;
    struct row_assignment row;
    TRY(assignment_of_path(rq, &row));
    TRY(body_of(rq, &in));
    TRY(assignment_change(&rq->act, &row, &in, &row));
    TRY(assignment_target(rq, &row));
    return assignment_reply(rq, 200, &row);
}

err_t assignments_delete(struct request *rq)
{
    struct row_assignment row;
    TRY(assignment_of_path(rq, &row));
    TRY(assignment_delete(&rq->act, &row));
    TRY(assignment_target(rq, &row));
    return reply_empty(rq, 204);
}
