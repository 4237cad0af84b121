/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/fleet/device.h"

#include "domain/fleet/grants.h"
#include "domain/fleet/requests.h"
#include "domain/live/history.h"
#include "sql/gateway.h"

#include <assert.h>

static err_t device_write_move(struct act *act, const struct row_device *d, enum device_move move,
                               enum device_status to, str_t reason);

err_t fleet_lower(struct arena *a, str_t s, str_t *ret)
{
    if (s.p == NULL) {
        *ret = STR_NONE;
        return E_OK;
    }
    char *out = arena_alloc(a, s.n + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < s.n; i++)
        out[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
    *ret = str_of(out, s.n);
    return E_OK;
}

err_t device_get(struct act *act, oid_t id, struct row_device *ret)
{
    struct sql_device_get in = { .org = act->org, .id = id };
    return sql_device_get(act->db, act->arena, &in, ret);
}

err_t device_by_machine_id(struct act *act, str_t machine_id, struct row_device *ret)
{
    struct sql_device_by_machine in = { .org = act->org, .machine_id = machine_id };
    TRY(fleet_lower(act->arena, machine_id, &in.machine_key));
    return sql_device_by_machine(act->db, act->arena, &in, ret);
}

str_t device_reason(const struct row_device *d)
{
    if (d->status == DEVICE_REVOKED)
        return d->revoke_reason;
    if (d->status == DEVICE_UNINSTALLED)
        return d->uninstall_reason;
    return d->status_reason;
}

err_t device_touched(struct act *act, oid_t id)
{
    return act_effect(act, (struct effect){ .kind = EFFECT_DEVICE, .org = act->org, .id = id });
}

err_t device_note(struct act *act, const struct row_device *before, enum device_move move,
                  enum device_status to, str_t reason)
{
    struct sql_device_event_add in = {
        .id = oid_make(),
        .org = act->org,
        .device = before->id,
        .now = act->now,
        .action = move,
        .from_status = before->status,
        .to_status = to,
        .actor_kind = act->actor.kind,
        .actor_id = act->actor.id,
        .reason = reason,
    };
    return sql_device_event_add(act->db, &in);
}

err_t device_change(struct act *act, oid_t id, enum device_move move, str_t reason)
{
    struct row_device d;
    TRY(device_get(act, id, &d));
    return device_change_row(act, &d, move, reason);
}

err_t device_change_row(struct act *act, const struct row_device *d, enum device_move move,
                        str_t reason)
{
    enum device_status to;
    TRY(device_step((enum device_status)d->status, move, &act->why, &to));
    if (to == (enum device_status)d->status)
        return E_OK; /* uninstalled twice */
    TRY(device_write_move(act, d, move, to, reason));
    TRY(device_note(act, d, move, to, reason));
    if (move == MOVE_UNBLOCK) /* its refusals carried the store's number: its own must pass that */
        TRY(act_scope_changed(act, SCOPE_DEVICE, act->org, d->id));
    return device_touched(act, d->id);
}

/* A device that is out may leave nothing behind that lets it in again. */
static err_t device_shut(struct act *act, oid_t id)
{
    struct sql_rotation_drop rotation = { .org = act->org, .device = id };
    TRY(sql_rotation_drop(act->db, &rotation));
    return requests_end(act, id, ENROL_APPROVED);
}

static err_t device_write_move(struct act *act, const struct row_device *d, enum device_move move,
                               enum device_status to, str_t reason)
{
    if (move == MOVE_REVOKE) {
        struct sql_device_revoke in = { .org = act->org,
                                        .id = d->id,
                                        .status = to,
                                        .now = act->now,
                                        .by_kind = act->actor.kind,
                                        .by_id = act->actor.id,
                                        .reason = reason };
        TRY(device_shut(act, d->id));
        return sql_device_revoke(act->db, &in);
    }
    if (move == MOVE_UNINSTALL) {
        struct sql_device_uninstall in = {
            .org = act->org, .id = d->id, .status = to, .now = act->now, .reason = reason
        };
        TRY(device_shut(act, d->id));
        return sql_device_uninstall(act->db, &in);
    }
    if (move == MOVE_REINSTATE) { /* a token that was revoked never works again */
        struct sql_fleet_token_drop_all tokens = { .org = act->org, .principal = d->id };
        struct sql_device_reinstate in = {
            .org = act->org, .id = d->id, .status = to, .reason = reason
        };
        TRY(sql_fleet_token_drop_all(act->db, &tokens));
        return sql_device_reinstate(act->db, &in);
    }
    assert(move == MOVE_BLOCK || move == MOVE_UNBLOCK || move == MOVE_REFUSE || move == MOVE_INIT);
    struct sql_device_status_set in = {
        .org = act->org, .id = d->id, .status = to, .reason = reason
    };
    return sql_device_status_set(act->db, &in);
}

err_t device_patch(struct act *act, oid_t id, const struct device_grants *grants)
{
    struct row_device d;
    struct row_device_group *groups = NULL;
    TRY(device_get(act, id, &d));
    if (grants->has_user && oid_is_set(grants->user_id))
        TRY(owner_check(act, grants->user_id));
    if (grants->has_groups)
        TRY(groups_resolve(act, grants->groups, grants->groups_n, &groups));
    struct sql_device_patch in = {
        .org = act->org,
        .id = id,
        .user_id = grants->has_user ? grants->user_id : d.user_id,
        .labels = grants->labels.p != NULL ? grants->labels : d.labels,
    };
    TRY(sql_device_patch(act->db, &in));
    if (!oid_eq(in.user_id, d.user_id))
        TRY(history_owner(act, id, in.user_id));
    if (grants->has_groups)
        TRY(device_groups_put(act, id, groups, grants->groups_n, true));
    if (grants->labels.p != NULL)
        TRY(device_labels_put(act, id, grants->labels));
    /* A label may select it for a ring of a rollout. */
    if (grants->has_user || grants->has_groups || grants->labels.p != NULL)
        TRY(act_scope_changed(act, SCOPE_DEVICE, act->org, id));
    return device_touched(act, id);
}

err_t device_delete(struct act *act, oid_t id)
{
    struct row_device d;
    enum device_status to;
    TRY(device_get(act, id, &d));
    TRY(device_step((enum device_status)d.status, MOVE_DELETE, &act->why, &to));
    assert(to == DEVICE_NONE);
    TRY(device_note(act, &d, MOVE_DELETE, to, STR_NONE));
    return device_erase(act, id);
}

err_t device_history(struct act *act, oid_t id, struct row_device_event **ret, size_t *ret_n)
{
    struct sql_device_event_list in = { .org = act->org,
                                        .device = id,
                                        .limit = DEVICE_HISTORY_MAX };
    return sql_device_event_list(act->db, act->arena, &in, ret, ret_n);
}

err_t device_erase(struct act *act, oid_t id)
{
    struct sql_enrol_request_drop_of requests = { .org = act->org, .device = id };
    struct sql_enrol_request_drop_of_row *dropped;
    size_t n;
    int64_t open_n = 0;
    TRY(sql_enrol_request_drop_of(act->db, act->arena, &requests, &dropped, &n));
    for (size_t i = 0; i < n; i++)
        open_n += dropped[i].state == ENROL_OPEN;
    TRY(requests_closed(act, open_n));
    TRY(device_labels_put(act, id, STR_NONE));
    TRY(device_groups_put(act, id, NULL, 0, true));
    TRY(sql_rotation_drop(act->db, &(struct sql_rotation_drop){ .org = act->org, .device = id }));
    TRY(sql_device_config_drop(act->db,
                               &(struct sql_device_config_drop){ .org = act->org, .device = id }));
    TRY(sql_device_drift_drop(act->db,
                              &(struct sql_device_drift_drop){ .org = act->org, .device = id }));
    TRY(sql_device_assignment_drop(
        act->db, &(struct sql_device_assignment_drop){ .org = act->org, .device = id }));
    struct sql_permission_drop_subject permissions = { .org = act->org, .subject = id };
    TRY(sql_permission_drop_subject(act->db, &permissions));
    TRY(history_target_gone(act, SCOPE_DEVICE, id));
    TRY(history_owner(act, id, (oid_t){ 0 }));
    TRY(sql_fleet_token_drop_all(
        act->db, &(struct sql_fleet_token_drop_all){ .org = act->org, .principal = id }));
    TRY(sql_device_drop(act->db, &(struct sql_device_drop){ .org = act->org, .id = id }));
    return device_touched(act, id);
}
