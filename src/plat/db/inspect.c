/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/db/inspect.h"

#include "plat/db/dbconn.h"

#include <sys/stat.h>

enum { PATH_TEXT_MAX = 4096 };

static err_t bytes_of(const char *dir, const char *suffix, struct diag *why, int64_t *ret)
{
    char path[PATH_TEXT_MAX];
    struct stat st;
    int n = snprintf(path, sizeof path, "%s/%s%s", dir, dbconn_file_name, suffix);
    if (n < 0 || (size_t)n >= sizeof path)
        return FAIL(why, E_USAGE, "%s: the path is too long", dir);
    if (stat(path, &st) != 0)
        return FAIL(why, E_NOT_FOUND, "%s: there is no store", path);
    *ret = st.st_size;
    return E_OK;
}

/* The first row of a statement: a number, or a text into `text`. */
static err_t ask(struct db *db, const char *sql, int64_t *ret, char text[DB_COMPLAINT_MAX])
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db->sqlite, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW && ret != NULL)
        *ret = sqlite3_column_int64(stmt, 0);
    if (rc == SQLITE_ROW && text != NULL)
        (void)snprintf(text, DB_COMPLAINT_MAX, "%s", (const char *)sqlite3_column_text(stmt, 0));
    for (char *p = text; p != NULL && *p != '\0'; p++)
        *p = *p == '\n' ? ' ' : *p;
    (void)sqlite3_finalize(stmt);
    return rc == SQLITE_ROW ? E_OK : rc == SQLITE_INTERRUPT ? E_TIMEOUT : E_CORRUPT;
}

static err_t look(struct db *db, struct diag *why, struct db_state *s)
{
    int64_t size = 0;
    int64_t pages = 0;
    int64_t unused = 0;
    err_t e = ask(db, "PRAGMA page_size", &size, NULL);
    if (e == E_OK)
        e = ask(db, "PRAGMA page_count", &pages, NULL);
    if (e == E_OK)
        e = ask(db, "PRAGMA freelist_count", &unused, NULL);
    if (e != E_OK)
        return FAIL(why, e, "the store cannot be read: %s", sqlite3_errmsg(db->sqlite));
    s->bytes = pages * size;
    s->free_bytes = unused * size;
    e = ask(db, "PRAGMA quick_check(1)", NULL, s->complaint);
    s->checked = e != E_TIMEOUT;
    if (e == E_CORRUPT)
        (void)snprintf(s->complaint, sizeof s->complaint, "%s", sqlite3_errmsg(db->sqlite));
    if (e == E_TIMEOUT || strcmp(s->complaint, "ok") == 0)
        s->complaint[0] = '\0';
    return E_OK;
}

err_t db_bytes(const char *dir, int64_t *ret)
{
    int64_t file = 0;
    int64_t log = 0;
    TRY(bytes_of(dir, "", NULL, &file));
    err_ignore(bytes_of(dir, "-wal", NULL, &log)); /* none is fine */
    *ret = file + log;
    return E_OK;
}

err_t db_inspect(const char *dir, dur_t within, struct diag *why, struct db_state *ret)
{
    CLEANUP(db_closep) struct db *db = NULL;
    struct db_state s = { 0 };
    int64_t file = 0;
    TRY(bytes_of(dir, "", why, &file));
    err_ignore(bytes_of(dir, "-wal", NULL, &s.wal_bytes)); /* none is fine */
    TRY(dbconn_open(dir, DB_READER, why, &db));
    db->in_read = true;
    db->deadline = (dur_t){ clock_mono().us + within.us };
    TRY(look(db, why, &s));
    *ret = s;
    return E_OK;
}
