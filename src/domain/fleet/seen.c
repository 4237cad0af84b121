/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/fleet/seen.h"

#include "sql/fleet.h"

err_t device_seen_batch(struct act *act, const struct device_seen *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct sql_device_seen_set in = {
            .org = rows[i].org,
            .id = rows[i].device,
            .at = rows[i].at,
            .least = { rows[i].at.us - SEEN_LEAST.us },
        };
        TRY(sql_device_seen_set(act->db, &in));
    }
    return E_OK;
}

err_t device_heartbeat(struct act *act, oid_t device, str_t client_version, str_t metrics)
{
    struct sql_device_beat in = {
        .org = act->org,
        .id = device,
        .now = act->now,
        .least = { act->now.us - SEEN_LEAST.us },
        .client_version = client_version,
        .metrics = metrics,
    };
    if (client_version.p == NULL && metrics.p == NULL)
        return E_OK;
    return sql_device_beat(act->db, &in);
}

err_t device_heartbeat_due(struct act *act, oid_t device, str_t client_version, str_t metrics,
                           bool *ret)
{
    struct sql_device_beat_due in = {
        .org = act->org,
        .id = device,
        .least = { act->now.us - SEEN_LEAST.us },
        .client_version = client_version,
        .metrics = metrics,
    };
    struct sql_device_beat_due_row row;
    err_t e = sql_device_beat_due(act->db, act->arena, &in, &row);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    *ret = e == E_OK;
    return E_OK;
}
