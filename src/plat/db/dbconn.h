/* SPDX-License-Identifier: Apache-2.0 */
/* Inside plat/db: a connection to SQLite, its control statements, and what its errors mean. */
#ifndef PLAT_DB_DBCONN_H
#define PLAT_DB_DBCONN_H

#include "plat/db/stmt.h"

#include <sqlite3.h>

/* Prepared once like all others. */
enum dbconn_control {
    DBCONN_BEGIN,
    DBCONN_BEGIN_IMMEDIATE,
    DBCONN_COMMIT,
    DBCONN_ROLLBACK,
    DBCONN_SAVEPOINT,
    DBCONN_RELEASE,
    DBCONN_REWIND, /* back to the savepoint, which stays */
    DBCONN_STEP,   /* a part of a job, which may fail by itself */
    DBCONN_STEP_KEEP,
    DBCONN_STEP_UNDO,
    DBCONN_CONTROLS
};

struct db {
    sqlite3 *sqlite;
    enum db_role role;
    bool in_read;   /* db_read_begin: one deadline for all statements until db_read_end */
    bool in_job;    /* the writer runs a job */
    bool guarded;   /* its first write opens a savepoint */
    bool savepoint; /* it is open */
    bool full;      /* the engine said "disk full" since the flag was cleared */
    int broken; /* the I/O error or corrupt page after which nothing may be written; else SQLITE_OK
                 */
    dur_t deadline; /* readers: when the statement is interrupted, on the monotonic clock */
    sqlite3_stmt *controls[DBCONN_CONTROLS];
    sqlite3_stmt *stmts[]; /* by query, prepared at first use */
};

/* Readers older than this are ended: they would keep the WAL from starting again. */
#define DBCONN_READ_MAX DUR_S(5)

extern const char dbconn_file_name[]; /* of the store in the data directory */

/* A connection with nothing checked but the file; makes the file (0600) when there is none. */
err_t dbconn_open(const char *dir, enum db_role role, struct diag *why, struct db **ret) MUST_USE;
err_t dbconn_control(struct db *db, enum dbconn_control what) MUST_USE;
/* Before the first write of a job: its savepoint, where it is to have one. */
err_t dbconn_guard(struct db *db) MUST_USE;
/* COMMIT; on any failure the transaction is rolled back. */
err_t dbconn_commit(struct db *db) MUST_USE;
void dbconn_rollback(struct db *db); /* fine without a transaction */
bool dbconn_in_tx(const struct db *db);
/* SQLite's code as ours; notes `full` and `broken`. */
err_t dbconn_error(struct db *db, int rc) MUST_USE;
/* fsync of the directory itself: a new name in it is durable after that. */
err_t dbconn_sync_dir(const char *dir, struct diag *why) MUST_USE;

#endif
