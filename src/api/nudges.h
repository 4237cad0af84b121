/* SPDX-License-Identifier: Apache-2.0 */
/* What one loop keeps of those that wait on it: their rows, who has to be looked at, and the
 * batches that workers load. */
#ifndef API_NUDGES_H
#define API_NUDGES_H

#include "api/nudge.h"
#include "base/map.h"
#include "base/slab.h"
#include "plat/loop/workers.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    NUDGE_INBOX = 256, /* devices to look at; more of them: everybody is looked at */
    NUDGE_BATCH = 64,  /* loaded in one read transaction */
    NUDGE_BATCHES = 3, /* of a loop, under way; the first is for devices that changed themselves */
    NUDGE_SLICE = 256, /* looked at before the other connections of the loop have their turn */
};

struct nudge_list {
    struct nudge *first;
    struct nudge **last;
};

/* What a worker is told of a nudge, and what it found. */
struct nudge_item {
    struct nudge *nudge; /* the loop's: the worker leaves it alone */
    oid_t device;
    oid_t org;
    digest_t token;
    const struct parked_jwt *jwt; /* the nudge's, which stays while a worker has this */
    err_t result;
    const char *status; /* of the device, where the result is a refusal */
};

struct nudge_batch {
    struct work work;
    struct loop_msg msg;
    struct api_loop *loop;
    bool out; /* a worker has it */
    size_t n;
    struct nudge_item items[NUDGE_BATCH];
};

struct nudge_inbox {
    pthread_mutex_t lock;
    size_t n;
    bool all;
    oid_t devices[NUDGE_INBOX];
};

struct nudges { /* of one loop */
    struct slab rows;
    struct map by_device; /* those that have not ended */
    struct nudge_list urgent;
    struct nudge_list due;
    struct nudge_list later; /* could not be loaded just now */
    struct nudge_list over;  /* a newer one took their place */
    struct loop_timer retry;
    size_t scan_left; /* rows to look at, from scan_at on */
    uint32_t scan_at;
    _Atomic bool posted;
    struct loop_msg wake;
    struct loop_msg release;
    struct nudge_inbox inbox;
    struct nudge_batch batches[NUDGE_BATCHES];
};

#endif
