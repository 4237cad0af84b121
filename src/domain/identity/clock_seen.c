/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/identity/clock_seen.h"

#include "sql/store.h"

#define SETTING "clock.seen"

err_t clock_seen_get(struct act *act, ts_t *ret)
{
    struct row_setting row;
    err_t e = sql_setting_get(act->db, act->arena,
                              &(struct sql_setting_get){ .name = STR(SETTING) }, &row);
    if (e == E_NOT_FOUND) {
        *ret = (ts_t){ 0 };
        return E_OK;
    }
    TRY(e);
    if (ts_parse(row.value, ret) != E_OK)
        return FAIL(&act->why, E_CORRUPT, "the setting %s is not what was written", SETTING);
    return E_OK;
}

err_t clock_seen_put(struct act *act, ts_t seen)
{
    char text[TS_TEXT];
    ts_format(seen, text);
    return sql_setting_set(act->db, &(struct sql_setting_set){ .name = STR(SETTING),
                                                               .value = str_of(text, sizeof text),
                                                               .now = act->now });
}
