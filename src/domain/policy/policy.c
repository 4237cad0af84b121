/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/policy.h"

#include "domain/live/history.h"
#include "domain/policy/rollout.h"

const char *policy_state_name(int64_t state)
{
    return state == POLICY_PUBLISHED ? "published" : "draft";
}

/* `but`: the policy that may have the name, because it is its own. */
static err_t name_is_free(struct act *act, str_t name, oid_t but)
{
    struct sql_policy_id_by_name_row row;
    err_t e = sql_policy_id_by_name(
        act->db, act->arena, &(struct sql_policy_id_by_name){ .org = act->org, .name = name },
        &row);
    if (e == E_NOT_FOUND || (e == E_OK && oid_eq(row.id, but)))
        return E_OK;
    if (e == E_OK)
        return diag_set_field(&act->why, E_CONFLICT, "name", "another policy has this name");
    return e;
}

static str_t or_none(str_t s)
{
    return s.n > 0 ? s : STR_NONE;
}

err_t policy_create(struct act *act, const struct policy_words *in, struct row_policy_info *ret)
{
    oid_t id = oid_make();
    TRY(name_is_free(act, in->name, id));
    TRY(sql_policy_add(act->db, &(struct sql_policy_add){ .id = id,
                                                          .org = act->org,
                                                          .name = in->name,
                                                          .description = or_none(in->description),
                                                          .now = act->now }));
    return policy_get(act, id, ret);
}

err_t policy_get(struct act *act, oid_t id, struct row_policy_info *ret)
{
    return sql_policy_info_by_id(act->db, act->arena,
                                 &(struct sql_policy_info_by_id){ .org = act->org, .id = id }, ret);
}

err_t policy_list(struct act *act, const struct policy_filter *f, oid_t after, int64_t limit,
                  struct row_policy_info **ret, size_t *ret_n)
{
    return sql_policy_info_list(act->db, act->arena,
                                &(struct sql_policy_info_list){ .org = act->org,
                                                                .search = or_none(f->search),
                                                                .grp = f->group,
                                                                .after = after,
                                                                .limit = limit },
                                ret, ret_n);
}

err_t policy_change(struct act *act, oid_t id, const struct policy_words *in,
                    struct row_policy_info *ret)
{
    struct row_policy_info old;
    TRY(policy_get(act, id, &old));
    if (in->name.p != NULL && in->name.n == 0)
        return diag_set_field(&act->why, E_BAD_FIELD, "name", "want a name");
    if (in->name.p != NULL)
        TRY(name_is_free(act, in->name, id));
    str_t description = in->description.p != NULL ? in->description : old.description;
    TRY(sql_policy_set(act->db,
                       &(struct sql_policy_set){ .org = act->org,
                                                 .id = id,
                                                 .name = in->name.p != NULL ? in->name : old.name,
                                                 .description = or_none(description),
                                                 .now = act->now }));
    return policy_get(act, id, ret);
}

err_t policy_delete(struct act *act, oid_t id)
{
    struct row_policy_info old;
    struct sql_assignment_count_policy_row used;
    TRY(policy_get(act, id, &old));
    TRY(sql_assignment_count_policy(
        act->db, act->arena,
        &(struct sql_assignment_count_policy){ .org = act->org, .policy_id = id }, &used));
    if (used.n > 0)
        return FAIL(&act->why, E_CONFLICT, "the policy has %lld assignments: remove them first",
                    (long long)used.n);
    TRY(rollout_policy_is_free(act, id));
    TRY(history_policy_gone(act, id));
    TRY(sql_policy_version_drop_all(
        act->db, &(struct sql_policy_version_drop_all){ .org = act->org, .policy_id = id }));
    return sql_policy_drop(act->db, &(struct sql_policy_drop){ .org = act->org, .id = id });
}
