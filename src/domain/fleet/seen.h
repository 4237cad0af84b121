/* SPDX-License-Identifier: Apache-2.0 */
/* Last seen: kept in memory, written in batches, only where it moved by a minute (FLEET "Devices"
 * 5). Never a status. */
#ifndef DOMAIN_FLEET_SEEN_H
#define DOMAIN_FLEET_SEEN_H

#include "domain/live/act.h"

#define SEEN_LEAST DUR_S(60)

struct device_seen {
    oid_t org;
    oid_t device;
    ts_t at;
};

/* On the writer. A device that is gone is passed over. */
err_t device_seen_batch(struct act *act, const struct device_seen *rows, size_t n) MUST_USE;

/* What a device says of itself beside being there: written when the version is another one, metrics
 * once a minute at most. Either may be absent. */
err_t device_heartbeat(struct act *act, oid_t device, str_t client_version, str_t metrics) MUST_USE;
/* Would it write anything? Reads only: most heartbeats need no writer. */
err_t device_heartbeat_due(struct act *act, oid_t device, str_t client_version, str_t metrics,
                           bool *ret) MUST_USE;

#endif
