/* SPDX-License-Identifier: Apache-2.0 */
/* What a client may know of the person whose token it has (OpenID Connect Core 5.3). */
#include "api/handlers_oauth.h"

#include "api/shapes_oauth.h"
#include "domain/oauth/grant.h"
#include "domain/oauth/profile.h"
#include "domain/oauth/scope.h"

static err_t view(struct request *rq, const struct profile *p)
{
    struct userinfo_out *out = ARENA_NEW(rq->act.arena, struct userinfo_out);
    if (out == NULL)
        return E_NO_MEMORY;
    *out = (struct userinfo_out){ .sub = p->sub,
                                  .name = p->name,
                                  .preferred_username = p->preferred_username,
                                  .email = p->email };
    if (p->email.p != NULL)
        out->email_verified = (opt_bool_t){ true, p->email_verified };
    if (p->has_groups)
        out->groups = (struct strs){ p->groups, p->groups_n };
    return reply_obj(rq, 200, &userinfo_out_shape, out);
}

err_t userinfo_get(struct request *rq)
{
    const struct actor *actor = &rq->act.actor;
    struct row_oauth_grant grant = { 0 };
    struct profile profile;
    if (oid_is_set(actor->grant))
        TRY(grant_get_live(&rq->act, actor->grant, &grant));
    if (actor->kind != ACTOR_USER || !words_have(grant.scope, STR("openid"))) {
        TRY(reply_header(rq, STR("WWW-Authenticate"),
                         STR("Bearer error=\"insufficient_scope\", scope=\"openid\"")));
        return FAIL(&rq->act.why, E_FORBIDDEN, "this wants a token with the scope openid");
    }
    TRY(profile_load(&rq->act, actor->id, grant.scope, &profile));
    return view(rq, &profile);
}
