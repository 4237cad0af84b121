/* SPDX-License-Identifier: Apache-2.0 */
#include "api/handlers_secret.h"

#include "api/handlers_policy.h"
#include "api/page.h"
#include "api/shapes_secret.h"
#include "domain/policy/secret_store.h"

static err_t secret_view(struct request *rq, const struct row_secret_line *row,
                         struct secret_out *ret)
{
    enum scope_kind scope = (enum scope_kind)row->scope;
    bool single = scope == SCOPE_GLOBAL || scope == SCOPE_ORG;
    oid_t none = { 0 };
    *ret = (struct secret_out){
        .id = row->id,
        .name = row->name,
        .scope = str_from_cz(scope_name(scope)),
        .target_id = single ? none : row->target,
        .target_name = row->target_name,
        .description = row->description.n > 0 ? row->description : STR_NONE,
        .revision = row->revision,
        .epoch = row->epoch,
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
    return etag_make(rq, row->id, row->revision, &ret->etag);
}

static err_t secret_reply(struct request *rq, int status, const struct row_secret_line *row)
{
    struct secret_out *out = ARENA_NEW(rq->act.arena, struct secret_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(secret_view(rq, row, out));
    TRY(reply_header(rq, STR("ETag"), out->etag));
    return reply_obj(rq, status, &secret_out_shape, out);
}

/* The record tells which secret, and for whom; never a value. */
static err_t secret_target(struct request *rq, const struct row_secret_line *row)
{
    char target[OID_TEXT];
    str_t details;
    oid_format(row->target, target);
    TRY(str_format(
        rq->act.arena, &details, "{\"revision\":%lld,\"scope\":\"%s\",\"target_id\":\"%.*s\"}",
        (long long)row->revision, scope_name((enum scope_kind)row->scope), OID_TEXT, target));
    request_target(rq, "secret", row->id, row->name);
    request_details(rq, details);
    return E_OK;
}

static err_t at_of_path(struct request *rq, str_t scope, oid_t target, struct secret_at *ret)
{
    *ret = (struct secret_at){ .name = rq->params[0], .target_id = target };
    return request_scope(rq, scope, &ret->scope);
}

static err_t secret_of_path(struct request *rq, struct row_secret_line *ret)
{
    const struct secret_which *q = rq->query;
    struct secret_at at;
    TRY(at_of_path(rq, q->scope, q->target_id, &at));
    return secret_get(&rq->act, &at, ret);
}

/* If-Match speaks of what is there: nothing is, before the first time. */
static err_t check_etag(struct request *rq, const struct secret_at *at)
{
    struct row_secret_line old;
    str_t etag = STR("");
    if (http_field(rq->xchg, STR("If-Match")).p == NULL)
        return E_OK;
    err_t e = secret_get(&rq->act, at, &old);
    if (e == E_NOT_FOUND) {
        diag_clear(&rq->act.why);
        return FAIL(&rq->act.why, E_STALE, "there is no such secret yet");
    }
    TRY(e);
    TRY(etag_make(rq, old.id, old.revision, &etag));
    return etag_check(rq, etag);
}

err_t secrets_put(struct request *rq)
{
    const struct secret_body *body = rq->in;
    struct secret_in in = { .value = body->value, .description = body->description };
    struct row_secret_line row;
    bool created;
    TRY(at_of_path(rq, body->scope, body->target_id, &in.at));
    TRY(check_etag(rq, &in.at));
    TRY(secret_set(&rq->act, &in, &row, &created));
    TRY(secret_target(rq, &row));
    return secret_reply(rq, created ? 201 : 200, &row);
}

/* Which list it is: the cursor of another one is refused. */
static err_t filters_of(struct request *rq, const struct secret_query *q, str_t *ret)
{
    char target[OID_TEXT];
    oid_format(q->target_id, target);
    return str_format(rq->act.arena, ret, "%.*s|%.*s|%.*s", STR_ARG(q->name), OID_TEXT, target,
                      STR_ARG(q->scope));
}

err_t secrets_list(struct request *rq)
{
    const struct secret_query *q = rq->query;
    struct secret_at filter = { .name = q->name, .target_id = q->target_id };
    struct row_secret_line *rows = NULL;
    struct page page;
    size_t n = 0;
    str_t filters;
    TRY(request_scope(rq, q->scope, &filter.scope));
    TRY(filters_of(rq, q, &filters));
    TRY(page_open(rq, &q->page, filters, &page));
    TRY(secret_list(&rq->act, &filter, page.after, page.limit + 1, &rows, &n));
    struct secret_out *out = ARENA_ARRAY(rq->act.arena, struct secret_out, n + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        TRY(secret_view(rq, &rows[i], &out[i]));
    size_t shown = page_shown(&page, n);
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &secret_out_shape, out, shown, page.next);
}

err_t secrets_get(struct request *rq)
{
    struct row_secret_line row;
    TRY(secret_of_path(rq, &row));
    return secret_reply(rq, 200, &row);
}

err_t secrets_delete(struct request *rq)
{
    struct row_secret_line row;
    str_t etag;
    TRY(secret_of_path(rq, &row));
    TRY(etag_make(rq, row.id, row.revision, &etag));
    TRY(etag_check(rq, etag));
    TRY(secret_delete(&rq->act, &row));
    TRY(secret_target(rq, &row));
    return reply_empty(rq, 204);
}
