/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/signin/access_request.h"

#include <assert.h>

enum { CHOICES_TEXT_MAX = 160 };

/* clang-format off */
static const char *const status_names[ACCESS_REQUEST_STATUSES] = {
    [ACCESS_REQUEST_ANY]      = "any",
    [ACCESS_REQUEST_OPEN]     = "open",
    [ACCESS_REQUEST_APPROVED] = "approved",
    [ACCESS_REQUEST_REFUSED]  = "refused",
};
/* clang-format on */

const char *access_request_status_name(enum access_request_status s)
{
    assert(s < ACCESS_REQUEST_STATUSES);
    return status_names[s];
}

err_t access_request_status_parse(str_t name, enum access_request_status *ret)
{
    for (size_t i = 0; i < ACCESS_REQUEST_STATUSES; i++) {
        if (!str_eq(name, str_from_cz(status_names[i])))
            continue;
        *ret = (enum access_request_status)i;
        return E_OK;
    }
    return E_BAD_FIELD;
}

/* A group that opens it, or a binding of his own. */
static err_t may_open(struct act *act, oid_t application, bool *ret)
{
    struct sql_access_request_bound in = { .application_id = application,
                                           .user_id = act->actor.id };
    struct sql_access_request_bound_row row;
    TRY(sql_access_request_bound(act->db, act->arena, &in, &row));
    *ret = row.n > 0;
    return E_OK;
}

static err_t may_ask(struct act *act, oid_t application)
{
    struct sql_access_request_application which = { .org = act->org, .id = application };
    struct sql_access_request_application_row app;
    struct sql_access_request_open_n_row open;
    bool in = false;
    if (act->actor.kind != ACTOR_USER || !oid_eq(act->actor.org, act->org))
        return FAIL(&act->why, E_FORBIDDEN, "only people of the organisation ask for access");
    err_t e = sql_access_request_application(act->db, act->arena, &which, &app);
    if (e == E_NOT_FOUND)
        return FAIL(&act->why, e, "there is no such application");
    TRY(e);
    TRY(may_open(act, application, &in));
    if (in)
        return FAIL(&act->why, E_CONFLICT, "you are among those who may open it");
    TRY(sql_access_request_open_n(act->db, act->arena,
                                  &(struct sql_access_request_open_n){ .user_id = act->actor.id },
                                  &open));
    if (open.n >= ACCESS_REQUESTS_OPEN_MAX)
        return FAIL(&act->why, E_CONFLICT, "%d of your requests wait: let them be decided first",
                    ACCESS_REQUESTS_OPEN_MAX);
    return E_OK;
}

err_t access_request_make(struct act *act, oid_t application, str_t reason,
                          struct row_access_request *ret)
{
    struct sql_access_request_add in = {
        .id = oid_make(),
        .org = act->org,
        .user_id = act->actor.id,
        .application_id = application,
        .reason = reason.n > 0 ? reason : STR_NONE,
        .now = act->now,
    };
    TRY(may_ask(act, application));
    err_t e = sql_access_request_add(act->db, &in);
    if (e == E_CONFLICT)
        return FAIL(&act->why, e, "you asked for it already: wait for the answer");
    TRY(e);
    return access_request_get(act, in.id, ret);
}

err_t access_request_get(struct act *act, oid_t id, struct row_access_request *ret)
{
    struct sql_access_request_get in = { .org = act->org, .id = id };
    err_t e = sql_access_request_get(act->db, act->arena, &in, ret);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "there is no such request") : e;
}

err_t access_request_page(struct act *act, enum access_request_status status, oid_t after,
                          int64_t n, struct row_access_request **ret, size_t *ret_n)
{
    struct sql_access_request_list in = {
        .org = act->org, .status = status, .after = after, .n = n
    };
    return sql_access_request_list(act->db, act->arena, &in, ret, ret_n);
}

err_t access_request_own(struct act *act, enum access_request_status status, oid_t after, int64_t n,
                         struct row_access_request **ret, size_t *ret_n)
{
    struct sql_access_request_own in = {
        .user_id = act->actor.id, .status = status, .after = after, .n = n
    };
    return sql_access_request_own(act->db, act->arena, &in, ret, ret_n);
}

static err_t choice_wanted(struct act *act, const struct row_invitation_group *groups, size_t n)
{
    char names[CHOICES_TEXT_MAX] = "";
    size_t at = 0;
    for (size_t i = 0; i < n && at < sizeof names - 1; i++) {
        int put = snprintf(names + at, sizeof names - at, "%s%.*s", i > 0 ? ", " : "",
                           STR_ARG(groups[i].name));
        at += put > 0 ? (size_t)put : 0;
    }
    return diag_set_field(&act->why, E_BAD_FIELD, "group", "want one of: %s", names);
}

static err_t group_chosen(struct act *act, oid_t application, str_t name, oid_t *ret)
{
    struct sql_application_groups in = { .application_id = application };
    struct row_invitation_group *groups = NULL;
    struct row_principal_group chosen = { 0 };
    size_t n = 0;
    TRY(sql_application_groups(act->db, act->arena, &in, &groups, &n));
    if (n == 0)
        return FAIL(&act->why, E_CONFLICT, "no group opens this application: bind one to it first");
    if (name.n == 0 && n > 1)
        return choice_wanted(act, groups, n);
    if (name.n > 0)
        TRY(group_find(act, name, &chosen));
    else
        chosen.id = groups[0].id;
    for (size_t i = 0; i < n; i++) {
        if (!oid_eq(groups[i].id, chosen.id))
            continue;
        *ret = chosen.id;
        return E_OK;
    }
    return choice_wanted(act, groups, n);
}

static err_t decide(struct act *act, oid_t id, struct sql_access_request_decide in)
{
    in.org = act->org;
    in.id = id;
    in.by_kind = act->actor.kind;
    in.by_id = act->actor.id;
    in.now = act->now;
    TRY(sql_access_request_decide(act->db, &in));
    if (db_changed(act->db) != 1)
        return FAIL(&act->why, E_CONFLICT, "this request was decided already");
    return E_OK;
}

err_t access_request_approve(struct act *act, oid_t id, str_t group, str_t reason,
                             struct row_access_request *ret)
{
    struct row_access_request row;
    struct member member;
    oid_t chosen = { 0 };
    bool added;
    TRY(access_request_get(act, id, &row));
    TRY(group_chosen(act, row.application_id, group, &chosen));
    TRY(decide(act, id,
               (struct sql_access_request_decide){ .status = ACCESS_REQUEST_APPROVED,
                                                   .group_id = chosen,
                                                   .reason = reason.n > 0 ? reason : STR_NONE }));
    struct member_in who = { .user_id = row.user_id };
    TRY(group_member_add(act, chosen, &who, &member, &added));
    return access_request_get(act, id, ret);
}

err_t access_request_refuse(struct act *act, oid_t id, str_t reason, struct row_access_request *ret)
{
    struct row_access_request row;
    TRY(access_request_get(act, id, &row));
    TRY(decide(act, id,
               (struct sql_access_request_decide){ .status = ACCESS_REQUEST_REFUSED,
                                                   .reason = reason.n > 0 ? reason : STR_NONE }));
    return access_request_get(act, id, ret);
}
