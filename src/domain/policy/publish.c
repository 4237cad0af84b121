/* SPDX-License-Identifier: Apache-2.0 */
/* Publication: the one moment in which a draft becomes what devices get. */
#include "domain/live/history.h"
#include "domain/policy/assignment.h"
#include "domain/policy/content_check.h"
#include "domain/policy/policy.h"
#include "domain/policy/rollout.h"

/* Every scope that follows the policy gets a new number; global ones want more than policy:write.
 */
err_t policy_tell_followers(struct act *act, oid_t policy)
{
    struct sql_assignment_followers_row *rows = NULL;
    size_t n = 0;
    TRY(sql_assignment_followers(
        act->db, act->arena,
        &(struct sql_assignment_followers){ .org = act->org, .policy_id = policy }, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        enum scope_kind scope = (enum scope_kind)rows[i].scope;
        TRY(assignment_may_touch(act, scope));
        TRY(act_scope_changed(act, scope, act->org, rows[i].target));
    }
    return E_OK;
}

err_t policy_set_newest(struct act *act, oid_t policy, oid_t version)
{
    TRY(sql_policy_set_newest(
        act->db, &(struct sql_policy_set_newest){
                     .org = act->org, .id = policy, .newest_id = version, .now = act->now }));
    return history_newest(act, policy, version);
}

/* `n` counts the organisation's publications of this UTC day (FLEET "Resolution" 7). */
static err_t next_version(struct act *act, struct sql_policy_version_publish *in)
{
    char day[TS_DAY_TEXT];
    struct sql_policy_publication_next_row count;
    ts_format_day(act->now, day);
    TRY(str_copy(act->arena, str_of(day, sizeof day), &in->day));
    TRY(sql_policy_publication_next(
        act->db, act->arena,
        &(struct sql_policy_publication_next){ .org = act->org, .day = in->day }, &count));
    in->day_number = count.n;
    return str_format(act->arena, &in->version, "%.*s.%lld", STR_ARG(in->day), (long long)count.n);
}

err_t policy_issue(struct act *act, const struct row_policy_version *draft)
{
    if (draft->state != POLICY_DRAFT)
        return FAIL(&act->why, E_CONFLICT, "version %lld is published already",
                    (long long)draft->number);
    TRY(content_check_stored(act, draft)); /* it may be older than the rule */
    struct sql_policy_version_publish in = { .org = act->org, .id = draft->id, .now = act->now };
    TRY(next_version(act, &in));
    return sql_policy_version_publish(act->db, &in);
}

err_t policy_publish(struct act *act, const struct row_policy_version *draft,
                     struct row_policy_version *ret)
{
    TRY(rollout_policy_is_free(act, draft->policy_id));
    TRY(policy_issue(act, draft));
    TRY(policy_set_newest(act, draft->policy_id, draft->id));
    TRY(policy_tell_followers(act, draft->policy_id));
    return policy_version_find(act, draft->policy_id, draft->number, ret);
}

err_t policy_rollback(struct act *act, oid_t policy, int64_t number, struct row_policy_version *ret)
{
    struct row_policy_version old;
    struct row_policy_version copy;
    struct sql_policy_take_number_row next;
    TRY(policy_version_find(act, policy, number, &old));
    if (old.state != POLICY_PUBLISHED)
        return FAIL(&act->why, E_CONFLICT, "version %lld was never published", (long long)number);
    TRY(sql_policy_take_number(act->db, act->arena,
                               &(struct sql_policy_take_number){ .org = act->org, .id = policy },
                               &next));
    TRY(sql_policy_version_add(act->db, &(struct sql_policy_version_add){ .id = oid_make(),
                                                                          .org = act->org,
                                                                          .policy_id = policy,
                                                                          .number = next.number,
                                                                          .content = old.content,
                                                                          .locked = old.locked,
                                                                          .enabled = old.enabled,
                                                                          .now = act->now }));
    TRY(policy_version_find(act, policy, next.number, &copy));
    return policy_publish(act, &copy, ret);
}
