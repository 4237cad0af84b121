/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/identity/group.h"

#include "domain/live/history.h"
#include "sql/gateway.h"
#include "sql/people.h"
#include "sql/upstream.h"

static err_t actors_changed(struct act *act, oid_t group);

/* Who enters a group is also said by files, requests for access and other issuers. */
static err_t group_roles_parse(struct act *act, const struct names *names, int64_t *ret)
{
    int64_t roles = 0;
    TRY(roles_parse(act, names, &roles));
    if ((roles >> ROLE_SYSTEM_ADMINISTRATOR & 1) != 0)
        return diag_set_field(&act->why, E_BAD_FIELD, "roles",
                              "want no system-administrator: that is given to a person or a "
                              "service account, never to a group");
    *ret = roles;
    return E_OK;
}

static err_t taken(struct act *act, err_t e)
{
    return e == E_CONFLICT ? FAIL(&act->why, E_CONFLICT, "a group of this name is there already")
                           : e;
}

err_t group_create(struct act *act, const struct group_in *in, struct row_principal_group *ret)
{
    struct sql_group_add row = { .id = oid_make(),
                                 .org = act->org,
                                 .name = in->name,
                                 .priority =
                                     in->priority.set ? in->priority.v : GROUP_PRIORITY_DEFAULT,
                                 .now = act->now };
    TRY(group_roles_parse(act, &in->roles, &row.roles));
    TRY(roles_may_give(act, 0, row.roles));
    TRY(name_key(act->arena, in->name, &row.name_key));
    TRY(taken(act, sql_group_add(act->db, &row)));
    TRY(history_group(act, row.id, row.priority));
    return group_get(act, row.id, ret);
}

err_t group_get(struct act *act, oid_t id, struct row_principal_group *ret)
{
    struct sql_group_get in = { .org = act->org, .id = id };
    err_t e = sql_group_get(act->db, act->arena, &in, ret);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "there is no such group") : e;
}

err_t group_change(struct act *act, oid_t id, const struct group_in *in,
                   struct row_principal_group *ret)
{
    struct row_principal_group old;
    TRY(name_wanted(act, "name", in->name));
    TRY(group_get(act, id, &old));
    struct sql_group_put row = { .org = act->org,
                                 .id = id,
                                 .name = in->name.p != NULL ? in->name : old.name,
                                 .priority = in->priority.set ? in->priority.v : old.priority,
                                 .roles = old.roles,
                                 .now = act->now };
    if (in->roles.set)
        TRY(group_roles_parse(act, &in->roles, &row.roles));
    TRY(roles_may_give(act, old.roles, row.roles));
    TRY(name_key(act->arena, row.name, &row.name_key));
    TRY(taken(act, sql_group_put(act->db, &row)));
    if (row.roles != old.roles)
        TRY(actors_changed(act, id));
    if (row.priority != old.priority) {
        /* FLEET "Resolution" 1: the order of groups is part of the result. */
        TRY(history_group(act, id, row.priority));
        TRY(act_scope_changed(act, SCOPE_GROUP, act->org, id));
        TRY(act_effect(act, (struct effect){ .kind = EFFECT_GATEWAY, .org = act->org }));
    }
    return group_get(act, id, ret);
}

err_t group_delete(struct act *act, oid_t id)
{
    struct row_principal_group row;
    TRY(group_get(act, id, &row));
    struct sql_group_use which = { .id = id };
    struct sql_group_use_row use;
    TRY(sql_group_use(act->db, act->arena, &which, &use));
    if (use.assignments_n > 0 || use.keys_n > 0 || use.secrets_n > 0 || use.applications_n > 0 ||
        use.rules_n > 0)
        return FAIL(&act->why, E_CONFLICT,
                    "%lld assignments, %lld enrolment keys, %lld secrets, %lld applications and "
                    "%lld access rules name this group",
                    (long long)use.assignments_n, (long long)use.keys_n, (long long)use.secrets_n,
                    (long long)use.applications_n, (long long)use.rules_n);
    TRY(actors_changed(act, id));
    TRY(act_scope_changed(act, SCOPE_GROUP, act->org, id));
    struct sql_group_empty empty = { .group_id = id };
    TRY(sql_group_empty(act->db, &empty));
    TRY(history_group_gone(act, id));
    TRY(sql_invitation_forget_group(act->db,
                                    &(struct sql_invitation_forget_group){ .group_id = id }));
    TRY(sql_provider_group_forget(act->db, &(struct sql_provider_group_forget){ .group_id = id }));
    struct sql_permission_drop_subject permissions = { .org = act->org, .subject = id };
    TRY(sql_permission_drop_subject(act->db, &permissions));
    TRY(act_effect(act, (struct effect){ .kind = EFFECT_GATEWAY, .org = act->org }));
    struct sql_group_drop drop = { .org = act->org, .id = id };
    return sql_group_drop(act->db, &drop);
}

err_t group_page(struct act *act, const struct group_filter *f, oid_t after, int64_t n,
                 struct row_principal_group **ret, size_t *ret_n)
{
    struct sql_group_list in = { .org = act->org, .member_id = f->member, .after = after, .n = n };
    TRY(name_range(act->arena, f->search, &in.low, &in.high));
    return sql_group_list(act->db, act->arena, &in, ret, ret_n);
}

err_t group_count(struct act *act, const struct group_filter *f, int64_t *ret)
{
    struct sql_group_count in = { .org = act->org,
                                  .member_id = f->member,
                                  .limit = NAMES_COUNT_MAX };
    struct sql_group_count_row row;
    TRY(name_range(act->arena, f->search, &in.low, &in.high));
    TRY(sql_group_count(act->db, act->arena, &in, &row));
    *ret = row.n;
    return E_OK;
}

static err_t actor_changed(void *arg, const struct sql_group_actors_row *row)
{
    struct act *act = (struct act *)arg;
    return act_effect(
        act, (struct effect){ .kind = EFFECT_PRINCIPAL, .org = act->org, .id = row->member_id });
}

/* Whoever has this group's roles has other rights from now on. */
static err_t actors_changed(struct act *act, oid_t group)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(KIB(64));
    if (scratch == NULL)
        return E_NO_MEMORY;
    struct sql_group_actors in = { .group_id = group };
    return sql_group_actors(act->db, &in, scratch, actor_changed, act);
}
