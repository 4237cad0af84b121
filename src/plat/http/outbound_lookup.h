/* SPDX-License-Identifier: Apache-2.0 */
/* getaddrinfo(3) with an end. Inside plat/http. */
#ifndef PLAT_HTTP_OUTBOUND_LOOKUP_H
#define PLAT_HTTP_OUTBOUND_LOOKUP_H

#include "base/clock.h"

#include <netdb.h>

/* A look-up that hangs is left to itself: it ends when the resolver gives up, by its own time-outs.
 * Callers are few, so these are few. The caller frees the list. E_IO: no such name. E_TIMEOUT. */
err_t outbound_lookup(const char *host, dur_t within, struct diag *why,
                      struct addrinfo **ret) MUST_USE;

#endif
