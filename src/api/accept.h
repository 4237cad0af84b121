/* SPDX-License-Identifier: Apache-2.0 */
/* What a client has already, and which forms of an answer it takes. */
#ifndef API_ACCEPT_H
#define API_ACCEPT_H

#include "plat/http/server.h"

/* Does If-None-Match name this strong ETag? It compares weakly, and takes lists and "*" (RFC 9110
 * section 13.1.2). */
bool accept_has(const struct http_xchg *x, str_t etag);
/* Accept-Encoding names gzip, and not with weight 0 (RFC 9110 section 12.5.3). */
bool accept_gzip(const struct http_xchg *x);

#endif
