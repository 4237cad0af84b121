/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/fleet/fleet_lock.h"

#include "sql/store.h"

static const char setting_name[] = "fleet.lock";

/* The setting's text, by what it says. */
static const char *const texts[2][2] = {
    { "open", "open refuse-known" },
    { "locked", "locked refuse-known" },
};

err_t fleet_lock_get(struct act *act, const struct fleet_rules *rules, struct fleet_lock *ret)
{
    struct sql_setting_get in = { .org = act->org, .name = str_from_cz(setting_name) };
    struct row_setting row = { 0 };
    struct fleet_lock lock = { 0 };
    err_t e = sql_setting_get(act->db, act->arena, &in, &row);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    for (int locked = 0; e == E_OK && locked < 2; locked++) {
        for (int refuse = 0; refuse < 2; refuse++) {
            if (!str_eq(row.value, str_from_cz(texts[locked][refuse])))
                continue;
            lock.locked = locked != 0;
            lock.refuse_known = refuse != 0;
        }
    }
    if (lock.locked)
        lock.by = STR("api");
    if (rules->locked) {
        lock.locked = true;
        lock.by = rules->locked_by;
    }
    *ret = lock;
    return E_OK;
}

err_t fleet_lock_set(struct act *act, const struct fleet_rules *rules, bool locked,
                     bool refuse_known)
{
    if (rules->locked)
        return FAIL(&act->why, E_CONFLICT, "the configuration has locked the fleet (%.*s)",
                    STR_ARG(rules->locked_by));
    struct sql_setting_set in = {
        .org = act->org,
        .name = str_from_cz(setting_name),
        .value = str_from_cz(texts[locked ? 1 : 0][refuse_known ? 1 : 0]),
        .now = act->now,
    };
    TRY(sql_setting_set(act->db, &in));
    return act_effect(act, (struct effect){ .kind = EFFECT_ORG, .org = act->org, .id = act->org });
}

err_t fleet_lock_check(struct act *act, const struct fleet_rules *rules, bool known)
{
    struct fleet_lock lock;
    TRY(fleet_lock_get(act, rules, &lock));
    if (!lock.locked || (known && !lock.refuse_known))
        return E_OK;
    return known ? FAIL(&act->why, E_FLEET_LOCKED,
                        "the fleet is locked: no machine comes in, known or new")
                 : FAIL(&act->why, E_FLEET_LOCKED, "the fleet is locked: no new machine comes in");
}
