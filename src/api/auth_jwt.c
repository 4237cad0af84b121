/* SPDX-License-Identifier: Apache-2.0 */
/* A bearer token that is a JWT: on a worker, for a signature costs many polls. What was verified is
 * remembered by the token's hash (domain/live) until it ends or what it stands on does. */
#include "api/auth_jwt.h"

#include "api/auth_upstream.h"
#include "api/client_proof.h"
#include "domain/oauth/access_load.h"
#include "domain/oauth/scope.h"

/* RFC 9449 section 7.1: a bound token needs the proof of its key, and only a bound one comes with
 * the scheme DPoP. */
static err_t check_bound(struct request *rq, const struct access_claims *c)
{
    bool dpop = auth_scheme_is_dpop(rq->xchg);
    if (c->dpop_jkt.p == NULL && !dpop)
        return E_OK;
    if (c->dpop_jkt.p == NULL)
        return FAIL(&rq->act.why, E_UNAUTHENTICATED, "the token is not bound: send it as Bearer");
    if (!dpop)
        return FAIL(&rq->act.why, E_UNAUTHENTICATED,
                    "the token is bound to a key: send it as DPoP, with a proof");
    return dpop_check_bound(rq, auth_bearer(rq->xchg), c->dpop_jkt);
}

bool auth_is_jwt(str_t token)
{
    size_t dots = 0;
    for (size_t i = 0; i < token.n; i++)
        dots += token.p[i] == '.';
    return dots == 2;
}

err_t auth_jwt_verify(const struct services *sv, struct act *act, str_t text, const char *path,
                      struct access_claims *ret)
{
    const str_t issuer = services_settings(sv)->issuer;
    struct access_token_ask ask = { .text = text, .issuer = issuer, .now = act->now };
    TRY(str_format(act->arena, &ask.audience, "%.*s%s", STR_ARG(issuer), path));
    return access_token_verify(sv->issuer, act->arena, &ask, &act->why, ret);
}

/* For the row's audience, or for the very path that is asked for (RFC 8707). */
static err_t verify_for(struct request *rq, str_t text, struct access_claims *ret)
{
    struct act *act = &rq->act;
    const char *path = rq->route->audience != NULL ? rq->route->audience : AUDIENCE_API;
    err_t e = auth_jwt_verify(rq->services, act, text, path, ret);
    if (e != E_UNAUTHENTICATED || !rq->route->own_audience)
        return e;
    path = str_cz(act->arena, rq->xchg->path);
    if (path == NULL)
        return E_NO_MEMORY;
    act_clear_why(act);
    return auth_jwt_verify(rq->services, act, text, path, ret);
}

static err_t check_scope(struct request *rq, const struct access_claims *c)
{
    const char *scope = rq->route->scope;
    if (scope == NULL || words_have(c->scope, str_from_cz(scope)))
        return E_OK;
    return FAIL(&rq->act.why, E_SCOPE, "the token lacks the scope %s", scope);
}

err_t auth_jwt(struct request *rq, bool again, struct actor_loaded *ret, bool *ret_keep)
{
    struct act *act = &rq->act;
    str_t text = auth_bearer(rq->xchg);
    struct access_claims c;
    err_t e = auth_upstream(rq, text, again, ret);
    if (e != E_NOT_FOUND) {
        *ret_keep = false; /* its link may go, and the issuer be switched off, at any time */
        return e;
    }
    TRY(verify_for(rq, text, &c));
    TRY(check_scope(rq, &c));
    if (!again) /* a proof is good once */
        TRY(check_bound(rq, &c));
    TRY(access_token_load(act, &c, ret));
    *ret_keep = c.dpop_jkt.p == NULL;
    return E_OK;
}
