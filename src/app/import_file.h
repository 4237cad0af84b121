/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registry of the older agent server: a SQLite file with the table `enrolled_agents`, whose
 * columns differ from one generation to the next. What is there is taken, in the words of
 * POST /agents/import; what does not fit is left out and named.
 */
#ifndef APP_IMPORT_FILE_H
#define APP_IMPORT_FILE_H

#include "base/clock.h"

#include <stddef.h>

enum import_column {
    IMPORT_MACHINE_ID,
    IMPORT_STATUS,
    IMPORT_REASON,
    IMPORT_TOKEN_HASH,
    IMPORT_TOKEN_ISSUED_AT,
    IMPORT_USER_NAME,
    IMPORT_USER_EMAIL,
    IMPORT_USER_ID,
    IMPORT_HOSTNAME,
    IMPORT_OS_INFO,
    IMPORT_VERSION,
    IMPORT_ENROLLED_AT,
    IMPORT_LAST_SEEN_AT,
    IMPORT_UNINSTALLED_AT,
    IMPORT_COLUMNS
};

enum import_status { IMPORT_SKIPPED, IMPORT_ACTIVE, IMPORT_UNINSTALLED, IMPORT_REVOKED };

struct import_row {
    int64_t number; /* in the order of the file, from 1 */
    enum import_status status;
    str_t
        values[IMPORT_COLUMNS]; /* as they are sent; absent: not said. Those of the reading arena */
    str_t said;                 /* machine_id as it stands, for messages */
    char note[DIAG_TEXT_MAX];   /* why it is skipped, or what was left out; "": nothing to say */
};

struct import_file;

/* E_NOT_FOUND, E_CONFLICT, E_CORRUPT, as foreign_open, or no such table or column. */
err_t import_file_open(struct arena *a, const char *path, struct diag *why,
                       struct import_file **ret) MUST_USE;
void import_file_close(struct import_file *f); /* NULL is fine */

/* The members of POST /agents/import that the file does not have, separated by blanks. */
str_t import_file_lacks(const struct import_file *f);

/* From the first row on, as often as is wanted. */
err_t import_file_rewind(struct import_file *f, struct diag *why) MUST_USE;
/* E_NOT_FOUND: no more rows. What it gives lives in `a`. */
err_t import_file_next(struct import_file *f, struct arena *a, struct diag *why,
                       struct import_row *ret) MUST_USE;

/* The member of the API that a column becomes. */
const char *import_member(enum import_column c);
const char *import_status_name(enum import_status s);

/* RFC 3339 or what older servers wrote: a blank for T, no zone (UTC), +HHMM, seconds, milliseconds
 * or microseconds since 1970. E_BAD_FIELD. */
err_t import_time_parse(str_t text, ts_t *ret) MUST_USE;

#endif
