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
    str_t client_version; /* absent: not said */
    str_t metrics;        /* a JSON object; absent: not said */
};

/* On the writer. A device that is gone is passed over. */
err_t device_seen_batch(struct act *act, const struct device_seen *rows, size_t n) MUST_USE;

#endif
