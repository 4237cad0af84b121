/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/identity/account.h"

#include "domain/identity/group.h"
#include "domain/identity/organisation.h"

#include <assert.h>

static const char *const status_names[ACCOUNT_STATUS_COUNT] = {
    [ACCOUNT_PENDING] = "pending",
    [ACCOUNT_ACTIVE] = "active",
    [ACCOUNT_DISABLED] = "disabled",
};

const char *account_status_name(enum account_status s)
{
    assert(s < ACCOUNT_STATUS_COUNT);
    return status_names[s];
}

err_t account_status_parse(str_t name, enum account_status *ret)
{
    for (size_t i = 0; i < ACCOUNT_STATUS_COUNT; i++) {
        if (!str_eq(name, str_from_cz(status_names[i])))
            continue;
        *ret = (enum account_status)i;
        return E_OK;
    }
    return E_BAD_FIELD;
}

err_t name_key(struct arena *a, str_t name, str_t *ret)
{
    char *key = (char *)arena_alloc(a, name.n + 1);
    if (key == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        key[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    *ret = str_of(key, name.n);
    return E_OK;
}

err_t name_range(struct arena *a, str_t prefix, str_t *ret_low, str_t *ret_high)
{
    str_t low = STR_NONE;
    str_t high = STR_NONE;
    TRY(name_key(a, prefix.p != NULL ? prefix : STR(""), &low));
    /* U+10FFFF is behind every letter, in UTF-8 too. */
    TRY(str_format(a, &high, "%.*s\xf4\x8f\xbf\xbf", STR_ARG(low)));
    *ret_low = low;
    *ret_high = high;
    return E_OK;
}

err_t name_wanted(struct act *act, const char *field, str_t name)
{
    if (name.p != NULL && name.n == 0)
        return diag_set_field(&act->why, E_BAD_FIELD, field, "want at least one character");
    return E_OK;
}

err_t roles_parse(struct act *act, const struct names *names, int64_t *ret)
{
    uint32_t roles = 0;
    for (size_t i = 0; i < names->n; i++) {
        enum role r = ROLE_NONE;
        if (role_parse(names->v[i], &r) != E_OK)
            return diag_set_field(&act->why, E_BAD_FIELD, "roles",
                                  "want administrator, operator, auditor, enroller, user or "
                                  "system-administrator");
        roles |= 1U << r;
    }
    *ret = roles;
    return E_OK;
}

err_t roles_names(struct arena *a, int64_t roles, const str_t **ret, size_t *ret_n)
{
    str_t *names = ARENA_ARRAY(a, str_t, ROLE_COUNT);
    if (names == NULL)
        return E_NO_MEMORY;
    size_t n = 0;
    for (size_t r = ROLE_NONE + 1; r < ROLE_COUNT; r++) {
        if ((roles >> r & 1) != 0)
            names[n++] = str_from_cz(role_name((enum role)r));
    }
    *ret = names;
    *ret_n = n;
    return E_OK;
}

/* The whole server is for those of the organisation that runs it. */
static err_t server_may_give(struct act *act)
{
    oid_t org;
    TRY(organisation_find(act, STR("default"), &org));
    if (oid_eq(act->org, org))
        return E_OK;
    return FAIL(&act->why, E_FORBIDDEN,
                "only members of the organisation default administer the whole server");
}

err_t roles_may_give(struct act *act, int64_t before, int64_t after)
{
    perms_t had = roles_perms((uint32_t)before);
    perms_t more = { roles_perms((uint32_t)after).bits & ~had.bits };
    if (!perms_cover(act->actor.perms, more))
        return FAIL(&act->why, E_FORBIDDEN, "nobody gives a right that he does not have himself");
    return perms_have(more, PERM_SYSTEM_ADMIN) ? server_may_give(act) : E_OK;
}

err_t account_may_change(struct act *act, enum actor_kind kind, oid_t id, int64_t own)
{
    int64_t roles = 0;
    TRY(roles_of(act, act->org, kind, id, own, &roles));
    if (perms_cover(act->actor.perms, roles_perms((uint32_t)roles)))
        return E_OK;
    return FAIL(&act->why, E_FORBIDDEN,
                "this account has rights that you lack: only who has them all changes it");
}

err_t roles_of(struct act *act, oid_t org, enum actor_kind kind, oid_t id, int64_t own,
               int64_t *ret)
{
    struct sql_member_roles in = { .org = org, .kind = kind, .member_id = id };
    struct sql_member_roles_row *rows = NULL;
    size_t n = 0;
    TRY(sql_member_roles(act->db, act->arena, &in, &rows, &n));
    bool tried = oid_eq(act->trial.member, id);
    for (size_t i = 0; i < n; i++) {
        if (!tried || !oid_eq(act->trial.leaves, rows[i].group_id))
            own |= rows[i].roles;
    }
    if (tried && oid_is_set(act->trial.joins)) {
        struct row_principal_group group;
        TRY(group_get(act, act->trial.joins, &group));
        own |= group.roles;
    }
    *ret = own;
    return E_OK;
}

err_t account_status_change(struct act *act, oid_t id, str_t name, int64_t *status)
{
    enum account_status next = ACCOUNT_PENDING;
    if (name.p == NULL)
        return E_OK;
    if (account_status_parse(name, &next) != E_OK || next == ACCOUNT_PENDING)
        return diag_set_field(&act->why, E_BAD_FIELD, "status", "want active or disabled");
    if (next == ACCOUNT_DISABLED && oid_eq(id, act->actor.id))
        return FAIL(&act->why, E_CONFLICT, "nobody disables his own account");
    *status = next;
    return E_OK;
}
