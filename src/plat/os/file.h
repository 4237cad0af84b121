/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that matter: read whole with a limit, written whole or not at all, durable when the call
 * returns. Paths are NUL-terminated. Errors of every function: E_NOT_FOUND, E_DISK_FULL, E_IO;
 * `why` names the path and the system's reason.
 */
#ifndef PLAT_OS_FILE_H
#define PLAT_OS_FILE_H

#include "base/str.h"

#include <sys/types.h>

/* The whole file, in the arena. E_TOO_BIG: over `max` bytes. E_NO_MEMORY. */
err_t file_read(struct arena *a, const char *path, size_t max, struct diag *why,
                str_t *ret) MUST_USE;

/*
 * Replace `path`: a new file beside it, fsync, rename, fsync of the directory. After a crash at any
 * moment the old bytes or the new ones are there, and the new ones once this has returned E_OK.
 */
err_t file_write(const char *path, mode_t mode, str_t bytes, struct diag *why) MUST_USE;
/*
 * The same in a directory that is open (owned_open); of `path` only the last part is looked up.
 * Reading follows no link and opens nothing but files.
 */
err_t file_write_at(int dir, const char *path, mode_t mode, str_t bytes, struct diag *why) MUST_USE;
err_t file_read_at(struct arena *a, int dir, const char *path, size_t max, struct diag *why,
                   str_t *ret) MUST_USE;
/* Replace `path` only where nothing stands yet. E_CONFLICT: something does. */
err_t file_create(const char *path, mode_t mode, str_t bytes, struct diag *why) MUST_USE;
/*
 * Add a line, durable when the call returns; the file is made where there is none. A last line that
 * a crash has left without its end gets one first. Fails: the file is as it was, or its last line
 * is cut.
 */
err_t file_append(const char *path, mode_t mode, str_t line, struct diag *why) MUST_USE;
err_t file_size(const char *path, size_t *ret, struct diag *why) MUST_USE;
/* Durable; a file that is not there is fine. */
err_t file_remove(const char *path, struct diag *why) MUST_USE;
/* Durable; both in one directory. */
err_t file_rename(const char *from, const char *to, struct diag *why) MUST_USE;

/* A directory of this mode, one level; E_IO when something else is there. */
err_t file_make_dir(const char *path, mode_t mode, struct diag *why) MUST_USE;
/* The same with what is missing above it. */
err_t file_make_dirs(const char *path, mode_t mode, struct diag *why) MUST_USE;
/* Permission bits and owner. */
err_t file_owner(const char *path, mode_t *ret_mode, uid_t *ret_uid) MUST_USE;

/* Changes whenever another file stands there, or other bytes in it; 0: it cannot be looked at. */
uint64_t file_stamp(const char *path);

/* One holder at a time (flock), until file_unlock or the end of the process, however it ends.
 * E_CONFLICT: another process holds it. */
err_t file_lock(const char *path, struct diag *why, int *ret_fd) MUST_USE;
void file_unlock(int fd); /* -1 is fine */

#endif
