/* SPDX-License-Identifier: Apache-2.0 */
/* Which jobs there are, how often, and what each does. */
#ifndef APP_JOB_KINDS_H
#define APP_JOB_KINDS_H

#include "api/services.h"
#include "domain/live/act.h"
#include "plat/db/writer.h"

struct job_task;

struct job_kind {
    const char *name; /* of its row */
    int64_t every_s;
    err_t (*run)(struct job_task *task);          /* one slice, in the writer's transaction */
    bool (*presses)(const struct job_task *task); /* NULL: never before its time */
    void (*applied)(struct job_task *task);       /* memory, after COMMIT; NULL: nothing */
    bool at_once;                                 /* its `more` does not wait for the next tick */
};

struct job_task {
    const struct job_kind *kind;
    struct jobs *jobs;
    struct services *services;
    struct write_job write;
    struct arena *arena;
    struct act act;
    dur_t next;        /* CLOCK_MONOTONIC: when to look again */
    _Atomic bool busy; /* with the writer */
    bool pressed;
    bool more;  /* the slice was full: come back at once */
    str_t line; /* for the log, after COMMIT */
};

enum { JOB_KINDS = 21 };
extern const struct job_kind job_kinds[JOB_KINDS];

/* job_credentials.c */
err_t job_credentials(struct job_task *task) MUST_USE;
err_t job_approvals(struct job_task *task) MUST_USE;

/* sampler.c: figures over time */
err_t job_series(struct job_task *task) MUST_USE;
bool job_series_presses(const struct job_task *task);
void job_series_applied(struct job_task *task);

#endif
