/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the generated headers (sql/NAME.h, tools/mksql.py) stand on: a statement is a row of a
 * table, and four functions run any of them. Nobody else calls these; the typed functions
 * sql_NAME() do. Their errors are those of plat/db/db.h.
 *
 * Members: id = oid_t, int = int64_t, bool, ts = ts_t (microseconds), text and bytes = str_t.
 * Nullable ones (`?`): the absent value of the type is NULL (all zero, 0, STR_NONE), opt_i64_t and
 * opt_bool_t where zero means something. In a member that is not nullable an absent text is the
 * empty one. What a row points to lives in the arena.
 */
#ifndef PLAT_DB_STMT_H
#define PLAT_DB_STMT_H

#include "plat/db/db.h"

#include <stddef.h>

enum sql_type { SQL_ID, SQL_INT, SQL_BOOL, SQL_TS, SQL_TEXT, SQL_BYTES };

struct sql_field {
    const char *name;
    size_t at; /* offset in the struct */
    enum sql_type type;
    bool null; /* may be NULL */
};

struct sql_stmt {
    const char *name;
    const char *text;           /* parameters are $name */
    const struct sql_field *in; /* in order of first appearance, which is SQLite's numbering */
    const struct sql_field *out;
    size_t in_n;
    size_t out_n;
    size_t row_size;
    bool writes;
};

struct sql_migration {
    int number;
    const char *name;
    const char *checksum; /* SHA-256 of the file, hex */
    const char *text;
};

/* sql_gen.c; `query` below is a row of it. */
extern const struct sql_stmt sql_stmts[];
extern const size_t sql_stmts_n;
extern const struct sql_migration sql_migrations[];
extern const size_t sql_migrations_n;

/* No row is given; one that comes all the same is dropped. */
err_t db_exec(struct db *db, size_t query, const void *in) MUST_USE;
/* The first row to *ret. E_NOT_FOUND. */
err_t db_one(struct db *db, struct arena *a, size_t query, const void *in, void *ret) MUST_USE;
/* All rows as one array in the arena; *ret is not NULL even without any. */
err_t db_many(struct db *db, struct arena *a, size_t query, const void *in, void **ret,
              size_t *ret_n) MUST_USE;

/* Each row to `row`, in memory of `scratch`, which is reset before each; what `row` answers but
 * E_OK ends the scan. */
struct db_each {
    struct arena *scratch;
    err_t (*row)(void *arg, const void *row);
    void *arg;
};
err_t db_each(struct db *db, size_t query, const void *in, const struct db_each *each) MUST_USE;

#endif
