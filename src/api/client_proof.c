/* SPDX-License-Identifier: Apache-2.0 */
#include "api/client_proof.h"

#include "api/client_document.h"
#include "api/router.h"
#include "api/services.h"
#include "domain/oauth/dpop.h"
#include "plat/jose/jwk.h"

static err_t refused(struct request *rq, const char *text)
{
    return FAIL(&rq->act.why, E_INVALID_CLIENT, "%s", text);
}

static err_t ask_of(struct request *rq, str_t text, struct assertion_ask *ret)
{
    str_t issuer = services_settings(rq->services)->issuer;
    *ret = (struct assertion_ask){ .text = text, .issuer = issuer, .refuse = E_INVALID_CLIENT };
    return str_format(rq->act.arena, &ret->endpoint, "%.*s/oauth2/token", STR_ARG(issuer));
}

/* E_NOT_FOUND: none of these keys. */
static err_t verify_with(struct request *rq, const struct jwt *t, str_t set)
{
    CLEANUP(json_freep) struct json *json = NULL;
    struct jwk *keys = NULL;
    struct diag flaw = { 0 };
    size_t n = 0;
    err_t e = json_parse(set, &flaw, &json);
    if (e == E_OK)
        e = jwks_read(rq->act.arena, json, &flaw, &keys, &n);
    if (e != E_OK)
        return e == E_NO_MEMORY ? e : refused(rq, "the client's key set is none");
    const struct jwk *key = jwks_find(keys, n, t->jws.kid, t->jws.alg);
    if (key == NULL)
        return E_NOT_FOUND;
    e = jwt_verify(t, &key->key);
    return e == E_FORBIDDEN ? refused(rq, "the assertion is not signed by the client's key") : e;
}

/* A key that is not in the set may be a new one: the set is fetched again, but not at each
 * stranger's word. */
static err_t verify_elsewhere(struct request *rq, const struct jwt *t, str_t uri)
{
    str_t set = STR_NONE;
    for (int i = 0; i < 2; i++) {
        enum remote_doc_how how = i == 0 ? REMOTE_KNOWN : REMOTE_NEWER;
        err_t e = client_remote_doc(rq, uri, REMOTE_DOC_MAX, how, &set);
        if (e == E_FORBIDDEN || e == E_IO)
            return refused(rq, "the client's jwks_uri gives no key set");
        TRY(e);
        e = verify_with(rq, t, set);
        if (e != E_NOT_FOUND)
            return e;
    }
    return E_NOT_FOUND;
}

static err_t application_verify(struct request *rq, const struct jwt *t,
                                const struct row_application *app)
{
    err_t e = E_NOT_FOUND;
    if (app->auth_method.v != CLIENT_AUTH_KEY || app->status != APP_ACTIVE)
        return refused(rq, "this client does not prove itself by an assertion");
    if (app->jwks.p != NULL)
        e = verify_with(rq, t, app->jwks);
    else if (app->jwks_uri.p != NULL)
        e = verify_elsewhere(rq, t, app->jwks_uri);
    return e == E_NOT_FOUND ? refused(rq, "the assertion is not signed by a key of the client") : e;
}

static err_t application_proven(struct request *rq, const struct assertion_ask *ask,
                                const struct jwt *t, struct client_proven *ret)
{
    TRY(application_verify(rq, t, &ret->app));
    TRY(assertion_claims_check(&rq->act, t, ask));
    oid_t id = ret->app.id;
    ret->assertion = (struct assertion){ .org = ret->app.org,
                                         .principal = id,
                                         .name = ret->app.name,
                                         .once = assertion_once(str_of(id.b, sizeof id.b), t),
                                         .until = ts_add(t->claims.exp, JWT_LEEWAY),
                                         .refuse = E_INVALID_CLIENT };
    return E_OK;
}

static err_t proven_by(struct request *rq, const struct client_words *words,
                       struct client_proven *ret)
{
    CLEANUP(jwt_fini) struct jwt t = { 0 };
    struct assertion_ask ask;
    TRY(ask_of(rq, words->assertion, &ask));
    err_t e = jwt_read(rq->act.arena, words->assertion, &t);
    if (e == E_BAD_FIELD)
        return refused(rq, "client_assertion is not a well-formed JWT");
    TRY(e);
    if (words->client_id.p != NULL && !str_eq(words->client_id, t.claims.sub))
        return refused(rq, "client_id and the assertion name two clients");
    e = application_by_client(&rq->act, t.claims.sub, &ret->app);
    if (e == E_OK)
        return application_proven(rq, &ask, &t, ret);
    if (e != E_NOT_FOUND)
        return e;
    act_clear_why(&rq->act);
    return assertion_read(&rq->act, &ask, &ret->assertion);
}

err_t client_assertion_prepare(struct request *rq, const struct client_words *words)
{
    struct client_proven *proven = NULL;
    if (words->assertion.p == NULL && words->assertion_type.p == NULL)
        return E_OK;
    if (words->assertion.p == NULL || !str_eq(words->assertion_type, STR(CLIENT_ASSERTION_TYPE)))
        return FAIL(&rq->act.why, E_INVALID_REQUEST,
                    "want client_assertion, and client_assertion_type %s", CLIENT_ASSERTION_TYPE);
    if (http_field_count(rq->xchg, STR("Authorization")) > 0)
        return FAIL(&rq->act.why, E_INVALID_REQUEST,
                    "the client says who it is in two ways (RFC 6749 section 2.3): send one");
    proven = ARENA_NEW(rq->act.arena, struct client_proven);
    if (proven == NULL)
        return E_NO_MEMORY;
    TRY(proven_by(rq, words, proven));
    rq->proven = proven;
    return E_OK;
}

err_t client_proven_application(struct request *rq, struct row_application *ret)
{
    const struct client_proven *p = rq->proven;
    struct row_application app;
    if (p->assertion.kind != ACTOR_NONE)
        return refused(rq, "a service account is no application: it takes client_credentials or "
                           "jwt-bearer");
    TRY(application_by_id(&rq->act, p->app.id, &app));
    if (app.status != APP_ACTIVE || app.auth_method.v != CLIENT_AUTH_KEY)
        return refused(rq, "the client was switched off");
    TRY(assertion_spend(&rq->act, &p->assertion));
    rq->act.org = app.org;
    *ret = app;
    return E_OK;
}

/* The URL as the client should have called it: the issuer's, and this path. */
static err_t called_url(struct request *rq, str_t *ret)
{
    return str_format(rq->act.arena, ret, "%.*s%.*s",
                      STR_ARG(services_settings(rq->services)->issuer), STR_ARG(rq->xchg->path));
}

static err_t proof_check(struct request *rq, str_t access_token, str_t *ret_jkt)
{
    struct dpop_guard *guard = rq->services->dpop;
    char nonce[DPOP_NONCE_TEXT];
    struct dpop_ask ask = { .proof = http_field(rq->xchg, STR("DPoP")),
                            .method = str_from_cz(method_name(rq->xchg->method)),
                            .access_token = access_token,
                            .now = rq->act.now };
    if (http_field_count(rq->xchg, STR("DPoP")) != 1)
        return FAIL(&rq->act.why, E_DPOP_PROOF, "want one field DPoP with a proof (RFC 9449)");
    TRY(called_url(rq, &ask.url));
    err_t e = dpop_check(guard, rq->act.arena, &ask, &rq->act.why, ret_jkt);
    if (e != E_DPOP_NONCE)
        return e;
    dpop_nonce(guard, rq->act.now, nonce);
    TRY(reply_header(rq, STR("DPoP-Nonce"), str_of(nonce, sizeof nonce)));
    return e;
}

err_t dpop_prepare(struct request *rq)
{
    if (http_field_count(rq->xchg, STR("DPoP")) == 0)
        return E_OK;
    return proof_check(rq, STR_NONE, &rq->dpop_jkt);
}

err_t dpop_check_bound(struct request *rq, str_t access_token, str_t jkt)
{
    str_t proven = STR_NONE;
    err_t e = proof_check(rq, access_token, &proven);
    if (e == E_DPOP_PROOF || e == E_DPOP_NONCE) { /* at a resource it is the token that lacks it */
        rq->act.why.err = e == E_DPOP_NONCE ? E_UNBOUND_NONCE : E_UNBOUND;
        return rq->act.why.err;
    }
    TRY(e);
    return str_eq(proven, jkt) ? E_OK
                               : FAIL(&rq->act.why, E_UNBOUND,
                                      "the token is bound to another key than the proof's");
}
