/* SPDX-License-Identifier: Apache-2.0 */
/* What the link of an invitation does. */
#include "domain/signin/invitation.h"

#include "domain/identity/organisation.h"

static err_t over(struct act *act)
{
    diag_clear(&act->why); /* which of the reasons it was is nobody's business */
    return E_INVITATION_OVER;
}

/* E_NOT_FOUND: he is not of this organisation, or acts no more. */
static err_t maker_of(struct act *act, oid_t org, const struct row_invitation *row,
                      struct actor *ret)
{
    struct actor maker = { .kind = (enum actor_kind)row->by_kind, .id = row->by_id, .org = org };
    struct sql_actor_user user_in = { .org = org, .id = row->by_id };
    struct sql_actor_user_row user = { .status = ACCOUNT_DISABLED };
    struct sql_actor_service service_in = { .org = org, .id = row->by_id };
    struct sql_actor_service_row service = { .status = ACCOUNT_DISABLED };
    int64_t roles = 0;
    if (maker.kind == ACTOR_USER)
        TRY(sql_actor_user(act->db, act->arena, &user_in, &user));
    else if (maker.kind == ACTOR_SERVICE)
        TRY(sql_actor_service(act->db, act->arena, &service_in, &service));
    if (user.status != ACCOUNT_ACTIVE && service.status != ACCOUNT_ACTIVE)
        return E_NOT_FOUND;
    TRY(roles_of(act, org, maker.kind, maker.id, user.roles | service.roles, &roles));
    maker.perms = roles_perms((uint32_t)roles);
    *ret = maker;
    return E_OK;
}

/* Whoever made it, as he is now. E_NOT_FOUND: nobody who acts here any more. */
static err_t maker_load(struct act *act, const struct row_invitation *row, struct actor *ret)
{
    oid_t home;
    struct actor maker = { .kind = ACTOR_SYSTEM, .org = act->org, .perms = perms_all() };
    if (row->by_kind != ACTOR_SYSTEM) {
        err_t e = maker_of(act, act->org, row, &maker);
        if (e == E_NOT_FOUND) { /* a system administrator, who is of `default`, invites anywhere */
            TRY(organisation_find(act, STR("default"), &home));
            e = maker_of(act, home, row, &maker);
            if (e == E_OK && !perms_have(maker.perms, PERM_SYSTEM_ADMIN))
                e = E_NOT_FOUND;
        }
        TRY(e);
    }
    *ret = maker;
    return E_OK;
}

/* May he still invite into these groups? *ret_maker: whom to act as. */
static err_t maker_may(struct act *act, const struct row_invitation *row, struct actor *ret_maker,
                       bool *ret)
{
    struct row_invitation_group *groups = NULL;
    struct actor maker = { 0 };
    size_t n = 0;
    err_t e = maker_load(act, row, &maker);
    *ret = false;
    if (e == E_NOT_FOUND)
        return E_OK;
    TRY(e);
    TRY(invitation_groups(act, row->id, &groups, &n));
    bool may = perms_have(maker.perms, PERM_INVITATION_WRITE);
    for (size_t i = 0; i < n; i++)
        may = may && perms_cover(maker.perms, roles_perms((uint32_t)groups[i].roles));
    *ret_maker = maker;
    *ret = may;
    return E_OK;
}

err_t invitation_state(struct act *act, const struct row_invitation *row,
                       enum invitation_state *ret)
{
    struct actor maker = { 0 };
    bool may = false;
    TRY(maker_may(act, row, &maker, &may));
    *ret = row->uses_left <= 0                 ? INVITATION_USED
           : row->expires_at.us <= act->now.us ? INVITATION_EXPIRED
           : may                               ? INVITATION_OPEN
                                               : INVITATION_ORPHANED;
    return E_OK;
}

err_t invitation_open(struct act *act, const digest_t *token, struct row_invitation *ret)
{
    struct sql_invitation_by_hash by = { .hash = str_of(token->b, sizeof token->b) };
    struct sql_organisation_by_id which = { 0 };
    struct row_organisation org;
    struct row_invitation row;
    enum invitation_state state = INVITATION_ORPHANED;
    err_t e = sql_invitation_by_hash(act->db, act->arena, &by, &row);
    if (e == E_NOT_FOUND)
        return over(act);
    TRY(e);
    which.id = row.org;
    TRY(sql_organisation_by_id(act->db, act->arena, &which, &org));
    act->org = row.org;
    TRY(invitation_state(act, &row, &state));
    if (state != INVITATION_OPEN || org.status != ACCOUNT_ACTIVE)
        return over(act);
    *ret = row;
    return E_OK;
}

err_t username_chosen(struct act *act, str_t name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '.' || c == '_' || c == '-';
        if (!fine)
            return diag_set_field(&act->why, E_BAD_FIELD, "username",
                                  "want letters a to z, digits and . _ - only");
    }
    return name.n > 0 ? E_OK
                      : diag_set_field(&act->why, E_BAD_FIELD, "username", "want a username");
}

/* What the person said, and what the invitation says for him. */
static err_t person_of(struct act *act, const struct row_invitation *row, const struct person *who,
                       struct user_in *ret)
{
    struct user_in in = {
        .username = who->username.n > 0 ? who->username : row->username,
        .email = who->email.n > 0 ? who->email : row->email,
        .display_name = who->display_name.n > 0 ? who->display_name : row->display_name,
    };
    if (!str_eq(in.username, row->username))
        TRY(username_chosen(act, in.username));
    if (in.username.n == 0)
        return diag_set_field(&act->why, E_BAD_FIELD, "username", "want a username");
    if (in.email.n == 0)
        return diag_set_field(&act->why, E_BAD_FIELD, "email", "want an address");
    if (row->email.p != NULL && !str_eq_nocase(in.email, row->email))
        return diag_set_field(&act->why, E_BAD_FIELD, "email",
                              "want the address that was invited, or leave it out");
    *ret = in;
    return E_OK;
}

err_t person_is_new(struct act *act, str_t username, str_t email)
{
    struct sql_user_by_name name = { .org = act->org };
    struct sql_user_by_name_row named;
    struct sql_user_by_email address = { .org = act->org };
    struct sql_user_by_email_row mailed;
    TRY(name_key(act->arena, username, &name.username_key));
    TRY(name_key(act->arena, email, &address.email_key));
    err_t e = sql_user_by_name(act->db, act->arena, &name, &named);
    if (e == E_NOT_FOUND)
        e = sql_user_by_email(act->db, act->arena, &address, &mailed);
    if (e == E_NOT_FOUND)
        return E_OK;
    return e != E_OK ? e : FAIL(&act->why, E_CONFLICT, "the username or the email is taken");
}

err_t invitation_admit(struct act *act, const digest_t *token, const struct person *who,
                       struct row_invitation *ret)
{
    struct row_invitation row;
    struct user_in in = { 0 };
    TRY(invitation_open(act, token, &row));
    *ret = row; /* the form is shown again, whatever is wrong with it */
    TRY(person_of(act, &row, who, &in));
    return person_is_new(act, in.username, in.email);
}

/* The account comes in by whoever invited: his rights, as they are now, are what it can get. */
static err_t account_make(struct act *act, const struct row_invitation *row,
                          const struct user_in *in, struct row_user_account *ret)
{
    struct row_invitation_group *groups = NULL;
    struct row_user_account user;
    struct member member;
    size_t n = 0;
    bool added;
    TRY(invitation_groups(act, row->id, &groups, &n));
    TRY(user_create(act, in, &user));
    for (size_t i = 0; i < n; i++) {
        struct member_in who = { .user_id = user.id };
        TRY(group_member_add(act, groups[i].id, &who, &member, &added));
    }
    if (row->mailed != 0 && row->email.p != NULL)
        TRY(sql_user_email_proven(
            act->db, &(struct sql_user_email_proven){ .id = user.id, .now = act->now }));
    *ret = user;
    return E_OK;
}

err_t invitation_accept(struct act *act, const digest_t *token, const struct person *who,
                        struct row_invitation *ret, struct row_user_account *ret_user)
{
    struct row_invitation row;
    struct row_user_account user;
    struct user_in in = { 0 };
    struct actor caller = act->actor;
    struct actor maker = { 0 };
    bool may = false;
    TRY(invitation_open(act, token, &row));
    TRY(maker_may(act, &row, &maker, &may));
    TRY(person_of(act, &row, who, &in));
    TRY(sql_invitation_use(act->db, &(struct sql_invitation_use){ .id = row.id, .now = act->now }));
    if (!may || db_changed(act->db) != 1)
        return over(act);
    act->actor = maker;
    err_t e = account_make(act, &row, &in, &user);
    act->actor = caller;
    TRY(e);
    TRY(invitation_get(act, row.id, &row));
    *ret = row;
    *ret_user = user;
    return E_OK;
}
