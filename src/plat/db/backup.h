/* SPDX-License-Identifier: Apache-2.0 */
/* A copy of the store as it is at one moment, made while others read and write it. */
#ifndef PLAT_DB_BACKUP_H
#define PLAT_DB_BACKUP_H

#include "base/watch.h"
#include "plat/db/db.h"

/*
 * Copy the store of `dir` into the empty file `to`, which is open as `fd` and nobody else's; its
 * bytes are durable when the call returns, and no copy where it fails. By SQLite's own backup, a
 * few pages at a time, under one read transaction: nobody waits for it, but the write-ahead log
 * grows meanwhile. E_DISK_FULL, E_IO, E_STORE_UNREACHABLE.
 */
err_t db_backup(const char *dir, const char *to, int fd, const struct watch *watch,
                struct diag *why) MUST_USE;

#endif
