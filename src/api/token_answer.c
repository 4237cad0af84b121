/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of POST /oauth2/token: what it says is read in the transaction that grants it, and
 * signed after COMMIT, where nobody waits for it. */
#include "api/token_grants.h"

#include "api/issuer_need.h"
#include "api/services.h"
#include "domain/oauth/access_token.h"
#include "domain/oauth/id_token.h"
#include "domain/oauth/resource.h"
#include "domain/oauth/scope.h"
#include "domain/signin/session.h"

struct token_made { /* by the handler, for token_finish */
    struct token_plan plan;
    oid_t org;
    ts_t now;
    str_t client_id;
    enum issuer_alg id_alg;
    struct row_session session;
    struct profile profile;
    bool id_token;
};

/* An id_token says who has signed in: there must be a person and a session. */
static err_t id_token_plan(struct request *rq, struct token_made *made)
{
    const struct token_plan *p = &made->plan;
    made->id_token =
        p->kind == ACTOR_USER && oid_is_set(p->session) && words_have(p->scope, STR("openid"));
    if (!made->id_token)
        return E_OK;
    made->id_alg = p->app->id_token_alg == ID_TOKEN_RS256 ? ISSUER_RS256 : ISSUER_ES256;
    TRY(session_get_live(&rq->act, p->session, &made->session));
    return profile_load(&rq->act, p->principal, p->scope, &made->profile);
}

err_t token_answer(struct request *rq, const struct token_plan *plan)
{
    struct token_made *made = ARENA_NEW(rq->act.arena, struct token_made);
    if (made == NULL)
        return E_NO_MEMORY;
    rq->event.org = rq->act.org;
    rq->event.actor_kind = plan->kind;
    rq->event.actor_id = plan->principal;
    *made = (struct token_made){
        .plan = *plan,
        .org = rq->act.org,
        .now = rq->act.now,
        .client_id = plan->app != NULL ? plan->app->client_id : plan->client_id,
    };
    TRY(id_token_plan(rq, made));
    rq->made = made;
    return E_OK;
}

static err_t audience_of(struct request *rq, const struct token_made *made, struct access_claims *c)
{
    str_t *aud = ARENA_ARRAY(rq->act.arena, str_t, JWT_AUD_MAX);
    str_t list = STR_NONE;
    str_t one;
    size_t n = 0;
    if (aud == NULL)
        return E_NO_MEMORY;
    TRY(resources_audience(rq->act.arena, services_settings(rq->services)->issuer, made->client_id,
                           made->plan.scope, made->plan.resource, &list));
    while (n < JWT_AUD_MAX && words_next(&list, &one))
        aud[n++] = one;
    c->aud = aud;
    c->aud_n = n;
    return E_OK;
}

static err_t mint_access(struct request *rq, const struct token_made *made, struct buf *b)
{
    const struct token_plan *p = &made->plan;
    struct access_claims c = {
        .kind = p->kind,
        .principal = p->principal,
        .org = made->org,
        .client_id = made->client_id,
        .scope = p->scope,
        .session = p->session,
        .grant = p->grant,
        .key = p->key,
        .jti = oid_make(),
        .auth_at = made->session.auth_at,
        .iat = made->now,
        .exp = ts_add(made->now, p->life),
        .dpop_jkt = p->dpop_jkt,
        .act = p->act,
    };
    TRY(audience_of(rq, made, &c));
    return access_token_mint(rq->services->issuer, services_settings(rq->services)->issuer, &c, b);
}

/* What this answer is about: an access token, or what another server gives one for. */
static err_t mint_main(struct request *rq, const struct token_made *made, struct buf *b)
{
    const struct id_jag_in *jag = made->plan.id_jag;
    return jag != NULL ? id_jag_mint(rq->services->issuer, jag, b) : mint_access(rq, made, b);
}

static str_t token_type(const struct token_plan *p)
{
    if (p->id_jag != NULL)
        return STR(TOKEN_TYPE_NO_BEARER);
    return p->dpop_jkt.p != NULL ? STR("DPoP") : STR("Bearer");
}

static err_t mint_id(struct request *rq, const struct token_made *made, str_t access_token,
                     struct buf *b)
{
    const struct id_token_in in = {
        .issuer = services_settings(rq->services)->issuer,
        .client_id = made->client_id,
        .nonce = made->plan.nonce,
        .access_token = access_token,
        .session = made->session.id,
        .auth_at = made->session.auth_at,
        .amr = made->session.amr,
        .now = made->now,
        .alg = made->id_alg,
        .profile = &made->profile,
    };
    return id_token_mint(rq->services->issuer, &in, b);
}

err_t token_finish(struct request *rq)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    const struct token_made *made = rq->made;
    struct oauth_token_out *out = ARENA_NEW(rq->act.arena, struct oauth_token_out);
    if (out == NULL)
        return E_NO_MEMORY;
    *out = (struct oauth_token_out){
        .token_type = token_type(&made->plan),
        .expires_in = made->plan.life.us / 1000000,
        .refresh_token = made->plan.refresh,
        .scope = made->plan.scope.n > 0 ? made->plan.scope : STR_NONE,
        .issued_token_type = made->plan.issued_token_type,
    };
    buf_init(&b, KIB(64));
    b.secret = true;
    TRY(mint_main(rq, made, &b));
    TRY(str_copy(rq->act.arena, buf_str(&b), &out->access_token));
    if (made->id_token) {
        TRY(issuer_need(rq->services, made->id_alg)); /* the first RS256 makes its key */
        buf_clear(&b);
        TRY(mint_id(rq, made, out->access_token, &b));
        TRY(str_copy(rq->act.arena, buf_str(&b), &out->id_token));
    }
    return reply_obj(rq, 200, &oauth_token_out_shape, out);
}
