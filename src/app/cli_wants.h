/* SPDX-License-Identifier: Apache-2.0 */
/* What may stand behind a flag: for help, man pages, completion, and to refuse what the server
 * would.
 */
#ifndef APP_CLI_WANTS_H
#define APP_CLI_WANTS_H

#include "api/shape.h"
#include "app/cli_table.h"

/* "a|b|c": one of these; "" nothing; else a word for it: FILE, N, TEXT, NAME=VALUE. What the API's
 * table knows need not be said in cli.def. E_NO_MEMORY. */
err_t cli_flag_wants(struct arena *a, const struct cli_command *cmd, const struct cli_flag *flag,
                     str_t *ret) MUST_USE;
/* A sentence of the API's table about it; "": none. */
const char *cli_flag_doc(const struct cli_command *cmd, const struct cli_flag *flag);

/* The row of the API's shape that a flag fills, through its dots; NULL: none. */
const struct field *cli_flag_field(const struct cli_command *cmd, const struct cli_flag *flag);
const struct field *cli_shape_field(const struct shape *s, str_t name);

/* Is this one of "a|b|c"? True where `wants` is no such list. */
bool cli_wants_take(str_t wants, str_t value);
/* Several words to choose from? */
static inline bool cli_wants_words(str_t wants)
{
    return str_find(wants, '|') < wants.n;
}

#endif
