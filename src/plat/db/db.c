/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/db/dbconn.h"
#include "plat/db/inspect.h"
#include "plat/db/migrate.h"

#include <assert.h>

err_t db_open(const char *dir, enum db_role role, struct diag *why, struct db **ret)
{
    CLEANUP(db_closep) struct db *db = NULL;
    TRY(dbconn_open(dir, role, why, &db));
    TRY(migrate_check(db, why));
    *ret = db;
    db = NULL;
    return E_OK;
}

err_t db_open_any(const char *dir, struct diag *why, struct db **ret)
{
    return dbconn_open(dir, DB_WRITER, why, ret);
}

err_t db_read_begin(struct db *db)
{
    assert(db->role == DB_READER);
    assert(!db->in_read);
    db->deadline = (dur_t){ clock_mono().us + DBCONN_READ_MAX.us };
    db->in_read = true;
    return E_OK;
}

void db_read_end(struct db *db)
{
    dbconn_rollback(db); /* nothing was written: the cheaper end */
    db->in_read = false;
}

int64_t db_changed(const struct db *db)
{
    return sqlite3_changes64(db->sqlite);
}

int64_t db_rows_written(const struct db *db)
{
    return sqlite3_total_changes64(db->sqlite);
}

err_t db_step_begin(struct db *db)
{
    assert(db->role == DB_WRITER);
    TRY(dbconn_guard(db)); /* the job's own savepoint stands around that of its step */
    return dbconn_control(db, DBCONN_STEP);
}

err_t db_step_keep(struct db *db)
{
    return dbconn_control(db, DBCONN_STEP_KEEP);
}

err_t db_step_undo(struct db *db)
{
    TRY(dbconn_control(db, DBCONN_STEP_UNDO));
    return dbconn_control(db, DBCONN_STEP_KEEP);
}

err_t db_tx_begin(struct db *db)
{
    assert(db->role == DB_WRITER);
    return dbconn_control(db, DBCONN_BEGIN_IMMEDIATE);
}

err_t db_tx_commit(struct db *db)
{
    return dbconn_commit(db);
}

void db_tx_rollback(struct db *db)
{
    dbconn_rollback(db);
}
