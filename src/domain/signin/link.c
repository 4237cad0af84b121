/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/signin/link.h"

#include "domain/identity/user.h"
#include "domain/signin/password.h"
#include "domain/signin/session.h"

err_t link_make(struct act *act, enum link_purpose purpose, oid_t user, struct token_text *ret)
{
    struct token_text text;
    token_make(STR(LINK_PREFIX), &text);
    digest_t hash = sha256_of(str_of(text.p, text.n));
    struct sql_signin_link_add in = { .hash = str_of(hash.b, sizeof hash.b),
                                      .org = act->org,
                                      .user_id = user,
                                      .purpose = purpose,
                                      .now = act->now,
                                      .expires_at = ts_add(act->now, LINK_LIFE) };
    TRY(sql_signin_link_add(act->db, &in));
    *ret = text;
    return E_OK;
}

static err_t link_over(struct act *act)
{
    act_clear_why(act);
    return FAIL(&act->why, E_NOT_FOUND, "this link was used already, has expired, or never was");
}

/* A link of somebody who is disabled meanwhile lets nobody in. */
static err_t link_person(struct act *act, const struct row_signin_link *link)
{
    struct row_user_account user;
    if (!oid_is_set(link->user_id))
        return E_OK;
    act->org = link->org;
    err_t e = user_get(act, link->user_id, &user);
    if (e == E_OK)
        e = signin_gate(act, &user);
    return e == E_NOT_FOUND || e == E_FORBIDDEN ? link_over(act) : e;
}

err_t link_look(struct act *act, enum link_purpose purpose, str_t text, struct row_signin_link *ret)
{
    digest_t hash = sha256_of(text);
    struct sql_signin_link_get in = { .hash = str_of(hash.b, sizeof hash.b),
                                      .purpose = purpose,
                                      .now = act->now };
    struct row_signin_link row;
    err_t e =
        token_is_ours(text) ? sql_signin_link_get(act->db, act->arena, &in, &row) : E_NOT_FOUND;
    if (e == E_NOT_FOUND)
        return link_over(act);
    TRY(e);
    TRY(link_person(act, &row));
    *ret = row;
    return E_OK;
}

err_t link_use(struct act *act, enum link_purpose purpose, str_t text, struct row_signin_link *ret)
{
    digest_t hash = sha256_of(text);
    struct sql_signin_link_use in = { .hash = str_of(hash.b, sizeof hash.b),
                                      .purpose = purpose,
                                      .now = act->now };
    struct row_signin_link row;
    err_t e =
        token_is_ours(text) ? sql_signin_link_use(act->db, act->arena, &in, &row) : E_NOT_FOUND;
    if (e == E_NOT_FOUND)
        return link_over(act);
    TRY(e);
    TRY(link_person(act, &row));
    *ret = row;
    return E_OK;
}

/* E_NOT_FOUND: nobody gets a mail for this name now. */
static err_t recovery_user(struct act *act, str_t name, struct row_user_account *ret)
{
    struct sql_signin_user by = { .org = act->org };
    struct sql_signin_user_row found;
    TRY(name_key(act->arena, str_trim(name), &by.name_key));
    TRY(sql_signin_user(act->db, act->arena, &by, &found));
    TRY(user_get(act, found.id, ret));
    err_t e = signin_gate(act, ret);
    if (e == E_FORBIDDEN)
        return E_NOT_FOUND;
    TRY(e);
    struct sql_signin_link_open in = { .user_id = found.id,
                                       .purpose = LINK_RECOVERY,
                                       .now = act->now };
    struct sql_signin_link_open_row open;
    TRY(sql_signin_link_open(act->db, act->arena, &in, &open));
    bool soon = ts_is_set(open.newest) && ts_diff(act->now, open.newest).us < LINK_PAUSE.us;
    return soon || open.n >= LINKS_OPEN_MAX ? E_NOT_FOUND : E_OK;
}

static err_t recovery_mail(struct act *act, const struct recovery_ask *ask,
                           const struct row_user_account *user)
{
    struct token_text text;
    char until[TS_TEXT];
    str_t url;
    ts_format(ts_add(act->now, LINK_LIFE), until);
    TRY(link_make(act, LINK_RECOVERY, user->id, &text));
    err_t e =
        str_format(act->arena, &url, "%.*s%.*s", STR_ARG(ask->url_begin), (int)text.n, text.p);
    explicit_bzero(&text, sizeof text);
    TRY(e);
    const struct notice_field fields[] = {
        { .name = "username", .value = user->username },
        { .name = "link", .value = url, .secret = true },
        { .name = "expires", .value = str_of(until, sizeof until) },
    };
    const struct notice_in notice = {
        .kind = NOTICE_RECOVERY,
        .user = user->id,
        .email = user->email,
        .cfg = ask->cfg,
        .fields = fields,
        .fields_n = ARRAY_LEN(fields),
    };
    return notice_tell(act, &notice); /* who asks gets the same answer */
}

err_t recovery_ask(struct act *act, const struct recovery_ask *ask, struct row_user_account *ret)
{
    struct row_user_account user;
    err_t e = recovery_user(act, ask->name, &user);
    if (e == E_NOT_FOUND)
        user = (struct row_user_account){ .status = ACCOUNT_PENDING };
    else if (e == E_OK)
        e = recovery_mail(act, ask, &user);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    act_clear_why(act);
    *ret = user;
    return E_OK;
}

err_t administrator_is_there(struct act *act, bool *ret)
{
    struct sql_first_administrator in = { .role = ROLES_ADMINISTER };
    struct sql_first_administrator_row row;
    TRY(sql_first_administrator(act->db, act->arena, &in, &row));
    *ret = row.n > 0;
    return E_OK;
}

err_t anybody_is_there(struct act *act, bool *ret)
{
    struct sql_first_person_row row;
    TRY(sql_first_person(act->db, act->arena, &row));
    *ret = row.n > 0;
    return E_OK;
}

err_t setup_finish(struct act *act, str_t link, const struct setup_in *in,
                   struct row_user_account *ret)
{
    const str_t role[] = { str_from_cz(role_name(ROLE_SYSTEM_ADMINISTRATOR)) };
    struct row_signin_link row;
    struct row_user_account user;
    bool there = true;
    TRY(administrator_is_there(act, &there));
    if (there)
        return FAIL(&act->why, E_CONFLICT, "there is an administrator already: sign in");
    TRY(link_use(act, LINK_SETUP, link, &row));
    act->org = row.org;
    struct actor before = act->actor;
    act->actor = (struct actor){ .kind = ACTOR_SYSTEM, .org = row.org, .perms = perms_all() };
    struct user_in person = { .username = in->username,
                              .email = in->email,
                              .roles = { role, ARRAY_LEN(role), true } };
    err_t e = user_create(act, &person, &user);
    act->actor = before;
    TRY(e);
    TRY(user_password_set(act, user.id, in->password_hash, (oid_t){ 0 }));
    return user_get(act, user.id, ret);
}
