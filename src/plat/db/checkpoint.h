/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside plat/db: the thread that moves the write-ahead log into the store, so that no commit ever
 * waits for it, but for one case: past CHECKPOINT_FRAMES_MAX the writer waits for a whole pass
 * between two groups, since only a log without new frames can start again from zero.
 */
#ifndef PLAT_DB_CHECKPOINT_H
#define PLAT_DB_CHECKPOINT_H

#include "plat/db/db.h"

struct checkpoint;

enum checkpoint_state { CHECKPOINT_FINE, CHECKPOINT_FULL, CHECKPOINT_FAILED };

enum { CHECKPOINT_FRAMES_MAX = 16000, CHECKPOINT_FRAMES_MORE = 4000 };

err_t checkpoint_new(const char *dir, struct diag *why, struct checkpoint **ret) MUST_USE;
/* Ends the thread; a pass that runs is finished first. */
void checkpoint_free(struct checkpoint *c);
/* No more passes: an fsync has failed. */
void checkpoint_stop(struct checkpoint *c);
/* After a COMMIT: the log has something new. */
void checkpoint_note(struct checkpoint *c);
/* Start a pass now and wait for its end; how the last pass ended. */
enum checkpoint_state checkpoint_wait(struct checkpoint *c);
enum checkpoint_state checkpoint_state(struct checkpoint *c);

#endif
