/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An event loop (libuv): one per thread. Other threads reach it only by its mailbox; timers come
 * from one wheel. Nothing that runs on a loop may block.
 */
#ifndef PLAT_LOOP_LOOP_H
#define PLAT_LOOP_LOOP_H

#include "base/clock.h"
#include "plat/loop/wheel.h"

struct loop;

/* A message to a loop: owned by the sender until `run` is called, on the loop's thread, once. */
struct loop_msg {
    struct loop_msg *next; /* the mailbox's own */
    void (*run)(struct loop_msg *msg);
};

enum { LOOP_TICK_MS = 50 }; /* the wheel's step: deadlines are exact to one tick */

err_t loop_new(struct diag *why, struct loop **ret) MUST_USE;
/* Runs what is left in the mailbox. Every watch must be closed. */
void loop_free(struct loop *l);
void loop_run(struct loop *l);  /* returns after loop_stop; may be run again */
void loop_stop(struct loop *l); /* from any thread */
/* From any thread; the order of one sender is kept. Never fails. */
void loop_post(struct loop *l, struct loop_msg *msg);
/* On the loop's thread. Starting a started timer moves it. */
void loop_timer_start(struct loop *l, struct loop_timer *t, dur_t in,
                      void (*fire)(struct loop_timer *t));
void loop_timer_stop(struct loop *l, struct loop_timer *t);
/* Descriptors that are watched, or whose watch is being closed. */
size_t loop_watches(struct loop *l);
/* The loop's clock, read once an iteration. */
dur_t loop_now(struct loop *l);

/* What a descriptor is watched for, and what its callback is told. */
enum {
    LOOP_READ = 1,
    LOOP_WRITE = 2,
    LOOP_LEFT = 4, /* the peer sends no more; reported again and again while armed */
    LOOP_GONE = 8, /* the connection is broken; always reported, then the watch is unarmed */
};

enum { LOOP_HANDLE_WORDS = 20 };

/* Caller's memory, until `closed` was called. */
struct loop_watch {
    uint64_t handle[LOOP_HANDLE_WORDS]; /* libuv's own */
    void (*ready)(struct loop_watch *w, unsigned events);
    void (*closed)(struct loop_watch *w);
    unsigned armed;
};

/* Watch a non-blocking descriptor, for nothing yet. E_IO. */
err_t loop_watch_open(struct loop *l, struct loop_watch *w, int fd,
                      void (*ready)(struct loop_watch *w, unsigned events)) MUST_USE;
/* Costs two system calls where the set changes, none where it does not. */
void loop_watch_arm(struct loop_watch *w, unsigned events);
/* The descriptor may be closed only in `closed`, which is called in a later iteration. */
void loop_watch_close(struct loop_watch *w, void (*closed)(struct loop_watch *w));

#endif
