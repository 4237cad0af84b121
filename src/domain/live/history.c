/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/live/history.h"

#include "base/num.h"

#include "sql/history.h"
#include "sql/store.h"

#define BEGIN_SETTING STR("history.begin")

err_t history_assignment(struct act *act, const struct history_assignment *now)
{
    struct sql_history_assignment_open in = {
        .id = now->id,
        .org = act->org,
        .policy_id = now->policy,
        .scope = (int)now->scope,
        .target = now->target,
        .priority = now->priority,
        .number = now->number,
        .now = act->now,
    };
    TRY(history_assignment_gone(act, now->id));
    return sql_history_assignment_open(act->db, &in);
}

err_t history_assignment_gone(struct act *act, oid_t id)
{
    return sql_history_assignment_close(
        act->db, &(struct sql_history_assignment_close){ .id = id, .now = act->now });
}

err_t history_target_gone(struct act *act, enum scope_kind scope, oid_t target)
{
    return sql_history_target_close(
        act->db, &(struct sql_history_target_close){
                     .org = act->org, .scope = (int)scope, .target = target, .now = act->now });
}

err_t history_group(struct act *act, oid_t group, int64_t priority)
{
    TRY(sql_history_group_close(act->db,
                                &(struct sql_history_group_close){ .id = group, .now = act->now }));
    return sql_history_group_open(
        act->db, &(struct sql_history_group_open){
                     .id = group, .org = act->org, .priority = priority, .now = act->now });
}

err_t history_group_gone(struct act *act, oid_t group)
{
    TRY(sql_history_group_emptied(
        act->db, &(struct sql_history_group_emptied){ .group_id = group, .now = act->now }));
    return sql_history_group_close(
        act->db, &(struct sql_history_group_close){ .id = group, .now = act->now });
}

/* A service account gets no configuration. */
err_t history_member(struct act *act, oid_t group, enum actor_kind kind, oid_t member)
{
    if (kind != ACTOR_USER && kind != ACTOR_DEVICE)
        return E_OK;
    return sql_history_member_open(
        act->db, &(struct sql_history_member_open){
                     .member_id = member, .group_id = group, .kind = (int)kind, .now = act->now });
}

err_t history_member_left(struct act *act, oid_t group, oid_t member)
{
    return sql_history_member_close(act->db,
                                    &(struct sql_history_member_close){
                                        .member_id = member, .group_id = group, .now = act->now });
}

err_t history_member_gone(struct act *act, oid_t member)
{
    return sql_history_member_gone(
        act->db, &(struct sql_history_member_gone){ .member_id = member, .now = act->now });
}

err_t history_owner(struct act *act, oid_t device, oid_t user)
{
    const struct sql_history_owner_close before = { .device_id = device, .now = act->now };
    struct sql_history_owner_close_row had;
    err_t e = sql_history_owner_close(act->db, act->arena, &before, &had);
    if (e == E_OK)
        e = act_effect(act, (struct effect){ .kind = EFFECT_DISOWNED, .id = had.user_id });
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    if (!oid_is_set(user))
        return E_OK;
    return sql_history_owner_open(
        act->db,
        &(struct sql_history_owner_open){ .device_id = device, .user_id = user, .now = act->now });
}

err_t history_newest(struct act *act, oid_t policy, oid_t version)
{
    TRY(sql_history_newest_close(
        act->db, &(struct sql_history_newest_close){ .policy_id = policy, .now = act->now }));
    return sql_history_newest_open(
        act->db, &(struct sql_history_newest_open){
                     .policy_id = policy, .version_id = version, .now = act->now });
}

err_t history_policy_gone(struct act *act, oid_t policy)
{
    TRY(sql_history_versions_keep(act->db, &(struct sql_history_versions_keep){ .org = act->org,
                                                                                .policy_id = policy,
                                                                                .now = act->now }));
    return sql_history_newest_close(
        act->db, &(struct sql_history_newest_close){ .policy_id = policy, .now = act->now });
}

/* The time up to which was pruned; unset: never. */
static err_t pruned_until(struct act *act, ts_t *ret)
{
    struct row_setting row;
    struct sql_setting_get of = { .name = BEGIN_SETTING };
    err_t e = sql_setting_get(act->db, act->arena, &of, &row);
    *ret = (ts_t){ 0 };
    if (e == E_NOT_FOUND)
        return E_OK;
    TRY(e);
    return num_parse_i64(row.value, &ret->us) == E_OK
               ? E_OK
               : FAIL(&act->why, E_CORRUPT, "the setting history.begin is no time");
}

err_t history_begin(struct act *act, ts_t *ret)
{
    struct sql_history_made_row made;
    ts_t pruned;
    TRY(sql_history_made(act->db, act->arena, &made));
    TRY(pruned_until(act, &pruned));
    *ret = pruned.us > made.at.us ? pruned : made.at;
    return E_OK;
}

/* Says first that the history begins later, then drops: an answer in between is not a lie. */
static err_t move_begin(struct act *act, ts_t before)
{
    ts_t begin;
    str_t text;
    TRY(history_begin(act, &begin));
    if (before.us <= begin.us)
        return E_OK;
    TRY(str_format(act->arena, &text, "%lld", (long long)before.us));
    return sql_setting_set(act->db, &(struct sql_setting_set){
                                        .name = BEGIN_SETTING, .value = text, .now = act->now });
}

/* One kind of rows; all of them are pruned alike. */
#define PRUNE(act, kind, before_ts, limit_n, more)                                                 \
    do {                                                                                           \
        struct sql_history_##kind##_prune in = { .before = (before_ts), .limit = (limit_n) };      \
        struct sql_history_##kind##_prune_row *rows = NULL;                                        \
        size_t n = 0;                                                                              \
        TRY(sql_history_##kind##_prune((act)->db, (act)->arena, &in, &rows, &n));                  \
        (more) = (more) || (int64_t)n == (limit_n);                                                \
    } while (0)

err_t history_prune(struct act *act, ts_t before, int64_t limit, bool *ret_more)
{
    bool more = false;
    TRY(move_begin(act, before));
    PRUNE(act, assignment, before, limit, more);
    PRUNE(act, group, before, limit, more);
    PRUNE(act, member, before, limit, more);
    PRUNE(act, owner, before, limit, more);
    PRUNE(act, newest, before, limit, more);
    PRUNE(act, version, before, limit, more);
    *ret_more = more;
    return E_OK;
}
