/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the engine: the heads of replies, and refusals. */
#ifndef PLAT_HTTP_REPLY_H
#define PLAT_HTTP_REPLY_H

#include "plat/http/lane.h"

/* Text that is put together in a lane's scratch space. */
struct scribe {
    char *p;
    size_t n;
};

void scribe_put(struct scribe *s, str_t text);
void scribe_put_number(struct scribe *s, size_t n);
void scribe_put_hex(struct scribe *s, size_t n);

/* Status line, Date and Connection (RFC 9110 section 6.6.1, RFC 9112 sections 4 and 9.6). */
struct scribe reply_begin(struct conn *c, int status);

/* Let the application say why, in its own form; lane->why holds the detail and is cleared. */
void reply_refuse(struct conn *c, err_t e);

/* What a callback of the application has left to do is done now, unless the state machine runs
 * already. */
void reply_go_on(struct conn *c);

#endif
