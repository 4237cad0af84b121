/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/db/dbconn.h"
#include "base/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

enum { DBCONN_PATH_MAX = 4096, DBCONN_OPS_PER_LOOK = 20000, DBCONN_BUSY_MS = 5000 };

const char dbconn_file_name[] = "seneschal.db";

static const char *const control_texts[DBCONN_CONTROLS] = {
    [DBCONN_BEGIN] = "BEGIN",
    [DBCONN_BEGIN_IMMEDIATE] = "BEGIN IMMEDIATE",
    [DBCONN_COMMIT] = "COMMIT",
    [DBCONN_ROLLBACK] = "ROLLBACK",
    [DBCONN_SAVEPOINT] = "SAVEPOINT job",
    [DBCONN_RELEASE] = "RELEASE job",
    [DBCONN_REWIND] = "ROLLBACK TO job",
    [DBCONN_STEP] = "SAVEPOINT step",
    [DBCONN_STEP_KEEP] = "RELEASE step",
    [DBCONN_STEP_UNDO] = "ROLLBACK TO step",
};

/* Of the file itself: these write into it, so only the writer says them. auto_vacuum counts only in
 * a file without tables, before WAL. */
static const char file_text[] = "PRAGMA auto_vacuum=INCREMENTAL;"
                                "PRAGMA journal_mode=WAL;";
/* SAFETY rule 1. */
static const char settings_text[] = "PRAGMA synchronous=FULL;"
                                    "PRAGMA trusted_schema=OFF;"
                                    "PRAGMA cell_size_check=ON;"
                                    "PRAGMA foreign_keys=ON;"
                                    "PRAGMA secure_delete=ON;"
                                    "PRAGMA temp_store=MEMORY;"
                                    "PRAGMA mmap_size=1073741824;"
                                    "PRAGMA cache_size=-8192;"
                                    "PRAGMA journal_size_limit=134217728;"
                                    "PRAGMA wal_autocheckpoint=0;"; /* checkpoint.c */

static err_t dbconn_make_file(const char *dir, struct diag *why);
static err_t dbconn_open_sqlite(struct db *db, const char *dir, struct diag *why);
static int dbconn_look_at_clock(void *arg);

static void dbconn_configure(void)
{
    /* Counting its memory would take one lock for all threads at each allocation; refused only if
     * SQLite runs already. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

err_t dbconn_open(const char *dir, enum db_role role, struct diag *why, struct db **ret)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, dbconn_configure);
    TRY(dbconn_make_file(dir, why));
    size_t size = sizeof(struct db) + sql_stmts_n * sizeof(sqlite3_stmt *);
    CLEANUP(db_closep) struct db *db = fault_here() ? NULL : calloc(1, size);
    if (db == NULL)
        return E_NO_MEMORY;
    db->role = role;
    TRY(dbconn_open_sqlite(db, dir, why));
    *ret = db;
    db = NULL;
    return E_OK;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    for (size_t i = 0; i < DBCONN_CONTROLS; i++)
        (void)sqlite3_finalize(db->controls[i]); /* its last error is known already */
    for (size_t i = 0; i < sql_stmts_n; i++)
        (void)sqlite3_finalize(db->stmts[i]);
    (void)sqlite3_close(db->sqlite); /* cannot be busy: everything is finalized */
    free(db);
}

static err_t dbconn_make_file(const char *dir, struct diag *why)
{
    char path[DBCONN_PATH_MAX];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", dir, dbconn_file_name) >= sizeof path)
        return FAIL(why, E_IO, "the path of the data directory is too long");
    /* SQLite gives -wal and -shm the mode of this file. */
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno == EEXIST)
        return E_OK;
    if (fd < 0)
        return FAIL(why, errno == ENOSPC ? E_DISK_FULL : E_IO, "%s: %s", path,
                    strerrordesc_np(errno));
    (void)close(fd); /* nothing was written */
    return dbconn_sync_dir(dir, why);
}

err_t dbconn_sync_dir(const char *dir, struct diag *why)
{
    int fd = fault_here() ? -1 : open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return FAIL(why, E_IO, "%s: %s", dir, strerrordesc_np(errno));
    int failed = fsync(fd);
    int code = errno;
    (void)close(fd); /* read-only */
    if (failed != 0)
        return FAIL(why, E_IO, "%s: fsync: %s", dir, strerrordesc_np(code));
    return E_OK;
}

static err_t dbconn_refuse(struct db *db, int rc, struct diag *why, const char *path)
{
    err_t e = dbconn_error(db, rc);
    return FAIL(why, e, "%s: %s", path, sqlite3_errstr(rc));
}

static err_t dbconn_open_sqlite(struct db *db, const char *dir, struct diag *why)
{
    char path[DBCONN_PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/%s", dir, dbconn_file_name); /* fitted a moment ago */
    int rc = fault_here()
                 ? SQLITE_CANTOPEN
                 : sqlite3_open_v2(
                       path, &db->sqlite,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (rc != SQLITE_OK)
        return dbconn_refuse(db, rc, why, path);
    (void)sqlite3_busy_timeout(db->sqlite,
                               DBCONN_BUSY_MS); /* these cannot fail on an open handle */
    (void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    (void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    rc = fault_here() ? SQLITE_NOMEM : SQLITE_OK;
    if (rc == SQLITE_OK && db->role == DB_WRITER)
        rc = sqlite3_exec(db->sqlite, file_text, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db->sqlite, settings_text, NULL, NULL, NULL);
    if (rc == SQLITE_OK && db->role == DB_READER) {
        /* Only the writer knows whether the log may still be synced. */
        (void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        rc = sqlite3_exec(db->sqlite, "PRAGMA query_only=ON", NULL, NULL, NULL);
        sqlite3_progress_handler(db->sqlite, DBCONN_OPS_PER_LOOK, dbconn_look_at_clock, db);
    } else if (rc == SQLITE_OK) {
        /* What was committed a moment ago lies in the log, where mmap does not reach: some cache is
         * worth its room. Not much: SQLite 3.40 renumbers pages through the one past 1 GiB when it
         * balances a tree, and then walks the whole cache at COMMIT. */
        rc = sqlite3_exec(db->sqlite, "PRAGMA cache_size=-2048", NULL, NULL, NULL);
    }
    for (size_t i = 0; rc == SQLITE_OK && i < DBCONN_CONTROLS; i++)
        rc = sqlite3_prepare_v3(db->sqlite, control_texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                                &db->controls[i], NULL);
    return rc == SQLITE_OK ? E_OK : dbconn_refuse(db, rc, why, path);
}

static int dbconn_look_at_clock(void *arg)
{
    const struct db *db = (const struct db *)arg;
    return clock_mono().us > db->deadline.us; /* not 0: SQLITE_INTERRUPT */
}

err_t dbconn_control(struct db *db, enum dbconn_control what)
{
    sqlite3_stmt *st = db->controls[what];
    int rc = sqlite3_step(st);
    (void)sqlite3_reset(st); /* gives the same error again */
    return rc == SQLITE_DONE ? E_OK : dbconn_error(db, rc);
}

err_t dbconn_guard(struct db *db)
{
    if (!db->in_job || !db->guarded || db->savepoint)
        return E_OK;
    TRY(dbconn_control(db, DBCONN_SAVEPOINT));
    db->savepoint = true;
    return E_OK;
}

err_t dbconn_commit(struct db *db)
{
    err_t e = fault_here() ? E_STORE_UNREACHABLE : dbconn_control(db, DBCONN_COMMIT);
    if (e != E_OK)
        dbconn_rollback(db);
    return e;
}

void dbconn_rollback(struct db *db)
{
    if (dbconn_in_tx(db)) {
        (void)sqlite3_step(
            db->controls[DBCONN_ROLLBACK]); /* one that fails has ended the transaction too */
        (void)sqlite3_reset(db->controls[DBCONN_ROLLBACK]);
    }
    db->savepoint = false;
}

bool dbconn_in_tx(const struct db *db)
{
    return sqlite3_get_autocommit(db->sqlite) == 0;
}

/* ENOSPC is SQLITE_FULL in most places of SQLite, but not in all; a file size limit or a quota
 * never is. */
static bool dbconn_is_full(const struct db *db, int rc)
{
    if ((rc & 0xff) == SQLITE_FULL)
        return true;
    if ((rc & 0xff) != SQLITE_IOERR)
        return false;
    int cause = sqlite3_system_errno(db->sqlite);
    return rc == SQLITE_IOERR_SHMSIZE || cause == ENOSPC || cause == EDQUOT || cause == EFBIG;
}

err_t dbconn_error(struct db *db, int rc)
{
    static const struct {
        int rc; /* primary code */
        err_t e;
        bool broken;
    } table[] = {
        { SQLITE_CONSTRAINT, E_CONFLICT, false },      { SQLITE_NOMEM, E_NO_MEMORY, false },
        { SQLITE_TOOBIG, E_TOO_BIG, false },           { SQLITE_IOERR, E_STORE_UNREACHABLE, true },
        { SQLITE_CORRUPT, E_STORE_UNREACHABLE, true }, { SQLITE_NOTADB, E_STORE_UNREACHABLE, true },
    };
    if (dbconn_is_full(db, rc)) {
        db->full = true;
        return E_DISK_FULL;
    }
    if (rc == SQLITE_IOERR_NOMEM)
        return E_NO_MEMORY;
    /* These two say that a value of ours had the wrong type. */
    if (rc == SQLITE_CONSTRAINT_NOTNULL || rc == SQLITE_CONSTRAINT_DATATYPE)
        return E_INTERNAL;
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        if (table[i].rc != (rc & 0xff))
            continue;
        if (table[i].broken && db->broken == SQLITE_OK)
            db->broken = rc;
        return table[i].e;
    }
    return E_STORE_UNREACHABLE;
}
