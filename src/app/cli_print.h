/* SPDX-License-Identifier: Apache-2.0 */
/* Answers on standard output: tables for people, JSON, NDJSON and CSV for programs. */
#ifndef APP_CLI_PRINT_H
#define APP_CLI_PRINT_H

#include "app/cli_call.h"

struct cli_printer {
    struct arena *arena;
    enum cli_output output;
    str_t columns; /* separated by blanks; "a.b" is a member of a member */
    size_t rows;   /* printed so far */
};

/* A page of a list. */
err_t cli_print_rows(struct cli_printer *p, const struct json *items) MUST_USE;
/* After the last page. */
err_t cli_print_end(struct cli_printer *p) MUST_USE;
/* One object: its members as lines, or its columns. */
err_t cli_print_object(struct cli_printer *p, const struct json *object) MUST_USE;

/* Text from outside as a terminal may have it: without control characters. */
void cli_shown(struct buf *b, str_t s);
/* Bytes as they are, with a newline at their end where `line` says so; the exit code. */
int cli_print_raw(struct cli *cli, str_t bytes, bool line);

#endif
