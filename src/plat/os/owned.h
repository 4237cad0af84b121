/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directories whose files nobody but root and ourselves can change: what is written there for
 * others to obey must not lead anywhere else, and nobody may exchange it.
 */
#ifndef PLAT_OS_OWNED_H
#define PLAT_OS_OWNED_H

#include "base/str.h"

/*
 * The directory of `path`, an absolute one, opened step by step: no step is a link, each belongs to
 * root or to us, the last one can be written by nobody else, and those above it only where they are
 * sticky. `make`: the last step is made, 0755, where it is missing. E_BAD_FIELD: no absolute path
 * of plain steps. E_NOT_FOUND, E_IO; `why` says which step and what to do.
 */
err_t owned_open(const char *path, bool make, struct diag *why, int *ret_dir) MUST_USE;
void owned_closep(const int *dir);

/* Permission bits of the file in it. E_NOT_FOUND, E_IO. */
err_t owned_mode(int dir, const char *path, unsigned *ret, struct diag *why) MUST_USE;
/* A second name for the file in it: `path` and the suffix. E_CONFLICT: that stands already. */
err_t owned_keep(int dir, const char *path, const char *suffix, struct diag *why) MUST_USE;

#endif
