/* SPDX-License-Identifier: Apache-2.0 */
/* The MCP gateway in the server's life. */
#ifndef APP_GATEWAY_H
#define APP_GATEWAY_H

#include "api/services.h"

/* Before the writer: what it tells of changes goes there. */
err_t gateway_memory(struct services *sv) MUST_USE;
/* After workers and writer. */
err_t gateway_start(struct services *sv, struct diag *why) MUST_USE;
/* Returns at once; calls that are under way have so long. */
void gateway_drain(struct services *sv, dur_t in);
/* Everything of it ends; what it has asked of workers and writer still comes back. */
void gateway_stop(struct services *sv);
void gateway_free(struct services *sv); /* when the loops of HTTP are gone */

#endif
