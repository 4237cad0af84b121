/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/identity/rates.h"

#include "base/num.h"
#include "sql/store.h"

#define RATE(code, name, setting, burst, least, text) [RATE_##code] = { name, burst, least },
const struct rate_info rate_infos[RATES] = {
#include "domain/identity/rate.def"
};
#undef RATE

struct gcra_rate rates_get(const struct rates *r, enum rate which)
{
    int64_t n = rates_per_minute(r, which);
    int64_t burst = rate_infos[which].burst;
    return r->on ? gcra_per_minute(n, burst != 0 ? burst : n) : (struct gcra_rate){ 0 };
}

static err_t setting_name(struct act *act, size_t which, str_t *ret)
{
    return str_format(act->arena, ret, "limits.%s", rate_infos[which].name);
}

static err_t rate_load(struct act *act, size_t which, int64_t *ret)
{
    struct row_setting row;
    str_t name;
    int64_t n = 0;
    TRY(setting_name(act, which, &name));
    err_t e = sql_setting_get(act->db, act->arena, &(struct sql_setting_get){ .name = name }, &row);
    if (e != E_NOT_FOUND) {
        TRY(e);
        if (num_parse_i64(row.value, &n) != E_OK)
            return FAIL(&act->why, E_CORRUPT, "the setting %.*s is not what was written",
                        STR_ARG(name));
    }
    *ret = n == 0 || n >= rate_infos[which].least ? n : rate_infos[which].least;
    return E_OK;
}

err_t rates_load(struct act *act, int64_t ret[static RATES])
{
    int64_t set[RATES];
    for (size_t i = 0; i < RATES; i++)
        TRY(rate_load(act, i, &set[i]));
    memcpy(ret, set, sizeof set);
    return E_OK;
}

static err_t rate_keep(struct act *act, size_t which, int64_t n)
{
    str_t name;
    str_t value;
    TRY(setting_name(act, which, &name));
    if (n == 0)
        return sql_setting_drop(act->db, &(struct sql_setting_drop){ .name = name });
    TRY(str_format(act->arena, &value, "%lld", (long long)n));
    return sql_setting_set(
        act->db, &(struct sql_setting_set){ .name = name, .value = value, .now = act->now });
}

err_t rates_keep(struct act *act, const int64_t set[static RATES])
{
    for (size_t i = 0; i < RATES; i++) {
        const struct rate_info *info = &rate_infos[i];
        if (set[i] != 0 && (set[i] < info->least || set[i] > RATE_MOST))
            return diag_set_field(&act->why, E_BAD_FIELD, info->name, "want %lld to %d",
                                  (long long)info->least, RATE_MOST);
        TRY(rate_keep(act, i, set[i]));
    }
    return E_OK;
}

void rates_init(struct rates *r)
{
    (void)pthread_mutex_init(&r->lock, NULL); /* a default mutex cannot fail here */
}

void rates_fini(struct rates *r)
{
    (void)pthread_mutex_destroy(&r->lock);
}

uint64_t rates_turn(struct rates *r)
{
    return atomic_fetch_add_explicit(&r->turns, 1, memory_order_relaxed) + 1;
}

bool rates_apply(struct rates *r, const int64_t set[static RATES], uint64_t turn)
{
    if (turn < r->turn)
        return false;
    r->turn = turn;
    for (size_t i = 0; i < RATES; i++)
        atomic_store_explicit(&r->set[i], set[i], memory_order_relaxed);
    return true;
}
