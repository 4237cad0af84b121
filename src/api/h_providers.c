/* SPDX-License-Identifier: Apache-2.0 */
#include "api/handlers_upstream.h"
#include "api/outside.h"
#include "api/page.h"
#include "api/services.h"
#include "api/shapes_upstream.h"
#include "domain/signin/upstream.h"
#include "sql/identity.h"

static err_t groups_shown(struct request *rq, oid_t provider, struct rows *ret)
{
    struct sql_provider_groups_row *map = NULL;
    size_t n = 0;
    TRY(sql_provider_groups(rq->act.db, rq->act.arena,
                            &(struct sql_provider_groups){ .provider_id = provider }, &map, &n));
    struct provider_map_io *out = ARENA_ARRAY(rq->act.arena, struct provider_map_io, n + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        char text[OID_TEXT];
        oid_format(map[i].group_id, text);
        out[i].value = map[i].value;
        TRY(str_copy(rq->act.arena, str_of(text, sizeof text), &out[i].group));
    }
    *ret = (struct rows){ out, n };
    return E_OK;
}

static err_t provider_view(struct request *rq, const struct row_provider *row,
                           struct provider_out *ret)
{
    char id[OID_TEXT];
    str_t issuer = services_settings(rq->services)->issuer;
    oid_format(row->id, id);
    *ret = (struct provider_out){
        .id = row->id,
        .name = row->name,
        .title = row->title,
        .issuer = row->issuer,
        .client_id = row->client_id,
        .scopes = row->scopes,
        .groups_claim = row->groups_claim,
        .audience = row->audience,
        .status = str_from_cz(account_status_name((enum account_status)row->status)),
        .sign_up = row->sign_up != 0,
        .link_email = row->link_email != 0,
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
    TRY(groups_shown(rq, row->id, &ret->groups));
    TRY(str_format(rq->act.arena, &ret->redirect_uri, "%.*s/login/callback", STR_ARG(issuer)));
    TRY(str_format(rq->act.arena, &ret->backchannel_logout_uri, "%.*s/login/backchannel/%.*s",
                   STR_ARG(issuer), OID_TEXT, id));
    return etag_make(rq, row->id, row->revision, &ret->etag);
}

static err_t provider_reply(struct request *rq, int status, const struct row_provider *row)
{
    struct provider_out *out = ARENA_NEW(rq->act.arena, struct provider_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(provider_view(rq, row, out));
    TRY(reply_header(rq, STR("ETag"), out->etag));
    request_target(rq, "identity-provider", row->id, row->name);
    return reply_obj(rq, status, &provider_out_shape, out);
}

static err_t input_of(struct request *rq, struct provider_in *ret)
{
    const struct provider_body *b = rq->in;
    const struct provider_map_io *map = b->groups.v;
    struct provider_map *to = ARENA_ARRAY(rq->act.arena, struct provider_map, b->groups.n + 1);
    if (to == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < b->groups.n; i++)
        to[i] = (struct provider_map){ map[i].value, map[i].group };
    *ret = (struct provider_in){ .name = b->name,
                                 .title = b->title,
                                 .issuer = b->issuer,
                                 .client_id = b->client_id,
                                 .client_secret = b->client_secret,
                                 .scopes = b->scopes,
                                 .groups_claim = b->groups_claim,
                                 .audience = b->audience,
                                 .status = b->status,
                                 .sign_up = b->sign_up,
                                 .link_email = b->link_email,
                                 .map = to,
                                 .map_n = b->groups.n,
                                 .map_set = b->groups.v != NULL };
    return E_OK;
}

static err_t provider_of_path(struct request *rq, struct row_provider *ret)
{
    oid_t id;
    str_t etag;
    TRY(request_param_id(rq, 0, &id));
    TRY(provider_get(&rq->act, id, ret));
    TRY(etag_make(rq, id, ret->revision, &etag));
    return etag_check(rq, etag);
}

err_t providers_list(struct request *rq)
{
    const struct provider_query *q = rq->query;
    struct row_provider *rows = NULL;
    struct page page;
    size_t n = 0;
    TRY(page_open(rq, &q->page, STR(""), &page));
    TRY(sql_provider_page(rq->act.db, rq->act.arena,
                          &(struct sql_provider_page){
                              .org = rq->act.org, .after = page.after, .limit = page.limit + 1 },
                          &rows, &n));
    size_t shown = page_shown(&page, n);
    struct provider_out *out = ARENA_ARRAY(rq->act.arena, struct provider_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        TRY(provider_view(rq, &rows[i], &out[i]));
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &provider_out_shape, out, shown, page.next);
}

err_t providers_create_prepare(struct request *rq)
{
    const struct provider_body *b = rq->in;
    const struct outbound_rules rules = outside_rules(rq);
    struct diag why = diag_like(&rq->act.why);
    err_t e = outbound_url_check(&rules, rq->act.arena, b->issuer, &why);
    if (e == E_OK || e == E_NO_MEMORY)
        return e;
    return diag_pass(&rq->act.why, E_BAD_FIELD, "issuer", &why);
}

err_t providers_create(struct request *rq)
{
    struct provider_in in;
    struct row_provider row;
    TRY(input_of(rq, &in));
    TRY(provider_create(&rq->act, &in, &row));
    return provider_reply(rq, 201, &row);
}

err_t providers_get(struct request *rq)
{
    struct row_provider row;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(provider_get(&rq->act, id, &row));
    return provider_reply(rq, 200, &row);
}

err_t providers_change(struct request *rq)
{
    struct provider_in in;
    struct row_provider row;
    TRY(input_of(rq, &in));
    TRY(provider_of_path(rq, &row));
    TRY(provider_change(&rq->act, &row, &in, &row));
    return provider_reply(rq, 200, &row);
}

err_t providers_delete(struct request *rq)
{
    struct row_provider row;
    TRY(provider_of_path(rq, &row));
    TRY(provider_delete(&rq->act, row.id));
    request_target(rq, "identity-provider", row.id, row.name);
    return reply_empty(rq, 204);
}

/* Whoever says who somebody is could be him: he must have his rights (AC18). */
err_t providers_link(struct request *rq)
{
    const struct link_body *in = rq->in;
    struct row_user_account user;
    struct row_provider row;
    str_t details;
    TRY(provider_of_path(rq, &row));
    TRY(provider_link(&rq->act, row.id, in->sub, in->user_id, &user));
    TRY(str_format(rq->act.arena, &details, "{\"provider\":\"%.*s\"}", STR_ARG(row.name)));
    request_target(rq, "user", user.id, user.username);
    request_details(rq, details);
    return reply_empty(rq, 204);
}
