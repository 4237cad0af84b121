/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/access_load.h"

#include "domain/access/application.h"
#include "domain/oauth/grant.h"
#include "domain/oauth/revoke.h"
#include "domain/oauth/service_key.h"
#include "sql/issuer.h"

struct standing {
    oid_t client; /* zero: none but this server's own API, or the principal itself */
    ts_t until;
};

/* Refusals of what it stands on are one refusal of the token. */
static err_t refused(err_t e)
{
    return e == E_INVALID_GRANT || e == E_NOT_FOUND || e == E_FORBIDDEN ? E_UNAUTHENTICATED : e;
}

static void not_after(struct standing *s, ts_t end)
{
    if (ts_is_set(end) && end.us < s->until.us)
        s->until = end;
}

/* The grant's own session, principal and application are looked at with it. */
static err_t stands_on_grant(struct act *act, const struct access_claims *c, struct standing *s)
{
    struct row_oauth_grant g;
    TRY(refused(grant_get_live(act, c->grant, &g)));
    if (!oid_eq(g.principal, c->principal) || g.principal_kind != (int64_t)c->kind)
        return FAIL(&act->why, E_UNAUTHENTICATED, "the token is not of its grant");
    s->client = g.application_id;
    not_after(s, g.expires_at);
    return E_OK;
}

static err_t stands_on_session(struct act *act, const struct access_claims *c, struct standing *s)
{
    struct sql_access_session_row row;
    const struct sql_access_session in = { .id = c->session, .user_id = c->principal };
    TRY(refused(sql_access_session(act->db, act->arena, &in, &row)));
    if (row.level != 1 || ts_is_set(row.ended_at) || row.expires_at.us <= act->now.us)
        return FAIL(&act->why, E_UNAUTHENTICATED, "the session has ended: sign in again");
    not_after(s, row.expires_at);
    return E_OK;
}

/* Without a grant it was given to an application, or to the principal as its own client. */
static err_t stands_on_client(struct act *act, const struct access_claims *c, struct standing *s)
{
    struct row_application app;
    oid_t own;
    err_t e = application_by_client(act, c->client_id, &app);
    if (e == E_NOT_FOUND && oid_parse(c->client_id, &own) == E_OK && oid_eq(own, c->principal)) {
        act_clear_why(act);
        return E_OK;
    }
    TRY(refused(e));
    if (app.status != APP_ACTIVE)
        return FAIL(&act->why, E_UNAUTHENTICATED, "the application is switched off");
    s->client = app.id;
    return E_OK;
}

static err_t stands_on_key(struct act *act, const struct access_claims *c, struct standing *s)
{
    struct sql_service_key_holder_row row;
    const struct sql_service_key_holder in = { .id = c->key };
    err_t e = sql_service_key_holder(act->db, act->arena, &in, &row);
    bool gone = e == E_NOT_FOUND || (e == E_OK && !oid_eq(row.service_id, c->principal));
    if (gone || (e == E_OK && row.status != SERVICE_KEY_ACTIVE))
        return FAIL(&act->why, E_UNAUTHENTICATED, "the key that signed for the token has ended");
    TRY(e);
    not_after(s, row.expires_at);
    return E_OK;
}

/* Who registers applications must not come to the whole server by a system administrator's visit:
 * only the command line, which is the server's own, acts for him with all that he may. */
static err_t mask_of(struct act *act, const struct access_claims *c, const struct standing *s,
                     perms_t *ret)
{
    struct row_application app;
    perms_t mask = scope_perms(c->scope);
    if (oid_is_set(s->client) && perms_have(mask, PERM_SYSTEM_ADMIN)) {
        TRY(refused(application_by_id(act, s->client, &app)));
        if (app.origin != APP_BUILT_IN)
            mask.bits &= perms_but_server().bits;
    }
    *ret = mask;
    return E_OK;
}

err_t access_token_load(struct act *act, const struct access_claims *c, struct actor_loaded *ret)
{
    struct standing s = { .until = c->exp };
    struct actor_loaded loaded;
    bool revoked = false;
    if (oid_is_set(c->grant))
        TRY(stands_on_grant(act, c, &s));
    else
        TRY(stands_on_client(act, c, &s));
    if (oid_is_set(c->grant) && c->act.p != NULL) /* exchanged: the grant is another client's */
        TRY(stands_on_client(act, c, &s));
    TRY(access_token_is_revoked(act, c, &revoked));
    if (revoked)
        return FAIL(&act->why, E_UNAUTHENTICATED, "the token was revoked");
    if (oid_is_set(c->session))
        TRY(stands_on_session(act, c, &s));
    if (oid_is_set(c->key))
        TRY(stands_on_key(act, c, &s));
    TRY(actor_load_principal(act, c->org, c->kind, c->principal, &loaded));
    struct actor *actor = &loaded.who.actor;
    actor->session = c->session;
    actor->grant = c->grant;
    actor->client = s.client;
    loaded.who.bounded = true;
    TRY(mask_of(act, c, &s, &loaded.who.mask));
    loaded.who.expires_at = s.until;
    *ret = loaded;
    return E_OK;
}
