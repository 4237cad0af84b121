/* SPDX-License-Identifier: Apache-2.0 */
/* `seneschal serve`: the server's life, from the data directory to the last reply. */
#ifndef APP_SERVE_H
#define APP_SERVE_H

#include "app/config.h"
#include "app/succession.h"

/* Runs until SIGTERM or SIGINT; at SIGUSR2 its successor takes the process over. */
err_t serve_run(const struct config *config, const struct succession *next,
                struct diag *why) MUST_USE;

#endif
