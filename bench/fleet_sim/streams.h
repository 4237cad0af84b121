/* SPDX-License-Identifier: Apache-2.0 */
/* --stream: a connection of its own for each device, over which the server says "ask again"
 * (server-sent events, WHATWG HTML section 9.2). What is asked goes over the shared ones. */
#ifndef FLEET_SIM_STREAMS_H
#define FLEET_SIM_STREAMS_H

#include "events.h"
#include "lanes.h"

struct stream {
    struct endpoint end;
    struct conn conn;
    enum lane_phase phase;
    bool counted; /* it is open: its 200 has come */
    struct events events;
};

struct streams {
    struct stream *all; /* of each device; NULL: without --stream */
    size_t open;
    int64_t spread_us; /* as the server said; -1: it did not */
};

bool streams_init(struct sim *s);
void streams_fini(struct sim *s);
/* Is there one, or is it coming? */
bool stream_stands(const struct sim *s, const struct device *d);
/* Open the device's stream; a failure is told to the device. */
void stream_open(struct sim *s, struct device *d);
void stream_drop(struct sim *s, struct device *d);

#endif
