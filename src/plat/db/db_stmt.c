/* SPDX-License-Identifier: Apache-2.0 */
/* Any statement of the generated table: take, bind, step, read. */
#include "base/fault.h"
#include "base/log.h"
#include "base/opt.h"
#include "plat/db/dbconn.h"

#include <assert.h>
#include <limits.h>

enum { MANY_FIRST = 16 };

static err_t stmt_start(struct db *db, size_t query, const void *in, sqlite3_stmt **ret);
static err_t stmt_step(struct db *db, size_t query, sqlite3_stmt *st, bool *ret_row);
static void stmt_end(sqlite3_stmt *st);
static err_t row_make(struct arena *a, const struct sql_stmt *s, sqlite3_stmt *st, void **ret);
static err_t row_read(struct arena *a, const struct sql_stmt *s, sqlite3_stmt *st, void *ret);

err_t db_exec(struct db *db, size_t query, const void *in)
{
    sqlite3_stmt *st = NULL;
    TRY(stmt_start(db, query, in, &st));
    err_t e = E_OK;
    for (bool row = true; e == E_OK && row;)
        e = stmt_step(db, query, st, &row);
    stmt_end(st);
    return e;
}

err_t db_one(struct db *db, struct arena *a, size_t query, const void *in, void *ret)
{
    const struct sql_stmt *s = &sql_stmts[query];
    sqlite3_stmt *st = NULL;
    TRY(stmt_start(db, query, in, &st));
    void *first = NULL;
    bool row = false;
    err_t e = stmt_step(db, query, st, &row);
    if (e == E_OK)
        e = row ? row_make(a, s, st, &first) : E_NOT_FOUND;
    /* Foreign keys are checked at the end of a write, so that must be reached. */
    while (e == E_OK && row && s->writes)
        e = stmt_step(db, query, st, &row);
    stmt_end(st);
    if (e == E_OK)
        memcpy(ret, first, s->row_size);
    return e;
}

/* Room for one more; the array moves when it grows. */
static err_t many_grow(struct arena *a, const struct sql_stmt *s, char **rows, size_t n)
{
    if (n < MANY_FIRST || (n & (n - 1)) != 0) /* the room is a power of two */
        return E_OK;
    char *wider = (char *)arena_array(a, n * 2, s->row_size);
    if (wider == NULL)
        return E_NO_MEMORY;
    memcpy(wider, *rows, n * s->row_size);
    *rows = wider;
    return E_OK;
}

err_t db_many(struct db *db, struct arena *a, size_t query, const void *in, void **ret,
              size_t *ret_n)
{
    const struct sql_stmt *s = &sql_stmts[query];
    size_t n = 0;
    char *rows = (char *)arena_array(a, MANY_FIRST, s->row_size);
    if (rows == NULL)
        return E_NO_MEMORY;
    sqlite3_stmt *st = NULL;
    TRY(stmt_start(db, query, in, &st));
    bool row = false;
    err_t e = stmt_step(db, query, st, &row);
    while (e == E_OK && row) {
        e = many_grow(a, s, &rows, n);
        if (e == E_OK)
            e = row_read(a, s, st, rows + n * s->row_size);
        n++;
        if (e == E_OK)
            e = stmt_step(db, query, st, &row);
    }
    stmt_end(st);
    if (e != E_OK)
        return e;
    *ret = rows;
    *ret_n = n;
    return E_OK;
}

err_t db_each(struct db *db, size_t query, const void *in, const struct db_each *each)
{
    const struct sql_stmt *s = &sql_stmts[query];
    sqlite3_stmt *st = NULL;
    TRY(stmt_start(db, query, in, &st));
    bool row = false;
    err_t e = stmt_step(db, query, st, &row);
    while (e == E_OK && row) {
        void *one = NULL;
        arena_reset(each->scratch);
        e = row_make(each->scratch, s, st, &one);
        if (e == E_OK)
            e = each->row(each->arg, one);
        if (e == E_OK)
            e = stmt_step(db, query, st, &row);
    }
    stmt_end(st);
    return e;
}

/* What the table promises and what SQLite understood must be the same: a difference is our bug. */
static void stmt_check(const struct sql_stmt *s, sqlite3_stmt *st)
{
    assert(sqlite3_bind_parameter_count(st) == (int)s->in_n);
    for (size_t i = 0; i < s->in_n; i++)
        assert(strcmp(sqlite3_bind_parameter_name(st, (int)i + 1) + 1, s->in[i].name) == 0);
    assert(s->out_n == 0 || sqlite3_column_count(st) == (int)s->out_n);
    assert((sqlite3_stmt_readonly(st) == 0) == s->writes);
}

static err_t stmt_prepare(struct db *db, size_t query)
{
    if (db->stmts[query] != NULL)
        return E_OK;
    int rc = sqlite3_prepare_v3(db->sqlite, sql_stmts[query].text, -1, SQLITE_PREPARE_PERSISTENT,
                                &db->stmts[query], NULL);
    if (rc != SQLITE_OK)
        return dbconn_error(db, rc);
    stmt_check(&sql_stmts[query], db->stmts[query]);
    return E_OK;
}

static int bind_bytes(sqlite3_stmt *st, int at, str_t v, bool text)
{
    if (v.n > INT_MAX)
        return SQLITE_TOOBIG;
    const char *p = v.p != NULL ? v.p : ""; /* a NULL pointer would be bound as NULL */
    return text ? sqlite3_bind_text(st, at, p, (int)v.n, SQLITE_STATIC)
                : sqlite3_bind_blob(st, at, p, (int)v.n, SQLITE_STATIC);
}

/* Is the member the absent value of its type? `value` points to it. */
static bool member_is_absent(enum sql_type type, const void *value)
{
    switch (type) {
    case SQL_ID:
        return !oid_is_set(*(const oid_t *)value);
    case SQL_INT:
        return !((const opt_i64_t *)value)->set;
    case SQL_BOOL:
        return !((const opt_bool_t *)value)->set;
    case SQL_TS:
        return !ts_is_set(*(const ts_t *)value);
    case SQL_TEXT:
    case SQL_BYTES:
        return ((const str_t *)value)->p == NULL;
    }
    assert(!"a type");
    return true;
}

/* Borrowed until the statement is bound anew: the caller's struct lives while it steps. */
static int bind_member(sqlite3_stmt *st, int at, const struct sql_field *f, const void *value)
{
    if (f->null && member_is_absent(f->type, value))
        return sqlite3_bind_null(st, at);
    switch (f->type) {
    case SQL_ID:
        return sqlite3_bind_blob(st, at, value, sizeof(oid_t), SQLITE_STATIC);
    case SQL_INT:
        return sqlite3_bind_int64(
            st, at, f->null ? ((const opt_i64_t *)value)->v : *(const int64_t *)value);
    case SQL_BOOL:
        return sqlite3_bind_int64(st, at,
                                  f->null ? ((const opt_bool_t *)value)->v : *(const bool *)value);
    case SQL_TS:
        return sqlite3_bind_int64(st, at, ((const ts_t *)value)->us);
    case SQL_TEXT:
    case SQL_BYTES:
        return bind_bytes(st, at, *(const str_t *)value, f->type == SQL_TEXT);
    }
    assert(!"a type");
    return SQLITE_MISUSE;
}

/* A reader has 5 s: for the statement, or for all between db_read_begin and db_read_end. */
static err_t stmt_admit(struct db *db, const struct sql_stmt *s)
{
    assert(!(s->writes && db->role == DB_READER));
    if (db->role == DB_READER) {
        dur_t now = clock_mono();
        if (!db->in_read)
            db->deadline = (dur_t){ now.us + DBCONN_READ_MAX.us };
        if (now.us > db->deadline.us)
            return E_STORE_UNREACHABLE;
        if (db->in_read && !dbconn_in_tx(db)) /* the first: many a request reads nothing */
            TRY(dbconn_control(db, DBCONN_BEGIN));
    }
    return s->writes ? dbconn_guard(db) : E_OK;
}

static err_t stmt_start(struct db *db, size_t query, const void *in, sqlite3_stmt **ret)
{
    assert(query < sql_stmts_n);
    const struct sql_stmt *s = &sql_stmts[query];
    TRY(stmt_admit(db, s));
    TRY(stmt_prepare(db, query));
    sqlite3_stmt *st = db->stmts[query];
    assert(sqlite3_stmt_busy(st) == 0); /* a statement cannot run inside itself */
    for (size_t i = 0; i < s->in_n; i++) {
        int rc = bind_member(st, (int)i + 1, &s->in[i], (const char *)in + s->in[i].at);
        if (rc != SQLITE_OK)
            return dbconn_error(db, rc);
    }
    *ret = st;
    return E_OK;
}

static err_t stmt_step(struct db *db, size_t query, sqlite3_stmt *st, bool *ret_row)
{
    int rc = fault_here() ? SQLITE_ERROR : sqlite3_step(st);
    if (rc == SQLITE_ROW || rc == SQLITE_DONE) {
        *ret_row = rc == SQLITE_ROW;
        return E_OK;
    }
    LOG(LOG_DEBUG, "statement-failed", LOG_F("statement", sql_stmts[query].name),
        LOG_F("code", rc));
    return dbconn_error(db, rc);
}

static void stmt_end(sqlite3_stmt *st)
{
    (void)sqlite3_reset(st); /* gives the error of the last step again */
}

static err_t read_bytes(struct arena *a, sqlite3_stmt *st, int at, str_t *ret)
{
    const void *p = sqlite3_column_blob(st, at); /* NULL when empty */
    int n = sqlite3_column_bytes(st, at);
    return str_copy(a, n == 0 ? STR("") : str_of(p, (size_t)n), ret);
}

static err_t read_id(sqlite3_stmt *st, int at, oid_t *ret)
{
    if (sqlite3_column_bytes(st, at) != (int)sizeof ret->b)
        return E_CORRUPT;
    memcpy(ret->b, sqlite3_column_blob(st, at), sizeof ret->b);
    return E_OK;
}

static void read_number(const struct sql_field *f, int64_t v, void *value)
{
    if (f->type == SQL_TS)
        *(ts_t *)value = (ts_t){ v };
    else if (f->type == SQL_INT && f->null)
        *(opt_i64_t *)value = (opt_i64_t){ true, v };
    else if (f->type == SQL_INT)
        *(int64_t *)value = v;
    else if (f->null)
        *(opt_bool_t *)value = (opt_bool_t){ true, v != 0 };
    else
        *(bool *)value = v != 0;
}

static err_t read_member(struct arena *a, const struct sql_field *f, sqlite3_stmt *st, int at,
                         void *value)
{
    static const int wanted[] = {
        [SQL_ID] = SQLITE_BLOB,    [SQL_INT] = SQLITE_INTEGER, [SQL_BOOL] = SQLITE_INTEGER,
        [SQL_TS] = SQLITE_INTEGER, [SQL_TEXT] = SQLITE_TEXT,   [SQL_BYTES] = SQLITE_BLOB,
    };
    int got = sqlite3_column_type(st, at);
    if (got == SQLITE_NULL && f->null)
        return E_OK; /* the row starts as zeros */
    if (got != wanted[f->type])
        return E_CORRUPT;
    switch (f->type) {
    case SQL_ID:
        return read_id(st, at, (oid_t *)value);
    case SQL_TEXT:
    case SQL_BYTES:
        return read_bytes(a, st, at, (str_t *)value);
    case SQL_INT:
    case SQL_BOOL:
    case SQL_TS:
        read_number(f, sqlite3_column_int64(st, at), value);
        return E_OK;
    }
    assert(!"a type");
    return E_INTERNAL;
}

/* *ret lies in the arena, and is nobody's on failure. */
static err_t row_read(struct arena *a, const struct sql_stmt *s, sqlite3_stmt *st, void *ret)
{
    for (size_t i = 0; i < s->out_n; i++)
        TRY(read_member(a, &s->out[i], st, (int)i, (char *)ret + s->out[i].at));
    return E_OK;
}

static err_t row_make(struct arena *a, const struct sql_stmt *s, sqlite3_stmt *st, void **ret)
{
    void *row = arena_alloc(a, s->row_size);
    if (row == NULL)
        return E_NO_MEMORY;
    TRY(row_read(a, s, st, row));
    *ret = row;
    return E_OK;
}
