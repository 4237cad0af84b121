/* SPDX-License-Identifier: Apache-2.0 */
/* An object on a command line, by the shape that the API has for it. */
#ifndef APP_CLI_ROWS_H
#define APP_CLI_ROWS_H

#include "api/shape.h"
#include "app/cli.h"

/*
 * "10%,soak_s=60,approval": members separated by commas; N% is the member `percent`, a name alone
 * is true. E_USAGE: the shape has no such member, or not such a value.
 */
err_t cli_row_read(struct cli *cli, const struct shape *shape, str_t text,
                   struct json **ret) MUST_USE;

#endif
