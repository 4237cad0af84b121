/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that sign tokens: their set, and their replacement. */
#include "api/handlers_issuer.h"

#include "api/issuer_need.h"
#include "domain/oauth/issuer_keys.h"
#include "plat/jose/jwk.h"

enum { JWKS_TEXT_MAX = 32 * 1024 };
#define JWKS_FRESH                                                                                 \
    "public, max-age=300" /* a new key signs at once: clients fetch again for its kid */

static const enum issuer_alg algs[] = { ISSUER_ES256, ISSUER_RS256 };

/* The set says every algorithm that clients may ask for. */
err_t jwks_prepare(struct request *rq)
{
    request_leave_store(rq);
    return issuer_need(rq->services, ISSUER_RS256);
}

err_t jwks_get(struct request *rq)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t text = STR_NONE;
    buf_init(&b, JWKS_TEXT_MAX);
    issuer_put_jwks(rq->services->issuer, rq->act.now, &b);
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &text));
    TRY(reply_header(rq, STR("Cache-Control"), STR(JWKS_FRESH)));
    return reply_raw(rq, 200, "application/json", text);
}

err_t issuer_keys_view(struct request *rq, struct key_out *out, size_t room, size_t *ret_n)
{
    struct row_issuer_key *rows = NULL;
    size_t n = 0;
    TRY(issuer_keys_list(&rq->act, &rows, &n));
    *ret_n = n < room ? n : room;
    for (size_t i = 0; i < *ret_n; i++)
        out[i] = (struct key_out){
            .kid = rows[i].kid,
            .alg = jws_alg(issuer_kind((enum issuer_alg)rows[i].alg)),
            .state = ts_is_set(rows[i].retires_at) ? STR("retiring") : STR("active"),
            .created_at = rows[i].created_at,
            .retires_at = rows[i].retires_at,
        };
    return E_OK;
}

/* Both keys are made on the worker, for RSA takes its time. */
err_t issuer_rotate_prepare(struct request *rq, const struct key_rotate_in *in)
{
    struct issuer_fresh *fresh = ARENA_NEW(rq->act.arena, struct issuer_fresh);
    struct key_rotate_in *with = ARENA_NEW(rq->act.arena, struct key_rotate_in);
    if (fresh == NULL || with == NULL)
        return E_NO_MEMORY;
    TRY(request_may(rq, PERM_SYSTEM_ADMIN));
    if (!in->at_once)
        TRY(issuer_keep_time(&rq->act, &fresh->keep));
    request_leave_store(rq);
    for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
        CLEANUP(sign_key_freep) struct sign_key *key = NULL;
        TRY(sign_key_make(issuer_kind(algs[i]), &key));
        TRY(sign_key_write(key, rq->act.arena, &fresh->der[algs[i]]));
    }
    *with = *in;
    with->fresh = fresh;
    rq->in = with;
    return E_OK;
}

err_t issuer_rotate(struct request *rq, const struct key_rotate_in *in)
{
    str_t details = STR_NONE;
    str_t kids[ISSUER_ALGS] = { 0 };
    TRY(request_may(rq, PERM_SYSTEM_ADMIN));
    for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
        const struct issuer_key_in key = { .alg = algs[i],
                                           .der = in->fresh->der[algs[i]],
                                           .keep = in->fresh->keep };
        struct row_issuer_key row;
        TRY(issuer_key_keep(&rq->act, &key, &row));
        kids[algs[i]] = row.kid;
    }
    if (in->at_once) /* memory believes what the older keys signed */
        TRY(act_effect(&rq->act, (struct effect){ .kind = EFFECT_TOKENS }));
    TRY(str_format(rq->act.arena, &details, "{\"at_once\":%s,\"kid\":\"%.*s\",\"use\":\"oidc\"}",
                   in->at_once ? "true" : "false", STR_ARG(kids[ISSUER_ES256])));
    request_details(rq, details);
    return E_OK;
}

/* The store has them: from here on they sign. */
static err_t fresh_take(struct request *rq, const struct issuer_fresh *fresh, struct key_out *ret)
{
    for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
        struct issuer_entry e = { .alg = algs[i] };
        TRY(sign_key_read(fresh->der[algs[i]], &e.key));
        if (algs[i] == ISSUER_ES256)
            TRY(jwk_thumbprint(rq->act.arena, sign_key_public(e.key), &ret->kid));
        TRY(issuer_put(rq->services->issuer, &e, ts_add(rq->act.now, fresh->keep)));
    }
    return E_OK;
}

err_t issuer_rotate_finish(struct request *rq)
{
    const struct key_rotate_in *in = rq->in;
    struct key_out *out = ARENA_NEW(rq->act.arena, struct key_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(fresh_take(rq, in->fresh, out));
    out->use = STR("oidc");
    out->alg = jws_alg(issuer_kind(ISSUER_ES256));
    out->state = STR("active");
    out->created_at = rq->act.now;
    return reply_obj(rq, 200, &key_out_shape, out);
}
