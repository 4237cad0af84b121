/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A few threads for what must not run on a loop, behind a bounded queue per class: known callers
 * before newcomers, and the newest is refused when a queue is full (SAFETY rule 13).
 */
#ifndef PLAT_LOOP_WORKERS_H
#define PLAT_LOOP_WORKERS_H

#include "base/clock.h"

enum work_class { WORK_FIRST, WORK_KNOWN, WORK_NEW, WORK_CLASSES };

/* Owned by the submitter until `run` is called, once, on a worker's thread. */
struct work {
    struct work *next;
    enum work_class class;
    void (*run)(struct work *w, void *worker); /* `worker`: what make() gave this thread */
};

struct workers;

struct workers_cfg {
    unsigned threads;
    size_t queue_max; /* waiting jobs per class */
    /* Each thread's own things, e.g. a reader connection. */
    err_t (*make)(void *arg, struct diag *why, void **ret_worker);
    void (*end)(void *arg, void *worker);
    void *arg;
};

err_t workers_new(const struct workers_cfg *cfg, struct diag *why, struct workers **ret) MUST_USE;
/* E_OVERLOADED, E_STOPPING. From any thread. */
err_t workers_submit(struct workers *w, struct work *work) MUST_USE;
size_t workers_queued(struct workers *w);
/* Run what is queued, then join. */
void workers_free(struct workers *w);

#endif
