/* SPDX-License-Identifier: Apache-2.0 */
/* Who of ours somebody of theirs is. */
#include "base/enc.h"
#include "domain/hooks/mail.h"
#include "domain/identity/group.h"
#include "domain/identity/user.h"
#include "domain/signin/session.h"
#include "domain/signin/upstream.h"
#include "plat/crypto/crypto.h"

enum { USERNAME_MAX = 64, TAIL_BYTES = 3 };

/* Issuers are looked after by administrators, who must not become more by one. */
static err_t may_come(struct act *act, oid_t org, oid_t user)
{
    struct sql_actor_user_row row;
    TRY(sql_actor_user(act->db, act->arena, &(struct sql_actor_user){ .org = org, .id = user },
                       &row));
    if ((row.roles >> ROLE_SYSTEM_ADMINISTRATOR & 1) == 0)
        return E_OK;
    return FAIL(&act->why, E_FORBIDDEN,
                "whoever administers the whole server signs in here, by password or passkey");
}

err_t upstream_linked(struct act *act, const struct row_provider *provider, str_t sub,
                      oid_t *ret_user)
{
    struct sql_link_find_row row;
    TRY(sql_link_find(act->db, act->arena,
                      &(struct sql_link_find){ .provider_id = provider->id, .sub = sub }, &row));
    TRY(may_come(act, provider->org, row.user_id));
    *ret_user = row.user_id;
    return E_OK;
}

err_t provider_link(struct act *act, oid_t provider, str_t sub, oid_t user,
                    struct row_user_account *ret)
{
    struct row_user_account row;
    TRY(user_get_to_change(act, user, &row));
    TRY(may_come(act, act->org, user));
    err_t e = sql_link_add(
        act->db, &(struct sql_link_add){
                     .provider_id = provider, .sub = sub, .user_id = user, .now = act->now });
    if (e == E_CONFLICT)
        return FAIL(&act->why, e, "this sub is linked already");
    TRY(e);
    *ret = row;
    return E_OK;
}

static err_t by_email(struct act *act, str_t email, oid_t *ret)
{
    struct sql_user_by_email_key in = { .org = act->org };
    struct sql_user_by_email_key_row row;
    TRY(name_key(act->arena, email, &in.email_key));
    TRY(sql_user_by_email_key(act->db, act->arena, &in, &row));
    *ret = row.id;
    return E_OK;
}

/* Printable ASCII without blanks, as far as the issuer's own name has it. */
static err_t username_base(struct act *act, const struct upstream_identity *who, str_t *ret)
{
    char text[USERNAME_MAX];
    size_t n = 0;
    str_t from =
        who->username.n > 0 ? who->username : str_sub(who->email, 0, str_find(who->email, '@'));
    for (size_t i = 0; i < from.n && n < USERNAME_MAX - 2 * TAIL_BYTES - 1; i++) {
        if (from.p[i] > ' ' && from.p[i] <= '~')
            text[n++] = from.p[i];
    }
    return str_copy(act->arena, n > 0 ? str_of(text, n) : STR("user"), ret);
}

/* Another one where that is taken: with a tail that the sub decides. */
static err_t username_make(struct act *act, const struct row_provider *p,
                           const struct upstream_identity *who, str_t *ret)
{
    struct row_user_account *rows = NULL;
    struct sql_user_exact in = { .org = act->org, .n = 1 };
    const str_t parts[] = { oid_bytes(&p->id), who->sub };
    char tail[2 * TAIL_BYTES];
    size_t n = 0;
    TRY(username_base(act, who, ret));
    TRY(name_key(act->arena, *ret, &in.username_key));
    TRY(sql_user_exact(act->db, act->arena, &in, &rows, &n));
    if (n == 0)
        return E_OK;
    digest_t d = sha256_of_parts(parts, ARRAY_LEN(parts));
    hex_encode(d.b, TAIL_BYTES, tail);
    return str_format(act->arena, ret, "%.*s-%.*s", STR_ARG(*ret), (int)sizeof tail, tail);
}

static err_t sign_up(struct act *act, const struct row_provider *p,
                     const struct upstream_identity *who, oid_t *ret)
{
    struct row_user_account row;
    struct user_in in = { .email = who->email, .display_name = str_sub(who->name, 0, 128) };
    if (!mail_address_obeys(who->email))
        return FAIL(&act->why, E_FORBIDDEN,
                    "%.*s gives no address of yours: it wants the scope `email`",
                    STR_ARG(p->title));
    TRY(username_make(act, p, who, &in.username));
    TRY(user_create(act, &in, &row));
    *ret = row.id;
    return E_OK;
}

static err_t find_or_make(struct act *act, const struct row_provider *p,
                          const struct upstream_identity *who, oid_t *ret, bool *ret_new)
{
    oid_t same = { { 0 } };
    err_t e = upstream_linked(act, p, who->sub, ret);
    if (e != E_NOT_FOUND)
        return e;
    e = who->email.n > 0 ? by_email(act, who->email, &same) : E_NOT_FOUND;
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    if (e == E_OK && p->link_email != 0 && who->email_verified) {
        TRY(may_come(act, p->org, same));
        *ret = same;
    } else if (e == E_OK) {
        return FAIL(&act->why, E_FORBIDDEN,
                    "there is an account with your address: an administrator must link it");
    } else if (p->sign_up == 0) {
        return FAIL(&act->why, E_FORBIDDEN, "nobody here is linked to you: ask an administrator");
    } else {
        TRY(sign_up(act, p, who, ret));
        *ret_new = true;
    }
    return sql_link_add(
        act->db, &(struct sql_link_add){
                     .provider_id = p->id, .sub = who->sub, .user_id = *ret, .now = act->now });
}

static bool claims(const struct upstream_identity *who, str_t value)
{
    for (size_t i = 0; i < who->groups_n; i++) {
        if (str_eq(who->groups[i], value))
            return true;
    }
    return false;
}

/* Several values may lead to one group: one that is claimed is enough. */
static bool wants_group(const struct sql_provider_groups_row *map, size_t n, oid_t group,
                        const struct upstream_identity *who)
{
    for (size_t i = 0; i < n; i++) {
        if (oid_eq(map[i].group_id, group) && claims(who, map[i].value))
            return true;
    }
    return false;
}

static err_t follow_groups(struct act *act, const struct row_provider *p,
                           const struct upstream_identity *who, oid_t user)
{
    struct sql_provider_groups_row *map = NULL;
    struct member_in member = { .user_id = user };
    struct member m;
    size_t n = 0;
    bool fresh;
    TRY(sql_provider_groups(act->db, act->arena,
                            &(struct sql_provider_groups){ .provider_id = p->id }, &map, &n));
    for (size_t i = 0; i < n; i++) {
        if (wants_group(map, n, map[i].group_id, who)) {
            TRY(group_member_add(act, map[i].group_id, &member, &m, &fresh));
            continue;
        }
        err_t e = group_member_drop(act, map[i].group_id, user, &m);
        diag_clear(&act->why);
        if (e != E_OK && e != E_NOT_FOUND)
            return e;
    }
    return E_OK;
}

/* What the provider may was decided by who made it. */
static struct actor as_system(struct act *act)
{
    struct actor before = act->actor;
    act->actor = (struct actor){ .kind = ACTOR_SYSTEM, .org = act->org, .perms = perms_all() };
    return before;
}

err_t upstream_groups(struct act *act, const struct row_provider *p,
                      const struct upstream_identity *who, oid_t user)
{
    struct actor before = as_system(act);
    err_t e = follow_groups(act, p, who, user);
    act->actor = before;
    return e;
}

err_t upstream_person(struct act *act, const struct row_provider *p,
                      const struct upstream_identity *who, oid_t *ret_user, bool *ret_new)
{
    struct actor before = as_system(act);
    oid_t user = { { 0 } };
    bool fresh = false;
    err_t e = find_or_make(act, p, who, &user, &fresh);
    act->actor = before;
    TRY(e);
    TRY(sql_link_seen(act->db, &(struct sql_link_seen){
                                   .provider_id = p->id, .sub = who->sub, .now = act->now }));
    *ret_user = user;
    *ret_new = fresh;
    return E_OK;
}

err_t upstream_logout(struct act *act, oid_t provider, const struct upstream_gone *gone,
                      size_t *ret_n)
{
    struct sql_upstream_sessions_row *rows = NULL;
    size_t n = 0;
    TRY(sql_upstream_logout_expire(act->db,
                                   &(struct sql_upstream_logout_expire){ .before = act->now }));
    err_t e = sql_upstream_logout_add(
        act->db, &(struct sql_upstream_logout_add){
                     .provider_id = provider, .jti = gone->jti, .expires_at = gone->exp });
    if (e == E_CONFLICT)
        return FAIL(&act->why, e, "this logout token was taken before");
    TRY(e);
    TRY(sql_upstream_sessions(
        act->db, act->arena,
        &(struct sql_upstream_sessions){ .upstream = provider, .sub = gone->sub, .sid = gone->sid },
        &rows, &n));
    for (size_t i = 0; i < n; i++) {
        e = session_end(act, rows[i].id, STR("upstream-logout"));
        if (e != E_OK && e != E_NOT_FOUND)
            return e;
    }
    *ret_n = n;
    return E_OK;
}
