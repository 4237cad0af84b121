/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work that comes round: expiry, last-seen batches, checkpoints of the record. When each is due is
 * a row of the table `job`, so a restart forgets nothing; each runs on the writer, in slices,
 * between groups.
 */
#ifndef APP_JOBS_H
#define APP_JOBS_H

#include "api/services.h"

struct jobs;

err_t jobs_new(struct services *services, struct jobs **ret) MUST_USE;
/* Submit what is due; the main thread calls it each second. */
void jobs_tick(struct jobs *j);
/* Before the end: last-seen times and a checkpoint, and wait for them. */
void jobs_last(struct jobs *j);
void jobs_free(struct jobs *j); /* NULL is fine */

#endif
