/* SPDX-License-Identifier: Apache-2.0 */
/* Inside plat/http: connections of fetches without TLS. */
#ifndef PLAT_HTTP_FETCH_CONN_H
#define PLAT_HTTP_FETCH_CONN_H

#include "plat/http/fetch_in.h"

enum { FETCH_HEAD_MAX = 64 * 1024 }; /* of a request */

/* To address number `at` of the origin's, or the next ones that can be tried. E_IO, E_NO_MEMORY.
 * The fetch runs then. */
err_t fetch_conn_new(struct fetch *x, size_t at, struct diag *why) MUST_USE;
/* One that rests. False: it is dead, and closed; not a byte has left. */
bool fetch_conn_use(struct plain_conn *c, struct fetch *x) MUST_USE;
/* Its fetch, if it has one, is without connection from now on. */
void fetch_conn_close(struct plain_conn *c);
void fetch_conns_close_resting(struct fetcher *f);
/* Watch for what is wanted now. True: it holds bytes that nobody has read. */
bool fetch_conn_arm(struct plain_conn *c);
/* Hand over what it holds; between enter and leave. */
void fetch_conn_go_on(struct plain_conn *c);

#endif
