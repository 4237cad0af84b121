/* SPDX-License-Identifier: Apache-2.0 */
/* People ask for applications; administrators answer. */
#include "api/asked_notice.h"
#include "api/gained.h"
#include "api/handlers_people.h"
#include "api/page.h"
#include "domain/signin/access_request.h"

enum { DETAILS_MAX = 2 * 1024 };

static struct access_request_out request_view(const struct row_access_request *row)
{
    return (struct access_request_out){
        .id = row->id,
        .status = str_from_cz(access_request_status_name((enum access_request_status)row->status)),
        .user_id = row->user_id,
        .username = row->username,
        .application_id = row->application_id,
        .application = row->application,
        .reason = row->reason,
        .group = row->group_name,
        .decided_reason = row->decided_reason,
        .decided_at = row->decided_at,
        .created_at = row->created_at,
    };
}

/* The target is the person: what he may open is what is decided. */
static err_t request_reply(struct request *rq, int status, const struct row_access_request *row)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct access_request_out *out = ARENA_NEW(rq->act.arena, struct access_request_out);
    str_t details = STR_NONE;
    if (out == NULL)
        return E_NO_MEMORY;
    *out = request_view(row);
    buf_init(&b, DETAILS_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "application", str, row->application);
    if (row->group_name.p != NULL)
        JSON_OUT(&o, "group", str, row->group_name);
    json_out_close(&o, '}');
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &details));
    request_details(rq, details);
    request_target(rq, "user", row->user_id, row->username);
    return reply_obj(rq, status, &access_request_out_shape, out);
}

static err_t requests_reply(struct request *rq, struct page *page,
                            const struct row_access_request *rows, size_t n)
{
    size_t shown = page_shown(page, n);
    struct access_request_out *out =
        ARENA_ARRAY(rq->act.arena, struct access_request_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        out[i] = request_view(&rows[i]);
    TRY(page_close(rq, page, n, shown > 0 ? rows[shown - 1].id : page->after));
    return reply_list(rq, &access_request_out_shape, out, shown, page->next);
}

typedef err_t page_f(struct act *act, enum access_request_status status, oid_t after, int64_t n,
                     struct row_access_request **ret, size_t *ret_n);

static err_t list_by(struct request *rq, page_f *page_of)
{
    const struct access_request_query *q = rq->query;
    enum access_request_status status = ACCESS_REQUEST_ANY;
    struct row_access_request *rows = NULL;
    struct page page;
    size_t n = 0;
    if (q->status.n > 0)
        TRY(access_request_status_parse(q->status, &status));
    TRY(page_open(rq, &q->page, q->status, &page));
    TRY(page_of(&rq->act, status, page.after, page.limit + 1, &rows, &n));
    return requests_reply(rq, &page, rows, n);
}

err_t access_requests_list(struct request *rq)
{
    return list_by(rq, access_request_page);
}

err_t portal_requests_list(struct request *rq)
{
    return list_by(rq, access_request_own);
}

static struct asked asked_of(const struct row_access_request *row)
{
    return (struct asked){ row->user_id, row->username, row->application };
}

err_t portal_requests_make(struct request *rq)
{
    const struct access_request_body *in = rq->in;
    struct row_access_request row;
    TRY(access_request_make(&rq->act, in->application_id, in->reason, &row));
    const struct asked asked = asked_of(&row);
    TRY(asked_tell_admins(rq, &asked, row.reason, STR("/people/requests")));
    return request_reply(rq, 201, &row);
}

err_t access_requests_approve(struct request *rq)
{
    const struct decision_body *in = rq->in;
    struct access_watch watch;
    struct row_access_request row;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(access_request_get(&rq->act, id, &row));
    TRY(access_watch(&rq->act, ACTOR_USER, row.user_id, &watch));
    TRY(access_request_approve(&rq->act, id, in->group, in->reason, &row));
    TRY(gained_tell(rq, &watch));
    request_reason(rq, in->reason);
    return request_reply(rq, 200, &row);
}

err_t access_requests_refuse(struct request *rq)
{
    const struct decision_body *in = rq->in;
    struct row_access_request row;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(access_request_refuse(&rq->act, id, in->reason, &row));
    const struct asked asked = asked_of(&row);
    TRY(asked_tell_refused(rq, &asked, row.decided_reason));
    request_reason(rq, in->reason);
    return request_reply(rq, 200, &row);
}
