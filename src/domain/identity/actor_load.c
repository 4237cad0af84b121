/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/identity/actor_load.h"

#include "domain/identity/account.h"
#include "sql/identity.h"
#include "sql/session.h"

/* What each status of a device answers to its token (PRODUCT "States of a device"; the numbers are
 * those of the table `device`). A status that is not here, uninstalled and refused, has no token
 * that works: 401. */
enum {
    STATUS_PENDING = 1,
    STATUS_ENROLLED = 2,
    STATUS_BLOCKED = 3,
    STATUS_REVOKED = 6,
    STATUS_COUNT = 7
};
/* clang-format off */
static const err_t device_answers[STATUS_COUNT] = {
    [STATUS_PENDING]  = E_DEVICE_PENDING,
    [STATUS_ENROLLED] = E_OK,
    [STATUS_BLOCKED]  = E_DEVICE_BLOCKED,
    [STATUS_REVOKED]  = E_DEVICE_REVOKED,
};
/* clang-format on */

static err_t who_load(struct act *act, const struct sql_token_find_row *t,
                      struct live_principal *who);
static err_t user_load(struct act *act, struct live_principal *who);
static err_t session_load(struct act *act, const digest_t *cookie, struct actor_loaded *ret);

err_t actor_load(struct act *act, const digest_t *token, struct actor_loaded *ret)
{
    struct sql_token_find find = { .hash = str_of(token->b, sizeof token->b) };
    struct sql_token_find_row t;
    err_t e = sql_token_find(act->db, act->arena, &find, &t);
    if (e == E_NOT_FOUND)
        return session_load(act, token, ret);
    TRY(e);
    if (ts_is_set(t.expires_at) && t.expires_at.us <= clock_now().us)
        return FAIL(&act->why, E_UNAUTHENTICATED, "the token has expired: make a new one");
    struct actor_loaded loaded = { .state = (enum token_state)t.state };
    struct actor *actor = &loaded.who.actor;
    actor->kind = (enum actor_kind)t.principal_kind;
    actor->id = t.principal;
    actor->org = t.org;
    actor->join_seq = t.join_seq;
    loaded.who.expires_at = t.expires_at;
    e = who_load(act, &t, &loaded.who);
    if (e == E_NOT_FOUND) /* a principal that is gone leaves no token that works */
        return FAIL(&act->why, E_UNAUTHENTICATED, "the token is not known");
    TRY(e);
    if (actor->kind == ACTOR_USER) { /* a personal token lies in the files of other programs */
        loaded.who.bounded = true;
        loaded.who.mask = perms_but_server();
    }
    if (t.org_status != ACCOUNT_ACTIVE)
        loaded.who.refuse = E_DISABLED;
    *ret = loaded;
    return E_OK;
}

static ts_t session_until(const struct sql_session_find_row *s)
{
    bool idle = ts_is_set(s->idle_at) && s->idle_at.us < s->expires_at.us;
    return idle ? s->idle_at : s->expires_at;
}

/* A browser's cookie: the person of a session. A half one has no right at all. */
static err_t session_load(struct act *act, const digest_t *cookie, struct actor_loaded *ret)
{
    struct sql_session_find find = { .hash = str_of(cookie->b, sizeof cookie->b) };
    struct sql_session_find_row s;
    err_t e = sql_session_find(act->db, act->arena, &find, &s);
    if (e == E_NOT_FOUND)
        return FAIL(&act->why, E_UNAUTHENTICATED, "the token is not known");
    TRY(e);
    if (ts_is_set(s.ended_at) || session_until(&s).us <= clock_now().us)
        return FAIL(&act->why, E_UNAUTHENTICATED, "the session has ended: sign in again");
    struct actor_loaded loaded = { .state = TOKEN_CURRENT };
    struct actor *actor = &loaded.who.actor;
    actor->kind = ACTOR_USER;
    actor->id = s.user_id;
    actor->org = s.org;
    actor->session = s.id;
    loaded.who.expires_at = session_until(&s);
    TRY(user_load(act, &loaded.who));
    actor->half = s.level == 0;
    loaded.who.bounded = actor->half; /* and the mask is empty */
    if (s.org_status != ACCOUNT_ACTIVE)
        loaded.who.refuse = E_DISABLED;
    *ret = loaded;
    return E_OK;
}

static void name_put(struct live_principal *who, str_t name)
{
    struct actor *actor = &who->actor;
    str_t kept = str_clip(name, ACTOR_NAME_MAX - 1);
    who->name = name;
    memcpy(actor->name, kept.p, kept.n);
    actor->name[kept.n] = '\0';
}

/* A user or service account: an account that is not active may do nothing, whatever its roles. */
static err_t account_put(struct act *act, struct live_principal *who, enum account_status status,
                         int64_t roles)
{
    TRY(roles_of(act, who->actor.org, who->actor.kind, who->actor.id, roles, &roles));
    who->refuse = status == ACCOUNT_ACTIVE ? E_OK : E_DISABLED;
    if (who->refuse == E_OK)
        who->actor.perms = roles_perms((uint32_t)roles);
    return E_OK;
}

static err_t user_load(struct act *act, struct live_principal *who)
{
    struct sql_actor_user in = { .org = who->actor.org, .id = who->actor.id };
    struct sql_actor_user_row row;
    TRY(sql_actor_user(act->db, act->arena, &in, &row));
    name_put(who, row.name);
    return account_put(act, who, (enum account_status)row.status, row.roles);
}

static err_t service_load(struct act *act, const struct sql_token_find_row *t,
                          struct live_principal *who)
{
    struct sql_actor_service in = { .org = t->org, .id = t->principal };
    struct sql_actor_service_row row;
    TRY(sql_actor_service(act->db, act->arena, &in, &row));
    name_put(who, row.name);
    return account_put(act, who, (enum account_status)row.status, row.roles);
}

/* A device has no permission, in whatever groups it is: a token that lies on a machine administers
 * nothing. */
static err_t device_load(struct act *act, const struct sql_token_find_row *t,
                         struct live_principal *who)
{
    struct sql_actor_device in = { .org = t->org, .id = t->principal };
    struct sql_actor_device_row row;
    TRY(sql_actor_device(act->db, act->arena, &in, &row));
    name_put(who, row.name);
    if (row.status < 0 || row.status >= STATUS_COUNT)
        return E_CORRUPT;
    who->refuse = device_answers[row.status];
    if (who->refuse == E_OK && row.status != STATUS_ENROLLED)
        return FAIL(&act->why, E_UNAUTHENTICATED, "the device is not enrolled any more");
    return E_OK;
}

/* Whether the key still has uses and time is asked in the transaction that uses it: such a refusal
 * has its own word. */
static err_t key_load(struct act *act, const struct sql_token_find_row *t,
                      struct live_principal *who)
{
    struct sql_actor_enrolment_key in = { .org = t->org, .id = t->principal };
    struct sql_actor_enrolment_key_row row;
    TRY(sql_actor_enrolment_key(act->db, act->arena, &in, &row));
    name_put(who, row.name);
    return E_OK;
}

err_t actor_load_principal(struct act *act, oid_t org, enum actor_kind kind, oid_t id,
                           struct actor_loaded *ret)
{
    struct sql_token_find_row t = { .org = org, .principal_kind = kind, .principal = id };
    struct actor_loaded loaded = { .state = TOKEN_CURRENT };
    struct actor *actor = &loaded.who.actor;
    struct row_organisation of;
    actor->kind = kind;
    actor->id = id;
    actor->org = org;
    err_t e = sql_organisation_by_id(act->db, act->arena,
                                     &(struct sql_organisation_by_id){ .id = org }, &of);
    if (e == E_OK)
        e = who_load(act, &t, &loaded.who);
    if (e == E_NOT_FOUND)
        return FAIL(&act->why, E_UNAUTHENTICATED, "the account is gone");
    TRY(e);
    if (of.status != ACCOUNT_ACTIVE)
        loaded.who.refuse = E_DISABLED;
    *ret = loaded;
    return E_OK;
}

static err_t who_load(struct act *act, const struct sql_token_find_row *t,
                      struct live_principal *who)
{
    switch ((enum actor_kind)t->principal_kind) {
    case ACTOR_USER:
        return user_load(act, who);
    case ACTOR_SERVICE:
        return service_load(act, t, who);
    case ACTOR_DEVICE:
        return device_load(act, t, who);
    case ACTOR_ENROLMENT_KEY:
        return key_load(act, t, who);
    case ACTOR_NONE:
    case ACTOR_SYSTEM:
        break;
    }
    return E_CORRUPT; /* the table's check allows no other */
}
