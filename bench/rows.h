/* SPDX-License-Identifier: Apache-2.0 */
/* Writes straight into a stopped server's store, past everything that guards it: only for stores
 * that the benchmark made for itself. Any error ends the program. */
#ifndef BENCH_ROWS_H
#define BENCH_ROWS_H

#include "base/id.h"

#include <sqlite3.h>

struct rows {
    sqlite3 *db;
    oid_t org; /* the organisation `default` */
};

void rows_open(struct rows *r, const char *dir);
void rows_close(struct rows *r);
void rows_run(struct rows *r, const char *sql);
/* The named parameters are bound with rows_bind_*; a name that the statement lacks is an error. */
sqlite3_stmt *rows_prepare(struct rows *r, const char *sql);
void rows_bind_id(sqlite3_stmt *s, const char *name, const oid_t *id);
void rows_bind_bytes(sqlite3_stmt *s, const char *name, const void *p, size_t n);
void rows_bind_text(sqlite3_stmt *s, const char *name, str_t text);
void rows_bind_int(sqlite3_stmt *s, const char *name, int64_t v);
void rows_step(sqlite3_stmt *s); /* a statement without results, then ready for the next row */

NORETURN void rows_die(const char *what, const char *why);

#endif
