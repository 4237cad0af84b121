/* SPDX-License-Identifier: Apache-2.0 */
/* GET /auth/me: who acts, and what he may do: a page is shown by it, and never decided by it. */
#include "api/csrf.h"
#include "api/handlers_identity.h"
#include "api/handlers_signin.h"
#include "api/services.h"
#include "domain/hooks/notice.h"
#include "domain/identity/service.h"
#include "domain/identity/user.h"

static err_t me_user(struct request *rq, struct me_out *out, int64_t *ret_roles)
{
    struct row_user_account row;
    enum lang lang;
    TRY(user_get(&rq->act, rq->act.actor.id, &row));
    out->username = row.username;
    out->email = row.email;
    out->display_name = row.display_name;
    *ret_roles = row.roles;
    TRY(user_lang(&rq->act, rq->act.actor.id, &lang));
    out->language = lang == LANG_NONE ? STR_NONE : str_from_cz(lang_name(lang));
    return E_OK;
}

static err_t me_service(struct request *rq, struct me_out *out, int64_t *ret_roles)
{
    struct row_service_account row;
    TRY(service_get(&rq->act, rq->act.actor.id, &row));
    out->username = row.name;
    *ret_roles = row.roles;
    return E_OK;
}

static err_t me_org(struct request *rq, struct me_out *out)
{
    struct sql_organisation_by_id in = { .id = rq->act.org };
    struct row_organisation org;
    TRY(sql_organisation_by_id(rq->act.db, rq->act.arena, &in, &org));
    out->org = org.slug;
    return E_OK;
}

static err_t me_perms(struct request *rq, struct me_out *out)
{
    str_t *names = ARENA_ARRAY(rq->act.arena, str_t, PERM_COUNT);
    size_t n = 0;
    if (names == NULL)
        return E_NO_MEMORY;
    for (int p = 0; p < PERM_COUNT; p++) {
        if (perms_have(rq->act.actor.perms, (enum perm)p))
            names[n++] = str_from_cz(perm_name((enum perm)p));
    }
    out->permissions = (struct strs){ names, n };
    return E_OK;
}

static err_t me_features(struct request *rq, struct me_out *out)
{
    const struct settings *set = services_settings(rq->services);
    struct features_out *features = ARENA_NEW(rq->act.arena, struct features_out);
    if (features == NULL)
        return E_NO_MEMORY;
    features->mail = set->mail.url != NULL;
    features->registration = set->registration_open;
    out->features.v = features;
    return E_OK;
}

err_t auth_me(struct request *rq)
{
    const struct actor *actor = &rq->act.actor;
    struct me_out *out = ARENA_NEW(rq->act.arena, struct me_out);
    int64_t roles = 0;
    if (out == NULL)
        return E_NO_MEMORY;
    out->kind = str_from_cz(actor_kind_name(actor->kind));
    out->id = actor->id;
    out->session_id = actor->session;
    out->username = str_from_cz(actor->name);
    rq->act.org = oid_is_set(actor->org) ? actor->org : rq->act.org;
    TRY(me_org(rq, out));
    if (actor->kind == ACTOR_USER)
        TRY(me_user(rq, out, &roles));
    if (actor->kind == ACTOR_SERVICE)
        TRY(me_service(rq, out, &roles));
    if (actor->kind == ACTOR_USER || actor->kind == ACTOR_SERVICE) {
        TRY(roles_of(&rq->act, actor->org, actor->kind, actor->id, roles, &roles));
        TRY(groups_shown(rq, actor->kind, actor->id, &out->groups));
    }
    TRY(roles_shown(rq, roles, &out->roles));
    TRY(me_perms(rq, out));
    TRY(me_features(rq, out));
    out->is_admin = (roles & ROLES_ADMINISTER) != 0 || actor->kind == ACTOR_SYSTEM;
    if (rq->by_cookie)
        TRY(csrf_token(rq, &out->csrf));
    return reply_obj(rq, 200, &me_out_shape, out);
}
