/* SPDX-License-Identifier: Apache-2.0 */
/* getaddrinfo(3) with an end, or off a loop. Inside plat/http. */
#ifndef PLAT_HTTP_OUTBOUND_LOOKUP_H
#define PLAT_HTTP_OUTBOUND_LOOKUP_H

#include "base/clock.h"
#include "plat/loop/loop.h"

#include <netdb.h>

struct lookup;
struct outbound_lookups; /* outbound.h */

/* A look-up that hangs is left to itself: it ends when the resolver gives up, by its own time-outs.
 * Callers are few, so these are few. The caller frees the list. E_IO: no such name. E_TIMEOUT. */
err_t outbound_lookup(const char *host, dur_t within, struct diag *why,
                      struct addrinfo **ret) MUST_USE;

/* On the loop's thread, once, in a later iteration; what it is told is borrowed. `e` and the text
 * in `why` are E_OK and empty, or E_IO. */
typedef void lookup_told_f(void *arg, const struct addrinfo *list, const struct diag *why);

struct lookup_order {
    struct outbound_lookups *room;
    struct loop *loop;
    const char *host;
    lookup_told_f *told;
    void *arg;
};

/* E_OVERLOADED: too many hang. E_BAD_FIELD, E_NO_MEMORY. */
err_t outbound_lookup_start(const struct lookup_order *order, struct diag *why,
                            struct lookup **ret) MUST_USE;
/* Before it was told, on the loop's thread: nobody will be. */
void outbound_lookup_leave(struct lookup *l);

#endif
