/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A large file that is being made. Until it is whole it has a name of its own beside the one it
 * will have, and whoever makes it holds it locked: so one that a dead process has left is told from
 * one that is being made, and the next who makes a file in its directory takes it away.
 */
#ifndef PLAT_OS_PART_H
#define PLAT_OS_PART_H

#include "base/str.h"

struct file_part {
    int fd;           /* open for reading and writing, at its begin */
    const char *path; /* of what is made; in the arena */
    const char *to;   /* borrowed */
};

/* An empty file, 0600. E_CONFLICT: something stands at `to`, or another process makes it now.
 * E_NOT_FOUND: its directory. E_DISK_FULL, E_IO. */
err_t file_part_open(struct arena *a, const char *to, struct diag *why,
                     struct file_part *ret) MUST_USE;
/* It is whole, and synced by its maker: durable under its name when the call returns E_OK. Nothing
 * is replaced (E_CONFLICT). Either way the part is closed. */
err_t file_part_keep(struct file_part *p, struct diag *why) MUST_USE;
void file_part_drop(struct file_part *p);

/* Take away what dead processes have left beside `to`. What cannot be taken away stays. */
void file_part_sweep(const char *to);

#endif
