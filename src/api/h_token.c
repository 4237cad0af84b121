/* SPDX-License-Identifier: Apache-2.0 */
/* POST /oauth2/token: who asks, and which grant type answers him (RFC 6749 section 3.2). */
#include "api/token_grants.h"

#include "api/basic_auth.h"
#include "api/client_proof.h"
#include "domain/access/decide.h"
#include "domain/signin/session.h"
#include "sql/machine.h"

/* clang-format off */
const struct token_grant token_grants[] = {
    { "authorization_code", NULL, token_code },
    { "refresh_token",      NULL, token_refresh },
    { "client_credentials", NULL, token_client_credentials },
    { "urn:ietf:params:oauth:grant-type:device_code",    NULL, token_device_code },
    { "urn:ietf:params:oauth:grant-type:jwt-bearer",     token_jwt_bearer_prepare, token_jwt_bearer },
    { "urn:ietf:params:oauth:grant-type:token-exchange", token_exchange_prepare,   token_exchange },
};
/* clang-format on */
const size_t token_grants_n = ARRAY_LEN(token_grants);

/* NULL: it is not known. */
static const struct token_grant *grant_row(str_t name)
{
    for (size_t i = 0; i < token_grants_n; i++) {
        if (str_eq(str_from_cz(token_grants[i].name), name))
            return &token_grants[i];
    }
    return NULL;
}

static err_t no_row(struct request *rq, str_t name)
{
    return name.p == NULL
               ? FAIL(&rq->act.why, E_INVALID_REQUEST, "grant_type is missing")
               : FAIL(&rq->act.why, E_UNSUPPORTED_GRANT, "this grant_type is not known here");
}

err_t token_prepare(struct request *rq)
{
    const struct token_in *in = rq->in;
    const struct client_words words = { in->client_id, in->client_assertion_type,
                                        in->client_assertion };
    const struct token_grant *row = grant_row(in->grant_type);
    if (row == NULL)
        return no_row(rq, in->grant_type);
    TRY(client_assertion_prepare(rq, &words));
    TRY(dpop_prepare(rq));
    return row->prepare != NULL ? row->prepare(rq) : E_OK;
}

err_t token_handle(struct request *rq)
{
    const struct token_in *in = rq->in;
    const struct token_grant *row = grant_row(in->grant_type);
    return row != NULL ? row->handler(rq) : no_row(rq, in->grant_type);
}

err_t request_client(struct request *rq, const struct client_proof *form,
                     struct row_application *ret)
{
    struct client_proof proof = *form;
    TRY(basic_auth(rq, &proof.basic_id, &proof.basic_secret));
    TRY(rq->proven != NULL ? client_proven_application(rq, ret)
                           : client_authenticate(&rq->act, &proof, ret));
    rq->event.org = ret->org;
    request_target(rq, "application", ret->id, ret->name);
    return E_OK;
}

err_t token_client(struct request *rq, enum app_grant grant, struct row_application *ret)
{
    const struct token_in *in = rq->in;
    const struct client_proof form = { .post_id = in->client_id, .post_secret = in->client_secret };
    TRY(request_client(rq, &form, ret));
    return client_may(&rq->act, ret, grant);
}

err_t token_access(struct request *rq, const struct row_application *app,
                   const struct row_oauth_grant *grant, str_t scope)
{
    struct access_decision decision;
    struct access_proof proof;
    struct row_session session;
    struct access_ask ask = {
        .app = app,
        .kind = (enum actor_kind)grant->principal_kind,
        .principal = grant->principal,
        .org = grant->org,
        .ip = request_peer(rq),
        .scope = scope,
    };
    if (oid_is_set(grant->session_id)) {
        err_t e = session_get_live(&rq->act, grant->session_id, &session);
        if (e == E_UNAUTHENTICATED) { /* of a refresh token it is said in the words of RFC 6749 */
            act_clear_why(&rq->act);
            return FAIL(&rq->act.why, E_INVALID_GRANT, "the session has ended: sign in again");
        }
        TRY(e);
        proof = (struct access_proof){ session.auth_at, session.mfa_at };
        ask.proof = &proof;
    }
    TRY(access_decide(&rq->act, &ask, &decision));
    if (decision.effect == ACCESS_ALLOW)
        return E_OK;
    return FAIL(&rq->act.why, E_INVALID_GRANT,
                "the person may not use this application now: sign in again");
}

/* Section 5: what a public client gets next is for the same key; one that proves itself otherwise
 * may change its key. */
static err_t bind_grant(struct request *rq, const struct row_application *app,
                        const struct row_oauth_grant *grant)
{
    const struct sql_oauth_grant_bind bind = { .id = grant->id, .dpop_jkt = rq->dpop_jkt };
    bool binds = app->client_type.v == CLIENT_PUBLIC && oid_is_set(grant->id);
    return binds && rq->dpop_jkt.p != NULL && grant->dpop_jkt.p == NULL
               ? sql_oauth_grant_bind(rq->act.db, &bind)
               : E_OK;
}

err_t token_binding(struct request *rq, const struct row_application *app,
                    const struct row_oauth_grant *grant, str_t *ret)
{
    bool wanted = app->dpop != 0 || grant->dpop_jkt.p != NULL;
    if (wanted && rq->dpop_jkt.p == NULL)
        return FAIL(&rq->act.why, E_DPOP_PROOF, "want a DPoP proof (RFC 9449)");
    if (grant->dpop_jkt.p != NULL && !str_eq(grant->dpop_jkt, rq->dpop_jkt))
        return FAIL(&rq->act.why, E_DPOP_PROOF, "this was granted to another key");
    TRY(bind_grant(rq, app, grant));
    *ret = rq->dpop_jkt;
    return E_OK;
}

struct token_lives token_lives_default(const struct services *sv)
{
    (void)sv;
    return (struct token_lives){ .access = DUR_HOURS(24), .refresh = DUR_DAYS(30) };
}
