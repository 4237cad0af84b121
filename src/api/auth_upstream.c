/* SPDX-License-Identifier: Apache-2.0 */
#include "api/auth_upstream.h"

#include "api/services.h"
#include "api/upstream_docs.h"
#include "domain/signin/upstream.h"

/* Whose it says it is: nothing of it is proven yet. */
static err_t provider_of(struct request *rq, str_t token, struct row_provider *ret)
{
    CLEANUP(jwt_fini) struct jwt t = { 0 };
    struct row_provider *rows = NULL;
    size_t n = 0;
    err_t e = jwt_read(rq->act.arena, token, &t);
    if (e != E_OK)
        return e == E_NO_MEMORY ? e : E_NOT_FOUND;
    if (t.claims.iss.n == 0 || str_eq(t.claims.iss, services_settings(rq->services)->issuer))
        return E_NOT_FOUND;
    TRY(sql_provider_by_issuer(
        rq->act.db, rq->act.arena,
        &(struct sql_provider_by_issuer){ .issuer = t.claims.iss, .active = ACCOUNT_ACTIVE }, &rows,
        &n));
    if (n != 1) /* accepted by two organisations: whose person is meant cannot be told */
        return E_NOT_FOUND;
    *ret = rows[0];
    return E_OK;
}

/* The read transaction is left while the issuer is asked: a slow one must not hold it. */
static err_t doc_of(struct request *rq, str_t issuer, enum remote_doc_how how,
                    struct upstream_doc *ret)
{
    struct db *db = rq->act.db;
    if (how == REMOTE_CACHED)
        return upstream_doc_get(rq, issuer, how, ret);
    request_leave_store(rq);
    err_t e = upstream_doc_get(rq, issuer, how, ret);
    rq->act.db = db;
    err_t begun = db_read_begin(db);
    return e != E_OK ? e : begun;
}

static err_t identity_of(struct request *rq, str_t token, const struct row_provider *p, bool again,
                         struct upstream_identity *ret)
{
    const struct upstream_expect want = { .issuer = p->issuer,
                                          .audience = p->audience,
                                          .now = rq->act.now };
    struct arena *a = rq->act.arena;
    struct diag *why = &rq->act.why;
    struct upstream_doc doc;
    TRY(doc_of(rq, p->issuer, again ? REMOTE_CACHED : REMOTE_KNOWN, &doc));
    err_t e = upstream_access_token(a, token, doc.jwks, &want, why, ret);
    if (e != E_NOT_FOUND || again)
        return e;
    diag_clear(why);
    TRY(doc_of(rq, p->issuer, REMOTE_NEWER, &doc));
    return upstream_access_token(a, token, doc.jwks, &want, why, ret);
}

err_t auth_upstream(struct request *rq, str_t token, bool again, struct actor_loaded *ret)
{
    struct upstream_identity who;
    struct actor_loaded loaded;
    struct row_provider p;
    oid_t user = { { 0 } };
    TRY(provider_of(rq, token, &p));
    if (rq->route->audience != NULL)
        return FAIL(&rq->act.why, E_UNAUTHENTICATED, "tokens of other issuers are for the API");
    err_t e = identity_of(rq, token, &p, again, &who);
    if (e == E_OK)
        e = upstream_linked(&rq->act, &p, who.sub, &user);
    if (e == E_FORBIDDEN || e == E_NOT_FOUND)
        return FAIL(&rq->act.why, E_UNAUTHENTICATED, "nobody here is linked to this token");
    TRY(e);
    TRY(actor_load_principal(&rq->act, p.org, ACTOR_USER, user, &loaded));
    loaded.who.expires_at = who.exp;
    *ret = loaded;
    return E_OK;
}
