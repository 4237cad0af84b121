/* SPDX-License-Identifier: Apache-2.0 */
/* Last use, as memory notes it: collected by jobs, which write it down in batches. */
#ifndef DOMAIN_LIVE_SEEN_H
#define DOMAIN_LIVE_SEEN_H

#include "domain/live/live.h"

/* Devices whose last seen moved by `least` or more since it was collected last: at most `max` of
 * them. */
struct live_seen {
    oid_t device;
    oid_t org;
    ts_t at;
};
size_t live_seen_collect(struct live *l, dur_t least, struct live_seen *ret, size_t max);
/* The same for signings-in, by any token that follows from them; one may come more than once. */
struct live_session_seen {
    oid_t session;
    ts_t at;
};
size_t live_sessions_collect(struct live *l, dur_t least, struct live_session_seen *ret,
                             size_t max);
/* When this device was seen last, as far as memory knows. Absent: it does not. */
ts_t live_seen_at(struct live *l, oid_t device);

#endif
