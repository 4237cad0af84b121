/* SPDX-License-Identifier: Apache-2.0 */
/* What waits for a change of its device is noted on the device's row in memory: a change finds it
 * without looking at the others, and the row stays in memory as long. */
#ifndef DOMAIN_LIVE_PARK_H
#define DOMAIN_LIVE_PARK_H

#include "domain/live/live.h"

/*
 * At most one poll and one stream of a device are parked, the newest: `born` numbers them in the
 * order in which they came, and `where` says which loop they are on.
 */
enum live_park_kind { LIVE_POLL, LIVE_STREAM, LIVE_PARK_KINDS };
struct live_park {
    enum live_park_kind kind;
    unsigned where; /* below 2^16 - 1 */
    uint64_t born;  /* 1 .. 2^48 - 1 */
};
enum live_parked {
    LIVE_PARKED,
    LIVE_MOVED,    /* the row is another one than was asked, or not fresh: ask again */
    LIVE_REPLACED, /* a newer one is parked */
};

/* Parked only while the row is the one that was asked, fresh, with this ETag. *ret_older: an older
 * one lost its place to it; where it is on another loop it is woken, and sees that. */
enum live_parked live_park(struct live *l, const digest_t *token, const struct live_hit *hit,
                           const struct live_park *park, bool *ret_older);
/* What was parked: does it still hold, and is what its client knows still true? */
struct live_known {
    uint64_t stamp; /* of the row */
    digest_t etag;
};
enum live_parked live_park_check(struct live *l, oid_t device, const struct live_known *known,
                                 const struct live_park *park);
void live_unpark(struct live *l, oid_t device, const struct live_park *park);

#endif
