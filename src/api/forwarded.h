/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Behind a proxy that the settings trust, the peer is whom that proxy names (SAFETY rule 11): its
 * X-Forwarded-For says the address, its X-Forwarded-Host the name that was called. What others send
 * there is ignored. The scheme is that of public_url.
 */
#ifndef API_FORWARDED_H
#define API_FORWARDED_H

#include "api/services.h"
#include "plat/http/server.h"

/* Before anything looks at the peer or the host. E_BAD_REQUEST: a trusted proxy's words cannot be
 * read. */
err_t forwarded_apply(const struct settings *s, struct http_xchg *x, struct diag *why) MUST_USE;
/* After it: did a trusted proxy bring this? Only then are its other words (X-Forwarded-Uri) worth
 * something. A peer of our own always has a port. */
static inline bool forwarded_is(const struct http_xchg *x)
{
    return x->peer.port == 0;
}
/* Who called, seen from the proxies: the last hop that is none of them; `ip` stays as it is where
 * no hop is named. E_BAD_FIELD. */
err_t forwarded_client(const struct settings *s, const struct http_field *fields, size_t n,
                       uint8_t ip[static 16]) MUST_USE;

#endif
