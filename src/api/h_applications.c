/* SPDX-License-Identifier: Apache-2.0 */
#include "api/handlers_access.h"
#include "api/handlers_identity.h"
#include "api/managed.h"
#include "api/page.h"
#include "api/shapes_access.h"
#include "api/shapes_identity.h"
#include "domain/access/app_words.h"

static err_t uris_view(struct request *rq, oid_t id, struct application_out *ret)
{
    struct strs *const lists[APP_URI_KINDS] = {
        [APP_URI_REDIRECT] = &ret->redirect_uris,
        [APP_URI_LOGOUT] = &ret->post_logout_redirect_uris,
        [APP_URI_RESOURCE] = &ret->resources,
        [APP_URI_ORIGIN] = &ret->origins,
    };
    struct sql_application_uris_row *rows = NULL;
    size_t n = 0;
    TRY(application_uris(&rq->act, id, &rows, &n));
    str_t *texts = ARENA_ARRAY(rq->act.arena, str_t, n + 1);
    if (texts == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) { /* by kind: each list is a run of them */
        if (rows[i].kind < APP_URI_REDIRECT || rows[i].kind >= APP_URI_KINDS)
            return E_CORRUPT;
        struct strs *list = lists[rows[i].kind];
        texts[i] = rows[i].uri;
        if (list->n++ == 0)
            list->v = &texts[i];
    }
    return E_OK;
}

static err_t application_view(struct request *rq, const struct row_application *row,
                              struct application_out *ret)
{
    *ret = (struct application_out){
        .id = row->id,
        .name = row->name,
        .kind = word_of(&app_kind_words, row->kind),
        .origin = word_of(&app_origin_words, row->origin),
        .status = word_of(&app_status_words, row->status),
        .description = row->description,
        .icon = row->icon,
        .launch_url = row->launch_url,
        .host = row->host,
        .admin = row->admin != 0,
        .client_id = row->client_id,
        .client_type = word_of(&client_type_words, row->client_type.v),
        .auth_method = word_of(&client_auth_words, row->auth_method.v),
        .id_token_alg = word_of(&id_token_alg_words, row->id_token_alg),
        .native = row->native != 0,
        .pkce = row->pkce != 0,
        .par = row->par != 0,
        .dpop = row->dpop != 0,
        .consent = row->consent != 0,
        .access_life_s = row->access_life,
        .refresh_life_s = row->refresh_life,
        .refresh_grace_s = row->refresh_grace,
        .jwks.text = row->jwks,
        .jwks_uri = row->jwks_uri,
        .backchannel_logout_uri = row->backchannel_logout_uri,
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
    TRY(words_of(rq->act.arena, &app_grant_words, row->grants, &ret->grants.v, &ret->grants.n));
    TRY(scopes_list(rq->act.arena, row->scopes, &ret->scopes.v, &ret->scopes.n));
    TRY(uris_view(rq, row->id, ret));
    return etag_make(rq, row->id, row->revision, &ret->etag);
}

/* `secret` has n == 0 where none is shown; it is wiped. */
static err_t application_reply(struct request *rq, int status, const struct row_application *row,
                               struct token_text *secret)
{
    struct application_out *out = ARENA_NEW(rq->act.arena, struct application_out);
    err_t e = out == NULL ? E_NO_MEMORY : application_view(rq, row, out);
    if (e == E_OK && secret->n > 0)
        e = str_copy(rq->act.arena, str_of(secret->p, secret->n), &out->client_secret);
    explicit_bzero(secret, sizeof *secret);
    TRY(e);
    TRY(reply_header(rq, STR("ETag"), out->etag));
    request_target(rq, "application", row->id, row->name);
    return reply_obj(rq, status, &application_out_shape, out);
}

/* The application of the path, still as the caller knows it. */
static err_t application_of_path(struct request *rq, struct row_application *ret)
{
    oid_t id;
    str_t etag;
    TRY(request_param_id(rq, 0, &id));
    TRY(application_get(&rq->act, id, ret));
    request_target(rq, "application", ret->id, ret->name);
    TRY(etag_make(rq, id, ret->revision, &etag));
    return etag_check(rq, etag);
}

static struct application_in application_words(const struct application_body *b)
{
    struct application_in in = {
        .name = b->name,
        .kind = b->kind,
        .client_id = b->client_id,
        .status = b->status,
        .description = b->description,
        .icon = b->icon,
        .launch_url = b->launch_url,
        .host = b->host,
        .client_type = b->client_type,
        .auth_method = b->auth_method,
        .id_token_alg = b->id_token_alg,
        .jwks = b->jwks.text,
        .jwks_uri = b->jwks_uri,
        .backchannel_logout_uri = b->backchannel_logout_uri,
        .grants = names_of(b->grants),
        .scopes = names_of(b->scopes),
        .groups = names_of(b->groups),
        .admin = b->admin,
        .native = b->native,
        .pkce = b->pkce,
        .par = b->par,
        .dpop = b->dpop,
        .consent = b->consent,
        .access_life = b->access_life_s,
        .refresh_life = b->refresh_life_s,
        .refresh_grace = b->refresh_grace_s,
    };
    in.uris[APP_URI_REDIRECT] = names_of(b->redirect_uris);
    in.uris[APP_URI_LOGOUT] = names_of(b->post_logout_redirect_uris);
    in.uris[APP_URI_RESOURCE] = names_of(b->resources);
    in.uris[APP_URI_ORIGIN] = names_of(b->origins);
    return in;
}

err_t applications_list(struct request *rq)
{
    const struct application_query *q = rq->query;
    struct application_filter filter = { q->search, q->target_id };
    struct row_application *rows = NULL;
    struct page page;
    int64_t total = 0;
    size_t n = 0;
    TRY(page_open_of(rq, &q->page, q->search, q->target_id, &page));
    TRY(application_page(&rq->act, &filter, page.after, page.limit + 1, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct application_out *out = ARENA_ARRAY(rq->act.arena, struct application_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        TRY(application_view(rq, &rows[i], &out[i]));
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    TRY(reply_list(rq, &application_line_shape, out, shown, page.next));
    if (!q->count)
        return E_OK;
    TRY(application_count(&rq->act, &filter, &total));
    rq->reply.total = (opt_i64_t){ true, total };
    return E_OK;
}

err_t applications_create(struct request *rq)
{
    struct application_in words = application_words(rq->in);
    struct token_text secret = { .n = 0 };
    struct row_application row;
    words.origin = request_is_from_file(rq) ? APP_BY_FILE : APP_BY_ADMIN;
    TRY(application_create(&rq->act, &words, &row, &secret));
    return application_reply(rq, 201, &row, &secret);
}

err_t applications_get(struct request *rq)
{
    struct token_text none = { .n = 0 };
    struct row_application row;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(application_get(&rq->act, id, &row));
    return application_reply(rq, 200, &row, &none);
}

err_t applications_change(struct request *rq)
{
    struct application_in words = application_words(rq->in);
    struct token_text none = { .n = 0 };
    struct row_application row;
    TRY(application_of_path(rq, &row));
    TRY(application_change(&rq->act, row.id, &words, &row));
    return application_reply(rq, 200, &row, &none);
}

err_t applications_delete(struct request *rq)
{
    struct row_application row;
    TRY(application_of_path(rq, &row));
    TRY(application_delete(&rq->act, row.id));
    return reply_empty(rq, 204);
}

err_t applications_renew_secret(struct request *rq)
{
    struct token_text secret = { .n = 0 };
    struct row_application row;
    TRY(application_of_path(rq, &row));
    TRY(application_renew_secret(&rq->act, row.id, &row, &secret));
    return application_reply(rq, 200, &row, &secret);
}
