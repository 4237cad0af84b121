/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receivers that are being called, or whose last call failed: nobody else calls one meanwhile, and
 * one that fails is left alone a little, so that what is slow or dead takes one thread at the most
 * and what waits for it does not fill them all. Under the lock of whoever has the table.
 */
#ifndef APP_HELD_H
#define APP_HELD_H

#include "base/clock.h"
#include "base/id.h"

enum { HELD_MAX = 256 };

struct held_one {
    oid_t id; /* of a webhook or an application */
    bool busy;
    int64_t failures; /* in a row */
    dur_t until;      /* CLOCK_MONOTONIC */
};
struct held {
    size_t n;
    struct held_one v[HELD_MAX];
};

/* False: not now. Who gets true calls it, and gives it back. */
bool held_take(struct held *h, oid_t id);
void held_give(struct held *h, oid_t id, bool ok);

#endif
