/* SPDX-License-Identifier: Apache-2.0 */
/* The link for the first administrator, given over the socket of whoever runs the server. */
#ifndef APP_SETUP_LINK_H
#define APP_SETUP_LINK_H

#include "api/services.h"

enum { SETUP_LINK_MAX = 1200 };

/* Through the writer, for which it waits; on the socket's thread. The text has a NUL and is a
 * secret. E_CONFLICT: there is an administrator with a password. */
err_t setup_link_make(struct services *sv, struct diag *why, char ret[static SETUP_LINK_MAX]);

#endif
