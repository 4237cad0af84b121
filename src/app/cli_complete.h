/* SPDX-License-Identifier: Apache-2.0 */
/* What may come next on a command line: one table for three shells. */
#ifndef APP_CLI_COMPLETE_H
#define APP_CLI_COMPLETE_H

#include "app/cli.h"
#include "base/buf.h"

/*
 * Candidates for the last of `words`, one a line, "word TAB text"; a line ":file" or ":dir" asks
 * the shell for names of files. Nothing that would need a server is looked up.
 */
err_t cli_complete(struct cli *cli, int argc, char **words, struct buf *to) MUST_USE;

#endif
