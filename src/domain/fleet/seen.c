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
            .client_version = rows[i].client_version,
            .metrics = rows[i].metrics,
        };
        TRY(sql_device_seen_set(act->db, &in));
    }
    return E_OK;
}
