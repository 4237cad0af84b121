/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call of an upstream: through its breaker and its queue, and again where it certainly was not
 * run.
 *
 *   idle -> queued -> running -> over
 *              ^--- resting <--'   it was not run: later once more
 */
#ifndef MCP_TRIP_H
#define MCP_TRIP_H

#include "mcp/up.h"

struct node;
struct trip;

enum trip_state { TRIP_IDLE, TRIP_QUEUED, TRIP_RUNNING, TRIP_RESTING };
enum { TRIP_PRIORITIES = 3, TRIP_TRIES_MAX = 4 };

/* As of struct up_call_events. */
struct trip_events {
    void (*note)(struct trip *t, str_t notification);
    void (*ask)(struct trip *t, uint64_t ask, str_t method, str_t params);
    void (*poll)(struct trip *t, dur_t in); /* NULL: it is of no interest */
    void (*input)(struct trip *t, str_t input_requests, str_t state);
    void (*done)(struct trip *t, str_t result, str_t error);
    void (*fail)(struct trip *t, const struct up_failure *why);
};

/* Caller's memory; `in` and its texts stay until the trip is over. */
struct trip {
    struct trip *next; /* in its queue */
    struct node *node;
    enum trip_state state;
    const struct trip_events *on;
    struct up_in in;
    struct up_call up;
    unsigned priority; /* 0 goes last */
    unsigned tries;
    dur_t begun; /* when it was first tried, CLOCK_MONOTONIC; 0: never */
    dur_t tried; /* and last */
    bool paused;
    dur_t deadline; /* of waiting, CLOCK_MONOTONIC */
    struct loop_timer timer;
};

/* E_OVERLOADED: the queue is full. E_IO: the breaker is open. Nothing is told then. */
err_t trip_start(struct trip *t, struct node *n, struct diag *why) MUST_USE;
/* Nothing is told any more. Idle is fine. */
void trip_cancel(struct trip *t, str_t reason);
void trip_pause(struct trip *t, bool paused);

#endif
