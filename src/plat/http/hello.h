/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside plat/http: the budget of TLS handshakes (SAFETY rule 13). One costs as much as a hundred
 * polls; a fleet that reconnects would hold up everybody who is connected already. So a loop spends
 * at most HELLO_BUDGET of each turn on handshakes (one is always made), and the others wait in the
 * order in which their bytes came.
 */
#ifndef PLAT_HTTP_HELLO_H
#define PLAT_HTTP_HELLO_H

#include "base/clock.h"
#include "plat/loop/loop.h"

#define HELLO_BUDGET DUR_MS(2)

struct conn;

/* Of a connection; all zero while it does not wait. */
struct hello_link {
    struct conn *prev;
    struct conn *next;
    bool waits;
};

/* Of a lane. */
struct hellos {
    struct conn *first;
    struct conn *last;
    struct loop_msg serve;
    bool posted;
    dur_t turn;  /* the loop's time when this turn began */
    dur_t spent; /* in this turn */
    dur_t began; /* of the one at hand */
};

/* Before a step of a handshake: true: make it, and tell hello_done. False: it waits, and its
 * connection will be turned again. */
bool hello_may(struct conn *c);
void hello_done(struct conn *c);
void hello_forget(struct conn *c); /* the connection ends */

#endif
