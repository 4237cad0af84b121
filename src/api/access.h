/* SPDX-License-Identifier: Apache-2.0 */
/* The access log: one line an answer, or one a refusal, with what an operator searches for. */
#ifndef API_ACCESS_H
#define API_ACCESS_H

#include "api/services.h"
#include "plat/http/server.h"

/* Called when a reply has left. Never a query, a body, a token or a path as it was sent: those hold
 * secrets; the route says enough (SAFETY AC39, AC42). */
void access_log(const struct settings *settings, const struct http_xchg *x, int status,
                size_t bytes);

#endif
