/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An event loop (libuv): one per thread. Other threads reach it only by its mailbox; timers come
 * from one wheel. Nothing that runs on a loop may block.
 */
#ifndef PLAT_LOOP_LOOP_H
#define PLAT_LOOP_LOOP_H

#include "base/clock.h"

struct loop;

/* A message to a loop: owned by the sender until `run` is called, on the loop's thread, once. */
struct loop_msg {
    struct loop_msg *next; /* the mailbox's own */
    void (*run)(struct loop_msg *msg);
};

/* Caller's memory; zero is a timer that is not started. */
struct loop_timer {
    struct loop_timer *prev;
    struct loop_timer *next;
    uint64_t due_tick;
    void (*fire)(struct loop_timer *t);
};

enum { LOOP_TICK_MS = 50 }; /* the wheel's step: deadlines are exact to one tick */

err_t loop_new(struct diag *why, struct loop **ret) MUST_USE;
void loop_free(struct loop *l);
void loop_run(struct loop *l);  /* returns after loop_stop */
void loop_stop(struct loop *l); /* from any thread */
/* From any thread; the order of one sender is kept. Never fails. */
void loop_post(struct loop *l, struct loop_msg *msg);
/* On the loop's thread. Starting a started timer moves it. */
void loop_timer_start(struct loop *l, struct loop_timer *t, dur_t in,
                      void (*fire)(struct loop_timer *t));
void loop_timer_stop(struct loop *l, struct loop_timer *t);
/* The loop's clock, read once an iteration. */
dur_t loop_now(const struct loop *l);

#endif
