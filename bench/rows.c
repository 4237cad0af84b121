/* SPDX-License-Identifier: Apache-2.0 */
#include "rows.h"

enum { ROWS_PATH = 4096 };

void rows_die(const char *what, const char *why)
{
    (void)fprintf(stderr, "bench: %s: %s\n", what, why);
    exit(1);
}

static void org_read(struct rows *r)
{
    sqlite3_stmt *s = rows_prepare(r, "SELECT id FROM organisation WHERE slug = 'default'");
    if (sqlite3_step(s) != SQLITE_ROW || sqlite3_column_bytes(s, 0) != (int)sizeof r->org.b)
        rows_die("organisation", "there is no `default`");
    memcpy(r->org.b, sqlite3_column_blob(s, 0), sizeof r->org.b);
    (void)sqlite3_finalize(s);
}

void rows_open(struct rows *r, const char *dir)
{
    char path[ROWS_PATH];
    (void)snprintf(path, sizeof path, "%s/seneschal.db", dir);
    if (sqlite3_open_v2(path, &r->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        rows_die(path, sqlite3_errmsg(r->db));
    org_read(r);
}

void rows_close(struct rows *r)
{
    (void)sqlite3_close(r->db);
}

void rows_run(struct rows *r, const char *sql)
{
    if (sqlite3_exec(r->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        rows_die(sql, sqlite3_errmsg(r->db));
}

sqlite3_stmt *rows_prepare(struct rows *r, const char *sql)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v3(r->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) != SQLITE_OK)
        rows_die(sql, sqlite3_errmsg(r->db));
    return s;
}

static int index_of(sqlite3_stmt *s, const char *name)
{
    int at = sqlite3_bind_parameter_index(s, name);
    if (at == 0)
        rows_die(name, "no such parameter");
    return at;
}

void rows_bind_bytes(sqlite3_stmt *s, const char *name, const void *p, size_t n)
{
    (void)sqlite3_bind_blob(s, index_of(s, name), p, (int)n, SQLITE_STATIC);
}

void rows_bind_id(sqlite3_stmt *s, const char *name, const oid_t *id)
{
    rows_bind_bytes(s, name, id->b, sizeof id->b);
}

void rows_bind_text(sqlite3_stmt *s, const char *name, str_t text)
{
    (void)sqlite3_bind_text(s, index_of(s, name), text.p, (int)text.n, SQLITE_STATIC);
}

void rows_bind_int(sqlite3_stmt *s, const char *name, int64_t v)
{
    (void)sqlite3_bind_int64(s, index_of(s, name), v);
}

void rows_step(sqlite3_stmt *s)
{
    if (sqlite3_step(s) != SQLITE_DONE)
        rows_die(sqlite3_sql(s), sqlite3_errmsg(sqlite3_db_handle(s)));
    (void)sqlite3_reset(s);
}
