/* SPDX-License-Identifier: Apache-2.0 */
#include "api/handlers_hooks.h"
#include "api/handlers_identity.h"
#include "api/outside.h"
#include "api/page.h"
#include "api/services.h"
#include "api/shapes_hooks.h"

enum { TEST_ANSWER_MAX = 64 * 1024 };
#define TEST_CONNECT_MAX DUR_S(3)
#define TEST_TIME_MAX    DUR_S(5)

static err_t webhook_view(struct request *rq, const struct row_webhook *row,
                          struct webhook_out *ret)
{
    str_t rest = row->events;
    str_t *events = ARENA_ARRAY(rq->act.arena, str_t, WEBHOOK_EVENTS_MAX);
    size_t n = 0;
    str_t part;
    if (events == NULL)
        return E_NO_MEMORY;
    while (rest.n > 0 && n < WEBHOOK_EVENTS_MAX && str_split(&rest, ' ', &part))
        events[n++] = part;
    *ret = (struct webhook_out){
        .id = row->id,
        .name = row->name,
        .description = row->description,
        .url = row->url,
        .format = str_from_cz(webhook_format_name((enum webhook_format)row->format)),
        .status = str_from_cz(account_status_name((enum account_status)row->status)),
        .events = { events, n },
        .group_id = row->group_id,
        .application_id = row->application_id,
        .event_type = row->event_type,
        .ref = row->ref,
        .priority = row->priority,
        .tags = row->tags,
        .template = row->template,
        .failing_since = row->failing_since,
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
    return etag_make(rq, row->id, row->revision, &ret->etag);
}

static err_t webhook_reply(struct request *rq, int status, const struct row_webhook *row,
                           str_t secret)
{
    struct webhook_out *out = ARENA_NEW(rq->act.arena, struct webhook_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(webhook_view(rq, row, out));
    out->secret = secret;
    TRY(reply_header(rq, STR("ETag"), out->etag));
    request_target(rq, "webhook", row->id, row->name);
    return reply_obj(rq, status, secret.p != NULL ? &webhook_made_shape : &webhook_out_shape, out);
}

static struct webhook_in input_of(const struct request *rq)
{
    const struct webhook_body *b = rq->in;
    return (struct webhook_in){ .name = b->name,
                                .description = b->description,
                                .url = b->url,
                                .format = b->format,
                                .status = b->status,
                                .events = names_of(b->events),
                                .group_id = b->group_id,
                                .application_id = b->application_id,
                                .any_group = b->any_group,
                                .any_application = b->any_application,
                                .event_type = b->event_type,
                                .ref = b->ref,
                                .priority = b->priority,
                                .tags = b->tags,
                                .template = b->template,
                                .token = b->token,
                                .headers = b->headers.text,
                                .values = b->values.text };
}

static err_t url_check(struct request *rq, str_t url)
{
    struct diag why = diag_like(&rq->act.why);
    const struct settings *s = services_settings(rq->services);
    if (url.p == NULL)
        return E_OK;
    err_t e = outbound_url_check(&s->outbound, rq->act.arena, url, &why);
    if (e == E_OK || e == E_NO_MEMORY)
        return e;
    return diag_pass(&rq->act.why, E_BAD_FIELD, "url", &why);
}

/* The webhook of the path, still as the caller knows it. */
static err_t webhook_of_path(struct request *rq, struct row_webhook *ret)
{
    oid_t id;
    str_t etag;
    TRY(request_param_id(rq, 0, &id));
    TRY(webhook_get(&rq->act, id, ret));
    TRY(etag_make(rq, id, ret->revision, &etag));
    return etag_check(rq, etag);
}

err_t webhooks_list(struct request *rq)
{
    const struct hooks_query *q = rq->query;
    struct row_webhook *rows = NULL;
    struct page page;
    size_t n = 0;
    TRY(page_open(rq, &q->page, STR(""), &page));
    TRY(webhook_list(&rq->act, page.after, page.limit + 1, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct webhook_out *out = ARENA_ARRAY(rq->act.arena, struct webhook_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        TRY(webhook_view(rq, &rows[i], &out[i]));
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &webhook_out_shape, out, shown, page.next);
}

err_t webhooks_create_prepare(struct request *rq)
{
    return url_check(rq, input_of(rq).url);
}

err_t webhooks_create(struct request *rq)
{
    struct webhook_in in = input_of(rq);
    struct row_webhook row;
    str_t secret;
    TRY(webhook_create(&rq->act, &in, &row, &secret));
    hook_watch_org(&rq->services->hooks, rq->act.org);
    return webhook_reply(rq, 201, &row, secret);
}

err_t webhooks_get(struct request *rq)
{
    struct row_webhook row;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(webhook_get(&rq->act, id, &row));
    return webhook_reply(rq, 200, &row, STR_NONE);
}

err_t webhooks_change_prepare(struct request *rq)
{
    return url_check(rq, input_of(rq).url);
}

err_t webhooks_change(struct request *rq)
{
    struct webhook_in in = input_of(rq);
    struct row_webhook row;
    TRY(webhook_of_path(rq, &row));
    TRY(webhook_change(&rq->act, &row, &in, &row));
    return webhook_reply(rq, 200, &row, STR_NONE);
}

err_t webhooks_delete(struct request *rq)
{
    struct row_webhook row;
    TRY(webhook_of_path(rq, &row));
    TRY(webhook_delete(&rq->act, row.id));
    request_target(rq, "webhook", row.id, row.name);
    return reply_empty(rq, 204);
}

err_t webhooks_rotate(struct request *rq)
{
    struct row_webhook row;
    str_t secret;
    TRY(webhook_of_path(rq, &row));
    TRY(webhook_rotate(&rq->act, &row, &row, &secret));
    return webhook_reply(rq, 200, &row, secret);
}

static err_t test_call(struct request *rq, const struct row_webhook *row,
                       struct webhook_test_out *out, struct diag *why)
{
    struct webhook_request req;
    struct http_answer answer;
    char at[TS_TEXT];
    str_t body = STR_NONE;
    ts_format(rq->act.now, at);
    TRY(str_format(rq->act.arena, &body,
                   "{\"type\":\"webhook.tested\",\"timestamp\":\"%.*s\",\"data\":{}}", TS_TEXT,
                   at));
    TRY(webhook_request_make(&rq->act, row, oid_make(), STR("webhook.tested"), body, &req));
    request_leave_store(rq);
    struct http_call call = { .method = "POST",
                              .url = req.url,
                              .headers = req.lines,
                              .headers_n = req.lines_n,
                              .body = req.body,
                              .connect_max = TEST_CONNECT_MAX,
                              .total_max = TEST_TIME_MAX,
                              .answer_max = TEST_ANSWER_MAX };
    TRY(outside_call(rq, &call, why, &answer));
    out->status = (opt_i64_t){ true, answer.status };
    out->ok = answer.status >= 200 && answer.status < 300;
    return E_OK;
}

/* The answer of the other side is an outcome, not an error of this call. */
err_t webhooks_test_prepare(struct request *rq)
{
    struct webhook_test_out *out = ARENA_NEW(rq->act.arena, struct webhook_test_out);
    struct diag why = diag_like(&rq->act.why);
    struct row_webhook row;
    oid_t id;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(request_param_id(rq, 0, &id));
    TRY(webhook_get(&rq->act, id, &row));
    dur_t begun = clock_mono();
    err_t e = test_call(rq, &row, out, &why);
    if (e == E_NO_MEMORY || e == E_OVERLOADED)
        return diag_pass(&rq->act.why, e, "", &why);
    out->latency_ms = (clock_mono().us - begun.us) / 1000;
    if (e != E_OK)
        TRY(str_copy(rq->act.arena, str_from_cz(diag_said(&why)), &out->error));
    rq->in = out;
    return E_OK;
}

err_t webhooks_test(struct request *rq)
{
    const struct webhook_test_out *out = rq->in; /* by prepare */
    struct row_webhook row;
    str_t details;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(webhook_get(&rq->act, id, &row));
    TRY(str_format(rq->act.arena, &details, "{\"ok\":%s,\"status\":%lld}",
                   out->ok ? "true" : "false", (long long)out->status.v));
    request_target(rq, "webhook", row.id, row.name);
    request_details(rq, details);
    return reply_obj(rq, 200, &webhook_test_out_shape, out);
}
