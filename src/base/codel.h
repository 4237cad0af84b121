/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CoDel (RFC 8289) for a queue of requests: a queue that empties again and again is a burst and is
 * served; one in which everybody waited longer than the target for a whole interval stands, and
 * only makes its clients wait. RFC 8289's control law drops one packet at a time until senders slow
 * down. Requests do not slow down, they come back: so while the queue stands, whoever has waited
 * for twice the target is refused, however many they are.
 *
 * Not safe between threads; time comes from the caller.
 */
#ifndef BASE_CODEL_H
#define BASE_CODEL_H

#include "base/clock.h"

/* The interval is the time in which senders can react, the target a twentieth of it (RFC 8289
 * section 4.4). */
struct codel_law {
    dur_t target;
    dur_t interval;
};

struct codel {
    dur_t least; /* the shortest wait of this interval */
    dur_t ends;  /* of this interval; 0: none has begun */
    bool stands;
};

/*
 * One leaves the queue after `waited`. `idle`: no more wait behind it than can begin at once, so
 * that nothing stands. True: refuse it.
 */
bool codel_refuses(struct codel *c, const struct codel_law *law, dur_t now, dur_t waited,
                   bool idle);

#endif
