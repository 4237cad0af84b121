/* SPDX-License-Identifier: Apache-2.0 */
/* A person's own Home Assistants; another person's are not found. */
#include "api/ha_test.h"
#include "api/handlers_homeassistant.h"
#include "api/page.h"
#include "api/server_view.h"
#include "api/services.h"
#include "api/shapes_identity.h"
#include "domain/gateway/homeassistant.h"

/* By prepare, in place of the body. */
struct ha_tested {
    struct ha_test_out out;
    str_t url;
};

/* ---- views ---- */

static err_t domains_of(struct request *rq, str_t text, struct strs *ret)
{
    str_t rest = text;
    str_t part;
    size_t n = 0;
    str_t *v = ARENA_ARRAY(rq->act.arena, str_t, SERVER_DOMAINS_MAX);
    if (v == NULL)
        return E_NO_MEMORY;
    while (text.n > 0 && n < SERVER_DOMAINS_MAX && str_split(&rest, ' ', &part))
        v[n++] = part;
    *ret = (struct strs){ v, n };
    return E_OK;
}

static err_t ha_view(struct request *rq, const struct row_server *row, struct ha_out *ret)
{
    bool failed = ts_is_set(row->failed_at);
    *ret = (struct ha_out){ .id = row->id,
                            .name = row->name,
                            .url = row->url,
                            .last_test = failed ? row->failed_at : row->seen_at,
                            .last_message = row->failed,
                            .warnings = server_warnings(row->url),
                            .created_at = row->created_at,
                            .updated_at = row->updated_at };
    if (ts_is_set(ret->last_test))
        ret->last_status = failed ? STR("failed") : STR("ok");
    TRY(domains_of(rq, row->domains_allowed, &ret->domains_allowed));
    return etag_make(rq, row->id, row->revision, &ret->etag);
}

static err_t ha_reply(struct request *rq, int status, const struct row_server *row)
{
    struct ha_out *out = ARENA_NEW(rq->act.arena, struct ha_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(ha_view(rq, row, out));
    TRY(reply_header(rq, STR("ETag"), out->etag));
    request_target(rq, "server", row->id, row->name);
    return reply_obj(rq, status, &ha_out_shape, out);
}

static err_t ha_of_path(struct request *rq, struct row_server *ret)
{
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(ha_get(&rq->act, id, ret));
    request_target(rq, "server", ret->id, ret->name);
    return E_OK;
}

/* Still as the caller knows it. */
static err_t ha_unmoved(struct request *rq, struct row_server *ret)
{
    str_t etag;
    TRY(ha_of_path(rq, ret));
    TRY(etag_make(rq, ret->id, ret->revision, &etag));
    return etag_check(rq, etag);
}

/* ---- as they are kept ---- */

static struct ha_in input_of(const struct request *rq)
{
    const struct ha_body *b = rq->in;
    return (struct ha_in){ .name = b->name,
                           .url = b->url,
                           .token = b->token,
                           .domains = { b->domains_allowed.v, b->domains_allowed.n, true } };
}

static err_t url_check(struct request *rq, str_t url, str_t *ret)
{
    const struct settings *s = services_settings(rq->services);
    struct diag why = diag_like(&rq->act.why);
    TRY(ha_url_read(&rq->act, url, ret));
    err_t e = outbound_url_check(&s->homeassistant, rq->act.arena, *ret, &why);
    if (e == E_OK || e == E_NO_MEMORY)
        return e;
    return diag_pass(&rq->act.why, E_BAD_FIELD, "url", &why);
}

/* What can be told from the address alone: names are looked up when it is called. */
err_t ha_rows_prepare(struct request *rq)
{
    str_t url;
    return url_check(rq, input_of(rq).url, &url);
}

err_t ha_rows_create(struct request *rq)
{
    struct ha_in in = input_of(rq);
    struct row_server row;
    TRY(ha_create(&rq->act, &in, &row));
    return ha_reply(rq, 201, &row);
}

err_t ha_rows_list(struct request *rq)
{
    const struct search_query *q = rq->query;
    struct row_server *rows = NULL;
    struct page page;
    size_t n = 0;
    TRY(page_open(rq, &q->page, STR(""), &page));
    TRY(ha_list(&rq->act, page.after, page.limit + 1, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct ha_out *out = ARENA_ARRAY(rq->act.arena, struct ha_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        TRY(ha_view(rq, &rows[i], &out[i]));
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &ha_out_shape, out, shown, page.next);
}

err_t ha_rows_get(struct request *rq)
{
    struct row_server row;
    TRY(ha_of_path(rq, &row));
    return ha_reply(rq, 200, &row);
}

err_t ha_rows_change(struct request *rq)
{
    struct ha_in in = input_of(rq);
    struct row_server row;
    TRY(ha_unmoved(rq, &row));
    TRY(ha_change(&rq->act, &row, &in, &row));
    return ha_reply(rq, 200, &row);
}

err_t ha_rows_delete(struct request *rq)
{
    struct row_server row;
    TRY(ha_unmoved(rq, &row));
    TRY(ha_delete(&rq->act, &row));
    return reply_empty(rq, 204);
}

/* ---- tried ---- */

static err_t tested_reply(struct request *rq, const struct ha_tested *t)
{
    str_t details;
    TRY(str_format(rq->act.arena, &details, "{\"ok\":%s,\"step\":\"%.*s\"}",
                   t->out.ok ? "true" : "false", STR_ARG(t->out.step)));
    request_details(rq, details);
    return reply_obj(rq, 200, &ha_test_shape, &t->out);
}

err_t ha_rows_try_prepare(struct request *rq)
{
    const struct ha_try_body *b = rq->in;
    struct ha_tested *t = ARENA_NEW(rq->act.arena, struct ha_tested);
    struct ha_target target;
    if (t == NULL)
        return E_NO_MEMORY;
    if (rq->act.actor.kind != ACTOR_USER)
        return FAIL(&rq->act.why, E_FORBIDDEN, "only a person has a Home Assistant of his own");
    TRY(url_check(rq, b->url, &target.url));
    TRY(str_format(rq->act.arena, &target.line, "Authorization: Bearer %.*s", STR_ARG(b->token)));
    t->url = target.url;
    request_leave_store(rq);
    TRY(ha_test(rq, &target, &t->out));
    rq->in = t;
    return E_OK;
}

err_t ha_rows_try(struct request *rq)
{
    const struct ha_tested *t = rq->in;
    request_target(rq, "server", (oid_t){ 0 }, t->url);
    return tested_reply(rq, t);
}

err_t ha_rows_test_prepare(struct request *rq)
{
    struct ha_tested *t = ARENA_NEW(rq->act.arena, struct ha_tested);
    struct gate_lines lines = { .n = 0 };
    struct row_server row;
    if (t == NULL)
        return E_NO_MEMORY;
    TRY(ha_of_path(rq, &row));
    TRY(gate_credential_open(&rq->act, row.id, rq->act.actor.id, &lines));
    if (lines.n != 1)
        return FAIL(&rq->act.why, E_CORRUPT, "its token is not there");
    request_leave_store(rq);
    TRY(ha_test(rq, &(struct ha_target){ row.url, lines.v[0] }, &t->out));
    t->url = row.url;
    rq->in = t;
    return E_OK;
}

/* What came of it stands beside what was asked, unless that is another one by now. */
err_t ha_rows_test(struct request *rq)
{
    const struct ha_tested *t = rq->in;
    struct row_server row;
    str_t as = STR_NONE;
    TRY(ha_of_path(rq, &row));
    if (str_eq(row.url, t->url) && t->out.ok) {
        TRY(str_format(rq->act.arena, &as, "Home Assistant %.*s", STR_ARG(t->out.version)));
        TRY(server_answered(&rq->act, row.id, STR_NONE, as));
    } else if (str_eq(row.url, t->url)) {
        TRY(server_failed(&rq->act, row.id, t->out.message));
    }
    return tested_reply(rq, t);
}
