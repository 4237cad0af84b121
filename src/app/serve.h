/* SPDX-License-Identifier: Apache-2.0 */
/* `seneschal serve`: the server's life, from the data directory to the last reply. */
#ifndef APP_SERVE_H
#define APP_SERVE_H

#include "app/config.h"

/* Runs until SIGTERM or SIGINT. */
err_t serve_run(const struct config *config, struct diag *why) MUST_USE;

#endif
