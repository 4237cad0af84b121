/* SPDX-License-Identifier: Apache-2.0 */
/* POST /oauth2/token: who asks, and which grant type answers him (RFC 6749 section 3.2). */
#include "api/token_grants.h"

#include "api/basic_auth.h"
#include "domain/access/decide.h"
#include "domain/signin/session.h"

/* clang-format off */
const struct token_grant token_grants[] = {
    { "authorization_code", APP_GRANT_CODE,    NULL, token_code },
    { "refresh_token",      APP_GRANT_REFRESH, NULL, token_refresh },
};
/* clang-format on */
const size_t token_grants_n = ARRAY_LEN(token_grants);

static err_t grant_row(struct request *rq, const struct token_grant **ret)
{
    const struct token_in *in = rq->in;
    if (in->grant_type.p == NULL)
        return FAIL(&rq->act.why, E_INVALID_REQUEST, "grant_type is missing");
    for (size_t i = 0; i < token_grants_n; i++) {
        if (str_eq(str_from_cz(token_grants[i].name), in->grant_type)) {
            *ret = &token_grants[i];
            return E_OK;
        }
    }
    return FAIL(&rq->act.why, E_UNSUPPORTED_GRANT, "this grant_type is not known here");
}

err_t token_prepare(struct request *rq)
{
    const struct token_grant *row = NULL;
    TRY(grant_row(rq, &row));
    return row->prepare != NULL ? row->prepare(rq) : E_OK;
}

err_t token_handle(struct request *rq)
{
    const struct token_grant *row = NULL;
    TRY(grant_row(rq, &row));
    return row->handler(rq);
}

err_t request_client(struct request *rq, const struct client_proof *form,
                     struct row_application *ret)
{
    struct client_proof proof = *form;
    TRY(basic_auth(rq, &proof.basic_id, &proof.basic_secret));
    TRY(client_authenticate(&rq->act, &proof, ret));
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
        TRY(session_get_live(&rq->act, grant->session_id, &session));
        proof = (struct access_proof){ session.auth_at, session.mfa_at };
        ask.proof = &proof;
    }
    TRY(access_decide(&rq->act, &ask, &decision));
    if (decision.effect == ACCESS_ALLOW)
        return E_OK;
    return FAIL(&rq->act.why, E_INVALID_GRANT,
                "the person may not use this application now: sign in again");
}

/* Proofs of a key (RFC 9449) are not taken at this row: what must be bound is not given. */
err_t token_binding(struct request *rq, const struct row_application *app,
                    const struct row_oauth_grant *grant, str_t *ret)
{
    if (app->dpop != 0 || grant->dpop_jkt.p != NULL)
        return FAIL(&rq->act.why, E_INVALID_REQUEST, "want a DPoP proof (RFC 9449)");
    *ret = STR_NONE;
    return E_OK;
}

struct token_lives token_lives_default(const struct services *sv)
{
    (void)sv;
    return (struct token_lives){ .access = DUR_HOURS(24), .refresh = DUR_DAYS(30) };
}
