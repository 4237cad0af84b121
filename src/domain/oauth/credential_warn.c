/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/service_key.h"

/* Days before the end at which somebody is warned, the last one first. */
static const int64_t steps[] = { 1, 7, 30 };

static ts_t days_on(const struct act *act, int64_t days)
{
    return (ts_t){ act->now.us + days * DUR_DAYS(1).us };
}

/* The nearest step; of what lives no longer than that nobody is warned, and the store gives none
 * such. */
static int64_t step_of(const struct act *act, const struct row_ending *row)
{
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        if (row->expires_at.us <= days_on(act, steps[i]).us)
            return steps[i];
    }
    return steps[ARRAY_LEN(steps) - 1];
}

err_t credentials_warn(struct act *act, int64_t limit, struct credential_ending **ret,
                       size_t *ret_n)
{
    const struct sql_credentials_ending in = { .now = act->now,
                                               .day_1 = days_on(act, 1),
                                               .day_7 = days_on(act, 7),
                                               .day_30 = days_on(act, 30),
                                               .limit = limit };
    struct row_ending *rows = NULL;
    size_t n = 0;
    TRY(sql_credential_warned_expire(
        act->db, &(struct sql_credential_warned_expire){ .now = act->now, .limit = limit }));
    TRY(sql_credentials_ending(act->db, act->arena, &in, &rows, &n));
    struct credential_ending *endings = ARENA_ARRAY(act->arena, struct credential_ending, n + 1);
    if (endings == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        endings[i] = (struct credential_ending){ rows[i], step_of(act, &rows[i]) };
        const struct sql_credential_warned_put put = { .id = rows[i].id,
                                                       .days = endings[i].days,
                                                       .until = rows[i].expires_at };
        TRY(sql_credential_warned_put(act->db, &put));
    }
    *ret = endings;
    *ret_n = n;
    return E_OK;
}
