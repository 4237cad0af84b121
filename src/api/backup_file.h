/* SPDX-License-Identifier: Apache-2.0 */
/* A copy of the store as a file, and beside it FILE.sha256 as sha256sum writes it. */
#ifndef API_BACKUP_FILE_H
#define API_BACKUP_FILE_H

#include "plat/crypto/crypto.h"
#include "plat/db/backup.h"

enum { BACKUP_SHA256_TEXT = 2 * SHA256_SIZE };
#define BACKUP_NOTE ".sha256"

struct backup_made {
    str_t sha256; /* in hexadecimal, in the arena */
    int64_t bytes;
};

struct backup_file {
    const char *dir;  /* the data directory */
    const char *path; /* where it stands once it is whole; E_CONFLICT: something does already */
    const struct watch *watch;
    /* Told of it once it is whole, and before it stands there; what fails leaves none. NULL: nobody
     * is. */
    err_t (*whole)(void *arg, const struct backup_made *made);
    void *arg;
};

/* The errors of file_part_open and db_backup. Where it fails nothing stands at `path` that was not
 * there before. What earlier runs have left beside it when they were killed goes. */
err_t backup_file_make(struct arena *a, const struct backup_file *to, struct diag *why,
                       struct backup_made *ret) MUST_USE;
/* What the note beside it says; absent: there is none. */
err_t backup_file_note(struct arena *a, const char *path, str_t *ret_sha256) MUST_USE;
/* Is it the file that its note speaks of? True without a note. E_CORRUPT. */
err_t backup_file_check(struct arena *a, const char *path, struct diag *why) MUST_USE;

#endif
