/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A few threads for what must not run on a loop, behind one bounded queue that is served by class,
 * known callers before newcomers; the newest is refused when the share of its class is taken, and
 * whoever has waited too long while the queue stands (SAFETY rule 13, base/codel.h). What is urgent
 * waits in a room of its own and is always served.
 */
#ifndef PLAT_LOOP_WORKERS_H
#define PLAT_LOOP_WORKERS_H

#include "base/clock.h"
#include "base/load.h"

/* Owned by the submitter until `run` or `refused` is called, once, on a worker's thread. */
struct work {
    struct work *next;
    enum load_class class;
    bool known;                                /* the caller is in memory */
    dur_t since;                               /* the queue's own: when it came */
    void (*run)(struct work *w, void *worker); /* `worker`: what make() gave this thread */
    void (*refused)(struct work *w);           /* it waited too long; NULL: run it all the same */
};

struct workers;

struct workers_cfg {
    unsigned threads;
    size_t queue_max; /* waiting jobs of all classes but the urgent; as many of these */
    /* Each thread's own things, e.g. a reader connection. */
    err_t (*make)(void *arg, struct diag *why, void **ret_worker);
    void (*end)(void *arg, void *worker);
    void *arg;
};

struct workers_stats {
    size_t queued[LOAD_CLASSES];
    uint64_t taken; /* jobs that left the queue */
    dur_t waited;   /* the time that they waited, summed */
    bool stands;    /* the queue of some class stands */
};

err_t workers_new(const struct workers_cfg *cfg, struct diag *why, struct workers **ret) MUST_USE;
/* E_OVERLOADED, E_STOPPING. From any thread. */
err_t workers_submit(struct workers *w, struct work *work) MUST_USE;
/* Would one of this class be taken? Costs two loads; the answer may be old already. */
bool workers_have_room(const struct workers *w, enum load_class class, bool known);
void workers_stats(struct workers *w, struct workers_stats *ret);
/* Run what is queued, then join: from then on who submits is told E_STOPPING. */
void workers_stop(struct workers *w);
void workers_free(struct workers *w); /* stops it first; nobody may submit any more */

#endif
