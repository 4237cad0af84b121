/* SPDX-License-Identifier: Apache-2.0 */
#include "api/handlers_machine.h"
#include "api/page.h"
#include "api/shapes_identity.h"
#include "api/shapes_machine.h"
#include "base/enc.h"
#include "domain/oauth/service_key.h"
#include "plat/jose/jwk.h"

struct asked { /* by prepare, for the handler */
    const struct service_key_body *words;
    str_t spki;
    str_t pem; /* of a pair that was made here */
};

static err_t key_view(struct request *rq, const struct row_service_key *row,
                      struct service_key_out *ret)
{
    digest_t hash = sha256_of(row->spki);
    *ret = (struct service_key_out){
        .id = row->id,
        .name = row->name,
        .status = str_from_cz(service_key_status_name((enum service_key_status)row->status)),
        .alg = service_key_alg(row->spki),
        .created_at = row->created_at,
        .expires_at = row->expires_at,
        .used_at = row->used_at,
    };
    return base64url_make(rq->act.arena, hash.b, sizeof hash.b, &ret->thumbprint);
}

static err_t key_reply(struct request *rq, int status, const struct row_service_key *row,
                       const struct shape *shape, str_t file)
{
    struct service_key_out *out = ARENA_NEW(rq->act.arena, struct service_key_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(key_view(rq, row, out));
    out->file.text = file;
    return reply_obj(rq, status, shape, out);
}

/* Account and key of the path. */
static err_t path_ids(struct request *rq, oid_t *ret_service, oid_t *ret_key)
{
    TRY(request_param_id(rq, 0, ret_service));
    return request_param_id(rq, 1, ret_key);
}

static err_t touched(struct request *rq, oid_t service, const struct row_service_key *key)
{
    char id[OID_TEXT];
    str_t details = STR_NONE;
    struct row_service_account account;
    TRY(service_get(&rq->act, service, &account));
    oid_format(key->id, id);
    TRY(str_format(rq->act.arena, &details, "{\"key\":\"%.*s\"}", (int)sizeof id, id));
    request_target(rq, "service-account", service, account.name);
    request_details(rq, details);
    return E_OK;
}

err_t service_keys_list(struct request *rq)
{
    const struct search_query *q = rq->query;
    struct row_service_key *rows = NULL;
    struct page page;
    size_t n = 0;
    oid_t service;
    TRY(request_param_id(rq, 0, &service));
    TRY(page_open(rq, &q->page, rq->params[0], &page));
    TRY(service_key_page(&rq->act, service, page.after, page.limit + 1, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct service_key_out *out = ARENA_ARRAY(rq->act.arena, struct service_key_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        TRY(key_view(rq, &rows[i], &out[i]));
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &service_key_out_shape, out, shown, page.next);
}

static err_t uploaded(struct request *rq, str_t text, struct asked *asked)
{
    CLEANUP(json_freep) struct json *json = NULL;
    struct jwk jwk = { .kid = STR_NONE };
    TRY(json_parse(text, &rq->act.why, &json));
    TRY(jwk_read_any(rq->act.arena, json, &rq->act.why, &jwk));
    return str_copy(rq->act.arena, str_of(jwk.key.spki, jwk.key.spki_n), &asked->spki);
}

static err_t generated(struct request *rq, str_t alg, struct asked *asked)
{
    struct arena *a = rq->act.arena;
    enum pubkey_kind kind = PUBKEY_NONE;
    CLEANUP(sign_key_freep) struct sign_key *pair = NULL;
    CLEANUP(buf_fini) struct buf pem = { 0 };
    buf_init(&pem, KEY_PEM_MAX);
    pem.secret = true;
    TRY(service_key_kind_parse(alg, &kind));
    TRY(sign_key_make(kind, &pair));
    key_pem_write(&pem, a, pair);
    TRY(pem.err);
    const struct pubkey *public = sign_key_public(pair);
    TRY(str_copy(a, str_of(public->spki, public->spki_n), &asked->spki));
    return str_copy(a, buf_str(&pem), &asked->pem);
}

err_t service_keys_create_prepare(struct request *rq)
{
    const struct service_key_body *in = rq->in;
    struct asked *asked = ARENA_NEW(rq->act.arena, struct asked);
    if (asked == NULL)
        return E_NO_MEMORY;
    asked->words = in;
    if ((in->public_key.text.p != NULL) == (in->generate.p != NULL))
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "public_key",
                              "want a public_key, or generate, not both");
    TRY(in->generate.p != NULL ? generated(rq, in->generate, asked)
                               : uploaded(rq, in->public_key.text, asked));
    rq->in = asked;
    return E_OK;
}

static err_t key_file(struct request *rq, oid_t service, oid_t key, str_t pem, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, SERVICE_KEY_FILE_MAX);
    b.secret = true;
    service_key_file(&b, service, key, pem);
    TRY(b.err);
    return str_copy(rq->act.arena, buf_str(&b), ret);
}

err_t service_keys_create(struct request *rq)
{
    const struct asked *asked = rq->in;
    const struct service_key_body *in = asked->words;
    const struct service_key_in words = { .name = in->name.p != NULL ? in->name : STR("key"),
                                          .spki = asked->spki,
                                          .expires_at = in->expires_at };
    struct row_service_key row;
    str_t file = STR_NONE;
    oid_t service;
    TRY(request_param_id(rq, 0, &service));
    TRY(service_key_add(&rq->act, service, &words, &row));
    TRY(touched(rq, service, &row));
    if (asked->pem.p != NULL)
        TRY(key_file(rq, service, row.id, asked->pem, &file));
    return key_reply(rq, 201, &row, &service_key_made_shape, file);
}

err_t service_keys_get(struct request *rq)
{
    struct row_service_key row;
    oid_t service;
    oid_t id;
    TRY(path_ids(rq, &service, &id));
    TRY(service_key_get(&rq->act, service, id, &row));
    return key_reply(rq, 200, &row, &service_key_out_shape, STR_NONE);
}

err_t service_keys_change(struct request *rq)
{
    const struct service_key_body *in = rq->in;
    struct row_service_key row;
    oid_t service;
    oid_t id;
    TRY(path_ids(rq, &service, &id));
    TRY(service_key_change(&rq->act, service, id, in->name, in->status, &row));
    TRY(touched(rq, service, &row));
    return key_reply(rq, 200, &row, &service_key_out_shape, STR_NONE);
}

err_t service_keys_delete(struct request *rq)
{
    struct row_service_key row;
    oid_t service;
    oid_t id;
    TRY(path_ids(rq, &service, &id));
    TRY(service_key_delete(&rq->act, service, id, &row));
    TRY(touched(rq, service, &row));
    return reply_empty(rq, 204);
}
