/* SPDX-License-Identifier: Apache-2.0 */
/* What a client has already, and which forms of an answer it takes. */
#ifndef API_ACCEPT_H
#define API_ACCEPT_H

#include "plat/http/server.h"

/* Does If-None-Match name this strong ETag? It compares weakly, and takes lists and "*" (RFC 9110
 * section 13.1.2). */
bool accept_has(const struct http_xchg *x, str_t etag);

/* Is it a browser that goes to a page, and shows what it gets? (RFC 9110 section 12.5.1) */
bool accept_page(const struct http_xchg *x);

/* In the order in which they are preferred where a client does not mind: the last is the shortest.
 */
enum coding { CODING_IDENTITY, CODING_GZIP, CODING_BROTLI, CODING_COUNT };

/* As Content-Encoding says it. */
const char *coding_name(enum coding c);
/* The best that Accept-Encoding takes, of those whose bit 1 << enum coding is in `have`. As it is
 * where the field is absent, or takes none of them (RFC 9110 section 12.5.3). */
enum coding accept_coding(const struct http_xchg *x, unsigned have);

/* One choice of a field such as Accept-Encoding or Accept-Language: "name;q=0.8" (RFC 9110 section
 * 12.4.2). */
struct accept_choice {
    str_t name;
    int64_t weight; /* in thousandths, 1000 where none is said; what is no weight counts as 0 */
};
/* The first of them, which is taken off the field. False: there is no more. */
bool accept_next(str_t *field, struct accept_choice *ret);

#endif
