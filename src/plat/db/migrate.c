/* SPDX-License-Identifier: Apache-2.0 */
/* Forward only: what was applied stays as it was, and a newer schema is left alone. */
#include "plat/db/migrate.h"
#include "base/fault.h"
#include "plat/db/dbconn.h"

#include <unistd.h>

/* The generated functions cannot serve here: before the first migration there is no table to
 * prepare them on. */
static const char tables_text[] = "SELECT count(*), count(*) FILTER (WHERE name = 'migration') "
                                  "FROM sqlite_schema";
static const char applied_text[] = "SELECT number, name, checksum FROM migration ORDER BY number";
static const char record_text[] = "INSERT INTO migration (number, name, checksum, applied_at) "
                                  "VALUES (?1, ?2, ?3, ?4)";

static err_t migrate_count_applied(struct db *db, struct diag *why, size_t *ret);
static err_t migrate_next(struct db *db, struct diag *why, bool *ret_more);

err_t db_migrate(const char *dir, struct diag *why)
{
    CLEANUP(db_closep) struct db *db = NULL;
    TRY(dbconn_open(dir, DB_WRITER, why, &db));
    for (bool more = true; more;)
        TRY(migrate_next(db, why, &more));
    return E_OK;
}

err_t db_examine(const char *dir, struct diag *why)
{
    CLEANUP(db_closep) struct db *db = NULL;
    char path[4096];
    size_t applied;
    int n = snprintf(path, sizeof path, "%s/%s", dir, dbconn_file_name);
    if (n <= 0 || (size_t)n >= sizeof path || access(path, R_OK) != 0)
        return E_OK;
    TRY(dbconn_open(dir, DB_READER, why, &db));
    db->deadline = (dur_t){ clock_mono().us + DBCONN_READ_MAX.us };
    return migrate_count_applied(db, why, &applied);
}

err_t migrate_check(struct db *db, struct diag *why)
{
    size_t applied = 0;
    db->deadline = (dur_t){ clock_mono().us + DBCONN_READ_MAX.us };
    TRY(migrate_count_applied(db, why, &applied));
    if (applied == sql_migrations_n)
        return E_OK;
    return FAIL(why, E_CORRUPT,
                "the store lacks migration %04d (%s): it was not brought up to date",
                sql_migrations[applied].number, sql_migrations[applied].name);
}

static void stmt_finalizep(sqlite3_stmt **st)
{
    (void)sqlite3_finalize(*st); /* its error is known already */
}

static err_t migrate_prepare(struct db *db, const char *text, struct diag *why, sqlite3_stmt **ret)
{
    int rc = fault_here() ? SQLITE_ERROR : sqlite3_prepare_v2(db->sqlite, text, -1, ret, NULL);
    if (rc == SQLITE_OK)
        return E_OK;
    err_t e = dbconn_error(db, rc);
    return FAIL(why, e, "the store cannot be read: %s", sqlite3_errstr(rc));
}

/* false: an empty file. */
static err_t migrate_has_table(struct db *db, struct diag *why, bool *ret)
{
    CLEANUP(stmt_finalizep) sqlite3_stmt *st = NULL;
    TRY(migrate_prepare(db, tables_text, why, &st));
    int rc = sqlite3_step(st);
    if (rc != SQLITE_ROW) {
        err_t e = dbconn_error(db, rc);
        return FAIL(why, e, "the store cannot be read: %s", sqlite3_errstr(rc));
    }
    bool has = sqlite3_column_int64(st, 1) == 1;
    if (!has && sqlite3_column_int64(st, 0) != 0)
        return FAIL(why, E_CORRUPT, "%s was made by another program", dbconn_file_name);
    *ret = has;
    return E_OK;
}

/* One applied row against the migration that stands at its place here. */
static err_t migrate_compare(sqlite3_stmt *st, size_t at, struct diag *why)
{
    int number = sqlite3_column_int(st, 0);
    const char *name = (const char *)sqlite3_column_text(st, 1);
    const char *checksum = (const char *)sqlite3_column_text(st, 2);
    if (name == NULL || checksum == NULL)
        return E_NO_MEMORY;
    if (sql_migrations_n == 0 || number > sql_migrations[sql_migrations_n - 1].number)
        return FAIL(
            why, E_CORRUPT,
            "the store has migration %04d (%s), newer than this program: use the newer program",
            number, name);
    if (at >= sql_migrations_n || number != sql_migrations[at].number)
        return FAIL(why, E_CORRUPT, "the store has migration %04d (%s), which this program lacks",
                    number, name);
    if (strcmp(checksum, sql_migrations[at].checksum) != 0)
        return FAIL(why, E_CORRUPT, "migration %04d (%s) was changed after it was applied", number,
                    name);
    return E_OK;
}

static err_t migrate_count_applied(struct db *db, struct diag *why, size_t *ret)
{
    bool has = false;
    TRY(migrate_has_table(db, why, &has));
    if (!has) {
        *ret = 0;
        return E_OK;
    }
    CLEANUP(stmt_finalizep) sqlite3_stmt *st = NULL;
    TRY(migrate_prepare(db, applied_text, why, &st));
    size_t n = 0;
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        TRY(migrate_compare(st, n, why));
        n++;
    }
    if (rc != SQLITE_DONE) {
        err_t e = dbconn_error(db, rc);
        return FAIL(why, e, "the store cannot be read: %s", sqlite3_errstr(rc));
    }
    *ret = n;
    return E_OK;
}

static err_t migrate_record(struct db *db, const struct sql_migration *m, struct diag *why)
{
    CLEANUP(stmt_finalizep) sqlite3_stmt *st = NULL;
    TRY(migrate_prepare(db, record_text, why, &st));
    int rc = sqlite3_bind_int(st, 1, m->number);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(st, 2, m->name, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(st, 3, m->checksum, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_int64(st, 4, clock_now().us);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(st);
    return rc == SQLITE_DONE ? E_OK : dbconn_error(db, rc);
}

static err_t migrate_apply(struct db *db, const struct sql_migration *m, struct diag *why)
{
    int rc = fault_here() ? SQLITE_ERROR : sqlite3_exec(db->sqlite, m->text, NULL, NULL, NULL);
    err_t e = rc == SQLITE_OK ? migrate_record(db, m, why) : dbconn_error(db, rc);
    if (e == E_OK)
        e = dbconn_commit(db);
    if (e == E_OK)
        return E_OK;
    return FAIL(why, e, "migration %04d (%s): %s", m->number, m->name, sqlite3_errmsg(db->sqlite));
}

/* Looks again inside the transaction: another process may have been quicker. */
static err_t migrate_next(struct db *db, struct diag *why, bool *ret_more)
{
    err_t e = dbconn_control(db, DBCONN_BEGIN_IMMEDIATE);
    if (e != E_OK)
        return FAIL(why, e, "the store cannot be written: %s", sqlite3_errmsg(db->sqlite));
    size_t applied = 0;
    e = migrate_count_applied(db, why, &applied);
    bool more = applied < sql_migrations_n;
    if (e == E_OK && more)
        e = migrate_apply(db, &sql_migrations[applied], why);
    dbconn_rollback(db);
    if (e != E_OK)
        return e;
    *ret_more = more;
    return E_OK;
}
