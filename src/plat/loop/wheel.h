/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A timer wheel: starting, moving and stopping a timer costs a few pointers, however many there
 * are. It knows ticks, not time; a slot also holds timers of later rounds, which are passed over.
 */
#ifndef PLAT_LOOP_WHEEL_H
#define PLAT_LOOP_WHEEL_H

#include "base/attr.h"

#include <stdbool.h>
#include <stdint.h>

/* Caller's memory; zero is a timer that is not started. */
struct loop_timer {
    struct loop_timer *prev;
    struct loop_timer *next;
    uint64_t due_tick;
    void (*fire)(struct loop_timer *t);
};

enum { WHEEL_SLOTS = 512 };

struct wheel {
    uint64_t tick; /* every timer due up to here has fired */
    size_t started;
    struct loop_timer slots[WHEEL_SLOTS]; /* heads of rings */
};

void wheel_init(struct wheel *w, uint64_t tick);
/* A due tick that has passed already fires at the next tick. */
void wheel_start(struct wheel *w, struct loop_timer *t, uint64_t due_tick);
void wheel_stop(struct wheel *w, struct loop_timer *t);
/* Fire what is due up to `tick`; a timer is stopped before it fires, and may then start and stop
 * any. */
void wheel_advance(struct wheel *w, uint64_t tick);

#endif
