/* SPDX-License-Identifier: Apache-2.0 */
/* Making and looking after invitations; invitation_accept.c has what their links do. */
#include "domain/signin/invitation.h"

#include <assert.h>

/* clang-format off */
static const char *const state_names[INVITATION_STATES] = {
    [INVITATION_OPEN]     = "open",
    [INVITATION_USED]     = "used",
    [INVITATION_EXPIRED]  = "expired",
    [INVITATION_ORPHANED] = "orphaned",
};
/* clang-format on */

static err_t check_words(struct act *act, const struct invitation_in *in);
static err_t check_address(struct act *act, str_t email_key);
static err_t find_groups(struct act *act, const struct names *names,
                         struct row_principal_group **ret);

const char *invitation_state_name(enum invitation_state s)
{
    assert(s < INVITATION_STATES);
    return state_names[s];
}

err_t invitation_make(struct act *act, const struct invitation_in *in, struct row_invitation *ret,
                      struct token_text *ret_token)
{
    struct row_principal_group *groups = NULL;
    struct token_text token = { 0 };
    struct sql_invitation_add row = {
        .id = oid_make(),
        .org = act->org,
        .email = in->email,
        .username = in->username,
        .display_name = in->display_name,
        .lang = in->lang,
        .mailed = in->mailed,
        .uses = in->uses.set ? in->uses.v : 1,
        .expires_at = ts_is_set(in->expires_at) ? in->expires_at : ts_add(act->now, INVITATION_TTL),
        .by_kind = act->actor.kind,
        .by_id = act->actor.id,
        .by_name = str_from_cz(act->actor.name),
        .now = act->now,
    };
    TRY(check_words(act, in));
    TRY(find_groups(act, &in->groups, &groups));
    if (in->email.p != NULL) {
        TRY(name_key(act->arena, in->email, &row.email_key));
        TRY(check_address(act, row.email_key));
    }
    token_make(STR("sen_i_"), &token);
    digest_t hash = sha256_of(str_of(token.p, token.n));
    row.hash = str_of(hash.b, sizeof hash.b);
    TRY(sql_invitation_add(act->db, &row));
    for (size_t i = 0; i < in->groups.n; i++) {
        struct sql_invitation_group_add link = { .invitation_id = row.id,
                                                 .group_id = groups[i].id };
        TRY(sql_invitation_group_add(act->db, &link));
    }
    TRY(invitation_get(act, row.id, ret));
    *ret_token = token;
    explicit_bzero(&token, sizeof token);
    return E_OK;
}

err_t invitation_get(struct act *act, oid_t id, struct row_invitation *ret)
{
    struct sql_invitation_get in = { .org = act->org, .id = id };
    err_t e = sql_invitation_get(act->db, act->arena, &in, ret);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "there is no such invitation") : e;
}

err_t invitation_page(struct act *act, bool open, oid_t after, int64_t n,
                      struct row_invitation **ret, size_t *ret_n)
{
    struct sql_invitation_list all = { .org = act->org, .after = after, .n = n };
    struct sql_invitation_open some = { .org = act->org, .after = after, .now = act->now, .n = n };
    return open ? sql_invitation_open(act->db, act->arena, &some, ret, ret_n)
                : sql_invitation_list(act->db, act->arena, &all, ret, ret_n);
}

err_t invitation_delete(struct act *act, oid_t id)
{
    struct row_invitation row;
    TRY(invitation_get(act, id, &row));
    struct sql_invitation_group_drop groups = { .invitation_id = id };
    struct sql_invitation_drop drop = { .org = act->org, .id = id };
    TRY(sql_invitation_group_drop(act->db, &groups));
    return sql_invitation_drop(act->db, &drop);
}

err_t invitation_groups(struct act *act, oid_t id, struct row_invitation_group **ret, size_t *ret_n)
{
    struct sql_invitation_groups in = { .invitation_id = id };
    return sql_invitation_groups(act->db, act->arena, &in, ret, ret_n);
}

static err_t check_words(struct act *act, const struct invitation_in *in)
{
    ts_t latest = ts_add(act->now, INVITATION_TTL_MAX);
    if (in->uses.set && in->uses.v > 1 && (in->email.p != NULL || in->username.p != NULL))
        return diag_set_field(&act->why, E_BAD_FIELD, "uses",
                              "want 1 where an address or a username is given: it is one person's");
    if (in->mailed && in->email.p == NULL)
        return diag_set_field(&act->why, E_BAD_FIELD, "email", "want an address to mail to");
    if (!ts_is_set(in->expires_at))
        return E_OK;
    if (in->expires_at.us <= act->now.us || in->expires_at.us > latest.us)
        return diag_set_field(&act->why, E_BAD_FIELD, "expires_at",
                              "want a time to come, within a year");
    return E_OK;
}

static err_t check_address(struct act *act, str_t email_key)
{
    struct sql_user_by_email user = { .org = act->org, .email_key = email_key };
    struct sql_user_by_email_row known;
    struct sql_invitation_open_to open = { .org = act->org,
                                           .email_key = email_key,
                                           .now = act->now };
    struct sql_invitation_open_to_row invited;
    err_t e = sql_user_by_email(act->db, act->arena, &user, &known);
    if (e == E_OK)
        return diag_set_field(&act->why, E_CONFLICT, "email",
                              "this address has an account already");
    if (e != E_NOT_FOUND)
        return e;
    e = sql_invitation_open_to(act->db, act->arena, &open, &invited);
    if (e == E_OK)
        return diag_set_field(&act->why, E_CONFLICT, "email",
                              "this address has an open invitation already: withdraw that first");
    return e == E_NOT_FOUND ? E_OK : e;
}

/* Nobody invites into a group whose rights he lacks. */
static err_t find_groups(struct act *act, const struct names *names,
                         struct row_principal_group **ret)
{
    struct row_principal_group *groups =
        ARENA_ARRAY(act->arena, struct row_principal_group, names->n + 1);
    if (groups == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < names->n; i++) {
        TRY(group_find(act, names->v[i], &groups[i]));
        TRY(roles_may_give(act, 0, groups[i].roles));
    }
    *ret = groups;
    return E_OK;
}
