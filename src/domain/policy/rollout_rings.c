/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/rollout_rings.h"

#include "base/num.h"
#include "domain/identity/account.h"
#include "domain/policy/rollout_hash.h"
#include "sql/fleet.h"

static err_t bad_rings(struct act *act, size_t n, const char *what)
{
    if (diag_is_taken(&act->why))
        return E_BAD_FIELD;
    (void)diag_set_field(&act->why, E_BAD_FIELD, "rings", "ring %zu: %s", n, what);
    diag_say(&act->why, "ring %zu: %s", n, message_in(act->why.messages, what));
    return E_BAD_FIELD;
}

static err_t check_order(struct act *act, const struct rollout_ring_in *rings, size_t n)
{
    int64_t reached = 0;
    if (n == 0 || n > ROLLOUT_RINGS_MAX)
        return diag_set_field(&act->why, E_BAD_FIELD, "rings", "want 1 to %d rings",
                              ROLLOUT_RINGS_MAX);
    for (size_t i = 0; i < n; i++) {
        const struct rollout_ring_in *in = &rings[i];
        int selectors = (in->group.n > 0) + (in->label.n > 0) + (in->percent.set ? 1 : 0);
        if (selectors != 1)
            return bad_rings(act, i + 1, N_("want one of `group`, `label` and `percent`"));
        if (!in->percent.set && reached > 0)
            return bad_rings(act, i + 1, N_("groups and labels come before percentages"));
        if (in->percent.set && in->percent.v <= reached)
            return bad_rings(act, i + 1, N_("percentages rise from ring to ring"));
        if (in->percent.set)
            reached = in->percent.v;
    }
    if (reached != ROLLOUT_WHOLE)
        return bad_rings(
            act, n, N_("the last ring is 100 percent: `pause` the one before it to stop there"));
    return E_OK;
}

static err_t resolve_group(struct act *act, str_t group, oid_t *ret, str_t *ret_name)
{
    struct row_device_group row;
    str_t key;
    oid_t id;
    err_t e;
    if (oid_parse(group, &id) == E_OK) {
        e = sql_fleet_group_by_id(act->db, act->arena,
                                  &(struct sql_fleet_group_by_id){ .org = act->org, .id = id },
                                  &row);
    } else {
        TRY(name_key(act->arena, group, &key));
        e = sql_fleet_group_by_name(
            act->db, act->arena,
            &(struct sql_fleet_group_by_name){ .org = act->org, .name_key = key }, &row);
    }
    if (e == E_NOT_FOUND)
        return diag_set_field(&act->why, e, "rings", "there is no group %.*s here", STR_ARG(group));
    TRY(e);
    *ret = row.id;
    *ret_name = row.name;
    return E_OK;
}

/* "name=value", as labels are. */
static err_t split_label(struct act *act, size_t n, str_t label, struct sql_rollout_ring_add *add)
{
    size_t at = str_find(label, '=');
    if (at == 0 || at >= label.n)
        return bad_rings(act, n, N_("a label is NAME=VALUE"));
    add->label_name = str_sub(label, 0, at);
    add->label_value = str_sub(label, at + 1, label.n);
    return E_OK;
}

static err_t select_by(struct act *act, const struct rollout_ring_in *in,
                       struct sql_rollout_ring_add *add)
{
    char percent[NUM_MILLI_TEXT];
    if (in->group.n > 0)
        return resolve_group(act, in->group, &add->group_id, &add->name);
    if (in->label.n > 0) {
        add->name = in->label;
        return split_label(act, (size_t)add->n, in->label, add);
    }
    add->percent = (opt_i64_t){ true, in->percent.v };
    num_format_milli(in->percent.v, percent);
    return str_format(act->arena, &add->name, "%s %%", percent);
}

err_t rollout_write_rings(struct act *act, oid_t rollout, const struct rollout_ring_in *rings,
                          size_t n)
{
    TRY(check_order(act, rings, n));
    for (size_t i = 0; i < n; i++) {
        const struct rollout_ring_in *in = &rings[i];
        struct sql_rollout_ring_add add = {
            .rollout = rollout,
            .n = (int64_t)i + 1,
            .min_executed = in->min_executed,
            .soak_s = in->soak_s.set ? in->soak_s.v : 0,
            .approval = in->approval.set && in->approval.v,
            .pause = in->pause.set && in->pause.v,
        };
        TRY(select_by(act, in, &add));
        if (in->name.n > 0)
            add.name = in->name;
        TRY(sql_rollout_ring_add(act->db, &add));
    }
    return E_OK;
}
