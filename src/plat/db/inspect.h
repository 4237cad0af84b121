/* SPDX-License-Identifier: Apache-2.0 */
/* How a store is, for who looks after it. Nothing is changed. */
#ifndef PLAT_DB_INSPECT_H
#define PLAT_DB_INSPECT_H

#include "plat/db/db.h"

enum { DB_COMPLAINT_MAX = 200 };

struct db_state {
    int64_t bytes;                    /* of the store's pages */
    int64_t free_bytes;               /* of it, in pages that hold nothing */
    int64_t wal_bytes;                /* of the write-ahead log beside it */
    bool checked;                     /* the whole store was looked at in time */
    char complaint[DB_COMPLAINT_MAX]; /* the first of PRAGMA quick_check; "": none */
};

/* PRAGMA quick_check for at most `within`. E_NOT_FOUND: no store is there. E_CORRUPT, E_IO: it
 * cannot be read at all. */
err_t db_inspect(const char *dir, dur_t within, struct diag *why, struct db_state *ret) MUST_USE;

/* Rows that this connection has written since it was opened. */
int64_t db_rows_written(const struct db *db);

/* Bytes of the store's file and of the write-ahead log beside it. E_NOT_FOUND. */
err_t db_bytes(const char *dir, int64_t *ret) MUST_USE;

#endif
