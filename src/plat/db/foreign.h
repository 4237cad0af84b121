/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A SQLite file that is not ours, read row by row and never written: no journal is made beside it,
 * nothing in its schema runs (no trigger, no view, no virtual table), and no row is larger than
 * FOREIGN_ROW_MAX. It is read as it lies there, so nobody may write it meanwhile; one with an
 * unfinished log beside it is refused, for its newest rows are in that log.
 */
#ifndef PLAT_DB_FOREIGN_H
#define PLAT_DB_FOREIGN_H

#include "base/str.h"

enum { FOREIGN_ROW_MAX = 1024 * 1024, FOREIGN_ROWS_MAX = 4000000 };

struct foreign;

/* E_NOT_FOUND, E_FORBIDDEN, E_IO (no regular file), E_CONFLICT (a log beside it), E_CORRUPT (not
 * SQLite): all say so in `why`. */
err_t foreign_open(const char *path, struct diag *why, struct foreign **ret) MUST_USE;
void foreign_close(struct foreign *f); /* NULL is fine */

/* The ordinary columns of a table, in order. E_NOT_FOUND: there is no such table; a view or a
 * virtual table is none. */
err_t foreign_columns(struct foreign *f, struct arena *a, const char *table, struct diag *why,
                      str_t **ret, size_t *ret_n) MUST_USE;

/* Read these columns (of foreign_columns) from the first row on; again: from the start again. */
err_t foreign_select(struct foreign *f, const char *table, const str_t *columns, size_t n,
                     struct diag *why) MUST_USE;
/* The next row. E_NOT_FOUND: there is none. E_TOO_BIG: a row or the table is over its maximum.
 * E_CORRUPT. */
err_t foreign_next(struct foreign *f, struct diag *why) MUST_USE;

/* A value of the row as text: numbers in decimal. NULL and bytes are absent. Any bytes, borrowed
 * until the next call. */
str_t foreign_text(struct foreign *f, size_t column);

#endif
