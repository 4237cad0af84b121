/* SPDX-License-Identifier: Apache-2.0 */
/* Inside plat/db: one group of jobs in one transaction, and what happens when that fails. */
#ifndef PLAT_DB_GROUP_H
#define PLAT_DB_GROUP_H

#include "plat/db/ballast.h"
#include "plat/db/checkpoint.h"
#include "plat/db/writer.h"

enum { GROUP_MAX = 256 };
#define GROUP_TIME_MAX DUR_MS(2)

struct group {
    struct db *db;
    struct checkpoint *checkpoint;
    struct ballast ballast;
    struct write_follower follower;
    bool disk_full;
    bool failed;
    const char *cause;   /* why, for the administrator */
    dur_t looked_at;     /* on a full disk: when room was last looked for */
    uint64_t wal_frames; /* in the log after the last COMMIT */
    uint64_t wal_limit;  /* wait for the checkpointer past this */
    size_t jobs_n;
    struct write_job *jobs[GROUP_MAX];
    err_t results[GROUP_MAX];
};

/* Where jobs come from, and who counts them. */
struct group_source {
    void *arg;
    struct write_job *(*next)(void *arg); /* NULL: none waits */
    void (*count)(void *arg, const struct group *g);
};

err_t group_init(struct group *g, const struct writer_cfg *cfg, struct diag *why) MUST_USE;
void group_fini(struct group *g); /* half made is fine */

/* At most `max` jobs, or what comes within 2 ms; each is done when this returns. */
void group_run(struct group *g, const struct group_source *from, size_t max);
/* Between two groups: wait for the checkpointer when the log is long. */
void group_rest(struct group *g);
/* On a full disk, once a second: is there room again? */
void group_recover(struct group *g);

#endif
