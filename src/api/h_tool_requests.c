/* SPDX-License-Identifier: Apache-2.0 */
/* People ask for tools; administrators answer. */
#include "api/asked_notice.h"
#include "api/handlers_gateway.h"
#include "api/page.h"
#include "api/people.h"
#include "api/permission_view.h"
#include "api/shapes_tool_request.h"
#include "domain/gateway/tool_request.h"

static err_t request_view(struct request *rq, const struct row_tool_request *row,
                          struct tool_request_out *ret)
{
    *ret = (struct tool_request_out){
        .id = row->id,
        .status = str_from_cz(access_request_status_name((enum access_request_status)row->status)),
        .user_id = row->user_id,
        .username = row->username,
        .reason = row->reason,
        .decided_reason = row->decided_reason,
        .decided_at = row->decided_at,
        .created_at = row->created_at,
    };
    if (row->class.set)
        ret->class = str_from_cz(gate_class_name((enum gate_class)row->class.v));
    return str_format(rq->act.arena, &ret->tool, "%.*s/%.*s", STR_ARG(row->server),
                      STR_ARG(row->tool));
}

/* The target is the person: what he may call is what is decided. */
static err_t request_reply(struct request *rq, int status, const struct row_tool_request *row)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct tool_request_out *out = ARENA_NEW(rq->act.arena, struct tool_request_out);
    str_t details = STR_NONE;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(request_view(rq, row, out));
    buf_init(&b, 2 * (size_t)TOOL_TEXT_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "tool", str, out->tool);
    json_out_close(&o, '}');
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &details));
    request_details(rq, details);
    request_target(rq, "user", row->user_id, row->username);
    return reply_obj(rq, status, &tool_request_out_shape, out);
}

typedef err_t page_f(struct act *act, enum access_request_status status, oid_t after, int64_t n,
                     struct row_tool_request **ret, size_t *ret_n);

static err_t list_by(struct request *rq, page_f *page_of)
{
    const struct access_request_query *q = rq->query;
    enum access_request_status status = ACCESS_REQUEST_ANY;
    struct row_tool_request *rows = NULL;
    struct page page;
    size_t n = 0;
    if (q->status.n > 0)
        TRY(access_request_status_parse(q->status, &status));
    TRY(page_open(rq, &q->page, q->status, &page));
    TRY(page_of(&rq->act, status, page.after, page.limit + 1, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct tool_request_out *out = ARENA_ARRAY(rq->act.arena, struct tool_request_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        TRY(request_view(rq, &rows[i], &out[i]));
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &tool_request_out_shape, out, shown, page.next);
}

err_t tool_requests_list(struct request *rq)
{
    return list_by(rq, tool_request_page);
}

err_t portal_tool_requests_list(struct request *rq)
{
    return list_by(rq, tool_request_own);
}

static err_t tool_of(struct request *rq, const struct row_tool_request *row, str_t *ret)
{
    struct tool_request_out out;
    TRY(request_view(rq, row, &out));
    *ret = out.tool;
    return E_OK;
}

static err_t asked_of(struct request *rq, const struct row_tool_request *row, struct asked *ret)
{
    str_t tool = STR_NONE;
    TRY(tool_of(rq, row, &tool));
    *ret = (struct asked){ row->user_id, row->username, tool };
    return E_OK;
}

static err_t tell_given(struct request *rq, const struct row_tool_request *row)
{
    str_t link = STR_NONE;
    str_t tool = STR_NONE;
    TRY(people_link(rq, STR("/portal/tools"), &link));
    TRY(tool_of(rq, row, &tool));
    const struct notice_field fields[] = { { "applications", tool, false },
                                           { "link", link, false } };
    return people_tell(rq, (struct notice_in){ .kind = NOTICE_ACCESS_GAINED,
                                               .user = row->user_id,
                                               .fields = fields,
                                               .fields_n = ARRAY_LEN(fields) });
}

err_t portal_tool_requests_make(struct request *rq)
{
    const struct tool_request_body *in = rq->in;
    struct row_tool_request row;
    struct asked asked;
    TRY(tool_request_make(&rq->act, in->tool, in->reason, &row));
    TRY(asked_of(rq, &row, &asked));
    TRY(asked_tell_admins(rq, &asked, row.reason, STR("/people/requests")));
    return request_reply(rq, 201, &row);
}

/* The permission is on the record like one that was written by hand. */
static err_t record_given(struct request *rq, const struct row_tool_request *row,
                          const struct row_permission *given)
{
    const struct permission_of of = { GATE_SUBJECT_USER, row->user_id, row->username };
    struct audit_event e = rq->event;
    struct permission_out out;
    struct server_names names;
    TRY(server_names_load(&rq->act, &names));
    TRY(permission_out_make(rq, &names, &of, given, &out));
    e.org = rq->act.org;
    e.action = STR("permission.changed");
    e.reason = STR_NONE;
    e.target_kind = str_from_cz(gate_subject_name(of.kind));
    e.target_id = of.id;
    e.target_name = of.name;
    TRY(permission_details(rq, &out, &e.details));
    return request_audit_more(rq, &e);
}

err_t tool_requests_approve(struct request *rq)
{
    const struct tool_approval_body *in = rq->in;
    struct row_tool_request row;
    struct row_permission given;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(tool_request_approve(&rq->act, id, in->approval.set && in->approval.v, in->reason, &given,
                             &row));
    TRY(record_given(rq, &row, &given));
    TRY(tell_given(rq, &row));
    request_reason(rq, in->reason);
    return request_reply(rq, 200, &row);
}

err_t tool_requests_refuse(struct request *rq)
{
    const struct decision_body *in = rq->in;
    struct row_tool_request row;
    struct asked asked;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(tool_request_refuse(&rq->act, id, in->reason, &row));
    TRY(asked_of(rq, &row, &asked));
    TRY(asked_tell_refused(rq, &asked, row.decided_reason));
    request_reason(rq, in->reason);
    return request_reply(rq, 200, &row);
}
