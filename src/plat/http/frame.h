/* SPDX-License-Identifier: Apache-2.0 */
/* What the fields of a head say about its message and its connection: Host, framing, keep-alive,
 * Expect. Pure. */
#ifndef PLAT_HTTP_FRAME_H
#define PLAT_HTTP_FRAME_H

#include "plat/http/body.h"
#include "plat/http/head.h"
#include "plat/http/uri.h"

struct frame {
    str_t host; /* STR_NONE: HTTP/1.0 without one */
    struct body body;
    bool has_length;
    bool chunked;
    bool keep_alive;    /* the client lets the connection stay open */
    bool wants_100;     /* Expect: 100-continue */
    bool expects_other; /* an expectation that nobody knows: E_EXPECTATION_FAILED is due */
};

/* E_BAD_REQUEST: the connection has no future. */
err_t frame_read(const struct head *h, const struct uri *u, struct diag *why,
                 struct frame *ret) MUST_USE;

#endif
