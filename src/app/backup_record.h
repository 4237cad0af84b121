/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A copy that `seneschal backup` has made is put on the record before it gets its name: by the
 * server of the store, whom it asks at the administrator's socket, or by itself where none runs.
 */
#ifndef APP_BACKUP_RECORD_H
#define APP_BACKUP_RECORD_H

#include "api/services.h"

#include <sys/types.h>

enum { BACKUP_TOLD_MAX = 512 }; /* as a line */

struct backup_told {
    int64_t bytes;
    str_t sha256; /* in hexadecimal */
    str_t name;   /* of the file; any bytes */
};

/* E_CONFLICT: its server does not write it, and why. What cannot be written to the store. */
err_t backup_record(struct arena *a, const char *dir, const struct backup_told *told,
                    struct diag *why) MUST_USE;

/* Into a store that is being restored in `dir`, where nobody else looks yet: it goes on from here.
 * `sha256` may be absent. */
err_t restore_record(struct arena *a, const char *dir, const struct backup_told *from,
                     struct diag *why) MUST_USE;

/* The server's half: `line` is what backup_record has sent, by a process of `uid`. */
err_t backup_record_take(struct services *sv, str_t line, uid_t uid, struct diag *why) MUST_USE;

#endif
