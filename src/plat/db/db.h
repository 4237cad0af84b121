/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to the store. No engine's type leaves plat/db. Statements are the generated
 * functions of "sql.h" (tools/mksql.py, from the files of sql/), prepared once per connection. One
 * thread at a time.
 *
 * Errors of every statement: E_NOT_FOUND (a @one without a row), E_CONFLICT (a unique or foreign
 * key or a check said no), E_DISK_FULL, E_STORE_UNREACHABLE (anything else of the engine),
 * E_NO_MEMORY (the arena's limit).
 */
#ifndef PLAT_DB_DB_H
#define PLAT_DB_DB_H

#include "base/clock.h"
#include "base/id.h"

struct db;

enum db_role { DB_READER, DB_WRITER };

/* `dir`: the data directory, NUL-terminated. Migrations must have run (db_migrate). */
err_t db_open(const char *dir, enum db_role role, struct diag *why, struct db **ret) MUST_USE;
/* The writer's, whatever the schema is: for the record alone, whose tables are the same in all. */
err_t db_open_any(const char *dir, struct diag *why, struct db **ret) MUST_USE;
void db_close(struct db *db); /* NULL is fine */
static inline void db_closep(struct db **db)
{
    db_close(*db);
}

/* Bring the store of `dir` to the newest schema, each migration in its own transaction. E_CORRUPT:
 * a checksum of an applied migration differs, or the schema is newer than this program knows; both
 * say so in `why`. */
err_t db_migrate(const char *dir, struct diag *why) MUST_USE;

/* Would db_migrate go on with this store? It is only read; one that is not there, or that this user
 * may not read, is fine. The errors of db_migrate. */
err_t db_examine(const char *dir, struct diag *why) MUST_USE;

/* A consistent view for several reads (DB_READER), as the store is when the first of them begins.
 */
err_t db_read_begin(struct db *db) MUST_USE;
void db_read_end(struct db *db);

/* How many rows the last statement wrote, where that is asked in place of a RETURNING clause:
 * SQLite makes a table of its own for one. */
int64_t db_changed(const struct db *db);

/* In the writer's transaction: give up to `most` free pages back to the system, but keep `keep` of
 * them for what is written next. *ret_free: how many are free after that. */
err_t db_vacuum(struct db *db, int64_t keep, int64_t most, int64_t *ret_free) MUST_USE;

/* Inside a job of the writer: what follows is a step, and stays or goes as a whole. One at a time;
 * each ends before its job does, unless that fails too. */
err_t db_step_begin(struct db *db) MUST_USE;
err_t db_step_keep(struct db *db) MUST_USE;
err_t db_step_undo(struct db *db) MUST_USE;

/* For a tool that writes alone (import, tests); the server writes through the writer (writer.h). */
err_t db_tx_begin(struct db *db) MUST_USE;
err_t db_tx_commit(struct db *db) MUST_USE;
void db_tx_rollback(struct db *db);

#endif
