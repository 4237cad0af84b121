/* SPDX-License-Identifier: Apache-2.0 */
/* Inside plat/http: what a program asks of its proxy. Pure. */
#ifndef PLAT_HTTP_TUNNEL_ASK_H
#define PLAT_HTTP_TUNNEL_ASK_H

#include "base/str.h"

struct tunnel_ask {
    str_t target; /* as sent, as soon as the request line is there, whatever comes of it */
    str_t host;
    uint16_t port;
    size_t n; /* bytes of the head; what follows goes through */
};

/*
 * The head of a CONNECT request (RFC 9112 sections 3.2.3 and 5), all of it so far. E_AGAIN: more is
 * needed. E_METHOD_NOT_ALLOWED: another method. E_HEAD_TOO_BIG, E_BAD_VERSION, E_BAD_REQUEST: the
 * connection has no future.
 */
err_t tunnel_ask_read(str_t in, struct diag *why, struct tunnel_ask *ret) MUST_USE;

#endif
