/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one writer: a thread, a connection, group commit (HOUSE, "One request" 11-12).
 *
 * BEGIN IMMEDIATE once per group. A job that fails before its first write has changed nothing, and
 * may then write its refusal (an audit event). One that fails after it loses the group: its jobs
 * are run again, each under a savepoint opened at its first write, to which those that fail are
 * rolled back. The group is committed when the queue is empty, at 256 jobs or after 2 ms. After the
 * COMMIT: `applied` of every job that succeeded, in order, then `done` of all. If COMMIT fails, or
 * the engine rolled back by itself, each job is run once more alone; what fails again is done with
 * that error. Jobs are repeatable: `run` and `refused` may be called up to three times, and start
 * from the same inputs each time.
 */
#ifndef PLAT_DB_WRITER_H
#define PLAT_DB_WRITER_H

#include "base/load.h"
#include "plat/db/db.h"

enum write_class {
    WRITE_NORMAL, /* in the order of `load` */
    WRITE_URGENT, /* revoke, block: goes first, and is all that runs on a full disk */
    WRITE_BULK,   /* slices of long work: run only between groups, one per group */
};

struct write_job {
    struct write_job *next; /* the queue's own */
    enum write_class class;
    enum load_class load; /* of WRITE_NORMAL: what goes first, and is refused last */
    bool patient; /* nobody waits for it: up to WRITE_LINGER_MAX for company, one commit for all */
    err_t (*run)(struct write_job *job, struct db *db);
    /* After the rollback; may be NULL. What it writes stays, unless it fails. */
    err_t (*refused)(struct write_job *job, struct db *db, err_t e);
    void (*applied)(struct write_job *job); /* may be NULL; memory, after COMMIT */
    /* On the writer's thread; the job is the owner's again. */
    void (*done)(struct write_job *job, err_t e);
};

/* What else must follow a transaction's fate: the audit heads in memory. On the writer's thread. */
struct write_follower {
    void *arg;
    void (*mark)(void *arg);   /* before a job */
    void (*rewind)(void *arg); /* the job was rolled back: back to the mark */
    void (*commit)(void *arg); /* the group is durable */
    void (*abort)(void *arg);  /* the group is lost: back to the last commit */
};

#define WRITE_WAIT_MAX   DUR_MS(250)
#define WRITE_LINGER_MAX DUR_MS(20)
enum { WRITE_COMPANY = 64 }; /* patient jobs that wait for no more */

struct writer_cfg {
    const char *dir;  /* data directory */
    size_t queue_max; /* normal jobs that wait, at most; as many urgent ones; as many of bulk */
    struct write_follower follower;
};

struct writer_stats {
    uint64_t jobs;
    uint64_t groups;
    uint64_t wal_frames;
    size_t queued;
    size_t limit;   /* how many normal ones may wait, as fast as the disk is now */
    bool disk_full; /* only WRITE_URGENT runs, until there is room again */
    bool failed;    /* an fsync failed or a page is corrupt: nothing is written until a restart */
    const char *cause; /* why it failed, a static text; NULL: it did not */
};

struct writer;

err_t writer_new(const struct writer_cfg *cfg, struct diag *why, struct writer **ret) MUST_USE;
/*
 * E_OVERLOADED: the share of the job's class is taken. E_STOPPING. Else the job belongs to the
 * writer until `done`. From any thread. No more normal jobs are taken than are done in
 * WRITE_WAIT_MAX at the pace of the disk (base/pace.h); one group is always taken.
 */
err_t writer_submit(struct writer *w, struct write_job *job) MUST_USE;
/* Would a normal job of this class be taken? Costs two loads; the answer may be old already. */
bool writer_has_room(const struct writer *w, enum load_class load, bool known);
void writer_stats(struct writer *w, struct writer_stats *ret);
/* Run what is queued, commit, checkpoint, join. */
void writer_free(struct writer *w);

#endif
