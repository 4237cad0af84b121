/* SPDX-License-Identifier: Apache-2.0 */
/* Inside plat/db: one group of jobs in one transaction, and what happens when that fails. */
#ifndef PLAT_DB_WRITE_GROUP_H
#define PLAT_DB_WRITE_GROUP_H

#include "plat/db/ballast.h"
#include "plat/db/checkpoint.h"
#include "plat/db/writer.h"

/*
 * A savepoint copies every page that its job is the first to touch: a sixth of a durable enrolment.
 * Jobs hardly ever fail after they have changed a row, so they run without one; a group in which
 * one does is run again with them, and so are the WRITE_GROUPS_GUARDED after it.
 */
enum { WRITE_GROUP_MAX = 256, WRITE_GROUPS_GUARDED = 64 };
#define WRITE_GROUP_TIME_MAX DUR_MS(2)

struct write_group {
    struct db *db;
    struct checkpoint *checkpoint;
    struct ballast ballast;
    struct write_follower follower;
    bool disk_full;
    bool failed;
    const char *cause;     /* why, for the administrator */
    dur_t looked_at;       /* on a full disk: when room was last looked for */
    uint64_t wal_frames;   /* in the log after the last COMMIT */
    uint64_t wal_limit;    /* wait for the checkpointer past this */
    unsigned guarded_left; /* groups whose jobs have savepoints */
    bool torn;             /* a job failed after it had changed a row, without one */
    int64_t changes;       /* rows that were changed before the job */
    size_t jobs_n;
    struct write_job *jobs[WRITE_GROUP_MAX];
    err_t results[WRITE_GROUP_MAX];
};

/* Where jobs come from, and who counts them. */
struct write_group_source {
    void *arg;
    struct write_job *(*next)(void *arg); /* NULL: none waits */
    void (*count)(void *arg, const struct write_group *g);
};

err_t write_group_init(struct write_group *g, const struct writer_cfg *cfg,
                       struct diag *why) MUST_USE;
void write_group_fini(struct write_group *g); /* half made is fine */

/* At most `max` jobs, or what comes within 2 ms; each is done when this returns. */
void write_group_run(struct write_group *g, const struct write_group_source *from, size_t max);
/* Between two groups: wait for the checkpointer when the log is long. */
void write_group_rest(struct write_group *g);
/* On a full disk, once a second: is there room again? */
void write_group_recover(struct write_group *g);

#endif
