/* SPDX-License-Identifier: Apache-2.0 */
/* The connections: one a device, or fewer that all share, whoever waits longest first. */
#ifndef FLEET_SIM_LANES_H
#define FLEET_SIM_LANES_H

#include "../conn.h"

#include "base/clock.h"

struct sim;
struct device;

enum lane_phase { LANE_CLOSED, LANE_CONNECTING, LANE_OPEN };

/* What an epoll event is for; first in what it stands for. */
struct endpoint {
    void (*ready)(struct sim *s, struct endpoint *e);
};

struct lane {
    struct endpoint end;
    struct conn conn;
    struct device *device; /* whose question is under way; NULL: idle */
    int64_t sent_us;       /* the question, or the connecting */
    struct lane *next;     /* in the queue of idle ones, when shared */
    enum lane_phase phase;
    bool used; /* has carried an answer: when it ends unasked it was merely old */
};

struct lanes {
    struct lane *all;
    size_t n;
    bool shared;
    int epoll;
    struct lane *idle_first, *idle_last;
    struct device *queue_first, *queue_last; /* devices that wait for a connection */
    char *scratch;                           /* CONN_SCRATCH bytes */
    size_t open;
};

bool lanes_init(struct sim *s, size_t n, bool shared);
void lanes_fini(struct lanes *l);
/* Ask what the device wants to ask; a failure is told to the device. */
void lanes_ask(struct sim *s, struct device *d);
/* Drop the device's connection, and its question if one is under way. */
void lanes_drop(struct sim *s, struct device *d);
/* Questions that wait longer than this get no answer any more. */
void lanes_give_up(struct sim *s, dur_t patience);
/* A descriptor of ours: begin to connect, watched for `end`. False: it failed, the device knows. */
bool lanes_connect(struct sim *s, struct conn *c, struct endpoint *end);
/* Its socket is writable: 0 when it is connected, and from then on watched for what comes. */
int lanes_connected(struct sim *s, struct conn *c, struct endpoint *end);
/* Wait for at most `ms`, then serve what is ready. */
void lanes_serve(struct sim *s, int ms);

#endif
