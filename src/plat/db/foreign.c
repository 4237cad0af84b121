/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/db/foreign.h"

#include "base/buf.h"
#include "base/fault.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
    FOREIGN_TEXT_MAX = 16 * 1024,
    FOREIGN_DEPTH_MAX = 64,
    FOREIGN_OPS_MAX = 8192,
    FOREIGN_LIST_MAX = 128, /* columns of a table that are looked at */
};

struct foreign {
    sqlite3 *sqlite;
    sqlite3_stmt *rows;
    int64_t rows_n; /* read so far */
};

static err_t foreign_refuse(struct foreign *f, int rc, struct diag *why)
{
    int kind = rc & 0xff;
    if (kind == SQLITE_NOTADB)
        return FAIL(why, E_CORRUPT, "this is no SQLite database");
    if (kind == SQLITE_TOOBIG)
        return FAIL(why, E_TOO_BIG, "a row is larger than %d bytes", FOREIGN_ROW_MAX);
    if (kind == SQLITE_NOMEM)
        return E_NO_MEMORY;
    return FAIL(why, E_CORRUPT, "SQLite cannot read it: %s", sqlite3_errmsg(f->sqlite));
}

/* A log or journal that is not empty holds what the file lacks. */
static err_t foreign_has_no(const char *path, const char *end, struct diag *why)
{
    struct stat st;
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, FOREIGN_TEXT_MAX);
    buf_addf(&b, "%s%s", path, end);
    buf_add_byte(&b, '\0');
    TRY(b.err);
    if (stat(b.p, &st) != 0 || st.st_size == 0)
        return E_OK;
    return FAIL(why, E_CONFLICT,
                "%s is not empty: stop the program that writes this file, then run `sqlite3 FILE "
                "'PRAGMA wal_checkpoint(TRUNCATE)'` or work on a copy made by `.backup`",
                b.p);
}

static err_t foreign_file(const char *path, struct diag *why)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        err_t e = errno == ENOENT ? E_NOT_FOUND : errno == EACCES ? E_FORBIDDEN : E_IO;
        return FAIL(why, e, "%s: %s", path, strerrordesc_np(errno));
    }
    if (!S_ISREG(st.st_mode))
        return FAIL(why, E_IO, "%s: want a file", path);
    TRY(foreign_has_no(path, "-wal", why));
    return foreign_has_no(path, "-journal", why);
}

/* file:PATH?... (sqlite.org/uri.html): immutable promises that nobody writes, so that SQLite makes
 * no file beside it, not even for one in WAL mode. */
static err_t foreign_uri(const char *path, struct buf *b)
{
    buf_addf(b, "file:%s", path[0] == '/' ? "//" : "");
    for (const char *p = path; *p != '\0'; p++) {
        if (strchr("?#%", *p) != NULL)
            buf_addf(b, "%%%02X", (unsigned)(unsigned char)*p);
        else
            buf_add_byte(b, *p);
    }
    BUF_ADD(b, "?mode=ro&immutable=1");
    buf_add_byte(b, '\0');
    return b->err;
}

static void foreign_harden(sqlite3 *db)
{
    static const struct {
        int what;
        int value;
    } limits[] = {
        { SQLITE_LIMIT_LENGTH, FOREIGN_ROW_MAX },
        { SQLITE_LIMIT_SQL_LENGTH, FOREIGN_TEXT_MAX },
        { SQLITE_LIMIT_EXPR_DEPTH, FOREIGN_DEPTH_MAX },
        { SQLITE_LIMIT_VDBE_OP, FOREIGN_OPS_MAX },
        { SQLITE_LIMIT_ATTACHED, 0 },
    };
    /* None of these can fail on an open handle. */
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    for (size_t i = 0; i < ARRAY_LEN(limits); i++)
        (void)sqlite3_limit(db, limits[i].what, limits[i].value);
}

static err_t foreign_open_sqlite(struct foreign *f, const char *uri, struct diag *why)
{
    int flags =
        SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int rc = fault_here() ? SQLITE_NOMEM : sqlite3_open_v2(uri, &f->sqlite, flags, NULL);
    if (rc == SQLITE_OK) {
        foreign_harden(f->sqlite);
        rc = sqlite3_exec(f->sqlite, "PRAGMA cell_size_check=ON; PRAGMA query_only=ON;", NULL, NULL,
                          NULL);
    }
    return rc == SQLITE_OK ? E_OK : foreign_refuse(f, rc, why);
}

err_t foreign_open(const char *path, struct diag *why, struct foreign **ret)
{
    CLEANUP(buf_fini) struct buf uri = { 0 };
    buf_init(&uri, FOREIGN_TEXT_MAX);
    TRY(foreign_file(path, why));
    TRY(foreign_uri(path, &uri));
    struct foreign *f = fault_here() ? NULL : calloc(1, sizeof *f);
    if (f == NULL)
        return E_NO_MEMORY;
    err_t e = foreign_open_sqlite(f, uri.p, why);
    if (e != E_OK) {
        foreign_close(f);
        return e;
    }
    *ret = f;
    return E_OK;
}

void foreign_close(struct foreign *f)
{
    if (f == NULL)
        return;
    (void)sqlite3_finalize(f->rows); /* its last error is known already */
    (void)sqlite3_close(f->sqlite);  /* cannot be busy: everything is finalized */
    free(f);
}

/* A table whose rows lie in the file: what else a schema can call a table is code. */
static const char columns_text[] =
    "SELECT i.name FROM sqlite_schema s JOIN pragma_table_info(s.name) i "
    "WHERE s.type = 'table' AND s.name = ?1 AND s.rootpage > 0 ORDER BY i.cid LIMIT ?2";

static err_t columns_read(struct foreign *f, sqlite3_stmt *st, struct arena *a, struct diag *why,
                          str_t *list, size_t *ret_n)
{
    size_t n = 0;
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW && n < FOREIGN_LIST_MAX) {
        const unsigned char *text = sqlite3_column_text(st, 0);
        str_t name = str_of(text, (size_t)sqlite3_column_bytes(st, 0));
        TRY(str_copy(a, name, &list[n]));
        n++;
    }
    if (rc != SQLITE_DONE && rc != SQLITE_ROW)
        return foreign_refuse(f, rc, why);
    *ret_n = n;
    return E_OK;
}

err_t foreign_columns(struct foreign *f, struct arena *a, const char *table, struct diag *why,
                      str_t **ret, size_t *ret_n)
{
    sqlite3_stmt *st = NULL;
    size_t n = 0;
    str_t *list = ARENA_ARRAY(a, str_t, FOREIGN_LIST_MAX);
    if (list == NULL)
        return E_NO_MEMORY;
    int rc = sqlite3_prepare_v3(f->sqlite, columns_text, -1, 0, &st, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(st, 1, table, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_int(st, 2, FOREIGN_LIST_MAX);
    err_t e = rc == SQLITE_OK ? columns_read(f, st, a, why, list, &n) : foreign_refuse(f, rc, why);
    (void)sqlite3_finalize(st);
    TRY(e);
    if (n == 0)
        return FAIL(why, E_NOT_FOUND, "there is no table %s in it", table);
    *ret = list;
    *ret_n = n;
    return E_OK;
}

static void name_add(struct buf *b, str_t name)
{
    buf_add_byte(b, '"');
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '"')
            buf_add_byte(b, '"');
        buf_add_byte(b, name.p[i]);
    }
    buf_add_byte(b, '"');
}

err_t foreign_select(struct foreign *f, const char *table, const str_t *columns, size_t n,
                     struct diag *why)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, FOREIGN_TEXT_MAX);
    BUF_ADD(&b, "SELECT ");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            BUF_ADD(&b, ", ");
        name_add(&b, columns[i]);
    }
    BUF_ADD(&b, " FROM main.");
    name_add(&b, str_from_cz(table));
    BUF_ADD(&b, " NOT INDEXED"); /* an index of the file may be an expression of the file */
    TRY(b.err);
    (void)sqlite3_finalize(f->rows);
    f->rows = NULL;
    f->rows_n = 0;
    int rc = sqlite3_prepare_v3(f->sqlite, b.p, (int)b.n, 0, &f->rows, NULL);
    return rc == SQLITE_OK ? E_OK : foreign_refuse(f, rc, why);
}

err_t foreign_next(struct foreign *f, struct diag *why)
{
    int rc = sqlite3_step(f->rows);
    if (rc == SQLITE_DONE)
        return E_NOT_FOUND;
    if (rc != SQLITE_ROW)
        return foreign_refuse(f, rc, why);
    /* A tree that was tampered with may show the same page again and again. */
    if (++f->rows_n > FOREIGN_ROWS_MAX)
        return FAIL(why, E_TOO_BIG, "the table has more than %d rows", FOREIGN_ROWS_MAX);
    return E_OK;
}

str_t foreign_text(struct foreign *f, size_t column)
{
    int type = sqlite3_column_type(f->rows, (int)column);
    if (type == SQLITE_NULL || type == SQLITE_BLOB)
        return STR_NONE;
    const unsigned char *text = sqlite3_column_text(f->rows, (int)column);
    return str_of(text, (size_t)sqlite3_column_bytes(f->rows, (int)column));
}
